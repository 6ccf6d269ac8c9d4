"""What must hold whatever goes wrong, in whatever order, and whoever is to be told of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.alerts.interval import Interval, NamedInterval
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.pipeline import decided
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.alerts.told import numbered, told
from airflow_dataops.core.alerts.transport import AlertmanagerTransport, LogTransport

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident

START = datetime(2026, 3, 3, 8, tzinfo=UTC)
EVERY = timedelta(minutes=5)
PRODUCTS = ("raw", "orders", "report")
GRAPHS = (
    {},
    {("shop", "orders"): (("shop", "raw"),), ("shop", "report"): (("shop", "orders"),)},
    {("shop", "orders"): (("shop", "report"),), ("shop", "report"): (("shop", "orders"),)},
)
PAGES, RAW = (parsed("severity=page"),), (parsed("product=raw"),)
AT_EIGHT = NamedInterval(name="eight", intervals=(Interval(times=((500, 540),)),))

signals = st.sets(st.tuples(st.sampled_from(PRODUCTS), st.sampled_from("12"), st.sampled_from(list(Kind))))
grouped = st.sampled_from([(), ("team", "product", "dataset"), ("severity",), ("...",), ("partition",)])
times = st.sampled_from([timedelta(0), timedelta(minutes=5), timedelta(minutes=12)])


@st.composite
def rules(draw) -> Rules:
    """A tree of three routes, and three receivers."""
    routes = tuple(
        Route(
            receiver=draw(st.sampled_from(["a", "b", "c", "nobody"])),
            matchers=matchers,
            group_by=draw(grouped),
            group_wait=draw(times),
            group_interval=draw(times),
            repeat_interval=timedelta(minutes=draw(st.sampled_from([10, 240]))),
            mute=draw(st.sampled_from([(), (), ("eight",)])),
            go_on=draw(st.booleans()),
        )
        for matchers in (PAGES, RAW, ())
    )
    receivers = tuple(
        Receiver(name=name, transports=transports)
        for name, transports in (
            ("a", (LogTransport(),)),
            ("b", (LogTransport(), AlertmanagerTransport(conn_id="am"))),
            ("c", (AlertmanagerTransport(conn_id="am"),)),
        )
    )
    root = replace(routes[-1], mute=(), go_on=False, routes=routes[:-1])
    return Rules(route=root, receivers=receivers, intervals=(AT_EIGHT,), keep_firing_for=draw(times))


@st.composite
def silences(draw) -> tuple[Silence, ...]:
    """Silences of some products for some time."""
    return tuple(
        Silence(
            number=number + 1,
            matchers=(parsed(f"product={product}"),),
            start=START + EVERY * begin,
            end=START + EVERY * (begin + length),
            who="me",
            why="so",
        )
        for number, (product, begin, length) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(PRODUCTS), st.integers(0, 8), st.integers(0, 8)), max_size=2
                )
            )
        )
    )


def signal(product: str, day: str, kind: Kind, since: datetime) -> Signal:
    """Something that is wrong with one day of a product."""
    return Signal(where=Where("shop", product, f"2026-03-0{day}"), kind=kind, since=since)


class Simulated:
    """A store, evaluation by evaluation."""

    def __init__(self, known: dict[str, object]) -> None:
        self.known = known
        self.incidents: dict[str, Incident] = {}
        self.logged = {}
        self.sent = []
        self.since: dict[tuple[str, str, Kind], datetime] = {}
        self.number = 0

    def evaluate(self, wrong: set[tuple[str, str, Kind]], *, backwards: bool = False) -> Round:
        """Evaluate once; what is wrong comes in one order or the other."""
        now = START + self.number * EVERY
        self.number += 1
        self.since = {each: self.since.get(each, now) for each in wrong}
        firing = {number for logged in self.logged.values() for number in logged.firing}
        incidents = [one for one in self.incidents.values() if one.open or one.number in firing]
        found = [signal(*each, since) for each, since in sorted(self.since.items())]
        logged = list(self.logged.values())
        if backwards:
            incidents, found, logged = incidents[::-1], found[::-1], logged[::-1]
        result = decided(
            Round(
                now=now,
                signals=tuple(found),
                incidents=tuple(incidents),
                logged=tuple(logged),
                **self.known,
            )
        )
        for one in sorted(result.incidents, key=lambda one: one.where):
            self.incidents[one.key] = replace(one, number=one.number or len(self.incidents) + 1)
        result = numbered(result, self.incidents.values())
        telling = told(result)
        self.logged |= {(one.group, one.receiver): one for one in telling.logged}
        self.sent += telling.notifications
        return result


worlds = st.fixed_dictionaries(
    {"rules": rules(), "silences": silences(), "upstreams": st.sampled_from(GRAPHS)}
)


@settings(max_examples=120, deadline=None)
@given(worlds, st.lists(signals, min_size=1, max_size=8))
def test_no_incident_is_lost_and_each_that_is_told_is_resolved_once(world, evaluations):
    """Each open one is in a group or quiet; once all is over, what was opened is closed."""
    simulated = Simulated(world)
    for wrong in evaluations:
        found = simulated.evaluate(wrong)
        grouped_now = {one.incident.key for group in found.groups for one in group.members}
        for one in found.incidents:
            assert not one.open or one.key in grouped_now or one.key in found.quiet
        assert not any(one.open and one.key in found.quiet for one in found.incidents) or (
            any(one.open and one.key not in found.quiet for one in found.incidents)
            or any(one.resolved == found.now for one in found.incidents)
        )
    for _ in range(24):
        simulated.evaluate(set())
    assert not any(logged.firing for logged in simulated.logged.values())
    events = defaultdict(list)
    for sent in simulated.sent:
        assert sent.incidents
        assert len(sent.key) <= 255
        events[sent.receiver, sent.transport, sent.group].append((sent.event, sent.key))
    for told_of in events.values():
        opened = ""
        for event, key in told_of:
            assert (event is Event.TRIGGER) is not opened
            assert not opened or key == opened
            opened = "" if event is Event.RESOLVE else key
        assert not opened


HOLD = 6
"""Evaluations for which nothing must be wrong."""

flaps = st.lists(st.tuples(st.integers(1, 4), st.integers(0, HOLD)), min_size=1, max_size=6)


@settings(max_examples=120, deadline=None)
@given(rules(), flaps, st.sampled_from(list(Kind)))
def test_what_comes_back_before_it_is_over_is_told_once(tree, pattern, kind):
    """Whatever the pattern, as long as nothing is well for the hold: one first word, one last one."""
    routes = tuple(replace(route, mute=()) for route in tree.route.routes)
    hold = HOLD * EVERY
    held = replace(tree, route=replace(tree.route, routes=routes), keep_firing_for=hold)
    simulated = Simulated({"rules": held})
    wrong = {("orders", "1", kind)}
    for bad, good in pattern:
        # Of `good` evaluations that are well, the first and the last are less than the hold apart.
        for now in [wrong] * bad + [set()] * good:
            simulated.evaluate(now)
    for now in [wrong] * 4 + [set()] * 12:
        simulated.evaluate(now)
    assert 1 == len(simulated.incidents)
    lanes = defaultdict(list)
    for sent in simulated.sent:
        lanes[sent.receiver, sent.transport].append(sent)
    assert lanes
    for sent in lanes.values():
        assert [Event.TRIGGER, Event.RESOLVE] == [sent[0].event, sent[-1].event]
        assert {Event.UPDATE} >= {one.event for one in sent[1:-1]}
        assert 1 == len({one.key for one in sent})


@settings(max_examples=80, deadline=None)
@given(worlds, signals)
def test_what_stays_wrong_is_told_in_the_end(world, wrong):
    """Once no silence and no window holds it back, and nothing explains it."""
    simulated = Simulated(world)
    for _ in range(24):
        found = simulated.evaluate(wrong)
    told_of = {number for sent in simulated.sent for number in sent.incidents}
    assert {one.number for one in found.incidents if one.open and one.key not in found.quiet} <= told_of
    assert not any(one.held_by for one in found.incidents)
    assert bool(wrong) is bool(told_of)


@settings(max_examples=80, deadline=None)
@given(worlds, st.lists(signals, min_size=1, max_size=6))
def test_the_order_in_which_things_are_known_does_not_matter(world, evaluations):
    """Whatever a database returns first."""
    one, other = Simulated(world), Simulated(world)
    for wrong in [*evaluations, set(), set()]:
        one.evaluate(wrong)
        other.evaluate(wrong, backwards=True)
    assert one.sent == other.sent
    assert one.logged == other.logged
    assert one.incidents == other.incidents


@settings(max_examples=60, deadline=None)
@given(worlds, st.lists(signals, min_size=1, max_size=6))
def test_nobody_but_alertmanager_is_told_of_what_is_silenced(world, evaluations):
    """Neither that it began nor that it is over."""
    simulated = Simulated(world)
    for wrong in [*evaluations, set(), set()]:
        before = len(simulated.sent)
        found = simulated.evaluate(wrong)
        silent = {
            one.number
            for one in found.incidents
            for silence in world["silences"]
            if silence.start <= found.now <= silence.end
            and str(silence.matchers[0]) == f'product="{one.where.product}"'
        }
        for sent in simulated.sent[before:]:
            transports = world["rules"].receiver(sent.receiver).transports
            if not isinstance(transports[sent.transport], AlertmanagerTransport):
                assert not silent & set(sent.incidents)
