from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import (
    AtLeast,
    Counts,
    Distinct,
    HasKeys,
    Inside,
    Matches,
    NotLonger,
    NotNull,
    OfType,
    OneOf,
    Unique,
    Within,
)
from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold, Unit
from airflow_dataops.core.contract.model import (
    ColumnType,
    LogicalType,
    Measure,
    QualityRule,
    Severity,
)
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.written import Written
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import DocumentError

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders"

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.10
status: active
schema:
  - name: orders
    properties:
      - name: id
        logicalType: string
        required: true
        primaryKey: true
      - name: amount
        logicalType: number
        physicalType: numeric(12,2)
"""
COLUMN = " " * 8
RULE = COLUMN + "quality:\n" + COLUMN + "  - "
"""The start of a rule of `amount`: its first key stands in line 17, column 13."""
COUNT = "'SELECT count({property}) FROM {object}'"
DATASET_RULE = "    quality:\n      - "
"""The start of a rule of the dataset: its first key stands in line 17, column 9."""


def write(folder: Path, text: str) -> Path:
    """Write a contract."""
    file = folder / "orders.odcs.yaml"
    file.write_text(text)
    return file


def told(text: str, folder: Path) -> tuple[list[str], list[str]]:
    """Return errors and warnings of a contract, without the file's name."""
    file = write(folder, text)
    try:
        errors, warnings = (), read_contract(file)[1]
    except DocumentError as error:
        errors, warnings = error.problems, ()
    return [short(problem, file) for problem in errors], [short(problem, file) for problem in warnings]


def short(problem: object, file: Path) -> str:
    """Return a problem as a line, without the file."""
    return str(problem).replace(f"{file}:", "")


def errors_of(text: str, folder: Path) -> list[str]:
    """Return the errors of a contract."""
    return told(text, folder)[0]


def edited(old: str, new: str) -> str:
    """Return the contract with one piece replaced."""
    assert CONTRACT.count(old) == 1, old
    return CONTRACT.replace(old, new)


def typed(kind: str) -> str:
    """Return the contract with another type of its last column."""
    number = f"logicalType: number\n{COLUMN}physicalType: numeric(12,2)"
    return edited(number, f"logicalType: {kind}\n{COLUMN}businessName: Amount")


def added(*lines: str) -> str:
    """Return the contract with more keys of its last column."""
    return CONTRACT + "".join(f"{COLUMN}{line}\n" for line in lines)


def rule(*keys: str) -> str:
    """Return the contract with a rule of its last column."""
    return CONTRACT + RULE + f"\n{COLUMN}    ".join(keys) + "\n"


def dataset_rule(*keys: str) -> str:
    """Return the contract with a rule of its dataset."""
    return CONTRACT + DATASET_RULE + f"\n{COLUMN}".join(keys) + "\n"


FORM = {
    "not a mapping": ("- a\n", ["1:1: the file must be a mapping of keys, it is a list"]),
    "unknown key": (
        edited("required: true", "requird: true"),
        ["11:9: the key `requird` is not known here. Did you mean `required`?"],
    ),
    "unknown key, nothing near": (
        CONTRACT + "zzz: 1\n",
        [
            (
                "16:1: the key `zzz` is not known here. Known here: apiVersion, kind, id, name, "
                "version, status, "
                "schema, tenant, domain, dataProduct, description, tags, …."
            )
        ],
    ),
    "known key in a wrong place": (
        CONTRACT + "logicalType: string\n",
        [
            (
                "16:1: the key `logicalType` is not known here. Known here: apiVersion, kind, id, "
                "name, version, "
                "status, schema, tenant, domain, dataProduct, description, tags, …."
            )
        ],
    ),
    "a key that a terminal would obey": (
        CONTRACT + '"\\e[31mkind": 1\n',
        ["16:1: the key `\\x1b[31mkind` is not known here. Did you mean `kind`?"],
    ),
    "duplicate key": (
        edited("kind: DataContract", "kind: DataContract\nkind: DataContract"),
        ["3:1: `kind` stands here for the second time, first in line 2. Keep one of them."],
    ),
    "boolean of YAML 1.1": (
        edited("required: true", "required: yes"),
        ['11:19: `required` must be true or false, it is the text "yes". Write `true`.'],
    ),
    "quoted boolean": (
        edited("required: true", 'required: "true"'),
        ['11:19: `required` must be true or false, it is the text "true". Write it without quotes.'],
    ),
    "number for a boolean": (
        edited("required: true", "required: 1"),
        ["11:19: `required` must be true or false, it is the number 1"],
    ),
    "list for a text": (
        edited("id: orders", "id: [orders]"),
        ["3:5: `id` must be a text, it is a list"],
    ),
    "boolean for a text": (
        edited("name: id\n", "name: true\n"),
        ["9:15: `name` must be a text, it is true. Put it in quotes."],
    ),
    "text for a list": (
        CONTRACT + "tags: daily\n",
        ['16:7: `tags` must be a list, it is the text "daily"'],
    ),
    "wrong entry of a list": (
        CONTRACT + "tags: [daily, [x]]\n",
        ["16:15: entry 2 of `tags` must be a text, it is a list"],
    ),
    "text for a mapping": (
        edited("- name: amount", "- amount"),
        ["14:20: a `:` stands where no key can be. Put the text in quotes, or check the indentation."],
    ),
    "entry that is no mapping": (
        edited("      - name: id\n", "      - nothing\n      - name: id\n"),
        ['9:9: entry 1 of `properties` must be a mapping of keys, it is the text "nothing"'],
    ),
    "empty key": (
        CONTRACT + "domain:\n",
        ["16:1: `domain` is empty. Write a value, or leave the key out."],
    ),
    "blank name": (edited("name: amount", 'name: " "'), ["13:15: `name` must not be blank"]),
    "missing name": (edited("name: amount\n        ", ""), ["13:9: `name` is missing"]),
    "misspelt option": (
        typed("numbr"),
        [
            (
                "14:22: `logicalType` must be `string`, `integer`, `number`, `boolean`, `date`, "
                "`timestamp`, `time`, "
                '`object`, `array`, `map` or `vector`, it is the text "numbr". Did you mean `number`?'
            )
        ],
    ),
    "older standard": (
        edited("v3.1.0", "v2.2.2"),
        [
            (
                "1:13: `apiVersion` must be `v3.0.0`, `v3.0.1`, `v3.0.2`, `v3.1.0` or `v3.2.0`, "
                'it is the text "v2.2.2". Did you mean `v3.2.0`?'
            )
        ],
    ),
    "all that a contract must have": (
        "name: x\n",
        [
            "1:1: `apiVersion` is missing. Write `apiVersion: v3.1.0`.",
            "1:1: `kind` is missing",
            "1:1: `id` is missing",
            "1:1: `version` is missing",
            "1:1: `status` is missing",
            "1:1: the contract has no `schema`: it promises nothing. List its datasets.",
        ],
    ),
    "everything at once": (
        edited("required: true", "requird: yes")
        .replace("kind: DataContract", "kind: Contract")
        .replace("numeric(12,2)", "numeric(99,2)")
        + f"{COLUMN}unique: maybe\n{COLUMN}logicalTypeOptions: {{pattern: x, minimum: low}}\nx: 1\nx: 2\n",
        [
            '2:7: `kind` must be `DataContract`, it is the text "Contract". Did you mean `DataContract`?',
            "11:9: the key `requird` is not known here. Did you mean `required`?",
            '16:17: `unique` must be true or false, it is the text "maybe"',
            (
                "17:30: `pattern` is no option of the type number. "
                "It has: minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format."
            ),
            "17:51: `minimum` must be a number. Write it without quotes.",
            (
                "18:1: the key `x` is not known here. Known here: apiVersion, kind, id, name, "
                "version, status, "
                "schema, tenant, domain, dataProduct, description, tags, …."
            ),
            "19:1: `x` stands here for the second time, first in line 18. Keep one of them.",
        ],
    ),
    "a wrong column doesn't hide the next": (
        edited("required: true", "required: 7").replace("numeric(12,2)", "numeric(12,13)"),
        [
            "11:19: `required` must be true or false, it is the number 7",
            (
                "15:23: `physicalType` has 12 digits, 13 of them behind the point. "
                "There are 1 to 38 digits, and no more than that behind the point."
            ),
        ],
    ),
    "server with a key of another": (
        CONTRACT + "servers:\n  - {server: a, type: duckdb, database: x, hsot: y}\n",
        ["17:44: the key `hsot` is not known here. Did you mean `host`?"],
    ),
    "server of a type that has no such key": (
        CONTRACT + "servers:\n  - {server: a, type: duckdb, host: y}\n",
        [
            "17:5: `database` is missing. A server of type `duckdb` has one.",
            "17:31: `host` is no key of a server of type `duckdb`",
        ],
    ),
}

