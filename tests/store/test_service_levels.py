"""What is remembered of service levels: in memory, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from airflow_dataops.core.batch import Batch, Grain
from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Exclusion, Expectation
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Gap, Late, Objective, Source, Urgency
from airflow_dataops.core.slo.observation import Observation, Sight
from airflow_dataops.core.slo.policy import Action, Policy, PolicyAction
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Burn, Kept, Standing, State
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import schema
from airflow_dataops.store.growth import SINCE
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.revision import REVISIONS
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.store.tables import metadata
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore

NOON = datetime(2026, 3, 3, 12, 0, 0, 250, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ALERT = BurnAlert(
    urgency=Urgency.PAGE,
    factor=Fraction("14.4"),
    long=Fraction(3600),
    short=Fraction(300),
    weighted=True,
    inclusive=True,
    significance=Fraction(1, 20),
)
OBJECTIVE = Objective(
    name="fresh",
    sli=Sli.FRESHNESS,
    target=Fraction("0.999"),
    dataset="orders",
    window=Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "Europe/Berlin"),  # noqa: DTZ001
    method=Budgeting.TIMESLICES,
    slice=Fraction(60),
    slice_target=Fraction("0.95"),
    threshold=Fraction(900),
    by=time(6, 30),
    gap=Gap.EXCLUDED,
    late=Late.REPAIRED,
    alerts=(ALERT,),
    runbook="runbook.md",
    description="ä 'quoted' \"text\"",
    source=Source.OPENSLO,
    place="orders.openslo.yaml:3:5",
)
DECLARATION = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(
        schedule="0 5 * * 1-5",
        timezone="Europe/Berlin",
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2027, 1, 1, tzinfo=UTC),
        grain=Grain.HOUR,
        upstreams=("customers", "crm/regions"),
        reads=("prices",),
        runs=True,
        exclusions=(Exclusion(first=date(2026, 12, 24), last=date(2026, 12, 26), why="Christmas"),),
    ),
    objectives=(OBJECTIVE, Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction(1, 3))),
    policies=(Policy(action=Action.SHRINK_POOL, below=Fraction(1, 5), slo="fresh", pool="p", slots=1),),
    owner="team shop",
    channels=("#orders",),
    contract="orders@1.10",
    since=NOON,
)
PLAIN = Declaration(
    team="shop", product="plain", dataset="plain", expectation=Expectation(schedule="@daily"), since=NOON
)
RUN = RunOutcome(
    team="shop",
    dag_id="orders",
    run_id="scheduled__1",
    partition="2026-03-03",
    run_type="scheduled",
    start=NOON - DAY,
    end=NOON,
    began=NOON + HOUR,
    ended=NOON + 2 * HOUR,
    first=Outcome.FAILED,
    final=Outcome.FAILED,
    tries=2,
)
STANDING = Standing(
    team="shop",
    product="orders",
    slo="fresh",
    at=NOON,
    since=NOON - 28 * DAY,
    until=NOON,
    good=Fraction(80, 3),
    total=Fraction(28),
    expected=Fraction(31),
    allowed=Fraction("3.1"),
    burns=(
        Burn(alert=ALERT, long=Fraction(1, 7), short=None, firing=True),
        Burn(alert=replace(ALERT, significance=None), long=None, short=None, firing=False),
    ),
    state=State.BURNING,
    notes=("a\nb", "ü"),
)
KEPT = Kept(
    standing=STANDING,
    digest="1:abc",
    entries=(
        Entry(
            partition="2026-03-01", at=NOON - DAY, good=Fraction(1, 3), total=Fraction(1), mark=Mark.REPAIRED
        ),
        Entry(partition="2026-03-02", at=NOON, good=Fraction(0), total=Fraction(0), mark=Mark.EXCLUDED),
    ),
    cursor=NOON,
    changes_at=NOON + HOUR,
)
KEY = ("shop", "orders", "fresh")
ACTION = PolicyAction(
    team="shop",
    product="orders",
    action=Action.PAUSE,
    subject="orders",
    slo="fresh",
    since=NOON,
    why="less than a fifth is left",
    before="running",
)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def world(request, new_store_url) -> SimpleNamespace:
    """A store and service levels of each sort, over the same facts: they must answer alike."""
    if request.param == "memory":
        store = MemoryStore()
        return SimpleNamespace(store=store, levels=MemoryServiceLevels(store))
    url = new_store_url(request.param)
    schema.migrate(url)
    return SimpleNamespace(store=SqlStore(url), levels=SqlServiceLevels(url))


def test_a_declaration_comes_back_as_it_was(world) -> None:
    """Everything that is declared decides about money or sleep: nothing of it may be lost or rounded."""
    world.levels.declare(DECLARATION, PLAIN)

    assert (DECLARATION, PLAIN) == world.levels.declared()
    assert (PLAIN,) == world.levels.declared(team="shop", product="plain")
    assert () == world.levels.declared(team="other")


def test_saying_the_same_again_changes_nothing(world) -> None:
    """A DAG file is read every half minute; only what is new is news."""
    world.levels.declare(DECLARATION)
    before = world.levels.stamps()
    moved = tuple(replace(one, place="/elsewhere/orders.openslo.yaml:4:5") for one in DECLARATION.objectives)
    world.levels.declare(replace(DECLARATION, objectives=moved, since=NOON + HOUR))
    assert before == world.levels.stamps()
    other = replace(DECLARATION, owner="another", since=NOON + 2 * HOUR)
    back = replace(DECLARATION, since=NOON + 3 * HOUR)
    world.levels.declare(back, other)

    assert (DECLARATION, other, back) == world.levels.declared()
    assert before != world.levels.stamps()
    stamp = world.levels.stamps()["shop", "orders"]
    assert (("crm/regions", "customers"), ("prices",)) == (stamp.upstreams, stamp.reads)


def test_of_a_run_the_first_attempt_stays(world) -> None:
    """A run that failed and was cleared has failed once, whatever comes after."""
    world.levels.ran(RUN)
    again = replace(RUN, ended=NOON + 5 * HOUR, first=Outcome.SUCCESS, final=Outcome.SUCCESS, tries=3)
    world.levels.ran(again, replace(RUN, run_id="manual__2", start=None, end=None, began=None))

    second, first = world.levels.runs(since=NOON)
    assert replace(again, first=Outcome.FAILED) == first
    assert (None, None, None) == (second.start, second.end, second.began)
    assert (first,) == world.levels.runs(since=first.ended, team="shop", dag_id="orders")
    assert () == world.levels.runs(since=NOON, dag_id="other")
    world.levels.ran()


def test_what_is_heard_of_an_earlier_end_later_changes_only_the_first_attempt(world) -> None:
    """Of two machines without a store for an hour, any may deliver first."""
    again = replace(RUN, ended=RUN.ended + HOUR, first=Outcome.FAILED, final=Outcome.SUCCESS, tries=3)
    first = replace(RUN, first=Outcome.SUCCESS, final=Outcome.SUCCESS)
    world.levels.ran(again)
    world.levels.ran(first)
    world.levels.ran(replace(again, run_id="both"), replace(first, run_id="both"))

    expected = replace(again, first=Outcome.SUCCESS)
    assert (replace(expected, run_id="both"), expected) == tuple(
        sorted(world.levels.runs(since=RUN.ended), key=lambda one: one.run_id)
    )


def test_a_standing_of_the_far_future_is_overwritten(world) -> None:
    """Nobody is faster by more than an hour: the clock was wrong."""
    for ahead, stays in ((HOUR, True), (2 * HOUR, False)):
        world.levels.drop(KEY)
        world.levels.keep(replace(KEPT, standing=replace(STANDING, at=NOON + ahead), digest="ahead"))
        world.levels.keep(KEPT)
        assert ("ahead" if stays else KEPT.digest) == world.levels.kept()[KEY].digest


def test_observations_and_sights(world) -> None:
    """What was seen must come back, as it is and as an evaluation needs it."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    right = Observation(
        batch=batch,
        sli=Sli.CORRECTNESS,
        subject="b",
        end=NOON,
        good=3,
        total=4,
        value=Fraction(3, 4),
        at=NOON,
    )
    later = replace(right, subject="a", good=4, at=NOON + HOUR)
    slow = replace(right, sli=Sli.LATENCY, good=None, total=None, value=Fraction("0.000001"))
    old = replace(right, subject="c", at=NOON - DAY)
    world.store.record(later, right, slow, old, replace(right, at=NOON + DAY))

    assert {right, slow, later} == set(world.levels.observations(since=NOON, team="shop", product="orders"))
    assert () == world.levels.observations(since=NOON, product="other")
    assert {
        ("shop", "orders"): {
            ("orders", Sli.CORRECTNESS): {"2026-03-03": [Sight(NOON, 3, 4), Sight(NOON + HOUR, 4, 4)]},
            ("orders", Sli.LATENCY): {"2026-03-03": [Sight(NOON, None, None, Fraction("0.000001"))]},
        }
    } == world.levels.sights(since=NOON, team="shop")
    assert {} == world.levels.sights(since=NOON, team="other")


