"""Evaluate service levels: what is left of each budget, and how fast it burns.

What was kept of an objective is taken as it is while nothing new was seen of its product, nothing became
due, nothing left a window, and nobody declared anything else. All the rest is worked out anew from what was
seen: so it is no matter whether an evaluation before this one was killed, or another one is at work.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.evaluation import Evaluation, changed, evaluated
from airflow_dataops.core.slo.newest import AHEAD
from airflow_dataops.core.slo.origin import origin
from airflow_dataops.core.slo.windows import in_utc
from airflow_dataops.usecases.levels.read_slos import Reader
from airflow_dataops.usecases.levels.record_repairs import record_repairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.origin import Origin
    from airflow_dataops.core.slo.standing import Kept, Standing
    from airflow_dataops.usecases.levels.read_slos import Known
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import Key, Owner, ServiceLevels
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.timetable import Timetable

    Tell = Callable[[Declaration, Kept, Kept], None]
    Fresh = tuple[Declaration, Kept]

OVERLAP = timedelta(minutes=15)
"""How far clocks of the store and of evaluators may differ, and how long a transaction may take."""

AT_LEAST = timedelta(days=1)
"""How often everything is evaluated anew: so what is asked for as news is never more than that of a day."""

AT_ONCE = 500
"""Products that are read, evaluated and kept at a time."""


def evaluate_slos(
    *,
    levels: ServiceLevels,
    timetable: Timetable,
    store: Store,
    clock: Clock,
    team: str = "",
    product: str = "",
    tell: Tell | None = None,
) -> Evaluation:
    """Evaluate the objectives of products, and keep how they stand.

    Args:
        levels: What is remembered of service levels.
        timetable: Knows when schedules are due.
        store: Where audit records of repairs go.
        clock: Tells the time.
        team: Whose; empty for all.
        product: Which; empty for all.
        tell: Called once for each objective that was evaluated anew and had been before; None reads no ledger
            for it.

    Raises:
        BrokenWorldError: If the store can't be read or written; what was kept by then stays.
        SettingsError: If the store has no tables, or a newer version wrote what is declared.
        ValueError: If the clock tells no time zone.
    """
    now = in_utc(clock.now())
    where = {name: value for name, value in (("team", team), ("product", product)) if value}
    stamps = levels.stamps()
    marks = {owner: origin(owner, stamps, now) for owner in stamps if _asked(owner, team, product)}
    stood = levels.stood(**where)
    kept, stale = _parted(marks, stood, levels=levels, now=now)
    reader = Reader(levels=levels, timetable=timetable, now=now)
    work = _Work(levels=levels, reader=reader, store=store, tell=tell)
    fresh = work.evaluate({owner: marks[owner] for owner in stale})
    gone = [key for key in stood if key[:2] not in kept and key not in fresh]
    if gone:
        levels.drop(*gone)
    standings = {key: its.standing for key, its in stood.items() if key[:2] in kept and key not in fresh}
    standings |= fresh
    if any(its.cursor > now + AHEAD for its in stood.values()):
        reader.warnings.append(
            "what was kept of some objectives is of an instant that is still to come, and was made anew:"
            " the clocks of evaluators differ"
        )
    if not marks:
        reader.warnings.append(_undeclared(team, product))
    return Evaluation(
        standings=tuple(standings[key] for key in sorted(standings)),
        changed=tuple(
            fresh[key]
            for key in sorted(fresh)
            if changed(stood[key].standing if key in stood else None, fresh[key])
        ),
        repaired=work.repaired,
        warnings=tuple(reader.warnings),
    )


def _undeclared(team: str, product: str) -> str:
    """Say that nothing is evaluated, which isn't well: a name may be wrong, or the store made anew."""
    if team or product:
        return f"nothing is declared of {team or '*'}/{product or '*'}: is it known here?"
    return (
        "nothing is declared of any product, so nothing is evaluated: the dag-processor declares what it"
        " reads, and within an hour again where the store was made anew"
    )


def _asked(owner: Owner, team: str, product: str) -> bool:
    return (not team or owner[0] == team) and (not product or owner[1] == product)