COLUMNS = {
    "reserved name": (
        edited("name: amount", "name: DataOps_line"),
        ["13:15: the column `DataOps_line` starts with `dataops_`, which is reserved. Give it another name."],
    ),
    "names that differ in case only": (
        edited("name: amount", "name: ID"),
        [
            (
                "13:15: the column `ID` is there already as `id`, in line 9. "
                "Engines don't tell upper case from lower case in names."
            )
        ],
    ),
    "too many digits": (
        edited("numeric(12,2)", "DECIMAL(39)"),
        [
            (
                "15:23: `physicalType` has 39 digits, 0 of them behind the point. "
                "There are 1 to 38 digits, and no more than that behind the point."
            )
        ],
    ),
    "bound in quotes": (
        added('logicalTypeOptions: {minimum: "0"}'),
        ["16:39: `minimum` must be a number. Write it without quotes."],
    ),
    "bound of a date without quotes": (
        typed("date") + f"{COLUMN}logicalTypeOptions: {{maximum: 20260101}}\n",
        ["16:39: `maximum` of a date must be a text. Put it in quotes."],
    ),
    "nothing between exclusive bounds": (
        added("logicalTypeOptions: {exclusiveMinimum: 1, maximum: 1}"),
        ["16:48: `exclusiveMinimum` is the same as `maximum`: no value is between them"],
    ),
    "shortest above longest": (
        edited("required: true", "required: true\n        logicalTypeOptions: {minLength: 3, maxLength: 2}"),
        ["12:41: `minLength` is above `maxLength`: no value is between them"],
    ),
    "a step of nothing": (
        added("logicalTypeOptions: {multipleOf: 0}"),
        ["16:42: `multipleOf` must be above 0. Such as 5."],
    ),
    "a bound that is no day": (
        typed("date") + f"{COLUMN}logicalTypeOptions: {{minimum: '2026-02-30'}}\n",
        ["16:39: `minimum` is no date: 2026-02-30. Write a date such as `2026-03-01`."],
    ),
    "a bound that is no instant": (
        typed("timestamp") + f"{COLUMN}logicalTypeOptions: {{maximum: '0001-01-01T00:00+14:00'}}\n",
        [
            (
                "16:39: `maximum` is no timestamp: 0001-01-01T00:00+14:00. "
                "Write a time such as `2026-03-01T06:00:00Z`."
            )
        ],
    ),
    "two columns of one name in the data": (
        added("physicalName: ID"),
        [
            (
                "16:23: the column `ID` is there already as `id`, in line 9. "
                "Engines don't tell upper case from lower case in names."
            )
        ],
    ),
    "a reserved name in the data": (
        added("physicalName: dataops_line"),
        [
            (
                "16:23: the column `dataops_line` starts with `dataops_`, which is reserved. "
                "Give it another name."
            )
        ],
    ),
    "a map without its halves": (
        typed("map"),
        ["13:9: `map` is missing. A map has the types of its `key` and `value`."],
    ),
    "two properties of one name inside a column": (
        typed("object")
        + f"{COLUMN}properties: [{{name: a, logicalType: string}}, {{name: b, physicalName: a}}]\n",
        ["16:61: the property `a` is there already, in line 16"],
    ),
    "an option of another type, inside a column": (
        typed("array") + f"{COLUMN}items: {{logicalType: integer, logicalTypeOptions: {{minLength: 1}}}}\n",
        [
            (
                "16:60: `minLength` is no option of the type integer. "
                "It has: minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format."
            )
        ],
    ),
    "elements of a vector": (
        typed("vector") + f"{COLUMN}logicalTypeOptions: {{dimensions: 0, elementType: flaot32}}\n",
        [
            "16:42: `dimensions` must be a whole number of at least 1, it is the number 0",
            (
                "16:58: `elementType` must be `bfloat16`, `binary`, `float16`, `float32`, `float64`, `int8` "
                'or `uint8`, it is the text "flaot32". Did you mean `float32`?'
            ),
        ],
    ),
    "items that no array has": (
        typed("array") + f"{COLUMN}logicalTypeOptions: {{minItems: 3, maxItems: 2}}\n",
        ["16:40: `minItems` is above `maxItems`: no value is between them"],
    ),
    "a format without the offset that is promised": (
        typed("timestamp") + f"{COLUMN}logicalTypeOptions: {{format: 'yyyy-MM-dd HH:mm', timezone: true}}\n",
        [
            (
                "16:38: the format `yyyy-MM-dd HH:mm` has no offset, and `timezone` is true. "
                "Write `XXX` where the offset stands, or change `timezone`."
            )
        ],
    ),
    "a time zone that nobody has": (
        typed("timestamp") + f"{COLUMN}logicalTypeOptions: {{defaultTimezone: Europe/Berln}}\n",
        [
            (
                "16:47: there is no time zone `Europe/Berln`. "
                "Write its name in the tz database, such as `Europe/Berlin`."
            )
        ],
    ),
    "a format of other numbers": (
        added("logicalTypeOptions: {format: i32}"),
        ["16:38: `i32` is no format of numbers. Did you mean `f32`?"],
    ),
    "bounds that leave nothing": (
        added("logicalTypeOptions: {minimum: 2, maximum: 1}"),
        ["16:39: `minimum` is above `maximum`: no value is between them"],
    ),
    "option of another type": (
        added("logicalTypeOptions: {pattern: x}"),
        [
            (
                "16:30: `pattern` is no option of the type number. "
                "It has: minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format."
            )
        ],
    ),
    "number without end": (
        added("logicalTypeOptions: {minimum: 1e999999999999}"),
        ["16:39: `minimum` has more digits than can be computed with: 1e999999999999"],
    ),
    "number beyond all engines": (
        added("logicalTypeOptions: {minimum: 1e99999999999999999999}"),
        ["16:39: `minimum` has more digits than can be computed with: 1e99999999999999999999"],
    ),
    "pattern that doesn't compile": (
        edited("required: true", "logicalTypeOptions: {pattern: '^(ab'}"),
        [
            (
                "11:39: the pattern doesn't compile: missing ), unterminated subpattern at character 2. "
                "Check the brackets and the escapes."
            )
        ],
    ),
    "pattern that RE2 lacks": (
        edited("required: true", "logicalTypeOptions:\n          pattern: '(?!x)y'"),
        [
            (
                "12:20: the pattern uses the lookaround `(?!…)`, which RE2 doesn't have. "
                "Patterns run in RE2: https://github.com/google/re2/wiki/Syntax."
            )
        ],
    ),
    "key without a place": (
        edited("primaryKey: true", "primaryKey: true\n        primaryKeyPosition: 1")
        + f"{COLUMN}primaryKey: true\n",
        [
            (
                "17:21: `amount` has no place in the primary key, other columns have. "
                "Write `primaryKeyPosition`, counted from 1."
            )
        ],
    ),
    "two keys at one place": (
        edited("primaryKey: true", "primaryKey: true\n        primaryKeyPosition: 1")
        + f"{COLUMN}primaryKey: true\n{COLUMN}primaryKeyPosition: 1\n",
        ["18:29: place 1 of the primary key is that of `id` already"],
    ),
    "place without a key": (
        added("primaryKeyPosition: 2"),
        [
            (
                "16:29: `amount` has a place in the primary key and is not part of it. "
                "Write `primaryKey: true`, or leave the place out."
            )
        ],
    ),
    "place that counts from 0": (
        edited("primaryKey: true", "primaryKey: true\n        primaryKeyPosition: 0"),
        ["13:29: `primaryKeyPosition` is 0. Count from 1."],
    ),
    "value listed twice": (
        edited("v3.1.0", "v3.2.0") + f"{COLUMN}enum: [{{value: 1}}, {{value: '1'}}]\n",
        ["16:15: `enum` has 1 twice. Keep one of them."],
    ),
    "nothing but null listed": (
        edited("v3.1.0", "v3.2.0") + f"{COLUMN}enum: [{{value: null}}]\n",
        ["16:15: `enum` has no value. List the values, or leave the key out."],
    ),
    "no check": (
        CONTRACT[: CONTRACT.index("        required")],
        [
            (
                "7:5: the contract yields no check for `orders`: any data would pass. "
                "Add `required: true`, a `logicalType`, or a rule under `quality`."
            )
        ],
    ),
    "only documentation": (
        CONTRACT[: CONTRACT.index("        required")] + "    quality: [{type: text, description: fine}]\n",
        [
            (
                "7:5: the contract yields no check for `orders`: any data would pass. "
                "Add `required: true`, a `logicalType`, or a rule under `quality`."
            )
        ],
    ),
    "no columns": (
        CONTRACT[: CONTRACT.index("    properties")],
        ["7:5: the dataset `orders` has no `properties`. List its columns."],
    ),
    "no datasets": (
        CONTRACT[: CONTRACT.index("schema")] + "schema: []\n",
        ["6:9: `schema` lists no dataset"],
    ),
    "two datasets of one name": (
        CONTRACT + "  - name: ORDERS\n    properties: [{name: a, required: true}]\n",
        ["16:11: the dataset `ORDERS` is there already, in line 7"],
    ),
}

