"""What every target must do, whatever it publishes into."""

from __future__ import annotations

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.naming import COMMIT_RUN
from airflow_dataops.core.publication import Commit
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.errors import BadDataError, BrokenWorldError, SettingsError

FULL = [
    (None,) * 7,
    (
        -(2**63),
        Decimal("-99999999999999999999999999999.999999999"),
        5e-324,
        False,
        date(1, 1, 1),
        datetime(1, 1, 1, tzinfo=UTC),
        "",
    ),
    (0, Decimal("0.000000001"), -1.7976931348623157e308, None, None, None, "\\N"),
    (1, Decimal(0), 0.1, None, None, datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "\\."),
    (2, Decimal("-0.5"), 1e23, None, date(1970, 1, 1), None, 'a,"b"\r\n\\.\n\r"",\t'),
    (3, None, -0.0, None, None, None, " "),
    (4, None, None, None, None, None, "null"),
    (
        2**63 - 1,
        Decimal("12345678901234567890123456789.123456789"),
        float("inf"),
        True,
        date(9999, 12, 31),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        'ü"; drop\n\t \U0001f600\ufffe\x01\x7f日本',
    ),
]
"""A row for each extreme; nulls last, as the tests read them."""


def row(number: int, text: str | None = None) -> tuple[object, ...]:
    """Return a row that is known by its number."""
    return (number, None, None, None, None, None, text)


def publish(table, batch, rows, dataset, content=""):
    """Publish with the labels that a run gives; each file of rows is a content of its own."""
    labels = {COMMIT_RUN: "r"}
    return table.target.publish(batch, rows, dataset=dataset, content=content or rows.uri, labels=labels)


def test_rows_come_back_as_they_were(table, day, dataset, stage) -> None:
    """Every type must come back with its values, extremes, nulls and empty texts."""
    publish(table, day("2026-03-03"), stage(*FULL), dataset)

    assert [*FULL[1:], FULL[0]] == table.read("2026-03-03")


def test_times_of_day_come_back_as_times_or_as_their_texts(table, day, tmp_path) -> None:
    """A time of day is published in its own type where the target has one, and else as ISO 8601 writes it."""
    times = (time(6, 30), time(23, 59, 59, 999_999), None)
    rows = Staged(str(tmp_path / "times.parquet"))
    with duckdb.connect() as connection:
        values = connection.sql(
            "SELECT generate_subscripts($1::TIME[], 1), unnest($1::TIME[])", params=[times]
        )
        values.project('CAST(#1 AS BIGINT) AS "order id", #2 AS "the ""time"""').write_parquet(rows.uri)
    columns = {"order id": LogicalType.INTEGER, 'the "time"': LogicalType.TIME}
    dataset = Dataset(
        name="orders", columns=tuple(Column(name=n, type=ColumnType(k)) for n, k in columns.items())
    )

    publish(table, day("2026-03-03"), rows, dataset)

    found = [row[1] for row in table.read("2026-03-03")]
    assert found in ([*times], ["06:30:00", "23:59:59.999999", None])


def test_a_double_that_is_no_number_stays_one(table, day, dataset, stage) -> None:
    """Whether NaN is good is the contract's to say; the target changes nothing."""
    publish(table, day("2026-03-03"), stage((1, None, float("nan"), *(None,) * 4)), dataset)

    assert "nan" == str(table.read("2026-03-03")[0][2])


def test_a_commit_carries_key_content_and_labels(table, day, dataset, stage) -> None:
    """The commit itself must say which batch it is of, of what content, and which run made it."""
    commit = publish(table, day("2026-03-03"), stage(row(1)), dataset, content="abc")

    assert Commit(version=1, content="abc") == commit == table.target.head(day("2026-03-03"))
    assert abs(datetime.now(UTC) - table.target.head(day("2026-03-03")).at) < timedelta(minutes=1)
    assert [(1, "shop/orders/orders/2026-03-03", "abc", "r")] == table.commits()


def test_each_publish_is_one_commit(table, day, dataset, stage) -> None:
    """History grows by one a publish, and each publish of a batch has its number."""
    batch = day("2026-03-03")
    versions = [publish(table, batch, stage(row(n)), dataset, content=str(n)).version for n in range(3)]

    assert [1, 2, 3] == versions
    assert ["2", "1", "0"] == [content for _, _, content, _ in table.commits()]


def test_a_publish_replaces_its_partition_alone(table, day, dataset, stage) -> None:
    """Replaying 3 March replaces 3 March, and no other day."""
    publish(table, day("2026-03-02"), stage(row(1)), dataset)
    publish(table, day("2026-03-03"), stage(row(2), row(3)), dataset)
    publish(table, day("2026-03-03"), stage(row(4)), dataset)

    assert [row(1)] == table.read("2026-03-02")
    assert [row(4)] == table.read("2026-03-03")
    assert {"2026-03-02": 1, "2026-03-03": 1} == table.target.counts()


