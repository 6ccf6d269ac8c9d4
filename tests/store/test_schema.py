from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import address, schema
from airflow_dataops.store.revision import REVISIONS, VERSION_TABLE, Revision, Standing
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.store.tables import metadata

ROOT = Path(__file__).parents[2]

MIGRATE = """
import sys
from airflow_dataops.store import address, schema
print("ready", flush=True)
sys.stdin.readline()
print(schema.migrate(sys.argv[1])[0])
"""


def names(file: Path) -> set[str]:
    """Name the tables of a SQLite file."""
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_migrations_and_tables_agree(url) -> None:
    """What the migrations make must be what the code asks for, types and keys included."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        assert [] == compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def test_migrations_and_tables_agree_on_keys(url, tmp_path) -> None:
    """Alembic compares no primary keys and no cascades, so SQLite's own account of both must be the same."""
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}", poolclass=NullPool)
    metadata.create_all(engine)

    def account(file: str) -> dict[str, list[object]]:
        pragmas = ("table_info", "foreign_key_list")
        with closing(sqlite3.connect(file)) as connection:
            return {
                table: [sorted(connection.execute(f"PRAGMA {pragma}({table})")) for pragma in pragmas]
                for table in metadata.tables
            }

    assert account(str(tmp_path / "made.db")) == account(url.removeprefix("sqlite:///"))


def test_the_list_of_revisions_is_that_of_the_migrations() -> None:
    """The code names its revisions without loading Alembic, so the names must be those of the migrations."""
    scripts = ScriptDirectory(schema.MIGRATIONS)

    assert REVISIONS == tuple(script.revision for script in scripts.walk_revisions())[::-1]
    assert sorted(REVISIONS) == list(REVISIONS)
    assert {4} == {len(revision) for revision in REVISIONS}


def test_migrate_makes_the_folder_and_the_tables(tmp_path) -> None:
    """One command must bring an empty machine to a store that works, and a second one must change nothing."""
    file = tmp_path / "not" / "there" / "store.db"
    url = f"sqlite:///{file}"

    assert (None, "0001") == schema.migrate(url)
    assert ("0001", "0001") == schema.migrate(url)
    assert {*metadata.tables, VERSION_TABLE} == names(file)
    with closing(sqlite3.connect(file)) as connection:
        assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()


def test_migrations_that_meet_end_well(tmp_path) -> None:
    """Of several that migrate one store at once, one must do it and the others find it done."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", MIGRATE, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].strip() for process in processes]

    assert [0] * 4 == [process.returncode for process in processes]
    assert ["0001", "0001", "0001", "None"] == sorted(answers)
    assert Standing.CURRENT is schema.check(url).standing


def test_a_reader_in_the_way_of_the_journal_is_waited_for(url, monkeypatch) -> None:
    """SQLite changes its journal only while nobody reads: wait for that as for any lock, but not for ever."""
    monkeypatch.setattr(schema, "BUSY_TIMEOUT", 0.1)
    monkeypatch.setattr(address, "BUSY_TIMEOUT", 0.01)
    place = address.address(url)
    with closing(sqlite3.connect(place.file, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = DELETE")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM dataops_landing").fetchall()

        with pytest.raises(OperationalError, match="database is locked"):
            schema._write_ahead(place)
    schema._write_ahead(place)
    with closing(sqlite3.connect(place.file)) as reader:
        assert ("wal",) == reader.execute("PRAGMA journal_mode").fetchone()


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path) -> None:
    """Half a migration is worse than none."""
    file = tmp_path / "store.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE VIEW dataops_audit_record AS SELECT 'somebody else''s'")

    with pytest.raises(BrokenWorldError, match=r"could not be migrated \(OperationalError"):
        schema.migrate(f"sqlite:///{file}")
    assert set() == names(file)


def test_down_and_up_again_with_facts_in_place(url, one) -> None:
    """A store with facts must go down to nothing and come up to work again."""
    store = SqlStore(url)
    store.record(one.landing, one.verification, one.publication, one.sli, one.audit)

    assert ("0001", None) == schema.downgrade(url, "base")
    assert {VERSION_TABLE} == names(Path(url.removeprefix("sqlite:///")))
    assert (None, None) == schema.downgrade(url, "base")
    assert (None, "0001") == schema.migrate(url)
    store.record(one.verification)
    assert ((), (one.verification,)) == (store.facts(Landing), store.facts(Verification))


def test_downgrade_to_the_own_revision_keeps_everything(url, one) -> None:
    """Going back to where one is must change nothing."""
    SqlStore(url).record(one.verification)

    assert ("0001", "0001") == schema.downgrade(url, "0001")
    assert (one.verification,) == SqlStore(url).facts(Verification)


@pytest.mark.parametrize("revision", ["0999", "", "head", "-1", "0001; drop table x"])
def test_downgrade_to_an_unknown_revision_is_refused(url, revision) -> None:
    """Only the revisions that this version lists are taken, none of Alembic's shorthands."""
    with pytest.raises(SettingsError, match=r"there is no revision .* There are base, 0001\."):
        schema.downgrade(url, revision)


