"""What a statement means in a settled session: literals, names, texts, snapshots."""

from __future__ import annotations

import mysql.connector
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from airflow_dataops.engines.sql.mariadb.dialect import DIALECT
from airflow_dataops.engines.sql.mariadb.failures import heals
from airflow_dataops.engines.sql.mariadb.session import SETTINGS, settled

HOSTILE = (
    *(
        "'",
        "''",
        "\\",
        "\\'",
        "\\\\",
        '"',
        "`",
        "\0",
        "\x1a",
        "\n\r\t\b",
        "%",
        "%s",
        "\\%",
        "\\_",
        "a -- b",
        "/* */",
    ),
    *(
        "'; DROP TABLE orders; --",
        "\\'; DROP TABLE orders; --",
        "é",
        "e\u0301",
        "😀",
        "\ufeff",
        "\u2028",
        "\U0010ffff",
    ),
)
MODES = (
    "NO_BACKSLASH_ESCAPES",
    "ANSI_QUOTES",
    "PIPES_AS_CONCAT",
    "PAD_CHAR_TO_FULL_LENGTH",
    "ORACLE",
    "ANSI",
    "",
)


@pytest.mark.parametrize("mode", MODES)
def test_a_literal_is_the_text_whatever_the_mode_was(mode: str, mariadb, ask) -> None:
    """The session has a mode of its own."""
    ask(f"SET sql_mode = '{mode}'")
    with settled(mariadb):
        for text in HOSTILE:
            literal = exp.Literal.string(text)
            query = exp.select(literal, exp.Literal.string(f"{text}x")).sql(DIALECT)
            assert [(text, f"{text}x")] == ask(query)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_literal(text: str, mariadb, ask) -> None:
    """Of all of Unicode."""
    with settled(mariadb):
        assert [(text,)] == ask(exp.select(exp.Literal.string(text)).sql(DIALECT))


NAMES = ("a`b", 'a"b', "a.b", "a b", "select", "ü", "1", "a'b", "\\", "%s", "x" * 64, "a--b", "\U00004e2d")


@pytest.mark.parametrize("name", NAMES)
def test_a_column_has_any_name(name: str, ask, mariadb) -> None:
    """A name is quoted as MariaDB quotes it."""
    quoted = exp.to_identifier(name, quoted=True)
    ask(f"CREATE OR REPLACE TABLE named ({quoted.sql(DIALECT)} int)")
    ask("INSERT INTO named VALUES (5)")
    with settled(mariadb):
        assert [(5,)] == ask(exp.select(exp.column(quoted)).from_("named").sql(DIALECT))


def test_the_settings_are_as_they_are_said(mariadb, ask) -> None:
    """Whatever the server's are."""
    ask("SET time_zone = '+05:00', sql_mode = 'ANSI_QUOTES', sql_select_limit = 1, sql_auto_is_null = 1")
    with settled(mariadb):
        for name in SETTINGS.keys() - {"sql_select_limit", "sql_mode"}:
            ((found,),) = ask(f"SELECT @@{name}")
            assert SETTINGS[name].strip("'") == str(found)
        assert [(1,), (2,)] == ask("SELECT 1 UNION SELECT 2")


def test_nothing_is_written(mariadb, ask) -> None:
    """The transaction reads."""
    ask("CREATE OR REPLACE TABLE untouched (a int)")
    with settled(mariadb), pytest.raises(mysql.connector.Error) as caught:
        ask("INSERT INTO untouched VALUES (1)")

    assert 1792 == caught.value.errno
    assert [] == ask("SELECT * FROM untouched")


def test_one_session_sees_one_state(mariadb, ask) -> None:
    """Rows that another one adds meanwhile aren't there, in a table whose engine has transactions."""
    name = mariadb.database
    ask("CREATE OR REPLACE TABLE moving (a int) ENGINE = InnoDB")
    other = mysql.connector.connect(
        host=mariadb.server_host,
        port=mariadb.server_port,
        user="root",
        password="",
        database=name,
        autocommit=True,
    )
    with settled(mariadb):
        before = ask("SELECT COUNT(*) FROM moving")
        other.cursor().execute("INSERT INTO moving VALUES (1)")
        assert before == ask("SELECT COUNT(*) FROM moving")
    assert [(1,)] == ask("SELECT COUNT(*) FROM moving")
    other.close()


HEAL = {
    **dict.fromkeys((1205, 1213, 1317, 1927, 1969, 2003, 2006, 2013), True),
    **dict.fromkeys((1045, 1054, 1064, 1139, 1142, 1146, 1690, -1), False),
}


@pytest.mark.parametrize("number", HEAL)
def test_which_errors_another_try_may_heal(number: int) -> None:
    """Of each driver: mysql-connector-python has the number as `errno`, mysqlclient as the first argument."""
    assert HEAL[number] is heals(mysql.connector.Error(errno=number))
    assert HEAL[number] is heals(Exception(number, "said"))


def test_a_statement_that_runs_too_long_heals(ask) -> None:
    """The server may be less busy later."""
    ask("SET max_statement_time = 0.2")
    try:
        with pytest.raises(mysql.connector.Error) as caught:
            ask("SELECT MAX(SHA2(seq, 256)) FROM seq_1_to_100000000")
    finally:
        ask("SET max_statement_time = 0")

    assert heals(caught.value)