@pytest.mark.parametrize("goods", [(3, 9), (9, 3)])
def test_what_was_seen_at_one_instant_has_one_order(world, goods) -> None:
    """Else it would be up to the database which of them was first, today or tomorrow."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    for good in goods:
        its = {"good": good, "total": 10, "value": Fraction(good, 10), "end": None, "at": NOON}
        world.store.record(Observation(batch=batch, sli=Sli.CORRECTNESS, subject=str(good), **its))
    (sights,) = world.levels.sights(since=NOON).values()

    assert [3, 9] == [sight.good for sight in sights["orders", Sli.CORRECTNESS]["2026-03-03"]]


def test_what_is_new_is_known_by_when_the_store_took_it(world) -> None:
    """What was seen long ago may be written only now, after an hour without a store."""
    world.levels.ran(replace(RUN, team="crm"))
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    world.store.record(
        Observation(
            batch=batch, sli=Sli.FRESHNESS, subject="1", end=None, good=None, total=None, value=None, at=NOON
        )
    )
    found = world.levels.touched(since=datetime.now(tz=UTC) - HOUR)

    assert {("crm", "orders"), ("shop", "orders")} == set(found)
    assert min(found.values()) > datetime.now(tz=UTC) - HOUR
    if not isinstance(world.levels, MemoryServiceLevels):
        assert {} == world.levels.touched(since=datetime.now(tz=UTC) + HOUR)


def test_a_standing_comes_back_as_it_was(world) -> None:
    """The next evaluation goes on from it, so it must be exact."""
    world.levels.keep(KEPT, replace(KEPT, standing=replace(STANDING, slo="other"), changes_at=None))

    assert KEPT == world.levels.kept(slo="fresh")[KEY]
    assert replace(KEPT, entries=()) == world.levels.stood(team="shop", product="orders")[KEY]
    assert [KEY, ("shop", "orders", "other")] == sorted(world.levels.kept())
    world.levels.drop(KEY, ("no", "such", "one"))
    assert [("shop", "orders", "other")] == list(world.levels.stood())
    world.levels.keep()


def test_a_newer_standing_is_not_overwritten(world) -> None:
    """Of two evaluators at once, the slower one must not take the clock back."""
    newer = replace(KEPT, standing=replace(STANDING, at=NOON + HOUR), digest="newer")
    world.levels.keep(newer)
    world.levels.keep(KEPT)
    assert newer == world.levels.kept()[KEY]
    newest = replace(newer, digest="newest")
    world.levels.keep(newest)

    assert newest == world.levels.kept()[KEY]


def test_only_one_evaluator_acts(world) -> None:
    """An action is taken once, and taken back once."""
    assert [True, False] == [world.levels.enforce(ACTION) for _ in range(2)]
    other = replace(ACTION, action=Action.BLOCK_PUBLISH, since=NOON - HOUR)
    assert world.levels.enforce(other)
    assert (other, ACTION) == world.levels.in_force(team="shop", product="orders")
    assert () == world.levels.in_force(product="other")
    assert [True, False] == [world.levels.lift(ACTION) for _ in range(2)]
    assert (other,) == world.levels.in_force()


def test_naive_times_are_refused(world) -> None:
    """A time without a zone is no instant."""
    naive = datetime(2026, 3, 3)  # noqa: DTZ001
    for write in (
        lambda: world.levels.declare(replace(PLAIN, since=naive)),
        lambda: world.levels.ran(replace(RUN, ended=naive)),
        lambda: world.levels.ran(replace(RUN, start=naive)),
        lambda: world.levels.enforce(replace(ACTION, since=naive)),
    ):
        with pytest.raises(ValueError, match="without a time zone"):
            write()
    assert ((), (), ()) == (
        world.levels.declared(),
        world.levels.runs(since=NOON - DAY),
        world.levels.in_force(),
    )


def test_what_can_not_be_asked_for_is_refused(world) -> None:
    """A word that is mistyped must not find everything."""
    for read in (
        lambda: world.levels.declared(dataset="a"),
        lambda: world.levels.runs(since=NOON, product="a"),
        lambda: world.levels.kept(objective="a"),
        lambda: world.levels.in_force(slo="a"),
    ):
        with pytest.raises(ValueError, match="are not found by"):
            read()


def test_on_a_revision_without_their_tables_nothing_is_read_and_nothing_written(
    database, monkeypatch
) -> None:
    """What waits in a spool must stay there until the store is migrated; whoever only reads goes on."""
    for table in metadata.tables.values():
        if table.info.get(SINCE) == "0003":
            monkeypatch.setitem(table.info, SINCE, REVISIONS[-1])
    schema.downgrade(database.url, "0004")
    levels = SqlServiceLevels(database.url)

    assert ((), {}, {}, ()) == (levels.declared(), levels.stamps(), levels.kept(), levels.in_force())
    assert {} == levels.touched(since=NOON)
    with pytest.raises(SettingsError, match=r"has revision 0004, without service levels\. Run `airflow dat"):
        levels.declare(PLAIN)
    with pytest.raises(SettingsError, match="0004"):
        levels.ran(RUN)


def test_what_another_version_kept_is_lost_and_what_it_declared_is_named(database) -> None:
    """How an objective stands can be made anew; what was declared can't."""
    levels = SqlServiceLevels(database.url)
    levels.keep(KEPT)
    levels.declare(PLAIN)
    database.run(
        "UPDATE dataops_standing SET body = '[1]'", "UPDATE dataops_declaration SET body = '{\"new\": 1}'"
    )

    assert {} == levels.stood()
    with pytest.raises(SettingsError, match="shop/plain: the declaration that the store holds can't be read"):
        levels.declared()


