from __future__ import annotations

import pytest

from airflow_dataops.engines.sql.proofreading import proofread

COLUMNS = {
    "id": "VARCHAR",
    "amount": "DECIMAL(12,2)",
    "at": "TIMESTAMP WITH TIME ZONE",
    "Order ID": "VARCHAR",
}

FINE = [
    "SELECT * FROM {{ source }}",
    'SELECT ID, t.AMOUNT, "order id" FROM {{ source }} AS t',
    "SELECT amount + 1 AS more, more + 1 AS most FROM {{ source }} WHERE more > 1",
    "SELECT * EXCLUDE (amount), {{ partition }} AS day FROM {{ source }}",
    "FROM {{ source }} SELECT COLUMNS('a.*')",
    "SELECT list_transform([1], lambda x: x + 1) AS l, n FROM {{ source }}, unnest([1]) AS u(n)",
    "SELECT * FROM (PIVOT {{ source }} ON id USING sum(amount))",
    "WITH a AS (SELECT id AS o FROM {{ source }})\nSELECT o FROM a UNION ALL SELECT id FROM {{ source }}",
]


@pytest.mark.parametrize("text", FINE)
def test_what_duckdb_reads_is_no_problem(text) -> None:
    """A false alarm would stop a product that runs."""
    assert None is proofread(text, columns=COLUMNS, place="t.sql")


WRONG = {
    "no such column": (
        "SELECT\n  id,\n  nope\nFROM {{ source }}",
        "t.sql:3:3: Column 'nope' could not be resolved. Check the names of the columns.",
    ),
    "no such column of a table": (
        "SELECT\n  s.nope\nFROM {{ source }} AS s",
        "t.sql:2:5: Unknown column: nope. Check the names of the columns.",
    ),
    "lost in WITH": (
        "WITH a AS (\n  SELECT id FROM {{ source }}\n)\nSELECT amount FROM a",
        "t.sql:4:8: Column 'amount' could not be resolved. Check the names of the columns.",
    ),
    "on a line that the template changes": (
        "SELECT id FROM {{ source }}\nWHERE {{ partition }} = nope",
        "t.sql:2:1: Column 'nope' could not be resolved. Check the names of the columns.",
    ),
    "among lines that the template makes": (
        "SELECT\n{% for n in ['id'] %}\n  {{ n | identifier }},\n{% endfor %}{# a\n#}nope FROM {{ source }}",
        "t.sql: Column 'nope' could not be resolved. Check the names of the columns.",
    ),
    "no SQL": ("SELECT id FRM (", "t.sql:1:15: the SQL doesn't parse. Write one SELECT as DuckDB reads it."),
    "two statements": (
        "SELECT id FROM {{ source }}; SELECT 1",
        "t.sql: there are 2 statements. Write exactly one SELECT.",
    ),
    "no SELECT": ("DROP TABLE {{ source }}", "t.sql: the statement is DROP. Write exactly one SELECT."),
    "another table": (
        "SELECT id\nFROM customers",
        "t.sql:2:6: there is no table 'customers'. Read from the rows that are given, and from WITH.",
    ),
    "undefined": (
        "SELECT id\nFROM {{ sauce }}",
        (
            "t.sql:2:1: 'sauce' is undefined. "
            "A template knows `source`, `partition` and the filters `identifier` and `literal`."
        ),
    ),
    "no template": (
        "SELECT id\nFROM {{ source",
        (
            "t.sql:2:1: unexpected end of template, expected 'end of print statement'. "
            "A template knows `source`, `partition` and the filters `identifier` and `literal`."
        ),
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_problem_is_named_with_its_place(text, expected) -> None:
    """What could not run is a line with a place of the file as it is written, and never a traceback."""
    assert expected == str(proofread(text, columns=COLUMNS, place="t.sql"))
