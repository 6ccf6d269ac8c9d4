from __future__ import annotations

import pytest

from airflow_dataops.errors import SettingsError
from airflow_dataops.store import schema
from airflow_dataops.store.revision import REVISIONS, VERSION_TABLE, Standing

DAMAGE = {
    "no revision": (
        "0002",
        (f"DELETE FROM {VERSION_TABLE}",),  # noqa: S608 - a name of ours
        "dataops_verification and no revision: something emptied dataops_alembic_version. Restore",
    ),
    "no table of the revision": (
        "0002",
        (f"DROP TABLE {VERSION_TABLE}",),
        "dataops_verification and no revision: something emptied dataops_alembic_version. Restore",
    ),
    "no landings": (
        "0002",
        ("DROP TABLE dataops_landing",),
        r"says it has revision 0002, and lacks dataops_landing\. Restore",
    ),
    "columns gone": (
        "0002",
        (
            "ALTER TABLE dataops_landing DROP COLUMN files",
            "ALTER TABLE dataops_outcome DROP COLUMN expected",
        ),
        r"says it has revision 0002, and lacks dataops_landing\.files, dataops_outcome\.expected\. Restore",
    ),
    "columns gone from an older revision": (
        "0001",
        ("ALTER TABLE dataops_landing DROP COLUMN rows",),
        r"says it has revision 0001, and lacks dataops_landing\.rows\. Restore",
    ),
}


@pytest.mark.parametrize(("revision", "how", "said"), DAMAGE.values(), ids=DAMAGE)
def test_a_store_with_parts_missing_is_refused(database, revision, how, said) -> None:
    """A store that lost a part says which, whoever looks at it, and is left as it is."""
    schema.downgrade(database.url, revision)
    database.run(*how)
    before = database.dump()

    for look in (schema.check, schema.migrate, lambda url: schema.downgrade(url, "base")):
        with pytest.raises(SettingsError, match=said):
            look(database.url)
    assert before == database.dump()


def test_tables_of_others_are_none_of_ours(empty) -> None:
    """A database may hold other tables, and a newer store may have others than ours."""
    empty.run("CREATE TABLE customers (id TEXT)", "CREATE TABLE dataops_mine (id TEXT)")

    assert (None, REVISIONS[-1]) == schema.migrate(empty.url)
    assert Standing.CURRENT is schema.check(empty.url).standing
    empty.stamp("0999")
    empty.run("DROP TABLE dataops_landing")
    assert Standing.AHEAD is schema.check(empty.url).standing
