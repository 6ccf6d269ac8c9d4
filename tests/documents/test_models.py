from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.models import Model
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema:
  - name: sales
    properties:
      - {name: id, logicalType: integer, required: true}
"""

PIPELINE = """\
template: sql@1
target: {type: postgres, conn_id: shop_db, table: mart.sales}
"""

GOOD = {
    "stg": "SELECT id FROM {{ source('raw', 'sales') }} AS sales WHERE day = {{ partition }}",
    "sales": "SELECT id FROM {{ ref('stg') }} AS stg",
}


@pytest.fixture
def product(tmp_path) -> Callable[..., Path]:
    """Write a product with models, and return its pipeline file."""
    folder = tmp_path / "sales"
    (folder / "models").mkdir(parents=True)
    (folder / "sales.odcs.yaml").write_text(CONTRACT)

    def write(models: dict[str, str], text: str = PIPELINE) -> Path:
        for name, sql in models.items():
            file = folder / "models" / f"{name}.sql"
            file.parent.mkdir(exist_ok=True)
            file.write_text(sql)
        (folder / "sales.dag.yaml").write_text(text)
        return folder / "sales.dag.yaml"

    return write


def problems(file: Path) -> list[str]:
    """Return what is wrong, without the product's folder."""
    try:
        read_definition(file)
    except DocumentError as error:
        return [str(problem).replace(f"{file.parent}/", "") for problem in error.problems]
    return []


def test_models_are_read_in_their_order(product) -> None:
    """With what each reads; in folders below as well; their files are part of the DAG's version."""
    file = product(
        {**GOOD, "staging/more": "SELECT 1 AS id", "sales": f"{GOOD['sales']}, {{{{ ref('more') }}}}"}
    )

    found = read_definition(file).product

    assert found.models == (
        Model(name="more", file="models/staging/more.sql"),
        Model(name="stg", file="models/stg.sql", sources=("raw.sales",)),
        Model(name="sales", file="models/sales.sql", refs=("stg", "more")),
    )
    assert {"models/staging/more.sql", "models/stg.sql", "models/sales.sql"} < set(found.files)
    assert "shop_db" == found.warehouse


TWO = "2 models are read by no other: extra, sales."

