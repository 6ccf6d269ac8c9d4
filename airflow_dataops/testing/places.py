"""Where rows can be judged: what each place can't hold, and what its engine says of rules that it refuses.

`docs/reference/engines.md` is made of these tables, and the tests of the engines try them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.testing.lack import Lack

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where rows lie, and what is known of the engine that judges them there.

    Args:
        title: What it is called.
        engine: The engine.
        told: How a task is told of it.
        lacks: What can't be held there.
        refuses: A rule of RULES -> what the engine says of it instead of a number; a part of its words.
    """

    title: str
    engine: str
    told: str
    lacks: frozenset[Lack] = frozenset()
    refuses: Mapping[str, str] = field(default_factory=dict)


RULES: dict[str, str] = {
    "pattern": "a pattern",
    "word": "a pattern with `\\b`",
    "flag": "a pattern with `(?i)`",
    "repeats": "a pattern that repeats 300 times",
    "unique": "uniqueness in the batch",
    "filtered": "uniqueness among the rows of a filter",
    "whole": "uniqueness in the whole table",
    "reference": "a foreign key",
    "json": "what is inside JSON",
    "json pattern": "a pattern inside JSON",
    "count": "a row count",
    "sql": "a SQL rule",
    "sql rows": "a SQL rule that names rows",
    "sql other rows": "a SQL rule that names rows by other rows",
    "sql other table": "a SQL rule that reads another dataset",
    "sql own": "a SQL rule with a function that DuckDB alone has",
    "pandera": "a rule of pandera",
}
"""Name of a kind of rules -> what it is called. What isn't here every engine evaluates."""

OTHERWISE = (
    *("otherwise than DuckDB", "otherwise than RE2", "mean the same in", "means the same in"),
    "it holds a number against decimals that has too many digits for",
)
"""What every engine may say of a part of SQL or of a pattern, beside what its place lists."""

TYPELESS = frozenset(
    {Lack.SINGLES, Lack.DECIMALS, Lack.BOOLEANS, Lack.DAYS, Lack.TIMES, Lack.LOCALS, Lack.INSTANTS}
)

PLACES: dict[str, Place] = {
    "parquet": Place(title="Parquet files", engine="DuckDB", told='`path`, `format="parquet"`'),
    "csv": Place(
        title="delimited files",
        engine="DuckDB",
        told="`path`",
        lacks=frozenset({Lack.TYPES, Lack.EMPTY}),
    ),
    "delta": Place(
        title="Delta tables",
        engine="DuckDB",
        told='`path`, `format="delta"`',
        lacks=frozenset({Lack.TIMES}),
    ),
    "polars": Place(title="frames of polars", engine="DuckDB", told="`@task.contract`"),
    "pandas": Place(
        title="frames of pandas",
        engine="DuckDB",
        told="`@task.contract`",
        lacks=frozenset({Lack.NAN}),
    ),
    "postgres": Place(
        title="tables of PostgreSQL",
        engine="PostgreSQL",
        told="`table`, `conn_id`",
        lacks=frozenset({Lack.NUL}),
        refuses={
            "word": "which PostgreSQL reads otherwise than RE2",
            "flag": "which PostgreSQL reads otherwise than RE2",
            "repeats": "repeats more than 255 times, which PostgreSQL refuses",
            "sql own": "means the same in PostgreSQL",
            "pandera": "the rules of pandera can't run where rows stay in the database",
        },
    ),
    "sqlite": Place(
        title="tables of SQLite",
        engine="SQLite",
        told="`table`, `conn_id`",
        lacks=TYPELESS | {Lack.NAN},
        refuses={
            "whole": "the rest of the table can't be looked at where rows stay in SQLite",
            "sql own": "means the same in SQLite",
            "sql other rows": "in SQLite a rule that names rows looks at the row alone",
            "pandera": "the rules of pandera can't run where rows stay in",
        },
    ),
    "mariadb": Place(
        title="tables of MariaDB",
        engine="MariaDB",
        told="`table`, `conn_id`",
        lacks=frozenset({Lack.NAN, Lack.INFINITY, Lack.INSTANTS}),
        refuses={
            "whole": "the rest of the table can't be looked at where rows stay in MariaDB",
            "json": "what is inside JSON can't be judged where rows stay in MariaDB",
            "json pattern": "what is inside JSON can't be judged where rows stay in MariaDB",
            "sql own": "means the same in MariaDB",
            "sql other rows": "in MariaDB a rule that names rows looks at the row alone",
            "pandera": "the rules of pandera can't run where rows stay in",
        },
    ),
}
"""Name of a place -> what is known of it."""

HELD: dict[str, str] = {
    "texts": (
        "are equal code point by code point: case, blanks at the end and the normal forms of Unicode tell"
        " them apart, whatever the collation of a column or a database"
    ),
    "the length of a text": "is counted in code points: a combining mark is one",
    "patterns": (
        "are RE2's. DuckDB and SQLite run RE2 itself; for PostgreSQL, and for MariaDB's PCRE2, a pattern is"
        " written anew, piece by piece, or refused"
    ),
    "a text that is a double": "is the nearest one, never infinite, and 0 for a zero alone",
    "integers": "have 64 bits, or up to 38 digits where the contract says so; nothing is rounded",
    "decimals": "are exact to 38 digits: in bounds, in `multipleOf`, in lists of values and in keys",
    "days and instants": "are of the years 1 to 9999; infinity is none; an instant has microseconds, in UTC",
    "a local time of a zone": "is none where the zone skips it, the later instant where it comes twice",
    "a value of another type": "is one of the contract's type where it comes back the same",
    "the text of a double": (
        "is DuckDB's, such as `1.0`, where a pattern or a length is asked of it; not in MariaDB, see below"
    ),
    "the time zone of a session": "has no say: each engine sets UTC for its own transaction",
    "values inside JSON": "are judged by one reader, in the worker, for all engines that judge them",
    "-0.0": "is 0: they are equal, and one value of a key",
    "NaN and infinity": "are no values of any type",
}
"""What could differ between engines -> how it is held the same."""

APART: dict[str, str] = {
    "a number that no double is": (
        "`0.12345678901234567890` is a `number` as a text, rounded to the nearest double; in a column of"
        " decimals it is none, for it wouldn't come back the same. Give the contract `numeric(p,s)`"
    ),
    "sums and averages of doubles": (
        "hang on the order of the rows, in each engine: they agree to about 15 digits. Compare them with a"
        " range, or use `numeric(p,s)`"
    ),
    "an empty field of a delimited file": "is null; in every other place an empty text is a text",
    "the text of a double in MariaDB": (
        "is MariaDB's own, such as `1`: a rule that asks for it there is refused by name"
    ),
    "the text of bytes": (
        "is each database's own, `\\xDE` or `\\xde`: a rule of a column that asks for it is refused by name,"
        " everywhere; in SQLite and MariaDB so is every rule of a column of texts that holds bytes. SQL that"
        " reads such a column in DuckDB or PostgreSQL gets that database's text. A Parquet file may have"
        " texts as bytes, where whoever wrote it didn't say that they are UTF-8"
    ),
    "the text of a float of 32 bits": (
        "beyond 16,777,216 has as many digits as the engine likes: a rule that asks for it is refused by name"
        " in PostgreSQL and MariaDB"
    ),
}
"""What is not the same, by its nature."""
