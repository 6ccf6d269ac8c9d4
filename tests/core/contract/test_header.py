from __future__ import annotations

import pytest

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.header import ExtraColumns, compare, declared, outcomes
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.physical import physical

DATASET = Dataset(
    name="orders",
    columns=tuple(
        Column(name=name, type=ColumnType(LogicalType.STRING))
        for name in ("order_id", "customer_email", "amount")
    ),
)


@pytest.mark.parametrize(
    ("header", "missing", "extra", "renamed", "repeated"),
    [
        (("order_id", "customer_email", "amount"), (), (), (), ()),
        (("amount", "order_id", "customer_email"), (), (), (), ()),
        (("order_id", "amount"), ("customer_email",), (), (), ()),
        (("order_id", "customer_email", "amount", "note"), (), ("note",), (), ()),
        (("order_id", "customer_mail", "amount"), (), (), (("customer_email", "customer_mail"),), ()),
        (("order_id", "CUSTOMER_EMAIL", "amount"), (), (), (("customer_email", "CUSTOMER_EMAIL"),), ()),
        (("order_id", "customer_email", "amount", "amount"), (), (), (), ("amount",)),
        (("order_id", "customer_email", "amount", "AMOUNT"), (), ("AMOUNT",), (), ("AMOUNT",)),
        (("order_id", "customer_email", "amount", '"; drop table x'), (), ("column 4",), (), ()),
        (("order_id", "customer_email", "amount", ""), (), ("column 4",), (), ()),
        (("order_id", "customer_email", "amount", "Straße und Nr"), (), ("Straße und Nr",), (), ()),
        (("order_id", "customer e-mail", "amount"), (), (), (("customer_email", "customer e-mail"),), ()),
        (("order_id", "customer_email", "amount", "kim@mail.example"), (), ("column 4",), (), ()),
        (("order_id", "customer_email", "amount", "0170 1234"), (), ("column 4",), (), ()),
        (("order_id", "customer_email", "amount", "x" * 64), (), ("column 4",), (), ()),
    ],
)
def test_compare_names_what_differs(header, missing, extra, renamed, repeated) -> None:
    """Each way in which a header can differ has a name; the order of columns is no difference."""
    diff = compare(header, DATASET)

    assert (missing, extra, renamed, repeated) == (diff.missing, diff.extra, diff.renamed, diff.repeated)


def test_compare_shows_no_values_of_a_file_without_a_header() -> None:
    """The first line of a file that lost its header holds a row's values: none of them is shown."""
    diff = compare(("ORD1", "eve@secret.example", "token"), DATASET)

    told = str(outcomes(diff, extra=ExtraColumns.FAIL))

    assert diff.strange
    assert "secret" not in told
    assert "token" not in told
    assert "ORD1" not in told


def test_compare_shows_no_values_when_a_cell_happens_to_be_a_column() -> None:
    """One cell that equals one name makes a row no header."""
    diff = compare(("Tokensmith", "Amounts", "amount"), DATASET)

    told = str(outcomes(diff, extra=ExtraColumns.FAIL))

    assert diff.strange
    assert "Tokensmith" not in told
    assert "Amounts" not in told


def test_outcomes_name_an_empty_file() -> None:
    """A file without a single byte has no header to compare."""
    found = outcomes(compare((), DATASET))

    assert "the file is empty: it has no header" == found[0].observed


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        (ExtraColumns.FAIL, Status.FAILED),
        (ExtraColumns.REPORT, Status.WARNING),
        (ExtraColumns.IGNORE, Status.SKIPPED),
    ],
)
def test_outcomes_treat_extra_columns_as_the_policy_says(extra, status) -> None:
    """What is not in the contract is never green."""
    diff = compare(("order_id", "customer_email", "amount", "note"), DATASET)

    found = {outcome.rule: outcome.status for outcome in outcomes(diff, extra=extra)}

    assert status == found["schema.extra"]
    assert {Status.PASSED} == {found[rule] for rule in found if rule != "schema.extra"}


def test_declared_names_the_columns_whose_types_are_others() -> None:
    """Each column that is declared as another type is named, with both; what isn't known is passed over."""
    dataset = Dataset(
        name="d",
        columns=(
            Column(name="a", type=ColumnType(LogicalType.DATE)),
            Column(name="b", type=ColumnType(LogicalType.INTEGER), physical=physical("INT")),
            Column(name="c", type=ColumnType(LogicalType.STRING)),
            Column(name="d", type=ColumnType(LogicalType.NUMBER, 12, 2), physical=physical("numeric(12,2)")),
            Column(name="e", type=ColumnType(LogicalType.ARRAY)),
        ),
    )
    types = {"a": "BIGINT[]", "b": "integer", "c": "BIGINT", "d": "DECIMAL(12,2)", "e": "jsonb"}
    assert Status.PASSED is declared(types, dataset).status
    types |= {"a": "DOUBLE", "b": "bigint", "d": "DECIMAL(14,2)"}
    found = declared(types, dataset)
    assert "a: DOUBLE for date, b: bigint for INT, d: DECIMAL(14,2) for numeric(12,2)" == found.observed
    assert (Status.WARNING, "schema.types") == (found.status, found.rule)


def test_outcomes_name_what_a_header_lacks_however_much_it_is() -> None:
    """Where it has names of the contract alone, it is a header, and neither a row nor an empty file."""
    few = (DATASET.columns[0].name,)

    found = outcomes(compare(few, DATASET))

    assert ", ".join(column.name for column in DATASET.columns[1:]) == found[0].observed
