"""Drills: what goes wrong is told once, at the first evaluation after it is known, and is over once."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.core.alerts.interval import Interval, NamedInterval
from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.route import Route
from airflow_dataops.core.alerts.rules import KEEP_FIRING_FOR, Rules
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.alerts.why_over import LEFT, REPAIRED, RETIRED
from airflow_dataops.core.slo.objective import Budgeting, Gap, Objective
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.usecases.levels.retire import retire

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST_DAY = date(2026, 3, 1)

ALL = (
    Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), threshold=Fraction(6 * 3600)),
    Objective(name="whole", sli=Sli.COMPLETENESS, target=Fraction("0.99"), method=Budgeting.RATIO_TIMESLICES),
    Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction("0.99"), gap=Gap.EXCLUDED),
    Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.95")),
    Objective(name="first", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.9")),
)

EVALUATED = (0.25, 2.1, 3.1, 4.1, 6, 6.25, 12, 18)
"""Hours of the day: after deliveries, when they are due, and between."""

READERS = {
    "sales": ("orders", "stock"),
    "margin": ("sales",),
    "forecast": ("orders",),
}
"""Product -> those that it waits for."""


def clean(world, days: int, *products: str, first: date = FIRST_DAY, hours=EVALUATED) -> date:
    """Deliver some days in time, evaluate meanwhile; return the day after them."""
    for number in range(days):
        day = first + number * DAY
        waiting = [(2 + place / 4, product) for place, product in enumerate(products or ("orders",))]
        for hour in hours:
            for at, product in [one for one in waiting if one[0] <= hour]:
                world.deliver(day, world.at(day, at), product)
                waiting.remove((at, product))
            world.go(world.at(day, hour))
    return first + days * DAY


def begun(world, *products: str, tier: str = "critical", days: int = 4) -> date:
    """Declare products, and let some good days pass."""
    for product in products or ("orders",):
        reads = READERS.get(product, ())
        world.declare(product, *ALL, tier=tier, expects={"schedule": "", "upstreams": reads} if reads else {})
    world.evaluate()
    day = clean(world, days, *products, hours=(6.25,))
    assert [] == world.told
    return day


def well(world, day: date, hour: float) -> None:
    """Evaluate twice, as long apart as what is well stays open: nobody hears anything of the first."""
    before = len(world.told)
    world.go(world.at(day, hour))
    assert before == len(world.told)
    world.go(world.at(day, hour + KEEP_FIRING_FOR / HOUR))


def told(world) -> list[tuple[str, str]]:
    """Return what receivers were told: event and urgency."""
    return [(event, urgency) for event, urgency, _ in world.events()]


def afterwards(world, day: date, *products: str) -> None:
    """Let good days pass after a drill: nobody is told of it again, though budgets still burn."""
    before = len(world.told)
    clean(world, 5, *products, first=day, hours=(0.25, 6.25, 18))
    assert [] == world.events(before)
    assert {} == world.open()


@pytest.mark.parametrize(("tier", "urgency"), [("critical", "page"), ("", "ticket")])
def test_a_paused_dag_is_told_when_its_partition_is_due(world, tier, urgency) -> None:
    """Nothing runs, nothing is reported: at the first evaluation after the deadline, and once."""
    day = begun(world, tier=tier)
    for hour in (0.25, 4, 5.99):
        world.go(world.at(day, hour))
    assert [] == world.told
    world.go(world.at(day, 6.01))
    assert [("trigger", urgency)] == told(world)
    for hour in (6.25, 7, 8):
        world.go(world.at(day, hour))
    world.deliver(day, world.at(day, 8.5))
    well(world, day, 8.75)

    assert [("trigger", urgency), ("resolve", urgency)] == told(world)
    assert 1 == len({one.key for one in world.told})
    afterwards(world, day + DAY)


def test_a_late_file_is_one_incident_though_its_deadline_reported_it_before(world) -> None:
    """The run waits for the file, a deadline of the run reports it, then the objective says so, too."""
    day = begun(world)
    world.report(day, Kind.LATE, world.at(day, 5.5))
    world.go(world.at(day, 5.75))
    assert [("trigger", "page")] == told(world)
    world.go(world.at(day, 6.25))
    world.deliver(day, world.at(day, 7))
    well(world, day, 7.25)

    assert {("trigger", "page"), ("update", "page"), ("resolve", "page")} == set(told(world))
    assert ("resolve", "page") == told(world)[-1]
    assert [1, 1] == [
        sum(one.event is event for one in world.told) for event in (Event.TRIGGER, Event.RESOLVE)
    ]
    (incident,) = world.alerts.incidents()
    assert {"late", "late fresh"} <= set(incident.had)
    afterwards(world, day + DAY)


def test_a_bad_file_is_a_ticket_and_a_page_once_it_is_late(world) -> None:
    """Bad, failed and late are one incident with one key, which ends when a good file is published."""
    day = begun(world)
    world.refuse(day, world.at(day, 3))
    world.go(world.at(day, 3.25))
    assert [("trigger", "ticket")] == told(world)
    (incident,) = world.open().values()
    assert {Kind.BAD, Kind.FAILED} <= set(incident.kinds)
    assert [("order_id.unique", 40, 100)] == [
        (rule.rule, rule.failing, rule.checked) for signal in incident.signals for rule in signal.rules
    ]
    world.go(world.at(day, 6.01))
    assert [("trigger", "ticket"), ("update", "page")] == told(world)
    world.deliver(day, world.at(day, 7))
    well(world, day, 7.25)

    assert [("trigger", "ticket"), ("update", "page"), ("resolve", "page")] == told(world)
    assert 1 == len({one.key for one in world.told})
    did = [step.did for step in world.alerts.timeline(1)]
    assert (Did.OPENED, Did.NOTIFIED, Did.RESOLVED) == (did[0], did[1], did[-2])
    assert [1, 1, 1] == [did.count(one) for one in (Did.OPENED, Did.RAISED, Did.RESOLVED)]
    afterwards(world, day + DAY)


def test_a_run_that_failed_and_was_cleared_well_is_one_ticket(world) -> None:
    """The run is repaired before anything is late."""
    day = begun(world)
    world.run(day, Outcome.FAILED, world.at(day, 3), tries=3)
    world.go(world.at(day, 3.25))
    world.deliver(day, world.at(day, 4), first=Outcome.FAILED)
    well(world, day, 4.25)

    assert [("trigger", "ticket"), ("resolve", "ticket")] == told(world)
    assert REPAIRED == world.alerts.incidents()[0].why_over
    afterwards(world, day + DAY)


def test_a_run_that_fails_again_and_again_is_one_ticket(world) -> None:
    """It is cleared, runs well, and fails once more, ten times: that is told once, and that it is over."""
    day = begun(world)
    for number in range(10):
        hour = 3 + number / 4
        world.run(day, Outcome.FAILED, world.at(day, hour), tries=3)
        world.go(world.at(day, hour + 0.01))
        world.run(day, Outcome.SUCCESS, world.at(day, hour + 0.1))
        for later in (0.11, 0.2):
            world.go(world.at(day, hour + later))
    world.deliver(day, world.at(day, 5.5))
    world.go(world.at(day, 5.75))

    assert [("trigger", "ticket"), ("resolve", "ticket")] == told(world)
    (incident,) = world.alerts.incidents()
    assert world.at(day, 5.36) == incident.resolved
    afterwards(world, day + DAY)


def test_a_product_that_is_retired_is_told_to_be_over_and_never_again(world) -> None:
    """Whatever was wrong with it: it is meant to be gone."""
    day = begun(world)
    world.refuse(day, world.at(day, 3))
    world.go(world.at(day, 7))
    retire("orders", who="ada", why="replaced", levels=world.levels, store=world.store, clock=world.clock)
    for later in range(8, 80, 12):
        world.go(world.at(day, later))

    assert [("trigger", "page"), ("resolve", "page")] == told(world)
    assert RETIRED == world.alerts.incidents()[0].why_over


def test_what_a_clock_far_ahead_declares_ends_nothing(world) -> None:
    """Of its product as of any other what was declared before it counts, in alerts as in evaluations."""
    day = begun(world)
    world.go(world.at(day, 6.25))
    world.declare("orders", since=world.at(day, 48))
    world.go(world.at(day, 7))

    assert [("trigger", "page")] == told(world)
    assert "critical" == world.told[0].messages[0].labels[-1][1]


@pytest.mark.parametrize("promised", [True, False])
def test_a_try_that_failed_and_was_retried_within_the_run_has_not_failed(world, promised) -> None:
    """It is nobody's affair, but where first attempts are promised: of so few runs one burns too much."""
    world.declare("orders", *(ALL if promised else ALL[:-1]))
    world.evaluate()
    day = clean(world, 20, hours=(6.25,))
    world.deliver(day, world.at(day, 3), first=Outcome.FAILED, tries=2)
    for hour in EVALUATED[2:]:
        world.go(world.at(day, hour))

    kinds = {(kind, one.where.partition) for one in world.alerts.incidents() for kind in one.kinds}
    assert ({(Kind.BURNING, "")} if promised else set()) == kinds
    assert promised is bool(world.told)


