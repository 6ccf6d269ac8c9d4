"""Evaluate service levels, and do what policies ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.attempt import folder_of, run_of, team_of
from airflow_dataops.bridge.failure import failing_as_airflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from airflow_dataops.core.slo.declaration import Declaration


class EvaluateSlosOperator(BaseOperator):
    """Evaluate objectives against what was expected, whether or not anything ran; enforce and lift policies.

    It is incremental: it reads what is new. Several may run at once, and it may be killed at any point. The
    metrics of how objectives stand are sent by it. A budget that is spent doesn't fail it; it fails where
    something could not be evaluated, or a policy could not be enforced, after all else is done.

    Args:
        teams: Whose objectives; empty for every team's.
        products: Of which products; empty for all.
        definitions: A folder with OpenSLO files of DAGs that are no products of ours, which are declared
            first; relative to the folder of the DAG file. Empty for none.
        conn_id: The connection by which Airflow is acted on; empty for `[dataops] airflow_conn_id`. It is
            looked up only where a policy pauses a DAG or shrinks a pool.
    """

    template_fields: Sequence[str] = ("teams", "products", "definitions", "conn_id")
    ui_color = "#e8f1f5"

    def __init__(
        self,
        *,
        teams: Sequence[str] = (),
        products: Sequence[str] = (),
        definitions: str = "",
        conn_id: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.teams = list(teams)
        self.products = list(products)
        self.definitions = definitions
        self.conn_id = conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Return how many objectives stand how, and what policies did.

        Raises:
            AirflowFailException: For a wrong file or a wrong setting: not tried again.
            AirflowException: For a broken world: tried again.
        """
        from airflow_dataops.bridge.evaluating import evaluated, owners_of
        from airflow_dataops.usecases.upkeep.each_table import refuse_failed

        run = run_of(context)
        with failing_as_airflow():
            came = evaluated(
                who=f"{run.dag_id} {run.run_id}",
                owners=owners_of(self.teams, self.products),
                declarations=self._declared(context),
                conn_id=self.conn_id,
            )
            for line in came.warnings:
                self.log.warning("%s", line)
            for one in came.enforcement.enforced:
                self.log.warning("Did %s of %s: %s", one.action, one.subject, one.why)
            for one in came.enforcement.lifted:
                self.log.info("Lifted %s of %s", one.action, one.subject)
            for what, error in came.enforcement.failed.items():
                self.log.error("Could not do it: %s: %s", what, error)
            self.log.info("%s", came.summary)
            refuse_failed(came.enforcement.failed)
        return came.summary

    def _declared(self, context: Context) -> tuple[Declaration, ...]:
        """Return what the files of `definitions` declare.

        Raises:
            DocumentError: If one of them is wrong.
            SettingsError: If there is no such folder, or no file in it.
        """
        if not self.definitions:
            return ()
        from airflow_dataops.documents.declared import OPENSLO, watched
        from airflow_dataops.documents.yaml.text import listed
        from airflow_dataops.errors import SettingsError
        from airflow_dataops.wiring import clocks

        folder = folder_of(self) / self.definitions
        files = listed(folder, OPENSLO) if folder.is_dir() else ()
        if not files:
            raise SettingsError(
                "there is no OpenSLO file",
                where=str(folder),
                hint="`definitions` is a folder of files such as billing.openslo.yaml, beside the DAG file.",
            )
        found, warnings = watched(files, since=clocks.clock().now(), team=team_of(context))
        for warning in warnings:
            self.log.warning("%s", warning)
        return found
