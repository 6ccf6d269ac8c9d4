"""Checks -> the source of a module with a pandera schema for frames of polars.

Nothing of a contract becomes code: every name and value stands in the source as a literal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, Unsayable, beyond
from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    RowCount,
    TextPromise,
    Unique,
    Within,
)
from airflow_dataops.core.checks.verdict import NONE, Operator
from airflow_dataops.core.checks.words import of_type, sentence
from airflow_dataops.core.contract.model import LogicalType, Severity
from airflow_dataops.core.rows.pattern import spelled
from airflow_dataops.engines.pandera.literal import (
    bound_literal,
    data_type,
    identifier,
    text_literal,
    values_literal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Contract, Dataset

COMPARED: dict[Operator, str] = {
    Operator.MUST_BE: "{0} == {1}",
    Operator.MUST_NOT_BE: "{0} != {1}",
    Operator.MUST_BE_GREATER_THAN: "{0} > {1}",
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: "{0} >= {1}",
    Operator.MUST_BE_LESS_THAN: "{0} < {1}",
    Operator.MUST_BE_LESS_OR_EQUAL_TO: "{0} <= {1}",
    Operator.MUST_BE_BETWEEN: "{0}.is_between({1}, {2})",
    Operator.MUST_NOT_BE_BETWEEN: "~{0}.is_between({1}, {2})",
}

WORD_ENDS = {r"\b": r"(?-u:\b)", r"\B": r"(?-u:\B)"}
"""The edge of a word of ASCII, and what is none, in the expressions of polars."""

HEAD = '''\
"""{title}.

