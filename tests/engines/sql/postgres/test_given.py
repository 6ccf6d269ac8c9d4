from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Query
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import Split, Staged
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError
from airflow_dataops.warehouse.postgres import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.rows.relation import Transformed
    from airflow_dataops.warehouse.postgres import Warehouse


@pytest.fixture
def transform(
    warehouse: Warehouse, schema: str, ask: Callable[..., list[tuple[Any, ...]]]
) -> Callable[[str], Transformed]:
    """Run a team's SELECT over two rows beside which there is a secret table."""
    rows, secret, into = (Table(schema, name) for name in ("rows", "secret", "into"))
    ask("CREATE TABLE {t} (n bigint, name text)", t=rows)
    ask("INSERT INTO {t} VALUES (1, 'a'), (2, 'b')", t=rows)
    ask("CREATE TABLE {t} AS SELECT 7 AS pin", t=secret)
    ask("CREATE SEQUENCE {t}", t=Table(schema, "counter"))
    ask(
        "CREATE FUNCTION {t}(bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
        t=Table(schema, "own"),
    )

    def run(sql: str) -> Transformed:
        text = sql.replace("{schema}", f'"{schema}"')
        return PostgresEngine(warehouse).transform(
            Staged(warehouse.address(rows)),
            text,
            name="landing",
            partition="2026-03-03",
            place="transform.sql",
            into=warehouse.address(into),
        )

    return run


def test_a_select_is_written_into_a_table(
    transform: Callable[[str], Transformed], ask: Callable[..., list[tuple[Any, ...]]], schema: str
) -> None:
    """The result has the team's columns; lineage names the columns behind them."""
    made = transform(
        "SELECT n * 2 AS twice, upper(name) || {{ partition }} AS who FROM {{ source }} ORDER BY n"
    )
    assert (2, {"twice": ("n",), "who": ("name",)}) == (made.rows, made.lineage)
    assert [(2, "A2026-03-03"), (4, "B2026-03-03")] == ask("SELECT * FROM {t}", t=Table(schema, "into"))


def test_a_select_runs_again_in_the_place_of_the_first(
    transform: Callable[[str], Transformed], ask: Callable[..., list[tuple[Any, ...]]], schema: str
) -> None:
    """A run that is cleared replaces what it staged before."""
    transform("SELECT n FROM {{ source }}")
    transform("SELECT name FROM {{ source }} WHERE n = 2")
    assert [("b",)] == ask("SELECT * FROM {t}", t=Table(schema, "into"))


ALLOWED = (
    "SELECT count(*) AS n, sum(n) AS s, avg(n) AS a, string_agg(name, ',' ORDER BY n) AS x FROM {{ source }}",
    "WITH l AS (SELECT * FROM {{ source }}) SELECT a.n FROM l AS a JOIN l AS b ON a.n = b.n",
    "SELECT n, row_number() OVER (PARTITION BY name ORDER BY n) AS r FROM {{ source }}",
    "SELECT date_trunc('month', '2026-03-03T10:00Z'::timestamptz) + interval '1 day' AS d FROM {{ source }}",
    "SELECT to_char(n, '999') AS c, coalesce(nullif(name, 'a'), 'z') AS z FROM {{ source }}",
    "SELECT n, m FROM {{ source }} CROSS JOIN generate_series(1, 3) AS m",
    "SELECT json_agg(name)::text AS j, array_agg(n) AS a FROM {{ source }}",
    "SELECT CASE WHEN name ~ '^[a-z]$' THEN md5(name) END AS h FROM {{ source }} -- ; DROP TABLE x",
    "SELECT extract(year FROM current_date)::int AS y, now() AS t FROM {{ source }}",
    "SELECT '100%' AS p, E'it\\'s' AS e, $$a;b$$ AS d FROM {{ source }}",
)


