from __future__ import annotations

import gzip
import io
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.records import Header, Record, records
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split
from airflow_dataops.engines.sql.duckdb import landed as module
from airflow_dataops.engines.sql.duckdb.landed import chunks
from airflow_dataops.engines.sql.duckdb.parts import STEP
from airflow_dataops.errors import BadDataError
from tests.strategies import dialects, files

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

ORDERS = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.STRING), required=True, unique=True),
        Column(
            name="amount", type=ColumnType(LogicalType.NUMBER, 12, 2), options=Options(minimum=Decimal(0))
        ),
    ),
)
PLAN = plan(ORDERS, derive(ORDERS))
CSV = Dialect()
HEADLESS = Dialect(header=False)
LINES = Dialect(format=Format.JSON_LINES, paths=(("amount", "money[0].amount"),))
PARQUET = Dialect(format=Format.PARQUET)


def drop(folder: Path, contents: dict[str, bytes], dialect: Dialect) -> Landed:
    """A drop of several files, as it landed."""
    parts = []
    for name, content in contents.items():
        file = folder / f"[a=1] {len(parts)}*.data"  # a name that DuckDB would take for a pattern
        file.write_bytes(content)
        parts.append(LandedPart(str(file), name))
    return Landed(str(folder), tuple(parts), dialect)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def parquet(**columns: list[object]) -> bytes:
    """A Parquet file."""
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def judge(
    engine: DuckEngine, relation: Landed, folder: Path
) -> tuple[Scan, list[str], list[tuple[object, ...]]]:
    """What a scan of a drop came to: the ids of the good rows, and the bad rows."""
    split = Split(good=str(folder / "good.parquet"), bad=str(folder / "bad.parquet"))
    scan = engine.scan(relation, PLAN, split=split)
    bad = pl.read_parquet(split.bad).with_columns(pl.col("dataops_rules").list.join(" "))
    return scan, pl.read_parquet(split.good)["id"].to_list(), bad.rows()


DROPS: list[tuple[str, dict[str, bytes], Dialect, list[str], list[tuple[object, ...]]]] = [
    (
        "several files",
        {"a.csv": b"id,amount\nx,1\nx,2\n", "b.csv": b"\n", "c.csv": b"amount,id\r\n3,y\r\n-4,z\r\n5\r\n"},
        CSV,
        ["y"],
        [
            ("a.csv", 2, "id.unique", "x", "1", None),
            ("a.csv", 3, "id.unique", "x", "2", None),
            ("c.csv", 3, "amount.minimum", "z", "-4", None),
            ("c.csv", 4, "unparsable", None, None, "5"),
        ],
    ),
    (
        "a key that two files have",
        {"a.csv": b"id,amount\nx,1\n", "b.csv": b"id,amount\ny,1\nx,1\n"},
        CSV,
        ["y"],
        [("a.csv", 2, "id.unique", "x", "1", None), ("b.csv", 3, "id.unique", "x", "1", None)],
    ),
    (
        "an archive beside a file",
        {
            "a.csv": gzip.compress(b"id,amount\nx,1\n"),
            "b.zip": zipped({"d/2": b"amount,id\n2,\n", "1": b"id,amount\ny,2"}),
        },
        CSV,
        ["x", "y"],
        [("b.zip!d/2", 2, "id.required", None, "2", None)],
    ),
    (
        "no header",
        {"a.csv": b"x,1\ny,2,3\n", "b.csv": b'"z\n",x\n'},
        HEADLESS,
        ["x"],
        [("a.csv", 2, "unparsable", None, None, "y,2,3"), ("b.csv", 1, "amount.type", "z\n", "x", None)],
    ),
    (
        "no quotes",
        {"a.csv": b'id;amount\n"x;1\ny";2;3\n'},
        Dialect(delimiter=";", quote=""),
        ['"x'],
        [("a.csv", 3, "unparsable", None, None, 'y";2;3')],
    ),
    (
        "json lines",
        {
            "a.jsonl": b'{"id": "x", "money": [{"amount": 1.50}]}\n\n{"id": "y", "money": {}}\n{"id": ""}\n',
            "b.jsonl.gz": gzip.compress(b'{"id": 7, "money": [{"amount": -1}], "other": []}\n'),
        },
        LINES,
        ["x", ""],
        [
            ("a.jsonl", 3, "unparsable", None, None, '{"id": "y", "money": {}}'),
            ("b.jsonl.gz", 1, "amount.minimum", "7", "-1", None),
        ],
    ),
    (
        "parquet of other types and orders",
        {
            "a.parquet": parquet(id=["x", None], amount=[1.5, 2.0]),
            "b.parquet": b"",
            "c.parquet": parquet(amount=["3", "x"], id=[1, 2]),
        },
        PARQUET,
        ["x", "1"],
        [("a.parquet", 2, "id.required", None, "2.0", None), ("c.parquet", 2, "amount.type", "2", "x", None)],
    ),
    ("parquet of nothing", {"a.parquet": parquet(id=[], amount=[])}, PARQUET, [], []),
    ("empty files without a header", {"a.csv": b"", "b.csv": b"\n"}, HEADLESS, [], []),
]


