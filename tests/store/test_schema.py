from __future__ import annotations

import logging
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import address, schema
from airflow_dataops.store.column import Key, Word
from airflow_dataops.store.revision import REVISIONS, VERSION_TABLE, Revision, Standing
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.store.tables import metadata

TIMELESS = {"dataops_outcome", "dataops_numbered"}
"""Tables that hold no time."""

KINDS = (Landing, Verification, Publication, SliEvent, AuditRecord)


def test_migrations_and_tables_agree(database) -> None:
    """What the migrations make must be what the code asks for, types and defaults included."""
    options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    with database.connection() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def account(database) -> dict[str, list[object]]:
    """Say of each table what Alembic doesn't compare: keys, cascades, order and collation of columns."""
    with database.connection() as connection:
        inspector = inspect(connection)
        return {
            name: [
                [(str(c["name"]), repr(c["type"]), c["nullable"]) for c in inspector.get_columns(name)],
                inspector.get_pk_constraint(name)["constrained_columns"],
                [(k["constrained_columns"], k["options"]) for k in inspector.get_foreign_keys(name)],
            ]
            for name in metadata.tables
        }


def test_migrations_and_tables_agree_on_keys(database, empty, new_store_url) -> None:
    """Alembic compares no keys, no cascades and no collations, so the database's own account must agree."""
    made = type(empty)(new_store_url("sqlite" if empty.is_file else "postgresql"))
    with made.connection() as connection:
        metadata.create_all(connection)

    assert account(made) == account(database)


def test_the_list_of_revisions_is_that_of_the_migrations() -> None:
    """The code names its revisions without loading Alembic, so the names must be those of the migrations."""
    scripts = ScriptDirectory(schema.MIGRATIONS)

    assert REVISIONS == tuple(script.revision for script in scripts.walk_revisions())[::-1]
    assert sorted(REVISIONS) == list(REVISIONS)
    assert {4} == {len(revision) for revision in REVISIONS}


def test_migrate_makes_the_tables(empty) -> None:
    """One command must bring an empty database to a store that works, and a second one change nothing."""
    assert (None, REVISIONS[-1]) == schema.migrate(empty.url)
    assert (REVISIONS[-1], REVISIONS[-1]) == schema.migrate(empty.url)
    assert {*metadata.tables, VERSION_TABLE} == empty.tables()


def test_migrate_makes_the_folder_of_a_file(tmp_path) -> None:
    """On an empty machine there is no folder yet; readers of the file and its writer must not wait."""
    file = tmp_path / "not" / "there" / "store.db"

    assert (None, REVISIONS[-1]) == schema.migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()


