"""The sections of what is said of an incident, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.commands import in_turn, taking
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.render.alerts.legible import cut, legible, short
from airflow_dataops.render.exact import factor, percent
from airflow_dataops.render.quantity import count, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.core.alerts.message import Downstream, Left, Message
    from airflow_dataops.core.alerts.signal import Broken

LISTED = 8
"""Lines of a list that are told."""

LINE = 300
"""Characters of a line."""

NAME = 120
"""Characters of a name."""

COMMAND = 1000
"""Characters of a command: it must be whole to be of use."""

RUNBOOK = 2500
"""Characters of a runbook in a message; a receiver who needs more finds it in its file."""


class Style(StrEnum):
    """How a section is set."""

    LIST = "list"
    CODE = "code"
    PROSE = "prose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a message.

    Args:
        head: Its headline.
        lines: Its lines; at least one.
        style: How they are set.
    """

    head: str
    lines: tuple[str, ...]
    style: Style = Style.LIST


def sections(message: Message) -> tuple[Section, ...]:
    """Return what there is to be said of an incident: facts first, then what to do, the longest last."""
    return tuple(_over(message) if message.phase is Phase.RESOLVED else _open(message))


def _open(message: Message) -> Iterator[Section]:
    yield from _section("What is wrong", message.what)
    yield from _section("Rules that are not kept", _broken(message.broken), more=message.more_broken)
    yield from _section("Who reads it", _readers(message), more=message.more_downstream)
    yield from _section("Error budgets", _left(message.left))
    yield from _section("Suspected cause", message.causes)
    yield from _next_commands(message)
    yield from _section("Take it in hand", [*taking(message.number, message.phase)], style=Style.CODE)
    yield from _section("Bad rows are in", [message.quarantine][: bool(message.quarantine)], style=Style.CODE)
    yield from _runbook(message)


def _over(message: Message) -> Iterator[Section]:
    yield from _section("What was wrong", message.what)
    yield from _section("Error budgets", _left(message.left))
    yield from _section("More about it", _commands(message), style=Style.CODE)


def _section(
    head: str, lines: Sequence[str], *, style: Style = Style.LIST, more: int = 0
) -> Iterator[Section]:
    """Yield a section, cut to what a person reads."""
    longest = COMMAND if style is Style.CODE else LINE
    shown = [short(line, longest) for line in lines[:LISTED]]
    more += max(len(lines) - LISTED, 0)
    if more:
        shown.append(f"… and {more:,} more")
    if shown:
        yield Section(head=head, lines=tuple(shown), style=style)


def _next_commands(message: Message) -> Iterator[Section]:
    """Yield what to run next; what runs it again stands by itself, below what must be so before."""
    first, later = in_turn(message.commands, message.once)
    for head, commands in (("Run next", first), (f"Then, {message.once}", later)):
        yield from _section(head, [each for each in commands if each], style=Style.CODE)


def _commands(message: Message) -> list[str]:
    return [command for command in message.commands if command]


def _broken(broken: Sequence[Broken]) -> list[str]:
    return [f"{name(each.rule)}{_counts(each)}" for each in broken]


def _counts(broken: Broken) -> str:
    if not broken.failing:
        return ""
    if not broken.checked:
        return f": {count(broken.failing)} rows"
    return f": {count(broken.failing)} of {count(broken.checked)} rows"


def _readers(message: Message) -> list[str]:
    own = message.where.team
    return [_reader(each, own) for each in message.downstream]


def _reader(of: Downstream, own: str) -> str:
    who = name(of.product) + (f" (team {name(of.team)})" if of.team not in {"", own} else "")
    wrong = f"; wrong already: {short(of.wrong, NAME)}" if of.wrong else ""
    return f"{who}: {_next(of)}{wrong}"


def _next(of: Downstream) -> str:
    if of.minutes is None:
        return "waits for it" if of.waits else "when it runs next isn't known"
    span = f"{of.minutes} min" if of.minutes < 60 else duration(of.minutes * 60)
    return f"waits for it; its next is due in {span}" if of.waits else f"runs next in {span}"


def _left(left: Sequence[Left]) -> list[str]:
    return [f"{name(each.slo)}: {_budget(each)}" for each in left]


def _budget(left: Left) -> str:
    burn = f", burns {factor(left.burn)} as fast as it may" if left.burn is not None else ""
    if left.remaining is None:
        return f"no budget{burn}"
    if left.remaining < 0:
        return f"overdrawn by {percent(left.remaining, digits=1).removeprefix('-')}{burn}"
    return f"{percent(left.remaining, digits=1)} left{burn}"


def _runbook(message: Message) -> Iterator[Section]:
    book = message.runbook
    if book is None:
        return
    if not book.text:
        yield Section(head="Runbook", lines=(short(book.at, COMMAND),), style=Style.PROSE)
        return
    text = book.text.strip()
    lines = [legible(line.rstrip()) for line in cut(text, RUNBOOK).splitlines()]
    if len(text) > RUNBOOK:
        lines.append(f"… the rest is in {short(book.at, NAME)}")
    yield Section(head=f"Runbook ({short(book.at, NAME)})", lines=tuple(lines), style=Style.PROSE)


def name(text: str) -> str:
    """Return a name that is legible and not too long."""
    return short(text, NAME)