@pytest.mark.parametrize(
    ("contents", "dialect", "good", "bad"), [row[1:] for row in DROPS], ids=[row[0] for row in DROPS]
)
def test_scan_reads_all_files_of_a_drop(
    engine: DuckEngine,
    tmp_path: Path,
    contents: dict[str, bytes],
    dialect: Dialect,
    good: list[str],
    bad: list[tuple[object, ...]],
) -> None:
    """The rows of all files are judged together, in their order; a bad one has its own file and line."""
    scan, passed, refused = judge(engine, drop(tmp_path, contents, dialect), tmp_path)

    assert good == passed
    assert bad == refused
    assert scan.rows == scan.good + scan.bad == len(good) + len(bad)


HEADERS: list[tuple[str, dict[str, bytes], Dialect, tuple[str, ...]]] = [
    ("another order", {"a": b"id,amount\n", "b": b"", "c": b"amount,id\n"}, CSV, ("id", "amount")),
    ("in an archive", {"a": zipped({"x": b"id,amount\n", "y": b"\n"})}, CSV, ("id", "amount")),
    ("all empty", {"a": b"", "b": b"\n"}, CSV, ()),
    ("not declared", {"a": b"id,amount\n"}, HEADLESS, ()),
    (
        "keys of all files",
        {"a": b'{"id": 1}\n', "b": b'{"x": 1, "money": [{"amount": 1}]}'},
        LINES,
        ("id", "x", "amount"),
    ),
    ("json lines, empty", {"a": b"", "b": b"\n"}, LINES, ()),
    (
        "parquet",
        {"a": b"", "b": parquet(id=[1], amount=[1]), "c": parquet(amount=["x"], id=[1])},
        PARQUET,
        ("id", "amount"),
    ),
]


@pytest.mark.parametrize(
    ("contents", "dialect", "expected"), [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS]
)
def test_header_is_that_of_all_files(
    engine: DuckEngine,
    tmp_path: Path,
    contents: dict[str, bytes],
    dialect: Dialect,
    expected: tuple[str, ...],
) -> None:
    """The files of a drop have one header; empty ones are passed over."""
    assert expected == engine.header(drop(tmp_path, contents, dialect))


def encrypted(content: bytes) -> bytes:
    """An archive whose members say that they are encrypted."""
    found = bytearray(zipped({"a": content}))
    found[6] |= 1
    found[found.index(b"PK\x01\x02") + 8] |= 1
    return bytes(found)


