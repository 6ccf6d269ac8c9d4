from __future__ import annotations

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import deltalake
import polars as pl
import pytest
from deltalake import DeltaTable

from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType
from airflow_dataops.core.naming import (
    COMMIT_BATCH,
    COMMIT_CONTENT,
    COMMIT_RUN,
    PARTITION_COLUMN,
    TABLE_OWNER,
)
from airflow_dataops.core.publication import Commit
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.errors import BadDataError, BrokenWorldError, SettingsError
from airflow_dataops.targets import delta
from airflow_dataops.targets.delta import DeltaTarget

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = (
    2**63 - 1,
    Decimal("12345678901234567890123456789.123456789"),
    0.1,
    True,
    date(1582, 10, 15),
    datetime(2026, 3, 29, 1, 59, 59, 999999, tzinfo=UTC),
    'ü"; drop\n\t\0 \U0001f600',
)
NULLS = (None,) * 7


def row(number: int, text: str | None = None) -> tuple[object, ...]:
    """Return a row that is known by its number."""
    return (number, None, None, None, None, None, text)


def publish(table, batch, rows, dataset, content="c"):
    """Publish with the labels that a run gives."""
    return table.target.publish(batch, rows, dataset=dataset, content=content, labels={COMMIT_RUN: "r"})


def test_rows_come_back_as_they_were(table, day, dataset, stage) -> None:
    """Every type must come back with its values, extremes and nulls, and in its exact type."""
    publish(table, day("2026-03-03"), stage(FULL, NULLS), dataset)

    assert [FULL, NULLS] == table.read("2026-03-03")
    expected = {
        "order id": pl.Int64,
        "amount": pl.Decimal(38, 9),
        "weight": pl.Float64,
        "paid": pl.Boolean,
        "day": pl.Date,
        "at": pl.Datetime("us", "UTC"),
        '"; drop table': pl.String,
        PARTITION_COLUMN: pl.String,
    }
    assert expected == dict(table.schema())


def test_the_table_keeps_every_version(table, day, dataset, stage) -> None:
    """Nothing may tidy up old versions, and old ones must stay readable."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    publish(table, day("2026-03-03"), stage(row(2)), dataset)

    expected = delta.CONFIGURATION | {TABLE_OWNER: "shop/orders/orders"}
    assert expected == DeltaTable(table.place).metadata().configuration
    assert [PARTITION_COLUMN] == DeltaTable(table.place).metadata().partition_columns
    old = pl.DataFrame(DeltaTable(table.place, version=1).scan())
    assert [1] == old["order id"].to_list()


def test_a_commit_carries_key_content_and_labels(table, day, dataset, stage) -> None:
    """The commit itself must say which batch it is of, and of what content."""
    commit = publish(table, day("2026-03-03"), stage(row(1)), dataset, content="abc")

    entry = table.history()[0]
    assert Commit(version=1, content="abc") == commit
    expected = {COMMIT_BATCH: "shop/orders/orders/2026-03-03", COMMIT_CONTENT: "abc", COMMIT_RUN: "r"}
    assert expected == {name: entry.get(name) for name in expected}
    assert 1 == entry["version"]


def test_each_publish_is_one_commit(table, day, dataset, stage) -> None:
    """History grows by one a publish, and each publish of a batch has its number."""
    batch = day("2026-03-03")
    versions = [publish(table, batch, stage(row(n)), dataset, content=str(n)).version for n in range(3)]

    assert [1, 2, 3] == versions
    assert 4 == len(table.history())
    assert 3 == DeltaTable(table.place).transaction_version(batch.key)


def test_a_publish_replaces_its_partition_alone(table, day, dataset, stage) -> None:
    """Replaying 3 March replaces 3 March, and touches no file of another day."""
    publish(table, day("2026-03-02"), stage(row(1)), dataset)
    publish(table, day("2026-03-03"), stage(row(2), row(3)), dataset)
    others = {uri for uri in DeltaTable(table.place).file_uris() if "2026-03-02" in uri}
    publish(table, day("2026-03-03"), stage(row(4)), dataset)

    assert [row(1)] == table.read("2026-03-02")
    assert [row(4)] == table.read("2026-03-03")
    assert others == {uri for uri in DeltaTable(table.place).file_uris() if "2026-03-02" in uri}


def test_no_rows_empty_the_partition(table, day, dataset, stage) -> None:
    """A batch without rows is published too: its partition is empty, and the commit says so."""
    first = publish(table, day("2026-03-02"), stage(), dataset, content="none")
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    again = publish(table, day("2026-03-03"), stage(), dataset, content="none")

    assert [] == table.read()
    assert [first, again] == [table.target.head(day(label)) for label in ("2026-03-02", "2026-03-03")]
    assert [1, 3] == [first.version, again.version]


ODD = [
    "it's",
    "' or '1'='1",
    "a b",
    "100%",
    "%20",
    "a%2Fb",
    "x=y",
    "ü/\\é",
    "..",
    "null",
    "x\ny",
    '"',
    "$1{}?*[a]",
    "2026-03-03T10:00:00+00:00",
    "日本",
]


def test_odd_partitions_are_kept_apart(table, day, dataset, stage) -> None:
    """No character of a label may reach another partition's rows, or lose its own."""
    for number, label in enumerate(ODD):
        publish(table, day(label), stage(row(-1)), dataset, content="old")
        publish(table, day(label), stage(row(number, label)), dataset, content=label)

    assert [[row(number, label)] for number, label in enumerate(ODD)] == [table.read(label) for label in ODD]
    assert ODD == [table.target.head(day(label)).content for label in ODD]
    assert [(*row(number, label), label) for number, label in enumerate(ODD)] == table.read()


