from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Query, References, RowQuery, Unique
from airflow_dataops.core.contract.model import Scope
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.checks.spec import Check

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    id: orders_obj
    properties:
      - {name: id, id: id_prop, logicalType: integer, primaryKey: true}
      - {name: kind, logicalType: string}
      - {name: shop, logicalType: string}
  - name: kinds
    id: kinds_obj
    physicalName: dim_kind
    properties:
      - {name: name, id: name_prop, logicalType: string, required: true}
      - {name: shop, id: shop_prop, logicalType: string}
"""
TO = "- {name: kind, logicalType: string"
OBJECT = "  - name: kinds\n"


def column(keys: str) -> str:
    """Return the contract with keys of the column `kind`, which stands in line 11."""
    return CONTRACT.replace(TO, f"{TO}, {keys}")


def dataset(keys: str) -> str:
    """Return the contract with a key of the dataset `orders`, in line 13."""
    return CONTRACT.replace(OBJECT, f"    {keys}\n{OBJECT}")


def checks(text: str, folder: Path) -> dict[str, Check]:
    """Return the checks of `orders` by their ids; the contract has no warning."""
    file = folder / "shop.odcs.yaml"
    file.write_text(text)
    contract, warnings = read_contract(file)
    assert () == warnings
    return {check.id: check for check in derive(contract.datasets[0])}


def told(text: str, folder: Path) -> list[str]:
    """Return what is wrong with a contract, or not enforced, without the file's name."""
    file = folder / "shop.odcs.yaml"
    file.write_text(text)
    try:
        problems = read_contract(file)[1]
    except DocumentError as error:
        problems = error.problems
    return [str(problem).replace(f"{file}:", "") for problem in problems]


KEYS = {
    "by names": (column("relationships: [{to: kinds.name}]"), "kind.relationships", ("kind",), ("name",)),
    "by names that are others in the data": (
        column("physicalName: KIND, relationships: [{to: kinds.name}]").replace(
            "name: name, id:", "name: name, physicalName: NAME, id:"
        ),
        "kind.relationships",
        ("KIND",),
        ("NAME",),
    ),
    "by ids": (
        column("relationships: [{to: schema/kinds_obj/properties/name_prop, type: foreignKey}]"),
        "kind.relationships",
        ("kind",),
        ("name",),
    ),
    "by an id of its own": (column("relationships: [{id: fk, to: kinds.name}]"), "fk", ("kind",), ("name",)),
    "of the dataset": (
        dataset("relationships: [{from: [orders.kind, orders.shop], to: [kinds.name, kinds.shop]}]"),
        "orders.relationships",
        ("kind", "shop"),
        ("name", "shop"),
    ),
    "of one column of the dataset": (
        dataset("relationships: [{from: schema/orders_obj/properties/id_prop, to: kinds.name}]"),
        "orders.relationships",
        ("id",),
        ("name",),
    ),
}


@pytest.mark.parametrize(("text", "name", "columns", "to"), KEYS.values(), ids=KEYS)
def test_a_relationship_is_a_foreign_key(text, name, columns, to, tmp_path) -> None:
    """Written in either way, under a property or under the dataset."""
    assert References(columns, "kinds", to) == checks(text, tmp_path)[name].promise


def test_relationships_of_a_column_have_ids_of_their_own(tmp_path) -> None:
    """The second of two without an id is told apart."""
    found = checks(column("relationships: [{to: kinds.name}, {to: kinds.shop}]"), tmp_path)

    assert {"kind.relationships", "kind.relationships.2"} < found.keys()


