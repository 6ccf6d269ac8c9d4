from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import ours

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders"

PIPELINE = """\
template: batch@1
source: {contract: landing.odcs.yaml, folder: drops, path: "{partition}.csv"}
transform: price.sql
"""
LANDING = """\
apiVersion: v3.1.0
kind: DataContract
id: landing
version: 1.0.0
status: active
schema:
  - name: raw
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: amount, logicalType: number, physicalType: "numeric(8,2)"}
      - {name: pieces, logicalType: integer}
      - {name: paid_on, logicalType: date}
      - {name: tags, logicalType: array}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true, primaryKey: true}
      - {name: price, logicalType: number, physicalType: "numeric(8,2)", logicalTypeOptions: {minimum: 0}}
      - {name: day, logicalType: date}
      - {name: part, logicalType: string}
      - {name: tags, logicalType: array}
"""
SQL = """\
SELECT
    id,
    amount * pieces AS price,
    paid_on AS day,
    {{ partition }} AS part,
    tags
FROM {{ source }}
"""
GIVEN = "given: {landing: [{id: a, amount: 2.50, pieces: 3}, {id: b, amount: 1, pieces: 1}]}"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A product, in whose folder the program is started."""
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    monkeypatch.setenv("COLUMNS", "100")
    for name, text in {
        "shop.dag.yaml": PIPELINE,
        "landing.odcs.yaml": LANDING,
        "shop.odcs.yaml": CONTRACT,
        "price.sql": SQL,
    }.items():
        Path(name).write_text(text)
    Path("tests").mkdir()
    return tmp_path / "shop"


def write_test(body: str, *, name: str = "prices", file: str = "tests/a.yaml") -> None:
    """Write a file with one test."""
    lines = dedent(body).strip().splitlines()
    Path(file).write_text("\n".join([f"tests:\n  - name: {name}", *(f"    {line}" for line in lines), ""]))


def tried(capsys, *words: str) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it printed, without how long anything took."""
    code = main(["test", ".", *words])
    told = capsys.readouterr()
    return code, re.sub(r"[0-9.]+ (ms|s)\b", "…", told.out), told.err


PASSING = {
    "named columns, in any order of rows": "expect: {orders: [{id: b, price: 1}, {id: a, price: 7.5}]}",
    "the order": "ordered: true\nexpect: {orders: [{id: a, price: 7.50}, {id: b, price: 1.00}]}",
    "every column": "exact: true\npartition: 2026-03-01\n"
    "expect: {orders: [{id: a, price: 7.5, part: 2026-03-01}, {id: b, price: 1, part: 2026-03-01}]}",
    "the usual partition": "expect: {orders: [{part: 2026-01-01}, {part: 2026-01-01}]}",
    "a dataset by its own name": "expect: {orders: [{price: 7.5}, {price: 1}]}",
}


@pytest.mark.parametrize("body", PASSING.values(), ids=PASSING)
@pytest.mark.usefixtures("shop")
def test_rows_that_come_out_as_expected_pass(body, capsys):
    """Values are compared in the contract's types: 7.5 is 7.50."""
    write_test(f"{GIVEN}\n{body}")

    assert (0, "shop  shop.dag.yaml\n  ✓ prices  …\n1 test: 1 passed in …\n", "") == tried(capsys)


FAILING = {
    "a value": (
        "expect: {orders: [{id: a, price: 7}, {id: b, price: 1}]}",
        ["1 row differs", "expected  a   7.00", "actual    a   ≠ 7.50"],
    ),
    "null": (
        "expect: {orders: [{id: a, day: 2026-03-01}, {id: b, day: null}]}",
        ["1 row differs", "expected  a   2026-03-01", "actual    a   ≠ null"],
    ),
    "a row too few": ("expect: {orders: [{id: a}, {id: b}, {id: c}]}", ["1 row is missing", "missing  c"]),
    "a row too many": ("expect: {orders: [{id: a}]}", ["1 row is unexpected", "unexpected  b"]),
    "no row": ("expect: {orders: []}", ["2 rows are unexpected", "unexpected  a   7.50   null  2026-01-01"]),
    "a row twice": ("expect: {orders: [{part: 2026-01-01}]}", ["1 row is unexpected"]),
    "the order": (
        "ordered: true\nexpect: {orders: [{id: b}, {id: a}]}",
        ["2 rows differ", "actual    ≠ a", "actual    ≠ b"],
    ),
    "a column that is not named": (
        "exact: true\nexpect: {orders: [{id: a, price: 7.5}, {id: b, price: 1}]}",
        ["2 rows differ", "≠ 2026-01-01"],
    ),
    "an error that is none": (
        "fails: out of stock",
        ["the SQL was to fail with `out of stock`, and came to 2 rows"],
    ),
    "a rule that is kept": (
        "breaks: [price.minimum]\nexpect: {orders: [{id: a}, {id: b}]}",
        ["tests/a.yaml:4:14: no row breaks the rule `price.minimum`"],
    ),
}


