"""One moment in the course of an incident: a line of its report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Lane(StrEnum):
    """Where a moment is drawn."""

    CHANGE = "change"
    DATA = "data"
    INCIDENT = "incident"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What happened at an instant.

    Args:
        at: When, aware.
        lane: Whether something was changed, became of data, or of the incident, or people were told or acted.
        word: It in one word, such as `landed`.
        text: It in words, without a row's value; or empty.
        who: A person, or the DAG and run that did it; or empty.
        bad: Whether it went wrong.
    """

    at: datetime
    lane: Lane
    word: str
    text: str = ""
    who: str = ""
    bad: bool = False
