from __future__ import annotations

import pytest

from airflow_dataops.documents.pipeline.places import MISPLACED

FILES = "template: batch@1\nsource:\n  folder: drops\n  path: orders-{partition}.csv\n"
TABLE = "template: batch@1\nsource:\n  conn_id: shop\n  table: raw.orders\n"
HERE = "target: {type: postgres, conn_id: shop}\n"

VALUES = {
    "folder": "drops",
    "path": "'{partition}'",
    "ready": "'{partition}'",
    "format": "jsonl",
    "delimiter": "';'",
    "quote": "''",
    "header": "false",
    "encoding": "latin-1",
    "paths": "{a: b}",
    "wait": "{timeout: 1h}",
}
"""A key of files -> a value that is right in itself."""

OWN_DATABASE = (
    "a table is published in its own database only, with every stage of it there. "
    "Write `target: {type: postgres, conn_id: shop, table: …}`."
)


def test_every_key_of_files_is_tried() -> None:
    """The values above are those of every key that has no meaning beside a table."""
    assert set(MISPLACED[0].keys) == set(VALUES)


@pytest.mark.parametrize("key", VALUES)
def test_a_key_of_files_has_no_meaning_beside_a_table(key, errors_of) -> None:
    """What would be passed over in silence is named, at the key."""
    text = f"{TABLE}  {key}: {VALUES[key]}\n{HERE}"

    assert [f"5:3: `source.{key}` has no meaning beside `table`"] == errors_of(text)