def test_a_store_that_is_away_is_a_broken_world() -> None:
    """Whatever keeps us out must be one line, and be tried again."""
    levels = SqlServiceLevels("postgresql+psycopg://u:zq7@127.0.0.1:1/x")
    for work in (
        levels.declared,
        lambda: levels.declare(PLAIN),
        lambda: levels.ran(RUN),
        lambda: levels.sights(since=NOON),
        lambda: levels.keep(KEPT),
        lambda: levels.enforce(ACTION),
    ):
        with pytest.raises(BrokenWorldError, match=r"could not be (read|written)") as caught:
            work()
        assert "zq7" not in str(caught.value)
    assert "SqlServiceLevels('postgresql+psycopg://u:***@127.0.0.1:1/x')" == repr(levels)


def test_old_runs_are_forgotten(database) -> None:
    """Runs come by the thousand, and no window looks at them for ever."""
    levels, store = SqlServiceLevels(database.url), SqlStore(database.url)
    levels.ran(RUN, replace(RUN, run_id="old", ended=NOON - DAY))
    counted = [store.forget(NOON, audit_records=False, dry_run=dry).runs for dry in (True, False, False)]

    assert [1, 1, 0] == counted
    assert (RUN,) == levels.runs(since=NOON - 9 * DAY)


def test_what_a_window_still_counts_is_not_forgotten(database) -> None:
    """Without it, what was good would be missing, and burn the budget."""
    levels, store = SqlServiceLevels(database.url), SqlStore(database.url)
    today = datetime.now(tz=UTC)
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    seen = {"batch": batch, "sli": Sli.FRESHNESS, "end": None, "good": None, "total": None, "value": None}
    store.record(*(Observation(subject=str(ago), at=today - ago * DAY, **seen) for ago in (20, 400)))
    levels.ran(*(replace(RUN, run_id=str(ago), ended=today - ago * DAY) for ago in (20, 400)))
    levels.declare(DECLARATION)
    gone = store.forget(today - 10 * DAY, audit_records=False, dry_run=False)

    assert (1, 1) == (gone.observations, gone.runs)
    assert ["20"] == [one.subject for one in levels.observations(since=today - 999 * DAY)]
    assert ["20"] == [one.run_id for one in levels.runs(since=today - 999 * DAY)]


def test_a_long_ledger_is_packed_and_comes_back(database) -> None:
    """Slices of a minute are forty thousand in four weeks, and nearly all alike."""
    entries = tuple(
        Entry(
            partition=(NOON + n * HOUR / 60).isoformat(),
            at=NOON + (n + 1) * HOUR / 60,
            good=Fraction(n % 97 != 0),
            total=Fraction(1),
        )
        for n in range(10_000)
    )
    levels = SqlServiceLevels(database.url)
    levels.keep(replace(KEPT, entries=entries))

    assert entries == levels.kept()[KEY].entries
    with database.connection() as connection:
        (size,) = connection.execute(text("SELECT length(ledger) FROM dataops_standing")).one()
    assert size < 10 * 10_000
