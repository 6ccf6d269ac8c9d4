from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from airflow_dataops.errors import SettingsError
from airflow_dataops.store import schema
from airflow_dataops.store.revision import VERSION_TABLE, Standing

DAMAGE = {
    "no revision": (
        f"DELETE FROM {VERSION_TABLE}",  # noqa: S608 - a name of ours
        "dataops_verification and no revision: something emptied dataops_alembic_version. Restore",
    ),
    "no table of the revision": (
        f"DROP TABLE {VERSION_TABLE}",
        "dataops_verification and no revision: something emptied dataops_alembic_version. Restore",
    ),
    "no landings": (
        "DROP TABLE dataops_landing",
        r"says it has revision 0001, and lacks dataops_landing\. Restore",
    ),
    "columns gone": (
        "ALTER TABLE dataops_landing DROP COLUMN rows; ALTER TABLE dataops_outcome DROP COLUMN expected",
        r"says it has revision 0001, and lacks dataops_landing\.rows, dataops_outcome\.expected\. Restore",
    ),
}


@pytest.mark.parametrize(("how", "said"), DAMAGE.values(), ids=DAMAGE)
def test_a_store_with_parts_missing_is_refused(url, how, said) -> None:
    """A store that lost a part says which, whoever looks at it, and is left as it is."""
    file = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(how)
        before = list(connection.iterdump())

    for look in (schema.check, schema.migrate, lambda url: schema.downgrade(url, "base")):
        with pytest.raises(SettingsError, match=said):
            look(url)
    with closing(sqlite3.connect(file)) as connection:
        assert before == list(connection.iterdump())


def test_tables_of_others_are_none_of_ours(tmp_path) -> None:
    """A database may hold other tables, and a newer store may have others than ours."""
    file = tmp_path / "store.db"
    url = f"sqlite:///{file}"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE customers (id TEXT); CREATE TABLE dataops_mine (id TEXT)")

    assert (None, "0001") == schema.migrate(url)
    assert Standing.CURRENT is schema.check(url).standing
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            f"UPDATE {VERSION_TABLE} SET version_num = '0999'; DROP TABLE dataops_landing"  # noqa: S608
        )
    assert Standing.AHEAD is schema.check(url).standing
