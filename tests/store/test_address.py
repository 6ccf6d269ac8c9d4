from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store.address import address, open_engine, speaking_of


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////srv/store.db", "sqlite:////srv/store.db"),
        ("sqlite:////srv/store.db?timeout=5", "sqlite:////srv/store.db"),
        ("postgresql+psycopg://u:zq7@h:5432/d", "postgresql+psycopg://u:***@h:5432/d"),
        ("postgresql+psycopg://u@h/d?password=zq7&sslpassword=zq7", "postgresql+psycopg://u@h/d"),
    ],
)
def test_an_address_shows_no_secret(url, shown) -> None:
    """Messages show where the store is, and neither its password nor its options, which may hold one."""
    assert shown == str(address(url))
    assert "zq7" not in repr(address(url))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "zq7",
        "nosuch://u:zq7@h/d",
        "postgresql://u:zq7@h:zq7/d",
        "postgresql+nosuch://u:zq7@h/d",
        "mysql://u:zq7@h/d",
        "postgresql+asyncpg://u:zq7@h/d",
        "sqlite+aiosqlite:////srv/zq.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:/srv/store.db?uri=true",
    ],
)
def test_an_url_that_holds_no_store_is_refused(url) -> None:
    """A wrong setting must be named with its option, in one line, without the password that stands in it."""
    with pytest.raises(SettingsError) as caught:
        open_engine(address(url))
    message = str(caught.value)

    assert message.startswith("[dataops] sql_alchemy_conn: ")
    assert "zq7" not in message
    assert caught.value.hint


def test_a_driver_that_is_not_installed_is_named(monkeypatch) -> None:
    """A URL that is right but has no driver must say which extra brings one."""
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(
        SettingsError, match=r"is not installed\. Install airflow-provider-dataops\[postgres\]"
    ):
        open_engine(address("postgresql+psycopg2://u:zq7@h/d"))


def test_a_sqlite_store_is_a_file() -> None:
    """A SQLite URL names a file; a server's does not."""
    found = [address(url).file for url in ("sqlite:////srv/store.db", "postgresql+psycopg://h/d")]

    assert [Path("/srv/store.db"), None] == found


def test_sqlite_keeps_foreign_keys_unless_told_not_to(tmp_path) -> None:
    """An outcome without its verification must not be, except while a migration rebuilds tables."""
    place = address(f"sqlite:///{tmp_path / 'store.db'}")
    seen = []
    for wanted in (True, False):
        with open_engine(place, foreign_keys=wanted).connect() as connection:
            seen.append(connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one())

    assert [1, 0] == seen


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        ("28P01", SettingsError, "Check the user and the password"),
        ("3D000", SettingsError, "Make the database"),
        ("3F000", SettingsError, "Make the schema"),
        ("42501", SettingsError, "Grant the role the rights"),
        ("54000", SettingsError, "Use shorter names"),
        ("40P01", BrokenWorldError, "Check that it can be reached"),
        ("53300", BrokenWorldError, "Check that it can be reached"),
        ("57P01", BrokenWorldError, "Check that it can be reached"),
        (None, BrokenWorldError, "Check that its server runs"),
    ],
)
def test_a_code_says_whether_another_try_may_heal(code, kind, hint) -> None:
    """What people must mend is theirs, what passes is the world's; the database's words stay behind."""
    place = address("postgresql+psycopg://u:zq7@h/d")
    cause = psycopg.Error("zq7token in a row")
    cause.sqlstate = code
    with pytest.raises(kind) as caught, speaking_of(place, "written"):
        raise DBAPIError("zq7token", {}, cause)

    assert str(caught.value).startswith(f"the store at {place} could not be written (Error")
    assert hint in str(caught.value)
    assert "zq7" not in str(caught.value)
