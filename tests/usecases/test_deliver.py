from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.run import Outcome, Retry, RunOutcome
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import schema
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.outbox import Outbox
from airflow_dataops.store.revision import REVISIONS
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.deliver import deliver
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from airflow_dataops.usecases.deliver import Addresses

AT = datetime(2026, 3, 4, 6, tzinfo=UTC)
DECLARATION = Declaration(
    team="shop", product="orders", dataset="orders", expectation=Expectation(schedule="@daily"), since=AT
)


REPORT = Reported(
    where=Where("shop", "orders", "2026-03-03"), kind=Kind.FAILED, run_id="a", task_id="land", text="ä", at=AT
)


def to(url: str) -> Addresses:
    """Return where facts go."""
    return stores.addresses(Settings(store_url=url, zones_path="", lake_path=""))


def ran(run_id: str, final: Outcome = Outcome.SUCCESS, *, ended: datetime = AT) -> RunOutcome:
    """Return what became of a run that nobody retried, as far as it is known."""
    return RunOutcome(
        team="shop", dag_id="orders", run_id=run_id, ended=ended, first=final, final=final, began=AT
    )


def retry(run_id: str, *, tried: int = 2, at: datetime = AT - timedelta(minutes=1)) -> Retry:
    """Return that a task of a run was tried again."""
    return Retry(team="shop", dag_id="orders", run_id=run_id, task_id="land", try_number=tried, at=at)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, new_store_url, new_store, tmp_path) -> SimpleNamespace:
    """An empty outbox, and where it is delivered."""
    outbox = Outbox(tmp_path / "outbox")
    memory = request.param == "memory"
    url = new_store_url("sqlite" if memory else request.param)
    new_store(url)
    its = to(url)
    if memory:
        store = MemoryStore()
        its = replace(its, store=store, levels=MemoryServiceLevels(store))
    return SimpleNamespace(outbox=outbox, to=its, levels=its.levels, reports=its.reports)


def delivered(world: SimpleNamespace) -> int:
    """Deliver all that waits; nothing is left, and nothing is refused."""
    aside: list[str] = []
    done = deliver(world.outbox, to=world.to, aside=aside.append)
    assert not aside
    assert 0 == world.outbox.waiting()
    return done.facts


def first_attempts(world: SimpleNamespace) -> dict[str, tuple[str, str, int]]:
    """Return run -> how its first attempt ended, how it ended, and its tries."""
    runs = world.levels.runs(since=AT - timedelta(days=9))
    return {run.run_id: (run.first.value, run.final.value, run.tries) for run in runs}


def test_what_was_put_down_is_in_the_store_and_gone_from_the_outbox(world) -> None:
    """Declarations and runs, each once however often they are told."""
    world.outbox.put(DECLARATION, ran("a"), ran("b", Outcome.FAILED))
    world.outbox.put(ran("a"), replace(DECLARATION, since=AT + timedelta(days=1)))

    assert 5 == delivered(world)
    assert 0 == delivered(world)
    assert (DECLARATION,) == world.levels.declared()
    assert {"a": ("success", "success", 1), "b": ("failed", "failed", 1)} == first_attempts(world)


@pytest.mark.parametrize("late", [False, True], ids=["before its run ended", "after"])
def test_a_retry_means_that_the_first_attempt_failed(world, late) -> None:
    """Whichever was heard of first: another machine may tell of it later."""
    heard = (retry("a", tried=2), retry("a", tried=3), retry("other"))
    for facts in ((ran("a"),), heard) if late else (heard, (ran("a"),)):
        world.outbox.put(*facts)
        delivered(world)

    assert {"a": ("failed", "success", 3)} == first_attempts(world)


def test_what_was_tried_again_after_a_run_had_succeeded_is_no_failure_of_its_first_attempt(world) -> None:
    """It was cleared: what it is worth was known by then."""
    world.outbox.put(ran("a"))
    delivered(world)
    world.outbox.put(retry("a", at=AT + timedelta(days=1)))
    delivered(world)
    world.outbox.put(replace(ran("a", ended=AT + timedelta(days=2)), first=Outcome.FAILED))
    delivered(world)

    assert "success" == first_attempts(world)["a"][0]


