"""`@task.pandera`: a function that returns a frame, whose rows are judged by a pandera schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.decorator import DecoratedOperator, determine_kwargs, task_decorator_factory

from airflow_dataops.bridge.attempt import batch_of, run_of
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core.checks.breach import measured
from airflow_dataops.core.rows.relation import Split
from airflow_dataops.core.verification import blocks
from airflow_dataops.errors import BadDataError, SettingsError
from airflow_dataops.operators.verify import share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow.sdk import Context
    from airflow.sdk.bases.decorator import TaskDecorator

    from airflow_dataops.core.batch import Batch

ON_BAD = {"quarantine": 1, "fail": 0}
"""What to do about bad rows -> the share of them that is let through to the quarantine."""


class PanderaDecoratedOperator(DecoratedOperator):
    """Call a function, and part the rows of the frame that it returns.

    What goes on is no frame but a place: `{"uri": …, "rows": …, "bad": …, "quarantine": …, "rules": {…}}`.

    Args:
        python_callable: The function; it returns a DataFrame of the schema's library.
        schema: A model or a schema object of pandera; or `module:Object`, a module beside the DAG file or one
            that can be imported.
        on_bad: `quarantine` lets the good rows go on; `fail` fails the task where there is a bad one. Rules
            that name no row fail it either way.
        partition: What the rows are of; empty means the run's partition key, or else its data interval, or
            else its id.
    """

    template_fields: Sequence[str] = (*DecoratedOperator.template_fields, "on_bad", "partition")
    custom_operator_name: str = "@task.pandera"
    ui_color = "#e8f1f5"

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        schema: object,
        on_bad: str = "quarantine",
        partition: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(python_callable=python_callable, **kwargs)
        self.schema = schema
        self.on_bad = on_bad
        self.partition = partition

    def execute(self, context: Context) -> dict[str, Any]:
        """Return where the good rows are, and how many rows broke what.

        Raises:
            AirflowFailException: For bad data, and what could not be evaluated: not tried again.
            AirflowException: For a broken world: tried again.
        """
        kwargs = determine_kwargs(self.python_callable, self.op_args, {**context, **self.op_kwargs})
        frame = self.python_callable(*self.op_args, **kwargs)
        with failing_as_airflow():
            return self._part(frame, context)

    def _part(self, frame: object, context: Context) -> dict[str, Any]:
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.batches.part import verdicts
        from airflow_dataops.wiring import engines, zoning

        if self.on_bad not in ON_BAD:
            raise SettingsError(f"`on_bad` can't be `{self.on_bad}`", hint=f"Use one of {', '.join(ON_BAD)}.")
        run, zones, batch = run_of(context), zoning.local_zones(settings()), self._batch(context)
        split = Split(zones.staging(batch, run, "frame"), zones.rejected(batch, run.segment))
        schema, name = self._schema()
        parted = engines.parter().part_frame(frame, schema, place=name, split=split)
        outcomes = verdicts(name, measured(parted.breaches, checked=parted.rows))
        lines = blocks(outcomes, rows=parted.rows, bad=parted.bad, ceiling=share(ON_BAD[self.on_bad]))
        quarantine = split.bad if parted.bad else ""
        if lines:
            where = f"{batch}, the bad rows in {quarantine}" if quarantine else str(batch)
            raise BadDataError(
                "; ".join(lines), where=where, hint="Mend the rows or the schema, then clear it."
            )
        self.log.info("%s good and %s bad of %s rows", parted.good, parted.bad, parted.rows)
        rules = {found.finding.rule: found.finding.failing for found in parted.breaches}
        return {
            "uri": split.good,
            "rows": parted.good,
            "bad": parted.bad,
            "quarantine": quarantine,
            "rules": rules,
        }

    def _batch(self, context: Context) -> Batch:
        return batch_of(
            context,
            product=str(self.dag_id),
            dataset=str(self.task_id),
            partition=self.partition,
            undated=True,
        )

    def _schema(self) -> tuple[object, str]:
        """Return the schema, and what it is called."""
        if not isinstance(self.schema, str):
            named = getattr(self.schema, "__name__", None) or getattr(self.schema, "name", None)
            return self.schema, str(named or type(self.schema).__name__)
        from airflow_dataops.documents.implementation import located
        from airflow_dataops.engines.pandera.finding import find

        place = located(self.schema, Path(self.dag.fileloc).parent)
        return find(place), place


def pandera_task(
    python_callable: Callable[..., Any] | None = None,
    multiple_outputs: bool | None = None,  # noqa: FBT001 - as Airflow hands it over
    **kwargs: Any,
) -> TaskDecorator:
    """Wrap a function into a task that parts the rows of the frame which the function returns.

    Args:
        python_callable: The function.
        multiple_outputs: Whether each key of what goes on is an XCom of its own.
        kwargs: `schema`, `on_bad`, `partition`, and what every task takes.
    """
    return task_decorator_factory(
        python_callable=python_callable,
        multiple_outputs=multiple_outputs,
        decorated_operator_class=PanderaDecoratedOperator,
        **kwargs,
    )
