"""What people type, as values: numbers, times, reasons, labels. What can't be meant is refused by name."""

from __future__ import annotations

import getpass
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.alerts.labels import ALERTNAME, NAMES
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.possible import FEW, first_impossible, values_hint
from airflow_dataops.core.retention import FORMS, cutoff
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.alerts.legible import legible, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.core.alerts.matcher import Matcher

NUMBER = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)

LONGEST_TEXT = 1000
"""Characters of a reason, or of a name."""

SHOWN = 60
"""Characters of what was typed that are said again."""

LENGTH = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?", re.ASCII)


@contextmanager
def meant() -> Iterator[None]:
    """Have what can't be meant end as a wrong call does.

    Raises:
        WrongCallError: For a SettingsError within.
    """
    try:
        yield
    except SettingsError as error:
        raise WrongCallError(error.what, where=error.where, hint=error.hint) from None


def number(text: str, *, of: str) -> int:
    """Return the number of an incident or a silence.

    Raises:
        WrongCallError: If it is none.
    """
    if not NUMBER.fullmatch(text):
        hint = "`airflow dataops alert list` shows the numbers."
        raise WrongCallError(f"`{short(text, SHOWN)}` is no number of {of}", hint=hint)
    return int(text)


def since(text: str, *, now: datetime) -> datetime:
    """Return the instant from which on something is looked at.

    Raises:
        WrongCallError: If it is no time, or to come.
    """
    try:
        return cutoff(text, now=now)
    except SettingsError as error:
        to_come = "in the future" in error.what
        what = f"`{short(text, SHOWN)}` is {'in the future' if to_come else 'no time'}"
        raise WrongCallError(what, where="--since", hint=FORMS) from None


def instant(text: str, *, option: str) -> datetime:
    """Return an instant that is said with its zone, such as `2026-03-01T22:00+01:00`.

    Raises:
        WrongCallError: If it is none, or says no zone.
    """
    hint = "Such as 2026-03-01T22:00+01:00, or 2026-03-01T21:00Z."
    try:
        found = datetime.fromisoformat(text)
        if found.utcoffset() is not None:
            return found.astimezone(UTC)
        what = "says no time zone"
    except (ValueError, OverflowError):
        what = "is no instant"
    raise WrongCallError(f"`{short(text, SHOWN)}` {what}", where=option, hint=hint)


def length(text: str, *, option: str) -> timedelta:
    """Return a length of time, such as `2h`, `1d12h` or `90m`.

    Raises:
        WrongCallError: If it is none, or nothing.
    """
    found = LENGTH.fullmatch(text) if text else None
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    whole = timedelta(days=days, hours=hours, minutes=minutes)
    if not whole:
        hint = "Such as 2h, 90m or 1d12h."
        raise WrongCallError(f"`{short(text, SHOWN)}` is no length of time", where=option, hint=hint)
    return whole


def later(start: datetime, by: timedelta, *, option: str) -> datetime:
    """Return an instant so much later.

    Raises:
        WrongCallError: If there is none.
    """
    try:
        return start + by
    except OverflowError:
        raise WrongCallError("it ends after the end of time", where=option, hint="Such as 2h.") from None


def words(text: str, *, option: str, needed: bool = True) -> str:
    """Return a reason or a name, as one line.

    Raises:
        WrongCallError: If nothing is said, too much, or what commands whoever shows it.
    """
    line = " ".join(text.split())
    if not line and needed:
        raise WrongCallError("it says nothing", where=option, hint="Say it in a few words.")
    return _legible(line, option=option)


def _legible(text: str, *, option: str) -> str:
    """Return a text that is not too long, and has nothing in it that can't be kept or shown.

    Raises:
        WrongCallError: If it isn't.
    """
    if len(text) > LONGEST_TEXT:
        what = f"it has {len(text):,} characters"
        raise WrongCallError(what, where=option, hint=f"Say it in {LONGEST_TEXT:,} at most.")
    signs = enumerate(zip(text, legible(text), strict=True), 1)
    at = next((at for at, (said, seen) in signs if said != seen), 0)
    if at:
        what = f"character {at} can't be seen, and may command whoever shows it"
        raise WrongCallError(what, where=option, hint="Leave it out.")
    return text


def who(text: str | None) -> str:
    """Return who acts: who is named, or else whom the operating system knows.

    Raises:
        WrongCallError: If nobody is known.
    """
    if text is None:
        try:
            text = getpass.getuser()
        except (KeyError, OSError, ImportError):
            raise WrongCallError("nobody knows who you are here", hint="Say it with --who.") from None
    return words(text, option="--who")


def matchers(texts: Sequence[str]) -> tuple[Matcher, ...]:
    """Return what labels must be, as `product="orders"` says it.

    Raises:
        WrongCallError: If one can't be understood or shown, is of a label that there isn't, or nothing can
            match them.
    """
    with meant():
        found = tuple(parsed(_legible(text, option="MATCHER")) for text in texts)
    for one in found:
        _known(one.name)
    nothing = first_impossible(found)
    if nothing is not None:
        said = ", ".join(map(str, nothing))
        raise WrongCallError(f"nothing can match {short(said, 200)}", hint=values_hint(nothing))
    return found


def labels(texts: Sequence[str]) -> dict[str, str]:
    """Return labels, as `team=shop` says them; that they are of an incident is said without being told.

    Raises:
        WrongCallError: If one can't be understood, is there twice, or is none that an incident has.
    """
    found: dict[str, str] = {"alertname": ALERTNAME}
    seen: set[str] = set()
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise WrongCallError(
                f"`{short(text, SHOWN)}` is no label", where="--label", hint="Such as team=shop."
            )
        _known(name)
        if name in seen:
            raise WrongCallError(f"the label `{name}` is there twice", where="--label")
        seen.add(name)
        plain = words(value.removeprefix('"').removesuffix('"'), option="--label", needed=False)
        if name in FEW and plain not in FEW[name]:
            what = f"`{name}` is never `{short(plain, SHOWN)}`"
            raise WrongCallError(what, where="--label", hint=f"There are: {', '.join(FEW[name])}.")
        found[name] = plain
    return {name: value for name, value in found.items() if value}


def _known(name: str) -> None:
    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"There are: {', '.join(NAMES)}."
        raise WrongCallError(f"no incident has a label `{short(name, SHOWN)}`", hint=hint)
