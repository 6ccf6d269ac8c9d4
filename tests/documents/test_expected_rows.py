from __future__ import annotations

import pytest

from airflow_dataops.core.slo.expected_rows import ExpectedRows, SaidBy
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.factory.memory import PRODUCTS

FILES = 'template: batch@1\nsource: {conn_id: shop, folder: in, path: "{partition}.csv"}\nexpected:\n  rows: '
TABLE = (
    "template: batch@1\nsource: {conn_id: shop, table: raw.orders}\n"
    "target: {type: postgres, conn_id: shop}\nexpected:\n  rows: "
)

SAID = {
    FILES + '{manifest: {path: "{partition}.json", key: files.rows}}\n': ExpectedRows(
        said_by=SaidBy.MANIFEST, folder="in", conn_id="shop", path="{partition}.json", key="files.rows"
    ),
    FILES
    + "{table: {conn_id: ops, table: ops.loads, partition_column: day, count_column: n}}\n": ExpectedRows(
        said_by=SaidBy.TABLE, conn_id="ops", table="ops.loads", partition_column="day", count_column="n"
    ),
    TABLE + "{query: {conn_id: ops, file: expected.sql}}\n": ExpectedRows(
        said_by=SaidBy.QUERY, conn_id="ops", query="expected.sql"
    ),
    TABLE + "{history: 8}\n": ExpectedRows(said_by=SaidBy.HISTORY, weeks=8),
}


@pytest.mark.parametrize(("text", "rows"), SAID.items(), ids=[one.said_by.value for one in SAID.values()])
def test_who_says_how_many_rows_a_batch_should_have(pipeline, text, rows) -> None:
    """It survives what is remembered of a file."""
    file = pipeline(text)
    (file.parent / "expected.sql").write_text("SELECT 1")

    product = read_definition(file).product

    assert rows == product.expected.rows
    assert product == PRODUCTS.validate_json(PRODUCTS.dump_json(product, exclude_defaults=True))
    assert ("expected.sql" in product.files) is (rows.said_by is SaidBy.QUERY)


WRONG = {
    FILES + "{}\n": ["4:9: `rows` names nobody. Name one of manifest, table, query, history."],
    FILES + "{history: 2, query: {conn_id: c, file: f}}\n": [
        "4:9: `rows` names 2: query, history. Name one of manifest, table, query, history."
    ],
    FILES + "{history: 0}\n": ["4:19: `history` must be a whole number of at least 1, it is the number 0"],
    FILES + "{history: 53}\n": ["4:19: `history` must be at most 52, it is 53. It is a number of weeks."],
    FILES + "{manifest: {key: rows}}\n": ["4:20: `manifest.path` is missing"],
    FILES + "{manifest: {path: m.json}}\n": [
        (
            '4:27: `path` must contain {partition}, it is the text "m.json". '
            "Else every interval would read one file."
        )
    ],
    FILES + '{manifest: {path: "{partition}*.json"}}\n': [
        '4:27: `path` must name one file, it is the text "{partition}*.json". Leave out `*` and `?`.'
    ],
    FILES + '{manifest: {path: "../{partition}.json"}}\n': [
        (
            '4:27: `path` must lie below the folder, it is the text "../{partition}.json". '
            "Put the way to it into `folder`."
        )
    ],
    TABLE + '{manifest: {path: "{partition}.json"}}\n': [
        "5:20: a `manifest` lies beside drops, and these are no files. Name a `table`."
    ],
    FILES + "{table: {conn_id: c, table: t}}\n": [
        "4:17: `table.partition_column` is missing",
        "4:17: `table.count_column` is missing",
    ],
    FILES + "{query: {conn_id: c, file: nowhere.sql}}\n": [
        "4:36: there is no file `nowhere.sql` beside this one"
    ],
    FILES + "{query: {conn_id: c, fyle: f.sql, file: orders.odcs.yaml}}\n": [
        "4:30: the key `fyle` is not known here. Did you mean `file`?"
    ],
}


@pytest.mark.parametrize(("text", "lines"), WRONG.items())
def test_what_is_wrong_is_said_with_its_place(errors_of, text, lines) -> None:
    """All of it at once."""
    assert lines == errors_of(text)