A frame has the types of the columns below; null stands for no value. `{name}.validate(frame, lazy=True)`
finds all that is wrong.
{left_out}"""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import Decimal

import pandera.polars as pa
import polars as pl


def rows(name: str, keeps: pl.Expr, *, warns: bool = False) -> pa.Check:
    """Return a check of an expression that is true for the rows that keep it."""
    return pa.Check(lambda data: data.lazyframe.select(keeps), name=name, error=name, raise_warning=warns)
'''


def pandera_source(contract: Contract, datasets: Sequence[Dataset]) -> Converted:
    """Return a module with a schema for each dataset.

    Args:
        contract: The contract.
        datasets: Those of its datasets that shall be there.
    """
    left_out: list[LeftOut] = []
    names: list[str] = []
    for dataset in datasets:
        names.append(identifier(dataset.name, names))
    schemas = [_schema(*pair, left_out) for pair in zip(names, datasets, strict=True)]
    listed = "\nNot said here:\n" + "".join(f"- {one}\n" for one in left_out) if left_out else ""
    head = HEAD.format(
        title=_prose(f"What {contract.reference} promises of its rows"),
        name=names[0],
        left_out=_prose(listed),
    )
    return Converted("\n\n".join([head, *schemas]), tuple(left_out))


def _schema(name: str, dataset: Dataset, left_out: list[LeftOut]) -> str:
    columns = {column.name: column for column in dataset.columns}
    of_columns: dict[str, list[str]] = {name: [] for name in columns}
    of_rows: list[str] = []
    filled: set[str] = set()
    for check in derive(dataset):
        try:
            if reason := beyond(check):
                raise Unsayable(reason)  # noqa: TRY301 - the one place that knows what to do with it
            if isinstance(check.promise, NotNull) and _is_plain(check) and not check.promise.missing:
                filled.add(check.promise.column)
            elif isinstance(check.promise, Unique | RowCount):
                of_rows.append(_of_rows(check))
            elif said := _of_column(check, columns):
                of_columns[check.column].append(said)
        except Unsayable as reason:
            left_out.append(LeftOut(check.id, str(reason)))
    lines = [f"{name} = pa.DataFrameSchema(", "    {"]
    for called, column in columns.items():
        lines.append(f"        {text_literal(called)}: pa.Column(")
        lines.append(f"            {data_type(column.type)},")
        lines.append(f"            nullable={called not in filled},")
        if of_columns[called]:
            lines.append("            checks=[")
            lines.extend(f"                {said}," for said in of_columns[called])
            lines.append("            ],")
        lines.append("        ),")
    lines.append("    },")
    if of_rows:
        lines.append("    checks=[")
        lines.extend(f"        {said}," for said in of_rows)
        lines.append("    ],")
    return "\n".join([*lines, f"    name={text_literal(dataset.name)},", ")", ""])


def _is_plain(check: Check) -> bool:
    return check.threshold == NONE and check.severity is Severity.ERROR


def _of_rows(check: Check) -> str:
    match check.promise:
        case Unique(columns):
            _tolerates_none(check)
            names = ", ".join(map(text_literal, columns))
            key = f"pl.col({names})" if len(columns) == 1 else f"pl.struct({names})"
            null = f"pl.any_horizontal(pl.col({names}).is_null())"
            return _rows(check, f"{key}.is_unique() | {null}")
        case _:
            bounds = (str(bound) for bound in check.threshold.bounds)
            return _rows(check, COMPARED[check.threshold.operator].format("pl.len()", *bounds))


def _of_column(check: Check, columns: dict[str, Column]) -> str:
    """Return the check of one column; empty where its data type says it already.

    Raises:
        Unsayable: If pandera can't say it.
    """
    say = SAYINGS.get(type(check.promise))
    if say is None:
        raise Unsayable(f"pandera has no word for it: {sentence(check)}")
    _tolerates_none(check)
    if check.column not in columns:
        raise Unsayable("the rule speaks of a column that the contract doesn't have")
    column_type = columns[check.column].type
    if isinstance(check.promise, TextPromise) and not column_type.is_text:
        raise Unsayable(f"it is about texts, and a column of polars holds {of_type(column_type)}")
    return say(check, column_type)


def _tolerates_none(check: Check) -> None:
    if check.threshold != NONE:
        raise Unsayable(f"pandera fails on any row, and {sentence(check)}")


def _not_null(check: Check, column_type: ColumnType) -> str:
    column = f"pl.col({text_literal(check.column)})"
    missing = values_literal(check.promise.missing, column_type)  # type: ignore[union-attr]
    none = f" & ~{column}.is_in({missing})" if missing != "[]" else ""
    return _rows(check, f"{column}.is_not_null(){none}")


def _of_type(check: Check, column_type: ColumnType) -> str:
    if column_type.logical is LogicalType.NUMBER and column_type.precision is None:
        return _rows(check, f"pl.col({text_literal(check.column)}).is_finite()")
    return ""  # the data type of the column says it


def _within(check: Check, column_type: ColumnType) -> str:
    promise: Any = check.promise
    ends = [bound_literal(end, column_type) for end in (promise.lowest, promise.highest)]
    return f"pa.Check.in_range({', '.join(ends)}, {_named(check)})"


def _multiple(check: Check, column_type: ColumnType) -> str:
    promise: Any = check.promise
    if column_type.logical is LogicalType.NUMBER and column_type.precision is None:
        raise Unsayable("what a double is a multiple of can't be told")
    if column_type.logical is LogicalType.INTEGER and promise.step != promise.step.to_integral_value():
        raise Unsayable("an integer is no multiple of a fraction in polars")
    return _rows(
        check, f"pl.col({text_literal(check.column)}) % {bound_literal(promise.step, column_type)} == 0"
    )


def _matches(check: Check, _: ColumnType) -> str:
    promise: Any = check.promise
    pattern = spelled(promise.pattern, word_ends=WORD_ENDS)
    return f"pa.Check.str_contains({text_literal(pattern)}, {_named(check)})"


def _one_of(check: Check, column_type: ColumnType) -> str:
    promise: Any = check.promise
    return f"pa.Check.isin({values_literal(promise.values, column_type)}, {_named(check)})"


def _compared(method: str) -> Callable[[Check, ColumnType], str]:
    def say(check: Check, column_type: ColumnType) -> str:
        promise: Any = check.promise
        return f"pa.Check.{method}({bound_literal(promise.bound, column_type)}, {_named(check)})"

    return say


def _length(argument: str) -> Callable[[Check, ColumnType], str]:
    def say(check: Check, _: ColumnType) -> str:
        promise: Any = check.promise
        return f"pa.Check.str_length({argument}={promise.length}, {_named(check)})"

    return say


SAYINGS: dict[type, Callable[[Check, ColumnType], str]] = {
    NotNull: _not_null,
    OfType: _of_type,
    AtLeast: _compared("ge"),
    AtMost: _compared("le"),
    Above: _compared("gt"),
    Below: _compared("lt"),
    Within: _within,
    MultipleOf: _multiple,
    NotShorter: _length("min_value"),
    NotLonger: _length("max_value"),
    Matches: _matches,
    OneOf: _one_of,
}
"""Promise -> the check of one column that says it."""


def _rows(check: Check, keeps: str) -> str:
    warns = "" if check.severity is Severity.ERROR else ", warns=True"
    return f"rows({text_literal(check.id)}, {keeps}{warns})"


def _named(check: Check) -> str:
    warns = "" if check.severity is Severity.ERROR else ", raise_warning=True"
    return f"name={text_literal(check.id)}, error={text_literal(check.id)}{warns}"


def _prose(text: str) -> str:
    """Return a text that may stand in a docstring: no end of it, and nothing that Python would read."""
    shown = text.replace("\\", "/").replace('"', "'")
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in shown)
