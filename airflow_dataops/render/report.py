"""The report on a product: a table for people, plain JSON types for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.report import Standing, totals
from airflow_dataops.render.quantity import NOTHING, count, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.report import BrokenRule, PartitionReport

MARKS: dict[Standing, tuple[str, str]] = {
    Standing.PUBLISHED: ("✓", "green"),
    Standing.FAILED: ("✗", "red"),
    Standing.NOT_EVALUATED: ("?", "magenta"),
    Standing.DUPLICATE: ("↷", "yellow"),
    Standing.MISSING: ("∅", "yellow"),
    Standing.OPEN: ("…", "dim"),
    Standing.KEPT: ("●", "green"),
}
"""Standing -> its mark and its style; the words beside it say the same."""

WIDE = 96
"""From how many characters on there is room for the rules that were not kept."""

Row = dict[str, object]


def status(row: PartitionReport) -> str:
    """Return where a partition stands, in words."""
    match row.standing:
        case Standing.FAILED:
            return f"failed at {row.stage}"
        case Standing.NOT_EVALUATED:
            return f"no verdict at {row.stage}"
        case Standing.OPEN:
            return f"{row.stage} passed" if row.stage else "nothing yet"
        case _:
            return row.standing.value


def failed(row: PartitionReport) -> tuple[BrokenRule, ...]:
    """Return the rules that were not kept, without those that only warn."""
    return tuple(rule for rule in row.broken if rule.status is not Status.WARNING)


def reasons(row: PartitionReport) -> str:
    """Return which rules were not kept and by how many rows, the most frequent first."""
    named = (f"{rule.rule} {rule.failing or rule.observed}".rstrip() for rule in failed(row))
    same = (f"same bytes as {row.duplicate_of}",) if row.duplicate_of else ()
    return ", ".join((*same, *named))


def report_table(rows: Sequence[PartitionReport], *, width: int = WIDE) -> Table:
    """Return a table with one line for each partition and one for the totals.

    Args:
        rows: At least one.
        width: Characters that there is room for; in less than `WIDE` the rules are left out.
    """
    table = Table(
        box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False, collapse_padding=True
    )
    leading = [name for name in ("team", "dataset") if len({getattr(row.batch, name) for row in rows}) > 1]
    for name in leading:
        table.add_column(name)
    total = totals(rows)
    published = f"{total.published_partitions} of {total.partitions} published"
    table.add_column("partition", footer="total", no_wrap=True)
    table.add_column("status", footer=published, no_wrap=True)
    for name, footer in (
        ("landed", count(total.landed)),
        ("published", count(total.published)),
        ("quarantined", count(total.quarantined)),
        ("freshness", ""),
        *((("rules", ""),) if width >= WIDE else ()),
    ):
        table.add_column(name, footer=footer, justify="right", no_wrap=True)
    if width >= WIDE:
        table.add_column("rows by rule", ratio=1)
    for row in rows:
        cells = (
            *(getattr(row.batch, name) for name in leading),
            row.batch.partition,
            _marked(row),
            count(row.landed),
            count(row.published),
            count(row.quarantined),
            duration(row.freshness),
            str(len(failed(row)) or NOTHING),
            Text(reasons(row), style="dim", no_wrap=True, overflow="ellipsis"),
        )
        table.add_row(*cells[: len(table.columns)])
    return table


def _marked(row: PartitionReport) -> Text:
    mark, style = MARKS[row.standing]
    return Text(f"{mark} {status(row)}", style=style)


def report_rows(rows: Sequence[PartitionReport]) -> list[Row]:
    """Return one object of plain JSON types for each partition."""
    return [_row(row) for row in rows]


def _row(row: PartitionReport) -> Row:
    return {
        **asdict(row.batch),
        "status": row.standing.value,
        "stage": None if row.stage is None else row.stage.value,
        "landed": row.landed,
        "published": row.published,
        "version": row.version,
        "quarantined": row.quarantined,
        "unparsable": row.unparsable,
        "freshness_seconds": None if row.freshness is None else float(row.freshness),
        "duplicate_of": row.duplicate_of,
        "rules": [
            {
                "stage": rule.stage.value,
                "rule": rule.rule,
                "status": rule.status.value,
                "failing": rule.failing,
                "observed": rule.observed,
            }
            for rule in row.broken
        ],
        "quarantine": row.quarantine or None,
    }