def test_a_label_that_makes_no_folder_is_refused(table, day, dataset, stage) -> None:
    """A label that is too long once quoted is a setting, found before anything is written."""
    with pytest.raises(SettingsError, match="too long for a folder's name"):
        publish(table, day("ü" * 100), stage(row(1)), dataset)

    assert not Path(table.place).exists()


def test_a_label_that_readers_take_for_none_is_refused(table, day, dataset, stage) -> None:
    """What other engines read back as null is no label, and is found before anything is written."""
    with pytest.raises(SettingsError, match="is '__HIVE_DEFAULT_PARTITION__', which readers"):
        publish(table, day("__HIVE_DEFAULT_PARTITION__"), stage(row(1)), dataset)

    assert not Path(table.place).exists()


def test_head_is_none_before_the_first_publish(table, day, dataset, stage) -> None:
    """There is no commit without a table, nor in one that holds other batches."""
    before = table.target.head(day("2026-03-03"))
    publish(table, day("2026-03-02"), stage(row(1)), dataset)

    assert (None, None) == (before, table.target.head(day("2026-03-03")))
    assert not (Path(table.place) / "dataops_partition=2026-03-03").exists()


def test_head_of_an_unknown_batch_reads_no_history(table, day, dataset, stage, monkeypatch) -> None:
    """A batch that was never published must cost the same however long the history is."""
    publish(table, day("2026-03-02"), stage(row(1)), dataset)
    monkeypatch.delattr(DeltaTable, "history")

    assert None is table.target.head(day("2026-03-03"))


def test_head_is_the_newest_of_its_batch(table, day, dataset, stage, monkeypatch) -> None:
    """However many commits of other batches came later, the head is the batch's own newest."""
    monkeypatch.setattr(delta, "FIRST_SLICE", 2)
    for content in ("old", "new"):
        publish(table, day("2026-03-03"), stage(row(1)), dataset, content=content)
    for number in range(9):
        publish(table, day("2026-03-04"), stage(row(2)), dataset, content=str(number))
        assert Commit(version=2, content="new") == table.target.head(day("2026-03-03"))


def test_history_outlives_checkpoints(table, day, dataset, stage, monkeypatch) -> None:
    """After the log was checkpointed, the first version must still be found and read."""
    monkeypatch.setitem(delta.CONFIGURATION, "delta.checkpointInterval", "5")
    first = publish(table, day("2026-03-03"), stage(row(1)), dataset, content="first")
    staged = stage(row(2))
    for number in range(12):
        publish(table, day("2026-03-04"), staged, dataset, content=str(number))

    assert list((Path(table.place) / "_delta_log").glob("*.checkpoint.parquet"))
    assert first == table.target.head(day("2026-03-03"))
    assert 14 == len(table.history())
    assert [1] == pl.DataFrame(DeltaTable(table.place, version=1).scan())["order id"].to_list()


