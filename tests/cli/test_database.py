from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from airflow_dataops.cli import database
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.errors import SettingsError
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.wiring.settings import Settings


@pytest.fixture
def url(store_url) -> str:
    """A store that nobody has made yet, on each server."""
    return store_url


def test_each_command_says_what_it_did_in_one_line(url) -> None:
    """A person must read where the store is, where it came from and where it is now."""
    shown = url.partition("?")[0]
    lines = [
        database.migrate(url),
        database.migrate(url),
        database.check(url),
        database.downgrade(url, "0001"),
        database.downgrade(url, "base"),
        database.downgrade(url, "base"),
    ]

    assert [
        f"store at {shown} migrated from nothing to 0005",
        f"store at {shown} stays at 0005",
        f"store at {shown} is current: 0005",
        f"store at {shown} downgraded from 0005 to 0001",
        f"store at {shown} downgraded from 0001 to nothing",
        f"store at {shown} stays at nothing",
    ] == lines


def test_check_fails_without_a_schema(url) -> None:
    """A store that is not there is not current."""
    with pytest.raises(SettingsError, match=r"has no schema\. Run `airflow dataops db migrate`"):
        database.check(url)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("0000", "is behind: it has 0000, this version 0005. Run `airflow dataops db migrate`."),
        ("0999", "is ahead: it has 0999, this version 0005. Upgrade airflow-provider-dataops"),
    ],
)
def test_check_fails_with_another_revision(url, found, message) -> None:
    """A store that is behind or ahead must be told from a current one, with what to do about it."""
    database.migrate(url)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE dataops_alembic_version SET version_num = :it"), {"it": found})

    with pytest.raises(SettingsError) as caught:
        database.check(url)
    assert message in str(caught.value)


def test_check_says_that_the_store_before_goes_on_working(url) -> None:
    """A store that is one revision behind is no reason to stop, and must be told from a current one."""
    database.migrate(url)
    database.downgrade(url, "0004")

    with pytest.raises(SettingsError, match="is behind: it has 0004, this version 0005"):
        database.check(url)


def test_clean_shows_the_counts_of_each_kind(url) -> None:
    """A person must read what went, kind by kind, and that audit records were left alone."""
    database.migrate(url)
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    old = datetime.now(UTC) - timedelta(days=200)
    SqlStore(url).record(
        SliEvent(batch=batch, sli=Sli.FRESHNESS, good=1, total=1, value=None, at=old),
        AuditRecord(batch=batch, action="publish", subject="version 1", who="w", why="y", at=old),
    )
    settings = Settings(store_url=url, zones_path="", lake_path="")

    counted, _ = database.clean(settings, "180d", audit_records=True, dry_run=True)
    gone, _ = database.clean(settings, "180d", audit_records=False, dry_run=False)

    shown = url.partition("?")[0]
    assert [
        f"store at {shown}: of what is older than 180d would go",
        "  landings                 0",
        "  verifications            0",
        "  publications             0",
        "  sli events               1",
        "  observations             0",
        "  runs                     0",
        "  incidents                0",
        "  notifications            0",
        "  alert logs               0",
        "  silences                 0",
        "  reports                  0",
        "  audit records            1",
    ] == counted.splitlines()
    assert [
        f"store at {shown}: of what is older than 180d went",
        "  landings                 0",
        "  verifications            0",
        "  publications             0",
        "  sli events               1",
        "  observations             0",
        "  runs                     0",
        "  incidents                0",
        "  notifications            0",
        "  alert logs               0",
        "  silences                 0",
        "  reports                  0",
    ] == gone.splitlines()
