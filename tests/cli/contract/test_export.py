from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from jsonschema import Draft202012Validator

from airflow_dataops.cli.contract.commands import RENDERED
from airflow_dataops.cli.main import main
from airflow_dataops.core.checks.breach import blamed
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import NotNull, Query, RowCount, RowQuery, Unique
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.engines.pandera.tool import PanderaTool

CONTRACT = r"""
apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: shop orders
    properties:
      - {name: id, logicalType: string, primaryKey: true, logicalTypeOptions: {maxLength: 4}}
      - {name: line, logicalType: integer, primaryKey: true, logicalTypeOptions: {multipleOf: 2, format: u8}}
      - name: Amount €
        logicalType: number
        physicalType: numeric(9,2)
        logicalTypeOptions: {minimum: 0, exclusiveMaximum: 100.5, multipleOf: 0.05}
      - name: code
        logicalType: string
        unique: true
        logicalTypeOptions: {pattern: '^\w\d+$', minLength: 2}
      - {name: mail, logicalType: string, logicalTypeOptions: {format: email}}
      - {name: level, logicalType: integer, enum: [{value: 1}, {value: 2}]}
      - {name: rate, logicalType: number, physicalType: 'numeric(3,1)', enum: [{value: 1}, {value: 2.5}]}
      - {name: day, logicalType: date, logicalTypeOptions: {exclusiveMinimum: '2026-01-01'}}
      - {name: at, logicalType: timestamp, logicalTypeOptions: {maximum: '2026-03-01T00:00:00+01:00'}}
      - {name: 'yes', logicalType: boolean, required: true, enum: [{value: true}]}
      - {name: share, logicalType: number, logicalTypeOptions: {exclusiveMinimum: 0, maximum: 1}}
      - name: note
        logicalType: string
        quality:
          - {id: told, metric: missingValues, arguments: {missingValues: ['n/a', '-"\']}, mustBe: 0}
          - {id: few_nulls, metric: nullValues, mustBeLessThan: 10, unit: percent, dimension: completeness}
          - {id: soft, metric: invalidValues, arguments: {pattern: '^x'}, mustBe: 0, severity: warning}
    quality:
      - {id: many, metric: rowCount, mustBeBetween: [3, 900]}
      - {id: rich, type: sql, mustBe: 0, query: 'SELECT COUNT(*) FROM {object} WHERE share > 0.5'}
      - {id: odd, type: sql, unit: rows, mustBe: 0,
         query: "SELECT COUNT(*) FROM {object} o WHERE level = 2 AND o.code IS NULL"}
"""


