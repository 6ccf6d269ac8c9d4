"""The columns of a relation and what a plan wants of them; no statement, and no row."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import NotNull, Unique
from airflow_dataops.engines.sql.reading import DUCKDB
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.spelling import Spelling

TEXTUAL = ("VARCHAR", "TEXT", "CHAR")
"""How the names of types begin whose values are texts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A rule, and the column of MARKED that says whether a row broke it.

    Args:
        rule: Its id.
        column: The column.
        quarantines: Whether such a row is a bad one.
        within: The column that says whether the rule speaks of the row at all; empty where it speaks of all.
    """

    rule: str
    column: str
    quarantines: bool
    within: str = ""

    @property
    def hit(self) -> exp.Expr:
        """Whether a row of MARKED broke the rule."""
        broken = exp.column(self.column)
        return exp.and_(exp.column(self.within), broken) if self.within else broken


@dataclass(frozen=True)
class Shape:
    """The columns of a relation and what a plan wants of them. Positions stand for names: any name works.

    Args:
        columns: Name -> the database's name of its type, in the relation's order.
        plan: The plan; each of its columns is among them.
        problems: Id of a check -> why it can't be evaluated; such a check marks no row.
        spelling: How the database of the relation says it.
        named: Marks of rules that name rows by other means. Each has a table, called as its column, of which
            ROW says which rows broke it, each once.
        filters: Filter -> the column that says whether a row is one that it leaves. Each has a table, as
            such marks have.
        row: The column of JUDGED that tells its rows apart.
    """

    columns: Mapping[str, str]
    plan: ScanPlan
    problems: Mapping[str, str]
    spelling: Spelling = DUCKDB
    named: tuple[Mark, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    row: str = "rowid"

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What marks rows, in the order of the plan."""
        keys = list(self.keys)
        rows = [(check, f"f{at}") for at, check in enumerate(self.plan.rows) if check.id not in self.problems]
        groups = [check for check in self.plan.groups if check.id not in self.problems]
        known = (*rows, *((check, f"g{keys.index(key_of(check))}") for check in groups))
        ours = (
            Mark(check.id, column, check.quarantines, self.filters.get(check.filter, ""))
            for check, column in known
        )
        return (*ours, *self.named)

    @property
    def told(self) -> tuple[str, ...]:
        """The columns of MARKED that were told by other means than the one pass."""
        return (*self.filters.values(), *(mark.column for mark in self.named))

    @property
    def bad(self) -> exp.Expr:
        """Whether a row of MARKED, before it has that column, is a bad one."""
        against = [mark.hit for mark in self.marks if mark.quarantines]
        return exp.or_(*against) if against else exp.false()

    @property
    def is_broken(self) -> exp.Expr:
        """Whether a row of MARKED broke a rule."""
        return exp.or_(*(mark.hit for mark in self.marks)) if self.marks else exp.false()

    @property
    def columns_of_marks(self) -> tuple[str, ...]:
        """The columns of MARKED that say which rules a row broke, and which of them speak of it."""
        named = ((mark.column, mark.within) for mark in self.marks)
        return tuple(dict.fromkeys(column for pair in named for column in pair if column))

    @property
    def keys(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        """Each distinct set of columns that shall be unique -> the columns of JUDGED with their values."""
        asked = [key_of(check) for check in self.plan.groups if check.id not in self.problems]
        return {key: tuple(f"v{self.planned[name]}" for name in key) for key in asked}

    @property
    def optional(self) -> tuple[str, ...]:
        """The columns of the plan of which no rule says that there is a value in each row."""
        asked = {
            check.column
            for check in self.plan.rows
            if isinstance(check.promise, NotNull)
            and check.threshold.tolerates_none
            and check.id not in self.problems
        }
        return tuple(column.name for column in self.plan.columns if column.name not in asked)

    def there(self, name: str) -> str:
        """Return the column of READ that is null where a column has no text, and costs least to look at."""
        letter = "t" if self.columns[name].upper().startswith(TEXTUAL) else "s"
        return f"{letter}{self.positions[name]}"

    @cached_property
    def positions(self) -> dict[str, int]:
        """Each column of the relation -> its position there, from 0."""
        return {name: at for at, name in enumerate(self.columns)}

    @cached_property
    def planned(self) -> dict[str, int]:
        """Each column of the plan -> its position there, from 0."""
        return {column.name: at for at, column in enumerate(self.plan.columns)}


def key_of(check: Check) -> tuple[str, ...]:
    """Return the columns whose values no two rows may share."""
    if not isinstance(check.promise, Unique):
        raise NotEvaluatedError(f"{check.id} is no uniqueness")
    return check.promise.columns
