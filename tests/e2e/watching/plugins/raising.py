"""A plugin of somebody else, whose listener raises whatever it hears."""

from __future__ import annotations

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin


class RaisingListener:
    """Raises. Airflow logs that, and calls none of the listeners after it."""

    @hookimpl
    def on_starting(self, component: object) -> None:
        """Raise when one of Airflow's programs or a task starts."""
        raise RuntimeError(f"{component}")

    @hookimpl
    def on_dag_run_success(self, dag_run: object, msg: str) -> None:  # noqa: ARG002 - Airflow's hook has it
        """Raise when a run succeeds."""
        raise RuntimeError(msg)

    @hookimpl
    def on_dag_run_failed(self, dag_run: object, msg: str) -> None:  # noqa: ARG002 - as above
        """Raise when a run fails."""
        raise RuntimeError(msg)

    @hookimpl
    def on_task_instance_running(self, previous_state: object, task_instance: object) -> None:
        """Raise when a task begins."""
        raise RuntimeError(f"{previous_state} {task_instance}")

    @hookimpl
    def on_task_instance_failed(self, previous_state: object, task_instance: object, error: object) -> None:
        """Raise when a task fails."""
        raise RuntimeError(f"{previous_state} {task_instance} {error}")


class RaisingPlugin(AirflowPlugin):
    """Brings the listener."""

    name = "raising"
    listeners = [RaisingListener()]  # noqa: RUF012 - as Airflow has it