@pytest.mark.parametrize(("body", "lines"), FAILING.values(), ids=FAILING)
@pytest.mark.usefixtures("shop")
def test_rows_that_come_out_otherwise_fail(body, lines, capsys):
    """The test fails with its place, and shows the rows that differ and the values that do."""
    write_test(f"{GIVEN}\n{body}")

    code, out, err = tried(capsys)

    assert (1, "") == (code, err)
    assert "  ✗ prices  …\n    tests/a.yaml:2:11\n" in out
    assert "1 test: 1 failed in …" in out
    said = [line.strip() for line in out.splitlines()]
    for line in lines:
        assert any(" ".join(line.split()) in " ".join(there.split()) for there in said), out


@pytest.mark.usefixtures("shop")
def test_the_contract_is_held_to(capsys):
    """A result that breaks a rule about rows fails, unless the test says which it breaks."""
    body = "given: {landing: [{id: a, amount: -1, pieces: 2}]}\nexpect: {orders: [{id: a, price: -2}]}\n"
    write_test(body)
    code, out, _ = tried(capsys)

    assert code == 1
    assert "shop.odcs.yaml:10:9: the rule `price.minimum` is broken by 1 of 1 rows" in out

    write_test(f"{body}breaks: [price.minimum]")
    assert tried(capsys)[0] == 0


@pytest.mark.usefixtures("shop")
def test_a_rule_that_can_not_be_evaluated_is_no_pass(capsys):
    """Nor is it a failure of the test: exit code 3."""
    write_test(f"{GIVEN}\nexpect: {{orders: [{{id: a}}, {{id: b}}]}}")
    rule = "SELECT COUNT(*) FROM {object} WHERE 1 // (price::INT - price::INT) > 0"
    with Path("shop.odcs.yaml").open("a") as file:
        file.write(f'    quality:\n      - {{id: odd, type: sql, unit: rows, query: "{rule}", mustBe: 0}}\n')
    code, out, err = tried(capsys)

    assert (3, "") == (code, err)
    assert "  ? prices  …\n" in out
    assert "shop.odcs.yaml:15:9: the rule `odd` can't be evaluated: the query failed in DuckDB" in out
    assert "1 test: 1 could not be judged in …" in out


@pytest.mark.usefixtures("shop")
def test_a_pandera_schema_is_a_rule_as_well(capsys):
    """The one that the pipeline file names is called `schema`; its module lies beside the contract."""
    Path("shop_rules.py").write_text(
        "import pandera.polars as pa\n\n"
        "class Orders(pa.DataFrameModel):\n    price: float = pa.Field(gt=5, coerce=True)\n"
    )
    Path("shop.dag.yaml").write_text(f"{PIPELINE}schema: shop_rules:Orders\n")
    body = f"{GIVEN}\nexpect: {{orders: [{{id: a}}, {{id: b}}]}}"
    write_test(body)
    code, out, _ = tried(capsys)
    assert code == 1
    assert "    the rule `schema` is broken by 1 of 2 rows\n" in out

    write_test(f"{body}\nbreaks: [schema]")
    assert tried(capsys)[0] == 0


