"""`@task.contract`: a function that returns a frame, whose rows are held against a contract."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.decorator import DecoratedOperator, determine_kwargs, task_decorator_factory

from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.others import others
from airflow_dataops.core.rows.relation import Split
from airflow_dataops.core.verification import judged
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.verdict import VerdictOperator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow.sdk import Context
    from airflow.sdk.bases.decorator import TaskDecorator

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.lineage import DatasetRef
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.core.verification import Verification

ON_BAD = {"quarantine": Fraction(1), "fail": Fraction(0)}
"""What to do about bad rows -> the share of them that is let through to the quarantine."""


class ContractDecoratedOperator(DecoratedOperator, VerdictOperator):
    """Call a function, and judge the rows of the frame that it returns.

    What goes on is no frame but a place, `uri`, and the summary of the verdict: the good rows, with the
    contract's columns and types, in its order. There is none where no row could be judged.

    Args:
        python_callable: The function; it returns a DataFrame of polars or pandas.
        on_bad: `quarantine` lets the good rows go on; `fail` fails the task where there is a bad one. Rules
            that name no row fail it either way.
        kwargs: `contract`, `dataset`, `rules`, `dimensions`, `fail_on`, and what else `VerdictOperator` and
            every decorated task takes.
    """

    template_fields: Sequence[str] = (
        *DecoratedOperator.template_fields,
        *VerdictOperator.template_fields,
        "on_bad",
    )
    custom_operator_name: str = "@task.contract"

    def __init__(
        self, *, python_callable: Callable[..., Any], on_bad: str = "quarantine", **kwargs: Any
    ) -> None:
        super().__init__(python_callable=python_callable, **kwargs)
        self.on_bad = on_bad
        self.good = ""

    def work(self, context: Context) -> Ticket:
        """Return where the good rows are, and the summary of the verdict."""
        if self.on_bad not in ON_BAD:
            raise SettingsError(f"`on_bad` can't be `{self.on_bad}`", hint=f"Use one of {', '.join(ON_BAD)}.")
        summary = super().work(context)
        return {"uri": self.good, **summary}

    def judge(
        self, context: Context, *, contract: Contract, dataset: Dataset, batch: Batch, run: Run
    ) -> tuple[Verification, FailingRows | None]:
        """Return the verdict on the frame, and which of its rows broke a rule."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.contracts.check import check
        from airflow_dataops.wiring import clocks, engines, relations, stores, zoning

        kwargs = determine_kwargs(self.python_callable, self.op_args, {**context, **self.op_kwargs})
        frame = self.python_callable(*self.op_args, **kwargs)
        at = settings()
        zones = zoning.local_zones(at)
        split = Split(
            zones.staging(batch, run, f"{Stage.CHECK}.{self.task_id}"),
            zones.rejected(batch, f"{run.segment}.{self.task_id}"),
        )
        found, failing = check(
            relations.framed(frame, name=self.origin(batch)),
            contract=contract,
            dataset=dataset,
            selection=self.selection(),
            batch=batch,
            split=split,
            others=others(contract, dataset, lookups=self.lookups),
            scheduled=self.scheduled,
            ceiling=ON_BAD[self.on_bad],
            keys=self.most_named(),
            run=run,
            engine=engines.engine(at, database=warehouse),
            store=stores.store(at),
            clock=clocks.clock(),
        )
        self.good = split.good if judged(found) else ""
        return found, failing

    def origin(self, batch: Batch) -> str:  # noqa: ARG002 - a frame has no place of its own
        """Return what the frame is called in messages."""
        return f"the frame of {self.task_id}"

    def read(self, found: Verification, dataset: Dataset) -> tuple[DatasetRef, ...]:
        """Return the frame's good rows: a frame has no name, so the verdict is told of what becomes of it."""
        from airflow_dataops.bridge.zones import zone_dataset

        return (
            zone_dataset(
                "staging",
                found.batch,
                stage=Stage.CHECK,
                columns=dataset.columns,
                outcomes=found.outcomes,
                rows=found.rows,
            ),
        )


def contract_task(
    python_callable: Callable[..., Any] | None = None,
    multiple_outputs: bool | None = None,  # noqa: FBT001 - as Airflow hands it over
    **kwargs: Any,
) -> TaskDecorator:
    """Wrap a function into a task that holds the frame which the function returns against a contract.

    Args:
        python_callable: The function.
        multiple_outputs: Whether each key of what goes on is an XCom of its own.
        kwargs: `contract`, `dataset`, `on_bad`, `rules`, `dimensions`, `fail_on`, and what every task takes.
    """
    return task_decorator_factory(
        python_callable=python_callable,
        multiple_outputs=multiple_outputs,
        decorated_operator_class=ContractDecoratedOperator,
        **kwargs,
    )
