"""Rules that name rows by other means than the one pass, as expressions of the same SELECT."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import References, RowQuery, Unique
from airflow_dataops.core.contract.model import Scope
from airflow_dataops.engines.sql.hooked.elsewhere import elsewhere
from airflow_dataops.engines.sql.hooked.people import row_condition
from airflow_dataops.engines.sql.judging import JUDGED
from airflow_dataops.engines.sql.problem import NO_COLUMN
from airflow_dataops.engines.sql.shape import Mark
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.hooked.beside import Beside
    from airflow_dataops.engines.sql.hooked.session import Session
    from airflow_dataops.engines.sql.hooked.system import System
    from airflow_dataops.engines.sql.shape import Shape


@dataclass(frozen=True, slots=True)
class Told:
    """What such rules and filters are.

    Args:
        rows: Columns of JUDGED -> conditions about the row alone, over its values; SQL that people wrote, and
            what is inside JSON.
        sought: Columns of MARKED -> whether the row breaks a rule that looks it up, over JUDGED.
        marks: The marks of the rules.
        filters: Filter -> its column among `rows`.
        problems: Id of a check -> why it can't be evaluated.
        unfiltered: Filter -> why it can't be evaluated.
    """

    rows: dict[str, exp.Expr] = field(default_factory=dict)
    sought: dict[str, exp.Expr] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    filters: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    unfiltered: dict[str, str] = field(default_factory=dict)


class Teller:
    """Says what the rules of a plan that name rows by other means are in a database.

    Args:
        shape: The columns and the plan.
        session: A settled session.
        beside: Where rows are looked up.
        failing: SQL of people that failed when it was tried -> why.
    """

    def __init__(self, shape: Shape, session: Session, *, beside: Beside, failing: Mapping[str, str]) -> None:
        self._shape = shape
        self._session = session
        self._system = session.system
        self._beside = beside
        self._failing = failing
        self._types = {column.name: column.type for column in shape.plan.columns}

    def told(self) -> Told:
        """Return what they are; what can't be evaluated marks no row."""
        found = Told(problems=_elsewhere(self._shape, self._system))
        for at, text in enumerate(self._shape.plan.filters):
            try:
                found.rows[f"y{at}"] = self._condition(text)
                found.filters[text] = f"y{at}"
            except NotEvaluatedError as error:
                found.unfiltered[text] = f"its filter: {error}"
        marks = self._tell_inside(found)
        for at, check in enumerate((*self._shape.plan.lookups, *self._shape.plan.selections)):
            mark = Mark(check.id, f"x{at}", check.quarantines)
            try:
                self._tell(check, mark.column, found)
                marks.append(mark)
            except NotEvaluatedError as error:
                found.problems[check.id] = str(error)
        return replace(found, marks=tuple(marks))

    def _tell_inside(self, found: Told) -> list[Mark]:
        """Tell what is inside columns of JSON, where the database can, and return the marks of the rules."""
        if self._system.inside is None:
            return []
        of_column: dict[str, list[Check]] = {}
        for check in self._shape.plan.nested:
            if check.id not in self._shape.problems:
                of_column.setdefault(check.column, []).append(check)
        marks = []
        for number, (name, checks) in enumerate(of_column.items()):
            breaks = self._system.inside(self._session.connection, number, checks)
            text = exp.column(f"t{self._shape.positions[name]}")
            for at, check in enumerate(checks):
                mark = Mark(check.id, f"j{number}_{at}", check.quarantines)
                found.rows[mark.column] = exp.Coalesce(this=breaks(text, at), expressions=[exp.false()])
                marks.append(mark)
        return marks

    def _tell(self, check: Check, column: str, found: Told) -> None:
        problem = self._shape.problems.get(check.id) or found.unfiltered.get(check.filter)
        problem = elsewhere(check, title=self._system.title, inside=True) or problem
        if problem:
            raise NotEvaluatedError(problem)
        if isinstance(check.promise, RowQuery):
            found.rows[column] = self._condition(check.promise.sql)
        else:
            among = found.filters.get(check.filter, "")
            found.sought[column] = looked_up(check, self._shape, beside=self._beside, among=among)

    def _condition(self, sql: str) -> exp.Expr:
        if sql in self._failing:
            raise NotEvaluatedError(self._failing[sql])
        return row_condition(sql, self._types, self._system)


def looked_up(check: Check, shape: Shape, *, beside: Beside, among: str) -> exp.Expr:
    """Return whether a row of JUDGED breaks a rule that looks its values up.

    Args:
        check: The rule: a foreign key, or uniqueness in a whole table or among some of the rows.
        shape: The columns and the plan.
        beside: Where they are looked up.
        among: The column of JUDGED that says of which rows the rule speaks; empty for all.

    Raises:
        NotEvaluatedError: If the rule speaks of a column that isn't there, or what it looks at isn't.
    """
    known = {column.name: column.type for column in shape.plan.columns}
    promise = check.promise
    if not isinstance(promise, References | Unique) or not known.keys() >= set(promise.columns):
        raise NotEvaluatedError(NO_COLUMN)
    values: list[exp.Expr] = [exp.column(f"v{shape.planned[name]}", table=JUDGED) for name in promise.columns]
    there = _present(values)
    if isinstance(promise, References):
        pairs = zip(promise.to, promise.columns, strict=True)
        far = beside.dataset(promise.other, {name: known[here] for name, here in pairs})
        columns: list[exp.Expr] = [exp.column(exp.to_identifier(name, quoted=True)) for name in promise.to]
        keys = exp.select(*columns).from_(far).where(*_present(columns))
        return exp.and_(*there, exp.not_(_among(values, keys)))
    if check.scope is Scope.TABLE:
        beside.rest(promise.columns)
    own: list[exp.Expr] = [exp.column(value.name) for value in values]
    many = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    within = [exp.column(among)] if among else []
    repeated = exp.select(*own).from_(JUDGED).where(*_present(own), *within).group_by(*own).having(many)
    spoken_of = [exp.column(among, table=JUDGED)] if among else []
    return exp.and_(*spoken_of, *there, _among(values, repeated))


def _present(values: list[exp.Expr]) -> list[exp.Expr]:
    return [exp.not_(exp.Is(this=value.copy(), expression=exp.null())) for value in values]


def _among(values: list[exp.Expr], keys: exp.Select) -> exp.Expr:
    """Return whether values are those of a row of keys, none of which is null."""
    this = values[0].copy() if len(values) == 1 else exp.Tuple(expressions=[value.copy() for value in values])
    return exp.In(this=this, query=keys.subquery())


def _elsewhere(shape: Shape, system: System) -> dict[str, str]:
    """Return why rules can't be judged that another tool or the reader of JSON judges."""
    told = {
        check.id: elsewhere(check, title=system.title, inside=system.inside is not None)
        for check in (*shape.plan.nested, *shape.plan.customs)
    }
    return {rule: why for rule, why in told.items() if why}
