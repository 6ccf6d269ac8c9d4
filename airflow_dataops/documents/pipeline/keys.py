"""The keys of a pipeline file, with their types. What must be there is said in `required.py`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, Field

from airflow_dataops.core.drop_path import WILDCARD
from airflow_dataops.core.landing import Delivery, Dialect, Format, OnDuplicate, OnMissing
from airflow_dataops.core.rows.form import ENDS, form
from airflow_dataops.documents.implementation import FORM, MEANING
from airflow_dataops.documents.pipeline.drop_file import drop_file
from airflow_dataops.documents.pipeline.expected import ExpectedKeys
from airflow_dataops.documents.pipeline.policies import PolicyKeys
from airflow_dataops.documents.schedule import Cron, Zone
from airflow_dataops.documents.table_name import TableName
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.node import NODE, described
from airflow_dataops.documents.yaml.scalar import (
    Flag,
    Label,
    Name,
    Text,
    matching,
    name,
    one_of,
    text,
    whole,
    wrong,
)
from airflow_dataops.errors import SettingsError

CALLBACKS = (
    "on_success_callback",
    "on_failure_callback",
    "on_execute_callback",
    "on_retry_callback",
    "on_skipped_callback",
)
CONTRACT_SUFFIX = ".odcs.yaml"
"""What pipeline files are called, and how the name of a contract beside one ends."""

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"([0-9]{1,6})([smhd])")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?")
FILE_FORMATS = tuple(each.value for each in Format if each is not Format.TABLE)
"""Formats of files."""

LARGEST = 2**31 - 1
"""What Airflow's database keeps of a whole number: its scheduler ends with a larger one."""

LONGEST_TAG = 100
"""Characters that Airflow takes (`airflow.models.dag.TAG_MAX_LEN`)."""

STEP = r"[^.\[\]\s]+(?:\[[0-9]{1,6}\])*"
FIELD_PATH = re.compile(rf"(?:\$\.)?{STEP}(?:\.{STEP})*")
"""Where a value is in a JSON record: keys with points between, `[0]` for a place in a list."""

PATHS_HINT = "Such as {city: customer.address.city}."


def duration(value: object) -> timedelta:
    """Return a time that is written with its unit, such as `90s` or `6h`."""
    found = DURATION.fullmatch(text(value))
    if found is None or int(found[1]) == 0:
        raise wrong(
            f"must be a time above zero with its unit, it is {described(value)}", "Such as 10s, 5m, 6h, 2d."
        )
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def moment(value: object) -> datetime:
    """Return a date, as its first instant, or a date and time; without an offset it is naive."""
    found = text(value)
    if MOMENT.fullmatch(found):
        try:
            return datetime.fromisoformat(found)
        except ValueError:
            pass
    raise wrong(f"must be a date or a time of ISO 8601, it is {described(value)}", "Such as 2026-03-01.")


def encoding(value: object) -> str:
    """Return the name of an encoding that Python knows, and in which lines can be told apart."""
    found = name(value)
    try:
        "".encode(found)
    except (LookupError, ValueError):
        raise wrong(
            f"must be an encoding of text, it is {described(value)}", "Such as utf-8 or latin-1."
        ) from None
    try:
        form(Dialect(encoding=found))
    except SettingsError:
        raise wrong(
            f"must be an extension of ASCII, it is {described(value)}", "Convert the files to UTF-8."
        ) from None
    return found


def delimiter(value: object) -> str:
    """Return one character that can stand between two fields."""
    found = text(value)
    if len(found) != 1 or found in ENDS:
        raise wrong(
            f"must be one character and no line end, it is {described(value)}", r'Such as ";" or "\t".'
        )
    return found


def quote(value: object) -> str:
    """Return the character around fields, or an empty text for none."""
    found = text(value)
    if len(found) > 1 or (found and (found in ENDS or not found.isascii())):
        raise wrong(
            f"must be one character of ASCII and no line end, or empty for none, it is {described(value)}",
            """Such as '"' or ''.""",
        )
    return found


def columns(value: object) -> dict[str, object]:
    """Return a mapping of columns that names at least one."""
    if not isinstance(value, dict):
        raise wrong(f"must be a mapping of columns, it is {described(value)}", PATHS_HINT)
    found = {column: path for column, path in value.items() if column != NODE}
    if not found:
        raise wrong("names no column", PATHS_HINT)
    return found


def field_path(value: object) -> str:
    """Return where a value is in a JSON record."""
    found = text(value)
    if not FIELD_PATH.fullmatch(found):
        raise wrong(
            f"must say where its value is in a record, it is {described(value)}",
            "Such as customer.address.city or lines[0].amount.",
        )
    return found.removeprefix("$.")


def drop_folder(value: object) -> str:
    """Return a folder, or an address in object storage that names no user."""
    found = name(value)
    scheme, separator, rest = found.partition("://")
    if separator and not (re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) and rest.strip("/")):
        raise wrong(
            f"must be a folder or an address, it is {described(value)}", "Such as s3://bucket/prefix."
        )
    if separator and "@" in rest.partition("/")[0]:
        # What stands there may be a key: it is not shown.
        raise wrong("names a user in its address", "Leave out what stands before the `@`; write `conn_id`.")
    return found


def drop_path(value: object) -> str:
    """Return the path of a drop; `*` and `?` stand for any characters of one name."""
    found = drop_file(value)
    if "**" in found:
        raise wrong(
            f"must say how deep a drop lies, it is {described(value)}", "Write a `*` for each folder."
        )
    return found


