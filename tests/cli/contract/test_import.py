from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from airflow_dataops.cli.main import main
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.documents.odcs.contract import read_contract

WARNING = Severity.WARNING


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder in which the program is started."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def imported(text: str, source: str, *words: str, code: int = 0, lint: int = 0):
    """Import a file, prove that the contract lints, and return its datasets by their names."""
    Path("given.yml").write_text(text, encoding="utf-8")
    command = ["contract", "import", "given.yml", "--from", source, "-o", "made.odcs.yaml", "--force"]
    assert main([*command, *words]) == code
    assert main(["contract", "lint", "made.odcs.yaml"]) == lint
    return {dataset.name: dataset for dataset in read_contract("made.odcs.yaml")[0].datasets}


MODEL = """\
version: 2
models:
  - name: orders
    description: One row an order.
    config: {contract: {enforced: true}, materialized: table, meta: {owner: shop}, tags: [gold]}
    columns:
      - name: order_id
        description: "Its number: never twice."
        data_type: varchar(12)
        constraints: [{type: not_null}, {type: primary_key}]
      - name: status
        data_type: varchar
        tests:
          - not_null
          - accepted_values: {values: [new, paid, 'no']}
      - name: amount
        data_type: NUMERIC(12, 2)
        data_tests: [not_null, {unique: {config: {store_failures: true}}}]
      - {name: at, data_type: timestamp_tz}
      - {name: day, data_type: date}
      - {name: count, data_type: bigint}
      - {name: done, data_type: boolean}
      - {name: share, data_type: float64}
      - {name: label, data_type: string}
"""


@pytest.mark.usefixtures("here")
def test_a_model_of_dbt_is_a_dataset(capsys) -> None:
    """Types, keys, nulls, values, descriptions, tags and meta arrive, and lint finds nothing to say."""
    orders = imported(MODEL, "dbt", "--name", "shop")["orders"]
    assert "" == capsys.readouterr().err
    assert [
        "string",
        "string",
        "number(12,2)",
        "timestamp",
        "date",
        "integer",
        "boolean",
        "number",
        "string",
    ] == [str(column.type) for column in orders.columns]
    assert [
        "order_id.required",
        "order_id.physicalType",
        "order_id.maxLength",
        "status.required",
        "amount.required",
        "amount.type",
        "amount.unique",
        "at.type",
        "day.type",
        "count.type",
        "done.type",
        "share.type",
        "orders.primaryKey",
        "status.invalidValues",
    ] == [check.id for check in derive(orders)]
    assert ("new", "paid", "no") == orders.columns[1].rules[0].values
    assert "One row an order." == orders.description
    assert "Its number: never twice." == orders.columns[0].description
    text = Path("made.odcs.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Imported from given.yml (dbt).\napiVersion: v3.1.0\n")
    assert "    tags: [gold]\n    customProperties:\n      - property: owner\n        value: shop\n" in text
    assert "logicalType: timestamp\n        physicalType: timestamp_tz\n" in text


COLUMN = "models: [{{name: m, columns: [{{name: a, data_type: int, tests: [{0}]}}]}}]\n"

TESTS: dict[str, list[tuple[str, object, Severity]]] = {
    "{not_null: {severity: warn}}": [("a.nullValues", NONE, WARNING)],
    "{not_null: {name: filled, config: {error_if: '>10'}}}": [
        ("filled", Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (Decimal(10),)), Severity.ERROR)
    ],
    "{unique: {name: u, config: {error_if: '>= 10', warn_if: '!= 0'}}}": [
        ("u", Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(10),)), Severity.ERROR),
        ("u_warns", NONE, WARNING),
    ],
    "{name: v, test_name: accepted_values, arguments: {values: [1, 2]}}": [("v", NONE, Severity.ERROR)],
    "{not_null: {config: {where: 'a > 1 or a < 0'}}}": [("a.nullValues", NONE, Severity.ERROR)],
    "{accepted_values: {values: [1], config: {where: a > 1, severity: warn}}}": [
        ("a.invalidValues", NONE, WARNING)
    ],
    "{unique: {where: a > 1}}": [("a.duplicateValues", NONE, Severity.ERROR)],
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("test", TESTS)
def test_a_test_of_dbt_keeps_its_severity_and_its_threshold(test, capsys) -> None:
    """What dbt lets pass passes here, what it warns of is a warning, and a filter is part of the query."""
    dataset = imported(COLUMN.format(test), "dbt")["m"]
    rules = [check for check in derive(dataset) if check.id not in {"a.type", "a.physicalType"}]
    assert TESTS[test] == [(rule.id, rule.threshold, rule.severity) for rule in rules]
    assert "" == capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_filter_and_a_check_judge_the_rows_that_they_mean() -> None:
    """`where` looks at some rows, a CHECK lets unknown pass: rows break the rules that dbt's would break."""
    text = """\
models:
  - name: m
    constraints: [{type: check, name: order, expression: a < b or b < 0}]
    columns:
      - {name: a, data_type: int, tests: [{not_null: {name: some, where: b > 0 or b < -5}}]}
      - {name: b, data_type: int}
"""
    imported(text, "dbt")
    Path("m.csv").write_text("a,b\n1,2\n,1\n,-1\n,-9\n3,2\n5,-1\n7,\n")
    main(["contract", "test", "made.odcs.yaml", "--data", "m.csv", "--quarantine", "q"])
    import polars as pl

    rows = pl.read_parquet("q/m.parquet").select("dataops_line", "dataops_rules").rows()
    assert [(3, ["some"]), (5, ["some"]), (6, ["order"])] == rows