GOOD = b"id,amount\nsecret,1\n"
SOUND = parquet(id=["secret"] * 9, amount=[1] * 9)
REFUSED: list[tuple[str, dict[str, bytes], Dialect, str, str]] = [
    ("other columns", {"a": GOOD, "b": b"id,secret\n"}, CSV, "b", "doesn't name the columns"),
    ("a second without a header", {"a": GOOD, "b": b"secret,1\n"}, CSV, "b", "doesn't name the columns"),
    ("binary", {"a": GOOD, "b": b"\x00secret\n"}, CSV, "b:1", "looks binary"),
    ("binary, in an archive", {"z": zipped({"a": GOOD, "b": b"\x00"})}, CSV, "z!b:1", "looks binary"),
    ("an archive in an archive", {"z": zipped({"a": zipped({"b": GOOD})})}, CSV, "z!a:1", "looks binary"),
    ("gzip in gzip", {"a": gzip.compress(gzip.compress(GOOD))}, CSV, "a:1", "looks binary"),
    ("cut off gzip", {"a": gzip.compress(GOOD)[:-9]}, CSV, "a", "damaged or cut off"),
    ("no zip at all", {"a": b"PK\x03\x04" + GOOD}, CSV, "a", "damaged or cut off"),
    ("encrypted", {"a": encrypted(GOOD)}, CSV, "a!a", "is encrypted"),
    (
        "packed otherwise",
        {"a": zipped({"b": GOOD}, zipfile.ZIP_BZIP2)},
        CSV,
        "a!b",
        "another way than deflate",
    ),
    ("binary without a header", {"a": b"\x89PNG\r\n"}, HEADLESS, "a:1", "the first line is not utf-8"),
    ("csv for json lines", {"a": GOOD}, LINES, "a:1", "is a JSON object"),
    ("gzip for parquet", {"a": gzip.compress(SOUND)}, PARQUET, "a", "no Parquet file"),
    ("cut off parquet", {"a": SOUND, "b": SOUND[:-9]}, PARQUET, "b", "no Parquet file"),
    (
        "other columns of parquet",
        {"a": SOUND, "b": parquet(id=[1], secret=[1])},
        PARQUET,
        "b",
        "hasn't the columns",
    ),
]


