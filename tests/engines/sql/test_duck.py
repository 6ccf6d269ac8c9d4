from __future__ import annotations

import traceback
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import ScanPlan, plan
from airflow_dataops.core.checks.spec import Check, OneOf, Query
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split, Staged
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.errors import BadDataError, BrokenWorldError, NotEvaluatedError, SettingsError

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
TOKEN = "tok3n-of-a-customer"  # noqa: S105 - a value that must not be seen anywhere


def landed(folder: Path, content: bytes, name: str = "orders.csv") -> Landed:
    """A file as it landed."""
    file = folder / name
    file.write_bytes(content)
    return Landed(str(file), (LandedPart(str(file), "orders.csv"),), Dialect())


def names(folder: Path) -> set[str]:
    """What is in a folder."""
    return {path.name for path in folder.iterdir()}


def halves(folder: Path) -> Split:
    """Where the halves go."""
    return Split(good=str(folder / "good.parquet"), bad=str(folder / "bad.parquet"))


def staged(folder: Path, frame: pl.DataFrame) -> Staged:
    """Rows as an earlier stage wrote them."""
    frame.write_parquet(folder / "staged.parquet")
    return Staged(str(folder / "staged.parquet"))


def test_types_are_those_that_a_file_declares(engine: DuckEngine, tmp_path: Path) -> None:
    """A Parquet file declares types, of several files the first; text declares none."""
    frame = pl.DataFrame({"id": [1], "a b": ["x"], "m": [Decimal("1.50")]})
    paths = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    frame.with_columns(m=pl.col("m").cast(pl.Decimal(12, 2))).write_parquet(paths[0])
    frame.with_columns(id=pl.col("id").cast(pl.String)).write_parquet(paths[1])
    parts = tuple(LandedPart(str(path), path.name) for path in paths)
    parquet = Landed(str(tmp_path), parts, Dialect(format=Format.PARQUET))

    assert {"id": "BIGINT", "a b": "VARCHAR", "m": "DECIMAL(12,2)"} == engine.types(parquet)
    assert {} == engine.types(landed(tmp_path, b"id\n1\n"))
    with pytest.raises(BadDataError, match="no Parquet file"):
        engine.types(replace(landed(tmp_path, b"id\n1\n"), dialect=Dialect(format=Format.PARQUET)))


def test_header_names_the_columns(engine: DuckEngine, tmp_path: Path) -> None:
    """The header is read without its rows; an empty file has none."""
    assert ("id", "; drop", "é") == engine.header(landed(tmp_path, "id,; drop,é\n1,2,3\n".encode()))
    assert () == engine.header(landed(tmp_path, b""))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not utf-8, so the file looks binary"),
        (b"PK\x01\x02\x00\x00\n", "so the file looks binary"),
        ("id,amount\n".encode("utf-16"), "the file is UTF-16"),
        (b"id,amount,\n", "column 3 of the header has no name"),
        (b"x" * (17 * 1024 * 1024), "the line is longer than 16 MiB"),
    ],
)
def test_header_refuses_what_is_none(engine: DuckEngine, tmp_path: Path, content: bytes, what: str) -> None:
    """A binary file named .csv is bad data: what is wrong, the file and its line, in one line of text."""
    relation = landed(tmp_path, content)

    for call in (
        lambda: engine.header(relation),
        lambda: engine.scan(relation, PLAN, split=halves(tmp_path)),
    ):
        with pytest.raises(BadDataError) as caught:
            call()
        assert str(caught.value).startswith("orders.csv:1: ")
        assert what in str(caught.value)
        assert "\n" not in str(caught.value)
    assert {"orders.csv"} == names(tmp_path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty, without a header"),
        (b"other\n1\n", "the columns 'id', 'amount' are missing"),
        (b"id,Amount\n1,1\n", "the columns 'amount' are missing"),
        (b"id,amount,ID\n1,1,1\n", "columns 1 and 3 of the header differ in upper and lower case only"),
        (
            b"id,amount,dataops_line\n1,1,1\n",
            "the name of column 3 of the header starts with 'dataops_'",
        ),
    ],
)
def test_scan_refuses_columns_that_do_not_fit(
    engine: DuckEngine, tmp_path: Path, content: bytes, what: str
) -> None:
    """Columns that are missing or can't be told apart are bad data, and nothing is kept."""
    with pytest.raises(BadDataError) as caught:
        engine.scan(landed(tmp_path, content), PLAN, split=halves(tmp_path))

    assert (what, "") == (caught.value.what, caught.value.where)
    assert {"orders.csv"} == names(tmp_path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            ["id", "Amount"],
            "the result of the transformation lacks the columns 'amount'. Select them in transform.sql",
        ),
        (
            ["id", "amount", "Dataops_line"],
            "the result of the transformation has the columns 'Dataops_line'.",
        ),
    ],
)
def test_scan_of_a_result_names_the_columns_that_do_not_fit(
    engine: DuckEngine, tmp_path: Path, columns: list[str], message: str
) -> None:
    """The columns of a transformation are the team's own: they are named, with what to do in its SQL."""
    relation = staged(tmp_path, pl.DataFrame({name: ["1"] for name in columns}))

    with pytest.raises(BadDataError) as caught:
        engine.scan(relation, PLAN, split=halves(tmp_path))

    assert str(caught.value).startswith(message)


