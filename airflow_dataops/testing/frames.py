"""What Hypothesis makes of contracts and rows: every promise, over columns of every type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

from airflow_dataops.core.checks.spec import Matches, NotLonger, NotShorter, References
from airflow_dataops.core.contract.model import NESTED, Column, Scope
from airflow_dataops.testing.case import ROW, THERE, Case
from airflow_dataops.testing.kinds import KINDS, NATURAL
from airflow_dataops.testing.lack import Lack
from airflow_dataops.testing.promises import as_checks, promises
from airflow_dataops.testing.stored import STORED, suits, text_of, values
from airflow_dataops.testing.texts import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from airflow_dataops.core.contract.model import ColumnType, LogicalType


MOST = 12
"""Rows of a frame, before some are repeated."""


@st.composite
def cases(draw: DrawFn, lacks: frozenset[Lack] = frozenset()) -> Case:
    """Contracts of one to three columns, and rows for them, of which a place can hold every value."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    columns = tuple(Column(name=f"c{at}", type=kind) for at, kind in enumerate(kinds))
    count = draw(st.integers(0, MOST))
    repeated = draw(st.lists(st.integers(0, count - 1), max_size=4)) if count else []
    series = {
        column.name: draw(_series(column.type.logical, lacks, count=count, repeated=repeated))
        for column in columns
    }
    promised = draw(st.lists(promises(columns), min_size=1, max_size=5))
    if Lack.OTHERS in lacks:
        promised = [each for each in promised if not each.looks_further]
    rows = _numbered(series, lacks)
    other = None
    if any(isinstance(each.promise, References) for each in promised):
        other = draw(_other(columns[0].type, rows["c0"], lacks))
    rest = rows.gather_every(2) if any(each.scope is Scope.TABLE for each in promised) else None
    return Case(columns=columns, rows=rows, checks=as_checks(promised), other=other, rest=rest)


def _numbered(series: Mapping[str, pl.Series], lacks: frozenset[Lack]) -> pl.DataFrame:
    """Return columns as a frame that has ROW."""
    numbers = pl.Series([2**at for at in range(len(next(iter(series.values()))))], dtype=pl.Int64)
    return pl.DataFrame({ROW: numbers.cast(pl.String) if Lack.TYPES in lacks else numbers, **series})


@st.composite
def _series(
    draw: DrawFn, logical: LogicalType, lacks: frozenset[Lack], *, count: int, repeated: Sequence[int]
) -> pl.Series:
    """A column: so many values or nulls, some of them twice; now and then there is no value at all."""
    dtype, cells = draw(_cells(logical, lacks))
    holds = draw(st.integers(0, 9)) > 0
    found = [draw(st.none() | cells | cells | cells) if holds else None for _ in range(count)]
    return pl.Series([*found, *(found[at] for at in repeated)], dtype=dtype)


@st.composite
def _cells(
    draw: DrawFn, logical: LogicalType, lacks: frozenset[Lack]
) -> tuple[pl.DataType, SearchStrategy[Any]]:
    """The type of a column, and its values: text, or a type of its own."""
    typed = [each for each in STORED.values() if each.lack not in lacks and Lack.TYPES not in lacks]
    if logical in NESTED or not typed or draw(st.booleans()):
        return pl.String(), texts(logical, lacks)
    own = [each for each in typed if suits(each.dtype, logical)] or typed
    stored = draw(st.sampled_from(own) | st.sampled_from(typed))
    return stored.dtype, values(stored, lacks)


@st.composite
def _other(draw: DrawFn, kind: ColumnType, near: pl.Series, lacks: frozenset[Lack]) -> pl.DataFrame:
    """Another table: some of the values near, or others of any type."""
    if draw(st.booleans()):
        return pl.DataFrame({THERE: near.gather_every(2)})
    dtype, cells = draw(_cells(kind.logical, lacks))
    found = draw(st.lists(st.none() | cells, max_size=6))
    return pl.DataFrame({THERE: pl.Series(found, dtype=dtype)})


@st.composite
def twins(draw: DrawFn, lacks: frozenset[Lack] = frozenset()) -> tuple[Case, Case]:
    """The same rows twice: as texts, which a place can hold, and typed."""
    name = draw(st.sampled_from(list(NATURAL)))
    stored = STORED[name]
    column = Column(name="c0", type=draw(st.sampled_from(NATURAL[name])))
    found = draw(st.lists(st.none() | values(stored, frozenset()), max_size=MOST))
    typed = pl.Series(found, dtype=stored.dtype)
    texts = pl.Series([text_of(value) for value in typed.to_list()], dtype=pl.String)
    promised = draw(st.lists(promises((column,)), min_size=1, max_size=4))
    # The text of a value is another one than that which it was read from, such as `1.0` and `1`.
    texts_alone = (NotShorter, NotLonger, Matches)
    checks = as_checks(
        [each for each in promised if not (each.looks_further or isinstance(each.promise, texts_alone))]
    )
    return (
        Case(columns=(column,), rows=_numbered({"c0": texts}, lacks), checks=checks),
        Case(columns=(column,), rows=_numbered({"c0": typed}, frozenset()), checks=checks),
    )
