"""Rows that are made up keep what is guessed of columns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.format import TEXTS
from airflow_dataops.core.contract.infer import pattern_of
from airflow_dataops.core.contract.made_up import FORMATS, row, text
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.profile import DIGIT, LOWER, UPPER

STRING = ColumnType(LogicalType.STRING)

VALUES = {
    ColumnType(LogicalType.INTEGER): ("1", "2"),
    ColumnType(LogicalType.NUMBER): ("0.1", "0.2"),
    ColumnType(LogicalType.NUMBER, 2, 2): ("0.1", "0.2"),
    ColumnType(LogicalType.NUMBER, 18, 0): ("1", "2"),
    ColumnType(LogicalType.BOOLEAN): ("true", "false"),
    ColumnType(LogicalType.DATE): ("2026-01-01", "2026-01-02"),
    ColumnType(LogicalType.TIMESTAMP): ("2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z"),
    ColumnType(LogicalType.TIME): ("09:01:00", "09:02:00"),
    ColumnType(LogicalType.OBJECT): ("{}", "{}"),
    ColumnType(LogicalType.ARRAY): ("[]", "[]"),
    STRING: ("c 1", "c 2"),
}


@pytest.mark.parametrize("kind", VALUES, ids=str)
def test_values_of_a_type(kind) -> None:
    """Two rows differ, where the type has so many values."""
    column = Column(name="c", type=kind)

    assert VALUES[kind] == (text(column, 1), text(column, 2))


@given(
    st.text(st.sampled_from([UPPER, LOWER, DIGIT, *"-_./:# "]), min_size=1, max_size=40), st.integers(1, 9)
)
def test_a_text_that_a_guessed_pattern_is_found_in(shape, number) -> None:
    """Whatever shape it was guessed from."""
    pattern = pattern_of(shape)
    column = Column(name="c", type=STRING, options=Options(pattern=pattern))

    assert re.search(pattern, text(column, number))
    if set(shape) & {UPPER, LOWER, DIGIT}:
        assert len({text(column, at) for at in range(1, 10)}) == 9


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_a_format(name) -> None:
    """Each format has one, and they differ."""
    column = Column(name="c", type=STRING, options=Options(format=name))

    assert name in FORMATS
    assert all(re.search(TEXTS[name], text(column, number)) for number in range(1, 10))
    assert text(column, 1) != text(column, 2)


def test_a_listed_value() -> None:
    """One after the other."""
    column = Column(name="c", type=STRING, values=("a", "b"))

    assert ["b", "a", "b"] == [text(column, number) for number in (1, 2, 3)]


def test_a_row_without_what_may_be_null() -> None:
    """Keys and required columns stay."""
    columns = (
        Column(name="key", type=STRING, key_position=1),
        Column(name="must", type=STRING, required=True),
        Column(name="may", type=STRING),
    )
    dataset = Dataset(name="d", columns=columns)

    assert {"key": "key 1", "must": "must 1", "may": "may 1"} == row(dataset, 1)
    assert {"key": "key 2", "must": "must 2"} == row(dataset, 2, full=False)
