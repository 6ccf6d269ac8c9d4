"""Frames as the engine is handed them: what it says of one is what it says of the same rows in Parquet."""

from __future__ import annotations

import gc
import itertools
import tempfile
import weakref
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.physical import physical
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Framed, Landed, LandedPart, Split
from airflow_dataops.engines.frame.framing import framed, rows_of
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.errors import BadDataError, BrokenWorldError, DataOpsError, NotEvaluatedError
from airflow_dataops.usecases.batches.gate import of_header
from tests.strategies import datasets

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "the frame of verify"
AT = datetime(2026, 3, 1, 5, 6, 7, 123456)  # noqa: DTZ001 - a local time
SHORT, LONG = timedelta(milliseconds=1), timedelta(days=400, milliseconds=5)

INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
ZONES = (None, "UTC", "Europe/Berlin", "Etc/UTC", "+05:00")

VALUES: dict[pl.DataType, list[Any]] = {
    **{kind(): [0, 1, 7, 100, 127] for kind in INTEGERS},
    pl.Float16(): [0.0, 1.5, -2.0],
    pl.Float32(): [0.0, 1.5, float("nan"), 0.1],
    pl.Float64(): [0.0, -0.0, 1.5, 99.99, float("nan"), float("inf"), 1e30],
    pl.Boolean(): [True, False],
    pl.String(): ["", "a", "1", "0.10", "2026-03-01", "true", "10:00", "x" * 40, "é"],
    pl.Categorical(): ["a", "1", "2026-03-01"],
    pl.Enum(["b", "1", "a"]): ["a", "1", "b"],
    pl.Date(): [date(2026, 3, 3), date(1, 1, 1), date(9999, 12, 31)],
    pl.Time(): [time(10), time(23, 59, 59, 999_999), time(0)],
    **{
        pl.Datetime(unit, zone): [AT, datetime(2026, 3, 3, 10), datetime(1969, 1, 1)]  # noqa: DTZ001
        for unit in ("ms", "us", "ns")
        for zone in ZONES
    },
    **{pl.Duration(unit): [SHORT, LONG] for unit in ("ms", "us", "ns")},
    pl.Decimal(4, 1): [Decimal("1.5"), Decimal("0.0")],
    pl.Decimal(12, 2): [Decimal("99.99"), Decimal("-1.50")],
    pl.Decimal(38, 0): [Decimal(7), Decimal("9" * 38)],
    pl.Decimal(38, 10): [Decimal("0.0050000000"), Decimal(1)],
    pl.Binary(): [b"a", b"\x00\xff", b""],
    pl.Null(): [None],
    pl.List(pl.Int64()): [[1, 2], [], [None]],
    pl.List(pl.Categorical()): [["a", "b"], ["a"]],
    pl.List(pl.Duration("ms")): [[SHORT, None]],
    pl.List(pl.Struct({"a": pl.String(), "b": pl.Float64()})): [[{"a": "x", "b": 1.5}], []],
    pl.Array(pl.Int64(), 2): [[1, 2], [None, 3]],
    pl.Array(pl.Array(pl.String(), 1), 2): [[["a"], ["b"]]],
    pl.Struct({"a": pl.Int64(), "at": pl.Datetime("us", "UTC")}): [{"a": 1, "at": AT.replace(tzinfo=UTC)}],
    pl.Struct({"t": pl.Time(), "d": pl.Decimal(9, 2), "l": pl.List(pl.Date())}): [
        {"t": time(1), "d": Decimal("1.50"), "l": [date(2026, 3, 3)]}
    ],
    pl.Struct([]): [{}],
}
"""Type of a column -> some of its values."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckEngine:
    """An engine with little memory."""
    return DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path_factory.mktemp("spill")))


def in_parquet(rows: pl.DataFrame, folder: str) -> Landed:
    """Return rows as a file that landed."""
    file = f"{folder}/frame.parquet"
    rows.write_parquet(file)
    return Landed(file, (LandedPart(file, NAME),), Dialect(format=Format.PARQUET))


def told(engine: DuckEngine, relation: Callable[[str], Landed | Framed], dataset: Dataset, **asked) -> Any:
    """Return all that an engine says of rows, and the halves that it writes; or that it refuses them."""
    with tempfile.TemporaryDirectory() as folder:
        split = Split(good=f"{folder}/good.parquet", bad=f"{folder}/bad.parquet")
        try:
            rows = relation(folder)
            wanted = plan(dataset, asked.get("checks") or derive(dataset))
            found = engine.scan(rows, wanted, split=split, keys=3)
            alone = engine.scan(rows, wanted, split=None, keys=3)
            assert (found.measured, found.failing) == (alone.measured, alone.failing)
            written = () if found.unjudged else (split.good, split.bad)
            halves = [pl.read_parquet(half) for half in written]
            return engine.header(rows), engine.types(rows), found, *((h.schema, h.rows()) for h in halves)
        except pl.exceptions.PolarsError:
            return NotEvaluatedError
        except DataOpsError as error:
            return type(error)


def both(engine: DuckEngine, frame: object, dataset: Dataset, **asked) -> tuple[Any, Any]:
    """Return what an engine says of a frame, and of its rows in a file."""
    return (
        told(engine, lambda _: framed(frame, name=NAME), dataset, **asked),
        told(engine, lambda folder: in_parquet(rows_of(frame), folder), dataset, **asked),
    )


@st.composite
def series(draw: st.DrawFn, rows: int, name: str) -> pl.Series:
    """A column of any type, of one chunk or of two."""
    kind = draw(st.sampled_from(list(VALUES)))
    cells = st.none() | st.sampled_from(VALUES[kind])
    found = draw(st.lists(cells, min_size=rows, max_size=rows))
    utc = isinstance(kind, pl.Datetime) and kind.time_zone is not None
    values = [one.replace(tzinfo=UTC) if utc and one is not None else one for one in found]
    at = draw(st.integers(0, rows))
    parts = [pl.Series(name, half, dtype=kind) for half in (values[:at], values[at:])]
    return pl.concat(parts, rechunk=draw(st.booleans()))


@st.composite
def frames(draw: st.DrawFn, dataset: Dataset) -> pl.DataFrame:
    """A frame with the columns of a dataset, and now and then with another."""
    rows = draw(st.integers(0, 6))
    names = [*(column.name for column in dataset.columns), *draw(st.sampled_from([[], [], ["one more"]]))]
    return pl.DataFrame([draw(series(rows, name)) for name in draw(st.permutations(names))])


@given(data=st.data())
@settings(max_examples=30)
def test_a_frame_is_judged_as_its_rows_in_parquet_are(engine, data) -> None:
    """Columns, types, counts, digest, failing rows with their lines, good and bad rows, refusals."""
    dataset = data.draw(datasets())
    frame = data.draw(frames(dataset))

    found, expected = both(engine, frame, dataset)
    assume(
        expected is not BrokenWorldError
    )  # of null lists of categories polars makes files that nobody reads

    assert expected == found or repr(expected) == repr(found)  # where it holds a NaN


def of_one(name: str, kind: LogicalType, **promised: Any) -> Dataset:
    """Return a dataset of one column."""
    return Dataset(name="rows", columns=(Column(name=name, type=ColumnType(kind), **promised),))


THINGS = of_one("id", LogicalType.INTEGER, required=True, unique=True, options=Options(minimum=Decimal(0)))

PANDAS: dict[str, Callable[[], pd.Series]] = {
    "floats with NaN": lambda: pd.Series([1.0, float("nan"), -1.0]),
    "whole floats": lambda: pd.Series([1.0, 2.0, 2.0]),
    "objects": lambda: pd.Series([1, None, 2], dtype=object),
    "decimals": lambda: pd.Series([Decimal("1.50"), None, Decimal(2)], dtype=object),
    "text": lambda: pd.Series(["1", None, "x"]),
    "nullable integers": lambda: pd.Series([1, None, -1], dtype="Int64"),
    "categories": lambda: pd.Series(["1", None, "1"], dtype="category"),
    "instants": lambda: pd.Series(
        pd.to_datetime(["2026-03-01", None, "2026-03-02"]).tz_localize("Asia/Tokyo")
    ),
    "seconds": lambda: pd.Series(["2026-03-01", None], dtype="datetime64[s]"),
    "spans": lambda: pd.Series(pd.to_timedelta([1, None], unit="s")),
    "nothing": lambda: pd.Series([None, None], dtype=object),
    "lists": lambda: pd.Series([[1], None]),
    "values of several types": lambda: pd.Series([1, "a", 2.5], dtype=object),
    "an odd index": lambda: pd.Series([1, 1, 2], index=[7, 7, 9]),
}
"""What pandas has -> a column of it."""


@pytest.mark.parametrize("column", PANDAS)
@pytest.mark.parametrize("kind", [LogicalType.INTEGER, LogicalType.STRING, LogicalType.TIMESTAMP])
def test_pandas_goes_the_same_way(engine, column, kind) -> None:
    """Null is all that pandas takes for missing; what has no one type is refused; decimals have no digits."""
    frame = pd.DataFrame({"id": PANDAS[column]()})

    found, expected = both(engine, frame, of_one("id", kind, required=True, unique=True))

    assert repr(expected).replace("'DECIMAL(38,2)'", "'DECIMAL'") == repr(found)
    assert ("values of several types" == column) == (found is NotEvaluatedError)


@pytest.mark.parametrize("text", [False, True])
def test_lines_are_those_of_the_frame(engine, tmp_path, text) -> None:
    """Of many rows in several chunks, typed or read from texts."""
    numbers = pl.concat(
        [pl.Series("id", range(at, at + 90_000)) for at in (0, 90_000, 180_000)], rechunk=False
    )
    odd = pl.col("id") % 50_000 == 7
    rows = numbers.to_frame().with_columns(pl.when(odd).then(-1 - pl.col("id")).otherwise("id").alias("id"))
    split = Split(good=str(tmp_path / "good.parquet"), bad=str(tmp_path / "bad.parquet"))
    relation = framed(rows.cast(pl.String) if text else rows, name=NAME)

    found = engine.scan(relation, plan(THINGS, derive(THINGS)), split=split, keys=9)

    broken = list(range(7, 270_000, 50_000))
    bad = pl.read_parquet(split.bad)
    assert [(NAME, at + 1, str(-1 - at)) for at in broken] == bad.select(
        "dataops_file", "dataops_line", "id"
    ).rows()
    assert [at + 1 for at in broken] == [row.line for row in found.failing]
    assert [at for at in range(270_000) if at not in set(broken)] == pl.read_parquet(split.good)[
        "id"
    ].to_list()


class Unordered:
    """Rows that come in another order each time."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows
        self._seeds = itertools.count()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows over."""
        shuffled = self._rows.sample(fraction=1, shuffle=True, seed=next(self._seeds))
        return shuffled.__arrow_c_stream__(requested_schema)


def test_rows_without_an_order_are_told_apart_all_the_same(engine, tmp_path) -> None:
    """Each is good or bad, once, though they are asked for more than once."""
    rows = pl.DataFrame({"id": [at if at % 10 else -at - 1 for at in range(1000)]})
    split = Split(good=str(tmp_path / "good.parquet"), bad=str(tmp_path / "bad.parquet"))
    relation = Framed(NAME, ("id",), Unordered(rows), ordered=False)

    found = engine.scan(relation, plan(THINGS, derive(THINGS)), split=split, keys=1000)

    good, bad = pl.read_parquet(split.good), pl.read_parquet(split.bad)
    assert rows["id"].sort().to_list() == sorted([*good["id"], *map(int, bad["id"])])
    assert (100, 100) == (bad.filter(pl.col("id").cast(int) < 0).height, bad.height)
    assert bad["dataops_line"].to_list() == [row.line for row in found.failing]


class Failing:
    """Rows that can be asked for some times, and then not any more."""

    def __init__(self, times: int) -> None:
        self._left = times

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand a row over."""
        self._left -= 1
        if self._left < 0:
            raise OSError("7654321 is out of reach")
        return pl.DataFrame({"id": [1]}).__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("times", range(4))
