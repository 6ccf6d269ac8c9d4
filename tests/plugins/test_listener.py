"""What Airflow tells of runs and tasks, as its own objects say it; nothing is asked of their session."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace

import pytest
from airflow._shared.listeners.listener import ListenerManager
from airflow._shared.listeners.spec import lifecycle, taskinstance
from airflow.listeners import hookimpl
from airflow.listeners.spec import dagrun
from airflow.models.dagrun import DagRun
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunType

from airflow_dataops.bridge import bundles, courier
from airflow_dataops.core.slo.run import Outcome, Retry, RunOutcome
from airflow_dataops.operators.land import LandOperator
from airflow_dataops.plugins import listener as listening
from airflow_dataops.plugins.listener import RunListener
from airflow_dataops.store.outbox import Outbox

START, END = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)


class TaskRunnerMarker:
    """What starts in the process of a task."""


class Job:
    """What starts in a program of Airflow's."""


@pytest.fixture
def posted(tmp_path, monkeypatch) -> Outbox:
    """What is put down by a deployment that watches what is critical; no courier goes."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__DATAOPS__WATCH", "billing_*, tag:critical")
    monkeypatch.setattr(courier.Courier, "start", lambda _: None)
    for made in (listening._watch, listening._outbox, bundles.bundle_of):
        made.cache_clear()
    yield Outbox(tmp_path / "dataops" / "outbox")
    for made in (listening._watch, listening._outbox, bundles.bundle_of):
        made.cache_clear()


@pytest.fixture
def scheduler(posted) -> RunListener:
    """The listener in a scheduler."""
    assert not posted.waiting()
    listener = RunListener()
    listener.on_starting(component=Job())
    return listener


@pytest.fixture
def in_task(posted) -> RunListener:
    """The listener in the process of a task."""
    assert not posted.waiting()
    listener = RunListener()
    listener.on_starting(component=TaskRunnerMarker())
    return listener


def facts(outbox: Outbox) -> list[object]:
    """Return what was put down, in its order."""
    return [letter.fact for letter in outbox.letters(most=99)]


def ran(dag: DAG, **said: object) -> DagRun:
    """Return a run of a DAG as the scheduler holds it: bound to no session, so that asking it ends badly."""
    given: dict[str, object] = {
        "run_id": "scheduled__2026-03-03",
        "run_type": DagRunType.SCHEDULED,
        "logical_date": START,
        "data_interval": (START, END),
        "start_date": END,
        "state": DagRunState.RUNNING,
    }
    run = DagRun(dag_id=dag.dag_id, **(given | said))
    run.dag = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    run.end_date = datetime(2026, 3, 4, 1, tzinfo=UTC)
    return run


def test_what_became_of_a_watched_run_is_put_down(scheduler, posted) -> None:
    """By the tag of its DAG, or by its name."""
    scheduler.on_dag_run_success(dag_run=ran(DAG("payroll", schedule=None, tags={"critical"})), msg="")
    scheduler.on_dag_run_failed(dag_run=ran(DAG("billing_eu", schedule=None)), msg="")
    scheduler.on_dag_run_failed(dag_run=ran(DAG("unwatched", schedule=None, tags={"other"})), msg="")

    payroll, billing = facts(posted)
    assert payroll == RunOutcome(
        team="dags-folder",
        dag_id="payroll",
        run_id="scheduled__2026-03-03",
        run_type="scheduled",
        start=START,
        end=END,
        began=END,
        ended=datetime(2026, 3, 4, 1, tzinfo=UTC),
        first=Outcome.SUCCESS,
        final=Outcome.SUCCESS,
    )
    assert ("billing_eu", Outcome.FAILED, Outcome.FAILED) == (billing.dag_id, billing.first, billing.final)


def test_a_run_that_was_cleared_had_no_good_first_attempt(scheduler, posted) -> None:
    """However it ends now."""
    run = ran(DAG("billing_eu", schedule=None))
    run.clear_number = 1

    scheduler.on_dag_run_success(dag_run=run, msg="")

    (outcome,) = facts(posted)
    assert (Outcome.FAILED, Outcome.SUCCESS) == (outcome.first, outcome.final)


def test_a_product_is_watched_unasked_and_its_run_is_one_of_its_partition(scheduler, posted) -> None:
    """Team, grain and time zone are those that its own task says."""
    with DAG("orders", schedule=None, tags={"dataops"}) as dag:
        LandOperator(
            task_id="land",
            product="orders",
            dataset="orders",
            team="shop",
            grain="hour",
            timezone="Europe/Berlin",
            folder="drops",
            path="{partition}.csv",
        )

    scheduler.on_dag_run_success(dag_run=ran(dag), msg="")

    (outcome,) = facts(posted)
    assert ("shop", "2026-03-03T01") == (outcome.team, outcome.partition)


def test_a_key_of_a_partition_counts_over_the_interval(scheduler, posted) -> None:
    """As it does in tasks."""
    scheduler.on_dag_run_success(
        dag_run=ran(DAG("billing_eu", schedule=None), partition_key="2026-W10"), msg=""
    )

    assert ["2026-W10"] == [outcome.partition for outcome in facts(posted)]


def test_what_a_run_does_not_hold_is_not_asked_for(scheduler, posted, caplog) -> None:
    """A column that has expired would be fetched with the scheduler's session."""
    caplog.set_level("ERROR", logger=listening.__name__)
    run = ran(DAG("billing_eu", schedule=None))
    del vars(run)["run_id"]

    scheduler.on_dag_run_success(dag_run=run, msg="")

    assert [] == facts(posted)
    assert "could not be put down" in caplog.text


