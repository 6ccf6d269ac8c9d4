from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest
from sqlglot.errors import OptimizeError, ParseError

from airflow_dataops.engines.sql.duckdb.session import WORLD, ask, session, translated
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path


WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
import polars as pl
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.duckdb.session import ask, session
with session(memory_limit="100MB", temp_directory=sys.argv[1], files=()) as connection:
    connection.register("chunk", Stream(pl.DataFrame({"a": ["x", None]})))
    assert ask(connection, "SELECT a FROM chunk") == [("x",), (None,)]
"""


def opened(folder: Path, *files: str) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A session with some files."""
    return session(memory_limit="100MB", temp_directory=str(folder / "spill"), files=files)


def test_session_reaches_the_given_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that it is given can be read and written; no other file, no variable, no setting."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text("x\n1\n")
    mine = str(tmp_path / "it's mine.parquet")
    frame = [1]
    assert frame

    with opened(tmp_path, mine) as connection:
        ask(connection, f"COPY (SELECT 1 AS n) TO '{mine.replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
        assert [(1,)] == ask(connection, "SELECT count(*) FROM read_parquet($1)", [mine])
        for refused in (
            "SELECT * FROM read_csv('secret.csv')",
            "SELECT * FROM 'secret.csv'",
            "SELECT * FROM read_text('secret.csv')",
            "COPY (SELECT 1) TO 'other.csv'",
            "ATTACH 'other.db'",
            "SELECT * FROM frame",
            "SET enable_external_access = true",
            "SET allowed_paths = ['/etc/passwd']",
            "INSTALL httpfs",
            "LOAD httpfs",
        ):
            with pytest.raises(duckdb.Error):
                ask(connection, refused)

    assert {"secret.csv", "it's mine.parquet", "spill"} == {path.name for path in tmp_path.iterdir()}


def test_session_reckons_in_utc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time without an offset is UTC, whatever the machine says."""
    monkeypatch.setenv("TZ", "America/New_York")

    with opened(tmp_path) as connection:
        found = ask(connection, "SELECT CAST(CAST('2026-03-03 10:00' AS TIMESTAMPTZ) AS VARCHAR)")

    assert [("2026-03-03 10:00:00+00",)] == found


def test_session_needs_no_pyarrow(tmp_path: Path) -> None:
    """A frame is read through its Arrow stream, without the library that the extra `local` doesn't have."""
    subprocess.run([sys.executable, "-c", WITHOUT_PYARROW, str(tmp_path)], check=True)


@pytest.mark.parametrize("kind", WORLD)
def test_translated_makes_a_broken_world_of_what_may_pass(kind: type[duckdb.Error]) -> None:
    """An error of the disk, the memory or a connection may be tried again; its text is left behind."""

    @translated("the scan")
    def fail() -> None:
        raise kind("value of a row")

    with pytest.raises(BrokenWorldError) as caught:
        fail()

    assert f"the scan failed in DuckDB ({kind.__name__})" == caught.value.what
    assert caught.value.__context__ is None


def test_translated_makes_everything_else_not_evaluated() -> None:
    """Another error of DuckDB says that nothing is known of the data, and keeps nothing of its text."""

    @translated("the scan")
    def fail() -> None:
        raise duckdb.ConversionException("value of a row")

    with pytest.raises(NotEvaluatedError) as caught:
        fail()

    assert "value" not in caught.value.what
    assert caught.value.__context__ is None


@pytest.mark.parametrize("kind", [ParseError, OptimizeError, RecursionError])
def test_translated_knows_what_sqlglot_raises(kind: type[Exception]) -> None:
    """What sqlglot can't read, and what is nested deeper than Python goes, says that nothing is known."""

    @translated("the scan")
    def fail() -> None:
        raise kind("text of a query")

    with pytest.raises(NotEvaluatedError, match="the scan failed") as caught:
        fail()

    assert "text" not in str(caught.value)
    assert caught.value.__context__ is None


def test_translated_lets_our_own_errors_pass() -> None:
    """What is already one of ours is not touched."""

    @translated("the scan")
    def fail() -> None:
        raise NotEvaluatedError("ours")

    with pytest.raises(NotEvaluatedError, match="ours"):
        fail()