@pytest.mark.usefixtures("shop")
def test_values_of_another_type_are_shown_as_they_are(capsys):
    """What is no value of the contract's type breaks its rule, and stands in its place in the table."""
    Path("price.sql").write_text(SQL.replace("amount * pieces", "id"))
    write_test(
        "given: {landing: [{id: '1'}, {id: odd}]}\n"
        "expect: {orders: [{id: '1', price: 1}, {id: odd, price: 2}]}"
    )
    code, out, _ = tried(capsys)

    assert code == 1
    assert "the rule `price.type` is broken by 1 of 2 rows" in out
    assert re.search(r"expected +odd +2\.00\n +actual +odd +≠ odd", out)


LONG = ", ".join(
    [
        *(f"amount + {at} AS more{at}" for at in range(50)),
        "CAST(id AS INTEGER) AS price",
        *(f"amount + {at} AS rest{at}" for at in range(50)),
    ]
)

SQL_FAILURES = {
    "a cast": (
        "SELECT\n    id,\n    CAST(id AS INTEGER) AS price\nFROM {{ source }}",
        "price.sql:3:5: Conversion Error: Could not convert string 'a' to INT32 when casting from source",
    ),
    "a long line, which DuckDB cuts off": (
        f"SELECT id,\n{LONG}\nFROM {{{{ source }}}}",
        f"price.sql:2:{LONG.index('CAST') + 1}: Conversion Error: Could not convert string 'a' to INT32",
    ),
    "a division by zero": (
        "SELECT id, amount::INTEGER // (pieces - pieces) AS price FROM {{ source }}",
        "price.sql: Invalid Input Error: Division by zero in expression",
    ),
    "an error of the team's own": (
        "SELECT id, error('out of stock') AS price FROM {{ source }}",
        "price.sql: Invalid Input Error: out of stock",
    ),
    "a column that the contract has is missing": (
        "SELECT id, amount AS price FROM {{ source }}",
        "price.sql: ",
    ),
}


def test_sql_that_does_not_end_fails_its_test(shop, capsys):
    """It is stopped, and no other test hangs on it."""
    (shop / "price.sql").write_text(
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT n AS price FROM t"
    )
    write_test(f"{GIVEN}\nexpect: {{orders: [{{price: 1}}]}}")

    code, out, _ = tried(capsys, "--time-limit", "1s")

    assert (1, True) == (code, "the SQL was stopped after 1s" in out)


@pytest.mark.usefixtures("shop")
def test_a_time_that_is_none_is_a_wrong_call(capsys):
    """In one line."""
    write_test(f"{GIVEN}\nexpect: {{orders: []}}")

    code, _, err = tried(capsys, "--time-limit", "1")

    assert (2, True) == (code, "`--time-limit` can't be `1`. Write a number above 0 with a unit" in err)


@pytest.mark.parametrize(("sql", "line"), SQL_FAILURES.values(), ids=SQL_FAILURES)
@pytest.mark.usefixtures("shop")
def test_sql_that_fails_fails_its_test(sql, line, capsys):
    """The test fails with DuckDB's own words, and with their place in the file where they have one."""
    Path("price.sql").write_text(sql)
    write_test(f"{GIVEN}\nexpect: {{orders: [{{id: a}}]}}")

    code, out, err = tried(capsys)

    assert (1, "") == (code, err)
    assert f"    {line}" in out


@pytest.mark.usefixtures("shop")
def test_sql_may_have_to_fail(capsys):
    """`fails` says with which words."""
    Path("price.sql").write_text("SELECT id, error('out of ' || id) AS price FROM {{ source }}")
    write_test(f"{GIVEN}\nfails: out of a")
    assert tried(capsys)[0] == 0

    write_test(f"{GIVEN}\nfails: out of stock")
    code, out, _ = tried(capsys)
    assert code == 1
    assert (
        "was to fail with `out of stock`, and failed otherwise: price.sql: Invalid Input Error: out of a"
        in out
    )