def _parted(
    marks: Mapping[Owner, Origin], stood: Mapping[Key, Kept], *, levels: ServiceLevels, now: datetime
) -> tuple[set[Owner], list[Owner]]:
    """Tell products of which nothing is new from the others."""
    its: dict[Owner, list[Kept]] = defaultdict(list)
    for key, kept in stood.items():
        its[key[:2]].append(kept)
    cursors = [kept.cursor for kept in stood.values()]
    touched = levels.touched(since=min(cursors) - OVERLAP) if cursors else {}
    settled = {
        owner
        for owner, mark in marks.items()
        if bool(its[owner]) is mark.promises
        and all(_settled(kept, mark, touched, now) for kept in its[owner])
    }
    return settled, [owner for owner in marks if owner not in settled]


def _settled(kept: Kept, mark: Origin, touched: Mapping[Owner, datetime], now: datetime) -> bool:
    """Return whether an objective stands as it did."""
    if mark.early or kept.digest != mark.digest or (kept.changes_at is not None and kept.changes_at <= now):
        return False
    if kept.cursor < now - AT_LEAST or kept.cursor > now + AHEAD:
        return False  # so far ahead was no other evaluator: some clock is wrong, or was
    if kept.cursor > now:
        return True  # another evaluator was faster
    return not any(one in touched and touched[one] >= kept.cursor - OVERLAP for one in mark.owners)


@dataclass(slots=True)
class _Work:
    """One evaluation at work."""

    levels: ServiceLevels
    reader: Reader
    store: Store
    tell: Tell | None
    repaired: int = 0

    def evaluate(self, marks: Mapping[Owner, Origin]) -> dict[Key, Standing]:
        """Evaluate the objectives of products anew, and keep how they stand; some products at a time."""
        owners = list(marks)
        found: dict[Key, Standing] = {}
        for first in range(0, len(owners), AT_ONCE):
            with _uncollected():
                found |= self._some({owner: marks[owner] for owner in owners[first : first + AT_ONCE]})
        return found

    def _some(self, some: Mapping[Owner, Origin]) -> dict[Key, Standing]:
        fresh = [
            (known.newest, kept)
            for known in self.reader.read({owner: mark.owners for owner, mark in some.items()})
            for kept in self._product(known, some)
        ]
        # First the records, which stay, and then what says that they are there.
        self.repaired += record_repairs(fresh, store=self.store, now=self.reader.now)
        old = self._old(fresh)
        self.levels.keep(*(kept for _, kept in fresh))
        self._told(fresh, old)
        standings = (kept.standing for _, kept in fresh)
        return {(its.team, its.product, its.slo): its for its in standings}

    def _old(self, fresh: Sequence[Fresh]) -> Mapping[Key, Kept]:
        """Return the ledgers that are about to be replaced, where somebody asks for them."""
        if self.tell is None or not fresh:
            return {}
        teams, products = ({getattr(its, name) for its, _ in fresh} for name in ("team", "product"))
        return self.levels.kept(team=tuple(teams), product=tuple(products))

    def _told(self, fresh: Sequence[Fresh], old: Mapping[Key, Kept]) -> None:
        """Tell what there was before, and what there is now; not where another evaluator was faster."""
        if self.tell is None:
            return
        for newest, new in fresh:
            its = new.standing
            before = old.get((its.team, its.product, its.slo))
            if before is not None and before.standing.at < its.at:
                self.tell(newest, before, new)

    def _product(self, known: Known, marks: Mapping[Owner, Origin]) -> Iterator[Kept]:
        newest = known.newest
        digest = marks[newest.team, newest.product].digest
        for objective in newest.objectives:
            try:
                yield evaluated(
                    objective,
                    known.history,
                    known.slots,
                    known.sights(objective),
                    now=self.reader.now,
                    digest=digest,
                )
            except ArithmeticError as error:
                # One that can't be told takes no other with it.
                self.reader.warnings.append(
                    f"{newest.team}/{newest.product}: {objective.name} can't be evaluated: a number of it is"
                    f" too large or too small: {error}"
                )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for rings among values that have none: it would take a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
