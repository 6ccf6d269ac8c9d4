"""TPC-H's `lineitem`, clean and broken: as Parquet files, and as tables in PostgreSQL.

    python lineitem.py FOLDER SCALE

writes `clean.parquet`, as `tpchgen-cli` makes it, and `broken.parquet`, of which one row in 10,000 is broken.
The same scale is the same rows. Of a small scale more rows are broken, so that every rule has some.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator  # noqa: TC003 - a context manager's
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg
from psycopg import sql
from tools import SERVER, UnavailableError

MILLION = 1 / 6.001215
"""The scale factor of a million rows."""

CLEAN, BROKEN = "clean", "broken"
STEP = 10_000
"""One row in so many is broken."""

FEWEST = 76
"""Rows that are broken at least: about four a break."""

BREAKS: tuple[dict[str, str], ...] = (
    {"l_partkey": "NULL"},
    {"l_quantity": "0"},
    {"l_returnflag": "'X'"},
    {"l_receiptdate": "l_shipdate - 1"},
    {"l_orderkey": "before_orderkey", "l_linenumber": "before_linenumber"},
    {"l_quantity": "99", "l_returnflag": "'X'", "l_receiptdate": "l_shipdate - 3"},
    {"l_suppkey": "NULL"},
    {"l_discount": "0.99"},
    {"l_linestatus": "'o'"},
    {"l_extendedprice": "NULL"},
    {"l_discount": "-0.01"},
    {"l_shipinstruct": "'leave at the door'"},
    {"l_comment": "repeat('far too long ', 5)"},
    {"l_shipmode": "'CAMEL'", "l_shipinstruct": "''", "l_linenumber": "NULL"},
    {"l_quantity": "51"},
    {"l_shipdate": "NULL"},
    {"l_quantity": "NULL"},
    {"l_receiptdate": "NULL"},
    {"l_orderkey": "NULL"},
)
"""What is wrong, turn by turn: column -> what is put there; two of them break three rules in one row."""

COLUMNS = {
    **dict.fromkeys(("l_orderkey", "l_partkey", "l_suppkey"), "bigint"),
    "l_linenumber": "integer",
    **dict.fromkeys(("l_quantity", "l_extendedprice", "l_discount", "l_tax"), "numeric(15,2)"),
    **dict.fromkeys(("l_returnflag", "l_linestatus"), "text"),
    **dict.fromkeys(("l_shipdate", "l_commitdate", "l_receiptdate"), "date"),
    **dict.fromkeys(("l_shipinstruct", "l_shipmode", "l_comment"), "text"),
}
"""Column -> its type in PostgreSQL, in TPC-H's order."""

KEY = ("l_orderkey", "l_linenumber")


def write(folder: Path, scale: float) -> dict[str, Path]:
    """Write both files, unless they are there, and return them."""
    files = {name: folder / f"{name}.parquet" for name in (CLEAN, BROKEN)}
    if not files[CLEAN].exists():
        generate(files[CLEAN], scale)
    if not files[BROKEN].exists():
        spoil(files[CLEAN], files[BROKEN])
    return files


def generate(file: Path, scale: float) -> None:
    """Write the clean rows.

    Raises:
        UnavailableError: If there is no generator.
    """
    program = Path(sys.executable).with_name("tpchgen-cli")
    if not program.exists():
        raise UnavailableError("there is no tpchgen-cli here: pip install tpchgen-cli")
    with tempfile.TemporaryDirectory(dir=file.parent) as made:
        subprocess.run(
            [program, "parquet", "-s", f"{scale:.9f}", "--tables", "lineitem", "-o", made],
            check=True,
            capture_output=True,
        )
        shutil.move(Path(made) / "lineitem.parquet", file)


def spoil(clean: Path, broken: Path) -> None:
    """Write the rows of a file again, of which every so many is broken, turn by turn."""
    columns = ", ".join(f"{_spoilt(name)} AS {name}" for name in COLUMNS)
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": True}) as connection:
        source = "read_parquet($clean, file_row_number = true)"
        (rows,) = connection.execute("SELECT count(*) FROM read_parquet($1)", [str(clean)]).fetchone()
        step = max(min(STEP, rows // FEWEST), 1)
        at = f"file_row_number % {step} = {step - 1}"
        # A row that repeats a key repeats that of the row before it.
        before = ", ".join(f"b.{name} AS before_{name.removeprefix('l_')}" for name in KEY)
        connection.execute(
            f"COPY (WITH lines AS (SELECT * FROM {source}),"  # noqa: S608 - our own names
            f" spoilt AS (SELECT file_row_number, file_row_number // {step} % {len(BREAKS)} AS turn"
            f" FROM lines WHERE {at}),"
            f" before AS (SELECT s.file_row_number, s.turn, {before}"
            " FROM spoilt s JOIN lines b ON b.file_row_number = s.file_row_number - 1)"
            f" SELECT {columns} FROM lines LEFT JOIN before USING (file_row_number)"
            " ORDER BY file_row_number) TO $broken (FORMAT parquet)",
            {"clean": str(clean), "broken": str(broken)},
        )


def _spoilt(name: str) -> str:
    cases = [f"WHEN {turn} THEN {one[name]}" for turn, one in enumerate(BREAKS) if name in one]
    kind = COLUMNS[name]
    return f"CAST(CASE turn {' '.join(cases)} ELSE {name} END AS {kind})" if cases else name


@contextmanager
def database() -> Iterator[str]:
    """Make a database in PostgreSQL, yield its address, and drop it again.

    Raises:
        UnavailableError: If there is no PostgreSQL.
    """
    name = f"dataops_verify_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        raise UnavailableError("there is no PostgreSQL, see DATAOPS_TEST_POSTGRES") from None
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{SERVER.rpartition('/')[0]}/{name}"
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def load(file: Path, address: str, table: str) -> None:
    """COPY the rows of a Parquet file into a new table of PostgreSQL, and let it know them."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in COLUMNS.items()
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(config={"threads": 2}) as source,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        text = Path(folder) / "rows.csv"
        source.read_parquet(str(file)).write_csv(str(text), header=False)
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table), columns))
        # Empty texts stay texts, and nulls are written without quotes: DuckDB quotes the former.
        copy = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(table))
        with text.open("rb") as rows, connection.cursor().copy(copy) as into:
            while chunk := rows.read(1024 * 1024):
                into.write(chunk)
        connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))


if __name__ == "__main__":
    for written in write(Path(sys.argv[1]), float(sys.argv[2])).values():
        sys.stdout.write(f"{written}\n")
