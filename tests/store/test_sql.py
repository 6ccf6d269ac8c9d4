from __future__ import annotations

import socket
import threading
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import NullPool

from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import address, schema
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.revision import REVISIONS, Standing
from airflow_dataops.store.shape import SHAPES
from airflow_dataops.store.sql import SqlStore, _upsert
from airflow_dataops.testing.store import MemoryStore


def test_a_reader_sees_the_old_facts_while_a_writer_is_at_work(database, one) -> None:
    """Readers must neither wait for a writer nor see the half of what it wrote."""
    store = SqlStore(database.url)
    store.record(one.verification)
    with database.connection() as writer:
        writer.execute(text("DELETE FROM dataops_outcome"))

        assert (one.verification,) == store.facts(Verification)
        writer.rollback()
    assert (one.verification,) == store.facts(Verification)


def test_a_lock_that_stays_is_a_broken_world(sqlite, one, monkeypatch) -> None:
    """A writer that waited in vain must fail in a way that is tried again, and spoil nothing."""
    monkeypatch.setattr(address, "BUSY_TIMEOUT", 0.05)
    store = SqlStore(sqlite.url)
    with sqlite.connection() as other:
        other.exec_driver_sql("UPDATE dataops_landing SET rows = 1")

        with pytest.raises(BrokenWorldError, match=r"could not be written \(OperationalError, SQLITE_BUSY\)"):
            store.record(one.landing)
    store.record(one.landing)
    assert (one.landing,) == store.facts(Landing)


def test_a_call_is_written_whole_or_not_at_all(database, one) -> None:
    """A fact that fails must take the others of its call with it: no publication without its audit record."""
    store = SqlStore(database.url)
    store.record(one.landing)
    database.run("DROP TABLE dataops_audit_record")

    with pytest.raises(BrokenWorldError):
        store.record(one.publication, one.audit)
    assert () == store.facts(Publication)


def test_errors_hold_no_value_and_no_cause(database, one) -> None:
    """What is recorded may be secret, so an error tells the place and the kind of failure alone."""
    database.run("DROP TABLE dataops_audit_record")

    with pytest.raises(BrokenWorldError) as caught:
        SqlStore(database.url).record(replace(one.audit, why="zq7token"))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    context = caught.value.__context__
    assert "zq7token" not in f"{caught.value!r} {caught.value} {context!r} {context}"


def test_a_store_without_schema_says_what_to_do(empty, one) -> None:
    """A store nobody migrated must say how that is done, and must not be made by looking at it."""
    store = SqlStore(empty.url)
    expected = f"the store at {empty.shown} has no schema. Run `airflow dataops db migrate`."

    with pytest.raises(SettingsError) as reading:
        store.facts(Landing)
    with pytest.raises(SettingsError) as writing:
        store.record(one.landing)
    with pytest.raises(SettingsError) as cleaning:
        store.forget(one.at, audit_records=False, dry_run=False)
    assert [expected] * 3 == [str(caught.value) for caught in (reading, writing, cleaning)]
    assert not empty.path.exists() if empty.is_file else set() == empty.tables()


def test_a_store_of_another_kind_has_no_schema(empty) -> None:
    """A database with somebody else's tables is no store."""
    empty.run("CREATE TABLE alembic_version (version_num TEXT)")

    with pytest.raises(SettingsError, match="has no schema"):
        SqlStore(empty.url).facts(Landing)


def test_a_file_that_is_no_database_is_a_broken_world(tmp_path) -> None:
    """A file of other content must be named, and left as it is."""
    file = tmp_path / "store.db"
    file.write_text("id,name\n" * 200)

    with pytest.raises(BrokenWorldError, match=r"could not be read \(DatabaseError, SQLITE_NOTADB\)"):
        SqlStore(f"sqlite:///{file}").facts(Landing)
    assert file.read_text() == "id,name\n" * 200


def test_a_newer_store_is_used_without_a_word(database, one) -> None:
    """While a deployment is upgraded, tasks of the old version must go on working with the new schema."""
    database.stamp("0999")
    store = SqlStore(database.url)
    store.record(one.landing)

    assert (one.landing,) == store.facts(Landing)


