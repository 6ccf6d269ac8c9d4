from __future__ import annotations

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.postgres import Table, Warehouse, ours, run, table


@pytest.fixture
def warehouse(postgresql) -> Warehouse:
    """A team's connection to the tests' database, with habits of its own."""
    place = postgresql.replace("postgresql+psycopg", "postgresql")
    options = "-c default_transaction_isolation=serializable -c timezone=Asia/Kolkata"
    return Warehouse("shop_db", lambda: psycopg.connect(place, options=options, autocommit=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mart.orders", Table("mart", "orders")),
        ("orders", Table("public", "orders")),
        ("My Mart.Ord%ers", Table("My Mart", "Ord%ers")),
    ],
)
def test_a_name_is_read_as_it_is_written(text, expected) -> None:
    """Schema and table, in upper and lower case as given; without a schema it is `public`."""
    assert expected == table(text)


@pytest.mark.parametrize("text", ["", ".", ".a", "a.", "a.b.c", "a\0.b", "x" * 64, "ü" * 32, "x" * 64 + ".a"])
def test_what_is_no_name_is_refused(text) -> None:
    """PostgreSQL would cut a long name without a word, so it is refused here."""
    with pytest.raises(SettingsError):
        table(text)


def test_a_name_leaves_room() -> None:
    """Names that go on with a suffix must be shorter."""
    assert "m." + "x" * 54 == str(table("m." + "x" * 54, room=9))
    with pytest.raises(SettingsError, match="at most 54 bytes"):
        table("m." + "x" * 55, room=9)


def test_an_address_leads_back_to_its_table(warehouse) -> None:
    """An address in this database names its table, one elsewhere names none."""
    assert Table("a b", "c%") == warehouse.table_at(warehouse.address(Table("a b", "c%")))
    assert (None, None) == (warehouse.table_at("postgres://shop_db2/a.b"), warehouse.table_at("/shop_db/a.b"))


def test_a_transaction_is_ours_whatever_the_connection_is(warehouse) -> None:
    """Isolation, time zone and autocommit don't hang on how a connection was set up."""

    def attempt() -> None:
        with warehouse.transaction("trying") as connection:
            for name in ("transaction_isolation", "timezone"):
                settings.extend(connection.execute(SQL("SHOW {}").format(Identifier(name))).fetchall())
            connection.execute("CREATE TABLE public.gone ()")
            raise ZeroDivisionError

    settings = []
    with pytest.raises(ZeroDivisionError):
        attempt()

    assert [("read committed",), ("UTC",)] == settings
    with warehouse.transaction("looking") as connection:
        assert (None,) == connection.execute("SELECT to_regclass('public.gone')").fetchone()


def test_names_may_hold_what_psycopg_takes_for_placeholders(warehouse) -> None:
    """Values reach a statement whatever the names in it are."""
    with warehouse.transaction("trying") as connection:
        name = Identifier("100%s %(x)s $1")
        run(connection, SQL("CREATE TEMP TABLE {} ({} int)").format(name, name))
        run(connection, SQL("INSERT INTO {} VALUES ($1), ($2)").format(name), 1, 2)
        assert [(2,)] == run(
            connection, SQL("SELECT {} FROM {} WHERE {} > $1").format(name, name, name), 1
        ).fetchall()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.OperationalError, BrokenWorldError),
        (psycopg.errors.AdminShutdown, BrokenWorldError),
        (psycopg.errors.DeadlockDetected, BrokenWorldError),
        (psycopg.errors.DiskFull, BrokenWorldError),
        (psycopg.errors.LockNotAvailable, BrokenWorldError),
        (psycopg.errors.TooManyConnections, BrokenWorldError),
        (psycopg.errors.InsufficientPrivilege, SettingsError),
        (psycopg.errors.InvalidCatalogName, SettingsError),
        (psycopg.errors.InvalidPassword, SettingsError),
        (psycopg.errors.ProgramLimitExceeded, NotEvaluatedError),
        (psycopg.errors.TooManyColumns, NotEvaluatedError),
        (psycopg.errors.UndefinedTable, NotEvaluatedError),
        (psycopg.errors.NumericValueOutOfRange, NotEvaluatedError),
    ],
)
def test_errors_are_told_by_their_code(error, expected) -> None:
    """What another try may heal is a broken world; rights are settings; no word of the database's is told."""
    told = ours(error("tok-value"), doing="publishing orders", where="connection `shop_db`")

    assert expected is type(told)
    assert f"publishing orders failed in PostgreSQL ({error.__name__}" in str(told)
    assert "tok" not in str(told)
