from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import address
from airflow_dataops.store.shape import SHAPES
from airflow_dataops.store.sql import SqlStore, _upsert
from airflow_dataops.testing import MemoryStore

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from datetime import UTC, datetime
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.store.sql import SqlStore

url, me, many = sys.argv[1], sys.argv[2], int(sys.argv[3])
store, now = SqlStore(url), datetime(2026, 3, 3, tzinfo=UTC)
batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
print("ready", flush=True)
sys.stdin.readline()
for n in range(many):
    record = AuditRecord(batch=batch, action="publish", subject=f"{me}/{n}", who=me, why="", at=now)
    landing = Landing(
        batch=batch, origin="", uri=me, sha256="a", bytes=1, rows=1, dialect=Dialect(), landed_at=now,
        run_id=me
    )
    store.record(record, landing)
    assert record in store.facts(AuditRecord)
"""

FORK = """
import os, sys
from datetime import UTC, datetime
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.store.sql import SqlStore

store = SqlStore(sys.argv[1])
batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")

def write(me):
    at = datetime(2026, 3, 3, tzinfo=UTC)
    for n in range(20):
        store.record(AuditRecord(batch=batch, action="publish", subject=f"{me}/{n}", who=me, why="", at=at))

write("before")
child = os.fork()
if child == 0:
    write("child")
    os._exit(0)
write("parent")
sys.exit(os.waitpid(child, 0)[1])
"""


def path_of(url: str) -> str:
    """Return the file of a SQLite URL."""
    return url.removeprefix("sqlite:///")


def test_processes_that_write_at_once_lose_nothing(url) -> None:
    """Eight tasks that finish together must all be remembered, and each must read what it wrote."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, url, str(me), "25"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for me in range(8)
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)

    assert [0] * 8 == [writer.returncode for writer in writers]
    store = SqlStore(url)
    expected = {f"{me}/{n}" for me in range(8) for n in range(25)}
    assert expected == {record.subject for record in store.facts(AuditRecord)}
    assert 1 == len(store.facts(Landing))


def test_a_fork_shares_no_connection(url) -> None:
    """Airflow forks its tasks, so a store that was used before the fork must work on both sides of it."""
    subprocess.run([sys.executable, "-W", "error", "-c", FORK, url], cwd=ROOT, check=True, timeout=60)

    expected = {f"{who}/{n}" for who in ("before", "child", "parent") for n in range(20)}
    assert expected == {record.subject for record in SqlStore(url).facts(AuditRecord)}


