"""Pipeline files as JSON Schema (draft 2020-12), for editors: what a key means, and what may stand there.

What the schema refuses, the reader refuses. The reader sees more: other files, the calendar, cron, encodings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.landing import Delivery, OnDuplicate, OnMissing
from airflow_dataops.core.slo.policy import Action
from airflow_dataops.documents.implementation import FORM
from airflow_dataops.documents.pipeline.keys import (
    FIELD_PATH,
    FILE_FORMATS,
    LARGEST,
    LONGEST_TAG,
    PipelineKeys,
)
from airflow_dataops.documents.pipeline.layers import ROOT
from airflow_dataops.documents.schedule import PRESETS
from airflow_dataops.documents.templates.template import SECTIONS
from airflow_dataops.documents.yaml.form import fields_of, inner_models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from airflow_dataops.documents.templates.template import Template

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": ["string", "number"]}
"""A number without quotes is the text that it is written as."""

NAME: Schema = {**TEXT, "pattern": r"\S"}
LABEL: Schema = {**TEXT, "pattern": r"^[^\x00-\x1f\x7f-\x9f]*\S[^\x00-\x1f\x7f-\x9f]*$"}
FLAG: Schema = {"type": "boolean"}
PRODUCT: Schema = {**TEXT, "pattern": "^[A-Za-z0-9_.-]{1,250}$"}
DURATION: Schema = {"type": "string", "pattern": "^(?!0+[smhd])[0-9]{1,6}[smhd]$"}
MOMENT: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ][0-9:.]+(Z|[+-][0-9:]+)?)?$",
}
TABLE: Schema = {**TEXT, "pattern": r"^[^.\s]{1,63}(\.[^.\s]{1,63})?$"}
OBJECT: Schema = {"type": "string", "pattern": f"^(?:{FORM})$"}
DROP: Schema = {
    "type": "string",
    "pattern": r"^(?!/)(?!(.*/)?\.\.(/|$))([^{}]|\{partition\})*\{partition\}([^{}]|\{partition\})*$",
}
PRODUCTS: Schema = {"type": "array", "items": PRODUCT, "uniqueItems": True}
CALLED: Schema = {"type": "string", "pattern": r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"}
CALLABLES: Schema = {"anyOf": [CALLED, {"type": "array", "items": CALLED}]}
WHOLE: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST}
PLAIN: Schema = {"type": "object"}
CRON: Schema = {"type": "string", "pattern": r"^\s*([^@\s]+\s+){4}[^@\s]+\s*$"}
DAYS: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?$"}
PERCENTAGE: Schema = {"type": "string", "pattern": r"^[0-9]+\.?[0-9]*%$"}

WORDS: dict[str, tuple[Schema, str]] = {
    "template": (TEXT, "The template and its version, such as `batch@1`."),
    "name": (PRODUCT, "The product, and the id of its DAG. By default the folder's name."),
    "team": (LABEL, "Whose product it is. By default the DAG bundle."),
    "description": (TEXT, "One line for the list of DAGs."),
    "owner": (LABEL, "Airflow's owner. By default `team.name` of the contract."),
    "tags": (
        {"type": "array", "items": NAME | {"maxLength": LONGEST_TAG}, "uniqueItems": True},
        "Airflow's tags.",
    ),
    "schedule": (
        {"anyOf": [{"enum": [*PRESETS, None]}, CRON]},
        "A cron expression, or a preset such as `@daily`. Without one nothing starts by itself.",
    ),
    "timezone": ({"type": "string", "pattern": r"\S"}, "An IANA name: where the product's days begin."),
    "start_date": (MOMENT, "A date (its first instant) or a time, in `timezone` unless it has an offset."),
    "end_date": (MOMENT, "A date (its first instant) or a time, in `timezone` unless it has an offset."),
    "catchup": (FLAG, "Whether intervals that were missed run. By default they don't."),
    "max_active_runs": (WHOLE, "How many runs at once. By default 16."),
    "depends_on": (PRODUCTS, "The products after whose publications it runs."),
    "consumes": (PRODUCTS, "The products that it reads."),
    "retries": (
        {"type": "integer", "minimum": 0, "maximum": LARGEST},
        "How often a broken world is tried again. By default 2.",
    ),
    "retry_delay": (DURATION, "How long between tries, such as `90s`. By default `1m`."),
    "pool": (LABEL, "The pool in which tasks have a slot."),
    "priority_weight": (WHOLE, "Which tasks go first where slots are few: those with more."),
    "queue": (NAME, "The queue of workers."),
    "on_success_callback": (CALLABLES, "What is called when a run has succeeded, by its import path."),
    "on_failure_callback": (CALLABLES, "What is called when a run has failed, by its import path."),
    "on_execute_callback": (CALLABLES, "What is called before each task, by its import path."),
    "on_retry_callback": (CALLABLES, "What is called when a task is tried again, by its import path."),
    "on_skipped_callback": (CALLABLES, "What is called when a task is skipped, by its import path."),
    "dag_params": (PLAIN, "Airflow's `params`: what a person may set when they start a run."),
    "contract": (NAME, "The file of the product's own contract. By default `<name>.odcs.yaml`."),
    "transform": (NAME, "The file of one SELECT, relative to this file."),
    "schema": (OBJECT, "A pandera schema that the product must keep besides: `module:Object`."),
    "params": (PLAIN, "What the template asks for."),
    "source": (PLAIN, "Where drops come from: files, or one table of a database."),
    "source.contract": (NAME, "The file of the contract that what lands must keep."),
    "source.schema": (OBJECT, "A pandera schema that what lands must keep besides: `module:Object`."),
    "source.conn_id": (NAME, "An Airflow connection: of the folder, the object storage, or the database."),
    "source.folder": (NAME, "The folder of the drops, relative to this file; or its address."),
    "source.path": (
        {**DROP, "not": {"pattern": r"\*\*"}},
        "The drop below the folder; `{partition}` is the partition's label, `*` and `?` any characters.",
    ),
    "source.ready": (
        {**DROP, "not": {"pattern": r"[*?]"}},
        "A file below the folder: before it is there, there is no drop.",
    ),
    "source.table": (TABLE, "`schema.table` of the connection's database, instead of files."),
    "source.partition_column": (NAME, "The column of the table that holds the partition's label."),
    "source.format": ({"enum": list(FILE_FORMATS)}, "How files are written. By default `csv`."),
    "source.quote": ({"type": ["string", "number"], "maxLength": 1}, "Of CSV: the character around fields."),
    "source.header": (FLAG, "Of CSV: whether each file starts with the names of its columns."),
    "source.paths": (
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {**TEXT, "pattern": f"^(?:{FIELD_PATH.pattern})$"},
        },
        "Of JSON lines: column → where its value is in a record, such as `customer.address.city`.",
    ),
    "source.delivery": (
        {"enum": [*map(str, Delivery)]},
        "`increment`: a drop holds what is new. `snapshot`: it holds all there is.",
    ),
    "source.encoding": (NAME, "Of text: any encoding that Python knows and that extends ASCII."),
    "source.delimiter": ({**TEXT, "pattern": "^[^\\r\\n]$"}, "Of CSV: the character between fields."),
    "source.on_missing": ({"enum": [*map(str, OnMissing)]}, "What to do without a drop. By default `fail`."),
    "source.on_duplicate": (
        {"enum": [*map(str, OnDuplicate)]},
        "What to do where the same bytes had arrived for another partition. By default `report`.",
    ),
    "source.wait": (PLAIN, "With `on_missing: wait`: for how long, and how often to look."),
    "source.wait.timeout": (DURATION, "How long to wait. By default `6h`."),
    "source.wait.poke_interval": (DURATION, "How often to look again. By default `1m`."),
    "target": (PLAIN, "Where the product is published."),
    "target.type": ({"enum": ["delta", "postgres"]}, "A Delta table, or a table in PostgreSQL."),
    "target.path": (NAME, "Of `delta`: the table, absolute or below `[dataops] lake_path`."),
    "target.conn_id": (NAME, "Of `postgres`: the Airflow connection of the database."),
    "target.table": (TABLE, "Of `postgres`: `schema.table`."),
    "expected": (PLAIN, "What is expected of the product, where `schedule` doesn't say it."),
    "expected.schedule": (
        {"anyOf": [{"enum": list(PRESETS)}, CRON]},
        "When deliveries are expected: a cron expression, or a preset. By default `schedule`.",
    ),
    "expected.timezone": ({"type": "string", "pattern": r"\S"}, "An IANA name. By default `timezone`."),
    "expected.grain": ({"enum": [*map(str, Grain)]}, "How much time one partition covers."),
    "expected.exclude": (
        {"type": "array", "items": DAYS},
        "Days on which nothing is expected: `2026-12-25`, or `2026-12-24/2026-12-26`.",
    ),
    "expected.holidays": (NAME, "A file beside this one with a day a line, and what it is."),
    "expected.rows": (PLAIN, "Who says how many rows a batch should have: one of these."),
    "expected.rows.manifest": (PLAIN, "A small file that the producer leaves with a drop."),
    "expected.rows.manifest.path": (NAME, "Its path below the folder of the drops, with `{partition}`."),
    "expected.rows.manifest.key": (
        TEXT,
        "The number in it: keys of JSON with points between, or a column of CSV, whose numbers are added.",
    ),
    "expected.rows.table": (PLAIN, "A control table."),
    "expected.rows.table.conn_id": (NAME, "The Airflow connection of its database."),
    "expected.rows.table.table": (TABLE, "The table, as `schema.table`."),
    "expected.rows.table.partition_column": (NAME, "Its column that holds the partition's label."),
    "expected.rows.table.count_column": (NAME, "Its column that holds the number of rows."),
    "expected.rows.query": (PLAIN, "A SELECT of one number."),
    "expected.rows.query.conn_id": (NAME, "The Airflow connection of its database."),
    "expected.rows.query.file": (NAME, "The file with the SELECT, in which `{{ partition }}` is the label."),
    "expected.rows.history": (
        {"type": "integer", "minimum": 1, "maximum": 52},
        "The median of so many of the same weekdays before.",
    ),
    "policy": ({"type": "array"}, "What happens when an error budget runs low."),
    "policy.do": ({"enum": [*map(str, Action)]}, "What happens; it is undone when enough is left again."),
    "policy.below": (
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, PERCENTAGE]},
        "It happens when less than this of the budget is left: `20%`, or `0.2`.",
    ),
    "policy.slo": (NAME, "The objective whose budget it is. By default any of the product's."),
    "policy.pool": (NAME, "Of `shrink_pool`: the pool."),
    "policy.slots": ({"type": "integer", "minimum": 0}, "Of `shrink_pool`: to how many slots."),
    "lookups": (
        {"type": "array"},
        "Where datasets lie that the contract's relationships point to.",
    ),
    "lookups.dataset": (NAME, "The name of the dataset that a relationship leads to."),
    "lookups.path": (NAME, "A Delta table, absolute or below `[dataops] lake_path`."),
    "lookups.conn_id": (NAME, "The Airflow connection of a PostgreSQL database."),
    "lookups.table": (TABLE, "`schema.table` of it."),
}
"""Key, with the keys above it -> what may stand there, and what it means."""


def _without(*keys: str) -> Schema:
    return {"properties": dict.fromkeys(keys, False)}


def _says(key: str, *values: str) -> Schema:
    return {"properties": {key: {"enum": list(values)}}, "required": [key]}


CSV_ALONE = ("delimiter", "quote", "header")
OF_FILES = ("folder", "path", "ready", "format", "encoding", "paths", "wait", "schema", *CSV_ALONE)

TOGETHER: dict[str, list[Schema]] = {
    "source": [
        {
            "if": {"required": ["table"]},
            "then": {**_without(*OF_FILES), "not": _says("on_missing", "wait")},
            "else": _without("partition_column"),
        },
        {"if": _says("format", "jsonl", "parquet"), "then": _without(*CSV_ALONE)},
        {"if": {"not": _says("format", "jsonl")}, "then": _without("paths")},
        {"if": _says("format", "parquet"), "then": _without("encoding")},
    ],
    "target": [
        {
            "if": _says("type", "postgres"),
            "then": _without("path"),
            "else": _without("conn_id", "table"),
        },
    ],
}
"""Which keys have no meaning beside which."""

NEEDED: dict[str, list[Schema]] = {
    "source": [
        {
            "if": {"required": ["table"]},
            "then": {"required": ["conn_id"]},
            "else": {"required": ["path"], "anyOf": [{"required": ["folder"]}, {"required": ["conn_id"]}]},
        }
    ],
    "target": [{"if": _says("type", "postgres"), "then": {"required": ["conn_id"]}}],
    "policy": [
        {
            "if": _says("do", Action.SHRINK_POOL),
            "then": {"required": ["pool", "slots"]},
            "else": _without("pool", "slots"),
        }
    ],
    "lookups": [{"oneOf": [{"required": ["path"]}, {"required": ["table"]}]}],
    "": [
        {
            "if": {"required": ["transform", "source"]},
            "then": {"properties": {"source": {"required": ["contract"]}}},
        }
    ],
}
"""Which keys must be there, where all of a product stands in one file."""


def pipeline_schema(templates: Sequence[Template], *, partial: bool = False) -> Schema:
    """Return the JSON Schema of the pipeline files of templates.

    Args:
        templates: At least one; where there are several, the file's `template` says which of them counts.
        partial: Whether keys may stand in another file: defaults, and what an environment changes.
    """
    head = {"$schema": DRAFT, "title": "A pipeline file of airflow-dataops"}
    if len(templates) == 1:
        return {**head, **_of(templates[0], partial=partial)}
    named = {template.name: _of(template, partial=partial) for template in templates}
    return {
        **head,
        "type": "object",
        "properties": {"template": {"enum": list(named), "description": WORDS["template"][1]}},
        "allOf": [{"if": _says("template", name), "then": {"$ref": f"#/$defs/{name}"}} for name in named],
        **({} if partial else {"required": ["template"]}),
        "$defs": {key: value for schema in named.values() for key, value in schema.pop("$defs").items()}
        | named,
    }


def _of(template: Template, *, partial: bool) -> Schema:
    """Return the schema of one template, with the models of its parameters under `$defs`."""
    taken = {*template.needs, *template.takes}
    params = template.params.model_json_schema(ref_template=f"#/$defs/{template.name}.{{model}}")
    models = {f"{template.name}.{name}": model for name, model in params.pop("$defs", {}).items()}
    found = _mapping(PipelineKeys, "", partial=partial)
    keys: Schema = found["properties"]
    for key in SECTIONS:
        if key not in taken:
            del keys[key]
    keys["template"] = {"const": template.name, "description": WORDS["template"][1]}
    keys["params"] = {
        **{key: value for key, value in params.items() if key != "title"},
        "description": f"What `{template.name}` asks for.",
    }
    needed = [key for key in template.needs if key != "contract"]
    if partial:
        keys["params"].pop("required", None)
        keys[ROOT] = {**FLAG, "description": "In `defaults.yaml`: whether none above it counts."}
    else:
        needs_params = ["params"] if params.get("required") else []
        found["required"] = ["template", *needed, *needs_params]
    return {**found, "$defs": models}


def _mapping(model: type[BaseModel], above: str, *, partial: bool) -> Schema:
    """Return the schema of a mapping of keys."""
    single, listed = inner_models(model)
    keys: Schema = {}
    for key in fields_of(model):
        path = f"{above}.{key}" if above else key
        schema, meaning = WORDS[path]
        if (inner := single.get(key)) is not None:
            schema = _mapping(inner, path, partial=partial)
        elif (inner := listed.get(key)) is not None:
            schema = {**schema, "items": _mapping(inner, path, partial=partial)}
        keys[key] = {**schema, "description": meaning}
    # What a part leaves out may stand in another file.
    together = [] if partial else [*TOGETHER.get(above, ()), *NEEDED.get(above, ())]
    required = [name for name, field in fields_of(model).items() if field.is_required()]
    return {
        "type": "object",
        "properties": keys,
        "additionalProperties": False,
        **({"allOf": together} if together else {}),
        **({"required": required} if required else {}),
    }