WRONG = {
    "an unknown key": (
        "expects: {orders: []}",
        "3:5: the key `expects` is not known here. Did you mean `expect`?",
    ),
    "no given": ("expect: {orders: []}", "2:5: `given` is missing"),
    "no expect": (GIVEN, "2:5: `expect` is missing"),
    "given without rows": (
        "given: {landing: 5}\nexpect: {orders: []}",
        "3:22: `landing` must be a list of rows",
    ),
    "given that is a list": (
        "given: []\nexpect: {orders: []}",
        "3:12: `given` must be a mapping with the rows",
    ),
    "an empty given": ("given:\nexpect: {orders: []}", "3:11: `given` must be a mapping with the rows"),
    "an unknown dataset of given": (
        "given: {landin: []}\nexpect: {orders: []}",
        "3:13: the key `landin` is not known here. Did you mean `landing`?",
    ),
    "an unknown dataset of expect": (
        f"{GIVEN}\nexpect: {{order: []}}",
        "4:14: the key `order` is not known here. Did you mean `orders`?",
    ),
    "a dataset twice": (
        "given: {landing: [], raw: []}\nexpect: {orders: []}",
        "3:26: `raw` is `landing`, which stands here already",
    ),
    "an unknown column of given": (
        "given: {landing: [{id: a, amout: 1}]}\nexpect: {orders: []}",
        "3:31: the contract's `raw` has no column `amout`. Did you mean `amount`?",
    ),
    "an unknown column of expect": (
        f"{GIVEN}\nexpect: {{orders: [{{id: a, amount: 1}}]}}",
        "4:31: the contract's `orders` has no column `amount`. It has: id, price, day, part, tags.",
    ),
    "a value of another type": (
        "given: {landing: [{id: a, amount: 1,5}]}\nexpect: {orders: []}",
        "3:41: the contract's `raw` has no column `5`",
    ),
    "a text for a number": (
        "given: {landing: [{id: a}, {id: b, amount: many}]}\nexpect: {orders: []}",
        "3:48: `amount` must be of the type number(8,2), it is `many`",
    ),
    "a number with too many digits": (
        f"{GIVEN}\nexpect: {{orders: [{{price: 1.005}}]}}",
        "4:31: `price` must be of the type number(8,2), it is `1.005`",
    ),
    "a day that isn't": (
        f"{GIVEN}\nexpect: {{orders: [{{day: 2026-02-30}}]}}",
        "4:29: `day` must be of the type date, it is `2026-02-30`",
    ),
    "a list for a text": (
        "given: {landing: [{id: [a]}]}\nexpect: {orders: []}",
        "3:28: `id` must be a single value, it is a list",
    ),
    "a row that is none": (
        "given: {landing: [a]}\nexpect: {orders: []}",
        "3:23: a row of `landing` must be a mapping",
    ),
    "rows of other columns": (
        f"{GIVEN}\nexpect: {{orders: [{{id: a, price: 1}}, {{id: b}}]}}",
        "4:42: the row lacks `price`, which another row of this test names",
    ),
    "rows without a column": (
        f"{GIVEN}\nexpect: {{orders: [{{}}]}}",
        "4:22: no row of `orders` names a column",
    ),
    "an unknown rule": (
        f"{GIVEN}\nexpect: {{orders: []}}\nbreaks: [price.minimun]",
        "5:14: the contract's `orders` has no rule `price.minimun` about rows. Did you mean `price.minimum`?",
    ),
    "rows beside a failure": (
        f"{GIVEN}\nexpect: {{orders: []}}\nfails: x",
        "4:5: `expect` can't stand beside `fails`",
    ),
    "a flag that is a text": (
        f"{GIVEN}\nexact: yes\nexpect: {{orders: []}}",
        "4:12: `exact` must be true or false",
    ),
    "a CSV file that isn't": (
        "given: {landing: {csv: no.csv}}\nexpect: {orders: []}",
        "tests/no.csv: can't be read: No such file or directory",
    ),
    "a key beside csv": (
        "given: {landing: {csv: no.csv, delimiter: ;}}\nexpect: {orders: []}",
        "3:36: the key `delimiter` is not known here. Known here: csv.",
    ),
}


@pytest.mark.parametrize(("body", "line"), WRONG.values(), ids=WRONG)
@pytest.mark.usefixtures("shop")
def test_what_is_wrong_in_a_file_is_told_with_its_place(body, line, capsys):
    """Nothing is run, and each problem is one line: file, line, column, what, and what to do."""
    write_test(body)

    code, out, err = tried(capsys)

    assert (3, "") == (code, out)
    place = "" if line.startswith("tests/") else "tests/a.yaml:"
    assert any(told.startswith(f"{place}{line}") for told in err.splitlines()), err
    assert "Traceback" not in err