def test_a_reader_sees_the_old_facts_while_a_writer_is_at_work(url, one) -> None:
    """Readers must neither wait for a writer nor see the half of what it wrote."""
    store = SqlStore(url)
    store.record(one.verification)
    writer = sqlite3.connect(path_of(url), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM dataops_outcome")

    assert (one.verification,) == store.facts(Verification)
    writer.execute("ROLLBACK")
    writer.close()


def test_a_lock_that_stays_is_a_broken_world(url, one, monkeypatch) -> None:
    """A writer that waited in vain must fail in a way that is tried again, and spoil nothing."""
    monkeypatch.setattr(address, "BUSY_TIMEOUT", 0.05)
    store = SqlStore(url)
    other = sqlite3.connect(path_of(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(BrokenWorldError, match=r"could not be written \(OperationalError, SQLITE_BUSY\)"):
        store.record(one.landing)
    other.execute("ROLLBACK")
    other.close()
    store.record(one.landing)
    assert (one.landing,) == store.facts(Landing)


def test_a_call_is_written_whole_or_not_at_all(url, one) -> None:
    """A fact that fails must take the others of its call with it: no publication without its audit record."""
    store = SqlStore(url)
    store.record(one.landing)
    connection = sqlite3.connect(path_of(url))
    connection.execute("DROP TABLE dataops_audit_record")
    connection.close()

    with pytest.raises(BrokenWorldError):
        store.record(one.publication, one.audit)
    assert () == store.facts(Publication)


def test_errors_hold_no_value_and_no_cause(url, one) -> None:
    """What is recorded may be secret, so an error tells the place and the kind of failure alone."""
    connection = sqlite3.connect(path_of(url))
    connection.execute("DROP TABLE dataops_audit_record")
    connection.close()

    with pytest.raises(BrokenWorldError) as caught:
        SqlStore(url).record(replace(one.audit, why="zq7token"))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    context = caught.value.__context__
    assert "zq7token" not in f"{caught.value!r} {caught.value} {context!r} {context}"


def test_a_store_without_schema_says_what_to_do(tmp_path, one) -> None:
    """A store nobody migrated must say how that is done, and must not be made by looking at it."""
    file = tmp_path / "deep" / "store.db"
    store = SqlStore(f"sqlite:///{file}")
    expected = f"the store at sqlite:///{file} has no schema. Run `airflow dataops db migrate`."

    with pytest.raises(SettingsError) as reading:
        store.facts(Landing)
    with pytest.raises(SettingsError) as writing:
        store.record(one.landing)
    assert [expected, expected] == [str(reading.value), str(writing.value)]
    assert not file.parent.exists()


def test_a_store_of_another_kind_has_no_schema(tmp_path) -> None:
    """A database with somebody else's tables is no store."""
    file = tmp_path / "store.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.close()

    with pytest.raises(SettingsError, match="has no schema"):
        SqlStore(f"sqlite:///{file}").facts(Landing)


def test_a_file_that_is_no_database_is_a_broken_world(tmp_path) -> None:
    """A file of other content must be named, and left as it is."""
    file = tmp_path / "store.db"
    file.write_text("id,name\n" * 200)

    with pytest.raises(BrokenWorldError, match=r"could not be read \(DatabaseError, SQLITE_NOTADB\)"):
        SqlStore(f"sqlite:///{file}").facts(Landing)
    assert file.read_text() == "id,name\n" * 200


def test_a_newer_store_is_used_without_a_word(url, one) -> None:
    """While a deployment is upgraded, tasks of the old version must go on working with the new schema."""
    connection = sqlite3.connect(path_of(url))
    connection.execute("UPDATE dataops_alembic_version SET version_num = '0999'")
    connection.commit()
    connection.close()
    store = SqlStore(url)
    store.record(one.landing)

    assert (one.landing,) == store.facts(Landing)


def test_a_store_that_is_too_old_is_refused(url) -> None:
    """A schema from before the one before must be migrated first."""
    connection = sqlite3.connect(path_of(url))
    connection.execute("UPDATE dataops_alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()

    with pytest.raises(SettingsError, match=r"has revision 0000, and 0001 or newer is needed. Run"):
        SqlStore(url).facts(Landing)


def test_a_name_that_is_no_text_is_refused(url, one) -> None:
    """A file name of undecodable bytes can't be kept, and must be said in one line."""
    with pytest.raises(SettingsError, match="because it is no UTF-8"):
        SqlStore(url).record(replace(one.landing, origin="/drops/\udce4.csv"))


def test_the_store_shows_its_address() -> None:
    """A store that ends in a log must take no more there than where it is."""
    store = SqlStore("sqlite:////srv/store.db?timeout=5")

    assert "SqlStore('sqlite:////srv/store.db')" == repr(store)


@pytest.mark.parametrize("kind", list(SHAPES))
def test_every_fact_has_an_upsert_for_postgresql(one, kind) -> None:
    """Every statement must compile for PostgreSQL as it does for SQLite."""
    facts = (one.landing, one.verification, one.publication, one.sli, one.audit)
    fact = next(fact for fact in facts if type(fact) is kind)
    text = str(_upsert("postgresql", fact, SHAPES[kind]).compile(dialect=postgresql.dialect()))

    assert "ON CONFLICT (team, product, dataset, partition" in text


NAMES = st.sampled_from(["a", "b", "Ä"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(
        st.lists(
            st.tuples(st.sampled_from(list(SHAPES)), NAMES, NAMES, st.integers(0, 3), st.integers(0, 9)),
            max_size=4,
        ),
        max_size=6,
    )
)
def test_sql_and_memory_remember_the_same(url, one, calls) -> None:
    """Whatever is recorded in whatever order, the store in memory must answer as the one in SQL does."""
    connection = sqlite3.connect(path_of(url))
    connection.execute("PRAGMA foreign_keys = ON")
    for its in SHAPES.values():
        connection.execute(f"DELETE FROM {its.table.name}")  # noqa: S608
    connection.commit()
    connection.close()
    stores = (SqlStore(url), MemoryStore())
    for call in calls:
        facts = [_variant(one, each) for each in call]
        for store in stores:
            store.record(*facts)

    sql, memory = ([store.facts(kind) for kind in SHAPES] for store in stores)
    assert memory == sql


def _variant(one, drawn):
    """Make a fact that may or may not be the same as another one."""
    kind, partition, word, second, number = drawn
    batch = replace(one.batch, partition=partition)
    at = one.at.replace(second=second)
    match kind.__name__:
        case "Landing":
            return replace(one.landing, batch=batch, sha256=word, rows=number, run_id=word, landed_at=at)
        case "Verification":
            outcomes = one.verification.outcomes[: number % 3]
            return replace(one.verification, batch=batch, rows=number, outcomes=outcomes, at=at)
        case "Publication":
            return replace(one.publication, batch=batch, version=number % 3, run_id=word, at=at)
        case "SliEvent":
            return replace(one.sli, batch=batch, good=number, at=at)
        case _:
            return replace(one.audit, batch=batch, subject=word, why=str(number), at=at)
