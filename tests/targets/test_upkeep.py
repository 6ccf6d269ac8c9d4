"""Looking after a published table: what goes, and above all what stays."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.naming import COMMIT_RUN, PARTITION_COLUMN
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.core.upkeep import Compacted, Freed
from airflow_dataops.core.versions import Judged
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.targets.delta_upkeep import DeltaUpkeep
from airflow_dataops.targets.postgres_upkeep import PostgresUpkeep

DAY = timedelta(days=1)
NUMBERS = Dataset(name="orders", columns=(Column(name="n", type=ColumnType(LogicalType.INTEGER)),))
LABELS = ("2026-03-03", "it's 100 %", "a/b")


def soon() -> datetime:
    """Return an instant before which everything was written: there is no grace."""
    return datetime.now(UTC) + DAY


def batch(partition: str) -> Batch:
    """The batch of a partition."""
    return Batch(team="shop", product="orders", dataset="orders", partition=partition)


def numbers(folder: Path, *rows: int) -> Staged:
    """Stage numbers."""
    place = folder / f"{time.monotonic_ns()}.parquet"
    pl.DataFrame({"n": rows}, schema={"n": pl.Int64}).write_parquet(place)
    return Staged(str(place))


def publish(target, partition: str, rows: Staged, dataset: Dataset = NUMBERS) -> int:
    """Publish rows, and return the version."""
    labels = {COMMIT_RUN: "r"}
    return target.publish(batch(partition), rows, dataset=dataset, content=rows.uri, labels=labels).version


def judged(table: DeltaUpkeep | PostgresUpkeep, *gone: int) -> Judged:
    """What is to become of the versions of a table."""
    history = table.history()
    return Judged(
        tuple(one for one in history if one.version not in gone),
        tuple(one for one in history if one.version in gone),
    )


def rows(place: str, version: int | None = None, label: str = "") -> list[tuple[object, ...]]:
    """Return what readers see of a Delta table, or of one partition of it, in some version."""
    literal = label.replace("'", "''")
    predicate = f"{PARTITION_COLUMN} = '{literal}'" if label else None
    return sorted(pl.DataFrame(DeltaTable(place, version=version).scan(predicate=predicate)).rows())


@pytest.fixture
def lake(tmp_path):
    """A Delta table of two partitions, one of which was published three times."""
    place = str(tmp_path / "lake" / "orders")
    for partition, *found in ((LABELS[0], 1), (LABELS[1], 10), (LABELS[0], 2), (LABELS[0], 3)):
        publish(DeltaTarget(place), partition, numbers(tmp_path, *found))
    return place


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(LABELS), st.lists(st.integers(0, 9), max_size=3)),
        st.just("compact"),
        st.just("append"),
        st.tuples(st.just("free"), st.sets(st.integers(0, 12), max_size=8)),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=15)
@given(STEPS)
def test_every_kept_version_reads_the_same_rows(steps) -> None:
    """Whatever was published, written together and removed before."""
    with TemporaryDirectory() as folder:
        place = str(Path(folder) / "a lake" / "orders")
        target, upkeep = DeltaTarget(place), DeltaUpkeep(place)
        seen: dict[tuple[int, str], list[tuple[object, ...]]] = {}
        newest: dict[str, int] = {}
        for step in steps:
            if step == "append":  # many small files, as others may write them
                if newest:
                    more = pl.DataFrame({"n": [7], PARTITION_COLUMN: [LABELS[0]]})
                    write_deltalake(place, more, mode="append")
            elif step == "compact":
                before = rows(place) if newest else None
                upkeep.compact()
                assert before == (rows(place) if newest else None)
            elif step[0] == "free":
                gone = step[1] - set(newest.values())
                before = rows(place) if newest else None
                upkeep.free(judged(upkeep, *gone), before=soon(), dry_run=False)
                seen = {key: found for key, found in seen.items() if key[0] not in gone}
                assert seen == {key: rows(place, *key) for key in seen}
                assert before == (rows(place) if newest else None)
            else:
                version = publish(target, step[0], numbers(Path(folder), *step[1]))
                newest[step[0]] = version
                seen[version, step[0]] = rows(place, version, step[0])


def files(place: str) -> set[str]:
    """Return the files of rows that lie in a table's folder."""
    return {str(file.relative_to(place)) for file in Path(place).rglob("*.parquet")}


