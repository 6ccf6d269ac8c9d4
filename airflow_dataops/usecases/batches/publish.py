"""Publish audited rows: one atomic commit in the target, then the store.

The commit order is that of docs/decisions/0001-batch.md: the target's commit is the truth, so a re-run that
finds its batch and content at the head commits nothing and finishes the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import COMMIT_CONTRACT, COMMIT_RUN
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.core.slo.observation import of_publication
from airflow_dataops.core.slo.policy import Action
from airflow_dataops.errors import BadDataError, SettingsError, WithheldError
from airflow_dataops.usecases.batches.approve import is_approved
from airflow_dataops.usecases.levels.moment import moment

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.publication import Commit
    from airflow_dataops.core.staged import StagedBatch
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import PolicyActions
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.target import Target

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
    actions: PolicyActions | None = None,
) -> Publication:
    """Replace the batch's partition by its audited rows, and remember that.

    Policies are asked before anything is committed. What an earlier try has committed is remembered, though a
    policy has come into force since.

    How fresh the batch is, and how long it took, is recorded in the transaction of the publication: where
    `announce` is killed, that isn't lost. What an earlier try has committed could be read since then.

    Returns:
        The publication: an earlier one where the same content is already the newest of its partition.

    Raises:
        BadDataError: If the contract is not the one that the rows were audited by, or the target's columns
            are not the dataset's.
        BrokenWorldError: If the target or the store can't be reached.
        SettingsError: If the rows were not audited.
        WithheldError: If a policy blocks what the product publishes, or has a person approve it who hasn't.
    """
    batch = staged.landing.batch
    if staged.contract != contract.fingerprint:
        raise BadDataError(
            "the contract was changed after the rows were audited, so they may not keep it",
            where=f"{batch} ({contract.reference}, {contract.place})",
            hint="Clear the run from `audit` on.",
        )
    if not staged.content:
        raise SettingsError(
            "the rows were not audited, and only what is audited is published",
            where=str(batch),
            hint="Have an `AuditOperator` judge them, and publish what it returns.",
        )
    commit = target.head(batch)
    if commit is None or commit.content != staged.content:
        if actions is not None:
            _refuse_withheld(staged, actions=actions, store=store)
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
        # Readers have it since an earlier try committed it, though that could not be remembered.
        at=moment(batch, store=store, clock=clock, since=commit.at),
    )
    seen = of_publication(publication, landing=staged.landing, end=run.interval_end)
    store.record(publication, *seen, _record_of(publication, run))
    return publication


def _refuse_withheld(staged: StagedBatch, *, actions: PolicyActions, store: Store) -> None:
    """Refuse a batch of a product whose budget is too low to publish more, or not without a person's word.

    Raises:
        WithheldError: If a policy says so.
    """
    batch = staged.landing.batch
    for one in actions.in_force(team=batch.team, product=batch.product):
        since = f"is in force since {one.since.isoformat(timespec='seconds')}: {one.why}"
        if one.action is Action.BLOCK_PUBLISH:
            raise WithheldError(
                f"the policy `{one.action}` {since}",
                where=str(batch),
                hint="Clear the task when the budget is back; or take the policy out of the pipeline file, or"
                " lower its `below`, have the service levels evaluated, and clear the task.",
            )
        if one.action is Action.REQUIRE_APPROVAL and not is_approved(staged, one, store=store):
            raise WithheldError(
                f"the policy `{one.action}` {since}; and nobody has approved these rows",
                where=str(batch),
                hint="Clear the run from `approve` on; a DAG of your own needs an `approve` task between"
                " `audit` and `publish`.",
            )


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
