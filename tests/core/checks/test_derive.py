from __future__ import annotations

from decimal import Decimal

from airflow_dataops.core.checks.derive import COLUMN_PROMISES, QUALITY_PROMISES, derive
from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Check,
    Custom,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    Query,
    RowCount,
    RowQuery,
    Unique,
    Within,
)
from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold
from airflow_dataops.core.contract.format import NUMBERS, TEXTS
from airflow_dataops.core.contract.model import (
    Column,
    ColumnType,
    Dataset,
    LogicalType,
    Measure,
    QualityRule,
    Severity,
)
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.physical import physical

STRING = ColumnType(LogicalType.STRING)
MONEY = ColumnType(LogicalType.NUMBER, 12, 2)
AT_MOST_TWO = Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (Decimal(2),))


def promises(dataset: Dataset) -> dict[str, object]:
    """Id of each check -> its promise."""
    return {check.id: check.promise for check in derive(dataset)}


def test_derive_of_a_column_makes_each_promise() -> None:
    """Each promise of a column becomes a check, in the order of the table, with the column's place."""
    column = Column(
        name="price",
        type=MONEY,
        required=True,
        unique=True,
        options=Options(
            minimum=Decimal(0),
            exclusive_minimum=Decimal(-1),
            maximum=Decimal(9),
            exclusive_maximum=Decimal(10),
            multiple_of=Decimal("0.5"),
            min_length=1,
            max_length=4,
            pattern="^[0-9]",
            format="u8",
        ),
        values=("1", "2"),
        place="orders.odcs.yaml:7:9",
    )

    checks = derive(Dataset(name="orders", columns=(column,)))

    expected = (
        Check(id="price.required", promise=NotNull("price"), dimension="completeness", place=column.place),
        Check(id="price.type", promise=OfType("price", MONEY), dimension="conformity", place=column.place),
        *(
            Check(id=f"price.{kind}", promise=promise, dimension="conformity", place=column.place)
            for kind, promise in {
                "minimum": AtLeast("price", Decimal(0)),
                "exclusiveMinimum": Above("price", Decimal(-1)),
                "maximum": AtMost("price", Decimal(9)),
                "exclusiveMaximum": Below("price", Decimal(10)),
                "multipleOf": MultipleOf("price", Decimal("0.5")),
                "minLength": NotShorter("price", 1),
                "maxLength": NotLonger("price", 4),
                "pattern": Matches("price", "^[0-9]"),
                "format": Within("price", Decimal(0), Decimal(255)),
            }.items()
        ),
        Check(
            id="price.enum", promise=OneOf("price", ("1", "2")), dimension="conformity", place=column.place
        ),
        Check(id="price.unique", promise=Unique(("price",)), dimension="uniqueness", place=column.place),
    )
    assert expected == checks
    kinds = [check.id.removeprefix("price.") for check in checks]
    assert [kind for kind in COLUMN_PROMISES if kind != "physicalType"] == kinds  # a decimal is its own type


def test_derive_of_a_physical_type_promises_what_the_logical_one_does_not() -> None:
    """Lengths, patterns and ranges are those of the physical type, where it is about such values."""
    for logical, spelled, expected in (
        (LogicalType.STRING, "char(3)", NotLonger("c", 3)),
        (LogicalType.STRING, "uuid", Matches("c", TEXTS["uuid"])),
        (LogicalType.INTEGER, "smallint", Within("c", Decimal(-(2**15)), Decimal(2**15 - 1))),
        (LogicalType.NUMBER, "real", Within("c", *NUMBERS["f32"])),
        (LogicalType.NUMBER, "double", None),
        (LogicalType.INTEGER, "bigint", None),
        (LogicalType.DATE, "varchar(4)", None),
    ):
        column = Column(name="c", type=ColumnType(logical), physical=physical(spelled))
        found = {check.id: check.promise for check in derive(Dataset(name="d", columns=(column,)))}
        assert expected == found.get("c.physicalType"), spelled


def test_derive_of_a_bare_text_promises_nothing() -> None:
    """A text of which nothing is promised has no check: zero checks are for the caller to see."""
    assert {} == promises(Dataset(name="orders", columns=(Column(name="note", type=STRING),)))


def test_derive_of_a_bound_of_zero_is_a_promise() -> None:
    """Zero is a bound like any other."""
    column = Column(
        name="n",
        type=ColumnType(LogicalType.INTEGER),
        options=Options(minimum=Decimal(0), maximum=Decimal(0)),
    )

    assert {"n.type", "n.minimum", "n.maximum"} == set(promises(Dataset(name="d", columns=(column,))))


