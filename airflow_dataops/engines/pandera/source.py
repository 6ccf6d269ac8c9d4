"""Checks -> the source of a module with a pandera schema for frames of polars.

Nothing of a contract becomes code: every name and value stands in the source as a literal.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, beyond
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
    Unique,
    Within,
)
from airflow_dataops.core.checks.verdict import NONE, Operator
from airflow_dataops.core.checks.words import sentence
from airflow_dataops.core.contract.model import NESTED, LogicalType, Severity
from airflow_dataops.core.rows.pattern import spelled
from airflow_dataops.core.rows.typed import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Contract, Dataset
    from airflow_dataops.core.contract.options import Bound
    from airflow_dataops.core.rows.typed import Typed

TYPES: dict[LogicalType, str] = {
    LogicalType.STRING: "pl.String",
    LogicalType.INTEGER: "pl.Int64",
    LogicalType.NUMBER: "pl.Float64",
    LogicalType.BOOLEAN: "pl.Boolean",
    LogicalType.DATE: "pl.Date",
    LogicalType.TIMESTAMP: 'pl.Datetime("us", "UTC")',
    LogicalType.TIME: "pl.Time",
    **dict.fromkeys(NESTED, "pl.String"),
}
"""Logical type -> the data type of polars, as it is written."""

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


class Unsayable(Exception):  # noqa: N818 - it is no error: it says why something is left out
    """A check that pandera can't say."""


def pandera_source(contract: Contract, datasets: Sequence[Dataset]) -> Converted:
    """Return a module with a schema for each dataset.

    Args:
        contract: The contract.
        datasets: Those of its datasets that shall be there.
    """
    left_out: list[LeftOut] = []
    schemas = [_schema(dataset, left_out) for dataset in datasets]
    listed = "\nNot said here:\n" + "".join(f"- {one}\n" for one in left_out) if left_out else ""
    head = HEAD.format(
        title=_prose(f"What {contract.reference} promises of its rows"),
        name=identifier(datasets[0].name),
        left_out=_prose(listed),
    )
    return Converted("\n\n".join([head, *schemas]), tuple(left_out))


def identifier(name: str) -> str:
    """Return what a schema is called in the module."""
    import keyword

    found = re.sub(r"\W|^(?=\d)", "_", name, flags=re.ASCII).strip("_") or "schema"
    return f"{found}_schema" if keyword.iskeyword(found) or found in {"pa", "pl", "rows", "date"} else found


def _schema(dataset: Dataset, left_out: list[LeftOut]) -> str:
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
    lines = [f"{identifier(dataset.name)} = pa.DataFrameSchema(", "    {"]
    for name, column in columns.items():
        lines.append(f"        {_literal(name)}: pa.Column(")
        lines.append(f"            {_type(column.type)},")
        lines.append(f"            nullable={name not in filled},")
        if of_columns[name]:
            lines.append("            checks=[")
            lines.extend(f"                {said}," for said in of_columns[name])
            lines.append("            ],")
        lines.append("        ),")
    lines.append("    },")
    if of_rows:
        lines.append("    checks=[")
        lines.extend(f"        {said}," for said in of_rows)
        lines.append("    ],")
    return "\n".join([*lines, f"    name={_literal(dataset.name)},", ")", ""])


def _is_plain(check: Check) -> bool:
    return check.threshold == NONE and check.severity is Severity.ERROR


def _of_rows(check: Check) -> str:
    match check.promise:
        case Unique(columns):
            _tolerates_none(check)
            names = ", ".join(map(_literal, columns))
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
    return say(check, columns[check.column].type)


def _tolerates_none(check: Check) -> None:
    if check.threshold != NONE:
        raise Unsayable(f"pandera fails on any row, and {sentence(check)}")


def _not_null(check: Check, column_type: ColumnType) -> str:
    column = f"pl.col({_literal(check.column)})"
    missing = _values(check.promise.missing, column_type)  # type: ignore[union-attr]
    none = f" & ~{column}.is_in({missing})" if missing != "[]" else ""
    return _rows(check, f"{column}.is_not_null(){none}")