MISPLACED_KEYS = {
    "pandera of a table": (
        TABLE + "  schema: rules:Sales\n" + HERE,
        ["5:3: `source.schema` can't be judged beside `table`: no row leaves the database"],
    ),
    "partition column of files": (
        FILES + "  partition_column: day\n",
        ["5:3: `source.partition_column` has no meaning without `table`"],
    ),
    "delimiter of JSON lines": (
        FILES + "  format: jsonl\n  delimiter: ';'\n",
        ["6:3: `source.delimiter` has a meaning with `format: csv` alone"],
    ),
    "quote of JSON lines": (
        FILES + "  format: jsonl\n  quote: ''\n",
        ["6:3: `source.quote` has a meaning with `format: csv` alone"],
    ),
    "header of Parquet": (
        FILES + "  format: parquet\n  header: true\n",
        ["6:3: `source.header` has a meaning with `format: csv` alone"],
    ),
    "encoding of Parquet": (
        FILES + "  encoding: utf-8\n  format: parquet\n",
        ["5:3: `source.encoding` has no meaning with `format: parquet`"],
    ),
    "paths of CSV": (
        FILES + "  paths: {a: b}\n",
        ["5:3: `source.paths` has a meaning with `format: jsonl` alone"],
    ),
    "paths of Parquet": (
        FILES + "  format: parquet\n  paths: {a: b}\n",
        ["6:3: `source.paths` has a meaning with `format: jsonl` alone"],
    ),
    "all that Parquet doesn't have": (
        FILES + "  format: parquet\n  encoding: utf-8\n  delimiter: ','\n  quote: ''\n  header: true\n",
        [
            "6:3: `source.encoding` has no meaning with `format: parquet`",
            "7:3: `source.delimiter` has a meaning with `format: csv` alone",
            "8:3: `source.quote` has a meaning with `format: csv` alone",
            "9:3: `source.header` has a meaning with `format: csv` alone",
        ],
    ),
    "quote that is the delimiter": (
        FILES + "  delimiter: ;\n  quote: ;\n",
        ["6:3: `source.quote` is the delimiter as well. Write another one."],
    ),
    "quote that is the usual delimiter": (
        FILES + "  quote: ','\n",
        ["5:3: `source.quote` is the delimiter as well. Write another one."],
    ),
    "delimiter that is the usual quote": (
        FILES + "  delimiter: '\"'\n",
        ["5:3: `source.quote` is the delimiter as well. Write another one."],
    ),
    "path in a database": (
        FILES + "target: {type: postgres, conn_id: shop, path: x}\n",
        ["5:41: `target.path` has no meaning with `type: postgres`: write `table`"],
    ),
    "connection of a Delta table": (
        FILES + "target: {type: delta, conn_id: shop}\n",
        ["5:23: `target.conn_id` has a meaning with `type: postgres` alone"],
    ),
    "table of a Delta table": (
        FILES + "target: {table: mart.orders}\n",
        ["5:10: `target.table` has a meaning with `type: postgres` alone"],
    ),
    "database without a connection": (
        FILES + "target: {type: postgres}\n",
        ["5:9: `target.conn_id` is missing. Name the Airflow connection of the database."],
    ),
    "table of the name of a product that has a point": (
        FILES + "name: shop.orders\ncontract: orders.odcs.yaml\n" + HERE,
        [
            (
                "7:9: `target.table` is missing: the product's name can't be that of a table. "
                "Such as `table: mart.orders`."
            )
        ],
    ),
    "table of a name that leaves no room": (
        FILES + f"target: {{type: postgres, conn_id: shop, table: mart.{'ö' * 27}x}}\n",
        [
            (
                f"5:48: the table's name `{'ö' * 27}x` is longer than 54 bytes. "
                "PostgreSQL takes 63, and tables beside it go on with a suffix."
            )
        ],
    ),
    "name of a product that leaves no room for its table": (
        FILES + f"name: {'x' * 55}\ncontract: orders.odcs.yaml\n" + HERE,
        [
            (
                f"7:9: the table's name `{'x' * 40}…` is longer than 54 bytes. "
                "PostgreSQL takes 63, and tables beside it go on with a suffix."
            )
        ],
    ),
    "table without a connection": (
        "template: batch@1\nsource: {table: raw.orders}\n" + HERE,
        [
            (
                "2:9: `source.conn_id` is missing. "
                "Name the Airflow connection of the database that has the table."
            )
        ],
    ),
    "table without a target": (TABLE, [f"1:1: {OWN_DATABASE}"]),
    "table to a lake": (TABLE + "target: {type: delta}\n", [f"5:9: {OWN_DATABASE}"]),
    "table to another database": (
        TABLE + "target: {type: postgres, conn_id: mart}\n",
        [f"5:9: {OWN_DATABASE}"],
    ),
    "table that is waited for": (
        TABLE + "  on_missing: wait\n" + HERE,
        [
            (
                "5:3: a table can't be waited for. "
                "Schedule the product after what fills the table, or use `on_missing: fail` with retries."
            )
        ],
    ),
    "table of no table": (
        "template: batch@1\nsource: {conn_id: shop}\n",
        ["2:9: `source.path` is missing. Such as `path: orders-{partition}.csv`; or write `table`."],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISPLACED_KEYS.values(), ids=MISPLACED_KEYS)
def test_keys_that_dont_go_together_are_named(text, expected, errors_of) -> None:
    """Each is one line with the place of the key, and what to do where that isn't plain."""
    assert expected == errors_of(text)


WRONG_BESIDE = {
    "table": (
        TABLE + "  partition_column: day\n  on_duplicate: maybe\n" + HERE,
        ['6:17: `on_duplicate` must be `report`, `skip` or `fail`, it is the text "maybe"'],
    ),
    "paths": (
        FILES + "  format: jsonl\n  paths: {a: 'b c'}\n",
        [
            (
                '6:14: `a` must say where its value is in a record, it is the text "b c". '
                "Such as customer.address.city or lines[0].amount."
            )
        ],
    ),
    "database": (
        FILES + "target: {type: postgres, conn_id: shop, table: a b}\n",
        ['5:48: `table` must be a table such as `mart.orders`, without blanks, it is the text "a b"'],
    ),
    "database of a table": (
        TABLE + "target: {type: postgres, conn_id: shop, table: a b}\n",
        ['5:48: `table` must be a table such as `mart.orders`, without blanks, it is the text "a b"'],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG_BESIDE.values(), ids=WRONG_BESIDE)
def test_nothing_is_said_of_what_stands_beside_a_wrong_value(text, expected, errors_of) -> None:
    """One mistake is one line: keys are not out of place because the one that they need is misspelt."""
    assert expected == errors_of(text)


RIGHT = {
    "files to a database": FILES + HERE,
    "table of the longest name": FILES
    + f"target: {{type: postgres, conn_id: shop, table: mart.{'x' * 54}}}\n",
    "files to a table of it": FILES + "target: {type: postgres, conn_id: shop, table: mart.orders}\n",
    "table to its database": TABLE + HERE,
    "partition of a table": TABLE
    + "  partition_column: day\n  delivery: snapshot\n  on_missing: skip\n"
    + HERE,
    "quoted otherwise": FILES + '  delimiter: ;\n  quote: "\'"\n',
    "quotes as delimiters": FILES + "  delimiter: '\"'\n  quote: ''\n",
    "no quotes": FILES + "  quote: ''\n",
    "lines": FILES + "  format: jsonl\n  encoding: latin-1\n  paths: {id: b}\n",
    "Parquet": FILES + "  format: parquet\n",
    "wait in object storage": FILES.replace("drops", "s3://bucket/drops") + "  on_missing: wait\n",
    "point in the name beside a table": (
        FILES
        + "name: shop.orders\ncontract: orders.odcs.yaml\n"
        + "target: {type: postgres, conn_id: shop, table: orders}\n"
    ),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_keys_that_go_together_are_right(text, errors_of) -> None:
    """What belongs together is not complained of."""
    assert [] == errors_of(text)