RULES = {
    "two operators": (
        rule("metric: nullValues", "mustBeGreaterThan: 0", "mustBeLessThan: 9"),
        [
            (
                "19:13: a rule has exactly one operator, this one has `mustBeGreaterThan` (18:13) and "
                "`mustBeLessThan` (19:13). Write one rule for each; `mustBeBetween` includes both its ends."
            )
        ],
    ),
    "no operator": (
        rule("metric: nullValues"),
        ["17:13: the rule has no operator. Add one, such as `mustBe: 0`."],
    ),
    "misspelt operator": (
        rule("metric: nullValues", "mustBeLesThan: 5"),
        [
            "17:13: the rule has no operator. Add one, such as `mustBe: 0`.",
            "18:13: the key `mustBeLesThan` is not known here. Did you mean `mustBeLessThan`?",
        ],
    ),
    "threshold in quotes": (
        rule("metric: nullValues", 'mustBeLessThan: "5"'),
        ['18:29: `mustBeLessThan` must be a number, it is the text "5". Write it without quotes.'],
    ),
    "between the wrong way round": (
        rule("metric: nullValues", "mustBeBetween: [9, 1]"),
        ["18:28: `mustBeBetween` must be two numbers, the lower one first. Such as `[0, 100]`."],
    ),
    "between one number": (
        rule("metric: nullValues", "mustBeBetween: [9]"),
        ["18:28: `mustBeBetween` must be two numbers, the lower one first. Such as `[0, 100]`."],
    ),
    "misspelt metric": (
        rule("metric: nulValues", "mustBe: 0"),
        [
            (
                "17:21: `metric` must be `nullValues`, `missingValues`, `invalidValues`, "
                "`duplicateValues` or "
                '`rowCount`, it is the text "nulValues". Did you mean `nullValues`?'
            )
        ],
    ),
    "no metric": (
        rule("mustBe: 0"),
        ["17:13: the rule doesn't say what it measures. Write `metric`, or `type: sql` and `query`."],
    ),
    "query without its type": (
        rule("query: SELECT COUNT(*) FROM {object}", "mustBe: 0"),
        ["17:13: the rule doesn't say what it measures. Write `type: sql`."],
    ),
    "unknown severity": (
        rule("metric: nullValues", "mustBe: 0", "severity: eror"),
        [
            (
                "19:23: `severity` must be `info`, `warning` or `error`, "
                'it is the text "eror". Did you mean `error`?'
            )
        ],
    ),
    "unknown unit": (
        rule("metric: nullValues", "mustBe: 0", "unit: '%'"),
        ['19:19: `unit` must be `rows` or `percent`, it is the text "%"'],
    ),
    "id of the wrong form": (
        rule("id: a b", "metric: nullValues", "mustBe: 0"),
        ['17:17: `id` must be made of letters, digits, `_` and `-`, it is the text "a b"'],
    ),
    "an id of ours": (
        rule("id: unparsable", "metric: nullValues", "mustBe: 0"),
        ["17:17: the id `unparsable` is that of a rule of ours. Rename it."],
    ),
    "id of another rule": (
        rule("id: a", "metric: nullValues", "mustBe: 0")
        + DATASET_RULE
        + "{id: a, metric: rowCount, mustBeGreaterThan: 0}\n",
        ["21:14: the id `a` is that of another rule, in line 17. Ids are unique in a dataset."],
    ),
    "row count of a column": (
        rule("metric: rowCount", "mustBe: 1"),
        ["17:13: `rowCount` is a rule of the whole dataset. Move it to the `quality` of the dataset."],
    ),
    "null values of a dataset": (
        dataset_rule("metric: nullValues", "mustBe: 1"),
        ["17:9: `nullValues` is a rule of one property. Move it to the `quality` of the property."],
    ),
    "percentage of rows": (
        dataset_rule("metric: rowCount", "mustBe: 1", "unit: percent"),
        ["19:15: a row count has no percentage. Leave `unit` out."],
    ),
    "missing values without a list": (
        rule("metric: missingValues", "mustBe: 0"),
        [
            (
                "17:13: `missingValues` needs the texts that count as missing. "
                "Write `arguments: {missingValues: [null, '', N/A]}`; for nulls alone, `metric: nullValues`."
            )
        ],
    ),
    "invalid values without a list": (
        rule("metric: invalidValues", "mustBe: 0"),
        [
            (
                "17:13: `invalidValues` needs either `validValues` or `pattern`. "
                "Write `arguments: {validValues: [a, b]}`."
            )
        ],
    ),
    "invalid values with both": (
        rule("metric: invalidValues", "mustBe: 0", "arguments: {validValues: [a], pattern: a}"),
        ["19:24: `invalidValues` needs either `validValues` or `pattern`. Write one rule for each."],
    ),
    "invalid values with nothing": (
        rule("metric: invalidValues", "mustBe: 0", "arguments: {validValues: []}"),
        ["19:38: `validValues` has no value. List the values."],
    ),
    "argument of another metric": (
        rule("metric: nullValues", "mustBe: 0", "arguments: {validValues: [a]}"),
        ["19:25: `validValues` is no argument of `nullValues`"],
    ),
    "pattern of a rule": (
        rule("metric: invalidValues", "mustBe: 0", r"arguments: {pattern: '(a)\1'}"),
        [
            (
                r"19:34: the pattern uses the backreference `\1`, which RE2 doesn't have. "
                "Patterns run in RE2: https://github.com/google/re2/wiki/Syntax."
            )
        ],
    ),
    "duplicates of nothing": (
        dataset_rule("metric: duplicateValues", "mustBe: 0"),
        [
            (
                "17:9: `duplicateValues` of a dataset needs the columns that are unique together. "
                "Write `arguments: {properties: [a, b]}`."
            )
        ],
    ),
    "duplicates of an unknown column": (
        dataset_rule("metric: duplicateValues", "mustBe: 0", "arguments: {properties: [id, amunt]}"),
        ["19:38: there is no property `amunt`. Did you mean `amount`?"],
    ),
    "duplicates of a column twice": (
        dataset_rule("metric: duplicateValues", "mustBe: 0", "arguments: {properties: [id, id]}"),
        ["19:38: `id` is named twice"],
    ),
    "duplicates of others in a column": (
        rule("metric: duplicateValues", "mustBe: 0", "arguments: {properties: [id]}"),
        [
            (
                "19:37: `properties` belongs to a rule of the whole dataset. "
                "Move the rule to the `quality` of the dataset."
            )
        ],
    ),
    "SQL without a query": (
        dataset_rule("type: sql", "mustBe: 0"),
        ["17:9: `query` is missing. A rule of type `sql` has one."],
    ),
    "SQL with a metric": (
        dataset_rule("type: sql", "metric: rowCount", "query: SELECT 1 FROM {object}", "mustBe: 0"),
        ["18:9: `metric` is no key of a rule of type `sql`. It has: query, and one operator."],
    ),
    "SQL that doesn't parse": (
        dataset_rule("type: sql", "query: SELECT COUNT( FROM {object}", "mustBe: 0"),
        ["18:16: the query can't be parsed. It must be one SELECT."],
    ),
    "SQL that changes something": (
        dataset_rule("type: sql", "query: 'SELECT 1 FROM {object}; DROP TABLE x'", "mustBe: 0"),
        ["18:16: the query is not one SELECT. It must be one SELECT that comes to one number."],
    ),
    "custom rule without its parts": (
        rule("type: custom"),
        [
            "17:13: `engine` is missing. A rule of type `custom` has one.",
            "17:13: `implementation` is missing. A rule of type `custom` has one.",
        ],
    ),
    "operator of a pandera schema": (
        rule("type: custom", "engine: pandera", "implementation: 'checks:Orders'", "mustBeLessThan: 5"),
        [
            "20:13: `mustBeLessThan` is no key of a rule of type `custom`. It has: engine, implementation.",
        ],
    ),
    "promise in words alone": (
        rule("type: text", "mustBe: 0"),
        ["18:13: `mustBe` is no key of a rule of type `text`. It is for people to read."],
    ),
    "pandera schema that has no form": (
        rule("type: custom", "engine: pandera", "implementation: checks.Orders"),
        [
            (
                "19:29: `implementation` must be a module and an object in it, such as "
                '`orders_schema:OrdersModel`, it is the text "checks.Orders". '
                "The module is a file beside the contract, or one that can be imported."
            )
        ],
    ),
    "old word in a new file": (
        rule("rule: duplicateCount", "mustBe: 0"),
        ["17:13: `rule` became `metric` in v3.1.0. Write `metric: duplicateValues`."],
    ),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [*FORM.values(), *COLUMNS.values(), *RULES.values()],
    ids=[*FORM, *COLUMNS, *RULES],
)
def test_read_contract_says_what_is_wrong_and_where(text, expected, tmp_path):
    """Each thing that is wrong is one line with its line and column and, where there is one, a hint."""
    assert expected == errors_of(text, tmp_path)


