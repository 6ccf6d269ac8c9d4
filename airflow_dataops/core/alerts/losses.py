"""What a reconciliation reports as lost, and that it isn't any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.reconciliation.account import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from airflow_dataops.core.reconciliation.account import Account

RECONCILE = "reconcile"
"""Stands for the run that reports it."""


def losses(accounts: Iterable[Account], known: Iterable[Reported], *, at: datetime) -> Iterator[Reported]:
    """Yield what is lost and isn't reported yet, and what is reported to be lost and isn't any more.

    Args:
        accounts: What a reconciliation came to.
        known: What was reported, oldest first.
        at: The instant, aware.
    """
    before = {(one.where, one.task_id): one for one in known if one.run_id == RECONCILE}
    for account in accounts:
        where = Where(account.batch.team, account.batch.product, account.batch.partition)
        dataset = account.batch.dataset
        old = before.get((where, dataset))
        text = lost(account)
        # Where something could not be looked at, nothing is taken back.
        well = not text and account.state is not State.NOT_EVALUATED and old is not None and not old.well
        if well or (text and (old is None or old.well or old.text != text)):
            yield Reported(
                where=where, kind=Kind.LOST, run_id=RECONCILE, task_id=dataset, text=text, at=at, well=well
            )


def lost(account: Account) -> str:
    """Return how many rows of a partition are lost, in words; empty where none are."""
    published, visible = account.published, account.visible
    if published is not None and visible is not None and visible < published:
        return f"readers see {visible} of {published} published rows"
    if account.balance is not None and account.balance.lost > 0:
        return f"{account.balance.lost} of {account.balance.landed} landed rows are nowhere"
    return ""
