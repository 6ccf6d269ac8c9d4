"""What a reconciliation reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.core.alerts.delivered import Delivered, delivered
from airflow_dataops.core.alerts.losses import losses, lost
from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.alerts.undone import reported
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.reconciliation.account import Account
from airflow_dataops.core.reconciliation.balance import Balance

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
THIRD = Where("shop", "orders", "2026-03-03")


def account(*, published: int | None = 100, visible: int | None = 100, **what) -> Account:
    """Return the account of a partition."""
    batch = Batch(
        team="shop", product="orders", dataset=what.pop("dataset", "orders"), partition="2026-03-03"
    )
    its = {"balance": None, "leaks": (), "unknown": (), **what}
    return Account(batch=batch, audited=100, published=published, visible=visible, **its)


@pytest.mark.parametrize(
    ("its", "text"),
    [
        (account(), ""),
        (account(visible=97), "readers see 97 of 100 published rows"),
        (account(visible=0), "readers see 0 of 100 published rows"),
        (account(visible=101), ""),
        (account(visible=None), ""),
        (account(published=None, visible=None), ""),
        (account(balance=Balance(landed=100, published=88)), "12 of 100 landed rows are nowhere"),
        (account(balance=Balance(landed=100, published=60, withheld=40)), ""),
        (account(balance=Balance(landed=100, published=101)), ""),
    ],
)
def test_rows_are_lost_that_readers_should_see_or_that_are_nowhere(its, text) -> None:
    """More than there should be are a leak, and no loss."""
    assert text == lost(its)


def test_a_loss_is_reported_once_until_it_is_another_or_is_found() -> None:
    """Each dataset of a partition by itself."""
    gone, items = account(visible=97), account(dataset="items")
    (first,) = losses([gone, items], [], at=NOW)
    assert (THIRD, Kind.LOST, "orders", False) == (first.where, first.kind, first.task_id, first.well)
    assert [] == list(losses([gone, items], [first], at=NOW + HOUR))
    (more,) = losses([account(visible=90)], [first], at=NOW + HOUR)
    assert "readers see 90 of 100 published rows" == more.text
    assert [] == list(losses([account(visible=None, unknown=("down",))], [more], at=NOW + HOUR))
    (found,) = losses([account()], [more], at=NOW + 2 * HOUR)
    assert found.well
    assert [] == list(losses([account()], [found], at=NOW + 3 * HOUR))
    assert 1 == len(list(losses([gone], [found], at=NOW + 3 * HOUR)))


def test_that_rows_are_found_ends_nothing_else_and_that_a_run_is_well_finds_none() -> None:
    """Each is taken back by its own."""
    (loss,) = losses([account(visible=97)], [], at=NOW)
    (found,) = losses([account()], [loss], at=NOW + HOUR)
    failed = Reported(where=THIRD, kind=Kind.FAILED, run_id="r", at=NOW)
    well = Reported(where=THIRD, kind=Kind.FAILED, run_id="r", at=NOW + HOUR, well=True)

    assert [Kind.FAILED] == [one.kind for one in reported([failed, found], Delivered())]
    assert [Kind.LOST] == [one.kind for one in reported([loss, well], Delivered())]


@pytest.mark.parametrize(("dataset", "over"), [("orders", True), ("items", False)])
def test_a_loss_of_a_dataset_ends_when_that_is_published(dataset, over) -> None:
    """And not when another one of the partition is."""
    (loss,) = losses([account(visible=97)], [], at=NOW)
    batch = Batch(team="shop", product="orders", dataset=dataset, partition="2026-03-03")
    found = list(reported([loss], delivered({batch: NOW + HOUR}, [])))
    assert ["orders"] * (not over) == [one.dataset for one in found]
