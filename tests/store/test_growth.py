"""Code of one revision on the schema of another: upgrades need no stop."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.landing import Dialect, Format, LandedFile, Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError
from airflow_dataops.store import schema, sql
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.growth import SINCE, added, columns_of, fitted, there
from airflow_dataops.store.revision import REVISIONS
from airflow_dataops.store.shape import SHAPES
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.store.tables import landing, metadata, observation

KINDS = (Landing, Verification, Publication, SliEvent, AuditRecord)

FILE = LandedFile("orders.csv", "", "a" * 64, 2**40, 11)

# What code of revision 0001 sends, written out: it must stay what it was.
OLD_WRITER = """
INSERT INTO dataops_landing
  (team, product, dataset, partition, sha256, origin, uri, bytes, rows, delimiter, encoding, landed_at,
   run_id)
VALUES
  ('shop', 'orders', 'orders', '2026-03-03', :sha256, '/old', '/raw/a.csv', 7, 5, ',', 'utf-8',
   '2026-03-03 12:00:00.000250', 'old')
ON CONFLICT (team, product, dataset, partition, sha256)
DO UPDATE SET origin = excluded.origin, bytes = excluded.bytes, rows = excluded.rows,
  delimiter = excluded.delimiter, encoding = excluded.encoding
"""


@pytest.fixture
def older(database):
    """A store of the revision before the code's."""
    schema.downgrade(database.url, REVISIONS[-2])
    return database


def test_every_kind_of_fact_is_kept_by_the_schema_before(older, one) -> None:
    """New code must do all of its work on a store that nobody has migrated yet."""
    store = SqlStore(older.url)
    facts = (one.plain, one.verification, one.publication, one.sli, one.audit)
    store.record(*facts)
    store.record(*facts)

    assert list(facts) == [fact for kind in KINDS for fact in store.facts(kind)]
    assert (one.plain,) == store.facts(Landing, team="shop", sha256="a" * 64)


def test_what_the_schema_before_has_no_table_for_is_left_out_and_said(
    older, one, caplog, monkeypatch
) -> None:
    """A task must not fail for what the code before it would not have written, nor be silent about it."""
    monkeypatch.setitem(observation.info, SINCE, REVISIONS[-1])
    # Other tests have Airflow set up the logs of this process: then only errors are heard.
    monkeypatch.setattr(sql.log, "disabled", False)
    caplog.set_level(logging.WARNING, logger=sql.log.name)
    store = SqlStore(older.url)
    store.record(one.observation, one.publication)

    assert ((), (one.publication,)) == (store.facts(Observation), store.facts(Publication))
    said = "has revision 0004, and keeps no observations. Run `airflow dataops db migrate`."
    assert [f"{older.shown} {said}"] == caplog.messages
    gone = store.forget(one.at + timedelta(days=1), audit_records=False, dry_run=False)
    assert (0, 0) == (gone.observations, gone.incidents)
    schema.migrate(older.url)
    store.record(one.observation)
    assert (one.observation,) == store.facts(Observation)


def fit(fact, revision) -> dict[str, object]:
    """Return the row of a fact as a store of a revision takes it."""
    its = SHAPES[type(fact)]
    return fitted(its.row(fact), its.table, revision, shown="here")


def test_the_name_of_an_only_file_is_all_that_is_left_out(one) -> None:
    """One file of CSV is what every landing was, so the first schema must take it."""
    assert fit(one.plain, "0001") == fit(replace(one.plain, files=(FILE,)), "0001")


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("format", {"dialect": Dialect(format=Format.PARQUET)}),
        ("quote", {"dialect": Dialect(quote="'")}),
        ("header", {"dialect": Dialect(header=False)}),
        ("paths", {"dialect": Dialect(paths=(("a", "b.c"),))}),
        ("files", {"files": (replace(FILE, path="0"), replace(FILE, path="1"))}),
    ],
)
def test_what_an_older_schema_can_not_hold_is_refused(one, column, change) -> None:
    """A landing must not come back as another one: it waits for the migration."""
    with pytest.raises(SettingsError) as caught:
        fit(replace(one.plain, **change), "0001")

    expected = (
        f"the store at here has revision 0001, and `{column}` of orders/2026-03-03 can be kept from"
        " 0002 on. Run `airflow dataops db migrate`."
    )
    assert expected == str(caught.value)


def test_a_store_that_is_migrated_meanwhile_is_used_as_it_is_then(older, one) -> None:
    """A process that began on the old schema must not go on leaving out what the new one keeps."""
    store = SqlStore(older.url)
    alerts = SqlAlerts(older.url)
    assert () == alerts.silences()
    store.record(one.landing)
    schema.migrate(older.url)
    store.record(one.landing)

    assert (one.landing,) == store.facts(Landing)
    silence = Silence(matchers=(), start=one.at, end=one.at, who="ann", why="")
    assert (alerts.silence(silence),) == alerts.silences()


def test_an_old_writer_works_on_the_schema_of_now(database, one) -> None:
    """Tasks of the old version must go on writing, and what they write is a landing as it was then."""
    with database.connection() as connection:
        connection.execute(text(OLD_WRITER), {"sha256": "a" * 64})
    expected = replace(one.plain, origin="/old", bytes=7, rows=5, dialect=Dialect(), run_id="old")

    assert (expected,) == SqlStore(database.url).facts(Landing)


def test_an_old_writer_takes_nothing_from_a_new_one(database, one) -> None:
    """An old task that replays a landing must leave what it doesn't know of."""
    store = SqlStore(database.url)
    store.record(one.landing)
    with database.connection() as connection:
        connection.execute(text(OLD_WRITER), {"sha256": "a" * 64})

    (found,) = store.facts(Landing)
    assert (one.landing.files, Format.JSON_LINES, "/old") == (found.files, found.dialect.format, found.origin)


def test_files_of_a_newer_version_are_read(database, one) -> None:
    """A newer version may say more of a file: what we know of it must be read all the same."""
    store = SqlStore(database.url)
    store.record(replace(one.plain, files=(FILE,)))
    more = '[{"name": "n", "path": "", "sha256": "s", "bytes": 1, "rows": 2, "etag": "e"}]'
    cast = "" if database.is_file else "::json"
    database.run(f"UPDATE dataops_landing SET files = '{more.replace(':', chr(92) + ':')}'{cast}")  # noqa: S608

    assert (LandedFile("n", "", "s", 1, 2),) == store.facts(Landing)[0].files


def test_each_revision_has_its_columns() -> None:
    """A column is there from the revision that added it, and in every one that is not known yet."""
    names = [[column.name for column in columns_of(landing, revision)] for revision in (*REVISIONS, "0999")]

    assert ["format", "quote", "header", "paths", "files"] == names[1][len(names[0]) :]
    assert names[1] == names[2] == names[3] == [column.name for column in landing.columns]


def test_each_revision_has_its_tables() -> None:
    """A table is there from the revision that made it, and in every one that is not known yet."""
    counts = [sum(there(table, revision) for table in metadata.tables.values()) for revision in REVISIONS]

    assert [6, 6, 11, 18, 18] == counts
    assert all(there(table, "0999") for table in metadata.tables.values())


def test_columns_that_came_later_may_be_empty() -> None:
    """Older code writes rows without them, so the database must not ask for them."""
    later = [
        column for table in metadata.tables.values() for column in table.columns if added(column) is not None
    ]

    assert len(later) > 4
    assert [] == [
        column.name for column in later if not column.nullable or added(column).since not in REVISIONS[1:]
    ]