def test_a_store_that_is_too_old_is_refused(database) -> None:
    """A schema from before the one before must be migrated first."""
    database.stamp("0000")

    with pytest.raises(SettingsError, match=r"has revision 0000, and 0004 or newer is needed. Run"):
        SqlStore(database.url).facts(Landing)


@pytest.mark.parametrize("revision", ["base", *REVISIONS])
def test_a_store_may_migrate_itself(database, one, revision) -> None:
    """Where nobody has a shell, the first use must bring the store to the code's revision."""
    schema.downgrade(database.url, revision)
    SqlStore(database.url, auto_migrate=True).record(one.landing)

    assert Standing.CURRENT is schema.check(database.url).standing
    assert (one.landing,) == SqlStore(database.url).facts(Landing)


def test_a_store_that_is_ahead_is_not_taken_back(database, one) -> None:
    """An old task that may migrate must leave a newer store as it is."""
    database.stamp("0999")
    SqlStore(database.url, auto_migrate=True).record(one.landing)

    assert "0999" == schema.check(database.url).found


@pytest.mark.parametrize("name", ["/drops/\udce4.csv", "/drops/\0.csv"])
def test_a_name_that_is_no_text_is_refused(url, one, name) -> None:
    """What one database can't keep, no one must keep: a product that works on SQLite works on PostgreSQL."""
    store = SqlStore(url)
    said = "because it is no UTF-8, or holds a NUL character. Rename the file or the folder."
    with pytest.raises(SettingsError, match=said):
        store.record(one.audit, replace(one.landing, origin=name))
    with pytest.raises(SettingsError, match=said):
        store.facts(Landing, sha256=name)

    assert () == store.facts(AuditRecord)


@pytest.mark.parametrize("rows", [2**63, -(2**63), 10**30])
def test_a_number_beyond_64_bits_is_refused(url, one, rows) -> None:
    """Databases answer to it in ways of their own, so it must not reach them."""
    store = SqlStore(url)
    store.record(replace(one.landing, rows=2**63 - 1))
    with pytest.raises(ValueError, match="the store takes no number that needs more than 64 bits"):
        store.record(replace(one.landing, rows=rows))

    assert 2**63 - 1 == store.facts(Landing)[0].rows


def test_lines_of_any_text_are_kept(url, one) -> None:
    """Reasons are told in words of any kind, so nothing in them may be lost or refused."""
    odd = replace(one.verification, blocks=("a\0b", "\udce4", "'; drop --", "😀"), errors=("",))
    store = SqlStore(url)
    store.record(odd)

    assert (odd,) == store.facts(Verification)


def test_order_is_pythons_whatever_the_locale(postgresql, one) -> None:
    """Facts must come in one order everywhere, also where the database would sort as a dictionary does."""
    name = f"{postgresql.rpartition('/')[2]}_locale"
    server = postgresql.replace("+psycopg", "")
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'de'"
            " LOCALE 'C.UTF-8'"
        )
        url = f"{postgresql.rpartition('/')[0]}/{name}"
        try:
            schema.migrate(url)
            store = SqlStore(url)
            names = ["Zebra", "apple", "Äpfel", "zebra", "a b", "a-b", "ab", "😀", "￿"]
            store.record(*(replace(one.audit, subject=subject) for subject in names))
            found = [record.subject for record in store.facts(AuditRecord)]
            with create_engine(url, poolclass=NullPool).connect() as other:
                sorting = 'SELECT subject FROM dataops_audit_record ORDER BY subject COLLATE "default"'
                theirs = list(other.execute(text(sorting)).scalars())
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    assert sorted(names) == found
    assert sorted(names) != theirs


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns"])
def test_times_are_utc_whatever_the_session_says(new_store_url, one, zone) -> None:
    """The zone of a server or of a role must not move an instant."""
    url = new_store_url("postgresql")
    schema.migrate(url)
    SqlStore(f"{url}%20-cTimeZone%3D{zone}").record(one.publication)

    for at in (url, f"{url}%20-cTimeZone%3D{zone}"):
        assert [one.at.isoformat()] == [found.at.isoformat() for found in SqlStore(at).facts(Publication)]