def test_scan_tells_which_columns_of_a_result_are_left_out(engine: DuckEngine, tmp_path: Path) -> None:
    """Columns of a transformation that the contract lacks are named; those of a header may be values."""
    frame = pl.DataFrame({"note": ["x"], "id": ["1"], "amount": ["1"], "day": ["y"]})

    of_result = engine.scan(staged(tmp_path, frame), PLAN, split=halves(tmp_path))
    of_header = engine.scan(landed(tmp_path, b"note,id,amount\nx,1,1\n"), PLAN, split=halves(tmp_path))

    assert ("note", "day") == of_result.extra
    assert () == of_header.extra
    assert ["id", "amount"] == pl.read_parquet(tmp_path / "good.parquet").columns


def test_scan_replaces_both_halves(engine: DuckEngine, tmp_path: Path) -> None:
    """A second scan takes the place of the first, and what a killed one left beside it goes."""
    engine.scan(landed(tmp_path, b"id,amount\na,1\nb,x\n"), PLAN, split=halves(tmp_path))
    left = tmp_path / ".good.parquet.0123.part"
    left.mkdir()
    (left / "part").write_bytes(b"half of a file")

    engine.scan(landed(tmp_path, b"id,amount\nc,1\n"), PLAN, split=halves(tmp_path))

    assert {"orders.csv", "good.parquet", "bad.parquet"} == names(tmp_path)
    assert ["c"] == pl.read_parquet(tmp_path / "good.parquet")["id"].to_list()
    assert 0 == pl.read_parquet(tmp_path / "bad.parquet").height


def test_scan_that_fails_leaves_what_was_there(engine: DuckEngine, tmp_path: Path) -> None:
    """A scan that can't end well changes neither half."""
    first = engine.scan(landed(tmp_path, b"id,amount\na,1\n"), PLAN, split=halves(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}
    no_columns = ScanPlan(columns=(), rows=(), groups=(), counts=(), queries=())

    with pytest.raises(NotEvaluatedError):
        engine.scan(landed(tmp_path, b"id,amount\nb,1\n"), no_columns, split=halves(tmp_path))

    assert 1 == first.good
    assert before == {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}
    assert {"orders.csv", "good.parquet", "bad.parquet"} == names(tmp_path)


def test_scan_of_a_missing_file_is_a_broken_world(engine: DuckEngine, tmp_path: Path) -> None:
    """A file that isn't there may be there at the next try; the error names it."""
    good = landed(tmp_path, b"id,amount\na,1\n")
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert (
        1
        == engine.scan(
            Landed(
                str(link / "orders.csv"), (LandedPart(str(link / "orders.csv"), "orders.csv"),), good.dialect
            ),
            PLAN,
            split=halves(link),
        ).good
    )
    assert (
        1
        == engine.scan(
            Staged(str(link / "good.parquet")), PLAN, split=halves(link / ".." / tmp_path.name)
        ).good
    )
    for relation in (
        Landed(str(tmp_path / "no.csv"), (LandedPart(str(tmp_path / "no.csv"), "orders.csv"),), Dialect()),
        Staged(str(tmp_path / "no.parquet")),
    ):
        with pytest.raises(BrokenWorldError):
            engine.scan(relation, PLAN, split=halves(tmp_path))
    with pytest.raises(BrokenWorldError, match=r"no\.csv: reading the header failed: No such file"):
        engine.header(
            Landed(str(tmp_path / "no.csv"), (LandedPart(str(tmp_path / "no.csv"), "orders.csv"),), Dialect())
        )


def test_scan_into_a_missing_folder_is_a_broken_world(engine: DuckEngine, tmp_path: Path) -> None:
    """A folder that can't be written may be writable at the next try."""
    relation = landed(tmp_path, b"id,amount\na,1\n")

    with pytest.raises(BrokenWorldError):
        engine.scan(relation, PLAN, split=halves(tmp_path / "missing"))
    with pytest.raises(BrokenWorldError):
        engine.scan(relation, PLAN, split=halves(Path("/proc")))


def test_scan_with_too_little_memory_is_a_broken_world(tmp_path: Path) -> None:
    """Out of memory, and nowhere to spill to: the world, not the data."""
    (tmp_path / "spill").write_text("no folder")
    engine = DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path / "spill"))

    with pytest.raises(BrokenWorldError):
        engine.scan(landed(tmp_path, b"id,amount\na,1\n"), PLAN, split=halves(tmp_path))


