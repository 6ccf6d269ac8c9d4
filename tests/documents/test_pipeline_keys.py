from __future__ import annotations

import pytest

from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.product import Target

FILES = "template: batch@1\nsource:\n  folder: drops\n  path: orders-{partition}.csv\n"
LINES = "template: batch@1\nsource:\n  folder: drops\n  path: '{partition}'\n  format: jsonl\n"
TABLE = "template: batch@1\nsource: {conn_id: shop, table: %s}\ntarget: {type: postgres, conn_id: shop}\n"

TABLE_HINT = "must be a table such as `mart.orders`, without blanks"
QUOTE_HINT = "must be one character of ASCII and no line end, or empty for none"
OBJECT_HINT = "must be a module and an object in it, such as `orders_schema:OrdersModel`"
PATHS_HINT = "Such as {city: customer.address.city}."
PATH_HINT = "Such as customer.address.city or lines[0].amount."

WRONG = {
    "unknown format": (
        FILES + "  format: json\n",
        [
            (
                '5:11: `format` must be `csv`, `jsonl` or `parquet`, it is the text "json". '
                "Did you mean `jsonl`?"
            )
        ],
    ),
    "format that is no file's": (
        FILES + "  format: table\n",
        ['5:11: `format` must be `csv`, `jsonl` or `parquet`, it is the text "table"'],
    ),
    "quote of two characters": (
        FILES + "  quote: '\"\"'\n",
        [
            (
                f'5:10: `quote` {QUOTE_HINT}, it is the text """". '
                """Such as '"' or ''."""
            )
        ],
    ),
    "quote that is a line end": (
        FILES + '  quote: "\\n"\n',
        [
            (
                rf'5:10: `quote` {QUOTE_HINT}, it is the text "\n". '
                """Such as '"' or ''."""
            )
        ],
    ),
    "quote that is no ASCII": (
        FILES + "  quote: »\n",
        [f"""5:10: `quote` {QUOTE_HINT}, it is the text "»". Such as '"' or ''."""],
    ),
    "encoding of two bytes a character": (
        FILES + "  encoding: utf-16\n",
        [
            (
                '5:13: `encoding` must be an extension of ASCII, it is the text "utf-16". '
                "Convert the files to UTF-8."
            )
        ],
    ),
    "quote without a value": (
        FILES + "  quote:\n",
        ["5:3: `quote` is empty. Write a value, or leave the key out."],
    ),
    "header that is a text": (
        FILES + "  header: 'no'\n",
        ['5:11: `header` must be true or false, it is the text "no". Write `false`.'],
    ),
    "paths that are a list": (
        LINES + "  paths: [a, b]\n",
        [f"6:10: `paths` must be a mapping of columns, it is a list. {PATHS_HINT}"],
    ),
    "paths of nothing": (
        LINES + "  paths: {}\n",
        [f"6:10: `paths` names no column. {PATHS_HINT}"],
    ),
    "paths that lead nowhere": (
        LINES
        + "  paths:\n    good: a.b\n    bad: a..b\n    worse: '[0]'\n    worst: [a, b]\n    last: a b\n",
        [
            f'8:10: `bad` must say where its value is in a record, it is the text "a..b". {PATH_HINT}',
            f'9:12: `worse` must say where its value is in a record, it is the text "[0]". {PATH_HINT}',
            "10:12: `worst` must be a text, it is a list",
            f'11:11: `last` must say where its value is in a record, it is the text "a b". {PATH_HINT}',
        ],
    ),
    "path that is true": (
        LINES + "  paths: {city: true}\n",
        ["6:17: `city` must be a text, it is true. Put it in quotes."],
    ),
    "column that is named twice": (
        LINES + "  paths:\n    id: a\n    id: b\n",
        ["8:5: `id` stands here for the second time, first in line 7. Keep one of them."],
    ),
    "table of three parts": (TABLE % "a.b.c", [f'2:32: `table` {TABLE_HINT}, it is the text "a.b.c"']),
    "table with a blank": (
        TABLE % "'my orders'",
        [f'2:32: `table` {TABLE_HINT}, it is the text "my orders"'],
    ),
    "table with a dot alone": (TABLE % "orders.", [f'2:32: `table` {TABLE_HINT}, it is the text "orders."']),
    "table of a long name": (
        TABLE % ("x" * 64),
        [f'2:32: `table` {TABLE_HINT}, it is the text "{"x" * 40}…"'],
    ),
    "target's table of three parts": (
        FILES + "target: {type: postgres, conn_id: shop, table: a.b.c}\n",
        [f'5:48: `table` {TABLE_HINT}, it is the text "a.b.c"'],
    ),
    "partition column that is blank": (
        TABLE % "t, partition_column: ' '",
        ["2:53: `partition_column` must not be blank"],
    ),
    "connection that is blank": (
        FILES + "target: {type: postgres, conn_id: ''}\n",
        ["5:35: `conn_id` must not be blank"],
    ),
    "unknown target": (
        FILES + "target: {type: postgresql}\n",
        [
            (
                '5:16: `type` must be `delta` or `postgres`, it is the text "postgresql". '
                "Did you mean `postgres`?"
            )
        ],
    ),
    "schema without an object": (
        FILES + "  schema: orders_schema\n",
        [f'5:11: `schema` {OBJECT_HINT}, it is the text "orders_schema"'],
    ),
    "schema of the product that is a file": (
        FILES + "schema: schemas/orders.py:Orders\n",
        [f'5:9: `schema` {OBJECT_HINT}, it is the text "schemas/orders.py:Orders"'],
    ),
    "schema that is code": (
        FILES + "schema: 'os:system(1)'\n",
        [f'5:9: `schema` {OBJECT_HINT}, it is the text "os:system(1)"'],
    ),
    "path of any depth": (
        FILES.replace("orders-{partition}.csv", "'{partition}/**/x.csv'"),
        [
            (
                '4:9: `path` must say how deep a drop lies, it is the text "{partition}/**/x.csv". '
                "Write a `*` for each folder."
            )
        ],
    ),
    "marker with a wildcard": (
        FILES + "  ready: '{partition}/_SUCCESS*'\n",
        [
            (
                '5:10: `ready` must name one file, it is the text "{partition}/_SUCCESS*". '
                "Leave out `*` and `?`."
            )
        ],
    ),
    "marker of no partition": (
        FILES + "  ready: _SUCCESS\n",
        [
            (
                '5:10: `ready` must contain {partition}, it is the text "_SUCCESS". '
                "Else every interval would read one file."
            )
        ],
    ),
    "marker elsewhere": (
        FILES + "  ready: ../{partition}\n",
        [
            (
                '5:10: `ready` must lie below the folder, it is the text "../{partition}". '
                "Put the way to it into `folder`."
            )
        ],
    ),
    "address of nothing": (
        FILES.replace("folder: drops", "folder: s3://"),
        [
            '3:11: `folder` must be a folder or an address, it is the text "s3://". Such as s3://bucket/prefix.'
        ],
    ),
    "address with a key": (
        FILES.replace("folder: drops", "folder: s3://AKIA:secret@bucket/drops"),
        [
            (
                "3:11: `folder` names a user in its address. "
                "Leave out what stands before the `@`; write `conn_id`."
            )
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_named_with_its_place(text, expected, errors_of) -> None:
    """What is wrong with a value is one line with its line and column, and nothing is said besides."""
    assert expected == errors_of(text)


DIALECTS = {
    "nothing said": ("", Dialect()),
    "format: jsonl": ("format: jsonl", Dialect(format=Format.JSON_LINES)),
    "format: parquet": ("format: parquet", Dialect(format=Format.PARQUET)),
    "format: csv": ("format: csv", Dialect()),
    "another quote": ('quote: "\'"', Dialect(quote="'")),
    "no quote": ("quote: ''", Dialect(quote="")),
    "no header": ("header: false", Dialect(header=False)),
    "a header": ("header: true", Dialect(header=True)),
    "tabs without quotes": ('{delimiter: "\\t", quote: ""}', Dialect(delimiter="\t", quote="")),
    "paths": (
        "{format: jsonl, paths: {id: $.customer.address.city, 1: 'lines[0].id', b c: d}}",
        Dialect(
            format=Format.JSON_LINES,
            paths=(("id", "customer.address.city"), ("1", "lines[0].id"), ("b c", "d")),
        ),
    ),
    "lines in another encoding": (
        "{format: jsonl, encoding: latin-1}",
        Dialect(format=Format.JSON_LINES, encoding="latin-1"),
    ),
}


@pytest.mark.parametrize(("keys", "expected"), DIALECTS.values(), ids=DIALECTS)
def test_a_dialect_is_read_as_it_is_written(keys, expected, product_of) -> None:
    """Each key of how a drop is written arrives; what is not said has its default."""
    inline = keys if keys.startswith("{") else f"{{{keys}}}"
    source = "{folder: drops, path: '{partition}'" + (f", {inline[1:]}" if keys else "}")

    assert expected == product_of(f"template: batch@1\nsource: {source}\n").source.dialect


def test_a_table_is_read_as_it_is_written(product_of) -> None:
    """A table needs no folder, and its rows are of the database."""
    product = product_of(
        "template: batch@1\n"
        "source: {conn_id: shop, table: raw.orders, partition_column: day}\n"
        "target: {type: postgres, conn_id: shop, table: mart.orders}\n"
    )

    source = product.source
    assert ("", "", "shop", "raw.orders", "day", Format.TABLE) == (
        source.folder,
        source.path,
        source.conn_id,
        source.table,
        source.partition_column,
        source.dialect.format,
    )
    assert Target(type="postgres", table="mart.orders", conn_id="shop") == product.target
    assert "shop" == product.warehouse


def test_a_table_of_no_name_is_the_products(product_of) -> None:
    """A target in a database is named for the product where the file doesn't say otherwise."""
    product = product_of(FILES + "target: {type: postgres, conn_id: shop}\n")

    assert Target(type="postgres", table="orders", conn_id="shop") == product.target
    assert "" == product.warehouse


def test_schemas_are_read_apart(product_of) -> None:
    """What lands and what is published each have a pandera schema of their own."""
    product = product_of(FILES + "  schema: shop.landing:Landed\nschema: shop.orders:Orders\n")

    assert ("shop.landing:Landed", "shop.orders:Orders") == (product.source.schema, product.schema)


@pytest.mark.parametrize(
    ("folder", "conn_id", "expected"),
    [
        ("/data/drops", "", "/data/drops"),
        ("s3://bucket/drops", "", "s3://bucket/drops"),
        ("s3://bucket/drops", "storage", "s3://bucket/drops"),
        ("abfs+x://container", "storage", "abfs+x://container"),
        ("file:///data", "", "file:///data"),
        ("drops", "shop", "drops"),
    ],
)
def test_an_address_stays_as_it_is(folder, conn_id, expected, product_of) -> None:
    """An address in object storage is not relative to the product's folder."""
    more = f"  conn_id: {conn_id}\n" if conn_id else ""
    product = product_of(FILES.replace("folder: drops", f"folder: {folder}") + more)

    assert (expected, conn_id) == (product.source.folder, product.source.conn_id)


def test_wildcards_and_a_marker_are_read_as_they_are_written(product_of) -> None:
    """Several files a partition, and the file that says that they are whole."""
    source = "folder: drops, path: '{partition}/*/part-?.csv', ready: '{partition}/_SUCCESS'"
    product = product_of(f"template: batch@1\nsource: {{{source}}}\n")

    assert ("{partition}/*/part-?.csv", "{partition}/_SUCCESS") == (product.source.path, product.source.ready)


def test_a_path_for_no_column_is_named(errors_of) -> None:
    """A typo would leave the column without a value, and nobody would know why."""
    assert ["6:11: the contract has no column `idd`. Did you mean `id`?"] == errors_of(
        LINES + "  paths: {idd: customer.id}\n"
    )
