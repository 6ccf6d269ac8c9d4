"""Which deliveries are expected of products: from what they declare, whether or not anything ran."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.batch import label_at, partition_label
from airflow_dataops.core.slo.expectation import Slot
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from airflow_dataops.core.batch import Grain
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.expectation import Exclusion, Expectation
    from airflow_dataops.core.slo.run import RunOutcome

    Owner = tuple[str, str]
    Due = dict[tuple[str, str, Grain, datetime], tuple[Slot, ...]]
    Intervals = Callable[..., Iterator[tuple[datetime, datetime]]]

FOREVER = datetime.max.replace(tzinfo=UTC)

FAR = timedelta(days=366 * 9)
"""How far the next interval is looked for: cron knows nothing rarer than 29 February."""

LAST = FOREVER - FAR

YEAR = timedelta(days=366)

INSTANT = timedelta(microseconds=1)

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """For how long something was expected.

    Args:
        expectation: What.
        since: Of intervals that end after it, aware; None for all that there were.
        until: Of intervals that end at it or before, aware.
    """

    expectation: Expectation
    since: datetime | None
    until: datetime


def spells(history: Sequence[Declaration]) -> tuple[Spell, ...]:
    """Return what was expected of a product, and when, oldest first.

    The first declaration holds for the past as well, as far as it says where it starts.

    Args:
        history: The declarations of the product, oldest first.
    """
    found: list[Spell] = []
    for its, after in pairwise([*history, None]):
        until = FOREVER if after is None else after.since
        if its is None:
            continue
        if found and found[-1].expectation == its.expectation:
            found[-1] = replace(found[-1], until=until)
        else:
            beginning = not found and its.expectation.start is not None
            found.append(
                Spell(expectation=its.expectation, since=None if beginning else its.since, until=until)
            )
    return tuple(found)


@dataclass(slots=True)
class Calendar:
    """The expected deliveries of products, each worked out once.

    Args:
        declared: Team and product -> its declarations, oldest first.
        intervals: Yields the intervals of a schedule, as `Timetable.intervals` does.
        since: From when on: of intervals that end after it, aware.
        until: Until when, aware; the first interval that ends after it belongs to it, too.
        ran: Team and DAG -> its runs, oldest first.
        warnings: What could not be told, in words; it grows.
        due: What schedules come to from then until then; it grows.
    """

    declared: Mapping[Owner, Sequence[Declaration]]
    intervals: Intervals
    since: datetime
    until: datetime
    ran: Mapping[Owner, Sequence[RunOutcome]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    due: Due = field(default_factory=dict)
    _known: dict[Owner, tuple[Slot, ...]] = field(default_factory=dict)
    _open: set[Owner] = field(default_factory=set)

    def slots(self, owner: Owner) -> tuple[Slot, ...]:
        """Return the expected deliveries of a product, in the order in which they are due."""
        found = self._known.get(owner)
        if found is None:
            self._open.add(owner)
            found = tuple(
                slot
                for place, spell in enumerate(spells(self.declared[owner]))
                for slot in self._spell(spell, owner, first=not place)
            )
            found = _once(found)
            self._open.discard(owner)
            self._known[owner] = found
        return found

    def _spell(self, spell: Spell, owner: Owner, *, first: bool) -> tuple[Slot, ...]:
        its = spell.expectation
        if its.upstreams:
            return tuple(slot for slot in self._awaited(its, owner) if _expected(slot, spell))
        if its.runs:
            return tuple(_run(run) for run in self.ran.get(owner, ()) if _watched(run, spell, first=first))
        if not its.schedule:
            return ()
        return tuple(slot for slot in self._due(spell) if _expected(slot, spell))

    def _due(self, spell: Spell) -> tuple[Slot, ...]:
        """Return a slot for each interval of a schedule, and for the first one after the end."""
        its, begin = spell.expectation, spell.since or spell.expectation.start
        # Windows may be longer than anything was expected: of ages before it there is nothing to be told.
        since = begin - YEAR if begin and begin - self.since > 2 * YEAR else self.since
        key = (its.schedule, its.timezone, its.grain, since)
        found = self.due.get(key)
        if found is None:
            found = self.due[key] = _merged(self._intervals(its, since))
        return found

    def _intervals(self, its: Expectation, begin: datetime) -> Iterator[Slot]:
        zone = _zone(its.timezone)
        until = min(self.until, LAST) + FAR
        first = next(self.intervals(its.schedule, its.timezone, since=begin, until=until), None)
        # However rare it is: the one before is due when this one ends.
        since = first[0] - INSTANT if first and first[0] > EARLIEST else begin
        for start, end in self.intervals(its.schedule, its.timezone, since=since, until=until):
            yield Slot(partition=partition_label(start, its.grain, zone), start=start, end=end)
            if end > self.until:
                return

    def _awaited(self, its: Expectation, owner: Owner) -> tuple[Slot, ...]:
        """Return what all upstreams of a product deliver."""
        parts: list[dict[str, Slot]] = []
        for name in its.upstreams:
            upstream = self._upstream(name, owner)
            if upstream is None:
                return ()
            if upstream in self._open:
                self._warn(owner, f"waits for `{name}`, which waits for it: nothing is expected of either")
                return ()
            parts.append(self._coarse(self.slots(upstream), its.grain, owner, name))
        labels = set.intersection(*(set(part) for part in parts))
        found = (_together(label, [part[label] for part in parts]) for label in labels)
        return tuple(sorted(found, key=lambda slot: (slot.end, slot.partition)))

    def _upstream(self, name: str, owner: Owner) -> Owner | None:
        """Return the product of a name: of the same team, or the only one of another."""
        if (owner[0], name) in self.declared:
            return owner[0], name
        others = [each for each in self.declared if each[1] == name or "/".join(each) == name]
        if len(others) == 1:
            return others[0]
        said = "of which nothing is declared" if not others else "of which several teams have one"
        self._warn(owner, f"waits for `{name}`, {said}: what is expected of it isn't known")
        return None

    def _coarse(self, slots: Iterable[Slot], grain: Grain, owner: Owner, name: str) -> dict[str, Slot]:
        """Return label of a partition -> what of an upstream lies in it."""
        found: dict[str, list[Slot]] = defaultdict(list)
        try:
            for slot in slots:
                found[label_at(slot.partition, grain)].append(slot)
        except SettingsError:
            self._warn(owner, f"waits for `{name}`, whose partitions lie in no {grain}")
            return {}
        return {label: _together(label, some) for label, some in found.items()}

    def _warn(self, owner: Owner, said: str) -> None:
        line = f"{'/'.join(owner)} {said}"
        if line not in self.warnings:
            self.warnings.append(line)


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (LookupError, ValueError, OSError):
        raise SettingsError(
            f"there is no time zone `{timezone}` here", hint="Such as Europe/Berlin or UTC."
        ) from None


def _expected(slot: Slot, spell: Spell) -> bool:
    its = spell.expectation
    if spell.since is not None and slot.end <= spell.since:
        return False
    if slot.end > spell.until or (its.start is not None and slot.start < its.start):
        return False
    if its.end is not None and slot.start > its.end:
        return False
    return not (its.exclusions and _excluded(slot, its.exclusions, its.timezone))


def _excluded(slot: Slot, exclusions: Sequence[Exclusion], timezone: str) -> bool:
    day = slot.start.astimezone(ZoneInfo(timezone)).date()
    return any(each.first <= day <= each.last for each in exclusions)


def _merged(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Put slots of the same partition together, which follow each other: it is complete with the last."""
    found: list[Slot] = []
    for slot in slots:
        if found and found[-1].partition == slot.partition:
            found[-1] = replace(found[-1], end=slot.end)
        else:
            found.append(slot)
    return tuple(found)


def _together(label: str, slots: Sequence[Slot]) -> Slot:
    return Slot(partition=label, start=min(one.start for one in slots), end=max(one.end for one in slots))


def _once(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Return slots without those of a partition that was expected before its schedule changed."""
    found: dict[str, Slot] = {}
    for slot in slots:
        found.setdefault(slot.partition, slot)
    return tuple(found.values())


def _watched(run: RunOutcome, spell: Spell, *, first: bool) -> bool:
    """Return whether a run was expected as one that there was, by the time of its data, as a slot is.

    The first spell holds for the past, too.
    """
    end = run.end or run.ended
    return (first or spell.since is None or end > spell.since) and end <= spell.until


def _run(run: RunOutcome) -> Slot:
    """Return the slot of a run: it is there when it ends, whatever the time of its data."""
    start = run.start or run.began or run.ended
    return Slot(partition=run.run_id, start=start.astimezone(UTC), end=run.ended.astimezone(UTC))