WRONG = {
    "an unknown model": (
        {"sales": "SELECT id\nFROM {{ ref('stgg') }}", "stg": "SELECT 1"},
        ["models/sales.sql:2:9: there is no model `stgg`. Did you mean `stg`?"],
    ),
    "a circle": (
        {"a": "SELECT 1 FROM {{ ref('b') }}", "b": 'SELECT 1\n  FROM {{ref("c")}}', "c": "{{ ref('a') }}"},
        ["models/a.sql:1:18: models read each other in a circle: a → b → c → a. Take one of them apart."],
    ),
    "a model that reads itself": (
        {"a": "SELECT 1 FROM {{ ref('a') }}"},
        ["models/a.sql:1:18: models read each other in a circle: a → a. Take one of them apart."],
    ),
    "names that differ by case": (
        {**GOOD, "Stg": "SELECT 2"},
        [
            (
                "models/stg.sql:1:1: `stg` is the name of the model models/Stg.sql already. "
                "Rename one: names that differ by case alone are the same in SQL."
            )
        ],
    ),
    "one name in two folders": (
        {**GOOD, "more/stg": "SELECT 2"},
        [
            (
                "models/stg.sql:1:1: `stg` is the name of the model models/more/stg.sql already. "
                "Rename one: names that differ by case alone are the same in SQL."
            )
        ],
    ),
    "a name that is none": (
        {**GOOD, "1st": "SELECT 1", "pg_class": "SELECT 1"},
        [
            f"models/{name}.sql:1:1: `{name}` can't be the name of a model. "
            "Use letters, digits and `_`, at most 63, and no `pg_` or `dataops_` at the start."
            for name in ("1st", "pg_class")
        ],
    ),
    "an empty file": (
        {**GOOD, "stg": " \n"},
        ["models/stg.sql:1:1: the file is empty. It must hold one SELECT."],
    ),
    "a template that doesn't parse": (
        {**GOOD, "stg": "SELECT 1\nFROM {{ ref('x' }}"},
        ["models/stg.sql:2:1: unexpected '}', expected ')'"],
    ),
    "a name that is computed": (
        {**GOOD, "stg": "SELECT 1 FROM {{ ref(partition) }}"},
        ["models/stg.sql:1:18: `ref` takes 1 name in quotes. Such as {{ ref('stg_orders') }}."],
    ),
    "a source of one name": (
        {**GOOD, "stg": "SELECT 1 FROM {{ source('raw.sales') }}"},
        ["models/stg.sql:1:18: `source` takes 2 names in quotes. Such as {{ source('raw', 'orders') }}."],
    ),
    "a table of ours": (
        {**GOOD, "stg": "SELECT 1 FROM {{ source('dataops', 'manifest') }}"},
        [
            (
                "models/stg.sql:1:18: the tables of the schema `dataops` are none of yours. "
                "Read another model with `ref`, and a table of your own with `source`."
            )
        ],
    ),
    "a table that no database has": (
        {**GOOD, "stg": "SELECT 1 FROM {{ source('raw', 'a b') }}"},
        ["models/stg.sql:1:18: `a b` can't be the name of a schema or a table"],
    ),
    "all at once": (
        {"sales": "{{ ref('nothing') }}", "stg": "", "a": "{{ ref() }}"},
        [
            "models/a.sql:1:4: `ref` takes 1 name in quotes. Such as {{ ref('stg_orders') }}.",
            "models/stg.sql:1:1: the file is empty. It must hold one SELECT.",
        ],
    ),
    "two results": (
        {**GOOD, "extra": "SELECT 1"},
        [
            (
                f"sales.dag.yaml:1:1: {TWO} Say which one is published, such as `params: {{result: sales}}`; "
                "or remove the others."
            )
        ],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_has_its_place(product, what) -> None:
    """File, line and column, and what to do; what was found in one round is told in one round."""
    models, expected = WRONG[what]

    assert expected == problems(product(models))


FILES = {
    "no folder": (
        PIPELINE + "params: {models: other}\n",
        ["sales.dag.yaml:3:18: there is no folder `other` beside this file. Models lie in it."],
    ),
    "an empty folder": (
        PIPELINE + "params:\n  models: none\n",
        ["sales.dag.yaml:4:11: there is no `*.sql` in `none`. Each model is such a file."],
    ),
    "a folder elsewhere": (
        PIPELINE + "params: {models: ../models}\n",
        ["sales.dag.yaml:3:10: `models` is not right: it is no folder below the product's"],
    ),
    "a result that isn't there": (
        PIPELINE + "params: {result: sale}\n",
        ["sales.dag.yaml:3:18: there is no model `sale`. Did you mean `sales`?"],
    ),
    "a Delta table": (
        "template: sql@1\ntarget: {path: sales}\n",
        [
            (
                "sales.dag.yaml:2:9: models are made in the database in which they are published. "
                "Write `target: {type: postgres, conn_id: …, table: …}`."
            )
        ],
    ),
    "no target": ("template: sql@1\n", ["sales.dag.yaml:1:1: `target` is missing. It says where"]),
    "a transform": (
        PIPELINE + "transform: t.sql\n",
        ["sales.dag.yaml:3:1: `transform` has no meaning with `sql@1`"],
    ),
    "a source": (
        PIPELINE + "source: {folder: drops, path: '{partition}'}\n",
        ["sales.dag.yaml:3:1: `source` has no meaning with `sql@1`"],
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_a_pipeline_file_that_is_wrong_for_models(product, what) -> None:
    """Each key at its place."""
    text, expected = FILES[what]
    file = product(GOOD, text)
    (file.parent / "none").mkdir()

    found = problems(file)

    assert [True] * len(expected) == [any(one.startswith(line) for one in found) for line in expected], found


def test_a_model_that_nobody_uses_is_left_out_with_a_warning(product) -> None:
    """The result is named, so that it is no error."""
    file = product({**GOOD, "extra": "SELECT 1"}, PIPELINE + "params: {result: sales}\n")

    found = read_definition(file)

    assert ["stg", "sales"] == [model.name for model in found.product.models]
    (warning,) = found.warnings
    what = "the model `extra` is not made: `sales` doesn't build on it"
    hint = "Read it with `ref`, or remove it."
    assert f"{file.parent}/models/extra.sql:1:1: {what}. {hint}" == str(warning)