def test_commits_of_others_are_passed_over(table, day, dataset, stage) -> None:
    """Maintenance by other tools must neither hide the head nor become it."""
    commit = publish(table, day("2026-03-03"), stage(row(1)), dataset)
    DeltaTable(table.place).alter.set_table_properties({"delta.checkpointInterval": "50"})

    assert commit == table.target.head(day("2026-03-03"))
    assert 3 == publish(table, day("2026-03-03"), stage(row(2)), dataset, content="d").version


def test_a_table_is_created_once(tmp_path, day, dataset, stage) -> None:
    """Of several that create a table at once, one does; a second creation would replace the columns."""
    staged = stage()
    for turn in range(8):
        target, start = DeltaTarget(str(tmp_path / "lake" / str(turn))), threading.Barrier(4)

        def attempt(label: str, target=target, start=start) -> Commit:
            start.wait()
            return target.publish(day(label), staged, dataset=dataset, content="c", labels={})

        with ThreadPoolExecutor(4) as pool:
            commits = list(pool.map(attempt, "abcd"))

        assert [1, 2, 3, 4] == sorted(commit.version for commit in commits)
        operations = [entry["operation"] for entry in DeltaTable(target.uri).history()]
        assert ["CREATE TABLE", *["WRITE"] * 4] == operations[::-1]


def test_the_same_content_at_once_is_harmless(table, day, dataset, stage) -> None:
    """Two attempts at one batch which publish at once must leave its rows once."""
    publish(table, day("2026-03-02"), stage(row(0)), dataset)
    staged = stage(row(1), row(2))
    start = threading.Barrier(4)

    def attempt() -> Commit:
        start.wait()
        return publish(table, day("2026-03-03"), staged, dataset)

    with ThreadPoolExecutor(4) as pool:
        commits = [call.result() for call in [pool.submit(attempt) for _ in range(4)]]

    assert [row(1), row(2)] == table.read("2026-03-03")
    assert {"c"} == {commit.content for commit in commits}
    entries = {entry["version"]: entry.get(COMMIT_BATCH) for entry in table.history()}
    assert {day("2026-03-03").key} == {entries[commit.version] for commit in commits}


