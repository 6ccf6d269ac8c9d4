"""Rows that a team has somewhere, held against a contract: for operators and sensors alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.bridge.hooks import warehouse
from airflow_dataops.bridge.scratch import made, scratch_of
from airflow_dataops.bridge.settings import settings
from airflow_dataops.core.batch import segment
from airflow_dataops.core.drop_path import PARTITION
from airflow_dataops.core.rows.others import others
from airflow_dataops.core.rows.relation import Landed, Split
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.contracts.check import check
from airflow_dataops.wiring import clocks, databases, engines, handouts, stores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.bridge.rows import Rows
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.warehouse.database import Database
    from airflow_dataops.warehouse.postgres import Warehouse


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
    good: str = "",
    keys: int = 0,
) -> tuple[Verification, FailingRows | None]:
    """Return the verdict on rows, which is not recorded yet, and beside it which rows broke a rule.

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
        quarantine: The Parquet file of the bad rows of files; or of a table, the table of the same database
            that gets its bad rows. `{partition}` in it stands for the partition's label. Empty for none.
        good: Of a table, the table that gets its good rows, named alike; empty for none.
        keys: How many of the rows that broke a rule are named, at most; 0 for none.

    Raises:
        SettingsError: If something is named that isn't there.
        NotEvaluatedError: If the rows can't be judged at all.
        BrokenWorldError: If they or the store can't be reached, or files changed meanwhile.
    """
    _check(rows, quarantine=quarantine, good=good)
    at, database = settings(), rows.database()
    with scratch_of(at, name) as scratch, rows.opened(batch, scratch=scratch) as relation:
        return check(
            relation,
            contract=contract,
            dataset=dataset,
            selection=selection,
            batch=batch,
            split=_split(
                *(text.replace(PARTITION, segment(batch.partition)) for text in (quarantine, good)),
                database=database,
                scratch=scratch,
                spared=tuple(part.uri for part in relation.parts) if isinstance(relation, Landed) else (),
            ),
            others=replace(
                others(contract, dataset, lookups=_addressed(lookups, database)), whole=rows.whole
            ),
            scheduled=scheduled,
            keys=keys,
            run=run,
            engine=engines.engine(at, database, database=warehouse),
            store=stores.store(at),
            clock=clocks.clock(),
        )


def _addressed(lookups: Mapping[str, str], database: Warehouse | Database | None) -> Mapping[str, str]:
    """Return where the tables of others are, whatever database it is that is named by its connection."""
    if database is None:
        return lookups
    named = (
        f"postgres://{database.conn_id}/"  # a connection and a table are an address, before it is looked up
    )
    return {
        name: at.replace(named, database.root, 1) if at.startswith(named) else at
        for name, at in lookups.items()
    }


def _check(rows: Rows, *, quarantine: str, good: str) -> None:
    """Refuse halves of which one alone makes no sense.

    Raises:
        SettingsError: If it is so.
    """
    if good and not rows.table:
        raise SettingsError(
            "good rows of files are not written: they stay where they are",
            where=good,
            hint="Leave `good` out; or make a product of the files, whose batches have good rows.",
        )
    if good and not quarantine:
        raise SettingsError(
            "the rows are parted into good and bad ones, and nothing says where the bad ones go",
            where=good,
            hint="Name a table for them: `quarantine`.",
        )


def _split(
    quarantine: str,
    good: str,
    *,
    database: Warehouse | Database | None,
    scratch: Path,
    spared: tuple[str, ...],
) -> Split | None:
    """Return where the halves go; None where nothing is named.

    Raises:
        SettingsError: If it is no table, or a file lies there that no earlier run wrote.
        BrokenWorldError: If its folder can't be made.
    """
    if not quarantine:
        return None
    if database is not None:
        named = databases.address(database, good) if good else ""
        return Split(named, databases.address(database, quarantine), digest=False)
    place = Path(quarantine).absolute()
    handouts.check_bad_rows(str(place), spared=spared)
    made(place.parent)
    return Split(str(made(scratch) / "good.parquet"), str(place), digest=False)
