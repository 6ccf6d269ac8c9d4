from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch, batch_of
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.versions import Keeping, Version, judge, kept_publications
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NONE = timedelta(0)


def batch(partition: str = "2026-03-03") -> Batch:
    """A batch of one table."""
    return Batch(team="shop/eu", product="orders", dataset="orders", partition=partition)


def version(number: int, *, days: int = 100, partition: str = "2026-03-03", content: str = "c") -> Version:
    """A version as a table's history has it, so many days old."""
    return Version(batch=batch(partition).key, version=number, content=content, at=NOW - timedelta(days=days))


def told(*versions: Version, target: str = "/lake/orders") -> list[Publication]:
    """What the store remembers of versions."""
    return [
        Publication(
            batch=batch_of(one.batch),
            version=one.version,
            content=one.content,
            rows=1,
            target=target,
            contract="orders@1",
            manifest=f"m{one.version}",
            run_id="r",
            at=one.at,
        )
        for one in versions
    ]


FIVE = [version(number, days=100 - number) for number in range(1, 6)]

TABLE = {
    "the newest stays": (FIVE, told(*FIVE), Keeping(1, NONE), [5]),
    "so many stay": (FIVE, told(*FIVE), Keeping(3, NONE), [3, 4, 5]),
    "more than there are": (FIVE, told(*FIVE), Keeping(9, NONE), [1, 2, 3, 4, 5]),
    "the young stay": (FIVE, told(*FIVE), Keeping(1, timedelta(days=97)), [3, 4, 5]),
    "each partition has a newest": (
        [version(1), version(2, partition="b"), version(3), version(4, partition="b")],
        told(version(1), version(2, partition="b"), version(3), version(4, partition="b")),
        Keeping(1, NONE),
        [3, 4],
    ),
    "what the store forgot goes": (FIVE, told(*FIVE[3:]), Keeping(9, NONE), [4, 5]),
    "what the store wasn't told of stays": (FIVE, told(*FIVE[:3]), Keeping(1, NONE), [3, 4, 5]),
    "a store that knows nothing": (FIVE, [], Keeping(1, NONE), [1, 2, 3, 4, 5]),
    "a store that knows another table": (
        FIVE,
        told(*(version(number, content="other") for number in range(1, 6))),
        Keeping(1, NONE),
        [1, 2, 3, 4, 5],
    ),
    "a version older than the calendar": (FIVE, told(*FIVE), Keeping(1, timedelta.max), [1, 2, 3, 4, 5]),
    "no history": ([], [], Keeping(1, NONE), []),
}


@pytest.mark.parametrize("what", TABLE)
def test_versions_that_are_kept(what) -> None:
    """What is kept is what readers see, what is young, and what retention asks for."""
    history, publications, keeping, kept = TABLE[what]

    judged = judge(history, publications, keeping, now=NOW)

    assert kept == [one.version for one in judged.kept]
    assert sorted(history, key=lambda one: one.version) == sorted(
        (*judged.kept, *judged.gone), key=lambda one: one.version
    )


def test_versions_count_in_each_table() -> None:
    """A product that moved has a newest version in both of its tables."""
    moved = [*told(FIVE[0]), *told(FIVE[4], target="/lake/new")]

    assert frozenset(moved) == kept_publications(moved, Keeping(1, NONE), now=NOW)


HISTORIES = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), min_size=1, max_size=12).map(
    lambda drawn: [
        version(number, days=age, partition=partition)
        for number, (age, partition) in enumerate(
            sorted(drawn, key=lambda one: -one[0])  # later versions are younger
        )
    ]
)


@given(HISTORIES, st.sets(st.integers(0, 11)), st.integers(1, 4), st.integers(0, 30))
def test_nothing_that_is_needed_goes(history, forgotten, newest, days) -> None:
    """Whatever the store remembers: the newest of a partition, the young, and so many that it knows."""
    known = [one for one in history if one.version not in forgotten]
    keeping = Keeping(newest, timedelta(days=days))

    judged = judge(history, told(*known), keeping, now=NOW)

    assert all(one.at < NOW - keeping.younger for one in judged.gone)
    for partition in {one.batch for one in history}:
        of = [one.version for one in history if one.batch == partition]
        kept = {one.version for one in judged.kept if one.batch == partition}
        assert {max(of), *sorted(one.version for one in known if one.batch == partition)[-newest:]} <= kept


@given(st.lists(st.text(min_size=1, max_size=9), min_size=4, max_size=4))
def test_a_key_stands_for_its_batch(parts) -> None:
    """Whatever the names are."""
    one = Batch(**dict(zip(("team", "product", "dataset", "partition"), parts, strict=True)))

    assert one == batch_of(one.key)


def test_a_key_of_no_batch_is_refused() -> None:
    """It is no batch with an empty name."""
    with pytest.raises(SettingsError, match=r"^a/b: this is the key of no batch"):
        batch_of("a/b")
