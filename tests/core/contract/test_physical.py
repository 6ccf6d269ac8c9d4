from __future__ import annotations

from decimal import Decimal

import pytest

from airflow_dataops.core.contract.format import NUMBERS
from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.physical import OF_SERVERS, TYPES, contradicts, physical

SPELLED = {
    "VARCHAR(20)": (LogicalType.STRING, 20),
    "character varying (20)": (LogicalType.STRING, 20),
    "varchar2(20 CHAR)": (LogicalType.STRING, 20),
    "varchar2(20 byte)": (LogicalType.STRING, None),
    "nvarchar(max)": (LogicalType.STRING, None),
    "text": (LogicalType.STRING, None),
    "longtext": (LogicalType.STRING, None),
    "int4": (LogicalType.INTEGER, None),
    "Int  Unsigned": (LogicalType.INTEGER, None),
    "double precision": (LogicalType.NUMBER, None),
    "float(3,2)": (LogicalType.NUMBER, None),
    "bit": (LogicalType.BOOLEAN, None),
    "date": (LogicalType.DATE, None),
    "timestamp(6) with time zone": (LogicalType.TIMESTAMP, None),
    "timestamp with time zone": (LogicalType.TIMESTAMP, None),
    "time(3) without time zone": (LogicalType.TIME, None),
    "uuid": (LogicalType.STRING, None),
    "jsonb": (None, None),
}
"""Spelling -> the logical type that it stands for, and its most characters."""


@pytest.mark.parametrize("spelled", SPELLED)
def test_physical_knows_the_spellings_of_databases(spelled):
    """Case, blanks and arguments are read as databases read them."""
    found = physical(spelled)
    assert SPELLED[spelled] == (found.logical, found.length)


@pytest.mark.parametrize(
    "spelled",
    ["", "varchar[50]", "ARRAY<STRING>", "struct<a int>", "Name", "xml", "timetz", "a" * 9000, "(", "int[]"],
)
def test_physical_says_nothing_of_what_it_does_not_know(spelled):
    """A type that isn't in the table promises nothing."""
    assert physical(spelled) is None


def test_physical_has_the_digits_of_decimals():
    """A decimal has the digits of its arguments, and the range of its integers; without them it has none."""
    found = physical("numeric(5,2)")
    assert (5, 2, (Decimal(-999), Decimal(999))) == (found.precision, found.scale, found.range)
    assert (3, 0) == (physical("number(3)").precision, physical("number(3)").scale)
    assert (None, None, (None, None)) == (
        physical("decimal").precision,
        physical("decimal").scale,
        physical("decimal").range,
    )


def test_physical_is_what_the_servers_mean():
    """A spelling means what each server means by it; of several servers, what all of them keep."""
    assert NUMBERS["i32"] == physical("int").range == physical("int", ["postgres", "duckdb"]).range
    assert (
        (None, None) == physical("int", ["bigquery"]).range == physical("int", ["postgres", "bigquery"]).range
    )
    assert (Decimal(-128), Decimal(255)) == physical("tinyint").range
    assert NUMBERS["u8"] == physical("tinyint", ["sqlserver"]).range
    assert LogicalType.TIMESTAMP is physical("date", ["oracle"]).logical
    assert physical("date", ["oracle", "postgres"]).logical is None


CONTRADICTIONS = [
    ("VARCHAR", "varchar(20)", False),
    ("character varying(30)", "varchar(20)", True),
    ("character varying(20)", "VARCHAR2(20)", False),
    ("text", "int", True),
    ("integer", "int4", False),
    ("bigint", "int", True),
    ("integer", "bigint", False),
    ("DECIMAL(12,2)", "numeric(12,2)", False),
    ("DECIMAL(12,2)", "numeric(10,2)", True),
    ("numeric", "numeric(10,2)", False),
    ("double precision", "numeric(10,2)", False),
    ("TIMESTAMP WITH TIME ZONE", "timestamp", False),
    ("date", "timestamp", True),
    ("jsonb", "json", False),
    ("text", "json", False),
]
"""Declared, promised, whether the one contradicts the other."""


@pytest.mark.parametrize(("declared", "promised", "expected"), CONTRADICTIONS)
def test_a_declared_type_contradicts_another_where_both_tell(declared, promised, expected):
    """Spelling doesn't matter, nor what one of the two doesn't say."""
    assert expected is contradicts(physical(declared), physical(promised))


def test_every_type_holds_what_it_stands_for():
    """No type contradicts itself."""
    for table in (TYPES, *OF_SERVERS.values()):
        assert [] == [name for name, found in table.items() if found.logical not in {None, *found.holds}]