def test_a_backlog_that_comes_newest_first_is_told_no_more_than_once(world) -> None:
    """The budget still burns when the oldest comes; what it burns for was all explained."""
    day = begun(world)
    for number in range(3):
        world.go(world.at(day + number * DAY, 6.25))
    late = day + 2 * DAY
    assert {f"orders/{day + number * DAY}" for number in range(3)} == set(world.open())
    for number in (2, 1, 0):
        world.deliver(day + number * DAY, world.at(late, 8 - number))
        world.go(world.at(late, 8.1 - number))
    world.go(world.at(late, 8.5))

    assert [("trigger", "page"), ("resolve", "page")] == [told(world)[0], told(world)[-1]]
    assert 1 == len({one.key for one in world.told})
    assert 1 == [event for event, _ in told(world)].count("trigger")
    afterwards(world, day + 3 * DAY)


def test_all_at_once_upstream_of_three_products_is_one_page(world) -> None:
    """What waits for it is late, too, and explained: nobody is told of that, when it is over neither."""
    products = ("orders", "stock", *READERS)
    day = begun(world, *products)
    world.deliver(day, world.at(day, 2), "stock")
    world.run(day, Outcome.FAILED, world.at(day, 2))
    world.refuse(day, world.at(day, 3))
    for hour in (3.25, 6.01, 6.25, 8):
        world.go(world.at(day, hour))

    assert [("trigger", "ticket"), ("update", "page")] == told(world)
    assert {f"{one}/{day}" for one in ("orders", *READERS)} == set(world.open())
    assert {"", f"shop/orders/{day}"} >= {
        one.explained_by for name, one in world.open().items() if not name.startswith("margin")
    }
    world.deliver(day, world.at(day, 8.5))
    world.go(world.at(day, 8.6))
    for place, product in enumerate(READERS):
        world.deliver(day, world.at(day, 8.7 + place / 100), product)
    world.go(world.at(day, 8.8))
    world.go(world.at(day, 12))

    assert [("trigger", "ticket"), ("update", "page"), ("resolve", "page")] == told(world)
    assert {f"orders/{day}"} == {where for _, _, where in world.events()}
    afterwards(world, day + DAY, *products)