@pytest.fixture
def overtaken(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Let somebody else act after the next publish has read the table, and before it commits."""

    def by(act: Callable[[], object]) -> None:
        write = deltalake.write_deltalake

        def late(*args: object, **kwargs: object) -> None:
            monkeypatch.setattr(deltalake, "write_deltalake", write)
            act()
            write(*args, **kwargs)

        monkeypatch.setattr(deltalake, "write_deltalake", late)

    return by


def test_a_publish_that_is_overtaken_by_itself_commits_nothing(table, day, dataset, stage, overtaken) -> None:
    """When another attempt commits the same content first, its commit is the answer, and the only one."""
    batch, staged = day("2026-03-03"), stage(row(1))
    publish(table, batch, stage(row(0)), dataset, content="old")
    overtaken(lambda: publish(table, batch, staged, dataset, content="new"))

    assert Commit(version=2, content="new") == publish(table, batch, staged, dataset, content="new")
    assert 3 == len(table.history())
    assert [row(1)] == table.read("2026-03-03")


def test_a_publish_that_is_overtaken_by_another_commits_after_it(
    table, day, dataset, stage, overtaken
) -> None:
    """When another content of the batch is committed first, the later commit holds, and is the head."""
    batch = day("2026-03-03")
    publish(table, batch, stage(row(0)), dataset, content="old")
    overtaken(lambda: publish(table, batch, stage(row(1)), dataset, content="other"))
    mine = publish(table, batch, stage(row(2)), dataset, content="mine")

    assert Commit(version=3, content="mine") == mine == table.target.head(batch)
    assert [row(2)] == table.read("2026-03-03")


def test_other_contents_at_once_leave_one_of_them(table, day, dataset, stage) -> None:
    """Of different contents that are published at once, readers see one, and it is the head's."""
    staged = [stage(row(number)) for number in range(4)]
    start = threading.Barrier(4)

    def attempt(number: int) -> Commit:
        start.wait()
        return publish(table, day("2026-03-03"), staged[number], dataset, content=str(number))

    with ThreadPoolExecutor(4) as pool:
        commits = list(pool.map(attempt, range(4)))

    head = table.target.head(day("2026-03-03"))
    assert [row(int(head.content))] == table.read("2026-03-03")
    assert ["0", "1", "2", "3"] == [commit.content for commit in commits]
    assert [1, 2, 3, 4] == sorted(commit.version for commit in commits)


def changed(dataset, **types: ColumnType | None):
    """Return the dataset with columns added, retyped, or taken away by None."""
    kept = tuple(column for column in dataset.columns if column.name not in types)
    new = (Column(name=name, type=kind) for name, kind in types.items() if kind is not None)
    return replace(dataset, columns=(*kept, *new))


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"weight": None}, r"the table has 'weight' \(double\), which is not promised"),
        ({"vat": ColumnType(LogicalType.DATE)}, r"the table lacks 'vat' \(date\)"),
        ({"weight": ColumnType(LogicalType.STRING)}, "the table has 'weight' as double instead of string"),
        (
            {"amount": ColumnType(LogicalType.NUMBER, 38, 8)},
            r"the table has 'amount' as decimal\(38,9\) instead of decimal\(38,8\)",
        ),
    ],
)
def test_a_table_with_other_columns_is_refused(table, day, dataset, stage, *, types, message) -> None:
    """A contract that changed its columns must be told how the table differs, and nothing be written."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    with pytest.raises(BadDataError, match=message) as caught:
        publish(table, day("2026-03-03"), stage(row(2)), changed(dataset, **types), content="d")
    assert "target.path" in caught.value.hint
    assert [row(1)] == table.read("2026-03-03")
    assert 2 == len(table.history())


def test_a_contract_may_change_the_order_of_its_columns(table, day, dataset, stage) -> None:
    """Columns are known by their names, whatever their order in contract, rows and table."""
    publish(table, day("2026-03-02"), stage(FULL), dataset)
    turned = replace(dataset, columns=tuple(reversed(dataset.columns)))
    publish(table, day("2026-03-03"), stage(FULL), turned)

    assert [[FULL], [FULL]] == [table.read(label) for label in ("2026-03-02", "2026-03-03")]


def test_staged_rows_of_other_types_are_refused(table, day, dataset, stage) -> None:
    """Rows are never cast on their way: what was audited is what is published."""
    with pytest.raises(
        BadDataError, match="orders/2026-03-03: orders: the staged rows has 'weight' as float"
    ):
        publish(table, day("2026-03-03"), stage(row(1), weight="real"), dataset)
    with pytest.raises(BadDataError, match=r"has 'extra' \(integer\), which is not promised"):
        publish(table, day("2026-03-03"), stage((*row(1), 8), extra="integer"), dataset)

    assert [] == table.read()


PLANTED = "tok-7f3a9c21"


def broken(staged: Staged, how: str) -> Staged:
    """Damage staged rows so that a library fails on them while it has their values at hand."""
    content = Path(staged.uri).read_bytes()
    half = content[: len(content) // 2]
    damaged = {
        "empty": b"",
        "truncated": half,
        "text": PLANTED.encode() * 99,
        "page": content.replace(b"tok", b"\xff\0\xff"),
    }
    Path(staged.uri).write_bytes(damaged[how])
    return staged


def told(error: BaseException) -> str:
    """Return all that a traceback shows of an error."""
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize("how", ["empty", "truncated", "text", "page"])
def test_no_value_of_a_row_is_in_an_error(table, day, dataset, stage, how) -> None:
    """Whatever a library says of rows that it can't read, only its class may be told."""
    staged = broken(stage(*(row(n, f"{PLANTED}-{n}") for n in range(50))), how)

    with pytest.raises(BrokenWorldError, match=r"the rows can't be published \(\w+\)\. Check") as caught:
        publish(table, day("2026-03-03"), staged, dataset)
    assert PLANTED[4:] not in told(caught.value)


def test_no_value_is_in_an_error_about_columns(table, day, dataset, stage) -> None:
    """Values that stand where another type is due are not quoted either."""
    rows = stage((PLANTED, None, None, None, None, None, PLANTED), **{"order id": "varchar"})

    with pytest.raises(BadDataError) as caught:
        publish(table, day("2026-03-03"), rows, dataset)
    assert PLANTED[4:] not in told(caught.value)


