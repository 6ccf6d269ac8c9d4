"""`expected.rows:` of a pipeline file -> who says how many rows a batch should have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator

from airflow_dataops.core.drop_path import WILDCARD
from airflow_dataops.core.slo.expected_rows import ExpectedRows, SaidBy
from airflow_dataops.documents.pipeline.drop_file import drop_file
from airflow_dataops.documents.table_name import TableName
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.scalar import Name, Text, text, whole, wrong
from airflow_dataops.documents.yaml.text import is_there

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.yaml.findings import Findings

WAYS = tuple(SaidBy)

MOST_WEEKS = 52


def manifest(value: object) -> str:
    """Return the path of a manifest below the folder of the drops: one file for each partition."""
    found = drop_file(value)
    if WILDCARD.search(found):
        raise wrong(f"must name one file, it is {described(value)}", "Leave out `*` and `?`.")
    return found


def weeks(value: object) -> int:
    """Return how many weeks are looked back."""
    found = whole(1)(value)
    if found > MOST_WEEKS:
        raise wrong(f"must be at most {MOST_WEEKS}, it is {text(value)}", "It is a number of weeks.")
    return found


class ManifestKeys(Keys, BaseModel):
    """A small file that the producer leaves with a drop."""

    path: Annotated[str, BeforeValidator(manifest)] | None = None
    key: Text | None = None


class ControlTableKeys(Keys, BaseModel):
    """A table that says how many rows there are."""

    conn_id: Name | None = None
    table: TableName | None = None
    partition_column: Name | None = None
    count_column: Name | None = None


class QueryKeys(Keys, BaseModel):
    """A SELECT that says how many rows there are."""

    conn_id: Name | None = None
    file: Name | None = None


class RowsKeys(Keys, BaseModel):
    """Who says how many rows a batch should have: one of them."""

    manifest: ManifestKeys | None = None
    table: ControlTableKeys | None = None
    query: QueryKeys | None = None
    history: Annotated[int, BeforeValidator(weeks)] | None = None


NEEDED: dict[SaidBy, tuple[str, ...]] = {
    SaidBy.MANIFEST: ("path",),
    SaidBy.TABLE: ("conn_id", "table", "partition_column", "count_column"),
    SaidBy.QUERY: ("conn_id", "file"),
}
"""Who says it -> the keys that must be there."""


def expected_rows(
    keys: RowsKeys, *, drops: str, conn_id: str, folder: Path, findings: Findings
) -> ExpectedRows | None:
    """Return who says how many rows a batch should have; None where that is wrong.

    Args:
        keys: What stands under `expected.rows`.
        drops: The folder of the drops, beside which manifests lie.
        conn_id: Its connection, or empty.
        folder: The product's folder.
        findings: Where problems go.
    """
    named = [way for way in WAYS if keys.node.has(way)]
    if len(named) != 1:
        what = "names nobody" if not named else f"names {len(named)}: {', '.join(named)}"
        findings.error(keys.node.place, f"`rows` {what}", f"Name one of {', '.join(WAYS)}.")
        return None
    (way,) = named
    there = keys.node.at(way)
    absent = [key for key in NEEDED.get(way, ()) if isinstance(there.value, dict) and not there.has(key)]
    for key in absent:
        findings.error(there.place, f"`{way}.{key}` is missing")
    said = getattr(keys, way)
    if absent or said is None:
        return None
    if way is SaidBy.HISTORY:
        return ExpectedRows(said_by=way, weeks=said)
    given = {key: value for key in type(said).model_fields if key != "node" and (value := getattr(said, key))}
    if way is SaidBy.MANIFEST:
        if not drops:
            findings.error(
                there.place, "a `manifest` lies beside drops, and these are no files", "Name a `table`."
            )
        return ExpectedRows(said_by=way, folder=drops, **{"conn_id": conn_id, **given})
    if way is SaidBy.QUERY:
        file = given.pop("file", "")
        if file and not is_there(folder / file):
            findings.error(there.at("file").place, f"there is no file `{shown(file)}` beside this one")
        return ExpectedRows(said_by=way, query=file, **given)
    return ExpectedRows(said_by=way, **given)
