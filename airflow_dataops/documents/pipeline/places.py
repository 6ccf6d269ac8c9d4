"""Which keys of `source` and `target` belong together: files or a table, a folder or a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Dialect, Format, OnMissing
from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.documents.pipeline.keys import PipelineKeys, SourceKeys, TargetKeys
    from airflow_dataops.documents.yaml.findings import Findings

TABLE = re.compile(r"[^.]{1,63}")
"""A product's name that may be that of its table: without a schema."""

LONGEST_TABLE = 54
"""Bytes of the name of a table that is published to: PostgreSQL takes 63, `_versions` is put behind it."""


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
        ("folder", "path", "ready", "format", "delimiter", "quote", "header", "encoding", "paths", "wait"),
        _table,
        "has no meaning beside `table`",
    ),
    Misplaced("source", ("schema",), _table, "can't be judged beside `table`: no row leaves the database"),
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


def check_places(keys: PipelineKeys, *, name: str, findings: Findings) -> None:
    """Find keys of `source` and `target` that don't go together.

    A mapping in which a value is wrong was left out, and nothing is said about what stands beside it.

    Args:
        keys: The keys of the file.
        name: The product's name.
        findings: Where problems go.
    """
    known = {"source": keys.source, "target": keys.target}
    for rule in MISPLACED:
        owner = known[rule.owner]
        for key in rule.keys:
            if owner is not None and owner.node.has(key) and rule.when(keys):
                findings.error(owner.node.key(key), f"`{rule.owner}.{key}` {rule.why}")
    if keys.source is not None:
        _check_quote(keys.source, findings)
    if keys.source is not None and keys.source.table is not None:
        _check_table(keys, keys.source, findings)
    if keys.target is not None and _to_database(keys):
        _check_database(keys.target, name, findings)


def _check_quote(source: SourceKeys, findings: Findings) -> None:
    usual = Dialect()
    quote = usual.quote if source.quote is None else source.quote
    if quote and quote == (source.delimiter or usual.delimiter):
        key = "delimiter" if source.quote is None else "quote"
        findings.error(source.node.key(key), "`source.quote` is the delimiter as well", "Write another one.")


def _check_database(target: TargetKeys, name: str, findings: Findings) -> None:
    if not target.conn_id:
        findings.error(
            target.node.place, "`target.conn_id` is missing", "Name the Airflow connection of the database."
        )
    if not target.table and not TABLE.fullmatch(name):
        findings.error(
            target.node.place,
            "`target.table` is missing: the product's name can't be that of a table",
            "Such as `table: mart.orders`.",
        )

    named = (target.table or name).rpartition(".")[2]
    if len(named.encode()) > LONGEST_TABLE:
        findings.error(
            target.node.at("table").place,
            f"the table's name `{shown(named)}` is longer than {LONGEST_TABLE} bytes",
            "PostgreSQL takes 63, and tables beside it go on with a suffix.",
        )


def _check_table(keys: PipelineKeys, source: SourceKeys, findings: Findings) -> None:
    target = keys.target
    if not source.conn_id:
        findings.error(
            source.node.place,
            "`source.conn_id` is missing",
            "Name the Airflow connection of the database that has the table.",
        )
    elif (target is not None or not keys.node.has("target")) and (
        target is None or not _to_database(keys) or target.conn_id not in {None, source.conn_id}
    ):
        findings.error(
            keys.at("target"),
            "a table is published in its own database only, with every stage of it there",
            f"Write `target: {{type: postgres, conn_id: {source.conn_id}, table: …}}`.",
        )
    if source.on_missing == OnMissing.WAIT:
        findings.error(
            source.node.key("on_missing"),
            "a table can't be waited for",
            "Schedule the product after what fills the table, or use `on_missing: fail` with retries.",
        )
