"""Do what policies say when a budget runs low, and undo it when the budget is back.

What is to be done is first remembered, then done, then put into the audit trail; so an evaluator that is
killed in between leaves an action without its audit record, and the next one does it again, which changes
nothing where it was done. Only the evaluator that was the first to remember it acts. Undoing goes the other
way: undone, audited, forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.enforcement import changes, demands, pool_of
from airflow_dataops.core.slo.policy import Action, PolicyAction
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.enforcement import Demand
    from airflow_dataops.core.slo.standing import Standing
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.governor import Governor
    from airflow_dataops.usecases.ports.service_levels import PolicyActions
    from airflow_dataops.usecases.ports.store import Store

PAUSED, RUNNING = "paused", "running"
"""What a DAG was before it was paused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """What came of it.

    Args:
        enforced: What was done.
        lifted: What was undone.
        failed: What could not be done or undone, as words -> why. The next evaluation tries it again.
    """

    enforced: tuple[PolicyAction, ...] = ()
    lifted: tuple[PolicyAction, ...] = ()
    failed: dict[str, DataOpsError] = field(default_factory=dict)


def enforce_policies(
    declarations: Iterable[Declaration],
    standings: Iterable[Standing],
    *,
    actions: PolicyActions,
    governor: Callable[[], Governor],
    store: Store,
    clock: Clock,
    who: str,
) -> Enforcement:
    """Do and undo what the policies of products ask for.

    Args:
        declarations: What products declare, the newest of each.
        standings: How their objectives stand.
        actions: Remembers what is in force.
        governor: Returns what acts on Airflow; called where a DAG or a pool is acted on.
        store: Where the audit trail is.
        clock: Tells the time.
        who: Who evaluates.

    Raises:
        BrokenWorldError: If the store can't be reached.
    """
    stand: dict[tuple[str, str], dict[str, Standing]] = {}
    for one in standings:
        stand.setdefault((one.team, one.product), {})[one.slo] = one
    there: dict[tuple[str, str], list[PolicyAction]] = {}
    for action in actions.in_force():
        there.setdefault((action.team, action.product), []).append(action)
    hand = _Hand(actions=actions, governor=governor, store=store, clock=clock, who=who)
    for declaration in declarations:
        owner = (declaration.team, declaration.product)
        in_force = there.get(owner, [])
        asked = demands(declaration, stand.get(owner, {}))
        done, undone = changes(asked, in_force)
        gone = {one for one, _ in undone}
        for demand in done:
            hand.enforce(declaration, demand)
        for action, why in undone:
            hand.lift(declaration, action, why)
        hand.finish(declaration, [one for one in in_force if one not in gone])
    return Enforcement(enforced=tuple(hand.enforced), lifted=tuple(hand.lifted), failed=hand.failed)


@dataclass
class _Hand:
    """Acts, and remembers what it did."""

    actions: PolicyActions
    governor: Callable[[], Governor]
    store: Store
    clock: Clock
    who: str
    enforced: list[PolicyAction] = field(default_factory=list)
    lifted: list[PolicyAction] = field(default_factory=list)
    failed: dict[str, DataOpsError] = field(default_factory=dict)

    def enforce(self, declaration: Declaration, demand: Demand) -> None:
        """Do what a policy asks for."""
        try:
            before = self._before(demand)
        except DataOpsError as error:
            self.failed[f"{demand.action} {demand.subject} of {declaration.product}"] = error
            return
        action = PolicyAction(
            team=declaration.team,
            product=declaration.product,
            action=demand.action,
            subject=demand.subject,
            slo=demand.slo,
            since=self.clock.now(),
            why=demand.why,
            before=before,
        )
        if self.actions.enforce(action) and self._act(declaration, action):
            self.enforced.append(action)

    def finish(self, declaration: Declaration, in_force: list[PolicyAction]) -> None:
        """Do again what an evaluator remembered that was killed before it had done it."""
        if not in_force:
            return
        known = self.store.facts(AuditRecord, team=declaration.team, product=declaration.product)
        told = {(record.action, record.subject) for record in known}
        for action in in_force:
            if (_named(action), _subject(action)) not in told and self._act(declaration, action):
                self.enforced.append(action)

    def lift(self, declaration: Declaration, action: PolicyAction, why: str) -> None:
        """Undo what was done."""
        try:
            note = self._undo(action)
        except DataOpsError as error:
            self.failed[f"lifting {action.action} {action.subject} of {action.product}"] = error
            return
        self._audit(declaration, action, named=f"slo.lift.{action.action}", why=f"{why}{note}")
        if self.actions.lift(action):
            self.lifted.append(action)

    def _act(self, declaration: Declaration, action: PolicyAction) -> bool:
        """Do it, and put it into the audit trail; return whether that could be done."""
        try:
            if action.action is Action.PAUSE:
                self.governor().pause(action.subject, paused=True)
            elif action.action is Action.SHRINK_POOL:
                pool, slots = pool_of(action.subject)
                if _more(self.governor().slots(pool), slots):
                    self.governor().resize(pool, slots)
        except DataOpsError as error:
            self.failed[f"{action.action} {action.subject} of {action.product}"] = error
            return False
        self._audit(declaration, action, named=_named(action), why=action.why)
        return True

    def _audit(self, declaration: Declaration, action: PolicyAction, *, named: str, why: str) -> None:
        """Put it into the audit trail; what is there already stays as it is."""
        now = self.clock.now()
        self.store.record(
            AuditRecord(
                batch=declaration.whole, action=named, subject=_subject(action), who=self.who, why=why, at=now
            )
        )

    def _before(self, demand: Demand) -> str:
        """Return what it is like before something is done."""
        if demand.action is Action.PAUSE:
            return PAUSED if self.governor().paused(demand.subject) else RUNNING
        if demand.action is Action.SHRINK_POOL:
            pool, _ = pool_of(demand.subject)
            first = next(iter(self._on(pool)), None)
            return first.before if first else str(self.governor().slots(pool))
        return ""

    def _undo(self, action: PolicyAction) -> str:
        """Undo it in Airflow; return what there is to be said of it.

        What a person has changed in the meantime stays as the person wants it.
        """
        if action.action is Action.PAUSE and action.before == RUNNING:
            self.governor().pause(action.subject, paused=False)
        if action.action is not Action.SHRINK_POOL:
            return ""
        pool, slots = pool_of(action.subject)
        others = [pool_of(one.subject)[1] for one in self._on(pool) if one != action]
        before = int(action.before)
        limits = others if before < 0 and others else [before, *others]
        wanted, has = min(limits), self.governor().slots(pool)
        expected = min(slots, wanted) if wanted >= 0 else slots
        if has == wanted:
            return ""
        if has != expected:
            return f"; the pool `{pool}` keeps the {has} slots that somebody gave it"
        self.governor().resize(pool, wanted)
        return ""

    def _on(self, pool: str) -> list[PolicyAction]:
        """Return what is in force on a pool, whoever's it is, oldest first."""
        return [
            one
            for one in self.actions.in_force()
            if one.action is Action.SHRINK_POOL and pool_of(one.subject)[0] == pool
        ]


def _more(has: int, slots: int) -> bool:
    """Say whether a pool has more slots than that; -1 is any number."""
    return has < 0 or has > slots


def _named(action: PolicyAction) -> str:
    return f"slo.{action.action}"


def _subject(action: PolicyAction) -> str:
    return f"{action.subject}, since {action.since.isoformat()}"