CSV_FILES = {
    "rows": ("id,amount,pieces\na,2.50,3\n\nb,1,\n", 0, ""),
    "an unknown column": (
        "id,amout\na,1\n",
        3,
        "tests/rows.csv:1:1: the contract's `raw` has no column `amout`",
    ),
    "a column twice": ("id,id\na,b\n", 3, "tests/rows.csv:1:1: the column `id` stands here twice"),
    "a field too few": (
        "id,amount\na,1\nb\n",
        3,
        "tests/rows.csv:3:1: the line has 1 fields, and the first one 2",
    ),
    "a wrong type": (
        'id,amount\n"a\nb",1\nb,x\n',
        3,
        "tests/rows.csv:4:1: `amount` must be of the type number(8,2)",
    ),
    "no JSON": ("id,tags\na,[1\n", 3, "tests/rows.csv:2:1: `tags` must be JSON"),
    "an open quote": ('id,amount\n"a,1\n', 3, "tests/rows.csv:2:1: this is no line of CSV"),
    "nothing": ("", 3, "tests/rows.csv:1:1: the file is empty"),
    "too much": (f"id\n{'a' * (4 << 20)}\n", 3, "tests/rows.csv: has 4194308 bytes, 4194304 are allowed"),
}


@pytest.mark.parametrize(("text", "code", "line"), CSV_FILES.values(), ids=CSV_FILES)
@pytest.mark.usefixtures("shop")
def test_rows_may_stand_in_a_csv_file(text, code, line, capsys):
    """An empty field is null; what is wrong is told with its line."""
    Path("tests/rows.csv").write_text(text)
    write_test(
        "given: {landing: {csv: rows.csv}}\nexpect: {orders: [{id: a, price: 7.5}, {id: b, price: null}]}"
    )

    found, _, err = tried(capsys)

    assert code == found
    assert err.startswith(line)


@pytest.mark.usefixtures("shop")
def test_all_problems_of_all_files_are_told_at_once(capsys):
    """Also a name that another file has already, and a file that is no YAML."""
    body = f"{GIVEN}\nexpect: {{orders: [{{idd: a}}]}}"
    write_test(body)
    write_test(body, file="tests/b.yaml")
    Path("tests/c.yaml").write_text("tests: [")
    Path("tests/d.yaml").write_text("")
    Path("tests/e.yaml").write_text("tests: []")
    code, _, err = tried(capsys)

    assert code == 3
    assert [
        "tests/a.yaml:4:24: the contract's `orders` has no column `idd`. Did you mean `id`?",
        (
            "tests/b.yaml:2:11: the test `prices` stands here for the second time, "
            "first at tests/a.yaml:2:11. Give each a name of its own."
        ),
        "tests/b.yaml:4:24: the contract's `orders` has no column `idd`. Did you mean `id`?",
    ] == err.splitlines()[:3]
    assert ["tests/c.yaml", "tests/d.yaml", "tests/e.yaml"] == [
        line.partition(":")[0] for line in err.splitlines()[3:]
    ]


@pytest.mark.usefixtures("shop")
def test_defaults_fill_what_rows_leave_out(capsys):
    """Of every given row of a file, inline or of a CSV file."""
    write_test(
        "given: {landing: [{id: a}, {id: b, pieces: null}]}\nexpect: {orders: [{price: 6}, {price: null}]}"
    )
    text = Path("tests/a.yaml").read_text()
    Path("tests/a.yaml").write_text(f"defaults: {{landing: {{amount: 2, pieces: 3}}}}\n{text}")
    assert tried(capsys)[0] == 0

    Path("tests/a.yaml").write_text(f"defaults: {{landing: {{amount: two}}}}\n{text}")
    code, _, err = tried(capsys)
    assert code == 3
    assert err.startswith("tests/a.yaml:1:30: `amount` must be of the type number(8,2), it is `two`")

    Path("tests/rows.csv").write_text("id,pieces\na,4\n")
    write_test("given: {landing: {csv: rows.csv}}\nexpect: {orders: [{price: 8}]}")
    text = Path("tests/a.yaml").read_text()
    Path("tests/a.yaml").write_text(f"defaults: {{landing: {{amount: 2, pieces: 3}}}}\n{text}")
    assert tried(capsys)[0] == 0