UNENFORCED = {
    "multiple of a double": (
        edited("physicalType: numeric(12,2)", "logicalTypeOptions: {multipleOf: 0.01, format: f64}"),
        [
            (
                "15:30: `multipleOf` of a number that is a double is not enforced yet. "
                "Write `physicalType: numeric(p,s)`: then the numbers are exact."
            )
        ],
    ),
    "a format of dates": (
        typed("date") + f"{COLUMN}logicalTypeOptions: {{format: dd.MM.yy}}\n",
        [
            (
                "16:38: the format `dd.MM.yy` of a date is not enforced yet. "
                "Values are read as ISO 8601 writes them. In the format `yy` is not read; read are yyyy MM M "
                "dd d HH H mm m ss s S X x Z, and texts between them."
            )
        ],
    ),
    "a format of texts": (
        edited("required: true", "required: true\n        logicalTypeOptions: {format: emial}"),
        ["12:38: the format `emial` is not enforced yet. Did you mean `email`?"],
    ),
    "times of day with an offset": (
        typed("time") + f"{COLUMN}logicalTypeOptions: {{timezone: true}}\n",
        ["16:30: `timezone: true` of a time of day is not enforced yet"],
    ),
    "what is inside no type": (
        edited("        logicalType: number\n        physicalType: numeric(12,2)\n", "")
        + f"{COLUMN}properties: [{{name: a, logicalType: string}}]\n{COLUMN}items: {{logicalType: string}}\n",
        [
            (
                "13:9: `amount` has no `logicalType`: it is read as text, and its type is not checked. "
                "Write one."
            ),
            "14:9: `properties` of what is no object is not enforced yet. Write `logicalType: object`.",
            "15:9: `items` of what is no array is not enforced yet. Write `logicalType: array`.",
        ],
    ),
    "rows inside a column": (
        typed("array") + f"{COLUMN}items: {{logicalType: date, unique: true, quality: [{{type: text}}]}}\n",
        [
            "16:36: `unique` of a value inside a column is not enforced yet",
            "16:50: `quality` of a value inside a column is not enforced yet",
        ],
    ),
    "no type inside a column": (
        typed("array") + f"{COLUMN}items: {{required: true}}\n",
        ["16:16: there is no `logicalType`: values of any type pass. Write one."],
    ),
    "values of an array": (
        typed("array").replace("v3.1.0", "v3.2.0") + f"{COLUMN}enum: [{{value: a}}]\n",
        ["16:9: `enum` of the type array is not enforced yet"],
    ),
    "the length of a vector": (
        typed("vector").replace("v3.1.0", "v3.2.0")
        + f"{COLUMN}logicalTypeOptions: {{dimensions: 3, normalized: true, distanceMetric: cosine}}\n",
        [("16:45: `normalized` is not enforced yet. The standard says not how exact a length must be.")],
    ),
    "no type": (
        edited("        logicalType: number\n        physicalType: numeric(12,2)\n", ""),
        ["13:9: `amount` has no `logicalType`: it is read as text, and its type is not checked. Write one."],
    ),
    "a physical type that can't hold the logical one": (
        edited("logicalType: number", "logicalType: date"),
        [
            (
                "15:23: `physicalType: numeric(12,2)` can't hold what is of the type date. "
                "The logical type is what values are held to."
            )
        ],
    ),
    "measure": (
        added("semanticType: measure").replace("v3.1.0", "v3.2.0"),
        ["16:23: the measure `amount` is not enforced yet. It is no column of the data."],
    ),
    "custom rule": (
        rule("type: custom", "engine: soda", "implementation: {a: 1}"),
        ["17:13: a custom rule of `soda` is not enforced yet"],
    ),
    "query that names no rows": (
        dataset_rule(
            "type: sql", "query: SELECT COUNT(amount) FROM {object}", "unit: rows", "mustBeGreaterThan: 0"
        ),
        [
            (
                "18:16: the query names no rows, so it judges the batch as a whole. "
                "Leave `unit: rows` out, or write SELECT COUNT(*) FROM {object} WHERE …"
            )
        ],
    ),
    "rule without a measure": (
        rule("description: fine"),
        ["17:13: a rule without `metric` or `query` is not enforced yet. Write `type: text` if it is text."],
    ),
    "threshold that is no number": (
        rule("metric: nullValues", "mustBe: few"),
        ["18:21: `mustBe` with something else than a number is not enforced yet"],
    ),
    "query of another table": (
        dataset_rule("type: sql", "query: SELECT COUNT(*) FROM {object} JOIN other USING (id)", "mustBe: 0"),
        [
            (
                "18:16: a query that reads `other` and not only {object} is not enforced yet. "
                "Write FROM {object}; besides, only other datasets of the contract can be read."
            )
        ],
    ),
    "unknown word of v3.0": (
        rule("rule: freshness", "mustBe: 0").replace("v3.1.0", "v3.0.2"),
        [
            (
                "17:19: the rule `freshness` is not enforced yet. "
                "There are: nullCheck, validValues, duplicateCount, rowCount."
            )
        ],
    ),
    "key of a later version": (
        added("enum: [{value: 1}]"),
        ["16:9: `enum` came with v3.2.0, and this file says v3.1.0. Write `apiVersion: v3.2.0`."],
    ),
}


