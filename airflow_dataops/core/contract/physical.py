"""What a physical type says of values (ODCS `physicalType`): a table of how databases spell their types.

Sources: the manuals of PostgreSQL, MySQL, SQL Server, Oracle, DuckDB, Snowflake, BigQuery, Databricks and
Redshift on their data types. Where one spelling means more than one thing, the servers of the contract say
which; without them the promise is the one that holds for the most of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.format import NUMBERS, TEXTS
from airflow_dataops.core.contract.model import NESTED, LogicalType

if TYPE_CHECKING:
    from collections.abc import Collection

FORM = re.compile(r"([a-z][a-z0-9_]*(?: [a-z]+)*)(?: ?\(([^()]*)\) ?((?:[a-z]+(?: [a-z]+)*)?))?")
"""A name, its arguments in brackets, and words behind them: `timestamp(6) with time zone`. Blanks are single,
and each of them has one place here: else a long word could be parted in more ways than can be tried."""

DIGITS = re.compile(r" *([0-9]{1,4}) *(?:, *([0-9]{1,4}) *)?")
LENGTH = re.compile(r" *([0-9]{1,9}) *(?:char)?")

Range = tuple[Decimal | None, Decimal | None]
NO_RANGE: Range = (None, None)


@dataclass(frozen=True, slots=True)
class Physical:
    """What a physical type says of values.

    Args:
        logical: The logical type that it stands for where the contract names none; None if it doesn't say.
        holds: The logical types whose values can be held in it.
        range: Its lowest and its highest integer; None where it has none of its own.
        length: Most characters of a text.
        pattern: What is found in each of its texts.
        precision: All digits of a decimal, as the contract has them.
        scale: Its digits behind the point.
        spelled: How it is written there.
    """

    logical: LogicalType | None
    holds: frozenset[LogicalType]
    range: Range = NO_RANGE
    length: int | None = None
    pattern: str | None = None
    precision: int | None = None
    scale: int | None = None
    spelled: str = field(default="", compare=False)


STRING, INTEGER, NUMBER = LogicalType.STRING, LogicalType.INTEGER, LogicalType.NUMBER
DATE, TIMESTAMP, TIME = LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME

TEXT = Physical(STRING, frozenset(LogicalType))
CHARACTERS = replace(TEXT, length=0)
WHOLE = Physical(INTEGER, frozenset({INTEGER, NUMBER, LogicalType.BOOLEAN, DATE, TIMESTAMP, TIME}))
FLOAT = Physical(NUMBER, frozenset({NUMBER, INTEGER}))
DECIMAL = replace(FLOAT, precision=0)
INSTANT = Physical(TIMESTAMP, frozenset({TIMESTAMP, DATE}))


def _both(one: Range, other: Range) -> Range:
    (low, high), (lower, higher) = one, other
    if low is None or high is None or lower is None or higher is None:
        return NO_RANGE
    return min(low, lower), max(high, higher)


def _whole(*formats: str) -> Physical:
    """Return the type of integers that are in the range of one of some formats."""
    found: Range = NUMBERS[formats[0]]
    for name in formats[1:]:
        found = _both(found, NUMBERS[name])
    return replace(WHOLE, range=found)


TYPES: dict[str, Physical] = {
    **dict.fromkeys(
        (
            *("char", "character", "varchar", "character varying", "char varying", "bpchar", "varchar2"),
            *("nchar", "nvarchar", "nvarchar2", "national character", "national character varying"),
            *("string", "text"),
        ),
        CHARACTERS,
    ),
    **dict.fromkeys(("tinytext", "mediumtext", "longtext", "ntext", "clob", "nclob", "citext"), TEXT),
    **dict.fromkeys(
        ("uuid", "uniqueidentifier"), Physical(STRING, frozenset({STRING}), pattern=TEXTS["uuid"])
    ),
    **dict.fromkeys(("tinyint", "int1", "byte"), _whole("i8", "u8")),
    **dict.fromkeys(("smallint", "int2", "short", "int16", "smallserial", "serial2"), _whole("i16")),
    "mediumint": replace(WHOLE, range=(Decimal(-(2**23)), Decimal(2**23 - 1))),
    **dict.fromkeys(("int", "integer", "int4", "int32", "serial", "serial4", "signed"), _whole("i32")),
    **dict.fromkeys(("bigint", "int8", "int64", "long", "bigserial", "serial8"), WHOLE),
    **dict.fromkeys(("utinyint", "uint8", "tinyint unsigned"), _whole("u8")),
    **dict.fromkeys(("usmallint", "uint16", "smallint unsigned"), _whole("u16")),
    **dict.fromkeys(("uinteger", "uint32", "int unsigned", "integer unsigned"), _whole("u32")),
    **dict.fromkeys(("ubigint", "uint64", "bigint unsigned"), _whole("u64")),
    **dict.fromkeys(("hugeint", "int128"), _whole("i128")),
    **dict.fromkeys(("uhugeint", "uint128"), _whole("u128")),
    **dict.fromkeys(("real", "float4", "float32"), replace(FLOAT, range=NUMBERS["f32"])),
    **dict.fromkeys(("float", "float8", "float64", "double", "double precision"), FLOAT),
    **dict.fromkeys(("numeric", "decimal", "dec", "number"), DECIMAL),
    **dict.fromkeys(
        ("boolean", "bool", "bit"), Physical(LogicalType.BOOLEAN, frozenset({LogicalType.BOOLEAN}))
    ),
    **dict.fromkeys(("date", "date32"), Physical(DATE, frozenset({DATE, TIMESTAMP}))),
    **dict.fromkeys(
        (
            *("timestamp", "timestamptz", "timestamp with time zone", "timestamp without time zone"),
            *("timestamp with local time zone", "timestamp_ntz", "timestamp_ltz", "timestamp_tz"),
            *("datetime", "datetime2", "datetimeoffset", "smalldatetime"),
        ),
        INSTANT,
    ),
    **dict.fromkeys(("time", "time without time zone"), Physical(TIME, frozenset({TIME}))),
    **dict.fromkeys(("json", "jsonb", "variant", "super"), Physical(None, NESTED | {STRING})),
}
"""Spelling, in lower case -> what it says. `length=0` and `precision=0` say that arguments may give them."""

BYTE = _whole("u8")
INTEGERS = [name for name, found in TYPES.items() if found.logical is INTEGER]
FLOATS = [name for name, found in TYPES.items() if found.logical is NUMBER and found.precision is None]

OF_SERVERS: dict[str, dict[str, Physical]] = {
    "bigquery": dict.fromkeys(INTEGERS, WHOLE) | dict.fromkeys(FLOATS, FLOAT),
    "mysql": dict.fromkeys(FLOATS, FLOAT) | {"bit": replace(WHOLE, logical=None)},
    "oracle": dict.fromkeys(INTEGERS, WHOLE) | dict.fromkeys(FLOATS, FLOAT) | {"date": INSTANT},
    "snowflake": dict.fromkeys(INTEGERS, WHOLE) | dict.fromkeys(FLOATS, FLOAT),
    "sqlserver": {"tinyint": BYTE},
    "synapse": {"tinyint": BYTE},
}
"""Type of a server (ODCS `servers[].type`) -> what it means by some spellings, if something else."""


def physical(spelled: str, servers: Collection[str] = ()) -> Physical | None:
    """Return what a physical type says, or None where it isn't known.

    Args:
        spelled: The type, such as `varchar(20)`.
        servers: The types of the servers of the contract; of what they mean by it, the promise that all keep.
    """
    form = FORM.fullmatch(" ".join(spelled.lower().split()))
    name = f"{form[1]} {form[3] or ''}".strip() if form else ""
    if form is None or name not in TYPES:
        return None
    meanings = {OF_SERVERS.get(server, {}).get(name, TYPES[name]) for server in servers or ("",)}
    found = meanings.pop()
    for other in meanings:
        found = replace(
            found,
            logical=found.logical if found.logical is other.logical else None,
            holds=found.holds | other.holds,
            range=_both(found.range, other.range),
        )
    return replace(_with_arguments(found, form[2] or ""), spelled=spelled)


def contradicts(declared: Physical, promised: Physical) -> bool:
    """Say whether a column that is declared as one type is not of another, as far as both tell.

    Args:
        declared: The type that a table or a typed file declares.
        promised: That of the contract.
    """
    pairs = (
        (declared.logical, promised.logical),
        (declared.length, promised.length),
        (declared.precision, promised.precision),
        (declared.scale, promised.scale),
    )
    if any(None not in pair and pair[0] != pair[1] for pair in pairs):
        return True
    bounded = promised.logical is INTEGER and None not in promised.range
    return bounded and declared.logical is INTEGER and declared.range != promised.range


def _with_arguments(found: Physical, arguments: str) -> Physical:
    if found.length is not None:
        length = LENGTH.fullmatch(arguments)
        return replace(found, length=int(length[1]) if length else None)
    digits = DIGITS.fullmatch(arguments) if found.precision is not None else None
    if digits is None:
        return replace(found, precision=None)
    precision, scale = int(digits[1]), int(digits[2] or 0)
    highest = 10 ** max(precision - scale, 0) - 1  # as a Decimal it would be rounded to 28 digits
    return replace(found, precision=precision, scale=scale, range=(Decimal(-highest), Decimal(highest)))
