from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.publication import AuditRecord, Commit, Publication
from airflow_dataops.core.reconciliation.account import State
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.usecases.reconcile import reconcile


class Shelf:
    """Zones in which everything is whole."""

    def fault(self, _: Landing) -> str:
        """Nothing is wrong."""
        return ""

    def rows(self, _: str) -> int | None:
        """There is no quarantine."""
        return None


class Shut:
    """Zones and a target that can't be reached."""

    uri = "/lake/orders"

    def fault(self, _: Landing) -> str:
        """Fail."""
        raise BrokenWorldError("the zones are shut")

    def counts(self) -> dict[str, int]:
        """Fail."""
        raise BrokenWorldError("the target is down")


class Table:
    """A target with one partition."""

    uri = "/lake/orders"

    def head(self, _) -> Commit:
        """One commit."""
        return Commit(version=1, content="c")

    def counts(self) -> dict[str, int]:
        """Two rows."""
        return {"2026-03-03": 2}


@pytest.fixture
def landing(batch, clock) -> Landing:
    """A raw copy that nothing was done with."""
    return Landing(
        batch=batch,
        origin="/drops/x.csv",
        uri="/raw/x",
        sha256="a",
        bytes=9,
        rows=2,
        dialect=Dialect(),
        landed_at=clock.now(),
        run_id="first",
    )


@pytest.fixture
def publication(batch, clock) -> Publication:
    """A version of the batch."""
    return Publication(
        batch=batch,
        version=1,
        content="c",
        rows=2,
        target="/lake/orders",
        contract="orders@1.0.0",
        manifest="a",
        run_id="first",
        at=clock.now(),
    )


def accounts(store, *products: str, team: str = "", stock=Shelf, target=Table):
    """The accounts of products, or of all."""
    named = products or ("",)
    return [
        account
        for product in named
        for account in reconcile(
            product, team=team, store=store, stock=lambda _: stock(), target=lambda _: target()
        )
    ]


def test_reconcile_takes_what_it_is_asked_for(landing, store) -> None:
    """One product, one team, or everything."""
    mill = replace(landing, batch=replace(landing.batch, team="mill"), sha256="b")
    returns = replace(landing, batch=replace(landing.batch, product="returns"), sha256="c")
    store.record(landing, mill, returns)

    def batches(*products: str, team: str = "") -> list[str]:
        return [f"{one.batch.team}/{one.batch.product}" for one in accounts(store, *products, team=team)]

    assert ["mill/orders", "shop/orders", "shop/returns"] == batches()
    assert ["mill/orders", "shop/orders"] == batches("orders")
    assert ["shop/orders", "shop/returns"] == batches(team="shop")
    assert [] == batches("nothing")


def test_each_place_that_is_shut_is_told(landing, publication, store) -> None:
    """One that can't be looked at hides no other, and none is a pass."""
    store.record(landing, publication)

    (found,) = accounts(store, stock=Shut, target=Shut)

    assert ("the zones are shut", "the target is down") == found.unknown
    # The store lacks the verdicts, and that is known whatever is shut.
    assert State.LEAK is found.state


def test_a_publication_that_only_the_audit_records_know(landing, publication, store) -> None:
    """The record of who published it gives it away."""
    record = AuditRecord(
        batch=landing.batch,
        action="publish",
        subject="version 1",
        who="orders first",
        why="it passed",
        at=publication.at,
    )
    store.record(landing, record)

    (found,) = accounts(store)

    assert ["an audit record says that it was published, and the store has no publication"] == [
        leak.what for leak in found.leaks
    ]


def test_a_store_that_can_not_be_read_is_no_empty_history() -> None:
    """Nothing is known then, and that is not nothing."""

    class Broken:
        def facts(self, *_, **__):
            raise BrokenWorldError("the store can't be read")

    with pytest.raises(BrokenWorldError):
        accounts(Broken())