@pytest.mark.parametrize(("text", "expected"), UNENFORCED.values(), ids=UNENFORCED)
def test_read_contract_warns_of_what_nothing_checks(text, expected, tmp_path):
    """A promise that the standard allows and that nothing checks yet is a warning with its place."""
    assert ([], expected) == told(text, tmp_path)


CARRIED = {
    "documentation": dataset_rule("type: text", "description: Fine."),
    "schedule of a rule": dataset_rule(
        "metric: rowCount", "mustBeGreaterThan: 0", "scheduler: cron", "schedule: 0 20 * * *"
    ),
    "explanations": added(
        "businessName: Amount",
        "classification: public",
        "examples: [1, a, null]",
        "tags: [x]",
        "criticalDataElement: true",
        "customProperties: [{property: a, value: {b: [null]}}]",
    ),
    "team of v3.0": CONTRACT + "team: [{username: a, role: Owner, dateIn: 2026-01-01}]\n",
    "service levels": CONTRACT + "slaProperties: [{property: endOfLife, value: 2042-05-12}]\n",
    "server": CONTRACT + "servers: [{server: a, type: custom, stream: x, port: 5432}]\n",
    "price": CONTRACT + "price: {priceAmount: 9.95, priceCurrency: USD}\n",
}


@pytest.mark.parametrize("text", CARRIED.values(), ids=CARRIED)
def test_read_contract_carries_what_promises_nothing_about_rows(text, tmp_path):
    """Keys that promise nothing about rows are accepted without a word."""
    assert ([], []) == told(text, tmp_path)


