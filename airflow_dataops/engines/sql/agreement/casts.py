"""What databases agree about when they turn a value of one kind into another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    INSTANT,
    LOCAL,
    TEXT,
    WHOLE,
)
from airflow_dataops.engines.sql.agreement.lifted import lifted, real
from airflow_dataops.engines.sql.agreement.narrowed import in_mariadb, in_postgres, in_sqlite
from airflow_dataops.engines.sql.agreement.way import MARIADB, POSTGRES, SAME, Construct, Way, never, ways
from airflow_dataops.engines.sql.agreement.words import (
    BYTEWISE,
    cast,
    collated,
    double,
    grouped,
    integer,
    one_or_zero,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.engines.sql.agreement.kind import (
        Kind,
    )

    Kinds = tuple[Kind, ...]

LENIENT = "{0} reads a number from the start of any text"


def _any(_: exp.Expr, kinds: Kinds) -> Kind:
    return kinds[0]


def _bare(name: str, engine: str) -> Callable[[exp.Expr, Kinds], exp.Expr]:
    return lambda node, _: cast(node.this, name, engine)


def _number_of_truth(node: exp.Expr, _: Kinds) -> exp.Expr:
    return one_or_zero(node.this)


def _truth_of_number(node: exp.Expr, _: Kinds) -> exp.Expr:
    return exp.NEQ(this=grouped(node.this), expression=integer(0))


def _first_ten(node: exp.Expr, _: Kinds) -> exp.Expr:
    return exp.Substring(this=node.this.copy(), start=integer(1), length=integer(10))


def _decimal_text(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return the text of a decimal with all places that it has in DuckDB."""
    return cast(cast(node.this, f"DECIMAL(38, {kinds[0].scale})", POSTGRES), "text", POSTGRES)


def _decimal_char(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    text = cast(cast(node.this, f"DECIMAL(65, {kinds[0].scale})", MARIADB), "CHAR", MARIADB)
    return collated(text, BYTEWISE[MARIADB])


def _char(node: exp.Expr, _: Kinds) -> exp.Expr:
    return collated(cast(node.this, "CHAR", MARIADB), BYTEWISE[MARIADB])


def _same(node: exp.Expr, _: Kinds) -> exp.Expr:
    return grouped(node.this)


CUTS = "MariaDB keeps what doesn't fit as the largest number that does"
DOUBLES = "SQLite has no decimals to round"
ROUNDS = "it rounds half of them another way"

PLAIN_TEXT = Way("`TEXT` of any length", _bare("text", "postgres"))
PLACES = Way("with all its places", _decimal_text)
CHAR_PLACES = Way("with all its places", _decimal_char)
CHAR = Way("`CHAR`", _char)
SQLITE_TEXT = Way("`TEXT`", _bare("TEXT", "sqlite"))
AS_CASE = Way("a CASE", _number_of_truth)
NOT_ZERO = Way("`x <> 0`", _truth_of_number)
FITS = Way("", in_postgres)
AS_IT_IS = Way("as it is", _same)
MIDNIGHT = Way("its midnight", lambda node, _: lifted(node.this, DATE, INSTANT))
REAL = Way("", lambda node, kinds: double(node.this, kinds[0]))


def _cast(written: str, found: dict[str, Way]) -> Construct:
    return Construct(written, _any, found, ("this",), frozenset({"to"}))


CASTS: dict[tuple[str, str], Construct] = {
    (WHOLE.name, WHOLE.name): _cast(
        "integer AS integer",
        ways(
            FITS,
            Way("of 64 bits; ends where it doesn't fit", in_mariadb),
            Way("as it is; ends where it doesn't fit", in_sqlite),
        ),
    ),
    (WHOLE.name, DECIMAL.name): _cast("integer AS decimal", ways(SAME, never(CUTS), never(DOUBLES))),
    (WHOLE.name, DOUBLE.name): _cast("integer AS double", ways(REAL, REAL, REAL)),
    (WHOLE.name, TEXT.name): _cast("integer AS text", ways(PLAIN_TEXT, CHAR, SQLITE_TEXT)),
    (WHOLE.name, BOOLEAN.name): _cast("integer AS boolean", ways(NOT_ZERO, NOT_ZERO, NOT_ZERO)),
    (DECIMAL.name, WHOLE.name): _cast(
        "decimal AS integer",
        ways(FITS, Way("of 64 bits; ends where it doesn't fit", in_mariadb), never(DOUBLES)),
    ),
    (DECIMAL.name, DECIMAL.name): _cast("decimal AS decimal", ways(SAME, never(CUTS), never(DOUBLES))),
    (DECIMAL.name, DOUBLE.name): _cast(
        "decimal AS double",
        ways(REAL, REAL, Way("", lambda node, kinds: real(node.this, kinds[0]))),
    ),
    (DECIMAL.name, TEXT.name): _cast("decimal AS text", ways(PLACES, CHAR_PLACES, never(DOUBLES))),
    (DOUBLE.name, DOUBLE.name): _cast("double AS double", ways(AS_IT_IS, AS_IT_IS, AS_IT_IS)),
    (DOUBLE.name, WHOLE.name): _cast("double AS integer", ways(FITS, never(ROUNDS), never(ROUNDS))),
    (BOOLEAN.name, BOOLEAN.name): _cast("boolean AS boolean", ways(AS_IT_IS, AS_IT_IS, AS_IT_IS)),
    (BOOLEAN.name, WHOLE.name): _cast("boolean AS integer", ways(AS_CASE, AS_CASE, AS_CASE)),
    (TEXT.name, TEXT.name): _cast("text AS text", ways(PLAIN_TEXT, AS_IT_IS, AS_IT_IS)),
    (TEXT.name, WHOLE.name): _cast(
        "text AS integer", ways(FITS, never(LENIENT.format("MariaDB")), never(LENIENT.format("SQLite")))
    ),
    (TEXT.name, DOUBLE.name): _cast(
        "text AS double", ways(SAME, never(LENIENT.format("MariaDB")), never(LENIENT.format("SQLite")))
    ),
    (TEXT.name, DECIMAL.name): _cast(
        "text AS decimal", ways(SAME, never(LENIENT.format("MariaDB")), never(LENIENT.format("SQLite")))
    ),
    (DATE.name, DATE.name): _cast("date AS date", ways(AS_IT_IS, AS_IT_IS, AS_IT_IS)),
    (DATE.name, TEXT.name): _cast("date AS text", ways(PLAIN_TEXT, CHAR, AS_IT_IS)),
    (DATE.name, INSTANT.name): _cast("date AS timestamptz", ways(SAME, SAME, MIDNIGHT)),
    (DATE.name, LOCAL.name): _cast("date AS timestamp", ways(SAME, SAME, MIDNIGHT)),
    (LOCAL.name, DATE.name): _cast("timestamp AS date", ways(SAME, SAME, Way("its day", _first_ten))),
    (INSTANT.name, DATE.name): _cast("timestamptz AS date", ways(SAME, SAME, Way("its day", _first_ten))),
    (INSTANT.name, INSTANT.name): _cast("timestamptz AS timestamptz", ways(AS_IT_IS, AS_IT_IS, AS_IT_IS)),
    (LOCAL.name, LOCAL.name): _cast("timestamp AS timestamp", ways(AS_IT_IS, AS_IT_IS, AS_IT_IS)),
}
"""Kind of a value, and of what it becomes -> what is agreed on."""
