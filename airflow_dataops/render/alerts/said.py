"""What a notification says, in words: each format sets the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.legible import cut, legible, short
from airflow_dataops.render.exact import factor, percent
from airflow_dataops.render.quantity import count, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.message import Downstream, Left, Message
    from airflow_dataops.core.alerts.notification import Notification
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

FULL = 3
"""Incidents of a group that are told in full."""

BRIEF = 15
"""Incidents that are told in one line each, after those."""

AGAIN = "This may have reached you before: it was sent again since it wasn't known whether it had arrived."


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one incident. All texts are legible, and none is too long.

    Args:
        mark: `PAGE`, `TICKET` or `RESOLVED`.
        title: It in one line.
        lead: Which incident it is, whose, since when.
        sections: What there is to be said, the most urgent first.
        foot: Who answers for it, and how to take it; or empty.
        over: Whether it is over.
        page: Whether it is to wake a person.
    """

    mark: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    over: bool
    page: bool

    @property
    def brief(self) -> str:
        """It in one line."""
        return f"{self.mark} {self.title}. {self.lead}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a notification says.

    Args:
        subject: It in one line.
        full: Incidents that are told in full.
        brief: Those that are told in one line each.
        more: How many there are besides.
        note: What is to be known of the notification itself; or empty.
    """

    subject: str
    full: tuple[Said, ...]
    brief: tuple[str, ...]
    more: int
    note: str


def told(notification: Notification) -> Told:
    """Return what a notification says, in words."""
    messages, at = notification.messages, notification.decided
    rest = messages[FULL : FULL + BRIEF]
    return Told(
        subject=subject(notification),
        full=tuple(said(message, at=at) for message in messages[:FULL]),
        brief=tuple(said(message, at=at).brief for message in rest),
        more=max(len(messages) - FULL - BRIEF, 0),
        note=AGAIN if notification.again else "",
    )


def subject(notification: Notification) -> str:
    """Return a notification in one line, such as `[PAGE] orders 2026-03-03 is late (incident 12)`."""
    words = {Event.RESOLVE: "RESOLVED"}.get(notification.event, notification.urgency.value.upper())
    update = ", update" if notification.event is Event.UPDATE else ""
    if not notification.messages:
        return f"[{words}{update}] {legible(notification.key)}"
    first, more = notification.messages[0], len(notification.messages) - 1
    environment = dict(first.labels).get("environment", "")
    where = f" {short(environment, 30)}" if environment else ""
    number = f" (incident {first.number})" if first.number else ""
    besides = f", and {more} more incident{'s' if more > 1 else ''}" if more else ""
    return f"[{words}{update}{where}] {short(first.title, 150)}{number}{besides}"


def said(message: Message, *, at: datetime) -> Said:
    """Return what is said of one incident.

    Args:
        message: What there is to be said.
        at: The instant, by which it is told how long it has been, aware.
    """
    over = message.phase is Phase.RESOLVED
    return Said(
        mark="RESOLVED" if over else message.urgency.value.upper(),
        title=short(message.title, LINE),
        lead=_lead(message, at=at),
        sections=tuple(_over(message) if over else _open(message)),
        foot=tuple(_foot(message)),
        over=over,
        page=message.urgency is Urgency.PAGE and not over,
    )


def _lead(message: Message, *, at: datetime) -> str:
    number = f"Incident {message.number}" if message.number else "A new incident"
    whose = f" of team {_name(message.where.team)}" if message.where.team else ""
    if message.resolved is not None:
        lasted = duration((message.resolved - message.began).total_seconds())
        return (
            f"{number}{whose}: it lasted {lasted}, from {_when(message.began)} to {_when(message.resolved)}."
        )
    since = duration((at - message.began).total_seconds())
    taken = "" if message.phase is Phase.OPEN else f" It is {message.phase.value}."
    return f"{number}{whose}: wrong since {_when(message.began)}, for {since} now.{taken}"


def _open(message: Message) -> Iterator[Section]:
    yield from _section("What is wrong", message.what)
    yield from _section("Rules that are not kept", _broken(message.broken), more=message.more_broken)
    yield from _section("Who reads it", _readers(message), more=message.more_downstream)
    yield from _section("Error budgets", _left(message.left))
    yield from _section("Suspected cause", message.causes)
    yield from _section("Run next", _commands(message), style=Style.CODE)
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


def _commands(message: Message) -> list[str]:
    return [command for command in message.commands if command]


def _broken(broken: Sequence[Broken]) -> list[str]:
    return [f"{_name(each.rule)}{_counts(each)}" for each in broken]


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
    name = _name(of.product) + (f" (team {_name(of.team)})" if of.team not in {"", own} else "")
    wrong = f"; wrong already: {short(of.wrong, NAME)}" if of.wrong else ""
    return f"{name}: {_next(of)}{wrong}"


def _next(of: Downstream) -> str:
    if of.minutes is None:
        return "waits for it" if of.waits else "when it runs next isn't known"
    span = f"{of.minutes} min" if of.minutes < 60 else duration(of.minutes * 60)
    return f"waits for it; its next is due in {span}" if of.waits else f"runs next in {span}"


def _left(left: Sequence[Left]) -> list[str]:
    return [f"{_name(each.slo)}: {_budget(each)}" for each in left]


def _budget(left: Left) -> str:
    burn = f", burns {factor(left.burn)} as fast as it may" if left.burn is not None else ""
    if left.remaining is None:
        return f"no budget{burn}"
    over = " (overdrawn)" if left.remaining < 0 else ""
    return f"{percent(left.remaining, digits=1)} left{over}{burn}"


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


def _foot(message: Message) -> Iterator[str]:
    if message.owner:
        yield f"Answers for it: {_name(message.owner)}"
    if message.contract:
        yield f"Contract: {_name(message.contract)}"
    if message.phase is Phase.OPEN and message.number:
        yield f"To take it: airflow dataops alert ack {message.number}"


def _name(text: str) -> str:
    return short(text, NAME)


def _when(at: datetime) -> str:
    return f"{at:%F %H:%M %Z}"