def test_scan_spills_and_cleans_up(tmp_path: Path) -> None:
    """Rows that don't fit into the memory limit go to the spill folder, which is empty afterwards."""
    rows = "".join(f"{number:0200d},{number}\n" for number in range(100_000))
    engine = DuckEngine(memory_limit="60MB", temp_directory=str(tmp_path / "spill"))

    found = engine.scan(landed(tmp_path, f"id,amount\n{rows}".encode()), PLAN, split=halves(tmp_path))

    assert (100_000, 100_000) == (found.rows, found.good)
    assert [] == list((tmp_path / "spill").iterdir())
    assert (
        list(range(100_000)) == pl.read_parquet(tmp_path / "good.parquet")["amount"].cast(pl.Int64).to_list()
    )


def test_engine_refuses_a_memory_limit_that_is_none(tmp_path: Path) -> None:
    """A wrong setting is an error of the settings, which no retry mends."""
    engine = DuckEngine(memory_limit="a lot", temp_directory=str(tmp_path))

    with pytest.raises(SettingsError, match="memory limit 'a lot'"):
        engine.scan(landed(tmp_path, b"id,amount\n"), PLAN, split=halves(tmp_path))


@pytest.mark.parametrize(
    "name", ['"; drop table', "select", "a.b", "ü", " ", "{object}", "it's", "%s", "{{x}}"]
)
def test_scan_takes_any_name_of_a_column(engine: DuckEngine, tmp_path: Path, name: str) -> None:
    """A name is a name, whatever it would mean in SQL, also in a key and in the team's own SQL."""
    dataset = Dataset(
        name="d", columns=(Column(name=name, type=ColumnType(LogicalType.INTEGER), unique=True),)
    )
    quoted = '"' + name.replace('"', '""') + '"'
    checks = (*derive(dataset), Check(id="sum", promise=Query("SELECT sum(COLUMNS(*)) FROM {object}")))
    relation = landed(tmp_path, f"{quoted}\n1\n2\n2\nx\n".encode())

    found = engine.scan(relation, plan(dataset, checks), split=halves(tmp_path))

    assert (name,) == engine.header(relation)
    assert (1, 3) == (found.good, found.bad)
    assert 1 == found.measured["sum"].number
    assert [name] == pl.read_parquet(tmp_path / "good.parquet").columns
    assert name in pl.read_parquet(tmp_path / "bad.parquet").columns


def run(engine: DuckEngine, folder: Path, sql: str) -> pl.DataFrame:
    """The rows that the team's SQL comes to, over two rows of a source."""
    frame = pl.DataFrame({"id": ["a", "b"], "amount": [1, 2], "note": [TOKEN, None]})
    into = str(folder / "result.parquet")
    found = engine.transform(
        staged(folder, frame), sql, name="landed", partition="2026-03-03", place="transform.sql", into=into
    )
    result = pl.read_parquet(into)
    assert (into, result.height) == (found.uri, found.rows)
    return result


def test_transform_writes_what_the_select_says(engine: DuckEngine, tmp_path: Path) -> None:
    """The team's SELECT reads `source`, knows its partition, and its rows are written in their order."""
    sql = """
        WITH doubled AS (SELECT id, amount * 2 AS amount FROM {{ source }})  -- a comment; with a semicolon
        SELECT id, amount, {{ partition }} AS day FROM doubled JOIN unnest([1]) AS one(n) ON n > 0
        UNION ALL SELECT 'c', 0, 'it''s' FROM range(1) ORDER BY amount DESC
    """

    result = run(engine, tmp_path, sql)

    assert [("b", 4, "2026-03-03"), ("a", 2, "2026-03-03"), ("c", 0, "it's")] == result.rows()
    assert {"staged.parquet", "result.parquet"} == names(tmp_path)


