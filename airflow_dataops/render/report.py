"""The report on a product: a table for people, plain JSON types for programs."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import shorten
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.checks.verdict import Status, in_percent
from airflow_dataops.core.report import Standing, last_runs, totals
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

MOST_RULES = 20
"""Rules of one run that are listed; JSON has all of them."""

LONGEST = 200
"""Characters of what was found that are shown; JSON has all of them."""

STYLES: dict[Status, str] = {Status.FAILED: "red", Status.ERROR: "magenta", Status.WARNING: "yellow"}
"""Status of a rule that is not kept -> its style."""

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
    """Return which rules were not kept, by how many rows and in how many runs, the most frequent first.

    Behind them are those that only warn, and those that are kept again.
    """
    same = (f"same bytes as {row.duplicate_of}",) if row.duplicate_of else ()
    warning = [rule.rule for rule in row.broken if rule.status is Status.WARNING]
    warned = (f"warned by {', '.join(warning)}",) if warning else ()
    mended = [rule.rule for rule in row.mended]
    again = (f"mended {', '.join(mended)}",) if mended else ()
    return "; ".join(filter(None, (*same, ", ".join(map(_named, failed(row))), *warned, *again)))


def _named(rule: BrokenRule) -> str:
    what = f"{rule.rule} {rule.failing or rule.observed}".rstrip()
    if rule.streak is None:
        return what
    return f"{what} ({rule.streak if rule.streak.runs == 1 else f'{rule.streak.runs} runs'})"


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
    here, there = total.partitions - total.judged_partitions, total.judged_partitions
    told = (f"{total.published_partitions} of {here} published", f"{total.kept_partitions} of {there} kept")
    table.add_column("partition", footer="total", no_wrap=True)
    footer = "\n".join(one for one, of in zip(told, (here, there), strict=True) if of)
    table.add_column("status", footer=footer, no_wrap=True)
    for name, footer in (
        *((("judged", count(total.judged)),) if there else ()),
        *((("landed", count(total.landed)), ("published", count(total.published))) if here else ()),
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
            *((count(row.judged),) if there else ()),
            *((count(row.landed), count(row.published)) if here else ()),
            count(row.quarantined),
            duration(row.freshness),
            str(len(failed(row)) or NOTHING),
            Text(reasons(row), style="dim", overflow="fold"),
        )
        table.add_row(*cells[: len(table.columns)])
    return table


def rules_table(rows: Sequence[PartitionReport]) -> Table | None:
    """Return a table of the rules that the last run of each dataset didn't keep, and of those it kept again.

    Args:
        rows: Those of a product.

    Returns:
        The table; None where there is no such rule.
    """
    last = last_runs(rows)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    leading = [name for name in ("team", "dataset") if len({getattr(row.batch, name) for row in rows}) > 1]
    for name in (*leading, "last run"):
        table.add_column(name, no_wrap=True)
    table.add_column("rule", no_wrap=True)
    table.add_column("found", overflow="fold")
    table.add_column("stage", no_wrap=True)
    table.add_column("for how long", no_wrap=True)
    for row in last:
        cells = (*(getattr(row.batch, name) for name in leading), row.batch.partition)
        for rule in row.broken[:MOST_RULES]:
            text = Text("" if rule.streak is None else str(rule.streak), style=STYLES[rule.status])
            table.add_row(*cells, Text(rule.rule), Text(_found(rule)), rule.stage.value, text)
        if len(row.broken) > MOST_RULES:
            table.add_row(*cells, f"… and {len(row.broken) - MOST_RULES} more")
        for mended in row.mended[:MOST_RULES]:
            text = Text(str(mended.streak), style="green")
            table.add_row(*cells, Text(mended.rule), "kept", mended.stage.value, text)
    return table if table.row_count else None


def _found(rule: BrokenRule) -> str:
    if not rule.failing:
        return shorten(rule.observed, LONGEST, placeholder=" …")
    share = "" if rule.percent is None else f", {in_percent(rule.percent)}"
    return f"{count(rule.failing)} row{'' if rule.failing == 1 else 's'}{share}"


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
        "judged": row.judged,
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
                "percent": None if rule.percent is None else float(rule.percent),
                "runs": None if rule.streak is None else rule.streak.runs,
            }
            for rule in row.broken
        ],
        "mended": [
            {"stage": rule.stage.value, "rule": rule.rule, "runs": rule.streak.runs} for rule in row.mended
        ],
        "quarantine": row.quarantine or None,
    }
