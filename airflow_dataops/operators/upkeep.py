"""What the operators that look after zones and tables have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.failure import failing_as_airflow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from airflow.sdk import Context

    from airflow_dataops.core.versions import Keeping
    from airflow_dataops.errors import DataOpsError


class UpkeepOperator(BaseOperator):
    """Looks after all zones or all tables that the store knows, and returns counts.

    One that can't be reached doesn't stop the others: the task fails when all else is done.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#eeeeee"

    def execute(self, context: Context) -> dict[str, Any]:
        """Return what was done.

        Raises:
            AirflowFailException: For a wrong setting: not tried again.
            AirflowException: For a broken world: tried again.
        """
        with failing_as_airflow():
            return self.work(context)

    def work(self, context: Context) -> dict[str, Any]:
        """Do it, and return what was done."""
        raise NotImplementedError

    def who(self, context: Context) -> str:
        """Return who does it, for the audit trail."""
        from airflow_dataops.bridge.attempt import run_of

        run = run_of(context)
        return f"{run.dag_id} {run.run_id}"

    def days(self, knob: str) -> timedelta:
        """Return how long something is kept; nothing where the knob is empty.

        Raises:
            SettingsError: If it is no number of days.
        """
        from datetime import timedelta

        from airflow_dataops.core.retention import age

        text = getattr(self, knob)
        return age(text, where=knob) if text else timedelta(0)

    def refuse(self, failed: Mapping[str, DataOpsError]) -> None:
        """Fail where something could not be done, after each is logged.

        Raises:
            DataOpsError: If something could not.
        """
        from airflow_dataops.usecases.upkeep.each_table import refuse_failed

        for place, error in failed.items():
            self.log.error("%s was left as it is: %s", place, error)
        refuse_failed(failed)


def keeping(newest: int | str, younger: timedelta) -> Keeping:
    """Return which versions are kept.

    Args:
        newest: So many of each partition; a text where a template field was rendered.
        younger: And those that are younger than this.

    Raises:
        SettingsError: If it is no whole number, or the newest one would not be kept.
    """
    from airflow_dataops.core.versions import Keeping
    from airflow_dataops.errors import SettingsError

    if not str(newest).isdecimal() or int(newest) < 1:
        hint = "The newest version of each partition always stays."
        raise SettingsError(
            f"it must be a whole number of at least 1, it is {newest}", where="keep_versions", hint=hint
        )
    return Keeping(int(newest), younger)