def test_what_cant_be_read_keeps_nobody_waiting(world) -> None:
    """It is set aside and named, and those behind it are delivered."""
    world.outbox.put(ran("a"))
    (world.outbox.folder / "0-0-0.json").write_text("{")

    aside: list[str] = []
    done = deliver(world.outbox, to=world.to, aside=aside.append)

    assert (1, 0) == (done.facts, world.outbox.waiting())
    assert [f"{world.outbox.broken()[0]}: it can't be read"] == aside


def test_a_store_that_is_down_loses_nothing(tmp_path, new_store_url) -> None:
    """The outbox keeps what it has until the store is there; a store without tables is one that isn't."""
    outbox, url = Outbox(tmp_path / "outbox"), new_store_url("sqlite")
    nowhere = "postgresql+psycopg://dataops@127.0.0.1:1/dataops"
    facts = (DECLARATION, *(ran(f"run-{n}") for n in range(20)), retry("run-3"), REPORT)
    outbox.put(*facts)

    with pytest.raises(BrokenWorldError, match="could not be written"):
        deliver(outbox, to=to(nowhere), aside=pytest.fail)
    with pytest.raises(SettingsError, match="db migrate"):
        deliver(outbox, to=to(url), aside=pytest.fail)

    assert list(facts) == [letter.fact for letter in outbox.letters(most=99)]
    schema.migrate(url)
    assert 23 == deliver(outbox, to=to(url), aside=pytest.fail).facts
    assert 20 == len(SqlServiceLevels(url).runs(since=AT - timedelta(days=1)))
    assert (REPORT,) == SqlAlerts(url).reported(since=AT)


def test_what_a_callback_reports_is_in_the_store(world) -> None:
    """Once, however often it is told; a callback may run where the store can't be reached."""
    world.outbox.put(REPORT, ran("a"), REPORT)

    assert 3 == delivered(world)
    assert (REPORT,) == world.reports.reported(since=AT)


def test_what_a_callback_reports_waits_for_a_store_that_is_too_old(tmp_path, store_url) -> None:
    """Nothing of it is lost until the store is migrated."""
    outbox = Outbox(tmp_path / "outbox")
    schema.migrate(store_url)
    schema.downgrade(store_url, REVISIONS[REVISIONS.index("0004") - 1])
    outbox.put(ran("a"), REPORT, ran("b"))

    with pytest.raises(SettingsError, match="0004 or newer is needed"):
        deliver(outbox, to=to(store_url), aside=pytest.fail)
    assert 3 == len(list(outbox.letters(most=9)))
    schema.migrate(store_url)
    assert 3 == deliver(outbox, to=to(store_url), aside=pytest.fail).facts
    assert 2 == len(to(store_url).levels.runs(since=AT))


def test_what_the_store_alone_refuses_is_set_aside(tmp_path, store_url) -> None:
    """Others go on; where it refuses each of them, it isn't theirs."""

    class Refusing(MemoryServiceLevels):
        def ran(self, *outcomes: RunOutcome) -> None:
            if any(one.run_id == "bad" for one in outcomes):
                raise SettingsError("use shorter names")
            super().ran(*outcomes)

    outbox, store = Outbox(tmp_path / "outbox"), MemoryStore()
    levels = Refusing(store)
    outbox.put(ran("a"), ran("bad"), ran("b"))

    aside: list[str] = []
    refusing = replace(to(store_url), levels=levels, store=store)
    deliver(outbox, to=refusing, aside=aside.append)

    assert ["a", "b"] == [run.run_id for run in levels.runs(since=AT)]
    assert [f"{outbox.broken()[0]}: the store refuses it: use shorter names"] == aside
    outbox.put(ran("bad"))
    with pytest.raises(SettingsError):
        deliver(outbox, to=refusing, aside=pytest.fail)
    assert 1 == outbox.waiting()


def test_two_that_deliver_at_once_leave_it_to_one(world) -> None:
    """The other one does nothing, and says so."""
    world.outbox.put(ran("a"))
    with world.outbox.alone():
        done = deliver(world.outbox, to=world.to, aside=pytest.fail)

    assert (True, 0, 1) == (done.busy, done.facts, world.outbox.waiting())