def test_read_contract_reads_bounds_as_values_are_read(tmp_path):
    """A day is a day, an instant is one in UTC, a time is one of a day."""
    for kind, text, expected in (
        ("date", "2026-03-01", date(2026, 3, 1)),
        ("timestamp", "2026-03-01T06:00:00+02:00", datetime(2026, 3, 1, 4, tzinfo=UTC)),
        ("timestamp", "2026-03-01 06:00", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("time", "06:00", time(6)),
    ):
        options = f"{COLUMN}logicalTypeOptions: {{exclusiveMaximum: '{text}'}}\n"
        text_of_kind = typed(kind)
        contract, _ = read_contract(write(tmp_path, text_of_kind + options))
        assert Options(exclusive_maximum=expected) == contract.datasets[0].columns[1].options


def test_read_contract_reads_how_moments_are_written(tmp_path):
    """Format, offset and zone are part of the type; bounds are written as the values are, or in ISO 8601."""
    for kind, options, expected in (
        ("date", "{format: dd.MM.yyyy, minimum: 01.03.2026, maximum: '2026-03-31'}", Written("dd.MM.yyyy")),
        ("time", "{format: 'HH:mm', timezone: false, defaultTimezone: Europe/Berlin}", Written("HH:mm")),
        ("timestamp", "{timezone: true}", Written(offset=True)),
        ("timestamp", "{defaultTimezone: Etc/UTC}", Written()),
        (
            "timestamp",
            "{format: 'yyyy-MM-dd HH:mm:ssZ', timezone: true, minimum: '2020-01-01 00:00:00+10:00'}",
            Written("yyyy-MM-dd HH:mm:ssZ", offset=True),
        ),
        (
            "timestamp",
            "{format: 'yyyy-MM-dd HH:mm', defaultTimezone: Europe/Berlin, minimum: '2026-07-01 00:00'}",
            Written("yyyy-MM-dd HH:mm", "Europe/Berlin", offset=False),
        ),
    ):
        text = typed(kind)
        contract, warnings = read_contract(write(tmp_path, f"{text}{COLUMN}logicalTypeOptions: {options}\n"))
        assert () == warnings
        assert expected == contract.datasets[0].columns[1].type.written
    assert datetime(2026, 6, 30, 22, tzinfo=UTC) == contract.datasets[0].columns[1].options.minimum


NESTED = """\
      - name: address
        logicalType: object
        required: true
        logicalTypeOptions: {minProperties: 1, maxProperties: 5, required: [zip]}
        properties:
          - {name: city, logicalType: string, required: true, logicalTypeOptions: {pattern: "^[A-Z]"}}
          - name: geo
            logicalType: object
            properties:
              - {name: lat, physicalName: latitude, logicalType: number, logicalTypeOptions: {minimum: -90}}
      - name: tags
        logicalType: array
        logicalTypeOptions: {minItems: 1, maxItems: 9, uniqueItems: true}
        items: {logicalType: string, required: true, enum: [{value: a}, {value: b}]}
      - name: rates
        logicalType: map
        map:
          key: {logicalType: string, logicalTypeOptions: {maxLength: 3}}
          value: {logicalType: number, physicalType: "decimal(9,4)"}
      - name: embedding
        logicalType: vector
        logicalTypeOptions: {dimensions: 3, elementType: int8}
"""


def test_read_contract_promises_what_is_inside_a_column(tmp_path):
    """Each promise of a value inside a column is a rule with its path, down to any depth."""
    contract, warnings = read_contract(write(tmp_path, (CONTRACT + NESTED).replace("v3.1.0", "v3.2.0")))
    assert () == warnings
    checks = {check.id: check.promise for check in derive(contract.datasets[0])}
    found = {name: promise for name, promise in checks.items() if isinstance(promise, Inside)}
    assert {
        "address.type": ((), OfType),
        "address.minProperties": ((), Counts),
        "address.maxProperties": ((), Counts),
        "address.requiredProperties": ((), HasKeys),
        "address.city.required": (("city",), NotNull),
        "address.city.type": (("city",), OfType),
        "address.city.pattern": (("city",), Matches),
        "address.geo.type": (("geo",), OfType),
        "address.geo.lat.type": (("geo", "latitude"), OfType),
        "address.geo.lat.minimum": (("geo", "latitude"), AtLeast),
        "tags.type": ((), OfType),
        "tags.minItems": ((), Counts),
        "tags.maxItems": ((), Counts),
        "tags.uniqueItems": ((), Distinct),
        "tags[].required": ((Each.ITEM,), NotNull),
        "tags[].type": ((Each.ITEM,), OfType),
        "tags[].enum": ((Each.ITEM,), OneOf),
        "rates.type": ((), OfType),
        "rates.key.type": ((Each.KEY,), OfType),
        "rates.key.maxLength": ((Each.KEY,), NotLonger),
        "rates.value.type": ((Each.VALUE,), OfType),
        "embedding.type": ((), OfType),
        "embedding.dimensions": ((), Counts),
        "embedding[].required": ((Each.ITEM,), NotNull),
        "embedding[].type": ((Each.ITEM,), OfType),
        "embedding[].format": ((Each.ITEM,), Within),
    } == {name: (promise.path, type(promise.promise)) for name, promise in found.items()}
    assert NotNull("address") == checks["address.required"]
    assert ColumnType(LogicalType.NUMBER, 9, 4) == found["rates.value.type"].type
    assert Counts("embedding", 3, 3) == found["embedding.dimensions"].promise
    assert Decimal(-128) == found["embedding[].format"].promise.lowest


def test_read_contract_looks_for_columns_by_their_physical_names(tmp_path):
    """Data and SQL have the physical name; ids of rules, and what names other properties, the logical one."""
    text = (
        added("physicalName: AMT", "required: true", "quality:")
        + f"{COLUMN}  - {{metric: nullValues, mustBe: 0}}\n"
        + f"{COLUMN}  - {{type: sql, query: {COUNT}, mustBe: 0}}\n"
        + f"{DATASET_RULE}{{metric: duplicateValues, arguments: {{properties: [id, amount]}}, mustBe: 0}}\n"
    )
    contract, warnings = read_contract(write(tmp_path, text))
    assert () == warnings
    (dataset,) = contract.datasets
    assert ["id", "AMT"] == [column.name for column in dataset.columns]
    checks = {check.id: check for check in derive(dataset)}
    assert NotNull("AMT") == checks["amount.required"].promise
    assert NotNull("AMT") == checks["amount.nullValues"].promise
    assert "amount.type" in checks
    assert 'SELECT count("AMT") FROM {object}' == checks["amount.sql"].promise.sql
    assert Unique(("id", "AMT")) == checks["orders.duplicateValues"].promise


def test_read_contract_takes_types_from_physical_types(tmp_path):
    """Without a logical type the physical one says the type; beside one it says how much of it there is."""
    for logical, spelled, expected, rules in (
        ("", "varchar(20)", ColumnType(LogicalType.STRING), {"physicalType": NotLonger("amount", 20)}),
        (
            "string",
            "VARCHAR ( 20 )",
            ColumnType(LogicalType.STRING),
            {"physicalType": NotLonger("amount", 20)},
        ),
        ("", "bool", ColumnType(LogicalType.BOOLEAN), {}),
        ("", "timestamp(6) with time zone", ColumnType(LogicalType.TIMESTAMP), {}),
        ("", "number(9, 2)", ColumnType(LogicalType.NUMBER, 9, 2), {}),
        (
            "integer",
            "int2",
            ColumnType(LogicalType.INTEGER),
            {"physicalType": Within("amount", Decimal(-(2**15)), Decimal(2**15 - 1))},
        ),
        (
            "integer",
            "decimal(12,2)",
            ColumnType(LogicalType.INTEGER),
            {"physicalType": Within("amount", Decimal(1 - 10**10), Decimal(10**10 - 1))},
        ),
        (
            "integer",
            "numeric(30)",
            ColumnType(LogicalType.INTEGER),
            {"physicalType": Within("amount", Decimal(1 - 10**30), Decimal(10**30 - 1))},
        ),
        (
            "",
            "bigint unsigned",
            ColumnType(LogicalType.INTEGER, 20, 0),
            {"physicalType": Within("amount", Decimal(0), Decimal(2**64 - 1))},
        ),
        ("date", "varchar(10)", ColumnType(LogicalType.DATE), {}),
    ):
        keys = [f"logicalType: {logical}"] if logical else []
        keys.append(f'physicalType: "{spelled}"')
        number = f"logicalType: number\n{COLUMN}physicalType: numeric(12,2)"
        contract, warnings = read_contract(write(tmp_path, edited(number, f"\n{COLUMN}".join(keys))))
        assert () == warnings, spelled
        (_, column) = contract.datasets[0].columns
        assert expected == column.type
        checks = {check.id: check.promise for check in derive(contract.datasets[0])}
        kinds = {} if expected.is_text else {"type": OfType("amount", expected)}
        assert kinds | rules == {
            name.removeprefix("amount."): promise
            for name, promise in checks.items()
            if name.startswith("amount.")
        }


def test_read_contract_reads_physical_types_as_the_servers_mean_them(tmp_path):
    """An `int` has 32 bits in PostgreSQL and more in BigQuery."""
    text = typed("integer").replace("businessName: Amount", "physicalType: int")
    for server, bounded in (
        ("{server: a, type: postgres, host: h, port: 1, database: d, schema: s}", True),
        ("{server: a, type: bigquery, project: p, dataset: d}", False),
    ):
        contract, _ = read_contract(write(tmp_path, f"{text}servers: [{server}]\n"))
        assert bounded is ("amount.physicalType" in {check.id for check in derive(contract.datasets[0])})


def test_read_contract_gives_wide_integers_their_digits(tmp_path):
    """An integer of more than 64 bits is one of so many digits, and is held to its range."""
    for form, digits, lowest in (("u64", 20, 0), ("i128", 38, -(2**127)), ("u128", 38, 0)):
        text = typed("integer")
        contract, _ = read_contract(
            write(tmp_path, f"{text}{COLUMN}logicalTypeOptions: {{format: {form}}}\n")
        )
        column = contract.datasets[0].columns[1]
        assert ColumnType(LogicalType.INTEGER, digits, 0) == column.type
        (check,) = (check for check in derive(contract.datasets[0]) if check.id == "amount.format")
        assert Decimal(lowest) == check.promise.lowest


def test_read_contract_keeps_exact_numbers_and_texts(tmp_path):
    """Numbers are exact, and where a text is wanted a number is the text that stands in the file."""
    text = (
        added("logicalTypeOptions: {minimum: 0.1, maximum: 99.90}")
        + "slaProperties: [{property: a, value: 1.50}]\n"
    )
    contract, _ = read_contract(write(tmp_path, text))
    amount = contract.datasets[0].columns[1]
    assert (Decimal("0.1"), Decimal("99.90")) == (amount.options.minimum, amount.options.maximum)
    assert ("1.10", "99.90", "1.50") == (
        contract.version,
        str(amount.options.maximum),
        contract.service_levels[0].text,
    )


def test_read_contract_reads_all_of_a_column(tmp_path):
    """A column has its type with digits, its promises, its classification and its place."""
    text = edited(
        "required: true",
        "required: true\n        unique: true\n        classification: pii\n"
        "        logicalTypeOptions: {pattern: '^a'}",
    )
    column, amount = read_contract(write(tmp_path, text))[0].datasets[0].columns
    assert (
        ColumnType(LogicalType.STRING),
        True,
        True,
        1,
        "pii",
        "^a",
        f"{tmp_path}/orders.odcs.yaml:9:9",
    ) == (
        column.type,
        column.required,
        column.unique,
        column.key_position,
        column.classification,
        column.options.pattern,
        column.place,
    )
    assert ColumnType(LogicalType.NUMBER, 12, 2) == amount.type


def test_read_contract_takes_any_name_of_a_column(tmp_path):
    """A name that looks like SQL is a name."""
    text = edited("name: amount", """name: '"; drop table'""")
    assert '"; drop table' == read_contract(write(tmp_path, text))[0].datasets[0].columns[1].name


def test_read_contract_orders_the_key_by_its_positions(tmp_path):
    """The key has the order of `primaryKeyPosition`, or of the file where no column has one."""
    unplaced = CONTRACT + f"{COLUMN}primaryKey: true\n"
    placed = unplaced.replace("primaryKey: true\n", "primaryKey: true\n        primaryKeyPosition: 2\n", 1)
    placed += f"{COLUMN}primaryKeyPosition: 1\n"
    assert ("id", "amount") == read_contract(write(tmp_path, unplaced))[0].datasets[0].primary_key
    assert ("amount", "id") == read_contract(write(tmp_path, placed))[0].datasets[0].primary_key


def test_read_contract_ignores_the_position_that_means_none(tmp_path):
    """-1 is the standard's own default for a column outside of the key."""
    assert ([], []) == told(added("primaryKeyPosition: -1"), tmp_path)


def test_read_contract_reads_listed_values_as_text(tmp_path):
    """Values of `enum` are the texts that stand for them in data; null says nothing."""
    text = (
        edited("v3.1.0", "v3.2.0")
        + f"{COLUMN}enum: [{{value: 1.10, label: a}}, {{value: true}}, {{value: null}}]\n"
    )
    assert ("1.10", "true") == read_contract(write(tmp_path, text))[0].datasets[0].columns[1].values


PLACE = "orders.odcs.yaml:17:{}"

MEASURED = {
    "null values": (
        rule(
            "id: a", "metric: nullValues", "mustBeLessThan: 1.5", "unit: percent", "dimension: completeness"
        ),
        QualityRule(
            id="a",
            measure=Measure.NULL_VALUES,
            threshold=Threshold(Operator.MUST_BE_LESS_THAN, (Decimal("1.5"),), Unit.PERCENT),
            columns=("amount",),
            dimension="completeness",
            place=PLACE.format(13),
        ),
    ),
    "missing values": (
        rule(
            "type: library",
            "metric: missingValues",
            "mustBe: 0",
            "arguments: {missingValues: [null, '', N/A, 0]}",
        ),
        QualityRule(
            id="amount.missingValues",
            measure=Measure.MISSING_VALUES,
            threshold=NONE,
            columns=("amount",),
            values=("", "N/A", "0"),
            place=PLACE.format(13),
        ),
    ),
    "invalid values": (
        rule(
            "metric: invalidValues",
            "mustBe: 0",
            "arguments: {validValues: [a, 1.0, true]}",
            "severity: warning",
        ),
        QualityRule(
            id="amount.invalidValues",
            measure=Measure.INVALID_VALUES,
            threshold=NONE,
            columns=("amount",),
            values=("a", "1.0", "true"),
            severity=Severity.WARNING,
            place=PLACE.format(13),
        ),
    ),
    "invalid values by pattern": (
        rule("metric: invalidValues", "mustBe: 0", "arguments: {pattern: ^a}"),
        QualityRule(
            id="amount.invalidValues",
            measure=Measure.INVALID_VALUES,
            threshold=NONE,
            columns=("amount",),
            pattern="^a",
            place=PLACE.format(13),
        ),
    ),
    "duplicates of a column": (
        rule("metric: duplicateValues", "mustNotBe: 1"),
        QualityRule(
            id="amount.duplicateValues",
            measure=Measure.DUPLICATE_VALUES,
            threshold=Threshold(Operator.MUST_NOT_BE, (Decimal(1),)),
            columns=("amount",),
            place=PLACE.format(13),
        ),
    ),
    "duplicates of several": (
        dataset_rule(
            "metric: duplicateValues", "mustBeLessOrEqualTo: 0", "arguments: {properties: [id, amount]}"
        ),
        QualityRule(
            id="orders.duplicateValues",
            measure=Measure.DUPLICATE_VALUES,
            threshold=Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (Decimal(0),)),
            columns=("id", "amount"),
            place=PLACE.format(9),
        ),
    ),
    "row count": (
        dataset_rule("metric: rowCount", "mustBeBetween: [1, 10]", "severity: info"),
        QualityRule(
            id="orders.rowCount",
            measure=Measure.ROW_COUNT,
            threshold=Threshold(Operator.MUST_BE_BETWEEN, (Decimal(1), Decimal(10))),
            severity=Severity.INFO,
            place=PLACE.format(9),
        ),
    ),
    "SQL of a dataset": (
        dataset_rule("type: sql", "query: SELECT COUNT(*) FROM ${table} WHERE amount < 0", "mustBe: 0"),
        QualityRule(
            id="orders.sql",
            measure=Measure.SQL,
            threshold=NONE,
            query="SELECT COUNT(*) FROM {object} WHERE amount < 0",
            place=PLACE.format(9),
        ),
    ),
    "SQL of a column": (
        rule("type: sql", "query: SELECT COUNT(*) FROM {object} WHERE {property} < 0", "mustBe: 0"),
        QualityRule(
            id="amount.sql",
            measure=Measure.SQL,
            threshold=NONE,
            columns=("amount",),
            query='SELECT COUNT(*) FROM {object} WHERE "amount" < 0',
            place=PLACE.format(13),
        ),
    ),
    "SQL that names rows": (
        dataset_rule(
            "type: sql", "query: SELECT COUNT(*) FROM orders WHERE amount < 0", "unit: rows", "mustBe: 0"
        ),
        QualityRule(
            id="orders.sql",
            measure=Measure.SQL_ROWS,
            threshold=NONE,
            query="SELECT COUNT(*) FROM {object} WHERE amount < 0",
            place=PLACE.format(9),
        ),
    ),
    "a pandera schema": (
        dataset_rule("type: custom", "engine: pandera", "implementation: 'checks.late:Orders'"),
        QualityRule(
            id="orders.custom",
            measure=Measure.CUSTOM,
            threshold=NONE,
            engine="pandera",
            implementation="checks.late:Orders",
            place=PLACE.format(9),
        ),
    ),
    "a pandera schema for a column": (
        rule("type: custom", "engine: pandera", "implementation: checks:Orders", "severity: warning"),
        QualityRule(
            id="amount.custom",
            measure=Measure.CUSTOM,
            threshold=NONE,
            columns=("amount",),
            engine="pandera",
            implementation="checks:Orders",
            severity=Severity.WARNING,
            place=PLACE.format(13),
        ),
    ),
    "rule of v3.0": (
        rule("rule: duplicateCount", "mustBeGreaterOrEqualTo: 3").replace("v3.1.0", "v3.0.2"),
        QualityRule(
            id="amount.duplicateValues",
            measure=Measure.DUPLICATE_VALUES,
            threshold=Threshold(Operator.MUST_BE_GREATER_OR_EQUAL_TO, (Decimal(3),)),
            columns=("amount",),
            place=PLACE.format(13),
        ),
    ),
    "valid values of v3.0": (
        rule("rule: validValues", "validValues: [pounds]").replace("v3.1.0", "v3.0.0"),
        QualityRule(
            id="amount.invalidValues",
            measure=Measure.INVALID_VALUES,
            threshold=NONE,
            columns=("amount",),
            values=("pounds",),
            place=PLACE.format(13),
        ),
    ),
}