def task(dag: DAG, *, tried: int, state: str = "running") -> SimpleNamespace:
    """Return a task as its own process holds it."""
    return SimpleNamespace(
        dag_id=dag.dag_id,
        run_id="r",
        task_id="t",
        map_index=None,
        try_number=tried,
        state=state,
        task=SimpleNamespace(dag=dag),
        bundle_instance=SimpleNamespace(name="eu"),
    )


def test_a_task_that_is_tried_again_is_put_down_in_its_own_process(in_task, posted) -> None:
    """When it fails, and when it begins again: its first try may have been killed."""
    dag = DAG("payroll", schedule=None, tags={"critical"})

    in_task.on_task_instance_running(previous_state=None, task_instance=task(dag, tried=1))
    in_task.on_task_instance_failed(
        previous_state=None, task_instance=task(dag, tried=1, state="up_for_retry"), error=None
    )
    in_task.on_task_instance_running(previous_state=None, task_instance=task(dag, tried=2))
    in_task.on_task_instance_failed(
        previous_state=None, task_instance=task(dag, tried=2, state="failed"), error=None
    )

    assert [("eu", "payroll", "r", "t", 2)] * 2 == [
        (fact.team, fact.dag_id, fact.run_id, fact.task_id, fact.try_number)
        for fact in facts(posted)
        if isinstance(fact, Retry)
    ]
    assert 2 == posted.waiting()


@pytest.mark.parametrize(("executor", "sent"), [("LocalExecutor", []), ("CeleryExecutor", [True, True])])
def test_a_task_on_another_machine_has_what_waits_there_delivered(
    posted, monkeypatch, executor, sent
) -> None:
    """What it puts down itself, and what a task before it left: none of Airflow's programs may run there."""
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql+psycopg://d@127.0.0.1:1/d")
    went: list[bool] = []
    monkeypatch.setattr(courier.Courier, "send", lambda _, outlives: went.append(outlives))
    first, second, dag = RunListener(), RunListener(), DAG("payroll", schedule=None, tags={"critical"})

    first.on_starting(component=TaskRunnerMarker())
    first.on_task_instance_running(previous_state=None, task_instance=task(dag, tried=2))
    second.on_starting(component=TaskRunnerMarker())

    assert sent == went
    assert 1 == posted.waiting()