def messy(rows: int = 60) -> pl.DataFrame:
    """Rows of which each is broken in a few ways, or in none, every rule by some."""
    good = {
        "id": "a",
        "line": 2,
        "Amount €": Decimal("1.05"),
        "code": "A1",
        "mail": "a@b.example",
        "level": 1,
        "rate": Decimal("2.5"),
        "day": date(2026, 1, 2),
        "at": datetime(2026, 2, 28, 23, tzinfo=UTC),
        "yes": True,
        "share": 0.5,
        "note": "xyz",
    }
    wrong = [
        {"id": None},
        {"id": "ÄÄÄÄÄ"},
        {"id": "ÄÄÄÄ"},
        {"line": 3},
        {"line": 256},
        {"line": None},
        {"Amount €": Decimal("-0.05")},
        {"Amount €": Decimal("100.50")},
        {"Amount €": Decimal("0.01")},
        {"Amount €": None},
        {"code": "twice1"},
        {"code": "A9999"},
        {"code": "A9999"},
        {"code": "٣٣"},  # digits of another script: none in RE2
        {"code": "Ä1"},
        {"code": "A"},
        {"code": None, "level": 2},
        {"mail": "a@@b"},
        {"mail": None},
        {"level": 3},
        {"rate": Decimal("2.0")},
        {"rate": Decimal("1.0")},
        {"day": date(2026, 1, 1)},
        {"day": None},
        {"at": datetime(2026, 2, 28, 23, 0, 1, tzinfo=UTC)},
        {"yes": False},
        {"yes": None},
        {"share": 0.0},
        {"share": 1.5},
        {"share": float("inf")},
        {"share": float("nan")},
        {"note": "n/a"},
        {"note": '-"\\'},
        {"note": "soft"},
        {"id": "same", "line": 4},
        {"id": "same", "line": 4},
    ]
    found = []
    for number in range(rows):
        plain = good | {"line": 2 * number % 256, "code": f"B{number}"}
        found.append(plain | (wrong[number] if number < len(wrong) else {}))
    types = {
        "Amount €": pl.Decimal(9, 2),
        "rate": pl.Decimal(3, 1),
        "line": pl.Int64,
        "at": pl.Datetime("us", "UTC"),
    }
    return pl.DataFrame(found, schema_overrides=types)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a contract and rows that break it, in which the program is started."""
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    messy().write_parquet(tmp_path / "shop.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def exported(to: str, name: str, *words: str) -> int:
    """Export the contract into a file, and return the exit code."""
    command = ["contract", "export", "shop.odcs.yaml", "--to", to, "--output", name, "--force"]
    return main([*command, *words])


def bad_lines(data: str) -> dict[int, set[str]]:
    """Judge a file, and return each bad row with the rules that it broke."""
    main(["contract", "test", "shop.odcs.yaml", "--data", data, "--quarantine", "q"])
    rows = pl.read_parquet("q/shop%20orders.parquet").select("dataops_line", "dataops_rules").rows()
    return {line: set(rules) for line, rules in rows}


def left_out(err: str) -> set[str]:
    """Return the rules that an export said it left out."""
    return set(re.findall(r"not said in \w+: (.+?): ", err))


def test_the_pandera_schema_blames_the_rows_that_the_engine_blames(here, capsys) -> None:
    """The module runs as it is, and names the same bad rows; what it can't say is listed in it and told."""
    assert exported("pandera", "rules.py") == 2
    gone = left_out(capsys.readouterr().err)
    assert {"few_nulls", "rich", "odd"} == gone
    source = (here / "rules.py").read_text(encoding="utf-8")
    assert all(f"- {rule}: " in source for rule in gone)

    breaches = PanderaTool().broken(f"{here}/rules.py:shop_orders", pl.read_parquet("shop.parquet"))

    expected = {line for line, rules in bad_lines("shop.parquet").items() if rules - {*gone, "soft"}}
    assert expected == {row + 1 for row in blamed(breaches)}
    assert 25 < len(expected) < 40


