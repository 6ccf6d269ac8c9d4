from __future__ import annotations

import pytest
import sqlglot

from airflow_dataops.engines.sql.lineage import column_lineage

SCHEMA = {"landed": {"id": "VARCHAR", "amount": "DECIMAL(12,2)", "a.b": "BIGINT", '"; drop': "BIGINT"}}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM landed", {"id": ("id",)}),
        ("SELECT id AS key, amount * 2 AS twice FROM landed", {"key": ("id",), "twice": ("amount",)}),
        (
            "SELECT * EXCLUDE (id) FROM landed",
            {"amount": ("amount",), "a.b": ("a.b",), '"; drop': ('"; drop',)},
        ),
        ('SELECT "a.b" + """; drop" AS "x y" FROM landed', {"x y": ("a.b", '"; drop')}),
        ("WITH w AS (SELECT id, lower(id) AS low FROM landed) SELECT low FROM w", {"low": ("id",)}),
        (
            "SELECT l.id, r.amount FROM landed AS l JOIN landed AS r USING (id)",
            {"id": ("id",), "amount": ("amount",)},
        ),
        (
            "SELECT id FROM landed UNION ALL SELECT CAST(amount AS VARCHAR) FROM landed",
            {"id": ("amount", "id")},
        ),
        ("SELECT 1 AS one, now() AS at, count(*) AS n FROM landed", {}),
        ("SELECT nope FROM landed", {}),
        ("SELECT x FROM elsewhere", {}),
    ],
)
def test_column_lineage_names_the_columns_behind_a_column(
    sql: str, expected: dict[str, tuple[str, ...]]
) -> None:
    """Each output column names the input columns it is computed from; what can't be told is left out."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    before = tree.sql()

    found = column_lineage(tree, schema=SCHEMA)

    assert {name: tuple(sorted(columns)) for name, columns in found.items()} == {
        name: tuple(sorted(columns)) for name, columns in expected.items()
    }
    assert before == tree.sql()