def test_derive_of_a_key_requires_its_columns_once() -> None:
    """The columns of a key are required, in one rule each, and unique together, in the key's order."""
    dataset = Dataset(
        name="lines",
        columns=(
            Column(name="line", type=STRING, key_position=2),
            Column(name="order", type=STRING, key_position=1, required=True),
            Column(name="note", type=STRING),
        ),
    )

    expected = {
        "order.required": NotNull("order"),
        "line.required": NotNull("line"),
        "lines.primaryKey": Unique(("order", "line")),
    }
    assert expected == promises(dataset)


def test_derive_of_quality_makes_each_measure() -> None:
    """Each measure of `quality` becomes its promise; the rule's own id, threshold and severity are kept."""
    rules = (
        QualityRule(id="nulls", measure=Measure.NULL_VALUES, threshold=NONE, columns=("a",)),
        QualityRule(
            id="missing", measure=Measure.MISSING_VALUES, threshold=NONE, columns=("a",), values=("", "n/a")
        ),
        QualityRule(
            id="values", measure=Measure.INVALID_VALUES, threshold=NONE, columns=("a",), values=("x",)
        ),
        QualityRule(
            id="pattern", measure=Measure.INVALID_VALUES, threshold=NONE, columns=("a",), pattern="^x"
        ),
        QualityRule(id="twice", measure=Measure.DUPLICATE_VALUES, threshold=AT_MOST_TWO, columns=("a", "b")),
        QualityRule(id="count", measure=Measure.ROW_COUNT, threshold=AT_MOST_TWO),
        QualityRule(
            id="sql", measure=Measure.SQL, threshold=NONE, query="SELECT 0", severity=Severity.WARNING
        ),
    )
    dataset = Dataset(name="d", columns=(Column(name="a", type=STRING),), rules=rules)

    checks = {check.id: check for check in derive(dataset)}

    expected = {
        "nulls": NotNull("a"),
        "missing": NotNull("a", ("", "n/a")),
        "values": OneOf("a", ("x",)),
        "pattern": Matches("a", "^x"),
        "twice": Unique(("a", "b")),
        "count": RowCount(),
        "sql": Query("SELECT 0"),
    }
    assert expected == {name: check.promise for name, check in checks.items()}
    assert AT_MOST_TWO == checks["twice"].threshold
    assert Severity.WARNING is checks["sql"].severity


def test_derive_puts_rules_of_columns_before_those_of_the_dataset() -> None:
    """First what columns promise, then the key, then `quality` of columns, then that of the dataset."""
    of_column = QualityRule(id="of_column", measure=Measure.NULL_VALUES, threshold=NONE, columns=("a",))
    of_dataset = QualityRule(id="of_dataset", measure=Measure.ROW_COUNT, threshold=NONE)
    column = Column(name="a", type=STRING, key_position=1, options=Options(pattern="x"), rules=(of_column,))

    dataset = Dataset(name="d", columns=(column,), rules=(of_dataset,))

    assert ["a.pattern", "a.required", "d.primaryKey", "of_column", "of_dataset"] == list(promises(dataset))


def test_quality_promises_know_every_measure() -> None:
    """There is a promise for each measure that a contract may name."""
    assert set(Measure) == set(QUALITY_PROMISES)


def test_derive_of_a_schema_of_another_tool_adds_one_check_behind_the_contract() -> None:
    """The schema that a product names is one more rule; without one there is none."""
    dataset = Dataset(name="orders", columns=(Column(name="a", type=STRING, required=True),))

    checks = derive(dataset, schema="/srv/orders/checks.py:Orders")

    assert derive(dataset) == checks[:-1]
    expected = Check(
        id="schema", promise=Custom("pandera", "/srv/orders/checks.py:Orders"), dimension="conformity"
    )
    assert expected == checks[-1]


def test_derive_of_rules_that_name_rows_by_other_means() -> None:
    """A SQL rule that names rows and a rule of another tool keep what they are computed with."""
    rules = (
        QualityRule(id="dear", measure=Measure.SQL_ROWS, threshold=NONE, query="SELECT COUNT(*) …"),
        QualityRule(
            id="ours", measure=Measure.CUSTOM, threshold=NONE, engine="pandera", implementation="m:Object"
        ),
    )

    found = promises(Dataset(name="orders", columns=(), rules=rules))

    assert {"dear": RowQuery("SELECT COUNT(*) …"), "ours": Custom("pandera", "m:Object")} == found