def test_files_of_versions_that_are_not_kept_go(lake) -> None:
    """And no others."""
    upkeep = DeltaUpkeep(lake)
    *_, second, third, fourth = upkeep.history()
    kept = {version: rows(lake, version) for version in (second.version, fourth.version)}

    assert 1 == upkeep.free(judged(upkeep, third.version), before=soon(), dry_run=True).files
    assert 4 == len(files(lake))
    found = upkeep.free(judged(upkeep, third.version), before=soon(), dry_run=False)
    assert found.files == 1
    assert found.bytes > 100
    assert 3 == len(files(lake))
    assert kept == {version: rows(lake, version) for version in kept}
    # There is nothing more to do, and no commit says that there was.
    before = DeltaTable(lake).version()
    assert Freed() == upkeep.free(judged(upkeep, third.version), before=soon(), dry_run=False)
    assert before == DeltaTable(lake).version()


def test_nothing_younger_than_the_grace_goes(lake) -> None:
    """A reader may be in the middle of a version, and a writer before its commit."""
    upkeep = DeltaUpkeep(lake)
    versions = [one.version for one in upkeep.history()][:-1]
    written = Path(lake) / f"{PARTITION_COLUMN}={LABELS[0]}" / "of-a-writer.parquet"
    written.write_bytes(b"not committed yet")
    left = written.with_name("of-a-killed-writer.parquet")
    left.write_bytes(b"never committed")
    two_days = time.time() - 2 * DAY.total_seconds()
    os.utime(left, (two_days, two_days))
    before = files(lake)

    upkeep.free(judged(upkeep, *versions), before=datetime.now(UTC) - DAY, dry_run=False)

    assert before - {str(left.relative_to(lake))} == files(lake)


def test_what_was_replaced_within_the_grace_stays_however_old_it_is(lake, tmp_path) -> None:
    """Its readers began before it was replaced."""
    two_days = time.time() - 2 * DAY.total_seconds()
    for file in Path(lake).rglob("*.parquet"):
        os.utime(file, (two_days, two_days))
    publish(DeltaTarget(lake), LABELS[0], numbers(tmp_path, 4))
    upkeep, before = DeltaUpkeep(lake), files(lake)
    versions = [one.version for one in upkeep.history()]
    seen = {version: rows(lake, version) for version in versions}

    upkeep.free(judged(upkeep, *versions[:-1]), before=datetime.now(UTC) - DAY, dry_run=False)

    assert (before, seen) == (files(lake), {version: rows(lake, version) for version in versions})


def test_a_killed_run_is_finished_by_the_next(lake, tmp_path) -> None:
    """However far it came, what is kept can be read, and the next one removes the rest."""
    upkeep = DeltaUpkeep(lake)
    gone = [one.version for one in upkeep.history()][:3]
    newest, all_of_them = rows(lake), files(lake)
    removed = all_of_them - _after(lake, tmp_path, *gone)
    assert 2 == len(removed)
    Path(lake, min(removed)).unlink()

    upkeep.free(judged(upkeep, *gone), before=soon(), dry_run=False)

    assert all_of_them - removed == files(lake)
    assert newest == rows(lake)


def _after(lake: str, folder: Path, *gone: int) -> set[str]:
    """Return the files that stay, by what happens to a copy."""
    copy = str(shutil.copytree(lake, folder / "copy"))
    DeltaUpkeep(copy).free(judged(DeltaUpkeep(copy), *gone), before=soon(), dry_run=False)
    return files(copy)