def test_no_rows_empty_the_partition(table, day, dataset, stage) -> None:
    """A batch without rows is published too: its partition is empty, and the commit says so."""
    first = publish(table, day("2026-03-02"), stage(), dataset, content="none")
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    again = publish(table, day("2026-03-03"), stage(), dataset, content="none")

    assert [] == table.read()
    assert [first, again] == [table.target.head(day(label)) for label in ("2026-03-02", "2026-03-03")]
    assert [1, 3] == [first.version, again.version]
    assert {} == table.target.counts()


ODD = [
    "it's",
    "' or '1'='1",
    "a b",
    "100%",
    "%20",
    "%s",
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
    "A B",
]


def test_odd_partitions_are_kept_apart(table, day, dataset, stage) -> None:
    """No character of a label may reach another partition's rows, or lose its own."""
    for number, label in enumerate(ODD):
        publish(table, day(label), stage(row(-1)), dataset, content="old")
        publish(table, day(label), stage(row(number, label)), dataset, content=label)

    assert [[row(number, label)] for number, label in enumerate(ODD)] == [table.read(label) for label in ODD]
    assert ODD == [table.target.head(day(label)).content for label in ODD]
    assert [(*row(number, label), label) for number, label in enumerate(ODD)] == table.read()
    assert dict.fromkeys(ODD, 1) == table.target.counts()
    for label in ODD:
        first = min(version for version, batch, _, _ in table.commits() if batch == day(label).key)
        table.target.restore(day(label), first, labels={COMMIT_RUN: "r"})
    assert [[row(-1)]] * len(ODD) == [table.read(label) for label in ODD]


def test_head_is_none_before_the_first_publish(table, day, dataset, stage) -> None:
    """There is no commit without a table, nor in one that holds other batches."""
    before = table.target.head(day("2026-03-03"))
    publish(table, day("2026-03-02"), stage(row(1)), dataset)

    assert (None, None) == (before, table.target.head(day("2026-03-03")))


def test_counts_are_empty_without_a_table(table) -> None:
    """Where nothing was published there is nothing to count."""
    assert {} == table.target.counts()


def test_head_is_the_newest_of_its_batch(table, day, dataset, stage) -> None:
    """However many commits of other batches came later, the head is the batch's own newest."""
    for content in ("old", "new"):
        publish(table, day("2026-03-03"), stage(row(1)), dataset, content=content)
    for number in range(9):
        publish(table, day("2026-03-04"), stage(row(2)), dataset, content=str(number))
        assert Commit(version=2, content="new") == table.target.head(day("2026-03-03"))


def test_a_table_is_created_once(table, day, dataset, stage) -> None:
    """Of several that create a table at once, one does, and nobody's rows are lost."""
    staged = stage(row(1))
    for turn in range(6):
        target, start = table.another(f"turn{turn}"), threading.Barrier(4)

        def attempt(label: str, target=target, start=start) -> Commit:
            start.wait()
            return target.publish(day(label), staged, dataset=dataset, content="c", labels={})

        with ThreadPoolExecutor(4) as pool:
            commits = list(pool.map(attempt, "abcd"))

        assert [1, 2, 3, 4] == sorted(commit.version for commit in commits)
        assert dict.fromkeys("abcd", 1) == target.counts()


def test_the_same_content_at_once_is_harmless(table, day, dataset, stage) -> None:
    """Two attempts at one batch which publish at once must leave its rows once."""
    publish(table, day("2026-03-02"), stage(row(0)), dataset)
    staged = stage(row(1), row(2))
    start = threading.Barrier(4)

    def attempt() -> Commit:
        start.wait()
        return publish(table, day("2026-03-03"), staged, dataset, content="c")

    with ThreadPoolExecutor(4) as pool:
        commits = [call.result() for call in [pool.submit(attempt) for _ in range(4)]]

    assert [row(1), row(2)] == table.read("2026-03-03")
    assert {"c"} == {commit.content for commit in commits}
    batches = {version: batch for version, batch, _, _ in table.commits()}
    assert {day("2026-03-03").key} == {batches[commit.version] for commit in commits}


def test_other_contents_at_once_leave_one_of_them(table, day, dataset, stage) -> None:
    """Of different contents that are published at once, readers see the head's, and history has all."""
    publish(table, day("2026-03-02"), stage(row(0)), dataset)
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
    assert [2, 3, 4, 5] == sorted(commit.version for commit in commits)
    assert head == max(commits, key=lambda commit: commit.version)


