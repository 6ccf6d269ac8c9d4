from __future__ import annotations

import pytest

from airflow_dataops.documents.query import resolve

NAMES = frozenset({"orders", "fct_orders"})

RESOLVED = {
    "SELECT COUNT(*) FROM {object}": "SELECT COUNT(*) FROM {object}",
    "select count(*) from ${table} where ${column} is null;": (
        'select count(*) from {object} where "a ""b" is null'
    ),
    "SELECT COUNT(*) FROM {table} WHERE {property} > 0": 'SELECT COUNT(*) FROM {object} WHERE "a ""b" > 0',
    'SELECT COUNT(*) FROM {object} WHERE "{property}" > 0': 'SELECT COUNT(*) FROM {object} WHERE "a ""b" > 0',
    'SELECT COUNT(*) FROM Orders o JOIN "fct_orders" p ON é = 1': (
        "SELECT COUNT(*) FROM {object} o JOIN {object} p ON é = 1"
    ),
    "WITH x AS (SELECT 1 AS n FROM {object}) SELECT SUM(n) FROM x": (
        "WITH x AS (SELECT 1 AS n FROM {object}) SELECT SUM(n) FROM x"
    ),
    "SELECT COUNT(*) FROM {object} WHERE code ~ '[0-9]{3}'": (
        "SELECT COUNT(*) FROM {object} WHERE code ~ '[0-9]{3}'"
    ),
}

ONE_NUMBER = "It must be one SELECT that comes to one number."

REFUSED = {
    "SELECT COUNT(*) FROM {objct}": (
        "the query has the unknown placeholder `{objct}`",
        "Did you mean `object`?",
    ),
    "SELECT COUNT(*) FROM {schema}": (
        "the query has the unknown placeholder `{schema}`",
        "There are {object} and {property}.",
    ),
    "SELEC COUNT(*)\nFROM {object}": ("the query can't be parsed: see its line 1", "It must be one SELECT."),
    "SELECT\nCOUNT( FROM {object}": ("the query can't be parsed: see its line 2", "It must be one SELECT."),
    "SELECT 'x FROM {object}": ("the query can't be parsed", "It must be one SELECT."),
    "DELETE FROM {object}": ("the query is not one SELECT", ONE_NUMBER),
    "SELECT 1 FROM {object}; SELECT 2": ("the query is not one SELECT", ONE_NUMBER),
    "SELECT 1 FROM {object} UNION SELECT 2": ("the query is not one SELECT", ONE_NUMBER),
    "SELECT a, b FROM {object}": (
        "the query returns 2 columns",
        "It must come to one number, such as COUNT(*).",
    ),
    "SELECT 1": ("the query doesn't read {object}", "Write FROM {object}."),
    "-- nothing": ("the query is not one SELECT", ONE_NUMBER),
    "SELECT " + "(" * 3000 + "1" + ")" * 3000 + " FROM {object}": (
        "the query is nested too deep",
        "Write it with WITH.",
    ),
}

ELSEWHERE = {
    "SELECT COUNT(*) FROM {object} JOIN lake.orders USING (id)": "orders",
    "SELECT COUNT(*) FROM {object}, customers": "customers",
    "SELECT COUNT(*) FROM {object} WHERE id IN (SELECT id FROM customers)": "customers",
    "SELECT COUNT(*) FROM '/etc/passwd'": "/etc/passwd",
    "SELECT COUNT(*) FROM read_csv('/etc/passwd'), {object}": "something",
}


@pytest.mark.parametrize(("query", "expected"), RESOLVED.items())
def test_resolve_fills_the_placeholders(query, expected):
    """All spellings of the standard become `{object}` and the column's quoted name."""
    found = resolve(query, names=NAMES, column='a "b')
    assert (expected, "") == (found.sql, found.fault)


@pytest.mark.parametrize(("query", "expected"), REFUSED.items(), ids=[q[:30] for q in REFUSED])
def test_resolve_refuses_what_is_not_one_number(query, expected):
    """A query that isn't one SELECT of one column over the batch is wrong, and the message says why."""
    found = resolve(query, names=NAMES, column="a")
    assert ("", *expected, False) == (found.sql, found.fault, found.hint, found.allowed)


@pytest.mark.parametrize(("query", "expected"), ELSEWHERE.items())
def test_resolve_reads_nothing_but_the_batch(query, expected):
    """A query that also reads a table, a file or a function is legal in the standard, and isn't run."""
    found = resolve(query, names=NAMES, column="a")
    assert ("", f"a query that reads `{expected}` and not only {{object}}", True) == (
        found.sql,
        found.fault,
        found.allowed,
    )


def test_resolve_knows_no_property_of_a_dataset():
    """A rule of the whole dataset has no property that a placeholder could stand for."""
    found = resolve("SELECT COUNT({property}) FROM {object}", names=NAMES, column=None)
    assert "`{property}` has no meaning in a rule of the whole dataset" == found.fault


COUNTING = {
    "SELECT COUNT(*) FROM {object}": True,
    "SELECT count(*) AS n FROM ${table} AS o WHERE o.a IS NULL": True,
    "SELECT COUNT(*) FROM orders h WHERE a <> (SELECT mode(a) FROM {object} g WHERE g.b = h.b)": True,
    "WITH m AS (SELECT max(a) AS a FROM {object}) SELECT COUNT(*) FROM {object} WHERE a = (FROM m)": True,
    "SELECT COUNT(*) FROM {object} WHERE a IN (SELECT a FROM {object} GROUP BY a HAVING COUNT(*) > 1)": True,
    "SELECT COUNT(a) FROM {object}": False,
    "SELECT COUNT(DISTINCT a) FROM {object}": False,
    "SELECT COUNT(*) + 1 FROM {object}": False,
    "SELECT COUNT(*) FILTER (WHERE a > 0) FROM {object}": False,
    "SELECT COUNT(*) OVER () FROM {object}": False,
    "SELECT SUM(a) FROM {object}": False,
    "SELECT COUNT(*) FROM {object} a JOIN {object} b ON a.c = b.c": False,
    "SELECT COUNT(*) FROM {object}, {object}": False,
    "SELECT COUNT(*) FROM {object} GROUP BY a": False,
    "SELECT COUNT(*) FROM {object} HAVING COUNT(*) > 1": False,
    "SELECT COUNT(*) FROM {object} LIMIT 1": False,
    "SELECT COUNT(*) FROM {object} ORDER BY 1": False,
    "SELECT COUNT(*) FROM {object} QUALIFY row_number() OVER () = 1": False,
    "SELECT COUNT(*) FROM {object} TABLESAMPLE 10%": False,
    "SELECT COUNT(*) FROM {object} AS o(x, y) WHERE x > 0": False,
    "SELECT COUNT(*) FROM (SELECT * FROM {object})": False,
    "WITH m AS (FROM {object}) SELECT COUNT(*) FROM m": False,
}


@pytest.mark.parametrize(("query", "expected"), COUNTING.items())
def test_resolve_says_whether_a_query_counts_rows(query, expected):
    """Only a plain count of the batch's own rows tells which rows it counts."""
    found = resolve(query, names=NAMES, column=None)
    assert ("", expected) == (found.fault, found.counts_rows)