@pytest.mark.parametrize(("text", "expected"), MEASURED.values(), ids=MEASURED)
def test_read_contract_reads_what_is_measured(text, expected, tmp_path, monkeypatch):
    """Each metric of the library, and SQL, becomes a rule with its threshold, columns, values and id."""
    write(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    dataset = read_contract("orders.odcs.yaml")[0].datasets[0]
    assert [expected] == [*dataset.columns[1].rules, *dataset.rules]


def test_read_contract_finds_a_schema_beside_it(tmp_path, monkeypatch):
    """A module beside the contract is named by its file, so that two contracts may have one each."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "checks.py").touch()
    write(tmp_path, rule("type: custom", "engine: pandera", "implementation: 'rules.checks:Orders'"))
    monkeypatch.chdir(tmp_path)

    (found,) = read_contract("orders.odcs.yaml")[0].datasets[0].columns[1].rules

    assert f"{tmp_path}/rules/checks.py:Orders" == found.implementation


def test_read_contract_makes_ids_unique(tmp_path):
    """Rules without an id get one of their own, also when they measure the same."""
    twice = f"\n{COLUMN}  - ".join(["{metric: nullValues, mustBe: 0}"] * 2)
    contract, _ = read_contract(write(tmp_path, CONTRACT + RULE + twice + "\n"))
    assert ["amount.nullValues", "amount.nullValues.2"] == [
        r.id for r in contract.datasets[0].columns[1].rules
    ]
    ids = [check.id for check in derive(contract.datasets[0])]
    assert len(set(ids)) == len(ids)


def test_read_contract_reads_what_surrounds_the_schema(tmp_path):
    """Owner, service levels, channels and purpose are there for whoever needs them."""
    text = CONTRACT + (
        "name: Orders\nteam: {name: shop}\nsupport: [{channel: '#a'}, {channel: b, url: c}]\n"
        "slaProperties: [{property: freshness, value: 24, unit: h}]\ndescription: {purpose: Why}\n"
    )
    contract, _ = read_contract(write(tmp_path, text))
    assert ("Orders@1.10", "shop", ("#a", "b"), ["freshness"], "Why") == (
        contract.reference,
        contract.owner,
        contract.channels,
        [level.id for level in contract.service_levels],
        contract.description,
    )


@pytest.mark.parametrize(
    ("keys", "runbook"),
    [
        ("", ""),
        ("authoritativeDefinitions: [{type: canonicalUrl, url: https://a}]", ""),
        (
            "authoritativeDefinitions: [{type: tutorial, url: https://a}, {type: runbook, url: https://b}]",
            "https://b",
        ),
        (
            "authoritativeDefinitions: [{type: Playbook, url: https://a}, {type: runbook, url: https://b}]",
            "https://a",
        ),
        ("description: {authoritativeDefinitions: [{type: runbook, url: https://c}]}", "https://c"),
        ("team: {name: a, authoritativeDefinitions: [{type: playbook, url: https://d}]}", "https://d"),
        ("team: [{username: a, authoritativeDefinitions: [{type: playbook, url: https://d}]}]", ""),
    ],
)
def test_read_contract_finds_the_runbook(tmp_path, keys, runbook):
    """The first definition of such a type: of the contract, of its description, of its team."""
    contract, warnings = read_contract(write(tmp_path, f"{CONTRACT}{keys}\n"))

    assert (runbook, ()) == (contract.runbook, warnings)


def test_read_contract_is_named_by_its_id(tmp_path):
    """Without a name, a contract is called by its id; its status may be missing from v3.2.0 on."""
    text = edited("v3.1.0", "v3.2.0").replace("status: active\n", "")
    assert "orders@1.10" == read_contract(write(tmp_path, text))[0].reference


@pytest.mark.parametrize("name", ["orders.odcs.yaml", "orders_landing.odcs.yaml"])
def test_read_contract_reads_the_sample(name):
    """The sample's contracts have neither errors nor warnings."""
    assert () == read_contract(SAMPLE / name)[1]