def changed(dataset, **types: ColumnType | None):
    """Return the dataset with columns added, retyped, or taken away by None."""
    kept = tuple(column for column in dataset.columns if column.name not in types)
    new = (Column(name=name, type=kind) for name, kind in types.items() if kind is not None)
    return replace(dataset, columns=(*kept, *new))


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"weight": None}, r"the table has 'weight' \({double}\), which is not promised"),
        ({"vat": ColumnType(LogicalType.DATE)}, r"the table lacks 'vat' \(date\)"),
        ({"weight": ColumnType(LogicalType.DATE)}, "the table has 'weight' as {double} instead of date"),
        (
            {"amount": ColumnType(LogicalType.NUMBER, 38, 8)},
            r"the table has 'amount' as (decimal|numeric)\(38,9\) instead of (decimal|numeric)\(38,8\)",
        ),
    ],
)
def test_a_table_with_other_columns_is_refused(table, day, dataset, stage, *, types, message) -> None:
    """A contract that changed its columns must be told how the table differs, and nothing be written."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    with pytest.raises(BadDataError, match=message.format(**table.spelled)) as caught:
        publish(table, day("2026-03-03"), stage(row(2)), changed(dataset, **types))
    assert table.key in caught.value.hint
    assert [row(1)] == table.read("2026-03-03")
    assert 1 == len(table.commits())


def test_a_contract_may_change_the_order_of_its_columns(table, day, dataset, stage) -> None:
    """Columns are known by their names, whatever their order in contract, rows and table."""
    publish(table, day("2026-03-02"), stage(FULL[-1]), dataset)
    turned = replace(dataset, columns=tuple(reversed(dataset.columns)))
    publish(table, day("2026-03-03"), stage(FULL[-1]), turned)

    assert [[FULL[-1]], [FULL[-1]]] == [table.read(label) for label in ("2026-03-02", "2026-03-03")]


def test_staged_rows_of_other_types_are_refused(table, day, dataset, stage) -> None:
    """Rows are never cast on their way: what was audited is what is published."""
    publish(table, day("2026-03-02"), stage(row(0)), dataset)

    where = "orders/2026-03-03: orders: "
    with pytest.raises(BadDataError, match=f"{where}the staged rows has 'weight' as float instead of double"):
        publish(table, day("2026-03-03"), stage(row(1), weight="real"), dataset)
    with pytest.raises(BadDataError, match=r"has 'amount' as (decimal|numeric)\(38,8\) instead of"):
        publish(table, day("2026-03-03"), stage(row(1), amount="decimal(38,8)"), dataset)
    with pytest.raises(BadDataError, match=r"has 'extra' \(integer\), which is not promised"):
        publish(table, day("2026-03-03"), stage((*row(1), 8), extra="integer"), dataset)

    assert {"2026-03-02": 1} == table.target.counts()


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
    assert {} == table.target.counts()


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
    assert 2 == publish(table, day("2026-03-03"), stage(row(2)), dataset).version


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


def test_a_restore_brings_one_partition_back(table, day, dataset, stage) -> None:
    """An older version of one partition is the newest again, as a commit of its own; others stay."""
    batch, other = day("2026-03-03"), day("2026-03-02")
    publish(table, batch, stage(*FULL), dataset, content="first")
    publish(table, other, stage(row(5)), dataset, content="other")
    publish(table, batch, stage(row(2)), dataset, content="second")
    publish(table, other, stage(row(6)), dataset, content="another")

    restored = table.target.restore(batch, 1, labels={COMMIT_RUN: "undo"})

    assert Commit(version=5, content="first") == restored == table.target.head(batch)
    assert [*FULL[1:], FULL[0]] == table.read("2026-03-03")
    assert [row(6)] == table.read("2026-03-02")
    assert {"2026-03-02": 1, "2026-03-03": len(FULL)} == table.target.counts()
    assert (5, batch.key, "first", "undo") == table.commits()[0]


def test_a_restore_can_be_restored_and_published_over(table, day, dataset, stage) -> None:
    """A restored version is a version like any other."""
    batch = day("2026-03-03")
    for number in (1, 2):
        publish(table, batch, stage(row(number)), dataset, content=str(number))

    turns = [table.target.restore(batch, version, labels={COMMIT_RUN: "r"}) for version in (1, 2, 3, 5)]

    assert ["1", "2", "1", "1"] == [turn.content for turn in turns]
    assert [3, 4, 5, 6] == [turn.version for turn in turns]
    assert [row(1)] == table.read("2026-03-03")
    assert 7 == publish(table, batch, stage(row(3)), dataset).version
    assert [row(3)] == table.read("2026-03-03")


def test_an_empty_version_can_be_restored(table, day, dataset, stage) -> None:
    """That there was nothing is a version, too."""
    publish(table, day("2026-03-03"), stage(), dataset, content="none")
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    restored = table.target.restore(day("2026-03-03"), 1, labels={})

    assert [] == table.read("2026-03-03")
    assert Commit(version=3, content="none") == restored == table.target.head(day("2026-03-03"))


@pytest.mark.parametrize("version", [-1, 0, 2, 99, 2**62])
def test_a_version_of_another_partition_cant_be_restored(table, day, dataset, stage, version) -> None:
    """A version of another partition, or of none, is refused, and nothing changes."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    publish(table, day("2026-03-02"), stage(row(2)), dataset)

    with pytest.raises(SettingsError, match=rf"there is no version {version} of orders/2026-03-03"):
        table.target.restore(day("2026-03-03"), version, labels={})
    assert [row(1)] == table.read("2026-03-03")
    assert 2 == len(table.commits())


def test_nothing_can_be_restored_without_a_table(table, day) -> None:
    """Where nothing was published there is no version."""
    with pytest.raises(SettingsError, match="there is no version 1 of orders/2026-03-03"):
        table.target.restore(day("2026-03-03"), 1, labels={})
