"""Rows that a team has somewhere, held against a contract: for operators and sensors alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops import wiring
from airflow_dataops.bridge.hooks import warehouse
from airflow_dataops.bridge.rows import made, scratch_of
from airflow_dataops.bridge.settings import settings
from airflow_dataops.core.batch import segment
from airflow_dataops.core.drop_path import PARTITION
from airflow_dataops.core.rows.others import others
from airflow_dataops.core.rows.relation import Split
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.check import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.bridge.rows import Rows
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.verification import Verification


def checked(
    rows: Rows,
    *,
    contract: Contract,
    dataset: Dataset,
    selection: Selection,
    batch: Batch,
    run: Run,
    name: str,
    lookups: Mapping[str, str],
    scheduled: bool,
    quarantine: str = "",
) -> Verification:
    """Return the verdict on rows, which is not recorded yet.

    Args:
        rows: Where they are.
        contract: What was promised.
        dataset: Of which of its datasets.
        selection: Which rules are asked for.
        batch: What the rows are of.
        run: The attempt.
        name: What the task is called that asks.
        lookups: What a dataset is called that rules look at besides -> where its table is.
        scheduled: Whether this is the time of rules that have a schedule of their own.
        quarantine: The Parquet file of the bad rows of files, `{partition}` in it for the partition's label;
            empty for none.

    Raises:
        SettingsError: If something is named that isn't there.
        NotEvaluatedError: If the rows can't be judged at all.
        BrokenWorldError: If they or the store can't be reached, or files changed meanwhile.
    """
    if quarantine and rows.table:
        raise SettingsError(
            "bad rows of a table have no quarantine: they stay where they are",
            where=rows.table,
            hint="Leave `quarantine` out; or make a product of the table, whose batches have one.",
        )
    at, database = settings(), rows.warehouse()
    with scratch_of(at, name) as scratch, rows.opened(batch, scratch=scratch) as relation:
        return check(
            relation,
            contract=contract,
            dataset=dataset,
            selection=selection,
            batch=batch,
            split=_split(quarantine.replace(PARTITION, segment(batch.partition)), scratch),
            others=replace(others(contract, dataset, lookups=lookups), whole=rows.whole),
            scheduled=scheduled,
            run=run,
            engine=wiring.engine(at, database, database=warehouse),
            store=wiring.store(at),
            clock=wiring.clock(),
        )


def _split(quarantine: str, scratch: Path) -> Split | None:
    if not quarantine:
        return None
    place = Path(quarantine).absolute()
    made(place.parent)
    return Split(str(made(scratch) / "good.parquet"), str(place))
