"""A notification as plain text, 80 columns wide; and its subject, in one line."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING

from airflow_dataops.render.alerts.said import subject as _subject
from airflow_dataops.render.alerts.said import told
from airflow_dataops.render.alerts.sections import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.render.alerts.said import Said
    from airflow_dataops.render.alerts.sections import Section

WIDTH = 80
"""Columns; a command is longer where it has to be: it is copied."""

LONGEST = 30_000
"""Characters of the whole text."""

_MARK = re.compile(r"(?:[-*+]|\d+[.)]) +")
"""What an item of a list begins with in Markdown."""

_CODE = re.compile(r"`[^`]+`")
"""Code within a line, such as a command."""

_GLUE = "\ue000"
"""What stands for a blank at which no line may be broken."""


def subject(notification: Notification) -> str:
    """Return a notification in one line, such as `[PAGE] orders 2026-03-03 is late (incident 12)`."""
    return _subject(notification)


def text(notification: Notification) -> str:
    """Return a notification as plain text; it ends with a line end."""
    its = told(notification)
    blocks = ["\n".join(_said(each)) for each in its.full]
    rest = [*its.brief, *([its.more] if its.more else [])]
    if rest:
        lines = [line for each in rest for line in _item(each)]
        blocks.append("\n".join(["Besides", *lines]))
    if its.note:
        blocks.append("\n".join(wrap(its.note, WIDTH)))
    whole = f"\n\n{'-' * WIDTH}\n\n".join(blocks) + "\n"
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST].rstrip()}\n… the rest is cut off\n"


def _said(said: Said) -> Iterator[str]:
    yield from wrap(f"{said.mark}: {said.title}", WIDTH, break_on_hyphens=False)
    yield from wrap(said.lead, WIDTH, break_on_hyphens=False)
    for section in said.sections:
        yield ""
        yield section.head
        yield from _section(section)
    if said.foot:
        yield ""
        yield from said.foot


def _section(section: Section) -> Iterator[str]:
    for line in section.lines:
        match section.style:
            case Style.LIST:
                yield from _item(line)
            case Style.CODE:
                yield f"    {line}"
            case Style.PROSE:
                yield from _prose(line)


def _item(line: str) -> list[str]:
    return wrap(line, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False) or [
        "  -"
    ]


def _prose(line: str) -> list[str]:
    """Return a line of a runbook: one that is indented, such as code, stays as it is.

    The lines of an item stand below each other, and code is never broken: who pastes half of a command into
    a shell runs something else.
    """
    if line.startswith((" ", "\t")) or not line.strip():
        return [f"  {line}".rstrip()]
    mark = _MARK.match(line)
    lines = wrap(
        _CODE.sub(lambda code: code.group().replace(" ", _GLUE), line),
        WIDTH,
        initial_indent="  ",
        subsequent_indent=" " * (2 + (len(mark.group()) if mark else 0)),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [each.replace(_GLUE, " ") for each in lines]