@pytest.fixture
def away(postgresql):
    """Return URLs of a server that is not as it should be, and what is said of it."""
    user, _, host = postgresql.partition("://")[2].rpartition("/")[0].rpartition("@")
    return SimpleNamespace(
        nobody=f"postgresql+psycopg://{user}:zq7@127.0.0.1:1/x",
        no_database=f"postgresql+psycopg://{user}:zq7@{host}/nosuch",
        no_role=f"postgresql+psycopg://nosuch:zq7@{host}/{postgresql.rpartition('/')[2]}",
    )


@pytest.mark.parametrize("which", ["nobody", "no_database", "no_role"])
def test_a_server_that_lets_nobody_in_is_one_line(away, one, which) -> None:
    """Whatever keeps us out must be one line that names the place and no password, and be tried again."""
    url = getattr(away, which)
    shown = url.replace("zq7", "***")
    hint = (
        "Check that its server runs, and the host, database, user and password in [dataops] sql_alchemy_conn."
    )
    store = SqlStore(url)
    for doing, work in {
        "read": lambda: store.facts(Landing),
        "written": lambda: store.record(one.landing),
        "migrated": lambda: schema.migrate(url),
        "cleaned": lambda: store.forget(one.at, audit_records=False, dry_run=True),
    }.items():
        with pytest.raises(BrokenWorldError) as caught:
            work()
        assert f"the store at {shown} could not be {doing} (OperationalError). {hint}" == str(caught.value)


