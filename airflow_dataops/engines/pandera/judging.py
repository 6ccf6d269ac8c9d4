"""Rows against a schema: which rules are broken, by which rows. Never by what pandera would drop."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrors

from airflow_dataops.core.checks.breach import Breach
from airflow_dataops.engines.pandera.calling import column_of, raised, rule_of, warns
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandera.errors import SchemaError

    from airflow_dataops.engines.pandera.library import Frame
    from airflow_dataops.engines.pandera.schema import Schema

COERCION = "DATATYPE_COERCION"
SETS_ASIDE = (COERCION, "WRONG_DATATYPE")
"""Reasons that keep checks from a whole column: their rows are set aside, and the rest is judged again."""

STRUCTURE = frozenset({*SETS_ASIDE, "COLUMN_NOT_IN_DATAFRAME"})
"""Reasons from which checks fail that find other columns than they were written for."""

CHECK_ERROR = "CHECK_ERROR"

NOT_NULLABLE = "not_nullable"
"""What pandera calls the rule that a column has no nulls."""


class Judgement:
    """Gathers what is broken, round by round.

    Args:
        height: How many rows there are.
    """

    def __init__(self, height: int) -> None:
        self.left: list[int] = list(range(height))
        """The rows that are still in the frame, in its order."""
        self._rows: dict[tuple[str, str, bool], set[int]] = {}
        self._whole: dict[tuple[str, str, bool], None] = {}

    def note(self, rule: str, column: str, rows: Sequence[int] | None, *, warning: bool = False) -> None:
        """Note a broken rule; rows are numbered as they are left."""
        if rows is None:
            self._whole[rule, column, warning] = None
        else:
            self._rows.setdefault((rule, column, warning), set()).update(self.left[row] for row in rows)

    def set_aside(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        gone = set(rows)
        self.left = [row for at, row in enumerate(self.left) if at not in gone]

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """What is broken. One rule may blame rows and, in another round, the batch: then it has two names."""
        named = {rule for rule, _, _ in self._rows}
        return (
            *(
                Breach(rule=rule, column=column, rows=tuple(sorted(rows)), warns=warning)
                for (rule, column, warning), rows in self._rows.items()
            ),
            *(
                Breach(rule=f"{rule}.batch" if rule in named else rule, column=column, warns=warning)
                for rule, column, warning in self._whole
            ),
        )


def judge_rows(schema: Schema, rows: pl.DataFrame, *, place: str) -> tuple[Breach, ...]:
    """Return what rows break, whatever library the schema is of.

    Args:
        schema: The schema.
        rows: The rows.
        place: Where the schema is, for messages.

    Raises:
        NotEvaluatedError: If a check fails itself, or pandera does.
    """
    judgement = Judgement(rows.height)
    unfit = list(schema.library.unfit(schema.main, rows))
    for column, nulls in unfit:
        judgement.note(f"{column}.{NOT_NULLABLE}", column, nulls)
    gone = sorted({row for _, nulls in unfit for row in nulls})
    judgement.set_aside(gone)
    shown = rows.filter(~pl.int_range(rows.height, eager=True).is_in(gone)) if gone else rows
    judge(schema, schema.library.frame(schema.main, shown), into=judgement, place=place)
    return judgement.breaches


def judge(schema: Schema, frame: Frame, *, into: Judgement, place: str) -> None:
    """Find what a frame breaks.

    Rows that can't be coerced, or whose values are of another type, are set aside, and the rest is judged
    again: so one bad row keeps no check from being run.

    Args:
        schema: The schema.
        frame: A frame of its library, with rows numbered from 0.
        into: Where it is noted.
        place: Where the schema is, for messages.

    Raises:
        NotEvaluatedError: If a check fails itself, or pandera does.
    """
    while gone := _set_aside(schema, frame, errors := _errors(schema, frame, place=place), into=into):
        frame = schema.library.without(frame, gone)
    _check_evaluated(errors, place=place)
    if not any(error.reason_code.name == COERCION for error in errors):
        with _strictly():
            frame = schema.library.coerced(schema.main, frame)
    for error in errors:
        if error.reason_code.name != CHECK_ERROR:
            rows = schema.library.named(error, frame)
            into.note(rule_of(error), column_of(error), rows, warning=warns(error))


def _set_aside(schema: Schema, frame: Frame, errors: list[SchemaError], *, into: Judgement) -> list[int]:
    """Note the rows that keep checks from a whole column, and return them: first those of coercion."""
    for reason in SETS_ASIDE:
        named = [
            (error, rows)
            for error in errors
            if error.reason_code.name == reason and (rows := schema.library.named(error, frame))
        ]
        for error, rows in named:
            into.note(rule_of(error), column_of(error), rows)
        gone = sorted({row for _, rows in named for row in rows})
        if gone:
            into.set_aside(gone)
            return gone
    return []


def validated(schema: Schema, frame: Frame) -> Frame | None:
    """Return a frame as the schema coerces it, or None when it breaks the schema."""
    try:
        with _strictly():
            return schema.main.validate(frame, lazy=True)
    except SchemaErrors:
        return None


def _errors(schema: Schema, frame: Frame, *, place: str) -> list[SchemaError]:
    found: list[SchemaError] = []
    failure = ""
    for part in (schema.main, *schema.beside):
        try:
            with _strictly():
                part.validate(frame, lazy=True)
        except SchemaErrors as error:
            found += error.schema_errors
        except Exception as error:  # noqa: BLE001 - pandera's own may be any, and their text quotes values
            failure = type(error).__name__
    if failure:
        raise NotEvaluatedError(
            f"pandera can't validate by the schema ({failure})",
            where=place,
            hint="Its message is withheld, for it may quote values: validate a frame of your own by it.",
        )
    return found


def _check_evaluated(errors: list[SchemaError], *, place: str) -> None:
    """Refuse checks that fail themselves, unless they only follow from columns that are not as promised."""
    if any(error.reason_code.name in STRUCTURE for error in errors):
        return
    failed = [error for error in errors if error.reason_code.name == CHECK_ERROR]
    if failed:
        told = ", ".join(f"`{rule_of(error)}` raises {raised(error)}" for error in failed)
        raise NotEvaluatedError(
            told, where=place, hint="Its message is withheld, for it may quote values: mend the check."
        )


@contextmanager
def _strictly() -> Iterator[None]:
    """Validate all there is, whatever the environment says, and let no warning quote a value."""
    everything = config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA)
    with everything, warnings.catch_warnings(action="ignore"):
        yield
