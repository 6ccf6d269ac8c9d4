"""Which rows broke a rule, where they stay in PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import AtLeast, Check, NotNull, OfType, References, RowQuery, Unique
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Severity
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.others import NONE, Other, Others
from airflow_dataops.core.rows.relation import InPlace, Landed, LandedPart, Staged
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.warehouse.postgres import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.rows.relation import Relation

TEXT, WHOLE = ColumnType(LogicalType.STRING), ColumnType(LogicalType.INTEGER)
NUMBER = Column(name="number", type=WHOLE, key_position=1)
SHOP = Column(name="Shop", type=TEXT, key_position=2)
AMOUNT = Column(name="amount", type=WHOLE)
ORDERS = Dataset(name="orders", columns=(SHOP, NUMBER, AMOUNT))
KEY = Check(id="key", promise=Unique(("number", "Shop")))
FULL = Check(id="full", promise=NotNull("Shop"))
LOW = Check(id="low", promise=AtLeast("amount", Decimal(0)))
TYPE = Check(id="type", promise=OfType("number", WHOLE))
WARNS = Check(id="warns", promise=AtLeast("amount", Decimal(5)), severity=Severity.WARNING)
ODD = Check(id="odd", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE amount = 3"))
MOST = Check(
    id="most",
    promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE amount = (SELECT max(amount) FROM {object})"),
)
KNOWN = Check(id="known", promise=References(("Shop",), "shops", ("name",)))
OF_A = "SELECT COUNT(*) FROM {object} WHERE \"Shop\" = 'a'"
AMONG = Check(id="among", promise=AtLeast("amount", Decimal(0)), filter=OF_A)

ROWS = (
    "INSERT INTO {t} VALUES ('a', 10, 1, 1), ('b', 2, -2, 2), (NULL, 3, 3, 3), ('a', 10, 7, 4),"
    " ('a', NULL, 8, 5), ('z', -1, 5, 6)"
)
CASES: dict[str, tuple[list[Check], list[tuple[Any, ...]]]] = {
    "in one pass": (
        [KEY, FULL, WARNS, LOW, ODD],
        [
            (("2", "b"), ("warns", "low"), 2),
            (("3", None), ("full", "warns", "odd"), 3),
            (("10", "a"), ("warns", "key"), 1),
            (("10", "a"), ("key",), 4),
        ],
    ),
    "kept, for a rule looks at the other rows": (
        [LOW, MOST],
        [(("2", "b"), ("low",), 2), ((None, "a"), ("most",), 5)],
    ),
    "what points to nothing": ([KNOWN], [(("-1", "z"), ("known",), 6)]),
    "the rows that a filter leaves": (
        [AMONG, WARNS],
        [
            (("2", "b"), ("warns",), 2),
            (("3", None), ("warns",), 3),
            (("10", "a"), ("warns",), 1),
        ],
    ),
    "nothing is broken": ([TYPE], []),
}


@pytest.fixture
def orders(schema, ask) -> Table:
    """A team's own table."""
    made = Table(schema, "orders")
    ask('CREATE TABLE {t} ("Shop" text, number bigint, amount int, dataops_line bigint)', t=made)
    ask(ROWS, t=made)
    return made


@pytest.fixture
def named(warehouse, schema, ask) -> Callable[..., list[tuple[Any, ...]]]:
    """Return the key, the rules and the line of what broke a rule."""
    shops = Table(schema, "shops")
    ask("CREATE TABLE {t} AS SELECT unnest(ARRAY['a', 'b']) AS name", t=shops)
    known = Other(Staged(warehouse.address(shops)), (Column(name="name", type=TEXT),))

    def scan(relation: Relation, checks: list[Check], *, keys: int = 100) -> list[tuple[Any, ...]]:
        others = Others(datasets={"shops": known}) if KNOWN in checks else NONE
        engine = PostgresEngine(warehouse)
        found = engine.scan(relation, plan(ORDERS, checks), split=None, others=others, keys=keys)
        assert {""} >= {row.file for row in found.failing}
        return [(row.key, row.rules, row.line) for row in found.failing]

    return scan


@pytest.mark.parametrize("case", CASES)
def test_rows_of_a_table_in_place_are_named(named, orders, warehouse, case) -> None:
    """By their keys, in the order of the keys' values; rows of a table have no line."""
    checks, expected = CASES[case]

    found = named(InPlace(warehouse.address(orders)), checks)

    assert [(key, rules, 0) for key, rules, _ in expected] == found


@pytest.mark.parametrize("case", CASES)
def test_rows_of_a_raw_copy_are_named(named, orders, warehouse, case) -> None:
    """In the order of their lines, which they have."""
    checks, expected = CASES[case]
    address = warehouse.address(orders)
    copy = Landed(address, (LandedPart(address, "shop.orders"),), Dialect(format=Format.TABLE))

    found = named(copy, checks)

    assert sorted(expected, key=lambda row: row[2]) == found


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("case", list(CASES)[:2])
def test_the_first_rows_are_named_and_no_more(named, orders, warehouse, case, most) -> None:
    """The same ones each time."""
    checks, expected = CASES[case]

    found = named(InPlace(warehouse.address(orders)), checks, keys=most)

    assert [(key, rules, 0) for key, rules, _ in expected][:most] == found


def test_a_condition_leaves_the_rows_that_are_named(named, orders, warehouse) -> None:
    """Those and no others; a key that is there twice is so among them."""
    found = named(InPlace(warehouse.address(orders), "amount < 5"), [KEY, LOW])

    assert [(("2", "b"), ("low",), 0)] == found


def test_texts_that_are_no_numbers_come_last(named, schema, ask, warehouse) -> None:
    """A table may have a key that isn't of its type: it is named as it is written."""
    made = Table(schema, "texts")
    ask('CREATE TABLE {t} ("Shop" text, number text, amount text)', t=made)
    ask("INSERT INTO {t} VALUES ('a', 'x', -1), ('a', '10', -1), ('a', '9', -1), ('a', NULL, -1)", t=made)

    found = named(InPlace(warehouse.address(made)), [TYPE, LOW])

    assert [
        (("9", "a"), ("low",), 0),
        (("10", "a"), ("low",), 0),
        (("x", "a"), ("type", "low"), 0),
        ((None, "a"), ("low",), 0),
    ] == found


def test_both_databases_name_the_same_rows(both) -> None:
    """Of the same rows, by the same lines."""
    frame = pl.DataFrame({"Shop": ["a", "b", None, "a"], "number": [1, 2, 3, 1], "amount": [1, -2, 3, 7]})

    duck, there = both(frame, ORDERS, checks=[KEY, FULL, WARNS, LOW, ODD], keys=3)

    assert 3 == len(duck.scan.failing)
    assert duck.scan.failing == there.scan.failing