def test_a_table_inside_of_another_stays(lake, tmp_path) -> None:
    """Its files are none of the table's; nor is a file that somebody left beside them."""
    inner = f"{lake}/eu"
    publish(DeltaTarget(inner), LABELS[0], numbers(tmp_path, 5))
    Path(lake, "README.md").write_text("ours")
    before, upkeep = rows(inner), DeltaUpkeep(lake)
    first = upkeep.history()[0].version

    found = upkeep.free(judged(upkeep, first), before=soon(), dry_run=False)

    assert found.files == 1
    assert before == rows(inner)
    assert Path(lake, "README.md").is_file()


def test_small_files_are_written_together(lake) -> None:
    """In a commit that publishes nothing; versions stay as they were, and a second time there is nothing."""
    for number in (4, 5, 6):
        more = pl.DataFrame({"n": [number], PARTITION_COLUMN: [LABELS[0]]})
        write_deltalake(lake, more, mode="append")
    upkeep, before = DeltaUpkeep(lake), DeltaTable(lake).version()
    history, seen = upkeep.history(), {version: rows(lake, version) for version in range(1, before + 1)}

    assert Compacted(removed=4, added=1) == upkeep.compact()
    assert Compacted() == upkeep.compact()

    assert before + 1 == DeltaTable(lake).version()
    assert rows(lake) == seen[before]
    assert seen == {version: rows(lake, version) for version in seen}
    assert history == upkeep.history()


def test_a_publish_that_comes_between_is_not_undone(lake, tmp_path) -> None:
    """Of a compaction and a publish of one partition at once, the second fails and begins anew."""

    def append() -> DeltaTable:
        for number in (4, 5):
            write_deltalake(lake, pl.DataFrame({"n": [number], PARTITION_COLUMN: [LABELS[0]]}), mode="append")
        return DeltaTable(lake)

    stale = append()
    publish(DeltaTarget(lake), LABELS[0], numbers(tmp_path, 9))
    with pytest.raises(CommitFailedError):
        stale.optimize.compact()
    assert [(9, LABELS[0]), (10, LABELS[1])] == rows(lake)

    stale = append()
    DeltaUpkeep(lake).compact()
    with pytest.raises(CommitFailedError):
        write_deltalake(
            stale,
            pl.DataFrame({"n": [1], PARTITION_COLUMN: [LABELS[0]]}),
            mode="overwrite",
            predicate=f"{PARTITION_COLUMN} = '{LABELS[0]}'",
        )


def test_a_version_that_went_cannot_be_restored(lake) -> None:
    """With a line that says so; another try would not heal it. One that is kept can."""
    upkeep, target = DeltaUpkeep(lake), DeltaTarget(lake)
    first, _, third, _ = upkeep.history()
    upkeep.free(judged(upkeep, first.version), before=soon(), dry_run=False)

    with pytest.raises(SettingsError, match=rf"version {first.version} of orders/.* is not kept any more"):
        target.restore(batch(LABELS[0]), first.version, labels={COMMIT_RUN: "r"})
    target.restore(batch(LABELS[0]), third.version, labels={COMMIT_RUN: "r"})

    assert [(2, LABELS[0]), (10, LABELS[1])] == rows(lake)


def test_no_table_is_no_problem(tmp_path) -> None:
    """The store may know a table that was dropped."""
    upkeep = DeltaUpkeep(str(tmp_path / "gone"))

    assert () == upkeep.history()
    assert Freed() == upkeep.free(Judged((), ()), before=soon(), dry_run=False)
    assert Compacted() == upkeep.compact()


def test_a_table_that_cannot_be_read_is_left_as_it_is(lake) -> None:
    """A version that is to be kept and can't be read stops all."""
    upkeep = DeltaUpkeep(lake)
    wanted = judged(upkeep, upkeep.history()[0].version)
    log = Path(lake) / "_delta_log" / f"{upkeep.history()[1].version:020d}.json"
    log.write_text("{")
    before = files(lake)

    with pytest.raises(BrokenWorldError, match="files can't be removed"):
        upkeep.free(wanted, before=soon(), dry_run=False)

    assert before == files(lake)


