"""A notification as blocks of Slack's Block Kit."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from airflow_dataops.render.alerts.legible import cut
from airflow_dataops.render.alerts.said import told
from airflow_dataops.render.alerts.sections import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.render.alerts.said import Said
    from airflow_dataops.render.alerts.sections import Section

BLOCKS = 50
"""Blocks of one message at most (Slack, Block Kit: "up to 50 blocks in each message")."""

SECTION = 3000
"""Characters of the text of a section at most (Slack, Block Kit: section)."""

HEADER = 150
"""Characters of a header at most (Slack, Block Kit: header)."""

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""The three characters that Slack asks to have escaped; then no name mentions anybody."""

MARKS = str.maketrans({"*": "∗", "_": "_\N{ZERO WIDTH NON-JOINER}", "~": "∼", "`": "'"})  # noqa: RUF001
"""Characters that set what they stand around in another type -> what looks like them and doesn't."""

FENCE = "```"
"""What stands before and after a block of code."""

EMOJI = {"PAGE": ":rotating_light:", "TICKET": ":ticket:", "RESOLVED": ":white_check_mark:"}

Block = dict[str, object]


def blocks(notification: Notification) -> list[Block]:
    """Return a notification as blocks: at most 50, none longer than Slack takes."""
    its = told(notification)
    found: list[Block] = []
    for at, each in enumerate(its.full):
        if at:
            found.append({"type": "divider"})
        found += _said(each)
    rest = [*its.brief, *([its.more] if its.more else [])]
    if rest:
        found += [{"type": "divider"}, _mrkdwn("\n".join(f"• {_plain(line)}" for line in rest))]
    if its.note:
        found.append(_context([its.note]))
    if len(found) > BLOCKS:
        found[BLOCKS - 1 :] = [_context(["The rest is cut off."])]
    return found


def _said(said: Said) -> Iterator[Block]:
    title = cut(f"{EMOJI[said.mark]} {said.title}", HEADER)
    yield {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}}
    yield _mrkdwn(f"*{said.mark}*  {_lead(said)}")
    yield from map(_section, said.sections)
    if said.foot:
        yield _context(said.foot)


def _lead(said: Said) -> str:
    """Return the lead with its instants by each reader's own clock as well."""
    lead = _plain(said.lead)
    for words, at in said.times.items():
        utc = f"{at.astimezone(UTC):%F %H:%M} UTC"
        mine = f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}, your time|{utc}>"
        lead = lead.replace(_plain(words), f"{utc} ({mine})")
    return lead


def _section(section: Section) -> Block:
    head = f"*{_plain(section.head)}*\n"
    match section.style:
        case Style.LIST:
            body = "\n".join(f"• {_plain(line)}" for line in section.lines)
        case Style.CODE:
            code = _cut("\n".join(map(_code, section.lines)), SECTION - len(head) - 2 * len(FENCE))
            body = f"{FENCE}{code}{FENCE}"
        case Style.PROSE:
            body = "\n".join(f"> {_plain(line)}" for line in section.lines)
    return _mrkdwn(head + body)


def _mrkdwn(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, SECTION), "verbatim": True}}


def _context(lines: Iterable[str]) -> Block:
    text = "  ·  ".join(lines)
    return {
        "type": "context",
        "elements": [{"type": "plain_text", "text": cut(text, SECTION), "emoji": False}],
    }


def _cut(text: str, longest: int) -> str:
    """Return a text of so many characters at most, never cut within an escape such as `&amp;`."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    start = kept.rfind("&")
    if start >= 0 and ";" not in kept[start:]:
        kept = kept[:start]
    return f"{kept.rstrip()}…"


def _plain(text: str) -> str:
    """Return a text of which nothing is set in another type, and that mentions nobody."""
    return text.translate(ESCAPES).translate(MARKS)


def _code(text: str) -> str:
    """Return a text within a block of code: it can be copied as it is, so only the fence is taken out."""
    return text.translate(ESCAPES).replace(FENCE, "'''")
