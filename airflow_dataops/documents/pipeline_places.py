"""Which keys of `source` and `target` belong together: files or a table, a folder or a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format, OnMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.documents.findings import Findings
    from airflow_dataops.documents.node import Node
    from airflow_dataops.documents.pipeline_keys import PipelineKeys


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Keys that have no meaning in some files.

    Args:
        owner: `source` or `target`.
        keys: The keys.
        when: Whether they are out of place.
        why: What is said of them, after the key.
    """

    owner: str
    keys: tuple[str, ...]
    when: Callable[[PipelineKeys], bool]
    why: str


def _table(keys: PipelineKeys) -> bool:
    return keys.source is not None and keys.source.table is not None


def _format(keys: PipelineKeys) -> Format:
    given = keys.source.format if keys.source is not None else None
    return Format(given or Format.CSV)


def _to_database(keys: PipelineKeys) -> bool:
    return keys.target is not None and keys.target.type == "postgres"


MISPLACED = (
    Misplaced(
        "source",
        ("folder", "path", "format", "delimiter", "quote", "header", "encoding", "paths", "wait"),
        _table,
        "has no meaning beside `table`",
    ),
    Misplaced(
        "source", ("partition_column",), lambda keys: not _table(keys), "has no meaning without `table`"
    ),
    Misplaced(
        "source",
        ("delimiter", "quote", "header"),
        lambda keys: not _table(keys) and _format(keys) is not Format.CSV,
        "has a meaning with `format: csv` alone",
    ),
    Misplaced(
        "source",
        ("paths",),
        lambda keys: not _table(keys) and _format(keys) is not Format.JSON_LINES,
        "has a meaning with `format: jsonl` alone",
    ),
    Misplaced(
        "source",
        ("encoding",),
        lambda keys: not _table(keys) and _format(keys) is Format.PARQUET,
        "has no meaning with `format: parquet`",
    ),
    Misplaced("target", ("path",), _to_database, "has no meaning with `type: postgres`: write `table`"),
    Misplaced(
        "target",
        ("conn_id", "table"),
        lambda keys: not _to_database(keys),
        "has a meaning with `type: postgres` alone",
    ),
)
"""Keys that would be passed over in silence."""


def check_places(keys: PipelineKeys, *, findings: Findings) -> None:
    """Find keys of `source` and `target` that don't go together."""
    root = keys.node
    for rule in MISPLACED:
        owner = root.at(rule.owner)
        for key in rule.keys:
            if root.has(rule.owner) and isinstance(owner.value, dict) and owner.has(key) and rule.when(keys):
                findings.error(owner.key(key), f"`{rule.owner}.{key}` {rule.why}")
    if _to_database(keys) and keys.target is not None and not keys.target.conn_id:
        findings.error(
            root.at("target").place,
            "`target.conn_id` is missing",
            "Name the Airflow connection of the database.",
        )
    if _table(keys):
        _check_table(keys, root, findings)
    source = keys.source
    if source is not None and source.delimiter and source.delimiter == source.quote:
        findings.error(source.node.key("quote"), "`source.quote` is the delimiter as well")


def _check_table(keys: PipelineKeys, root: Node, findings: Findings) -> None:
    source, target = keys.source, keys.target
    if source is None:
        return
    if not source.conn_id:
        findings.error(
            source.node.place,
            "`source.conn_id` is missing",
            "Name the Airflow connection of the database that has the table.",
        )
    elif target is None or not _to_database(keys) or target.conn_id != source.conn_id:
        findings.error(
            root.at("target").place,
            "a table is published in its own database only, with every stage of it there",
            f"Write `target: {{type: postgres, conn_id: {source.conn_id}, table: …}}`.",
        )
    if source.on_missing == OnMissing.WAIT:
        findings.error(
            source.node.key("on_missing"),
            "a table can't be waited for",
            "Schedule the product after what fills the table, or use `on_missing: fail` with retries.",
        )