@pytest.mark.usefixtures("shop")
def test_nested_values_are_written_as_they_are(capsys):
    """A list in the file is the list of the row."""
    write_test(
        "given: {landing: [{id: a, tags: [new, 1.50, {k: null}]}]}\n"
        "expect: {orders: [{tags: [new, 1.50, {k: null}]}]}"
    )
    assert (0, "") == tried(capsys)[::2]


NONE = {
    "no test": ([], "there is no test: write one into tests/*.yaml"),
    "none of the name": (["-k", "refund"], "no name of its 1 tests has `refund` in it"),
}


@pytest.mark.parametrize(("words", "note"), NONE.values(), ids=NONE)
@pytest.mark.usefixtures("shop")
def test_nothing_to_test_is_no_pass(words, note, capsys):
    """Exit code 2, and a line that says why."""
    if words:
        write_test(f"{GIVEN}\nexpect: {{orders: [{{id: a}}, {{id: b}}]}}")
    assert (2, f"shop  shop.dag.yaml\n  {note}\nno test was run\n", "") == tried(capsys, *words)


@pytest.mark.usefixtures("shop")
def test_a_product_without_sql_has_nothing_to_test(capsys):
    """Tests beside it are an error, for nothing would ever run them."""
    Path("shop.dag.yaml").write_text('template: batch@1\nsource: {folder: drops, path: "{partition}.csv"}\n')
    code, out, _ = tried(capsys)
    assert code == 2
    assert "batch@1 runs no SQL of yours here: there is nothing to test" in out

    write_test(f"{GIVEN}\nexpect: {{orders: []}}")
    code, _, err = tried(capsys)
    assert code == 3
    assert err.startswith(
        "tests/a.yaml: there is no SQL that these tests could run. Name it with `transform:`"
    )


BROKEN_SQL = {
    "no file": (None, "shop.dag.yaml:3:12: there is no file `price.sql` beside this one"),
    "an unknown column": ("SELECT idd FROM {{ source }}", "price.sql:1:8: "),
    "no SELECT": ("DROP TABLE {{ source }}", "price.sql:1:1: the statement is DROP"),
    "an unknown name": ("SELECT {{ partitoin }}", "price.sql:1:1: 'partitoin' is undefined"),
}


@pytest.mark.parametrize(("sql", "line"), BROKEN_SQL.values(), ids=BROKEN_SQL)
@pytest.mark.usefixtures("shop")
def test_sql_that_lint_refuses_is_not_run(sql, line, capsys):
    """The same line as `lint` has for it."""
    Path("price.sql").unlink()
    if sql:
        Path("price.sql").write_text(sql)
    write_test(f"{GIVEN}\nexpect: {{orders: []}}")
    code, out, err = tried(capsys)

    assert (3, "") == (code, out)
    assert line.partition(": ")[2] in err
    assert err.startswith(line.partition(":")[0])


PORTABLE = {
    "plain": (
        "SELECT id, amount * pieces AS price, paid_on AS day, id AS part, tags FROM {{ source }}",
        0,
        "",
    ),
    "a cast": (
        (
            "SELECT id, CAST(round(amount * 2, 2) AS numeric(8,2)) AS price, paid_on AS day, id AS part, "
            "tags FROM {{ source }} WHERE pieces > 0"
        ),
        0,
        "",
    ),
    "a division": (
        "SELECT id, pieces / 2 AS price FROM {{ source }}",
        3,
        "`pieces / 2` means something else there",
    ),
    "a function": ("SELECT lower(id) AS id FROM {{ source }}", 3, "`LOWER(id)` means something else there"),
    "rows that tie": (
        "SELECT row_number() OVER (ORDER BY pieces) AS price FROM {{ source }}",
        3,
        "`row_number()` does not mean the same in PostgreSQL",
    ),
}