def test_transform_tells_lineage(engine: DuckEngine, tmp_path: Path) -> None:
    """Each column of the result names the columns it is computed from, where that can be told."""
    sql = "SELECT id AS key, amount + length(id) AS total, 1 AS one FROM {{ source }}"
    source = staged(tmp_path, pl.DataFrame({"id": ["a"], "amount": [1]}))

    found = engine.transform(
        source, sql, name="landed", partition="p", place="t.sql", into=str(tmp_path / "result.parquet")
    )

    assert {"key": ("id",), "total": ("amount", "id")} == {
        k: tuple(sorted(v)) for k, v in found.lineage.items()
    }


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT nope FROM {{ source }}", "transform.sql:1:8: Column 'nope' could not be resolved"),
        ("SELECT 1 AS a,\n  FROM (", "transform.sql:2"),
        ("", "there are 0 statements"),
        ("SELECT 1 AS a; SELECT 2 AS b", "there are 2 statements"),
        ("DELETE FROM {{ source }}", "the statement is DELETE"),
        ("COPY (SELECT 1) TO 'x'", "the statement is COPY"),
        ("ATTACH 'x.db'", "the statement is ATTACH"),
        ("CREATE TABLE x AS SELECT 1", "the statement is CREATE"),
        ("SET memory_limit = '1TB'", "the statement is SET"),
        ("PRAGMA version", "the statement is PRAGMA"),
        ("INSTALL httpfs", "transform.sql"),
        ("SELECT * FROM read_csv('/etc/passwd')", "a table function"),
        ("SELECT * FROM read_text('/etc/passwd')", "a table function"),
        ("SELECT * FROM glob('/*')", "a table function"),
        ("SELECT * FROM '/etc/passwd'", "there is no table '/etc/passwd'"),
        ('SELECT * FROM "/etc/passwd"', "there is no table '/etc/passwd'"),
        ("SELECT (SELECT count(*) FROM duckdb_settings()) AS n", "a table function"),
        ("SELECT * FROM information_schema.tables", "a table of another database"),
        ("SELECT * FROM frame", "transform.sql:1:15: there is no table 'frame'"),
        (
            "SELECT nofunction(id) AS x FROM {{ source }}",
            "transform.sql: DuckDB refuses the SQL (CatalogException)",
        ),
        (
            "SELECT id + true AS x FROM {{ source }}",
            "transform.sql: DuckDB refuses the SQL (BinderException)",
        ),
        ("SELECT id, amount AS ID FROM {{ source }}", "more than one column of the result is called id"),
        (f"SELECT {'(' * 600}1{')' * 600} AS n", "transform.sql: the SQL is nested too deeply"),
        ("SELECT\n {{ nope }}", "transform.sql:2: 'nope' is undefined"),
        (
            "SELECT CAST(note AS INTEGER) AS n FROM {{ source }}",
            "the SQL failed over these rows (ConversionException)",
        ),
        (
            "SELECT CASE WHEN id = 'b' THEN error(id) END AS e FROM {{ source }}",
            "the SQL failed over these rows",
        ),
    ],
)
def test_transform_refuses_what_is_no_select_over_its_rows(
    engine: DuckEngine, tmp_path: Path, sql: str, message: str
) -> None:
    """Anything but one SELECT over the given rows says where and what to do, and writes nothing."""
    frame = pl.DataFrame({"id": [1]})
    assert 1 == frame.height

    with pytest.raises(NotEvaluatedError) as caught:
        run(engine, tmp_path, sql)

    assert message in str(caught.value)
    assert str(caught.value).startswith("transform.sql")
    assert caught.value.hint
    assert {"staged.parquet"} == names(tmp_path)


def test_transform_into_a_missing_folder_is_a_broken_world(engine: DuckEngine, tmp_path: Path) -> None:
    """A result that can't be written, or a source that can't be read, may work at the next try."""
    source = staged(tmp_path, pl.DataFrame({"id": [1]}))
    sql = "SELECT id FROM {{ source }}"

    for relation, into in (
        (source, tmp_path / "no" / "r.parquet"),
        (Staged("/no.parquet"), tmp_path / "r.parquet"),
    ):
        with pytest.raises(BrokenWorldError):
            engine.transform(relation, sql, name="landed", partition="p", place="t.sql", into=str(into))