@pytest.mark.parametrize("sql", ALLOWED)
def test_a_select_may_compute(sql: str, transform: Callable[[str], Transformed]) -> None:
    """Aggregates, windows, joins with itself, times, texts and casts are the team's to use."""
    assert transform(sql).rows > 0


REFUSED = (
    "SELECT * FROM {schema}.secret",
    "SELECT n FROM {{ source }} WHERE n IN (SELECT pin FROM {schema}.secret)",
    "SELECT * FROM secret WHERE EXISTS (WITH secret AS (SELECT 1) SELECT * FROM secret)",
    "SELECT * FROM pg_shadow WHERE EXISTS (WITH pg_shadow AS (SELECT 1) SELECT 1)",
    "SELECT passwd FROM pg_catalog.pg_shadow",
    "SELECT table_to_xml('{schema}.secret', true, false, '') AS x FROM {{ source }}",
    "SELECT query_to_xml('SELECT 1', true, false, '') AS x FROM {{ source }}",
    "SELECT pg_read_file('/etc/passwd') AS x FROM {{ source }}",
    "SELECT name, pg_sleep(1) IS NULL AS x FROM {{ source }}",
    "SELECT set_config('search_path', 'x', false) AS x FROM {{ source }}",
    "SELECT current_setting('data_directory') AS x FROM {{ source }}",
    "SELECT nextval('{schema}.counter') AS x FROM {{ source }}",
    "SELECT {schema}.own(n) AS x FROM {{ source }}",
    "SELECT lo_import('/etc/passwd') AS x FROM {{ source }}",
    "SELECT pg_terminate_backend(1) AS x FROM {{ source }}",
    "SELECT pg_advisory_lock(1) IS NULL AS x FROM {{ source }}",
    "SELECT * FROM pg_ls_dir('/') AS x",
    "SELECT n FROM {{ source }} ORDER BY random()",
    "WITH d AS (DELETE FROM {{ source }} RETURNING n) SELECT n FROM d",
    "SELECT n INTO other FROM {{ source }}",
    "SELECT n FROM {{ source }}; DROP TABLE {schema}.secret",
    "SELECT n FROM {{ source }} WHERE name = E'\\'; DROP TABLE {schema}.secret; --'  ; SELECT 1",
    "DROP TABLE {schema}.secret",
    "TABLE {schema}.secret",
    "COPY {schema}.secret TO PROGRAM 'true'",
    "SELECT missing FROM {{ source }}",
    "SELECT n, n FROM {{ source }}",
    "SELECT n, name AS N FROM {{ source }}",
    "SELECT lower(n, n) AS x FROM {{ source }}",
    "SELECT 1 / (n - 1) AS x FROM {{ source }}",
    "SELECT name::int AS x FROM {{ source }}",
    "",
)


@pytest.mark.parametrize("sql", REFUSED)
def test_a_select_may_do_nothing_else(
    sql: str,
    transform: Callable[[str], Transformed],
    ask: Callable[..., list[tuple[Any, ...]]],
    schema: str,
) -> None:
    """It reads no other table, file or setting, changes nothing, waits for nothing; a failure is one line."""
    with pytest.raises(NotEvaluatedError) as refused:
        transform(sql)
    assert str(refused.value).startswith("transform.sql")
    assert "\n" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__
    assert [(7,)] == ask("SELECT pin FROM {t}", t=Table(schema, "secret"))
    assert [(2, 1)] == ask("SELECT count(*), min(n) FROM {t}", t=Table(schema, "rows"))
    assert [(None,)] == ask("SELECT to_regclass(%s)", f'"{schema}".into')


RULES = (
    "SELECT count(*) FROM {object}, pg_shadow WHERE EXISTS (WITH pg_shadow AS (SELECT 1) SELECT 1)",
    "SELECT count(pg_sleep(1)) FROM {object}",
    "SELECT sum(pg_backend_pid()) FROM {object}",
    "SELECT count(*) FROM {object} WHERE n = 1 // 0",
    "SELECT count(query_to_xml('SELECT 1', true, false, '')) FROM {object}",
)


