"""Find what is wrong, and tell those who answer for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.failure import failing_as_airflow

if TYPE_CHECKING:
    from airflow.sdk import Context

LEAST = timedelta(minutes=5)
"""Time between two rounds, where no longer one is known."""


class RouteAlertsOperator(BaseOperator):
    """Make incidents of all that is wrong, decide who is told of them, and tell them.

    It comes after `EvaluateSlosOperator`, by which budgets stand as they do. Several may run at once, and it
    may be killed at any point: what was decided is kept before anybody is told, and is told until they have
    acknowledged it. It doesn't fail because something is wrong, nor because a receiver can't be told: that
    is tried again, and another receiver is told. A broken `alerts.yaml` fails it, after everything went to
    its log.

    Args:
        every: Time between two rounds: for how long receivers that forget must remember. None for the time
            between two runs of the DAG, as its data interval has it, and `LEAST` where it has none or a
            shorter one.
    """

    ui_color = "#e8f1f5"

    def __init__(self, *, every: timedelta | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.every = every

    def execute(self, context: Context) -> dict[str, Any]:
        """Return how many incidents are open, and how many notifications were decided and delivered.

        Raises:
            AirflowFailException: For a wrong file or a wrong setting: not tried again.
            AirflowException: For a broken world: tried again.
        """
        from airflow_dataops.bridge.alerting import alerted
        from airflow_dataops.errors import DocumentError

        with failing_as_airflow():
            came = alerted(every=_between(context) if self.every is None else self.every)
            for line in came.routed.warnings:
                self.log.warning("%s", line)
            self.log.info("%s", came.summary)
            if came.problems:
                raise DocumentError(came.problems)
        return came.summary


def _between(context: Context) -> timedelta:
    """Return the time between two runs of a DAG, by the interval of this one."""
    run = context["dag_run"]
    if run.data_interval_start is None or run.data_interval_end is None:
        return LEAST
    return max(LEAST, run.data_interval_end - run.data_interval_start)