@pytest.mark.parametrize(("sql", "code", "line"), PORTABLE.values(), ids=PORTABLE)
@pytest.mark.usefixtures("shop")
def test_sql_of_a_database_is_run_where_it_means_the_same(sql, code, line, capsys):
    """What PostgreSQL and DuckDB agree on is tested; anything else is refused by name."""
    Path("shop.dag.yaml").write_text(
        "template: batch@1\nsource: {contract: landing.odcs.yaml, conn_id: db, table: raw}\n"
        "target: {type: postgres, conn_id: db, table: orders}\ntransform: price.sql\n"
    )
    Path("price.sql").write_text(sql)
    write_test(f"{GIVEN}\nexpect: {{orders: [{{id: a}}, {{id: b}}]}}")
    found, _, err = tried(capsys)

    assert code == found, err
    assert line in err
    assert bool(line) == ("price.sql: this SQL is PostgreSQL's" in err)


@pytest.mark.usefixtures("shop")
def test_programs_read_the_results(capsys):
    """As JSON, and as JUnit's XML, into a file as well."""
    Path("tests/a.yaml").write_text(
        f"tests:\n  - {{name: good, {GIVEN}, expect: {{orders: [{{id: a}}, {{id: b}}]}}}}\n"
        f"  - {{name: bad, {GIVEN}, expect: {{orders: [{{id: a, price: 1}}, {{id: b, price: 1}}]}}}}\n"
    )
    code, out, _ = tried(capsys, "--output-format", "json")
    told = json.loads(out)

    assert code == 1
    assert {"tests": 2, "passed": 1, "failed": 1, "error": 0} == told["summary"]
    (product,) = told["products"]
    assert ("shop", "shop.dag.yaml", None) == (product["product"], product["file"], product["note"])
    good, bad = product["tests"]
    assert ("good", "passed", []) == (good["name"], good["result"], good["rows"])
    assert ("tests/a.yaml:3:12", ["1 row differs"]) == (bad["place"], bad["reasons"])
    assert [
        {
            "expected": {"id": "a", "price": "1.00"},
            "actual": {"id": "a", "price": "7.50"},
            "differing": ["price"],
        }
    ] == bad["rows"]

    code, out, err = tried(capsys, "--output-format", "junit", "--output", "junit.xml")
    assert (1, "", "2 tests: 1 passed, 1 failed in …\n") == (code, out, re.sub(r"[0-9.]+ s\b", "…", err))
    root = ET.fromstring(Path("junit.xml").read_text())  # noqa: S314 - we wrote it
    assert ["airflow-dataops test", "2", "1", "0", "0"] == [
        root.get(key) for key in ("name", "tests", "failures", "errors", "skipped")
    ]
    passed, failed = root[0]
    assert ("shop", "good", []) == (passed.get("classname"), passed.get("name"), list(passed))
    assert float(passed.get("time") or "") > 0
    assert ["failure"] == [part.tag for part in failed]
    assert (
        "tests/a.yaml:3:12\n1 row differs\nexpected: id: a, price: 1.00\nactual: id: a, price: ≠ 7.50"
        == failed[0].text
    )

    assert tried(capsys, "--output-format", "junit", "--output", "junit.xml")[0] == 3
    assert tried(capsys, "--output-format", "junit", "--output", "junit.xml", "--force")[0] == 1


@pytest.mark.usefixtures("shop")
def test_several_products_are_tested_together(capsys, tmp_path, monkeypatch):
    """Each below a folder, once, whichever way it is named."""
    write_test(f"{GIVEN}\nexpect: {{orders: [{{id: a}}, {{id: b}}]}}")
    monkeypatch.chdir(tmp_path)
    assert main(["test", str(tmp_path), "shop", "shop/shop.dag.yaml"]) == 0
    assert capsys.readouterr().out.count("✓") == 1

    Path("empty").mkdir()
    assert main(["test", "empty"]) == 3
    assert capsys.readouterr().err.startswith("empty: there is no `*.dag.yaml` below")


def test_the_sample_passes(capsys):
    """Its tests are those that the page shows."""
    assert main(["test", str(SAMPLE)]) == 0
    assert "7 tests: 7 passed" in capsys.readouterr().out


def test_models_run_in_their_database_alone(capsys):
    """The template runs SQL of the team: what is said is that this command can't."""
    assert main(["test", str(ours() / "sql" / "revenue")]) == 2
    assert (
        "sql@1 makes models in their database: nothing runs here, `lint` looks at them"
        in capsys.readouterr().out
    )
