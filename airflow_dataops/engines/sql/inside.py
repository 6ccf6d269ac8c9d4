"""What is inside columns of JSON, judged in Python (`core/checks/inside.py`), in whichever database they are.

SQL would have to say it once more for each database, and each reads JSON its own way. A text is read once for
all that is promised of it; the rows that break a promise come back as numbers. Patterns alone are tried by
the database, as those of flat columns are: its engine doesn't go back in a text, where Python's `re` might go
back and forth for ever.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.inside import Judge
from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.engines.sql.shape import Mark
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.engines.sql.spelling import Spelling

PAGE = 10_000
"""Rows that are held at once."""

HELD = 5_000_000
"""Characters of texts that wait at most for their patterns to be tried; those of one row stay together."""

BESIDES = 100
"""How many characters a text takes the memory of, besides its own."""

Lacking = Callable[[str, list[str]], Iterable[int]]
"""A pattern and texts -> the positions, from 0, of the texts in which the pattern isn't found."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A check of what is inside a column, and the rows that break it.

    Args:
        mark: Its mark.
        rows: The numbers of the rows, each once.
    """

    mark: Mark
    rows: array[int]


@dataclass(slots=True)
class _Sought:
    """A pattern, and the texts that wait for it to be tried.

    Args:
        pattern: The pattern.
        broken: The numbers of the rows in which it was tried in vain.
        rows: The number of the row of each text.
        texts: The texts.
    """

    pattern: str
    broken: array[int]
    rows: array[int] = field(default_factory=lambda: array("q"))
    texts: list[str] = field(default_factory=list)

    def search(self, lacking: Lacking) -> None:
        """Try the pattern; each row is one that breaks it once, whichever of its texts do."""
        if self.texts:
            self.broken.extend(sorted({self.rows[at] for at in lacking(self.pattern, self.texts)}))
        self.rows, self.texts = array("q"), []


class _Column:
    """A column of JSON.

    Args:
        checks: The checks of what is inside it.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self._judge = Judge(checks)
        self.broken = [array("q") for _ in checks]
        self.sought = {at: _Sought(pattern, self.broken[at]) for at, pattern in self._judge.patterns.items()}

    def read(self, row: int, text: str) -> int:
        """Judge the text of a row, and return how many characters of it have to wait."""
        found = self._judge.judge(text)
        for at in found.broken:
            self.broken[at].append(row)
        held = 0
        for at, inner in found.sought:
            if at not in found.broken:
                self.sought[at].rows.append(row)
                self.sought[at].texts.append(inner)
                held += len(inner) + BESIDES
        return held


class JsonReader:
    """Judges the texts of the columns of JSON, row after row.

    Args:
        shape: The columns, the plan, and the checks that can't be evaluated.
        lacking: Tries a pattern in the database.
    """

    def __init__(self, shape: Shape, *, lacking: Lacking) -> None:
        self._shape = shape
        self._lacking = lacking
        self._rows = 0
        of_column: dict[str, list[Check]] = {}
        for check in shape.plan.nested:
            if check.id not in shape.problems:
                of_column.setdefault(check.column, []).append(check)
        self._judged = [_Column(checks) for checks in of_column.values()]
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
        held = 0
        for number, *texts in rows:
            self._rows += 1
            for text, column in zip(texts, self._judged, strict=True):
                if isinstance(text, str):
                    held += column.read(number, text)  # type: ignore[arg-type]
            if held >= HELD:
                self._search()
                held = 0
        self._search()

    def _search(self) -> None:
        for column in self._judged:
            for sought in column.sought.values():
                sought.search(self._lacking)

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The checks that rows broke, of those that were read."""
        rows = [rows for column in self._judged for rows in column.broken]
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
        return {
            check.id: _measured(failing.get(check.id, 0), records, self._shape.problems.get(check.id, ""))
            for check in self._shape.plan.nested
        }


def lacking(pattern: str, *, texts: exp.Expr, spelling: Spelling) -> exp.Select:
    """Return the query of the positions of the texts in which a pattern isn't found.

    Args:
        pattern: The pattern.
        texts: A table with the columns `at`, the position, and `text`.
        spelling: How the database says it.
    """
    found = spelling.found(exp.column("text"), pattern)
    return exp.select(exp.column("at")).from_(texts).where(exp.not_(found))


def _measured(failing: int, records: int, why: str) -> Measured:
    if why:
        return Measured(number=None, checked=records, problem=why)
    return Measured(number=Fraction(failing), failing=failing, checked=records)
