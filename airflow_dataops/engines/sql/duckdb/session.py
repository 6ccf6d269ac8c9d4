"""A DuckDB of its own for one piece of work: in memory, shut off from all but the files that it is given."""

from __future__ import annotations

import glob
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.engines.sql.duckdb.spill import spill_folder
from airflow_dataops.engines.sql.select import TOO_DEEP
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.errors import DataOpsError

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
"""A worker runs many tasks side by side."""

NEVER = "1000TB"
"""When DuckDB may pause to pack the tables: what it packs here is read a few times and thrown away."""

PACKED = 20
"""Of how many columns rows may be packed, by which keys are grouped in two thirds of the time.

DuckDB 2.0 plans it in a time that grows with the cube of their number: two seconds for a hundred, minutes
for a thousand.
"""

WORLD: tuple[type[duckdb.Error], ...] = (
    duckdb.ConnectionException,
    duckdb.InterruptException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
)
"""What may go well at the next try."""


@contextmanager
def session(
    *, memory_limit: str, temp_directory: str, files: tuple[str, ...], packs: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB in memory that can read and write the given files and nothing else.

    It downloads no extension, sees no variable of this process, keeps the order of rows, and reckons in UTC.
    What doesn't fit into memory goes to a folder of its own, which is removed.

    Args:
        memory_limit: Such as `1GB`.
        temp_directory: Below it is the folder of what doesn't fit into memory.
        files: The files, absolute.
        packs: Whether rows are packed before they are grouped or joined: for at most `PACKED` columns.

    Raises:
        SettingsError: If DuckDB refuses the memory limit.
        OSError: If the folder can't be made.
    """
    with spill_folder(temp_directory) as spill:
        connection = connect(memory_limit=memory_limit, spill=spill)
        try:
            for setting in closed(files, packs=packs):
                ask(connection, setting.sql("duckdb"))
            yield connection
        finally:
            connection.close()


def connect(*, memory_limit: str, spill: str, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB in memory that downloads nothing and keeps the order of rows.

    Args:
        memory_limit: Such as `1GB`.
        spill: The folder of what doesn't fit into memory.
        threads: How many it may use.

    Raises:
        SettingsError: If DuckDB refuses the memory limit.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "checkpoint_threshold": NEVER,
        "memory_limit": memory_limit,
        "preserve_insertion_order": "true",
        "temp_directory": spill,
        "threads": str(threads),
    }
    try:
        return duckdb.connect(":memory:", config=config)
    except duckdb.Error as error:
        raise SettingsError(
            f"DuckDB refuses its settings ({type(error).__name__})",
            where=f"memory limit {memory_limit!r}",
            hint="Give it as a number with a unit, such as 1GB.",
        ) from None


def closed(
    files: tuple[str, ...] = (), *, folders: tuple[str, ...] = (), packs: bool = False
) -> Iterator[exp.Expr]:
    """Yield the settings that shut a DuckDB off from all but files, and from being set otherwise.

    Args:
        files: The files, absolute.
        folders: Folders whose files it may see as well.
        packs: Whether rows are packed before they are grouped or joined: for at most `PACKED` columns.
    """
    yield _set("TimeZone", exp.Literal.string("UTC"), kind="GLOBAL")
    if not packs:
        yield _set("disabled_optimizers", exp.Literal.string("compressed_materialization"))
    yield _set("python_enable_replacements", exp.false())
    # A file that is read is named by a pattern, in which nothing of its path means anything.
    for name, allowed in (("allowed_paths", files), ("allowed_directories", folders)):
        paths = dict.fromkeys((*allowed, *map(glob.escape, allowed)))
        yield _set(name, exp.Array(expressions=[exp.Literal.string(path) for path in paths]))
    yield _set("enable_external_access", exp.false())
    yield _set("lock_configuration", exp.true())


def _set(name: str, value: exp.Expr, *, kind: str | None = None) -> exp.Expr:
    return exp.Set(expressions=[exp.SetItem(this=exp.EQ(this=exp.var(name), expression=value), kind=kind)])


def ask(
    connection: duckdb.DuckDBPyConnection, sql: str, values: list[str] | None = None
) -> list[tuple[int | str | None, ...]]:
    """Run one statement to its end and return its rows.

    Ask for numbers and names, never for rows of data.

    The texts of JSON columns alone are judged outside of DuckDB, and forgotten.
    """
    return connection.execute(sql, values).fetchall()


def ask_numbers(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    """Run a statement that answers with one row of whole numbers."""
    (row,) = ask(connection, sql)
    return tuple(int(number or 0) for number in row)


def types_of(connection: duckdb.DuckDBPyConnection, query: exp.Query) -> dict[str, str]:
    """Return the columns of a query and DuckDB's names of their types."""
    relation = connection.query(query.sql("duckdb"))
    return dict(zip(relation.columns, map(str, relation.types), strict=True))


def ours(error: duckdb.Error, *, what: str) -> DataOpsError:
    """Return our error for one of DuckDB's, without its text, which quotes values."""
    name = type(error).__name__
    if isinstance(error, WORLD):
        hint = "Check the disk, the permissions and the memory limit, then run it again."
        return BrokenWorldError(f"{what} failed in DuckDB ({name})", hint=hint)
    hint = "Its message is withheld, because it may quote values."
    return NotEvaluatedError(f"{what} failed in DuckDB ({name})", hint=hint)


def translated(what: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function raise our errors instead of DuckDB's, sqlglot's and the file system's.

    Ours is raised after DuckDB's is gone, so that not even its context holds a value.

    Args:
        what: What the function does, as the subject of a sentence.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            failure: DataOpsError
            try:
                return function(*args, **kwargs)
            except duckdb.Error as error:
                failure = ours(error, what=what)
            except SqlglotError as error:
                failure = NotEvaluatedError(f"{what} failed in sqlglot ({type(error).__name__})")
            except RecursionError:
                failure = NotEvaluatedError(f"{what} failed: {TOO_DEEP}")
            except OSError as error:
                failure = BrokenWorldError(
                    f"{what} failed: {error.strerror or type(error).__name__}",
                    where=str(error.filename or ""),
                    hint="Check that the path exists, may be read and written, and that the disk has room.",
                )
            raise failure

        return call

    return decorate
