"""What is said of one part of SQL: what it comes to, and how each database is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp

    from airflow_dataops.engines.sql.agreement.kind import Kind

POSTGRES, MARIADB, SQLITE = "postgres", "mysql", "sqlite"

ENGINES: dict[str, str] = {POSTGRES: "PostgreSQL", MARIADB: "MariaDB", SQLITE: "SQLite"}
"""Dialect, as sqlglot calls it -> the database that is compared with DuckDB."""

EVERYWHERE = "duckdb"
"""Stands for all databases at once, DuckDB among them, where a rule is looked through and told to none."""

CALLED: dict[str, str] = {"mariadb": MARIADB}
"""Another name of a dialect -> the one in ENGINES."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one database is told of a part of SQL.

    Args:
        words: The same for people; empty where it is said as it stands.
        said: The part, whose operands are said already, and the kinds of these -> the part as that database
            is told; None where it is said as it stands.
        pattern: The part -> the pattern of RE2 that is looked for in its first operand; None where none is.
        why: Why that database isn't asked at all, as the end of a sentence; empty where it is.
    """

    words: str = ""
    said: Callable[[exp.Expr, tuple[Kind, ...]], exp.Expr] | None = None
    pattern: Callable[[exp.Expr], str] | None = None
    why: str = ""


SAME = Way()
"""It is said as it stands."""


def never(why: str) -> Way:
    """Return the way of a database that isn't asked."""
    return Way(why=why)


def way_of(ways: Mapping[str, Way], engine: str) -> Way:
    """Return the way of a database; of all at once it is as it stands."""
    return ways[engine] if engine != EVERYWHERE else SAME


@dataclass(frozen=True, slots=True)
class Construct:
    """One part of SQL that means the same in some databases besides DuckDB.

    Args:
        written: How people write it.
        kind: The part and the kinds of its operands -> the kind that it comes to. It raises Differs for
            operands about which databases don't agree.
        ways: Database -> how it is told.
        operands: The names under which sqlglot keeps the operands.
        besides: The names of what else it may keep: what is there is no operand.
        alike: Whether its operands are made numbers of one kind, where numbers of two are held otherwise.
        reads: Whether its operands must be of one kind, which a text that is written there is read as.
        compares: Whether it only compares them, so that a number that is written there may be made one of
            those beside it.
        note: What is to be known of it, for people.
    """

    written: str
    kind: Callable[[exp.Expr, tuple[Kind, ...]], Kind]
    ways: Mapping[str, Way]
    operands: tuple[str, ...] = ("this", "expression")
    besides: frozenset[str] = frozenset()
    alike: bool = False
    reads: bool = False
    compares: bool = False
    note: str = ""


def ways(postgres: Way = SAME, mariadb: Way = SAME, sqlite: Way = SAME) -> dict[str, Way]:
    """Return the ways of all databases."""
    return {POSTGRES: postgres, MARIADB: mariadb, SQLITE: sqlite}
