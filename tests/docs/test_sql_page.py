"""The page of sql@1: its file is a pipeline, its model is right, its keys are those that there are."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import psycopg
import pytest

from airflow_dataops.core.models import Model
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import shelf_of
from airflow_dataops.documents.templates.template import template
from airflow_dataops.engines.sql.models import proofread_models
from airflow_dataops.errors import DocumentError

TEMPLATE = Path(__file__).parents[2] / "dag_templates" / "sql"
PAGE = (TEMPLATE / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """Return the page's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def revenue(tmp_path) -> Path:
    """The sample, with the pipeline file of the page."""
    folder = Path(shutil.copytree(TEMPLATE / "revenue", tmp_path / "revenue"))
    (text,) = blocks("yaml")
    (folder / "revenue.dag.yaml").write_text(text)
    return folder


def test_the_pages_file_is_a_pipeline(revenue) -> None:
    """What is shown is read as it is meant: four models, the last of which is published."""
    product = read_definition(revenue / "revenue.dag.yaml").product

    assert ["stg_orders", "stg_refunds", "net_orders", "revenue"] == [one.name for one in product.models]
    assert "postgres://warehouse/mart.revenue" == product.target.address


def test_the_pages_model_is_right() -> None:
    """Nothing is wrong with it, and it has the column that it names."""
    model = Model(name="m", file="m.sql", refs=("stg_orders", "stg_refunds"))

    found = proofread_models([model], texts={"m": ("m.sql", blocks("sql")[0])}, promised=["net_amount"])

    assert [] == list(found)


def test_the_pages_statement_runs(postgresql) -> None:
    """It asks the catalog alone."""
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        connection.execute(blocks("sql")[1])


def test_the_page_has_a_line_for_each_parameter() -> None:
    """And for none that there isn't; each default is the one that is written."""
    keys = PAGE.partition("adds `params`:")[2].partition("##")[0]

    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", keys, re.MULTILINE))

    fields = template("sql@1", shelf=shelf_of()).params.model_fields
    assert set(fields) == set(rows)
    assert {name: f"`{field.default}`" for name, field in fields.items() if field.default} == {
        name: default for name, default in rows.items() if name != "result"
    }


def test_the_pages_errors_are_said(revenue) -> None:
    """Word for word, but for the folder's own way."""
    unknown, circle = (line for line in PAGE.splitlines() if line.startswith("revenue/models/"))
    net = revenue / "models" / "net_orders.sql"
    good = net.read_text()
    net.write_text(good.replace('"stg_orders"', '"stg_order"'))
    assert [unknown] == said(revenue)
    net.write_text(good)
    for name, text in (("a", "SELECT 1 FROM {{ ref('b') }}"), ("b", "SELECT 1 FROM {{ ref('a') }}")):
        (revenue / "models" / f"{name}.sql").write_text(text)
    assert [circle] == said(revenue)


def said(folder: Path) -> list[str]:
    """Return what is wrong with a product."""
    with pytest.raises(DocumentError) as caught:
        read_definition(folder / "revenue.dag.yaml")
    return [str(problem).replace(f"{folder.parent}/", "") for problem in caught.value.problems]
