"""Runbooks that the files of a product name -> what they say now. A file lies beside who names it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.documents.yaml.findings import split_place
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.text import read_text
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.core.slo.objective import Objective

LARGEST = 64 * 1024
"""Bytes of a file: it is kept with what the product declares, and ends up in a message."""

LINK = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""How what is no file begins."""

Named = tuple[str, str, str]
"""What a runbook is for, where it is, and file:line:column of who says so."""


def runbooks(
    contract: Contract | None, objectives: Iterable[Objective]
) -> tuple[tuple[Runbook, ...], tuple[Problem, ...]]:
    """Return the runbooks of a product, and what is wrong with them.

    One that can't be read is returned with no text: where it should be is better than nothing.

    Args:
        contract: What the product promises; or None.
        objectives: Its objectives; each that has no runbook of its own has the contract's.
    """
    found: dict[str, Runbook] = {}
    problems: list[Problem] = []
    read: dict[tuple[str, Path], str] = {}
    for of, at, place in named(contract, objectives):
        where = (at, folder_of(place))
        if where not in read:
            read[where], faults = said(at, place)
            problems.extend(faults)
        found.setdefault(of, Runbook(of=of, at=at, text=read[where]))
    return tuple(found.values()), tuple(problems)


def named(contract: Contract | None, objectives: Iterable[Objective]) -> Iterator[Named]:
    """Yield what names a runbook: the product as a whole, its objectives, its rules."""
    if contract is not None and contract.runbook:
        yield "", contract.runbook, contract.runbook_place or contract.place
    for objective in objectives:
        if objective.runbook:
            yield objective.name, objective.runbook, objective.place
    for dataset in contract.datasets if contract is not None else ():
        for rule in (*dataset.rules, *(rule for column in dataset.columns for rule in column.rules)):
            if rule.runbook:
                yield rule.id, rule.runbook, rule.place


def files_of(contract: Contract | None, objectives: Iterable[Objective]) -> tuple[Path, ...]:
    """Return the files that hold runbooks, each once."""
    found = (file_of(at, place) for _, at, place in named(contract, objectives) if not SCHEME.match(at))
    return tuple(dict.fromkeys(file for file in found if isinstance(file, Path)))


def said(at: str, place: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the text of a runbook, empty for a link, and what is wrong with it.

    Args:
        at: A link, or a file.
        place: Who names it, as file:line:column.
    """
    if LINK.fullmatch(at):
        return "", ()
    if SCHEME.match(at):
        what = f"`{shown(at)}` is no link that everybody can follow"
        return "", (Problem(place, what, "Write https://…, or name a file beside this one."),)
    file = file_of(at, place)
    if isinstance(file, Problem):
        return "", (file,)
    try:
        text = read_text(file)
    except DocumentError as error:
        why = error.problems[0].what
        return "", (Problem(place, f"the runbook {file} can't be used: {why}", "Write it, or name another."),)
    size = len(text.encode())
    if size > LARGEST:
        what = f"the runbook {file} has {size} bytes, {LARGEST} are allowed"
        return "", (Problem(place, what, "Link to what is longer."),)
    return text, tuple(_faults(text, file))


def file_of(at: str, place: str) -> Path | Problem:
    """Return the file of a runbook, or that it is none of those which are versioned with the product."""
    folder = folder_of(place)
    file = folder / at
    outside = Problem(
        place,
        f"the runbook `{shown(at)}` lies outside of {folder}",
        "Put it beside this file, or below: it is versioned with the product.",
    )
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # no file can have this name, or links lead in a circle
        return Problem(place, f"no file can be called `{shown(at)}`", "Name one beside this file.")
    return file if inside else outside


def folder_of(place: str) -> Path:
    """Return the folder of the file in which something stands."""
    return Path(split_place(place)[0]).parent


def _faults(text: str, file: Path) -> Iterator[Problem]:
    if "{" not in text:
        return
    # Most runbooks are plain, and Jinja takes as long to load as a product to read.
    from airflow_dataops.documents.runbooks.language import faults  # noqa: PLC0415

    for line, what, hint in faults(text):
        yield Problem(f"{file}:{line}:1", what, hint)
