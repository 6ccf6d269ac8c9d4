"""Have a person say whether a batch is published, where a policy asks for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.policy import Action

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.staged import StagedBatch
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import PolicyActions
    from airflow_dataops.usecases.ports.store import Store

APPROVE, REJECT = "approve", "reject"
"""Actions of the audit trail: what a person said."""

SHOWN = 12
"""Characters of a digest that tell contents apart for people."""


def asked_for(batch: Batch, *, actions: PolicyActions) -> PolicyAction | None:
    """Return the policy that has a person say whether a batch is published; None where none is in force.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    return _in_force(Action.REQUIRE_APPROVAL, batch, actions=actions)


def blocked_by(batch: Batch, *, actions: PolicyActions) -> PolicyAction | None:
    """Return the policy that keeps a batch from being published, whatever a person says; or None.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    return _in_force(Action.BLOCK_PUBLISH, batch, actions=actions)


def _in_force(action: Action, batch: Batch, *, actions: PolicyActions) -> PolicyAction | None:
    found = actions.in_force(team=batch.team, product=batch.product)
    return next((one for one in found if one.action is action), None)


def approve(
    staged: StagedBatch, *, approved: bool, who: str, actions: PolicyActions, store: Store, clock: Clock
) -> AuditRecord:
    """Put what a person said into the audit trail, where `publish` looks for it.

    It is of the rows as they are: others of the same partition need another word.

    Args:
        staged: What it is about.
        approved: Whether it may be published.
        who: The person.
        actions: What is in force.
        store: Where the audit trail is.
        clock: Tells the time.

    Raises:
        BrokenWorldError: If the store can't be reached.
    """
    policy = asked_for(staged.landing.batch, actions=actions)
    record = AuditRecord(
        batch=staged.landing.batch,
        action=APPROVE if approved else REJECT,
        subject=_subject(staged, policy),
        who=who,
        why=policy.why if policy else "the budget is back in the meantime",
        at=clock.now(),
    )
    store.record(record)
    return record


def is_approved(staged: StagedBatch, policy: PolicyAction, *, store: Store) -> bool:
    """Say whether a person has approved these rows since a policy came into force.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    batch = staged.landing.batch
    known = store.facts(
        AuditRecord,
        team=batch.team,
        product=batch.product,
        dataset=batch.dataset,
        partition=batch.partition,
    )
    return (APPROVE, _subject(staged, policy)) in {(one.action, one.subject) for one in known}


def _subject(staged: StagedBatch, policy: PolicyAction | None) -> str:
    since = f", since {policy.since.isoformat()}" if policy else ""
    return f"content {staged.content[:SHOWN]}{since}"