def test_a_reader_in_the_way_of_the_journal_is_waited_for(sqlite, monkeypatch) -> None:
    """SQLite changes its journal only while nobody reads: wait for that as for any lock, but not for ever."""
    monkeypatch.setattr(schema, "BUSY_TIMEOUT", 0.1)
    monkeypatch.setattr(address, "BUSY_TIMEOUT", 0.01)
    place = address.address(sqlite.url)
    with closing(sqlite3.connect(place.file, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = DELETE")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM dataops_landing").fetchall()

        with pytest.raises(OperationalError, match="database is locked"):
            schema._write_ahead(place)
    schema._write_ahead(place)
    with closing(sqlite3.connect(place.file)) as reader:
        assert ("wal",) == reader.execute("PRAGMA journal_mode").fetchone()


def test_a_migration_that_fails_leaves_the_store_as_it_was(empty) -> None:
    """Half a migration is worse than none."""
    empty.run("CREATE VIEW dataops_audit_record AS SELECT 'somebody else''s' AS name")

    with pytest.raises(
        BrokenWorldError,
        match=r"could not be migrated \((OperationalError, SQLITE_ERROR|DuplicateTable, 42P07)",
    ):
        schema.migrate(empty.url)
    assert set() == empty.tables()


def test_a_table_in_use_is_not_waited_for_for_ever(database, one, monkeypatch) -> None:
    """A migration that waits for a table makes every writer wait behind it, so it must give up, whole."""
    monkeypatch.setattr(schema, "BUSY_TIMEOUT", 1)
    monkeypatch.setattr(address, "BUSY_TIMEOUT", 1)
    schema.downgrade(database.url, "0001")
    # A migration that waits on is ended by the server, with another code.
    url = database.url if database.is_file else f"{database.url}%20-cstatement_timeout%3D20s"
    with database.connection() as other:
        other.execute(metadata.tables["dataops_audit_record"].insert().values(_row(one.audit)))
        if not database.is_file:
            other.exec_driver_sql("LOCK TABLE dataops_landing IN ACCESS SHARE MODE")
        with pytest.raises(
            BrokenWorldError, match=r"migrated \((OperationalError, SQLITE_BUSY|LockNot.*55P03)\)"
        ):
            schema.migrate(url)
    assert "0001" == schema.check(database.url).found
    assert ("0001", REVISIONS[-1]) == schema.migrate(database.url)


def _row(record) -> dict[str, object]:
    batch = {name: getattr(record.batch, name) for name in ("team", "product", "dataset", "partition")}
    return batch | {name: getattr(record, name) for name in ("action", "subject", "who", "why", "at")}


def test_up_and_down_with_facts_in_place(empty, one) -> None:
    """Every step must keep every fact that both its ends can hold, on its way up and back."""
    facts = (one.plain, one.verification, one.publication, one.sli, one.audit)
    schema.migrate(empty.url)
    store = SqlStore(empty.url)
    store.record(*facts)
    assert (REVISIONS[-1], "0001") == schema.downgrade(empty.url, "0001")

    assert ("0001", REVISIONS[-1]) == schema.migrate(empty.url)
    assert list(facts) == [fact for kind in KINDS for fact in store.facts(kind)]
    store.record(one.landing)
    assert (one.landing,) == store.facts(Landing)
    assert (REVISIONS[-1], "0001") == schema.downgrade(empty.url, "0001")
    assert ("0001", REVISIONS[-1]) == schema.migrate(empty.url)
    after = SqlStore(empty.url)
    assert list(facts[1:]) == [fact for kind in KINDS[1:] for fact in after.facts(kind)]
    (landing,) = after.facts(Landing)
    assert (one.landing.sha256, Dialect(";", "cp1252"), ()) == (
        landing.sha256,
        landing.dialect,
        landing.files,
    )
    assert (REVISIONS[-1], None) == schema.downgrade(empty.url, "base")
    assert {VERSION_TABLE} == empty.tables()
    assert (None, None) == schema.downgrade(empty.url, "base")
    assert (None, REVISIONS[-1]) == schema.migrate(empty.url)
    after.record(one.verification)
    assert ((), (one.verification,)) == (after.facts(Landing), after.facts(Verification))


def test_downgrade_to_the_own_revision_keeps_everything(database, one) -> None:
    """Going back to where one is must change nothing."""
    SqlStore(database.url).record(one.landing, one.verification)
    before = database.dump()

    assert (REVISIONS[-1], REVISIONS[-1]) == schema.downgrade(database.url, REVISIONS[-1])
    assert before == database.dump()


@pytest.mark.parametrize("revision", ["0999", "", "head", "-1", "0001; drop table x"])
def test_downgrade_to_an_unknown_revision_is_refused(sqlite, revision) -> None:
    """Only the revisions that this version lists are taken, none of Alembic's shorthands."""
    with pytest.raises(
        SettingsError, match=r"there is no revision .* There are base, 0001, 0002, 0003, 0004, 0005\."
    ):
        schema.downgrade(sqlite.url, revision)


def test_what_is_asked_since_an_instant_is_found_by_an_index(database, one) -> None:
    """Each evaluation of alerts asks so; going back takes the indexes, and no fact."""
    SqlStore(database.url).record(one.verification, one.publication)
    indexes = {"dataops_verification_at_ix", "dataops_publication_at_ix"}

    def there() -> set[str]:
        with database.connection() as connection:
            asked = inspect(connection).get_indexes
            return {
                each["name"]
                for table in ("verification", "publication")
                for each in asked(f"dataops_{table}")
            }

    assert indexes <= there()
    schema.downgrade(database.url, "0004")
    assert indexes.isdisjoint(there())
    store = SqlStore(database.url)
    assert ((one.verification,), (one.publication,)) == (
        store.facts(Verification),
        store.facts(Publication),
    )
    schema.migrate(database.url)
    assert indexes <= there()


def test_downgrade_never_goes_up(database) -> None:
    """A store that is older than the revision asked for must be left to `migrate`."""
    schema.downgrade(database.url, "0001")

    with pytest.raises(SettingsError, match=r"has revision 0001, which is older than 0002\. Run"):
        schema.downgrade(database.url, "0002")
    assert "0001" == schema.check(database.url).found


def test_a_store_that_is_ahead_stays_as_it_is(database) -> None:
    """An old version must neither move nor take apart what a newer one made."""
    database.stamp("0999")

    assert ("0999", "0999") == schema.migrate(database.url)
    with pytest.raises(SettingsError, match="has revision 0999, which this version doesn't know"):
        schema.downgrade(database.url, "base")
    assert Revision("0999") == schema.check(database.url)
    assert Standing.AHEAD is schema.check(database.url).standing


def test_check_makes_nothing(empty) -> None:
    """To look whether there is a store must not make one."""
    assert Revision(None) == schema.check(empty.url)
    assert (None, None) == schema.downgrade(empty.url, "base")
    assert not empty.path.exists() if empty.is_file else set() == empty.tables()


def test_migrating_leaves_logging_alone(empty) -> None:
    """A library must not set up the logging of the program that it runs in."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("alembic").level)
    schema.migrate(empty.url)

    assert before == (root.level, list(root.handlers), logging.getLogger("alembic").level)
    assert not logging.getLogger("airflow_dataops").disabled


def test_a_path_with_a_percent_sign_is_no_setting(tmp_path, empty, monkeypatch) -> None:
    """Alembic's settings know `%(…)s`, which a folder's name must not set off."""
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "100%(here)s")
    (tmp_path / "100%(here)s").symlink_to(Path(schema.__file__).parent / "migrations")

    assert (None, REVISIONS[-1]) == schema.migrate(empty.url)


def test_a_file_where_the_folder_should_be_is_a_broken_world(tmp_path) -> None:
    """What the disk refuses must be one line, with the store's place."""
    (tmp_path / "file").write_text("")

    with pytest.raises(BrokenWorldError, match=r"could not be migrated \((FileExists|NotADirectory)Error\)"):
        schema.migrate(f"sqlite:///{tmp_path / 'file' / 'store.db'}")


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_tables_can_be_made_in_postgresql(table) -> None:
    """No type may be SQLite's alone; keys compare by code point and times know their zone."""
    text = str(CreateTable(table).compile(dialect=postgresql.dialect()))

    names = [column.name for column in table.primary_key if isinstance(column.type, Key | Word)]
    assert [] == [
        name for name in names if f'{name} TEXT COLLATE "C" NOT NULL' not in text.replace('"group"', "group")
    ]
    assert ("TIMESTAMP WITH TIME ZONE" in text) == (table.name not in TIMELESS)


def test_the_reference_lists_every_revision() -> None:
    """Whoever upgrades must read what each revision adds, and see the newest in the examples."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "store.md").read_text()

    assert list(REVISIONS) == re.findall(r"^\| `(\d{4})` \|", page, re.MULTILINE)
    assert f"migrated from nothing to {REVISIONS[-1]}\n" in page
    assert f"is current: {REVISIONS[-1]}\n" in page
