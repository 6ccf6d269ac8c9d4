"""Retiring a product, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.newest import newest
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.errors import SettingsError
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.levels.retire import retire

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def declaration(
    product: str, *, team: str = "shop", since: datetime = NOW - timedelta(days=9)
) -> Declaration:
    """Return what a daily product declares."""
    return Declaration(
        team=team,
        product=product,
        dataset=product,
        expectation=Expectation(schedule="@daily"),
        objectives=(Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction(9, 10)),),
        since=since,
    )


@pytest.fixture
def levels(store_url) -> SqlServiceLevels:
    """A store in which two products are declared."""
    migrate(store_url)
    levels = SqlServiceLevels(store_url)
    levels.declare(declaration("orders"), declaration("refunds"))
    return levels


@pytest.fixture
def retired(levels, store_url):
    """Retire a product at an instant."""

    def do(product="orders", *, at=NOW, **what):
        said = {"who": "ada", "why": "replaced", **what}
        return retire(product, levels=levels, store=SqlStore(store_url), clock=FrozenClock(at), **said)

    return do


def test_nothing_is_expected_of_it_any_more_and_all_of_the_other(levels, retired, store_url) -> None:
    """Who said so, and why, is in the audit trail."""
    retired()

    now = newest(levels.declared(), NOW + timedelta(minutes=1))
    its = now["shop", "orders"]
    assert (False, (), True) == (its.expectation.known, its.objectives, its.retired)
    assert not now["shop", "refunds"].retired
    (record,) = SqlStore(store_url).facts(AuditRecord)
    assert ("slo.retire", "ada", "replaced") == (record.action, record.who, record.why)
    assert not levels.stamps()["shop", "orders"].promises


def test_it_is_declared_again_where_its_dag_is_built_again(levels, retired) -> None:
    """What it says then holds."""
    retired()
    levels.declare(declaration("orders", since=NOW + timedelta(days=1)))

    assert not newest(levels.declared(), NOW + timedelta(days=2))["shop", "orders"].retired


@pytest.mark.parametrize(
    ("product", "team", "said"),
    [
        ("order", "", r"nothing is declared of \*/order"),
        ("orders", "web", "nothing is declared of web/orders"),
    ],
)
def test_what_there_is_not_is_not_retired(retired, product, team, said) -> None:
    """A slip would leave the other one expected, in silence."""
    with pytest.raises(SettingsError, match=said):
        retired(product, team=team)


def test_it_is_retired_once(retired) -> None:
    """A second time says since when it is."""
    retired()

    with pytest.raises(SettingsError, match="is retired since 2026-03-04"):
        retired(at=NOW + timedelta(hours=1))


def test_of_two_teams_one_is_named(levels, retired) -> None:
    """Both have a product of that name."""
    levels.declare(declaration("orders", team="web"))

    with pytest.raises(SettingsError, match="several teams have a product `orders`: shop, web"):
        retired()
    assert "web" == retired(team="web").team