def test_downgrade_never_goes_up(url, monkeypatch) -> None:
    """A store that is older than the revision asked for must be left to `migrate`."""
    monkeypatch.setattr(schema, "LADDER", ("base", "0001", "0002"))

    with pytest.raises(SettingsError, match=r"has revision 0001, which is older than 0002\. Run"):
        schema.downgrade(url, "0002")
    assert "0001" == schema.check(url).found


def stamp(url: str, revision: str) -> None:
    """Pretend that another version of the code had migrated a store."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'")  # noqa: S608
        connection.commit()


def test_a_store_that_is_ahead_stays_as_it_is(url) -> None:
    """An old version must neither move nor take apart what a newer one made."""
    stamp(url, "0999")

    assert ("0999", "0999") == schema.migrate(url)
    with pytest.raises(SettingsError, match="has revision 0999, which this version doesn't know"):
        schema.downgrade(url, "base")
    assert (Standing.AHEAD, "0999") == (schema.check(url).standing, schema.check(url).found)


def test_check_makes_nothing(tmp_path) -> None:
    """To look whether there is a store must not make one."""
    file = tmp_path / "deep" / "store.db"

    assert Revision(None) == schema.check(f"sqlite:///{file}")
    assert (None, None) == schema.downgrade(f"sqlite:///{file}", "base")
    assert not file.parent.exists()


def test_migrating_leaves_logging_alone(tmp_path) -> None:
    """A library must not set up the logging of the program that it runs in."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("alembic").level)
    schema.migrate(f"sqlite:///{tmp_path / 'store.db'}")

    assert before == (root.level, list(root.handlers), logging.getLogger("alembic").level)
    assert not logging.getLogger("airflow_dataops").disabled


def test_a_path_with_a_percent_sign_is_no_setting(tmp_path, monkeypatch) -> None:
    """Alembic's settings know `%(…)s`, which a folder's name must not set off."""
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "100%(here)s")
    (tmp_path / "100%(here)s").symlink_to(Path(schema.__file__).parent / "migrations")

    assert (None, "0001") == schema.migrate(f"sqlite:///{tmp_path / 'store.db'}")


def test_a_file_where_the_folder_should_be_is_a_broken_world(tmp_path) -> None:
    """What the disk refuses must be one line, with the store's place."""
    (tmp_path / "file").write_text("")

    with pytest.raises(BrokenWorldError, match=r"could not be migrated \((FileExists|NotADirectory)Error\)"):
        schema.migrate(f"sqlite:///{tmp_path / 'file' / 'store.db'}")


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_tables_can_be_made_in_postgresql(table) -> None:
    """No type may be SQLite's alone; keys compare by code point and times know their zone."""
    text = str(CreateTable(table).compile(dialect=postgresql.dialect()))

    assert 'team TEXT COLLATE "C" NOT NULL' in text
    assert ("TIMESTAMP WITH TIME ZONE" in text) == (table.name != "dataops_outcome")
