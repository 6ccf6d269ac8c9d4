"""What Airflow tells of runs and tasks as they go, put down for service levels.

Airflow calls this in its scheduler, in its API server and in the process of each task. What is put down is
copied from what Airflow's objects hold; no session, no connection and no variable is asked for: that would
end the scheduler. Whatever goes wrong here is logged, and never Airflow's concern. A listener that raises
ends the calls of those after it: so ours raises nothing, and is called before those of others. Every process
of Airflow loads this module, so it loads nothing before there is something to do.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl

from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.bridge.courier import Courier
    from airflow_dataops.core.slo.watch import Watch
    from airflow_dataops.store.outbox import Outbox
    from airflow_dataops.usecases.ports.outbox import Posted

log = logging.getLogger(__name__)

TASK = "TaskRunnerMarker"
"""The name of what starts in the process of a task, as Airflow calls it."""

AGAIN = "up_for_retry"
"""The state of a task that will be tried again."""


API_SERVER = "airflow.api_fastapi.main"
"""The module that an API server is."""


RUN_LOST = "A run that ended could not be put down for its service levels."
RETRY_LOST = "A task that is tried again could not be put down for its service levels."
"""What is lost where something goes wrong."""


class Role(Enum):
    """What a process does for Airflow. Where it does nothing, as in `dag.test()`, nothing is put down."""

    NOBODY = "nobody"
    PROGRAM = "program"
    TASK = "task"


class RunListener:
    """Puts down what became of runs, and which tasks were tried again, of DAGs that are watched."""

    def __init__(self) -> None:
        self._courier: Courier | None = None
        self._role = Role.NOBODY

    @hookimpl(tryfirst=True)
    def on_starting(self, component: object) -> None:
        """Have what waits delivered, for as long as one of Airflow's programs lives; not in a task."""
        self._role = Role.TASK if type(component).__name__ == TASK else Role.PROGRAM
        self._have_delivered()

    @hookimpl(tryfirst=True)
    def before_stopping(self, component: object) -> None:  # noqa: ARG002 - Airflow's hook has it
        """Look at the outbox no more."""
        with _harmless("The outbox is still looked at."):
            if self._courier is not None and self._courier.ours:
                self._courier.stop()

    @hookimpl(tryfirst=True)
    def on_dag_run_success(self, dag_run: object, msg: str) -> None:  # noqa: ARG002 - as above
        """Put down that a run succeeded."""
        with _harmless(RUN_LOST):
            self._ended(dag_run, "success")

    @hookimpl(tryfirst=True)
    def on_dag_run_failed(self, dag_run: object, msg: str) -> None:  # noqa: ARG002 - as above
        """Put down that a run failed."""
        with _harmless(RUN_LOST):
            self._ended(dag_run, "failed")

    @hookimpl(tryfirst=True)
    def on_task_instance_running(self, previous_state: object, task_instance: Any) -> None:  # noqa: ANN401, ARG002 - as above
        """Put down that a task is tried again, in its own process: also where its first try was killed."""
        with _harmless(RETRY_LOST):
            if self._is(Role.TASK) and task_instance.try_number > 1:
                self._tried_again(task_instance, task_instance.try_number)

    @hookimpl(tryfirst=True)
    def on_task_instance_failed(self, previous_state: object, task_instance: Any, error: object) -> None:  # noqa: ANN401, ARG002 - as above
        """Put down that a task is going to be tried again, in its own process."""
        with _harmless(RETRY_LOST):
            state = getattr(task_instance.state, "value", task_instance.state)
            if self._is(Role.TASK) and state == AGAIN:
                self._tried_again(task_instance, task_instance.try_number + 1)

    def _is(self, role: Role) -> bool:
        """Say whether this process plays a role. No hook tells when an API server starts."""
        if self._role is Role.NOBODY and API_SERVER in sys.modules:
            self._role = Role.PROGRAM
        return self._role is role

    def _ended(self, dag_run: object, final: str) -> None:
        if not self._is(Role.PROGRAM):
            return
        from airflow_dataops.bridge.runs import outcome_of
        from airflow_dataops.core.slo.run import Outcome

        outcome = outcome_of(dag_run, final=Outcome(final), watch=_watch())
        if outcome is not None:
            self._post(outcome)

    def _tried_again(self, task_instance: Any, try_number: int) -> None:  # noqa: ANN401 - Airflow's object
        from airflow_dataops.bridge.runs import retry_of

        retry = retry_of(task_instance, try_number=try_number, watch=_watch())
        if retry is not None:
            self._post(retry)

    def _post(self, fact: Posted) -> None:
        try:
            _outbox().put(fact)
        except DataOpsError as error:
            log.error("%s was not put down for service levels: %s", fact, error)  # noqa: TRY400 - one line
        self._have_delivered()

    def _have_delivered(self) -> None:
        """Have delivered what waits: by a program that lasts, or else from this task's machine."""
        try:
            if self._is(Role.PROGRAM):
                self._deliver()
            elif _elsewhere() and _outbox().any():
                # None of Airflow's lasting programs may run there.
                _courier().send(outlives=True)
        except Exception as error:  # noqa: BLE001 - it waits where it is
            log.warning("What waits in the outbox is not delivered from here: %s", error)

    def _deliver(self) -> None:
        """Begin to look at the outbox, where this process doesn't yet."""
        if self._courier is None or not self._courier.ours:
            self._courier = _courier()
            self._courier.start()


@contextmanager
def _harmless(lost: str) -> Iterator[None]:
    """Log what goes wrong: Airflow would log it, too, and leave out the listeners of others."""
    try:
        yield
    except Exception:
        log.exception(lost)


def _courier() -> Courier:
    from airflow_dataops.bridge.courier import Courier
    from airflow_dataops.bridge.settings import outbox_path, settings

    return Courier(outbox_path(), settings())


def _elsewhere() -> bool:
    """Say whether tasks run on other machines than the scheduler."""
    from airflow_dataops.bridge.settings import on_one_machine

    return not on_one_machine()


@cache
def _outbox() -> Outbox:
    from airflow_dataops.bridge.settings import outbox_path
    from airflow_dataops.store.outbox import Outbox

    return Outbox(outbox_path())


@cache
def _watch() -> Watch:
    from airflow_dataops.bridge.settings import watched

    return watched()


listener = RunListener()
