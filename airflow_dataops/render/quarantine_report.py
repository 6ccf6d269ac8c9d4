"""The report on a drop to whoever sent it: Markdown for people, CSV and JSON for programs; never a value."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.verdict import in_percent
from airflow_dataops.core.quarantine_report import Reply
from airflow_dataops.render.quantity import NOTHING, count, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.core.quarantine_report import BadLine, Fault, QuarantineReport

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula; a name of a file may be so."""

COLUMNS = (
    *("partner", "product", "partition", "reply", "rows", "bad_rows"),
    *(
        "stage",
        "rule",
        "column",
        "status",
        "expected",
        "observed",
        "rule_rows",
        "rule_percent",
        "first_lines",
    ),
)
"""The columns of the CSV, which has a line for each rule that was not kept."""


FOOT = (
    "A row may break several rules. A line is where a record starts in the file, whose first line is 1; of "
    "Parquet it is the number of the row. What stands in a row is not shown here."
)

SAYS: dict[Reply, str] = {
    Reply.REFUSED: "Nothing of it is accepted. Please mend it, and send all of it again.",
    Reply.DUPLICATE: "It holds the same bytes as an earlier drop, so nothing of it is taken again.",
    Reply.MISSING: "No drop has arrived.",
    Reply.NOT_JUDGED: "Nothing of it was judged yet, for reasons that are not the drop's.",
}
"""What became of a drop, where none of its rows is accepted -> what is said of it."""


def markdown(report: QuarantineReport) -> str:
    """Return the report as Markdown."""
    lines = [
        f"# {_plain(report.batch.product)} {_plain(report.batch.partition)}: {report.reply.value}",
        "",
        _sentence(report),
        *([""] if report.reasons else []),
        *(f"- {_plain(reason)}" for reason in report.reasons),
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {_cell(value)} |" for name, value in _facts(report)),
    ]
    if report.faults:
        lines += [
            "",
            "| rule | column | expected | found | rows | share | first lines |",
            "|---|---|---|---|--:|--:|---|",
            *(f"| {' | '.join(map(_cell, _row(fault, report)))} |" for fault in report.faults),
            "",
            FOOT,
        ]
    return "\n".join(lines) + "\n"


def csv_text(report: QuarantineReport) -> str:
    """Return the report as CSV: a line for each rule that was not kept, beside the header."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for fault in report.faults:
        cells = (
            report.partner,
            report.batch.product,
            report.batch.partition,
            report.reply.value,
            report.rows,
            report.bad,
            fault.stage.value,
            fault.rule,
            fault.column,
            "warning" if fault.warns else "failed",
            fault.expected,
            fault.observed,
            fault.rows or None,
            None if fault.percent is None else f"{float(fault.percent):.6g}",
            " ".join(_lines(fault.lines, report)),
        )
        writer.writerow([_harmless(cell) for cell in cells])
    return stream.getvalue()


def json_text(report: QuarantineReport) -> str:
    """Return the report as a JSON object."""
    batch = report.batch
    document: dict[str, Any] = {
        "partner": report.partner,
        "product": batch.product,
        "dataset": batch.dataset,
        "partition": batch.partition,
        "contract": report.contract or None,
        "reply": report.reply.value,
        "all_well": report.all_well,
        "reasons": report.reasons,
        "files": report.files,
        "due_at": report.due_at and report.due_at.isoformat(),
        "arrived_at": report.arrived_at and report.arrived_at.isoformat(),
        "late_seconds": report.late,
        "rows": report.rows,
        "bad_rows": report.bad,
        "unparsable": report.unparsable,
        "rules": [
            {
                "stage": fault.stage.value,
                "rule": fault.rule,
                "column": fault.column or None,
                "status": "warning" if fault.warns else "failed",
                "expected": fault.expected,
                "observed": fault.observed,
                "rows": fault.rows,
                "percent": None if fault.percent is None else float(fault.percent),
                "first_lines": [{"file": line.file, "line": line.line} for line in fault.lines],
            }
            for fault in report.faults
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _sentence(report: QuarantineReport) -> str:
    rows, bad = count(report.rows), count(report.bad)
    if report.reply is not Reply.ACCEPTED:
        return SAYS[report.reply]
    if report.bad:
        return f"{bad} of {rows} rows are left out, for they break rules below; the others are accepted."
    return (
        f"All {rows} rows are accepted, with the remarks below."
        if report.faults
        else (f"All well: all {rows} rows are accepted.")
    )


def _facts(report: QuarantineReport) -> Iterator[tuple[str, str]]:
    yield "partner", report.partner
    yield "partition", report.batch.partition
    if report.contract:
        yield "contract", report.contract
    if report.files:
        yield "files", ", ".join(report.files)
    if report.due_at is not None:
        yield "due", f"{report.due_at:%F %T %Z}"
    if report.arrived_at is not None:
        late = "" if report.late is None or report.late <= 0 else f", {duration(report.late)} late"
        yield "arrived", f"{report.arrived_at:%F %T %Z}{late}"
    if report.rows is not None:
        yield "rows", count(report.rows)
        yield "bad rows", _share(report.bad or 0, report.rows)
        yield "lines that are no record", count(report.unparsable)


def _share(bad: int, rows: int) -> str:
    return f"{count(bad)} ({100 * bad / rows:.2f} %)" if bad else count(bad)


def _row(fault: Fault, report: QuarantineReport) -> tuple[str, ...]:
    return (
        f"`{fault.rule}`{' (a warning)' if fault.warns else ''}",
        fault.column or NOTHING,
        fault.expected,
        fault.observed,
        count(fault.rows or None),
        NOTHING if fault.percent is None else in_percent(fault.percent),
        ", ".join(_lines(fault.lines, report)) or NOTHING,
    )


def _lines(lines: Sequence[BadLine], report: QuarantineReport) -> Iterator[str]:
    """Yield where records are: the line, and before it the file, where the drop has several."""
    for line in lines:
        yield str(line.line) if len(report.files) < 2 else f"{line.file}:{line.line}"


def _plain(text: str) -> str:
    """Return a text as one line of Markdown that means nothing else."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|" else char for char in flat)


def _cell(text: str) -> str:
    """Return a text as a cell of a table of Markdown."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