def test_scan_reads_a_bare_null_as_a_null_of_the_type(engine: DuckEngine, tmp_path: Path) -> None:
    """A column that the team's SQL fills with NULL is null in any type; a list of them is a value of none."""
    sql = "SELECT NULL AS amount, 'a' AS id UNION ALL SELECT NULL, 'b'"
    run(engine, tmp_path, sql)
    lists = "SELECT [NULL] AS amount, NULL AS id"

    found = engine.scan(Staged(str(tmp_path / "result.parquet")), PLAN, split=halves(tmp_path))

    assert (2, 2) == (found.rows, found.good)
    assert pl.Decimal(12, 2) == pl.read_parquet(tmp_path / "good.parquet").schema["amount"]
    run(engine, tmp_path, lists)
    again = engine.scan(Staged(str(tmp_path / "result.parquet")), PLAN, split=halves(tmp_path))
    assert {"amount.type": 1, "id.required": 1} == {
        name: found.failing for name, found in again.measured.items() if found.failing
    }


@pytest.mark.parametrize(
    ("logical", "values", "lines"),
    [
        (
            LogicalType.DATE,
            ["infinity", "-infinity", "0044-03-15 (BC)", "290000-01-01", "0001-01-01"],
            [1, 2, 3, 4],
        ),
        (LogicalType.TIMESTAMP, ["infinity", "290000-01-01 00:00Z", "9999-12-31 23:59:59.999999Z"], [1, 2]),
    ],
)
def test_scan_of_staged_times_keeps_to_the_calendar(
    engine: DuckEngine, tmp_path: Path, logical: LogicalType, values: list[str], lines: list[int]
) -> None:
    """A typed value of no year from 1 to 9999, which no reader of the table could read, breaks the type."""
    kind = {LogicalType.DATE: "DATE", LogicalType.TIMESTAMP: "TIMESTAMPTZ"}[logical]
    dataset = Dataset(name="d", columns=(Column(name="t", type=ColumnType(logical)),))
    run(engine, tmp_path, " UNION ALL ".join(f"SELECT CAST('{value}' AS {kind}) AS t" for value in values))

    found = engine.scan(
        Staged(str(tmp_path / "result.parquet")), plan(dataset, derive(dataset)), split=halves(tmp_path)
    )

    assert (len(values) - len(lines), len(lines)) == (found.good, found.measured["t.type"].failing)
    assert lines == pl.read_parquet(tmp_path / "bad.parquet")["dataops_line"].to_list()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(note AS INTEGER) AS n FROM {{ source }}",
        "SELECT CAST(note AS TIMESTAMP) AS n FROM {{ source }}",
        "SELECT strptime(note, '%Y') AS n FROM {{ source }}",
        "SELECT error(note) AS n FROM {{ source }} WHERE note IS NOT NULL",
        "SELECT json_extract(CAST(note AS JSON), '$') AS n FROM {{ source }}",
        "SELECT regexp_matches(note, note || '(') AS n FROM {{ source }}",
    ],
)
def test_errors_of_duckdb_never_carry_a_value(engine: DuckEngine, tmp_path: Path, sql: str) -> None:
    """A planted value is in no error, nor in what an error came from."""
    with pytest.raises(NotEvaluatedError) as caught:
        run(engine, tmp_path, sql)

    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_problems_of_rules_never_carry_a_value(engine: DuckEngine, tmp_path: Path) -> None:
    """A SQL rule that fails over a value doesn't say over which; measurements hold numbers alone."""
    checks = (
        Check(id="cast", promise=Query("SELECT sum(CAST(id AS INTEGER)) FROM {object}")),
        Check(id="value", promise=Query("SELECT max(id) FROM {object}")),
        Check(id="enum", promise=OneOf("id", ("x",))),
    )
    relation = landed(tmp_path, f"id,amount\n{TOKEN},1\n".encode())
    enum_only = plan(ORDERS, checks[2:])

    found = engine.scan(relation, plan(ORDERS, checks[:2]), split=halves(tmp_path))

    assert "the query failed in DuckDB (ConversionException)" == found.measured["cast"].problem
    assert "the query returns VARCHAR, one number is needed" == found.measured["value"].problem
    assert TOKEN not in repr(found)
    assert TOKEN not in repr(engine.scan(relation, enum_only, split=halves(tmp_path)))