@pytest.mark.parametrize("sql", RULES)
def test_a_sql_rule_may_do_nothing_else(
    sql: str, warehouse: Warehouse, schema: str, ask: Callable[..., list[tuple[Any, ...]]]
) -> None:
    """Nor may a rule of a contract; it is an error of its own, and the other rules are evaluated."""
    rows = Table(schema, "rows")
    ask("CREATE TABLE {t} AS SELECT 1::bigint AS n", t=rows)
    dataset = Dataset(name="rows", columns=(Column(name="n", type=ColumnType(LogicalType.INTEGER)),))
    good = Check(id="good", promise=Query("SELECT count(*) FROM {object}"))
    found = PostgresEngine(warehouse).scan(
        Staged(warehouse.address(rows)),
        plan(dataset, [Check(id="bad", promise=Query(sql)), good]),
        split=Split(*(warehouse.address(Table(schema, name)) for name in ("good", "bad"))),
    )
    assert found.measured["bad"].problem
    assert found.measured["good"].number == 1


def test_a_table_that_is_gone_is_said_in_one_line(
    transform: Callable[[str], Transformed], ask: Callable[..., list[tuple[Any, ...]]], schema: str
) -> None:
    """Somebody dropped what the stage before it wrote."""
    ask("DROP TABLE {t}", t=Table(schema, "rows"))
    with pytest.raises(BrokenWorldError, match="the table is gone"):
        transform("SELECT n FROM {{ source }}")


ENDLESS = """
SELECT count(*) AS n
FROM generate_series(1, 99999) AS a
CROSS JOIN generate_series(1, 99999) AS b
CROSS JOIN generate_series(1, 99) AS c
"""

TRANSFORMING = """
import psycopg, sys
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.warehouse.postgres import Table, Warehouse
database, schema, sql = sys.argv[1:]
warehouse = Warehouse("shop_db", lambda: psycopg.connect(database))
PostgresEngine(warehouse).transform(Staged(warehouse.address(Table(schema, "rows"))), sql, name="landing",
    partition="p", place="transform.sql", into=warehouse.address(Table(schema, "into")))
"""

RUNNING = """
SELECT pid FROM pg_stat_activity
WHERE query LIKE 'CREATE TABLE%into%dataops_result%' AND state = 'active' AND datname = current_database()
"""


def _running(ask: Callable[..., list[tuple[Any, ...]]]) -> list[int]:
    return [pid for (pid,) in ask(RUNNING)]


def _until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_session_that_the_server_ends_is_a_broken_world(
    transform: Callable[[str], Transformed], ask: Callable[..., list[tuple[Any, ...]]], schema: str
) -> None:
    """The task may be tried again, and nothing of the first try is left."""
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(transform, ENDLESS)
        _until(lambda: bool(_running(ask)))
        ask("SELECT pg_terminate_backend(%s)", _running(ask)[0])
        with pytest.raises(BrokenWorldError, match="may be run again"):
            lost.result()
    assert [(None,)] == ask("SELECT to_regclass(%s)", f'"{schema}".into')


def test_a_killed_worker_leaves_nothing_and_its_statement_ends(
    transform: Callable[[str], Transformed],
    ask: Callable[..., list[tuple[Any, ...]]],
    schema: str,
    database: str,
) -> None:
    """SIGKILL while rows are written: the server notices, and the next try doesn't wait for ever."""
    transform("SELECT n FROM {{ source }}")
    with subprocess.Popen([sys.executable, "-c", TRANSFORMING, database, schema, ENDLESS]) as process:
        _until(lambda: bool(_running(ask)))
        os.kill(process.pid, signal.SIGKILL)
    assert [(2,)] == ask("SELECT count(*) FROM {t}", t=Table(schema, "into"))
    assert transform("SELECT n FROM {{ source }} WHERE n = 1").rows == 1
    _until(lambda: not _running(ask))