def test_a_reader_that_stays_late_when_its_upstream_is_well_is_told(world) -> None:
    """It has one more evaluation to become well."""
    day = begun(world, "orders", "stock", *READERS)
    for product in ("stock", "sales", "margin"):
        world.deliver(day, world.at(day, 2), product)
    world.go(world.at(day, 6.25))
    world.deliver(day, world.at(day, 7))
    world.go(world.at(day, 7.25))
    assert {f"orders/{day}"} == {where for _, _, where in world.events()}
    world.go(world.at(day, 7.5))

    assert {(Event.RESOLVE, "page", f"orders/{day}"), (Event.TRIGGER, "page", f"forecast/{day}")} == {
        *world.events()[1:]
    }


def test_what_is_read_explains_also_where_a_schedule_says_what_is_expected(world) -> None:
    """`expected: schedule:` says when something is due; what it runs after is what it was."""
    day = begun(world, "orders")
    its = {"schedule": "@daily", "reads": ("orders",), "start": world.at(day - DAY)}
    world.declare("sales", *ALL, tier="critical", since=world.at(day - DAY, 12), expects=its)
    world.go(world.at(day, 6.25))

    assert {f"orders/{day}", f"sales/{day}"} == set(world.open())
    assert f"shop/orders/{day}" == world.open()[f"sales/{day}"].explained_by
    assert {f"orders/{day}"} == {where for _, _, where in world.events()}


def test_what_a_product_read_once_explains_nothing(world) -> None:
    """It has a schedule of its own by now."""
    day = begun(world, "orders", "stock", "forecast")
    world.declare("forecast", *ALL, tier="critical", since=world.at(day - DAY, 12))
    world.deliver(day, world.at(day, 2), "stock")
    world.go(world.at(day, 6.25))
    assert {f"orders/{day}", f"forecast/{day}"} == {where for _, _, where in world.events()}