def test_the_pandera_schema_is_a_module_of_its_own(here) -> None:
    """It needs pandera and polars alone, and good rows pass it."""
    assert exported("pandera", "rules.py") == 2
    messy(60).tail(20).write_parquet("good.parquet")
    code = (
        "import polars as pl, rules, sys;"
        "rules.shop_orders.validate(pl.read_parquet('good.parquet'), lazy=True);"
        "sys.exit('airflow_dataops' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=here)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_the_script_counts_what_the_engine_counts(dialect, capsys, request) -> None:
    """The table takes the rows as they are, and each query comes to the engine's number for its rule."""
    main(["contract", "test", "shop.odcs.yaml", "--data", "shop.parquet", "--output-format", "json"])
    (found,) = json.loads(capsys.readouterr().out)["datasets"]
    engine = {one["rule"]: one["failing"] for one in found["checks"] if one["failing"]}
    assert exported("sql", "shop.sql", "--dialect", dialect) == 0
    assert "" == capsys.readouterr().err
    head, table, *queries, at_once = Path("shop.sql").read_text(encoding="utf-8").split("\n\n")
    assert head.startswith("-- What shop@1.0.0 promises")
    asked = {
        re.match(r"-- (.+?): ", query)[1]: query for query in queries if not query.endswith("column holds it")
    }
    run = of_duckdb if dialect == "duckdb" else of_postgres(request.getfixturevalue("postgresql"))
    *numbers, (count, *together) = run(table, [*asked.values(), at_once])
    counted = {rule: number for rule, (number,) in zip(asked, numbers, strict=True)}
    named = re.findall(r"^-- [a-z0-9_]+: (.+)$", at_once, re.MULTILINE)
    assert {rule: counted[rule] for rule in named} == dict(zip(named, together, strict=True))
    assert 60 == count
    about_all = {"many", "rich"}
    assert counted.keys() - set(named) == {*about_all, "code.unique", "shop orders.primaryKey"}
    assert engine == {rule: number for rule, number in counted.items() if number and rule not in about_all}
    assert 60 == counted["many"]
    assert {check.id for check in derive(read_contract("shop.odcs.yaml")[0].datasets[0])} == {
        *asked,
        *(f"{name}.type" for name in ("line", "Amount €", "level", "rate", "yes")),
    }


def of_duckdb(table: str, queries: list[str]) -> list[tuple[int, ...]]:
    """Make the table, fill it, and ask for the one row of each query."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(table)
        connection.execute("INSERT INTO \"shop orders\" SELECT * FROM 'shop.parquet'")
        return [connection.execute(query).fetchone() for query in queries]


def of_postgres(url: str):
    """Return what does the same in PostgreSQL."""
    import psycopg

    def run(table: str, queries: list[str]) -> list[tuple[int, ...]]:
        rows = pl.read_parquet("shop.parquet")
        with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(table.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
            with connection.cursor() as cursor:
                holes = ", ".join(["%s"] * rows.width)
                cursor.executemany(f'INSERT INTO "shop orders" VALUES ({holes})', rows.rows())  # noqa: S608
            return [connection.execute(query).fetchone() for query in queries]

    return run


def as_json(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def test_the_json_schema_refuses_the_records_that_the_engine_refuses(here, capsys) -> None:
    """A record is valid where the engine finds nothing that one record can break."""
    records = [
        {name: as_json(value) for name, value in row.items()}
        for row in messy().rows(named=True)
        if abs(row["share"]) < 2
    ]
    records[0]["day"] = "yesterday"
    records[1]["level"] = 10**30
    del records[2]["mail"], records[3]["yes"]
    (here / "shop.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert exported("jsonschema", "shop.json") == 2
    gone = left_out(capsys.readouterr().err)
    schema = json.loads((here / "shop.json").read_text(encoding="utf-8"))
    assert all(f"{rule}: " in schema["$comment"] for rule in gone)
    partly = {"day.type", "at.type"}  # but for days such as 31 February
    assert {
        "shop orders.primaryKey",
        "code.unique",
        "Amount €.multipleOf",
        "Amount €.type",
        "rate.type",
        "day.exclusiveMinimum",
        "at.maximum",
        "few_nulls",
        "soft",
        "many",
        "rich",
        "odd",
        *partly,
    } == gone
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    invalid = {line for line, record in enumerate(records, start=1) if not validator.is_valid(record)}

    assert {line for line, rules in bad_lines("shop.jsonl").items() if rules - (gone - partly)} == invalid
    assert len(invalid) > 15


MOMENTS = """\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: a
    properties:
      - {name: german, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}}
      - {name: short, logicalType: timestamp, logicalTypeOptions: {format: 'd/M/yyyy H:mm'}}
      - {name: iso, logicalType: date}
      - {name: at, logicalType: timestamp}
      - {name: clock, logicalType: time, logicalTypeOptions: {format: HHmm}}
      - {name: seen, logicalType: array, items: {logicalType: date}}
