"""How problems in files are printed: as lines, as JSON, for JUnit's readers, as annotations for GitHub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.core.legible import legible

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.lint.report import Report
    from airflow_dataops.errors import Problem

SEVERITIES = ("error", "warning")


def as_text(report: Report) -> str:
    """Return lines for people."""
    lines = [f"{problem.place}: {severity}: {sentence(problem)}" for severity, problem in report.lines]
    return legible("\n".join([*lines, report.summary, ""]))


def as_json(report: Report) -> str:
    """Return one JSON document."""
    problems = [
        dict(zip(("file", "line", "column"), located(problem), strict=True))
        | {"severity": severity, "message": problem.what, "hint": problem.hint}
        for severity, problem in report.lines
    ]
    counts = {
        "files": len(report.files),
        "errors": sum(problem["severity"] == "error" for problem in problems),
        "warnings": sum(problem["severity"] == "warning" for problem in problems),
    }
    return json.dumps({"problems": problems, "summary": counts}, ensure_ascii=False, indent=2) + "\n"


def as_junit(report: Report) -> str:
    """Return JUnit's XML: a case for each file, which fails by its errors; warnings are its output."""
    from airflow_dataops.render.junit import Case, junit

    of_files: dict[str, list[tuple[str, Problem]]] = {file: [] for file in report.files}
    for severity, problem in report.lines:
        of_files.setdefault(located(problem)[0], []).append((severity, problem))
    unreadable = {located(problem)[0] for problem in report.unreadable}
    cases = [
        Case(
            name=file,
            group="lint",
            verdict="passed" if not told["error"] else "error" if file in unreadable else "failed",
            message="\n".join(told["error"]),
            output="\n".join(told["warning"]),
        )
        for file, told in (
            (file, {word: [_line(one) for kind, one in found if kind == word] for word in SEVERITIES})
            for file, found in of_files.items()
        )
    ]
    return junit("airflow-dataops lint", cases)


def as_github(report: Report) -> str:
    """Return annotations for GitHub, and a line with the counts."""
    lines = [annotation(severity, problem.place, sentence(problem)) for severity, problem in report.lines]
    return "\n".join([*lines, report.summary, ""])


def annotation(severity: str, place: str, message: str) -> str:
    """Return an annotation (GitHub, "Workflow commands").

    Args:
        severity: error or warning.
        place: file:line:column, as far as it is known.
        message: What there is to say.
    """
    from airflow_dataops.documents.yaml.findings import split_place

    file, line, column = split_place(place)
    where = f"file={escaped(file, ':,')}" + (f",line={line},col={column}" if line else "")
    return f"::{severity} {where}::{escaped(message)}"


def _line(problem: Problem) -> str:
    return f"{problem.place}: {sentence(problem)}"


def sentence(problem: Problem) -> str:
    """Return a problem without its place, on one line."""
    return " ".join(f"{problem.what}.{' ' + problem.hint if problem.hint else ''}".split())


def located(problem: Problem) -> tuple[str, int, int]:
    """Return file, line and column of a problem; 0 for what is not known."""
    from airflow_dataops.documents.yaml.findings import split_place

    return split_place(problem.place)


def escaped(text: str, also: str = "") -> str:
    """Return a text as an annotation holds it."""
    return "".join(f"%{ord(sign):02X}" if sign in f"%\r\n{also}" else sign for sign in text)


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "github": as_github,
}
