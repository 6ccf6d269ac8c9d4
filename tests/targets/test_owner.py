from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from deltalake import DeltaTable

from airflow_dataops.core import naming
from airflow_dataops.core.naming import COMMIT_RUN, TABLE_OWNER
from airflow_dataops.core.publication import Commit
from airflow_dataops.errors import SettingsError

OTHERS = {"team": "lab", "product": "returns", "dataset": "lines"}


def row(number: int) -> tuple[object, ...]:
    """Return a row that is known by its number."""
    return (number, *(None,) * 6)


def publish(table, batch, rows, dataset, content="c"):
    """Publish with the label that a run gives."""
    return table.target.publish(batch, rows, dataset=dataset, content=content, labels={COMMIT_RUN: "r"})


@pytest.mark.parametrize(("part", "name"), OTHERS.items(), ids=OTHERS)
def test_a_table_of_another_owner_is_refused(table, day, dataset, stage, part, name) -> None:
    """Two owners' partitions of one label would replace one another, so the second is told, and none lost."""
    mine = day("2026-03-03")
    other = replace(mine, **{part: name})
    publish(table, mine, stage(row(1)), dataset)

    for attempt in (
        lambda: table.target.head(other),
        lambda: table.target.restore(other, 1, labels={}),
        lambda: publish(table, other, stage(row(2)), dataset),
    ):
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert (
            f"{table.place}: the table belongs to shop/orders/orders, and can't hold {other.owner} as well. "
            f"Give this product a `{table.key}` of its own."
        ) == str(caught.value)
    assert [row(1)] == table.read("2026-03-03")
    assert 1 == len(table.commits())
    assert Commit(version=1, content="c") == table.target.head(mine)


@pytest.fixture
def by_another_tool(monkeypatch) -> None:
    """Create tables as another tool would: without the property that says whose they are."""
    monkeypatch.setattr(naming, "TABLE_OWNER", "somebody.else")


@pytest.mark.usefixtures("by_another_tool")
def test_a_table_without_the_property_is_whose_batches_it_holds(delta, day, dataset, stage) -> None:
    """Where another tool made the delta, the commits say whose it is, whatever was committed since."""
    mine, other = day("2026-03-03"), replace(day("2026-03-03"), product="returns")
    publish(delta, mine, stage(row(1)), dataset)
    for interval in ("50", "60"):
        DeltaTable(delta.place).alter.set_table_properties({"delta.checkpointInterval": interval})

    assert TABLE_OWNER not in DeltaTable(delta.place).metadata().configuration
    with pytest.raises(SettingsError, match="the table belongs to shop/orders/orders"):
        publish(delta, other, stage(row(2)), dataset)
    publish(delta, day("2026-03-04"), stage(row(3)), dataset)
    assert [row(1), row(3)] == [delta.read(label)[0] for label in ("2026-03-03", "2026-03-04")]


@pytest.mark.usefixtures("by_another_tool")
def test_a_table_that_nobody_published_to_is_free(delta, day, dataset, stage) -> None:
    """An empty table of the right columns, made beforehand by another tool, must be usable."""
    delta.target._place.create(dataset, owner="x")

    assert None is delta.target.head(day("2026-03-03"))
    assert 1 == publish(delta, day("2026-03-03"), stage(row(1)), dataset).version


def test_of_two_owners_that_create_a_table_at_once_one_does(table, day, dataset, stage) -> None:
    """Who comes second must find the first's table, and not write into it."""
    staged = stage(row(1))
    owners = [replace(day("p"), product=name) for name in "ab"]
    for turn in range(6):
        target, start = table.another(f"turn{turn}"), threading.Barrier(2)

        def attempt(batch, target=target, start=start) -> str:
            start.wait()
            try:
                target.publish(batch, staged, dataset=dataset, content="c", labels={})
            except SettingsError as error:
                return error.what
            return ""

        with ThreadPoolExecutor(2) as pool:
            said = sorted(pool.map(attempt, owners))

        assert "" == said[0]
        assert said[1].startswith("the table belongs to shop/")
        assert {"p": 1} == target.counts()