@pytest.mark.parametrize("drill", ["paused", "bad", "failed"])
@pytest.mark.parametrize("window", ["interval", "silence"])
def test_nobody_is_told_in_a_maintenance_window(world, window, drill) -> None:
    """What began and ended in it is in the store, and nobody was told."""
    day = begun(world)
    if window == "silence":
        matcher = Matcher("product", Operator.EQUAL, "orders")
        world.alerts.silence(
            Silence(matchers=(matcher,), start=world.at(day), end=world.at(day, 12), who="ada", why="upgrade")
        )
    else:
        nights = NamedInterval(name="mornings", intervals=(Interval(times=((0, 12 * 60),)),))
        world.rules = Rules(route=Route(receiver="log", mute=("mornings",)), intervals=(nights,))
    if drill == "bad":
        world.refuse(day, world.at(day, 3))
    if drill == "failed":
        world.run(day, Outcome.FAILED, world.at(day, 3))
    for hour in (3.25, 6.25, 8):
        world.go(world.at(day, hour))
    assert {f"orders/{day}"} == set(world.open())
    world.deliver(day, world.at(day, 9))
    for hour in (9.25, 12.25, 18):
        world.go(world.at(day, hour))

    assert [] == world.told
    assert {} == world.open()


def test_what_outlives_a_maintenance_window_is_told_when_it_is_over(world) -> None:
    """A silence delays; it hides nothing."""
    day = begun(world)
    matcher = Matcher("product", Operator.EQUAL, "orders")
    world.alerts.silence(
        Silence(matchers=(matcher,), start=world.at(day), end=world.at(day, 7), who="ada", why="upgrade")
    )
    world.go(world.at(day, 6.25))
    assert [] == world.told
    world.go(world.at(day, 7.25))
    assert [("trigger", "page")] == told(world)


def test_a_partition_that_never_comes_ends_when_it_leaves_the_window_and_says_so(world) -> None:
    """It is over, and not repaired; every other day was well."""
    rare = timedelta(days=90)
    world.rules = Rules(route=Route(receiver="log", repeat_interval=rare))
    world.declare("orders", ALL[0], tier="critical")
    world.evaluate()
    day = clean(world, 3, hours=(6.25,))
    world.go(world.at(day, 6.25))
    clean(world, 27, first=day + DAY, hours=(6.25,))
    assert [("trigger", "page")] == told(world)
    clean(world, 3, first=day + 28 * DAY, hours=(6.25,))

    assert [("trigger", "page"), ("resolve", "page")] == told(world)
    (incident,) = world.alerts.incidents()
    assert (Phase.RESOLVED, LEFT) == (incident.phase, incident.why_over)
    assert world.at(day + 28 * DAY, 6.25) == incident.resolved


FRESH_ALONE = Objective(
    name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), threshold=Fraction(6 * 3600)
)


def test_there_is_no_backlog_where_alerting_is_set_up_on_a_store_with_a_past(world) -> None:
    """Thirty days, of which some are missing, some were refused, and some runs failed: all that is old."""
    world.declare("orders", *ALL, tier="critical")
    for number in range(30):
        day = FIRST_DAY + number * DAY
        if number % 5 == 1:
            world.refuse(day, world.at(day, 3))
        elif number % 5 != 2:
            world.deliver(day, world.at(day, 3))
    last = FIRST_DAY + 29 * DAY
    world.go(world.at(last, 12))
    world.go(world.at(last, 18))
    assert ([], {}) == (world.told, world.open())

    world.go(world.at(last + DAY, 6.25))
    assert [("trigger", "page")] == told(world)
    assert {f"orders/{last + DAY}"} == set(world.open())


def test_sixty_clean_days_raise_nothing(world) -> None:
    """Eight products, with all that good days bring: a retry, a few bad rows, two versions, clocks set on."""
    products = ("orders", "stock", "prices", "people", "events", *READERS)
    for product in products:
        reads = READERS.get(product, ())
        zone = "Europe/Berlin" if product == "people" else "UTC"
        expects = {"schedule": "", "upstreams": reads} if reads else {"timezone": zone}
        objectives = ALL[:-1] if product == "prices" else ALL
        tier = "critical" if product in {"orders", "sales"} else ""
        world.declare(product, *objectives, tier=tier, expects=expects)
    world.evaluate()
    for number in range(60):
        day = FIRST_DAY + number * DAY
        for hour, some in ((2.1, products[:5]), (4.1, tuple(READERS)), (6, ())):
            what = {product: GOOD.get((number, product), {}) for product in some}
            world.deliver_all(day, world.at(day, hour - 0.05), what)
            found = world.go(world.at(day, hour))
            assert () == found.warnings

    assert [] == world.told
    assert () == world.alerts.incidents()


GOOD = {
    (20, "orders"): {"rows": 1000, "expected": 1000, "bad": 1},
    (29, "people"): {"rows": 102},
    (30, "prices"): {"first": Outcome.FAILED, "tries": 2},
    (40, "stock"): {"rows": 1000, "expected": 1003, "bad": 2},
}
"""What happens on good days, too."""