NOT_IMPORTED: dict[str, str] = {
    "dbt_utils.expression_is_true: {expression: a > 0}": "the test `dbt_utils.expression_is_true` is",
    "{not_null: {where: \"{{ var('x') }}\"}}": "its `where` is no condition that can be read",
    "{not_null: {where: 'a in (select 1 from x)'}}": "its `where` is no condition that can be read",
    "{not_null: {where: 'a >'}}": "its `where` is no condition that can be read",
    "{not_null: {error_if: 'often'}}": "`error_if` is no comparison with a number",
    "{not_null: {config: {enabled: false}}}": "the test `not_null` is not imported: it is not enabled",
    "{not_null: {config: {fail_calc: 'sum(x)'}}}": "it counts its failures in a way of its own",
    "{accepted_values: {values: []}}": "the test `accepted_values` is not imported",
    "{relationships: {to: ref('x'), field: 'a b'}}": "the test `relationships` is not imported",
    "{7: 1}": "the test `7` is not imported",
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("test", NOT_IMPORTED)
def test_what_is_not_imported_is_named_with_its_place(test, capsys) -> None:
    """A test that nobody can translate is a line with file, line and column, and exit code 2."""
    wrapped = test if test.startswith("{") else f"{{{test}}}"
    imported(COLUMN.format(wrapped), "dbt", code=2)
    told = capsys.readouterr().err
    assert NOT_IMPORTED[test] in told
    assert told.startswith("given.yml:1:6")


@pytest.mark.usefixtures("here")
def test_everything_else_of_a_properties_file_is_named(capsys) -> None:
    """No key is dropped in silence; freshness of a source becomes a service level, a reference one too."""
    text = """\
models:
  - {name: m, columns: [{name: a, data_type: geography, tests: [not_null]}, {name: A, data_type: int}]}
  - {name: M, columns: []}
  - {name: empty, columns: [{name: a, data_type: text}]}
  - {columns: []}
  - name: n
    versions: [{v: 1}]
    config: {event_time: at}
    description: "{{ doc('n') }}"
    constraints: [{type: primary_key, columns: [id, gone]}, {type: foreign_key, to: x}]
    data_tests: [dbt_utils.equal_rowcount]
    columns:
      - {name: id, data_type: int, granularity: day, tests: [relationships: {to: ref('m'), field: a}]}
      - {name: dataops_x}
sources:
  - name: raw
    tables:
      - name: t
        config: {freshness: {error_after: {count: 24, period: hour}}, loaded_at_field: at}
        columns: [{name: at, data_type: timestamp}]
      - {name: u, freshness: {warn_after: {count: 1, period: day}}, columns: [{name: id, data_type: int}]}
exposures: []
"""
    datasets = imported(text, "dbt", code=2, lint=0)
    assert ["m", "n", "t", "u"] == list(datasets)
    assert [
        "given.yml:2:35: the type `geography` is not imported: the column is read as text",
        "given.yml:2:77: a second column `A` is not imported",
        "given.yml:3:5: a second `M` is not imported. Rename one of them.",
        "given.yml:4:5: `empty` is not imported: it has no column of which anything is promised",
        "given.yml:5:5: an entry without a `name` is not imported",
        "given.yml:6:5: a constraint names the column `gone`, which isn't listed",
        "given.yml:7:5: `versions` is not imported",
        "given.yml:8:14: `event_time` is not imported",
        "given.yml:9:5: a `description` that dbt renders is not imported",
        "given.yml:10:61: the constraint `foreign_key` is not imported",
        "given.yml:11:18: the test `dbt_utils.equal_rowcount` is not imported",
        "given.yml:13:36: `granularity` is not imported",
        "given.yml:14:9: a column called `dataops_x` is not imported",
        "given.yml:21:19: `freshness` is not imported: it has no `loaded_at_field`",
        "given.yml:22:1: `exposures` is not imported",
    ] == [line for line in capsys.readouterr().err.splitlines() if line.startswith("given.yml")]
    made = Path("made.odcs.yaml").read_text(encoding="utf-8")
    assert "relationships:\n          - type: foreignKey\n            to: m.a\n" in made
    assert "property: freshness\n    value: 24\n    unit: h\n    element: t.at\n" in made


SOURCE = """\
sources:
  - name: raw
    description: What the shop sends.
    database: lake
    schema: landing
    loader: fivetran
    quoting: {identifier: true}
    tags: [bronze]
    meta: {owner: shop, tier: 2}
    freshness: {warn_after: {count: 12, period: hour}, error_after: {count: 24, period: hour}, filter: at > 1}
    config: {loaded_at_field: at, event_time: at, tags: nightly}
    tables:
      - name: orders
        identifier: ORDERS_V2
        quoting: {identifier: true}
        tags: [gold]
        meta: {tier: 1}
        columns: [{name: at, data_type: timestamp}]
      - {name: off, freshness: null, columns: [{name: id, data_type: int}]}
      - {name: own, loaded_at_field: day, freshness: {error_after: {count: 2, period: day}},
         columns: [{name: day, data_type: date}]}
      - {name: none, columns: [{name: id, data_type: int}]}
"""


@pytest.mark.usefixtures("here")
def test_tables_inherit_what_their_source_says(capsys) -> None:
    """Freshness, tags and meta hold for each table that says nothing nearer; the rest is listed."""
    imported(SOURCE, "dbt", code=2)
    assert [
        "given.yml:3:5: `description` is not imported",
        "given.yml:4:5: `database` is not imported",
        "given.yml:5:5: `schema` is not imported",
        "given.yml:6:5: `loader` is not imported",
        "given.yml:7:5: `quoting` is not imported",
        "given.yml:10:5: `freshness` is not imported for `none`: `at` is no column here",
        "given.yml:10:17: `warn_after` is not imported for `orders`",
        "given.yml:10:96: `filter` is not imported for `orders`",
        "given.yml:11:35: `event_time` is not imported",
        "given.yml:15:9: `quoting` is not imported",
    ] == [line for line in capsys.readouterr().err.splitlines() if line.startswith("given.yml")]
    made = yaml.safe_load(Path("made.odcs.yaml").read_text(encoding="utf-8"))
    orders = made["schema"][0]
    assert ("orders", "ORDERS_V2") == (orders["name"], orders["physicalName"])
    assert ["bronze", "nightly", "gold"] == orders["tags"]
    assert {"owner": "shop", "tier": 1} == {
        one["property"]: one["value"] for one in orders["customProperties"]
    }
    assert [("orders.at", 24, "h"), ("own.day", 2, "d")] == [
        (level["element"], level["value"], level["unit"]) for level in made["slaProperties"]
    ]


RULE_SET = """\
name: orders_from_yaml
rules:
  - {name: filled, check: null_count, column: order_id, condition: {equal_to: 0}, dimension: completeness}
  - {name: id unique!, check: unique_violations, column: order_id, condition: {equal_to: 0}}
  - {name: few_nulls, check: null_ratio, column: city, condition: {less_than: 0.05}}
  - {name: amount_min, check: min, column: amount, condition: {geq_to: 0}}
  - {name: present, check: row_count, condition: {greater_than: 0}, severity: warn}
  - {name: about, check: mean, column: amount, condition: {equal_to: 50, tolerance: 0.1}}
  - name: own
    check: custom_sql
    sql: SELECT COUNT(*) FROM {table} WHERE city IS NULL
    condition: {leq_to: 3}
"""


def by_name(check) -> str:
    """Sort rules, since a contract lists those of columns first."""
    return check.id


@pytest.mark.usefixtures("here")
def test_a_rule_set_is_a_contract_with_its_rules(capsys) -> None:
    """Each rule is there with what it measures and tolerates; types, which it lacks, are marked guesses."""
    orders = imported(RULE_SET, "ruleset")["orders_from_yaml"]
    assert "" == capsys.readouterr().err
    Path("rules.yaml").write_text(RULE_SET)
    Path("beside.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\nschema:\n"
        "  - name: orders_from_yaml\n    properties:\n      - {name: order_id, logicalType: string}\n"
        "      - {name: city, logicalType: string}\n      - {name: amount, logicalType: number}\n"
        "    quality:\n      - {type: custom, engine: common.dataquality, implementation: rules.yaml}\n"
    )
    (beside,) = read_contract("beside.odcs.yaml")[0].datasets
    said = {"id unique!": "id_unique"}
    assert [
        (said.get(check.id, check.id), check.promise, check.threshold, check.severity, check.dimension)
        for check in sorted(derive(beside), key=by_name)
    ] == [
        (check.id, check.promise, check.threshold, check.severity, check.dimension)
        for check in sorted(derive(orders), key=by_name)
    ]
    text = Path("made.odcs.yaml").read_text(encoding="utf-8")
    assert 2 == text.count("# guess: the rule set doesn't say it")
    assert 1 == text.count("logicalType: number  # guess: a rule compares it with such values")
    assert "name: id unique!" in text.replace("'", "")


ROUND = """\
apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true, logicalTypeOptions: {pattern: '^A'}}
      - {name: Order Day, logicalType: date, logicalTypeOptions: {minimum: '2026-01-01'}}
      - {name: at, logicalType: timestamp}
      - {name: amount, logicalType: number, physicalType: 'numeric(8,2)', logicalTypeOptions: {minimum: 0}}
      - {name: city, logicalType: string, enum: [{value: Bonn}]}
      - {name: other, logicalType: string}
    quality:
      - {id: most, type: sql, query: 'SELECT max(amount) FROM {object}', mustBeLessThan: 9}
      - {id: same, type: sql, query: 'SELECT COUNT(*) FROM {object} o WHERE o.city = o.other', mustBe: 0}
"""


def test_a_rule_set_that_was_exported_can_be_tested_when_it_is_imported(here, capsys) -> None:
    """Columns that queries alone name are there, of the types that the queries need."""
    (here / "shop.odcs.yaml").write_text(ROUND)
    assert main(["contract", "export", "shop.odcs.yaml", "--to", "ruleset", "-o", "rules.yaml"]) == 0
    dataset = imported((here / "rules.yaml").read_text(), "ruleset")["orders"]
    types = {column.name: str(column.type) for column in dataset.columns}
    assert {"id", "city", "other"} == {name for name, kind in types.items() if kind == "string"}
    assert ["date", "timestamp", "number"] == [types[name] for name in ("Order Day", "at", "amount")]
    head, row = "id,Order Day,at,amount,city,other\n", "A1,2026-03-01,2026-03-01T06:00:00Z,1.50,Bonn,Ulm\n"
    (here / "good.csv").write_text(head + row)
    (here / "bad.csv").write_text(head + row.replace("1.50", "9.50").replace("2026-03-01,", "2025-03-01,"))
    assert main(["contract", "test", "made.odcs.yaml", "--data", "good.csv"]) == 0
    capsys.readouterr()
    assert main(["contract", "test", "made.odcs.yaml", "--data", "bad.csv", "--output-format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["datasets"]
    broken = {one["rule"] for one in found["checks"] if one["status"] != "passed"}
    assert {"Order_Day_minimum", "most"} == broken


BAD: dict[str, tuple[str, str, str]] = {
    "no yaml": ("dbt", "a: [\n", "given.yml:2:1: "),
    "a list": ("dbt", "- 1\n", "given.yml:1:1: the file must be a mapping of keys. Such as `models:`."),
    "no model": ("dbt", "version: 2\n", "there is no model, seed, snapshot or source to import"),
    "an unknown key": ("ruleset", "name: a\nruls: []\n", "given.yml:2:1: the key `ruls` is not known here."),
    "no column": (
        "ruleset",
        "name: a\nrules: [{name: r, check: row_count, condition: {equal_to: 1}}]\n",
        "no rule speaks of a column, and a contract has some",
    ),
    "a name of ours": (
        "ruleset",
        "name: a\nrules: [{name: r, check: null_count, column: dataops_x, condition: {equal_to: 0}}]\n",
        "given.yml: it makes no contract: the column `dataops_x` starts with `dataops_`, which is reserved.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_makes_no_contract_is_told_and_nothing_is_written(name, here, capsys) -> None:
    """A file that is no such file is a line with its place, and exit code 3."""
    source, text, expected = BAD[name]
    (here / "given.yml").write_text(text)
    assert main(["contract", "import", "given.yml", "--from", source, "-o", "made.odcs.yaml"]) == 3
    told = capsys.readouterr()
    assert expected in told.err
    assert "" == told.out
    assert not (here / "made.odcs.yaml").exists()
    assert main(["contract", "import", "none.yml", "--from", source]) == 3
    assert capsys.readouterr().err == "none.yml: can't be read: No such file or directory\n"
