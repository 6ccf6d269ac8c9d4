"""Publish audited rows: one atomic commit in the target, then the store.

The commit order is that of docs/decisions/0001-batch.md: the target's commit is the truth, so a re-run that
finds its batch and content at the head commits nothing and finishes the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import COMMIT_CONTRACT, COMMIT_RUN
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.errors import BadDataError
from airflow_dataops.usecases.moment import moment

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.publication import Commit
    from airflow_dataops.core.staged import StagedBatch
    from airflow_dataops.usecases.ports import Clock, Store, Target

SHOWN = 12
"""Characters of a digest that tell contents apart for people."""


def publish(
    staged: StagedBatch,
    *,
    contract: Contract,
    dataset: Dataset,
    run: Run,
    target: Target,
    store: Store,
    clock: Clock,
) -> Publication:
    """Replace the batch's partition by its audited rows, and remember that.

    Returns:
        The publication: an earlier one where the same content is already the newest of its partition.

    Raises:
        BadDataError: If the contract is not the one that the rows were audited by, or the target's columns
            are not the dataset's.
        BrokenWorldError: If the target or the store can't be reached.
    """
    batch = staged.landing.batch
    if staged.contract != contract.fingerprint:
        raise BadDataError(
            "the contract was changed after the rows were audited, so they may not keep it",
            where=f"{batch} ({contract.reference}, {contract.place})",
            hint="Clear the run from `audit` on.",
        )
    commit = target.head(batch)
    if commit is None or commit.content != staged.content:
        labels = {COMMIT_RUN: run.run_id, COMMIT_CONTRACT: contract.reference}
        commit = target.publish(
            batch, Staged(staged.uri), dataset=dataset, content=staged.content, labels=labels
        )
    known = _remembered(batch, commit, store=store)
    if known is not None:
        return known
    publication = Publication(
        batch=batch,
        version=commit.version,
        content=commit.content,
        rows=staged.rows,
        target=target.uri,
        contract=contract.reference,
        manifest=staged.landing.sha256,
        run_id=run.run_id,
        at=moment(batch, store=store, clock=clock),
    )
    store.record(publication, _record_of(publication, run))
    return publication


def _remembered(batch: Batch, commit: Commit, *, store: Store) -> Publication | None:
    """Return the publication of a commit. A target that was dropped counts its versions from 1 again."""
    known = store.facts(
        Publication,
        team=batch.team,
        product=batch.product,
        dataset=batch.dataset,
        partition=batch.partition,
    )
    wanted = (commit.version, commit.content)
    return next((one for one in known if (one.version, one.content) == wanted), None)


def _record_of(publication: Publication, run: Run) -> AuditRecord:
    return AuditRecord(
        batch=publication.batch,
        action="publish",
        subject=f"version {publication.version}, content {publication.content[:SHOWN]}",
        who=f"{run.dag_id} {run.run_id}",
        why=f"the batch passed its audit against {publication.contract}",
        at=publication.at,
    )
