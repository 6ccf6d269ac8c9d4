from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from airflow_dataops.cli import database
from airflow_dataops.errors import SettingsError


@pytest.fixture
def url(tmp_path) -> str:
    """A store that nobody has made yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


def test_each_command_says_what_it_did_in_one_line(url) -> None:
    """A person must read where the store is, where it came from and where it is now."""
    lines = [
        database.migrate(url),
        database.migrate(url),
        database.check(url),
        database.downgrade(url, "base"),
        database.downgrade(url, "base"),
    ]

    assert [
        f"store at {url} migrated from nothing to 0001",
        f"store at {url} stays at 0001",
        f"store at {url} is current: 0001",
        f"store at {url} downgraded from 0001 to nothing",
        f"store at {url} stays at nothing",
    ] == lines


def test_check_fails_without_a_schema(url) -> None:
    """A store that is not there is not current."""
    with pytest.raises(SettingsError, match=r"has no schema\. Run `airflow dataops db migrate`"):
        database.check(url)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("0000", "is behind: it has 0000, this version 0001. Run `airflow dataops db migrate`."),
        ("0999", "is ahead: it has 0999, this version 0001. Upgrade airflow-provider-dataops"),
    ],
)
def test_check_fails_with_another_revision(url, tmp_path, found, message) -> None:
    """A store that is behind or ahead must be told from a current one, with what to do about it."""
    database.migrate(url)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("UPDATE dataops_alembic_version SET version_num = ?", (found,))
        connection.commit()

    with pytest.raises(SettingsError) as caught:
        database.check(url)
    assert message in str(caught.value)
