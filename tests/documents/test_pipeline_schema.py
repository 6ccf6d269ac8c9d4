"""What the schema of pipeline files refuses, the reader refuses; and the reverse, as far as it can."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.file import find_products
from airflow_dataops.documents.pipeline.keys import PipelineKeys
from airflow_dataops.documents.pipeline.schema import WORDS, pipeline_schema
from airflow_dataops.documents.templates.shelf import ours, shelf_of
from airflow_dataops.documents.templates.template import template
from airflow_dataops.documents.yaml.form import fields_of, inner_models
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.node import Node

HERE = Path(__file__).parent
SHELF = shelf_of()

spec = importlib.util.spec_from_file_location("pipelines", HERE / "test_pipeline.py")
pipelines = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pipelines)

UNSAID = {
    "unknown encoding",
    "encoding of no text",
    "schedule that is no cron",
    "unknown time zone",
    "Jinja, where readers see it as it is",
    "schedule that never comes",
    "schedule that is drawn",
    "day that isn't",
    "a day that isn't one everywhere",
    "end before start",
    "no such contract",
    "no contract of the default name",
    "contract that is a folder",
    "no such contract of the source",
    "no such transform",
    "preset in plain text",  # this is no YAML: there is nothing to hold against a schema
}
"""What takes other files, the calendar, cron, or lists of names to see."""


def plain(node: Node) -> object:
    """Return a node as an editor's reader of YAML would have it."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    if not isinstance(node.value, Numeral):
        return node.value
    return float(node.value) if set(".eE") & set(node.value) else int(node.value)


def complaints(file: Path, *names: str, partial: bool = False) -> list[str]:
    """Return what the schema of templates says of a file."""
    schema = pipeline_schema([template(name, shelf=SHELF) for name in names], partial=partial)
    return [error.message for error in Draft202012Validator(schema).iter_errors(plain(read(file).root))]


@pytest.fixture
def folder(tmp_path) -> Path:
    """The folder of a product with a contract."""
    made = tmp_path / "orders"
    made.mkdir()
    (made / "orders.odcs.yaml").write_text(pipelines.CONTRACT)
    (made / "transform.sql").write_text("SELECT * FROM {{ source }}\n")
    return made


@pytest.mark.parametrize("names", [*((name,) for name in SHELF.names()), SHELF.names()])
@pytest.mark.parametrize("partial", [False, True])
def test_every_schema_is_one(names, partial) -> None:
    """The meta-schema of the draft takes it."""
    Draft202012Validator.check_schema(
        pipeline_schema([template(name, shelf=SHELF) for name in names], partial=partial)
    )


def test_every_key_says_what_it_means() -> None:
    """A key that comes to the file comes to its schema, with words for whoever points at it."""

    def keys(model, above="") -> list[str]:
        single, listed = inner_models(model)
        found = []
        for key in fields_of(model):
            inner = single.get(key) or listed.get(key)
            found += [f"{above}{key}", *(keys(inner, f"{above}{key}.") if inner else [])]
        return found

    assert sorted(keys(PipelineKeys)) == sorted(WORDS)
    assert all(meaning for _, meaning in WORDS.values())


@pytest.mark.parametrize("sample", find_products(ours()), ids=lambda file: file.stem)
def test_samples_pass(sample) -> None:
    """By the schema of their own template, and by that of all."""
    own = read_definition(sample).product.template

    assert [] == complaints(sample, own)
    assert [] == complaints(sample, *SHELF.names())
    assert [] == complaints(sample, own, partial=True)


@pytest.mark.parametrize("what", pipelines.BAD)
def test_what_the_reader_refuses_the_schema_refuses(folder, what) -> None:
    """All but what is listed with its reason."""
    file = pipelines.written(folder, pipelines.BAD[what][0])
    try:
        found = complaints(file, "batch@1")
    except DocumentError:
        found = []

    assert (what in UNSAID) == (found == []), found


MORE = {
    "a table and a folder": ("", "  table: orders\n"),
    "a quote beside a format that has none": ("", "  format: jsonl\n  quote: '*'\n"),
    "paths beside a format that has none": ("", "  paths: {a: b}\n"),
    "an encoding of Parquet": ("", "  format: parquet\n  encoding: latin-1\n"),
    "a column of a table without one": ("", "  partition_column: day\n"),
    "a connection of Delta": ("target: {conn_id: lake}\n", ""),
    "a path of PostgreSQL": ("target: {type: postgres, conn_id: it, path: a}\n", ""),
    "PostgreSQL without a connection": ("target: {type: postgres}\n", ""),
    "a blank owner": ("owner: ' '\n", ""),
    "a callback that is no path": ("on_retry_callback: page\n", ""),
    "a product twice": ("tags: [a, a]\n", ""),
    "a lookup without a table": ("lookups: [{dataset: a}]\n", ""),
    "a marker with a wildcard": ("", "  ready: '{partition}/*.done'\n"),
    "a path of any depth": ("", "  ready: '/{partition}'\n"),
    "flags as texts": ("catchup: 'true'\n", ""),
    "an empty owner": ("owner:\n", ""),
    "a share above one as a text": ("params: {max_quarantined: '120%'}\n", ""),
    "a share above one": ("params: {max_quarantined: 1.5}\n", ""),
}


@pytest.mark.parametrize("what", MORE)
def test_both_refuse(folder, what) -> None:
    """What an editor underlines is what lint names."""
    after, inside = MORE[what]
    file = pipelines.written(folder, pipelines.PIPELINE + inside + after)

    assert complaints(file, "batch@1")
    with pytest.raises(DocumentError):
        read_definition(file)


GOOD = {
    "numbers that are texts": ("owner: 7\ntags: [1, a]\n", ""),
    "an empty schedule": ("schedule:\n", ""),
    "cron": ("schedule: 30 5 * * 1-5\n", ""),
    "times": ("start_date: 2026-03-01\nend_date: 2026-03-02T05:00:00+01:00\n", ""),
    "one callback and several": ("on_failure_callback: a.b\non_retry_callback: [a.b, c.d]\n", ""),
    "a number as a whole one": ("retries: 2.0\n", ""),
    "a share in each way": ("params: {max_quarantined: 2.5%}\n", ""),
    "a share as a number": ("params: {max_quarantined: 0.25}\n", ""),
    "a share as a text": ("params: {max_quarantined: '0.25'}\n", ""),
    "no quote": ("", "  quote: ''\n"),
    "a tab": ("", '  delimiter: "\\t"\n'),
    "a folder as an address": ("", "  conn_id: store\n"),
    "PostgreSQL": ("target: {type: postgres, conn_id: warehouse, table: mart.orders}\n", ""),
    "parameters of runs": ("dag_params: {full: true}\n", ""),
    "waiting": ("", "  on_missing: wait\n  wait: {timeout: 2d}\n"),
}


@pytest.mark.parametrize("what", GOOD)
def test_both_take(folder, what) -> None:
    """What lint takes is not underlined."""
    after, inside = GOOD[what]
    file = pipelines.written(folder, pipelines.PIPELINE + inside + after)

    read_definition(file)
    assert [] == complaints(file, "batch@1")
    assert [] == complaints(file, *SHELF.names())


def test_a_part_may_leave_out_what_another_one_says(folder) -> None:
    """Defaults and changes of an environment are checked as well, without what would be missing."""
    file = folder / "defaults.yaml"
    file.write_text("root: true\nowner: platform\nsource: {on_missing: wait}\n")

    assert [] == complaints(file, "batch@1", partial=True)
    assert complaints(file, "batch@1")
    file.write_text("owenr: platform\n")
    assert complaints(file, "batch@1", partial=True)