"""

SAID = {
    "german": (["23.03.2026", "29.02.2024"], ["99.99.2026", "00.01.2026", "32.01.2026", "01.01.0000"]),
    "short": (["1/3/2026 6:05", "01/12/2026 23:59"], ["1/13/2026 6:05", "32/1/2026 6:05", "1/3/2026 24:00"]),
    "iso": (["2026-03-01"], ["2026-13-01", "2026-03-32", "0000-01-01"]),
    "at": (["2026-03-01T06:00:00Z"], ["2026-03-01T25:00:00Z", "2026-13-01T06:00:00Z"]),
    "clock": (["0630", "2359"], ["2400", "0660"]),
    "seen": ([["2026-03-01"]], [["2026-13-01"]]),
}
"""Column -> values that it may have, and some that are none in any month."""

LET_THROUGH = {"german": "31.02.2026", "short": "31/2/2026 6:05", "iso": "2026-02-31", "seen": ["2026-02-31"]}


def test_what_is_no_day_is_refused_or_said_to_be_let_through(here, capsys) -> None:
    """A pattern knows what a month and an hour can be; that it knows no month's length is listed."""
    (here / "shop.odcs.yaml").write_text(MOMENTS)
    assert exported("jsonschema", "a.json") == 2
    assert {"german.type", "short.type", "iso.type", "at.type", "seen[].type"} == left_out(
        capsys.readouterr().err
    )
    validator = Draft202012Validator(json.loads((here / "a.json").read_text()))
    for column, (good, bad) in SAID.items():
        assert [] == [value for value in good if not validator.is_valid({column: value})]
        assert [] == [value for value in bad if validator.is_valid({column: value})]
    assert all(validator.is_valid({column: value}) for column, value in LET_THROUGH.items())


