from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch, Grain, Run, correlation_id, label_at, partition_label, segment
from airflow_dataops.errors import SettingsError

BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


@pytest.mark.parametrize(
    ("grain", "zone", "label"),
    [
        (Grain.HOUR, "UTC", "2026-03-02T23"),
        (Grain.DAY, "UTC", "2026-03-02"),
        (Grain.DAY, "Europe/Berlin", "2026-03-03"),
        (Grain.DAY, "America/New_York", "2026-03-02"),
        (Grain.MONTH, "UTC", "2026-03"),
        (Grain.YEAR, "UTC", "2026"),
    ],
)
def test_partition_label_is_the_local_date_of_the_interval_start(grain: Grain, zone: str, label: str) -> None:
    """The label is written in the product's own time zone, at the grain's precision."""
    start = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert label == partition_label(start, grain, ZoneInfo(zone))


def test_partition_label_tells_two_hours_apart_when_clocks_go_back() -> None:
    """On the last Sunday of October Berlin has 02:00 twice, and both are kept."""
    labels = [
        partition_label(datetime(2026, 10, 25, hour, tzinfo=UTC), Grain.HOUR, ZoneInfo("Europe/Berlin"))
        for hour in (23, 0, 1, 2)
    ]

    assert ["2026-10-26T00", "2026-10-25T02", "2026-10-25T02+0100", "2026-10-25T03"] == labels


def test_partition_label_refuses_a_naive_start() -> None:
    """An instant without a zone could be any day."""
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - what is tested

    with pytest.raises(SettingsError, match="no time zone"):
        partition_label(naive, Grain.DAY, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("label", "grain", "at"),
    [
        ("2026-10-25T02+0100", Grain.HOUR, "2026-10-25T02+0100"),
        ("2026-10-25T02+0100", Grain.DAY, "2026-10-25"),
        ("2026-03-01T09", Grain.MONTH, "2026-03"),
        ("2026-03-01", Grain.DAY, "2026-03-01"),
        ("2026-03-01", Grain.YEAR, "2026"),
        ("2026", Grain.YEAR, "2026"),
    ],
)
def test_label_at_is_the_partition_in_which_another_lies(label: str, grain: Grain, at: str) -> None:
    """A label begins with that of the longer time in which it lies."""
    assert at == label_at(label, grain)


@pytest.mark.parametrize(
    ("label", "grain"),
    [
        ("2026-03", Grain.DAY),
        ("2026-03-01", Grain.HOUR),
        ("special", Grain.YEAR),
        ("2026-03-01 09", Grain.DAY),
        ("", Grain.YEAR),
    ],
)
def test_label_at_refuses_what_lies_in_none(label: str, grain: Grain) -> None:
    """A month lies in no day, and a text that is no time in nothing."""
    with pytest.raises(SettingsError, match=f"lies in no {grain}"):
        label_at(label, grain)


@pytest.mark.parametrize("part", ["team", "product", "dataset", "partition"])
def test_batch_needs_every_part_of_its_identity(part: str) -> None:
    """A batch without a name would overwrite another one."""
    parts = {"team": "t", "product": "p", "dataset": "d", "partition": "x", part: ""}

    with pytest.raises(SettingsError, match=f"needs a {part}"):
        Batch(**parts)


@pytest.mark.parametrize("part", ["team", "product", "dataset", "partition"])
def test_batch_is_of_text_that_can_be_written(part: str) -> None:
    """Half of a surrogate pair fits in no file, table or message, so it is refused without being shown."""
    parts = {"team": "t", "product": "p", "dataset": "d", "partition": "x", part: "a\ud800"}

    with pytest.raises(SettingsError, match=f"the {part} of a batch can't be written in UTF-8") as caught:
        Batch(**parts)
    assert str(caught.value).isprintable()


def test_the_key_starts_with_the_owner() -> None:
    """Whose a batch is, is its key without the partition, and no part runs into the next."""
    odd = Batch(team="a/b", product="c", dataset="d%", partition="e/f")

    assert ("a%2Fb/c/d%25", "a%2Fb/c/d%25/e%2Ff") == (odd.owner, odd.key)


def test_batch_refuses_a_partition_longer_than_airflows() -> None:
    """Airflow's own partition keys end at 250 characters."""
    with pytest.raises(SettingsError, match="longer than 250"):
        Batch(team="t", product="p", dataset="d", partition="x" * 251)


@given(st.text(min_size=1, max_size=40))
def test_segment_is_one_safe_and_reversible_part_of_a_path(text: str) -> None:
    """No text can leave its folder or be taken for another."""
    made = segment(text)

    assert "/" not in made
    assert made not in {"", ".", ".."}
    assert text == unquote(made)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=4, max_size=4), st.integers(0, 3))
def test_batch_keys_differ_whenever_a_part_differs(parts: list[str], at: int) -> None:
    """Two batches never share a key, also when their names hold slashes."""
    names = ("team", "product", "dataset", "partition")
    changed = [*parts]
    changed[at] += "/"

    assert Batch(**dict(zip(names, parts, strict=True))).key != (
        Batch(**dict(zip(names, changed, strict=True))).key
    )


def test_correlation_id_names_product_partition_and_run() -> None:
    """One id ties log, lineage and store together."""
    run = Run(run_id="scheduled__2026-03-03", dag_id="orders")

    assert correlation_id(BATCH, run) == "orders/2026-03-03/scheduled__2026-03-03"