def refuse_password(server: socket.socket) -> None:
    """Answer as PostgreSQL does to a wrong password (protocol 3.0)."""
    with server, server.accept()[0] as client:
        while (message := client.recv(1024))[4:8] in {b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"}:
            client.sendall(b"N")  # neither TLS nor GSSAPI
        assert b"zq7" not in message
        client.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
        assert b"zq7" in client.recv(1024)
        fields = b'SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0'
        client.sendall(b"E" + (4 + len(fields)).to_bytes(4, "big") + fields)


def test_a_wrong_password_is_not_shown() -> None:
    """A password that a server refuses must not end in a message, nor must the user's name beside it."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    answering = threading.Thread(target=refuse_password, args=(server,))
    answering.start()
    with pytest.raises(
        BrokenWorldError, match=r"\(OperationalError\)\. Check that its server runs"
    ) as caught:
        SqlStore(f"postgresql+psycopg://u:zq7@127.0.0.1:{port}/d?sslmode=disable").facts(Landing)
    answering.join(timeout=10)

    assert "zq7" not in f"{caught.value} {caught.value.__context__!r} {caught.value.__context__}"


def test_a_connection_that_is_lost_is_a_broken_world(new_store_url, one) -> None:
    """A server that restarts while a task writes must cost one try, and leave nothing half written."""
    url = new_store_url("postgresql")
    schema.migrate(url)
    store, ends = SqlStore(url), create_engine(url, poolclass=NullPool)

    def cut(connection, _cursor, statement, *_) -> None:
        if statement.startswith("INSERT INTO dataops_audit_record"):
            event.remove(Engine, "before_cursor_execute", cut)
            pid = connection.connection.driver_connection.info.backend_pid
            with ends.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    event.listen(Engine, "before_cursor_execute", cut)
    with pytest.raises(BrokenWorldError, match=r"could not be written \(AdminShutdown, 57P01\)"):
        store.record(one.publication, one.audit)

    assert ((), ()) == (store.facts(Publication), store.facts(AuditRecord))
    store.record(one.publication, one.audit)
    assert (one.audit,) == store.facts(AuditRecord)


@pytest.fixture
def role(new_store_url, postgresql):
    """A migrated store, and a role that may not do anything with it yet."""
    url = new_store_url("postgresql")
    schema.migrate(url)
    name, where = f"r{url.rpartition('store')[2]}", url.rpartition("search_path%3D")[2]
    with closing(psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        host, rest = url.rpartition("@")[2], url.partition("://")[0]
        yield SimpleNamespace(
            grant=lambda *rights: [
                connection.execute(right.format(role=name, schema=where)) for right in rights
            ],
            url=f"{rest}://{name}@{host}",
            owner=url,
        )
        connection.execute(f"DROP OWNED BY {name}")
        connection.execute(f"DROP ROLE {name}")


USE = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
)


def test_a_role_without_rights_is_told_so(role, one) -> None:
    """What a role may not do, another try won't heal; the line must lead to the rights it needs."""
    role.grant(USE[0], "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
    store = SqlStore(role.url)

    with pytest.raises(SettingsError, match=r"\(InsufficientPrivilege, 42501\)\. Grant the role .*store\.md"):
        store.record(one.landing)
    assert () == store.facts(Landing)


def test_the_rights_that_the_docs_list_are_enough(role, one) -> None:
    """A role that may not make tables must be able to do all that tasks and cleaning do."""
    role.grant(*USE)
    store = SqlStore(role.url, auto_migrate=True)
    facts = (one.landing, one.verification, one.publication, one.sli, one.observation, one.audit)
    store.record(*facts)
    store.record(*facts)

    assert 2 == store.forget(one.at.replace(year=2027), audit_records=False, dry_run=False).total
    assert Standing.CURRENT is schema.check(role.url).standing
    alerts = SqlAlerts(role.url)
    silence = Silence(matchers=(), start=one.at, end=one.at, who="ann", why="")
    assert (alerts.silence(silence),) == alerts.silences()
    with alerts.deciding() as deciding:
        assert () == deciding.incidents()
    schema.downgrade(role.owner, "0001")
    with pytest.raises(SettingsError, match=r"could not be migrated \(InsufficientPrivilege, 42501\)"):
        schema.migrate(role.url)


def test_a_key_that_is_too_long_is_one_line(new_store_url, one) -> None:
    """PostgreSQL keeps no key of several thousand bytes; another try won't change that."""
    url = new_store_url("postgresql")
    schema.migrate(url)
    odd = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000))

    with pytest.raises(SettingsError, match=r"\(ProgramLimitExceeded, 54000\)\. Use shorter names"):
        SqlStore(url).record(
            replace(one.landing, batch=Batch(team=odd, product="p", dataset="d", partition="1"))
        )


def test_the_store_shows_its_address() -> None:
    """A store that ends in a log must take no more there than where it is."""
    store = SqlStore("sqlite:////srv/store.db?timeout=5")

    assert "SqlStore('sqlite:////srv/store.db')" == repr(store)


@pytest.mark.parametrize(
    "dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda dialect: dialect.name
)
@pytest.mark.parametrize("kind", list(SHAPES))
def test_every_fact_has_an_upsert(one, kind, dialect) -> None:
    """Every fact must be written over the one with its identity, by each database."""
    facts = (one.landing, one.verification, one.publication, one.sli, one.observation, one.audit)
    its, fact = SHAPES[kind], next(fact for fact in facts if type(fact) is kind)
    upsert = _upsert(dialect.name, its.row(fact), its, revision=REVISIONS[-1])

    assert "ON CONFLICT (team, product, dataset, partition" in str(upsert.compile(dialect=dialect))


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
def test_sql_and_memory_remember_the_same(database, one, calls) -> None:
    """Whatever is recorded in whatever order, the store in memory must answer as the one in SQL does."""
    database.run("DELETE FROM dataops_outcome", *(f"DELETE FROM {its.table}" for its in SHAPES.values()))  # noqa: S608
    stores = (SqlStore(database.url), MemoryStore())
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
        case "Observation":
            return replace(one.observation, batch=batch, subject=word, good=number, at=at)
        case _:
            return replace(one.audit, batch=batch, subject=word, why=str(number), at=at)