def test_a_rule_set_that_is_read_back_has_the_same_rules(here, capsys) -> None:
    """Each rule comes back with its id, its severity and what it tolerates, and counts the same rows."""
    assert exported("ruleset", "shop.ruleset.yaml") == 0
    main(["contract", "test", "shop.odcs.yaml", "--data", "shop.parquet", "--output-format", "json"])
    (before,) = json.loads(capsys.readouterr().out)["datasets"]
    text = re.sub(r"\n        quality:.*?\n    quality:.*", "\n    quality:\n", CONTRACT, flags=re.DOTALL)
    text = re.sub(
        r"(, )?(primaryKey|required|unique): true|(, )?enum: \[[^\]]*\]|(, )?logicalTypeOptions: \{[^}]*\}",
        "",
        text,
    )
    rule = "      - {type: custom, engine: common.dataquality, implementation: shop.ruleset.yaml}\n"
    (here / "back.odcs.yaml").write_text(text + rule, encoding="utf-8")
    # Next to columns that have them the types need no rules, and may not have two of one name.
    own = [f"{name}.type" for name in ("day", "at", "share")]
    rules = yaml.safe_load((here / "shop.ruleset.yaml").read_text(encoding="utf-8"))
    rules["rules"] = [one for one in rules["rules"] if one["name"] not in own]
    (here / "shop.ruleset.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    wanted = {check.id: check for check in derive(read_contract("shop.odcs.yaml")[0].datasets[0])}
    back = {check.id: check for check in derive(read_contract("back.odcs.yaml")[0].datasets[0])}
    assert set(wanted) == set(back)
    for name, check in wanted.items():
        found = back[name]
        kept = (check.threshold, check.severity, check.dimension)
        assert (name, *kept) == (name, found.threshold, found.severity, found.dimension)
        if isinstance(check.promise, NotNull | RowCount | Query) and not getattr(
            check.promise, "missing", ()
        ):
            assert check.promise == found.promise
        if isinstance(check.promise, Unique) and len(check.promise.columns) == 1:
            assert check.promise == found.promise
    assert any(isinstance(check.promise, RowQuery) for check in wanted.values())
    capsys.readouterr()
    main(["contract", "test", "back.odcs.yaml", "--data", "shop.parquet", "--output-format", "json"])
    (after,) = json.loads(capsys.readouterr().out)["datasets"]
    statuses = [{one["rule"]: one["status"] for one in found["checks"]} for found in (before, after)]
    different = {rule for rule, status in statuses[0].items() if status != statuses[1][rule]}
    assert different <= {"rich"}  # it asks the rows that are passed on, and `custom_sql` sends none away


def test_each_dataset_is_exported(here, capsys) -> None:
    """A module and a script hold all datasets; a JSON Schema and a rule set are of one, which is named."""
    text = (
        CONTRACT
        + "  - name: class\n    properties:\n      - {name: a, logicalType: string, required: true}\n"
    )
    (here / "shop.odcs.yaml").write_text(text, encoding="utf-8")
    assert exported("pandera", "rules.py") == 2
    assert "\nclass_schema = pa.DataFrameSchema(" in (here / "rules.py").read_text(encoding="utf-8")
    assert exported("sql", "shop.sql") == 0
    assert 2 == (here / "shop.sql").read_text(encoding="utf-8").count("CREATE TABLE")
    capsys.readouterr()
    for form in ("jsonschema", "ruleset"):
        assert exported(form, "x") == 2
        assert "Name one with --dataset: shop orders, class.\n" in capsys.readouterr().err
        assert exported(form, "x", "--dataset", "class") == 0


@pytest.mark.parametrize("dialect", RENDERED)
def test_what_is_rendered_is_told_to_be(dialect, here, capsys) -> None:
    """A script and a rule set of another database hold its SQL, and say that it was never tried."""
    code = exported("sql", "shop.sql", "--dialect", dialect)
    told = capsys.readouterr().err
    text = (here / "shop.sql").read_text(encoding="utf-8")
    assert "-- Rendered, not run: " in text
    assert set(re.findall(r"Not said here: (.+?): ", text)) == left_out(told)
    assert code == (2 if told else 0)
    exported("ruleset", "shop.ruleset.yaml", "--dialect", dialect)
    text = (here / "shop.ruleset.yaml").read_text(encoding="utf-8")
    assert "# Rendered, not run: " in text
    assert "dataops_table" not in text
    assert "{table}" in text


def test_each_schema_has_a_name_of_its_own(here) -> None:
    """Datasets whose names come to the same in Python, or to what the module imports, hide nothing."""
    names = ("a b", "a_b", "date", "class", "1")
    dataset = "  - {{name: '{0}', properties: [{{name: x, logicalType: date, required: true}}]}}\n"
    text = "apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\nschema:\n"
    (here / "shop.odcs.yaml").write_text(text + "".join(map(dataset.format, names)), encoding="utf-8")
    assert exported("pandera", "rules.py") == 0
    module = runpy.run_path(str(here / "rules.py"))
    found = {key: one.name for key, one in module.items() if type(one).__name__ == "DataFrameSchema"}
    assert {"a_b": "a b", "a_b_2": "a_b", "date_schema": "date", "class_schema": "class", "1": "1"} == {
        key.removeprefix("_"): name for key, name in found.items()
    }


def test_what_nothing_enforces_is_told(here, capsys) -> None:
    """A promise that no form has, because nothing reads it yet, is a line on stderr, and exit code 2."""
    more = CONTRACT + "      - {type: custom, engine: soda, implementation: 'x: 1'}\n"
    (here / "shop.odcs.yaml").write_text(more, encoding="utf-8")
    assert exported("sql", "shop.sql") == 2
    assert "a custom rule of `soda` is not enforced yet" in capsys.readouterr().err


def test_no_name_becomes_code(here) -> None:
    """Whatever a name or a value of the contract holds, it stays a text in the module."""
    nasty = '"""\\n\'); raise SystemExit(7)  # {object} \\'
    text = f"""\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
name: {json.dumps(nasty)}
schema:
  - name: {json.dumps(nasty)}
    properties:
      - name: {json.dumps(nasty)}
        logicalType: string
        required: true
        enum: [{{value: {json.dumps(nasty)}}}]
    quality:
      - {{id: x, type: custom, engine: pandera, implementation: 'a:B'}}
"""
    (here / "shop.odcs.yaml").write_text(text, encoding="utf-8")
    assert exported("pandera", "rules.py") == 2
    code = (
        f"import polars as pl, pandera.polars as pa, rules; name = {nasty!r};"
        "(schema,) = [one for one in vars(rules).values() if isinstance(one, pa.DataFrameSchema)];"
        "schema.validate(pl.DataFrame({name: [name]}), lazy=True)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=here)


NESTED = """\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: a
    properties:
      - name: id
        logicalType: integer
        required: true
      - name: address
        logicalType: object
        logicalTypeOptions: {required: [zip], maxProperties: 3}
        properties:
          - {name: zip, logicalType: string, required: true, logicalTypeOptions: {pattern: '^[0-9]{5}$'}}
          - {name: floor, logicalType: integer, logicalTypeOptions: {minimum: 0}}
      - name: lines
        logicalType: array
        logicalTypeOptions: {minItems: 1, maxItems: 3, uniqueItems: true}
        items:
          logicalType: object
          properties:
            - {name: sku, logicalType: string, required: true}
            - {name: count, logicalType: integer, logicalTypeOptions: {maximum: 9}}
      - name: at
        logicalType: time
"""

INSIDE: list[object] = [
    {"id": 1, "address": {"zip": "53111", "floor": 2}, "lines": [{"sku": "a", "count": 1}], "at": "06:00"},
    {"id": 2},
    {"id": 3, "address": {"floor": 2}},
    {"id": 4, "address": {"zip": None}},
    {"id": 5, "address": {"zip": "5311"}},
    {"id": 6, "address": {"zip": "53111", "floor": -1}},
    {"id": 7, "address": {"zip": "53111", "floor": "2"}},
    {"id": 8, "address": {"zip": "53111", "a": 1, "b": 2, "c": 3}},
    {"id": 9, "address": ["53111"]},
    {"id": 10, "lines": []},
    {"id": 11, "lines": [{"sku": "a"}, {"sku": "a"}]},
    {"id": 12, "lines": [{"sku": "a"}, {"sku": "b"}, {"sku": "c"}, {"sku": "d"}]},
    {"id": 13, "lines": [{"sku": "a"}, {"count": 1}]},
    {"id": 14, "lines": [{"sku": "a", "count": 10}]},
    {"id": 15, "lines": [{"sku": "a"}, 7]},
    {"id": 16, "lines": {"sku": "a"}},
    {"id": 17, "at": "25:00"},
    {"id": 18, "lines": [{"sku": "a"}, {"sku": "b", "count": None}], "at": None},
]


def test_what_is_inside_values_is_exported_where_a_form_has_words_for_it(here, capsys) -> None:
    """The JSON Schema refuses the same records at any depth; the other forms list what they can't say."""
    (here / "shop.odcs.yaml").write_text(NESTED)
    (here / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in INSIDE))
    assert exported("jsonschema", "a.json") == 0
    schema = json.loads((here / "a.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    invalid = {line for line, record in enumerate(INSIDE, start=1) if not validator.is_valid(record)}
    main(["contract", "test", "shop.odcs.yaml", "--data", "a.jsonl", "--quarantine", "q"])
    bad = set(pl.read_parquet("q/a.parquet")["dataops_line"].to_list())
    assert bad == invalid
    assert {*range(3, 18)} == bad
    capsys.readouterr()
    for form in ("pandera", "sql", "ruleset"):
        assert exported(form, "x") == 2
        gone = left_out(capsys.readouterr().err)
        assert {"address.zip.pattern", "lines[].count.maximum", "lines.uniqueItems"} <= gone


TEXTS = """\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: a
    properties:
      - name: code
        logicalType: integer
        quality: [{id: digits, metric: invalidValues, arguments: {pattern: '^[0-9]{3}$'}, mustBe: 0}]
      - name: day
        logicalType: date
        quality: [{id: march, metric: invalidValues, arguments: {pattern: '-03-'}, mustBe: 0}]
      - name: lines
        logicalType: array
        quality: [{id: known, metric: invalidValues, arguments: {validValues: ['[1]', '[]']}, mustBe: 0}]
"""


def test_rules_about_texts_are_left_out_where_there_is_no_text(here, capsys) -> None:
    """A keyword that a validator would pass over, or a check that would fail on a type, says nothing."""
    (here / "shop.odcs.yaml").write_text(TEXTS)
    forms = {"pandera": {"digits", "march"}, "jsonschema": {"digits", "known", "day.type"}, "sql": set()}
    for form, expected in forms.items():
        exported(form, "x")
        assert expected == left_out(capsys.readouterr().err) - {"lines.type"}, form
    assert exported("jsonschema", "x") == 2
    found = json.loads((here / "x").read_text())["properties"]
    assert "pattern" not in found["code"]
    assert "-03-" in json.dumps(found["day"])