def _of_type(check: Check, column_type: ColumnType) -> str:
    if column_type.logical is LogicalType.NUMBER and column_type.precision is None:
        return _rows(check, f"pl.col({_literal(check.column)}).is_finite()")
    return ""  # the data type of the column says it


def _within(check: Check, column_type: ColumnType) -> str:
    promise: Any = check.promise
    ends = [_bound(end, column_type) for end in (promise.lowest, promise.highest)]
    return f"pa.Check.in_range({', '.join(ends)}, {_named(check)})"


def _multiple(check: Check, column_type: ColumnType) -> str:
    promise: Any = check.promise
    if column_type.logical is LogicalType.NUMBER and column_type.precision is None:
        raise Unsayable("what a double is a multiple of can't be told")
    if column_type.logical is LogicalType.INTEGER and promise.step != promise.step.to_integral_value():
        raise Unsayable("an integer is no multiple of a fraction in polars")
    return _rows(check, f"pl.col({_literal(check.column)}) % {_bound(promise.step, column_type)} == 0")


def _matches(check: Check, _: ColumnType) -> str:
    promise: Any = check.promise
    pattern = spelled(promise.pattern, word_ends=WORD_ENDS)
    return f"pa.Check.str_contains({_literal(pattern)}, {_named(check)})"


def _one_of(check: Check, column_type: ColumnType) -> str:
    promise: Any = check.promise
    return f"pa.Check.isin({_values(promise.values, column_type)}, {_named(check)})"


def _compared(method: str) -> Callable[[Check, ColumnType], str]:
    def say(check: Check, column_type: ColumnType) -> str:
        promise: Any = check.promise
        return f"pa.Check.{method}({_bound(promise.bound, column_type)}, {_named(check)})"

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
    return f"rows({_literal(check.id)}, {keeps}{warns})"


def _named(check: Check) -> str:
    warns = "" if check.severity is Severity.ERROR else ", raise_warning=True"
    return f"name={_literal(check.id)}, error={_literal(check.id)}{warns}"


def _type(column_type: ColumnType) -> str:
    if column_type.precision is not None:
        return f"pl.Decimal({column_type.precision}, {column_type.scale or 0})"
    return TYPES[column_type.logical]


def _bound(bound: Bound, column_type: ColumnType) -> str:
    """Return a bound, in the type of its column where that has it."""
    if isinstance(bound, Decimal) and column_type.logical is LogicalType.INTEGER:
        return _value(int(bound) if bound == bound.to_integral_value() else bound)
    if isinstance(bound, Decimal) and _type(column_type) == TYPES[LogicalType.NUMBER]:
        return _value(float(bound))
    return _value(bound)


def _values(values: Sequence[str], column_type: ColumnType) -> str:
    """Return the values that are of a type, as a list of literals."""
    found = (typed(value, column_type) for value in values)
    return f"[{', '.join(_value(value) for value in found if value is not None)}]"


def _value(value: Typed) -> str:
    """Return a value of Python as it is written."""
    match value:
        case str():
            return _literal(value)
        case Decimal():
            return f'Decimal("{value:f}")'
        case datetime():
            moment = value.astimezone(UTC)
            parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
            return f"datetime({', '.join(map(str, (*parts, moment.microsecond)))}, tzinfo=timezone.utc)"
        case date():
            return f"date({value.year}, {value.month}, {value.day})"
        case time():
            return f"time({value.hour}, {value.minute}, {value.second}, {value.microsecond})"
        case _:
            return repr(value)


def _literal(text: str) -> str:
    """Return a text as a literal of Python, in double quotes where it can be."""
    found = ascii(text)
    return f'"{found[1:-1]}"' if found.startswith("'") and '"' not in found and "\\'" not in found else found


def _prose(text: str) -> str:
    """Return a text that may stand in a docstring: no end of it, and nothing that Python would read."""
    shown = text.replace("\\", "/").replace('"', "'")
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in shown)