def test_a_table_that_lost_files_is_left_as_it_is(lake) -> None:
    """What is not found may lie where nobody looked, and be the very file that would go."""
    upkeep = DeltaUpkeep(lake)
    gone = judged(upkeep, upkeep.history()[0].version)
    newest = DeltaTable(lake).get_add_actions(flatten=True).column("path").to_pylist()[0]
    Path(lake, unquote(newest)).unlink()
    before = files(lake)

    with pytest.raises(SettingsError, match=r"^/.*: 1 files that readers need are not where they should be"):
        upkeep.free(gone, before=soon(), dry_run=False)

    assert before == files(lake)


@pytest.fixture
def mart(postgres, warehouse, schema, tmp_path):
    """A table in PostgreSQL with four versions of a partition and one of another."""
    for place, number in zip((0, 1, 0, 0, 0), (1, 10, 2, 3, 4), strict=True):
        publish(postgres.target, LABELS[place], numbers(tmp_path, number))
    return PostgresUpkeep(warehouse, f"{schema}.orders")


def kept_rows(sql) -> list[tuple[int, int]]:
    """Return version and value of all rows that are kept."""
    return sql("SELECT dataops_version, n FROM {orders_versions} ORDER BY 1")


def test_rows_of_versions_that_are_not_kept_go(mart, postgres, sql) -> None:
    """The history stays; what readers see, and what is kept, too."""
    seen = sql("SELECT * FROM {orders} ORDER BY n")

    assert Freed(rows=2) == mart.free(judged(mart, 1, 3), before=soon(), dry_run=True)
    assert 5 == len(kept_rows(sql))
    assert Freed(rows=2) == mart.free(judged(mart, 1, 3), before=soon(), dry_run=False)
    assert Freed() == mart.free(judged(mart, 1, 3), before=soon(), dry_run=False)

    assert [(2, 10), (4, 3), (5, 4)] == kept_rows(sql)
    assert seen == sql("SELECT * FROM {orders} ORDER BY n")
    assert [1, 2, 3, 4, 5] == [one.version for one in mart.history()]
    postgres.target.restore(batch(LABELS[0]), 4, labels={})
    with pytest.raises(SettingsError, match=r"version 3 of orders/2026-03-03 is not kept any more"):
        postgres.target.restore(batch(LABELS[0]), 3, labels={})


def test_rows_that_a_kept_version_shows_stay(mart, postgres, sql) -> None:
    """A version that was restored has no rows of its own; and what readers see stays, whoever asks."""
    postgres.target.restore(batch(LABELS[0]), 3, labels={})  # version 6 shows the rows of 3

    mart.free(judged(mart, 1, 3, 4, 5), before=soon(), dry_run=False)
    assert [(2, 10), (3, 2)] == kept_rows(sql)
    mart.free(judged(mart, 1, 2, 3, 4, 5, 6), before=soon(), dry_run=False)

    assert [(2, 10), (3, 2)] == kept_rows(sql)
    assert [(2, LABELS[0]), (10, LABELS[1])] == sql("SELECT * FROM {orders} ORDER BY n")
    assert ("commits", Compacted()) == ("commits", mart.compact())


def test_a_reader_in_a_transaction_keeps_what_it_sees(mart, warehouse, schema, postgres, tmp_path) -> None:
    """It was shown a version that went meanwhile."""
    with warehouse.transaction("reading", one_state=True) as connection:
        query = f'SELECT n FROM "{schema}".orders ORDER BY n'  # noqa: S608 - a name of the test's own
        before = connection.execute(query).fetchall()
        publish(postgres.target, LABELS[0], numbers(tmp_path, 5))
        mart.free(judged(mart, 1, 3, 4, 5), before=soon(), dry_run=False)

        assert [(4,), (10,)] == before == connection.execute(query).fetchall()


def test_no_table_in_the_database_is_no_problem(warehouse, schema) -> None:
    """The store may know a table that was dropped."""
    upkeep = PostgresUpkeep(warehouse, f"{schema}.orders")

    assert () == upkeep.history()
    assert Freed() == upkeep.free(Judged((), ()), before=soon(), dry_run=False)