def test_missing_rows_break_nothing(table, day, dataset, stage) -> None:
    """When the staged file is gone, the old version stays, and the next try works."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    with pytest.raises(BrokenWorldError, match="the old version is untouched"):
        publish(table, day("2026-03-03"), Staged("/nowhere/rows.parquet"), dataset)
    assert [row(1)] == table.read("2026-03-03")
    assert 2 == publish(table, day("2026-03-03"), stage(row(2)), dataset, content="d").version


@pytest.mark.parametrize("name", ["*", "?", "[a]"])
def test_a_path_of_rows_is_no_pattern(table, day, dataset, stage, name) -> None:
    """Staged rows are the file of that name, and never another one that looks like it."""
    mine, other = Path(stage(row(1)).uri), Path(stage(row(2)).uri)
    other.rename(other.with_name("a"))
    mine = mine.rename(mine.with_name(name))
    publish(table, day("2026-03-03"), Staged(str(mine)), dataset)
    mine.unlink()

    with pytest.raises(BrokenWorldError, match="can't be published"):
        publish(table, day("2026-03-03"), Staged(str(mine)), dataset, content="d")
    assert [row(1)] == table.read("2026-03-03")


def test_a_folder_of_rows_is_no_column(table, day, dataset, stage) -> None:
    """The staging folder of a partition such as `x=1` must not add a column."""
    staged = stage(row(1))
    publish(table, day("2026-03-03"), staged, dataset)

    assert "x=1" == Path(staged.uri).parent.name
    assert "x" not in table.schema()


def test_what_is_no_table_is_left_alone(table, day, dataset, stage) -> None:
    """A folder with other files, or a file, must be refused and not be touched."""
    place = Path(table.place)
    place.mkdir(parents=True)
    (place / "notes.txt").write_text("mine")

    for act in (lambda: table.target.head(day("x")), lambda: publish(table, day("x"), stage(), dataset)):
        with pytest.raises(SettingsError, match="something else where the Delta table should be"):
            act()
    assert ["notes.txt"] == [path.name for path in place.iterdir()]


def test_a_file_at_the_place_of_the_table_is_left_alone(table, day, dataset, stage) -> None:
    """A file of the table's name must be refused too."""
    Path(table.place).parent.mkdir()
    Path(table.place).write_text("mine")

    with pytest.raises(SettingsError, match="something else where the Delta table should be"):
        publish(table, day("x"), stage(), dataset)
    assert "mine" == Path(table.place).read_text()


def test_an_empty_folder_becomes_the_table(table, day, dataset, stage) -> None:
    """A folder that was made beforehand is fine, and so is one where making the table was interrupted."""
    (Path(table.place) / "_delta_log").mkdir(parents=True)
    before = table.target.head(day("2026-03-03"))
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    assert None is before
    assert [row(1)] == table.read("2026-03-03")


def test_a_damaged_log_is_a_broken_world(table, day, dataset, stage) -> None:
    """A table that can't be read is neither empty nor new."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    (Path(table.place) / "_delta_log" / f"{1:020}.json").write_text("{")

    with pytest.raises(BrokenWorldError, match=r"the table can't be read \(\w+\)"):
        table.target.head(day("2026-03-03"))


@pytest.mark.parametrize("character", list("%\\[]^|#?\t\n"))
def test_a_path_that_the_library_misreads_is_refused(tmp_path, character) -> None:
    """A character that would lead to another folder, or to a panic, must be refused at once."""
    with pytest.raises(SettingsError, match="a Delta table can't lie in a path with"):
        DeltaTarget(str(tmp_path / f"a{character}20"))


@pytest.mark.parametrize("name", ["a b", "ü", "x=1", "it's", "`<>", "{x}*", "~", "a:b;&+,@$"])
def test_a_table_may_have_any_other_name(tmp_path, day, dataset, stage, name) -> None:
    """Any other character of a path must lead to the folder of that name, and to no other."""
    target = DeltaTarget(str(tmp_path / "tables" / name))
    target.publish(day("p"), stage(row(1)), dataset=dataset, content="c", labels={})

    assert Commit(version=1, content="c") == target.head(day("p"))
    assert [name] == [path.name for path in (tmp_path / "tables").iterdir()]


def test_uri_is_where_readers_find_the_table(tmp_path, monkeypatch) -> None:
    """A local path is absolute, so that it means the same in every process; an address stays as it is."""
    monkeypatch.chdir(tmp_path)

    assert str(tmp_path / "lake") == DeltaTarget("lake").uri
    assert "s3://lake/orders%20" == DeltaTarget("s3://lake/orders%20").uri