@pytest.mark.parametrize(
    ("contents", "dialect", "where", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_header_refuses_files_that_can_not_be_read(
    engine: DuckEngine, tmp_path: Path, contents: dict[str, bytes], dialect: Dialect, where: str, what: str
) -> None:
    """A file of a drop that can't be read is named with what is wrong, and no value of it is."""
    with pytest.raises(BadDataError) as caught:
        engine.header(drop(tmp_path, contents, dialect))

    assert where == caught.value.where
    assert what in caught.value.what
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_header_refuses_a_drop_without_a_line_and_without_a_header(
    engine: DuckEngine, tmp_path: Path
) -> None:
    """Files that have no header and no line are said to be empty."""
    with pytest.raises(BadDataError, match="there is no line in it"):
        engine.header(drop(tmp_path, {"a": b"", "b": b"\n"}, HEADLESS))


def test_header_refuses_two_columns_of_one_name_in_parquet(engine: DuckEngine, tmp_path: Path) -> None:
    """DuckDB would give the second one another name, and read the first: nobody would miss it."""
    content = parquet(id=["x"], amount=[1], amounT=[2]).replace(b"amounT", b"amount")

    with pytest.raises(BadDataError, match="columns 2 and 3 of the file have the same name"):
        engine.header(drop(tmp_path, {"a.parquet": content}, PARQUET))


def test_header_of_parquet_passes_over_the_parts_of_nested_columns(
    engine: DuckEngine, tmp_path: Path
) -> None:
    """A part of a struct may be called as a column is."""
    nested = parquet(id=[{"amount": 1, "deep": {"id": [1]}}], amount=[1], more=[[{"id": 1}]])

    assert ("id", "amount", "more") == engine.header(drop(tmp_path, {"a.parquet": nested}, PARQUET))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris"])
def test_scan_reads_instants_of_parquet_in_any_unit(engine: DuckEngine, tmp_path: Path, unit, zone) -> None:
    """An instant is one in whatever unit, with or without a time zone; a part of a microsecond is none."""
    stamps = pl.Series([0, 1_700_000_000_000]).cast(pl.Datetime("ms")).cast(pl.Datetime(unit))
    if zone:
        stamps = stamps.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    if unit == "ns":
        stamps = stamps.append(pl.select(pl.lit(stamps.head(1)) + pl.duration(nanoseconds=1)).to_series())
    file = io.BytesIO()
    pl.DataFrame({"id": stamps}).write_parquet(file)
    dataset = Dataset(name="d", columns=(Column(name="id", type=ColumnType(LogicalType.TIMESTAMP)),))

    found = engine.scan(
        drop(tmp_path, {"a.parquet": file.getvalue()}, PARQUET),
        plan(dataset, derive(dataset)),
        split=Split(good=str(tmp_path / "good.parquet"), bad=str(tmp_path / "bad.parquet")),
    )

    assert (2, len(stamps) - 2) == (found.good, found.bad)


def test_scan_refuses_a_parquet_file_with_damaged_pages(engine: DuckEngine, tmp_path: Path) -> None:
    """A file whose rows can't be read, though its header can, is bad data; DuckDB's words are left out."""
    content = bytearray(parquet(id=[f"secret{at}" for at in range(50_000)], amount=list(range(50_000))))
    content[100:2000] = bytes(1900)
    relation = drop(tmp_path, {"a": bytes(content)}, PARQUET)

    assert ("id", "amount") == engine.header(relation)
    with pytest.raises(BadDataError) as caught:
        judge(engine, relation, tmp_path)
    assert "a: the file is no Parquet file, or it is damaged or cut off" in str(caught.value)
    assert caught.value.__context__ is None


def test_scan_refuses_what_is_damaged_behind_the_header(engine: DuckEngine, tmp_path: Path) -> None:
    """An archive that breaks off in the middle fails the scan, and nothing is kept of it."""
    rows = b"".join(b"%d,%d\n" % (at, at * at % 999_983) for at in range(400_000))
    content = gzip.compress(b"id,amount\n" + rows)
    relation = drop(tmp_path, {"a.csv": content[: len(content) // 2]}, CSV)

    with pytest.raises(BadDataError, match=r"a\.csv: the packed file is damaged or cut off"):
        judge(engine, relation, tmp_path)
    assert not (tmp_path / "good.parquet").exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=files(), dialect=dialects(), width=st.integers(1, 3), size=st.integers(1, 30))
def test_chunks_are_the_records(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes, dialect: Dialect, width: int, size: int
) -> None:
    """Whatever the bytes and the size of the chunks: all pieces come, in their order, and no others."""
    columns = tuple("abc"[:width])
    if dialect.header:
        content = dialect.delimiter.join(columns).encode(dialect.encoding, "replace") + b"\n" + content
    expected = list(records(io.BytesIO(content), dialect, width=width))
    relation = drop(tmp_path, {"first": b"", "second": content}, dialect)
    if content.startswith((b"\x1f\x8b", b"PK")) or not isinstance(next(iter(expected), None), Header):
        return
    if set(expected[0].names) - set(columns):
        return
    monkeypatch.setattr(module, "SIZE", size)

    found = list(chunks(relation, columns, names=[]))

    rows = [
        Record(line - STEP, list(values)) for chunk in found for line, *values in chunk.records.iter_rows()
    ]
    broken = [(line - STEP, raw) for chunk in found for line, raw in chunk.broken.iter_rows()]
    assert [piece for piece in expected if isinstance(piece, Record)] == rows
    assert [(piece.line, piece.raw) for piece in expected[1:] if not isinstance(piece, Record)] == broken


def test_scan_keeps_the_order_of_many_rows(engine: DuckEngine, tmp_path: Path) -> None:
    """Good rows stay in the order of their lines, those with quotes among the others, over many chunks."""
    lines = [f'"{at}",1' if at % 7 == 0 else f"{at},1" for at in range(300_000)]
    relation = drop(tmp_path, {"a.csv": "\n".join(["id,amount", *lines, "3,1"]).encode()}, CSV)

    _, good, bad = judge(engine, relation, tmp_path)

    assert [str(at) for at in range(300_000) if at != 3] == good
    assert [5, 300_002] == [row[1] for row in bad]
