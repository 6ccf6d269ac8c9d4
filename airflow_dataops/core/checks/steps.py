"""A plan as the steps in which it is run: which checks are computed together, and which by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.spec import Custom, Inside, References, Unique
from airflow_dataops.core.checks.step import Part, Step, StepKind, Steps
from airflow_dataops.core.checks.unjudged import without
from airflow_dataops.core.contract.model import NESTED, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.checks.spec import Check


ALL: Mapping[str, str] = {}
"""Nothing is refused."""


def steps(
    plan: ScanPlan,
    *,
    joined: Collection[str],
    together: Collection[str],
    typed: bool,
    tools: bool = True,
    whole: bool = False,
    refused: Mapping[str, str] = ALL,
) -> Steps:
    """Return how a plan is run.

    Args:
        plan: The plan.
        joined: The ids of the rules in SQL that ask each row about itself.
        together: The ids of the rules in SQL about all rows that can be asked in one query.
        typed: Whether the rows have the contract's types; else they are texts.
        tools: Whether other tools can be shown the rows.
        whole: Whether one SELECT judges each row by all checks, so that no row is kept.
        refused: Id of each check that the database refuses, whatever the rows are -> why. Where nobody knows
            which rows are good without one of them, nothing is asked of the good ones either.
    """
    because = tuple(keeping(plan, joined=joined))
    kept = not whole and (bool(because) or not typed)
    lost = dict.fromkeys(_ids(() if tools else plan.customs)) | dict(refused)
    unknown = without(lost, plan.naming)
    refused = {
        check.id: refused.get(check.id, unknown)
        for check in plan.checks
        if check.id in refused or (unknown and not check.judges_rows)
    }
    plan = _left(plan, refused)
    joined, together = ([one for one in some if one not in refused] for some in (joined, together))
    first: tuple[Step, ...] = (_groups(plan), _pass(plan, joined=joined, kept=kept))
    customs = _customs(plan, StepKind.CUSTOMS if tools else StepKind.UNABLE)
    named: tuple[Step, ...] = ()
    if kept:
        named = (_nested(plan), _filters(plan), _lookups(plan), _selections(plan), customs)
    if whole:
        first, named = (_select(plan),), (customs,)
    asked = (
        Step(StepKind.COUNTS, (Part(_ids(plan.counts)),) if plan.counts else ()),
        Step(StepKind.TOGETHER, (Part(tuple(together)),) if together else ()),
        Step(StepKind.ALONE, tuple(_alone(check) for check in plan.queries if check.id not in together)),
    )
    not_asked = Step(StepKind.REFUSED, tuple(Part((rule,), of=why) for rule, why in refused.items()))
    every = (*(reversed(first) if kept else first), *named, *asked, not_asked)
    return Steps(tuple(step for step in every if step.parts), kept, because if typed and kept else ())


def _left(plan: ScanPlan, refused: Collection[str]) -> ScanPlan:
    """Return a plan without some of its checks."""

    def left(checks: Iterable[Check]) -> tuple[Check, ...]:
        return tuple(check for check in checks if check.id not in refused)

    return replace(
        plan,
        rows=left(plan.rows),
        groups=left(plan.groups),
        counts=left(plan.counts),
        queries=left(plan.queries),
        nested=left(plan.nested),
        selections=left(plan.selections),
        customs=left(plan.customs),
        lookups=left(plan.lookups),
    )


def keeping(plan: ScanPlan, *, joined: Collection[str]) -> Iterator[str]:
    """Yield what makes it necessary to keep typed rows: the ids of checks, and columns that hold others.

    Args:
        plan: The plan.
        joined: The ids of the rules in SQL that ask each row about itself.
    """
    yield from (column.name for column in plan.columns if column.type.logical in NESTED)
    others = (check for check in plan.selections if check.id not in joined)
    filtered = (check for check in plan.checks if check.filter)
    yield from dict.fromkeys(_ids((*plan.nested, *plan.lookups, *plan.customs, *others, *filtered)))


def _select(plan: ScanPlan) -> Step:
    """Return the one SELECT that judges each row by all checks."""
    rows = _pass(plan, joined=_ids(plan.selections), kept=False)
    every = (rows, _groups(plan), _nested(plan), _filters(plan), _lookups(plan))
    parts = [part for step in every for part in step.parts if part.checks]
    return Step(StepKind.SELECT, tuple(parts) or (Part(()),))


def _pass(plan: ScanPlan, *, joined: Collection[str], kept: bool) -> Step:
    """Return the pass: a part for each column, for the checks of it share its reading."""
    by_column: dict[str, list[str]] = {}
    for check in plan.rows:
        by_column.setdefault(check.column, []).append(check.id)
    parts = [Part(tuple(found), (column,)) for column, found in by_column.items()]
    if joined and not kept:
        parts.append(Part(tuple(joined), of="SQL about single rows"))
    # Rows are read, even where no check asks each of them.
    return Step(StepKind.KEEP if kept else StepKind.PASS, tuple(parts) or (Part(()),))


def _groups(plan: ScanPlan) -> Step:
    groups: dict[tuple[str, ...], list[str]] = {}
    for check in plan.groups:
        if isinstance(check.promise, Unique):
            groups.setdefault(check.promise.columns, []).append(check.id)
    return Step(StepKind.GROUPS, tuple(Part(tuple(ids), columns) for columns, ids in groups.items()))


def _nested(plan: ScanPlan) -> Step:
    columns: dict[str, list[str]] = {}
    for check in plan.nested:
        if isinstance(check.promise, Inside):
            columns.setdefault(check.promise.column, []).append(check.id)
    return Step(StepKind.NESTED, tuple(Part(tuple(ids), (column,)) for column, ids in columns.items()))


def _filters(plan: ScanPlan) -> Step:
    found = (
        Part(_ids(check for check in plan.checks if check.filter == text), of=text.partition(" WHERE ")[2])
        for text in plan.filters
    )
    return Step(StepKind.FILTERS, tuple(found))


def _lookups(plan: ScanPlan) -> Step:
    return Step(StepKind.LOOKUPS, tuple(_lookup(check) for check in plan.lookups))


def _lookup(check: Check) -> Part:
    match check.promise:
        case References(columns=columns, other=other):
            return Part((check.id,), columns, f"in `{other}`")
        case Unique(columns=columns):
            of = (
                "in the whole table"
                if check.scope is Scope.TABLE
                else "among the rows that its filter leaves"
            )
            return Part((check.id,), columns, of)
        case _:
            return Part((check.id,))


def _selections(plan: ScanPlan) -> Step:
    return Step(StepKind.SELECTIONS, tuple(Part((check.id,), of=_others(check)) for check in plan.selections))


def _customs(plan: ScanPlan, kind: StepKind) -> Step:
    return Step(kind, tuple(Part((check.id,), of=_tool(check)) for check in plan.customs))


def _tool(check: Check) -> str:
    promise = check.promise
    return f"{promise.engine} {promise.implementation}" if isinstance(promise, Custom) else ""


def _alone(check: Check) -> Part:
    return Part((check.id,), of="in the whole table" if check.scope is Scope.TABLE else _others(check))


def _others(check: Check) -> str:
    return f"with {', '.join(f'`{name}`' for name in check.reads)}" if check.reads else ""


def _ids(checks: Iterable[Check]) -> tuple[str, ...]:
    return tuple(check.id for check in checks)
