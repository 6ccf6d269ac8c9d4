"""Silences: for a time, nobody is told of what matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a silence back from JSON asks for it

from airflow_dataops.core.alerts.matcher import Matcher  # noqa: TC001 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence.

    Args:
        number: What people call it, from 1; 0 until the store has given it one.
        matchers: All of them must match; one at least must not match an empty label.
        start: From when on, aware.
        end: Until when, aware.
        who: Who asked for it.
        why: The reason.
    """

    number: int = 0
    matchers: tuple[Matcher, ...]
    start: datetime
    end: datetime
    who: str
    why: str
