"""What is inside columns of JSON, judged in Python (`core/checks/inside.py`), in whichever database they are.

SQL would have to say it once more for each database, and each reads JSON its own way. A text is read once for
all that is promised of it; the rows that break a promise come back as numbers.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.inside import Judge, problem
from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.engines.sql.judging import Mark
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.judging import Shape

PAGE = 10_000
"""Rows that are held at once."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A check of what is inside a column, and the rows that break it.

    Args:
        mark: Its mark.
        rows: The numbers of the rows, each once.
    """

    mark: Mark
    rows: array[int]


class JsonReader:
    """Judges the texts of the columns of JSON, row after row.

    Args:
        shape: The columns and the plan.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._rows = 0
        of_column: dict[str, list[Check]] = {}
        for check in shape.plan.nested:
            of_column.setdefault(check.column, []).append(check)
        self._judged = [(Judge(checks), [array("q") for _ in checks]) for checks in of_column.values()]
        self._checks = [check for checks in of_column.values() for check in checks]
        self._columns = [f"t{shape.positions[name]}" for name in of_column]

    def texts(self, table: str) -> exp.Select:
        """Return the query of what must be read: the number of each row, and the texts of its columns.

        Args:
            table: The table that has them as JUDGED does.
        """
        columns = [exp.column(self._shape.row), *map(exp.column, self._columns)]
        return exp.select(*columns).from_(table)

    def read(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Judge rows of `texts`; each row once."""
        for number, *texts in rows:
            self._rows += 1
            for text, (judge, broken) in zip(texts, self._judged, strict=True):
                for at in judge.broken(text) if isinstance(text, str) else ():
                    broken[at].append(number)  # type: ignore[arg-type]

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The checks that rows broke, of those that were read."""
        rows = [rows for _, broken in self._judged for rows in broken]
        found = zip(self._checks, rows, strict=True)
        return tuple(
            Broken(Mark(check.id, f"j{at}", check.quarantines), rows)
            for at, (check, rows) in enumerate(found)
            if rows
        )

    def measured(self, records: int) -> Mapping[str, Measured]:
        """Return the id of each check -> what was measured.

        Args:
            records: How many rows there are.

        Raises:
            NotEvaluatedError: If not all of them were read.
        """
        if self._rows != records:
            raise NotEvaluatedError(
                f"{records} rows are there, but the JSON of {self._rows} was read",
                hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
            )
        failing = {broken.mark.rule: len(broken.rows) for broken in self.broken}
        return {check.id: _measured(check, failing.get(check.id, 0), records) for check in self._checks}


def _measured(check: Check, failing: int, records: int) -> Measured:
    if why := problem(check):
        return Measured(number=None, checked=records, problem=why)
    return Measured(number=Fraction(failing), failing=failing, checked=records)