def test_rows_that_can_t_be_reached_are_a_broken_world(engine, times) -> None:
    """Whenever that shows: it is tried again, and what the storage says stays there."""
    relation = Framed(NAME, ("id",), Failing(times), ordered=False)

    with pytest.raises(BrokenWorldError, match="the rows can't be read") as refused:
        engine.scan(relation, plan(THINGS, derive(THINGS)), split=None)

    assert "7654321" not in str(refused.value)


REFUSED: dict[str, tuple[Callable[[], object], type[DataOpsError], str]] = {
    "objects": (
        lambda: pl.DataFrame({"id": pl.Series([object()], dtype=pl.Object)}),
        NotEvaluatedError,
        "a column of the frame is of the type Object",
    ),
    "more than 38 digits": (
        lambda: pl.DataFrame({"id": pl.Series([10**38], dtype=pl.Int128)}),
        NotEvaluatedError,
        "of the type Int128, has values that can't be judged",
    ),
    "instants beyond all microseconds": (
        lambda: pl.DataFrame({"id": pl.Series([2**62]).cast(pl.Datetime("ms"))}),
        NotEvaluatedError,
        "of the type Datetime, has values that can't be judged",
    ),
    "no column": (pl.DataFrame, BadDataError, "there is no column in it"),
    "names that differ in case alone": (
        lambda: pl.DataFrame({"id": [1], "ID": [1]}),
        BadDataError,
        "columns 1 and 2 of the header differ in upper and lower case only",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_so_by_name(engine, case) -> None:
    """And quotes no value."""
    make, kind, what = REFUSED[case]

    with pytest.raises(kind, match=what):
        engine.scan(framed(make(), name=NAME), plan(THINGS, derive(THINGS)), split=None)


def test_numbers_of_128_bits_are_numbers(engine) -> None:
    """Parquet has no such numbers: there they would be bytes."""
    rows = pl.DataFrame({"id": pl.Series([1, 2**63 - 1, 2**63, None, -1], dtype=pl.Int128)})

    found = told(engine, lambda _: framed(rows, name=NAME), THINGS)

    assert {"id.type": 1, "id.required": 1, "id.minimum": 1, "id.unique": 0} == {
        name: one.failing for name, one in found[2].measured.items()
    }


NESTED = {
    "list": pl.List(pl.Categorical()),
    "list of an enum": pl.List(pl.Enum(["a"])),
    "field": pl.Struct({"a": pl.Categorical()}),
    "list in a field": pl.Struct({"a": pl.List(pl.Categorical())}),
}


@pytest.mark.parametrize("where", NESTED)
def test_categories_inside_of_a_column_without_a_value_are_texts(engine, where) -> None:
    """Handed over as numbers of texts, DuckDB would refuse them."""
    rows = pl.DataFrame({"id": [1], "more": pl.Series([None], dtype=NESTED[where])})

    _, types, found, *_ = told(engine, lambda _: framed(rows, name=NAME), THINGS)

    assert "VARCHAR" in types["more"]
    assert (1, 1) == (found.rows, found.good)


@pytest.mark.parametrize("name", ["", "a\0b", "ü 'x\"", "s0", "line"])
def test_any_name_may_be_an_extra_one(engine, name) -> None:
    """Also one on which Arrow's C interface would end the process."""
    rows = pl.DataFrame({name: ["a"], "id": [1]})

    header, *_ = told(engine, lambda _: framed(rows, name=NAME), THINGS)

    assert (name or "C0", "id") == header


def test_a_scan_that_fails_keeps_nothing(engine) -> None:
    """Neither the frame nor a view of it outlives it."""
    relation = framed(pl.DataFrame({"id": [1, 2]}), name=NAME)
    other = of_one("missing", LogicalType.STRING)
    handed = weakref.ref(relation.rows)

    with pytest.raises(DataOpsError):
        engine.scan(relation, plan(other, derive(other)), split=None)
    del relation
    gc.collect()

    assert handed() is None


DIGITS = {
    "decimals of pandas have none": (pd.DataFrame, "number", "numeric(8,2)", "as promised"),
    "nor another scale": (pd.DataFrame, "number", "numeric(8,4)", "as promised"),
    "but they are decimals": (pd.DataFrame, "date", "", "amount: DECIMAL for date"),
    "those of polars do": (pl.DataFrame, "number", "numeric(8,2)", "amount: DECIMAL(38,2) for numeric(8,2)"),
}


@pytest.mark.parametrize("case", DIGITS)
def test_a_column_that_can_t_say_its_digits_declares_none(engine, case) -> None:
    """It is no warning that a library has no type with as many digits as the contract's."""
    make, logical, spelled, told = DIGITS[case]
    relation = framed(make({"amount": [Decimal("1.50"), None, Decimal(12)]}), name=NAME)
    kind, promised = ColumnType(LogicalType(logical)), physical(spelled) if spelled else None
    dataset = Dataset(name="paid", columns=(Column(name="amount", type=kind, physical=promised),))

    verdicts = {one.rule: one for one in of_header(relation, dataset, engine=engine)}

    assert told == verdicts["schema.types"].observed