class Unwilling:
    """It says nothing of itself, nor lets itself be compared."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise RuntimeError

    __eq__ = __hash__ = __bool__ = __iter__ = __lt__ = __gt__ = __str__  # type: ignore[assignment]


NAIVE = datetime(2026, 3, 4)  # noqa: DTZ001 - that is what is hostile of it
HUGE = "x" * 2_000_000

HOSTILE_RUNS: dict[str, object] = {
    "nothing at all": None,
    "an object without attributes": object(),
    "one that raises": Unwilling(),
    "no id": {"dag_id": None, "run_id": None},
    "ids of another type": {"dag_id": 7, "run_id": b"r"},
    "huge ids": {"dag_id": f"billing_{HUGE}", "run_id": HUGE},
    "ids that are no UTF-8": {"run_id": "\ud800", "partition_key": "\0"},
    "no dates": dict.fromkeys(("data_interval_start", "data_interval_end", "start_date", "end_date")),
    "naive dates": {"start_date": NAIVE, "end_date": NAIVE, "data_interval_start": NAIVE},
    "dates of another type": {"start_date": "yesterday", "end_date": 1.5, "data_interval_start": ()},
    "no DAG": {"dag": None},
    "a DAG of another type": {"dag": Unwilling()},
    "tags of another type": {"dag": SimpleNamespace(tags=7, fileloc=8, task_dict=9)},
    "tasks of another type": {"dag": SimpleNamespace(tags={"dataops"}, fileloc=b"", task_dict={"t": None})},
    "values that raise": dict.fromkeys(("run_type", "clear_number", "partition_key"), Unwilling()),
}


class Raising:
    """A listener of somebody else, that raises."""

    @hookimpl
    def on_dag_run_success(self, dag_run: object, msg: str) -> None:  # noqa: ARG002 - Airflow's hook has it
        """Raise."""
        raise RuntimeError(msg)


class Hearing:
    """A listener of somebody else, that remembers what it hears."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    @hookimpl
    def on_dag_run_success(self, dag_run: object, msg: str) -> None:  # noqa: ARG002 - Airflow's hook has it
        """Remember it."""
        self.heard.append(dag_run)


def test_listeners_of_others_are_called_and_stop_ours_not(scheduler, posted) -> None:
    """In Airflow's own manager, whichever was registered last: an exception ends the calls after it."""
    manager, hearing = ListenerManager(), Hearing()
    for spec in (lifecycle, taskinstance, dagrun):
        manager.add_hookspecs(spec)
    for listener in (hearing, scheduler, Raising()):
        manager.add_listener(listener)

    with pytest.raises(RuntimeError):
        manager.hook.on_dag_run_success(dag_run=ran(DAG("billing_eu", schedule=None)), msg="")
    assert (1, []) == (posted.waiting(), hearing.heard)

    manager = ListenerManager()
    for spec in (lifecycle, taskinstance, dagrun):
        manager.add_hookspecs(spec)
    for listener in (hearing, scheduler):
        manager.add_listener(listener)
    run = Unwilling()
    manager.hook.on_dag_run_success(dag_run=run, msg="")
    assert [run] == hearing.heard


@pytest.mark.parametrize("what", HOSTILE_RUNS)
def test_no_run_is_so_odd_that_a_hook_raises(scheduler, in_task, posted, caplog, what) -> None:
    """Airflow would leave out the listeners of others; what can't be put down is logged."""
    caplog.set_level("ERROR", logger=listening.__name__)
    said = HOSTILE_RUNS[what]
    run: object = said
    if isinstance(said, dict):
        run = ran(DAG("billing_eu", schedule=None))
        vars(run).update(said)

    for hook in (scheduler.on_dag_run_success, scheduler.on_dag_run_failed):
        hook(dag_run=run, msg="")
    for tried in (in_task.on_task_instance_running, in_task.on_task_instance_failed):
        more = {} if tried == in_task.on_task_instance_running else {"error": Unwilling()}
        tried(previous_state=None, task_instance=run, **more)

    assert posted.waiting() or caplog.text
    for letter in posted.letters(most=9):
        assert letter.fact is None or isinstance(letter.fact, RunOutcome)


def test_an_outbox_that_cant_be_written_is_logged_and_no_more(scheduler, tmp_path, caplog) -> None:
    """The scheduler goes on."""
    caplog.set_level("ERROR", logger=listening.__name__)
    (tmp_path / "dataops").write_text("")

    scheduler.on_dag_run_success(dag_run=ran(DAG("billing_eu", schedule=None)), msg="")

    assert "the outbox can't be written" in caplog.text


def test_where_nobody_runs_airflow_nothing_is_put_down(posted, monkeypatch) -> None:
    """As in `dag.test()`; an API server, which no hook announces, is told by what it is."""
    listener, run = RunListener(), ran(DAG("billing_eu", schedule=None))

    listener.on_dag_run_success(dag_run=run, msg="")
    assert [] == facts(posted)
    monkeypatch.setitem(sys.modules, listening.API_SERVER, ModuleType("main"))
    listener.on_dag_run_success(dag_run=run, msg="")

    assert 1 == len(facts(posted))