def marker(value: object) -> str:
    """Return the path of the file that says that a drop is whole: one file."""
    found = drop_file(value)
    if WILDCARD.search(found):
        raise wrong(f"must name one file, it is {described(value)}", "Leave out `*` and `?`.")
    return found


def tags(value: object) -> object:
    """Return a list of tags, each once."""
    if isinstance(value, list) and len({str(tag) for tag in value}) < len(value):
        raise wrong("names a tag twice")
    if isinstance(value, list) and any(len(str(tag)) > LONGEST_TAG for tag in value):
        raise wrong(f"has a tag of more than {LONGEST_TAG} characters", "Airflow takes none.")
    return value


def products(value: object) -> object:
    """Return a list of products, each once."""
    if isinstance(value, list) and len({str(one) for one in value}) < len(value):
        raise wrong("names a product twice")
    return value


def callables(value: object) -> object:
    """Return a list of what is called, also where one is written alone."""
    return [value] if isinstance(value, str) else value


# Named apart from the keys: inside a class, a key's default would stand where its check is looked for.
Duration = Annotated[timedelta, BeforeValidator(duration)]
Moment = Annotated[datetime, BeforeValidator(moment)]
Encoding = Annotated[str, BeforeValidator(encoding)]
Delimiter = Annotated[str, BeforeValidator(delimiter)]
DropPath = Annotated[str, BeforeValidator(drop_path)]
Quote = Annotated[str, BeforeValidator(quote)]
DropFolder = Annotated[str, BeforeValidator(drop_folder)]
Marker = Annotated[str, BeforeValidator(marker)]
FieldPath = Annotated[str, BeforeValidator(field_path)]
Paths = Annotated[dict[str, FieldPath], BeforeValidator(columns)]
SchemaObject = Annotated[str, matching(FORM, MEANING)]
Tags = Annotated[tuple[Name, ...], BeforeValidator(tags)]
TemplateVersion = Annotated[
    str, matching(r"[a-z][a-z0-9_]*@[1-9][0-9]{0,5}", "a name and a version such as `batch@1`")
]
Identifier = Annotated[
    str, matching(r"[A-Za-z0-9_.-]{1,250}", "made of at most 250 letters, digits, `_`, `-` and `.`")
]
Products = Annotated[tuple[Identifier, ...], BeforeValidator(products)]
ImportPath = Annotated[
    str,
    matching(
        r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+",
        "where something is imported from, such as `shop.alerts.page_oncall`",
    ),
]
Callables = Annotated[tuple[ImportPath, ...], BeforeValidator(callables)]


class Pipeline(Keys, BaseModel):
    """Keys of the pipeline file, written as they are here."""


class WaitKeys(Pipeline):
    """How to wait for a drop."""

    timeout: Duration | None = None
    poke_interval: Duration | None = None


class SourceKeys(Pipeline):
    """Where drops come from."""

    contract: Name | None = None
    schema_object: SchemaObject | None = Field(None, alias="schema")
    conn_id: Name | None = None
    folder: DropFolder | None = None
    path: DropPath | None = None
    ready: Marker | None = None
    table: TableName | None = None
    partition_column: Name | None = None
    format: Annotated[str, one_of(*FILE_FORMATS)] | None = None
    quote: Quote | None = None
    header: Flag | None = None
    paths: Paths | None = None
    delivery: Annotated[str, one_of(*Delivery)] | None = None
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    on_missing: Annotated[str, one_of(*OnMissing)] | None = None
    on_duplicate: Annotated[str, one_of(*OnDuplicate)] | None = None
    wait: WaitKeys | None = None


class TargetKeys(Pipeline):
    """Where the product is published."""

    type: Annotated[str, one_of("delta", "postgres")] | None = None
    path: Name | None = None
    conn_id: Name | None = None
    table: TableName | None = None


class LookupKeys(Pipeline):
    """Where another dataset lies: a Delta table, or a table of a database."""

    dataset: Name
    path: Name | None = None
    conn_id: Name | None = None
    table: TableName | None = None


class PipelineKeys(Pipeline):
    """A pipeline file."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"schedule"})

    template: TemplateVersion | None = None
    name: Identifier | None = None
    team: Label | None = None
    description: Text | None = None
    owner: Label | None = None
    tags: Tags = ()
    schedule: Cron | None = None
    timezone: Zone | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    catchup: Flag | None = None
    max_active_runs: Annotated[int, BeforeValidator(whole(1, LARGEST))] | None = None
    depends_on: Products = ()
    consumes: Products = ()
    retries: Annotated[int, BeforeValidator(whole(0, LARGEST))] | None = None
    retry_delay: Duration | None = None
    pool: Label | None = None
    priority_weight: Annotated[int, BeforeValidator(whole(1, LARGEST))] | None = None
    queue: Name | None = None
    on_success_callback: Callables = ()
    on_failure_callback: Callables = ()
    on_execute_callback: Callables = ()
    on_retry_callback: Callables = ()
    on_skipped_callback: Callables = ()
    dag_params: object = None
    source: SourceKeys | None = None
    target: TargetKeys | None = None
    expected: ExpectedKeys | None = None
    policy: tuple[PolicyKeys, ...] = ()
    lookups: tuple[LookupKeys, ...] = ()
    contract: Name | None = None
    transform: Name | None = None
    schema_object: SchemaObject | None = Field(None, alias="schema")
    params: object = None
