from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: kind
        logicalType: string
        relationships: [{to: ../kinds/kinds.odcs.yaml#schema/kinds/properties/name}]
"""
KINDS = """\
apiVersion: v3.1.0
kind: DataContract
id: kinds
version: 1.0.0
status: active
schema:
  - name: kinds
    id: kinds
    properties:
      - {name: name, id: name, logicalType: string, required: true}
"""
PIPELINE = "template: batch@1\nsource: {folder: drops, path: '{partition}.csv'}\n"
OTHER = "kinds.odcs.yaml#kinds"


def write(folder: Path, *, more: str = "", kinds: str = "") -> Path:
    """Write two products; the second one has no pipeline file where none is given."""
    for name, contract in {"orders": CONTRACT, "kinds": KINDS}.items():
        (folder / name).mkdir()
        (folder / name / f"{name}.odcs.yaml").write_text(contract)
    if kinds:
        (folder / "kinds" / "kinds.dag.yaml").write_text(kinds)
    file = folder / "orders" / "orders.dag.yaml"
    file.write_text(PIPELINE + more)
    return file


FOUND = {
    "the product beside the contract": ("", PIPELINE, "kinds"),
    "its table": ("", f"{PIPELINE}target: {{path: some/kinds}}\n", "some/kinds"),
    "its table in a database": (
        "",
        f"{PIPELINE}target: {{type: postgres, conn_id: w, table: mart.kinds}}\n",
        "postgres://w/mart.kinds",
    ),
    "its table by its name": ("", f"name: sorts\ncontract: kinds.odcs.yaml\n{PIPELINE}", "sorts"),
    "a path": ("lookups: [{dataset: kinds, path: /lake/kinds}]\n", "", "/lake/kinds"),
    "a table": (
        "lookups: [{dataset: kinds, conn_id: w, table: kinds}]\n",
        PIPELINE,
        "postgres://w/kinds",
    ),
}


@pytest.mark.parametrize(("more", "kinds", "address"), FOUND.values(), ids=FOUND)
def test_the_table_that_a_relationship_leads_to_is_known(more, kinds, address, tmp_path) -> None:
    """It is that of the product whose contract it is, or the one that the file names."""
    found = read_definition(write(tmp_path, more=more, kinds=kinds))

    assert ({OTHER: address}, ()) == (found.product.lookups, found.warnings)


@pytest.mark.parametrize("kinds", ["", "name: sorts\n" + PIPELINE, "{"])
def test_a_table_that_nobody_names_is_warned_of(kinds, tmp_path) -> None:
    """Also where another product lies beside the contract, or one whose file is no YAML."""
    found = read_definition(write(tmp_path, kinds=kinds))

    (warning,) = found.warnings
    assert {} == found.product.lookups
    assert str(warning).endswith(
        "orders.odcs.yaml:11:25: nothing says where `kinds` lies: the relationship is skipped. "
        "Write `lookups: [{dataset: kinds, path: …}]` into the pipeline file."
    )


WRONG = {
    "another dataset": (
        "{dataset: kind, path: a}",
        "3:21: no rule looks at a dataset `kind`. Did you mean `kinds`?",
    ),
    "nowhere": (
        "{dataset: kinds}",
        "3:11: a lookup has either a `path` or a `table`. Such as {dataset: customers, path: customers}.",
    ),
    "a table of no database": (
        "{dataset: kinds, table: mart.kinds}",
        "3:11: `table` and `conn_id` belong together. A Delta table has a `path` alone.",
    ),
    "no dataset": ("{path: a}", "3:11: `dataset` is missing"),
}


@pytest.mark.parametrize(("given", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_lookup_is_named_at_its_place(given, expected, tmp_path) -> None:
    """With what to write instead."""
    with pytest.raises(DocumentError) as caught:
        read_definition(write(tmp_path, more=f"lookups: [{given}]\n", kinds=PIPELINE))

    assert [expected] == [str(problem).rpartition("orders.dag.yaml:")[2] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (PIPELINE, {"kinds": "kinds", "payments": ""}),
        (f"name: sorts\ncontract: kinds.odcs.yaml\n{PIPELINE}", {"kinds": "", "payments": ""}),
        ("{", {"kinds": "", "payments": ""}),
        ("", {"kinds": "", "payments": ""}),
    ],
)
def test_what_is_consumed_is_known_by_its_dataset_where_it_lies_beside(kinds, found, tmp_path) -> None:
    """Another one may lie anywhere, and what is wrong with it is said where it is looked at."""
    file = write(tmp_path, more="consumes: [payments, kinds]\n", kinds=kinds)

    definition = read_definition(file)

    assert found == definition.product.consumes
    assert [name for name in ("payments", "kinds") if not found[name]] == [
        problem.what.split("`")[1] for problem in definition.warnings if "inlet" in problem.what
    ]


@pytest.mark.parametrize(
    ("more", "found"), [("", {"kinds": "kinds"}), ("lookups: [{dataset: kinds, path: /lake/kinds}]\n", {})]
)
def test_whose_table_is_looked_up_is_known(more, found, tmp_path) -> None:
    """Unless the file names a table that is another one."""
    assert found == read_definition(write(tmp_path, more=more, kinds=PIPELINE)).product.looked_up