def test_a_relationship_leads_into_another_contract(tmp_path) -> None:
    """By a file, relative to the contract, and by ids in it."""
    other = tmp_path / "kinds" / "kinds.odcs.yaml"
    other.parent.mkdir()
    other.write_text(CONTRACT)
    text = column("relationships: [{to: kinds/kinds.odcs.yaml#schema/kinds_obj/properties/name_prop}]")

    found = checks(text, tmp_path)["kind.relationships"]

    assert References(("kind",), "kinds.odcs.yaml#kinds", ("name",)) == found.promise
    (key,) = read_contract(tmp_path / "shop.odcs.yaml")[0].datasets[0].relationships
    assert str(other) == key.contract


WRONG = {
    "no such property": (
        column("relationships: [{to: kinds.nam}]"),
        ["11:64: `kinds` has no property `nam`. Did you mean `name`?"],
    ),
    "no such id": (
        column("relationships: [{to: schema/kind_obj/properties/name_prop}]"),
        ["11:64: there is no dataset `kind_obj`. Did you mean `kinds_obj`?"],
    ),
    "a dataset that nobody has": (
        column("relationships: [{to: kind.name}]"),
        [
            (
                "11:64: a relationship to `kind`, which the contract doesn't have, is not enforced yet. "
                "Did you mean `kinds`?"
            )
        ],
    ),
    "a nested property": (
        column("relationships: [{to: kinds.name.first}]"),
        ["11:64: a relationship to `kinds.name.first` is not enforced yet. Point to a column."],
    ),
    "more columns than point there": (
        column("relationships: [{to: [kinds.name, kinds.shop]}]"),
        ["11:64: 1 columns point to 2. Name as many under `to` as under `from`, in the same order."],
    ),
    "two datasets": (
        dataset("relationships: [{from: [orders.id, orders.kind], to: [kinds.name, orders.shop]}]"),
        ["13:58: `to` leads to more than one dataset. Write one for each."],
    ),
    "from elsewhere": (
        dataset("relationships: [{from: kinds.name, to: kinds.name}]"),
        [
            (
                "13:28: `from` leads to `kinds`, not to a column of `orders`. "
                "A relationship stands in the dataset whose columns point to others."
            )
        ],
    ),
    "a contract on the network": (
        column("relationships: [{to: 'https://example.org/a.yaml#schema/a/properties/b'}]"),
        [
            (
                "11:64: a relationship to `https://example.org/a.yaml` is not enforced yet. "
                "Only contracts in files are read."
            )
        ],
    ),
    "scope of anything": (
        column("unique: true, customProperties: [{property: scope, value: tabel}]"),
        ['11:101: `scope` is batch or table, it is the text "tabel". The batch is looked at by default.'],
    ),
    "scope of a rule that looks at rows": (
        column(
            "quality: [{metric: nullValues, mustBe: 0, customProperties: [{property: scope, value: table}]}]"
        ),
        [
            (
                "11:129: `nullValues` looks at the rows of the batch, and can't look at the whole table. "
                "Rows that are published were looked at when they were; leave `scope` out."
            )
        ],
    ),
    "filter of a query": (
        dataset(
            "quality: [{type: sql, query: 'SELECT COUNT(*) FROM {object}', mustBe: 0, "
            "customProperties: [{property: filter, value: a}]}]"
        ),
        [
            "13:108: a rule of type `sql` has no filter. Write it into the WHERE of the query.",
        ],
    ),
    "filter that is no condition": (
        column(
            "quality: [{metric: nullValues, mustBe: 0, customProperties: [{property: filter, value: 'a ='}]}]"
        ),
        ["11:130: the filter can't be parsed. Write a condition, such as `a > 0`."],
    ),
    "filter that is more than a condition": (
        column(
            "quality: [{metric: nullValues, mustBe: 0, "
            "customProperties: [{property: filter, value: a > 0 GROUP BY a}]}]"
        ),
        ["11:130: the filter is more than a condition. Write a condition, such as `a > 0`."],
    ),
    "filter that is a number": (
        column(
            "quality: [{metric: nullValues, mustBe: 0, customProperties: [{property: filter, value: 1}]}]"
        ),
        ["11:130: `filter` is a condition in SQL, it is the number 1. Such as `status = 'paid'`."],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_can_not_be_looked_at_is_named_at_its_place(text, expected, tmp_path) -> None:
    """All of it is said at once, with what to do."""
    assert expected == told(text, tmp_path)


def test_an_other_contract_that_can_not_be_read_is_named_where_it_is_pointed_to(tmp_path) -> None:
    """The place is that of the reference; what is wrong there is said."""
    text = column("relationships: [{to: none.odcs.yaml#schema/a/properties/b}]")

    (found,) = told(text, tmp_path)

    assert found.startswith("11:64: the contract can't be read: ")
    assert "none.odcs.yaml" in found


def test_scope_and_filter_are_custom_properties(tmp_path) -> None:
    """Of a rule, of a unique column, and of the dataset for its key."""
    table = "customProperties: [{property: scope, value: table}]"
    rule = f"{{metric: duplicateValues, mustBe: 0, id: dup, {table}}}"
    filtered = (
        "{metric: nullValues, mustBe: 0, id: nul, customProperties: [{property: filter, value: id > 1}]}"
    )
    text = column(f"unique: true, {table}, quality: [{rule}, {filtered}]").replace(
        "    id: orders_obj\n", f"    id: orders_obj\n    {table}\n"
    )

    found = checks(text, tmp_path)

    scoped = {name for name, check in found.items() if check.scope is Scope.TABLE}
    assert {"kind.unique", "orders.primaryKey", "dup"} == scoped
    assert all(isinstance(found[name].promise, Unique) for name in scoped)
    assert "SELECT COUNT(*) FROM {object} WHERE id > 1" == found["nul"].filter


def test_a_query_reads_other_datasets_of_the_contract(tmp_path) -> None:
    """By their names, also among rows that are named."""
    one = "{type: sql, id: one, query: 'SELECT COUNT(*) FROM {object} JOIN kinds USING (shop)', mustBe: 0}"
    two = (
        "{type: sql, id: two, unit: rows, mustBe: 0, "
        "query: 'SELECT COUNT(*) FROM {object} WHERE kind NOT IN (SELECT name FROM Kinds)'}"
    )
    text = dataset(f"quality: [{one}, {two}]").replace("{object}", "${object}")

    found = checks(text, tmp_path)

    assert isinstance(found["one"].promise, Query)
    assert isinstance(found["two"].promise, RowQuery)
    assert (("kinds",), ("kinds",)) == (found["one"].reads, found["two"].reads)


def test_a_schedule_marks_a_rule_for_the_full_scan(tmp_path) -> None:
    """As the contract has it."""
    text = column("quality: [{metric: nullValues, mustBe: 0, id: n, scheduler: cron, schedule: 0 5 * * *}]")

    assert "0 5 * * *" == checks(text, tmp_path)["n"].schedule


def table_rule(query: str) -> str:
    """Return the contract with a SQL rule of `orders`: its query stands in line 13."""
    return dataset(f'quality: [{{type: sql, mustBe: 0, query: "{query}"}}]')


COLUMNS = {
    "of the dataset": (
        table_rule("SELECT COUNT(*) FROM {object} WHERE kindd = 'a'"),
        ["13:45: there is no column `kindd`: the rule can't be evaluated. Did you mean `kind`?"],
    ),
    "of an alias": (
        table_rule("SELECT COUNT(*) FROM {object} o JOIN kinds k ON k.nam = o.kind"),
        ["13:45: there is no column `nam`: the rule can't be evaluated"],
    ),
    "by its name in the contract": (
        table_rule("SELECT COUNT(*) FROM {object} WHERE kind = 'a'").replace(
            "{name: kind,", "{name: kind, physicalName: ART,"
        ),
        ["13:45: there is no column `kind`: the rule can't be evaluated. In the data it is called `ART`."],
    ),
    "of a filter": (
        column(
            "quality: [{metric: nullValues, mustBe: 0, customProperties: "
            "[{property: filter, value: shopp = 'a'}]}]"
        ),
        ["11:130: there is no column `shopp`: the rule can't be evaluated. Did you mean `shop`?"],
    ),
    "that is no filter": (
        column(
            "quality: [{metric: nullValues, mustBe: 0, customProperties: "
            "[{property: filters, value: shop = 'a'}]}]"
        ),
        ["11:115: `filters` says nothing to us. Did you mean `filter`?"],
    ),
    "of no schedule": (
        column("quality: [{metric: nullValues, mustBe: 0, scheduler: cron, schedule: 0 30 * * *}]"),
        [
            (
                "11:112: `0 30 * * *` is no cron expression: nothing can keep such a schedule. "
                'Such as "0 5 * * *" or "@daily".'
            )
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_what_would_fail_each_run_is_warned_of(text, expected, tmp_path) -> None:
    """A column that the data hasn't, a schedule that is none, a word that is nearly one of ours."""
    assert expected == told(text, tmp_path)


FINE = (
    "SELECT COUNT(*) FROM {object} o WHERE NOT EXISTS (SELECT 1 FROM kinds k WHERE k.name = o.KIND)",
    "WITH k AS (SELECT name AS n FROM dim_kind) SELECT COUNT(*) FROM {object} JOIN k ON n = kind",
    "SELECT count_if(kind = 'a') FROM {object}",
    "SELECT max(length(kind)) FROM {object} WHERE len(list_filter(['a'], x -> x = kind)) > 0",
    "SELECT COUNT(*) FROM (SELECT id, count(*) AS c FROM {object} GROUP BY ALL) WHERE c > 1",
    "SELECT COUNT(DISTINCT t.i) FROM {object}, unnest([1, 2]) AS t(i)",
    "SELECT COUNT(*) FROM {object} o, LATERAL (SELECT o.id + 1 AS j) l WHERE l.j > 3",
    "SELECT COUNT(*) FILTER (WHERE orders.id > 1) FROM orders",
)


@pytest.mark.parametrize("query", FINE)
def test_what_a_query_names_and_is_there_is_not_warned_of(query, tmp_path) -> None:
    """In any case, through WITH, aliases, lists and subqueries."""
    assert [] == told(table_rule(query), tmp_path)


def test_another_dataset_may_be_called_by_its_physical_name(tmp_path) -> None:
    """It is read as the dataset; what speaks of its columns by that name still does."""
    found = checks(
        table_rule("SELECT COUNT(dim_kind.name) FROM {object} JOIN dim_kind USING (shop)"), tmp_path
    )

    (rule,) = (check for check in found.values() if check.reads)
    assert 'FROM {object} JOIN "kinds" AS dim_kind USING (shop)' in rule.promise.sql


def test_what_stands_in_a_text_or_a_comment_is_no_placeholder(tmp_path) -> None:
    """A query may look for braces; only outside of texts and comments they stand for something."""
    found = checks(
        table_rule("SELECT COUNT(*) FROM {object} WHERE kind LIKE '%{object}%' OR kind = '{x}' /* {y} */"),
        tmp_path,
    )

    (rule,) = (check for check in found.values() if isinstance(check.promise, Query))
    assert "SELECT COUNT(*) FROM {object} WHERE kind LIKE '%{object}%' OR kind = '{x}' /* {y} */" == (
        rule.promise.sql
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("WITH dataops_good AS (SELECT 1) SELECT COUNT(*) FROM {object}", "dataops_good"),
        ("SELECT COUNT(*) FROM {object} WHERE dataops_row = 1", "dataops_row"),
    ],
)
def test_names_of_ours_are_refused(query, name, tmp_path) -> None:
    """A query can't stand in for what it is asked over."""
    expected = f"13:45: the query names `{name}`. Names that start with dataops_ are ours."

    assert [expected] == told(table_rule(query), tmp_path)
