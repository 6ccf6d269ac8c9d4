"""The types of single values in `alerts.yaml`, with messages in plain words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from airflow_dataops.core.alerts import interval_words
from airflow_dataops.core.alerts.labels import NAMES
from airflow_dataops.core.alerts.matcher import HINT, Matcher, parsed
from airflow_dataops.core.alerts.route import ALL_LABELS
from airflow_dataops.documents.yaml.node import NODE, Numeral, described, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean, number, text, wrong
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

MILLISECOND = timedelta(milliseconds=1)

UNITS = {
    "y": timedelta(days=365),
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": MILLISECOND,
}
"""Unit -> how long one is (github.com/prometheus/common, model/time.go, `ParseDuration`), in their order."""

DURATION = re.compile("".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit in UNITS), re.ASCII)

LONGEST = timedelta(days=3650)

DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)
CONNECTION = re.compile(r"[\w.-]{1,200}", re.ASCII)


def wait(value: object) -> timedelta:
    """Return a duration as Prometheus writes it: `1h30m`, `5m`, `0s`."""
    found = DURATION.fullmatch(text(value)) if value else None
    if found is None and value != "0":
        hint = "Such as 30s, 5m, 1h30m, 1d."
        raise wrong(f"must be a duration, it is {described(value)}", hint)
    counts = found.groups() if found is not None else ()
    milliseconds = sum(
        int(count) * (unit // MILLISECOND)
        for count, unit in zip(counts, UNITS.values(), strict=False)
        if count
    )
    if milliseconds > LONGEST // MILLISECOND:
        raise wrong(f"must be at most 10 years, it is {described(value)}")
    return milliseconds * MILLISECOND


def length(value: object) -> timedelta:
    """Return a duration above 0."""
    found = wait(value)
    if not found:
        raise wrong("must be above 0", "Such as 5m.")
    return found


def matcher(value: object) -> Matcher:
    """Return what a label must be, as Alertmanager writes it: `severity="page"`, of a label that there is."""
    if not isinstance(value, str):
        raise wrong(f"must be a matcher in quotes, it is {described(value)}", HINT)
    try:
        found = parsed(value)
    except SettingsError as error:
        raise wrong(f"can't be understood: {error.what}", error.hint) from None
    label(found.name)
    return found


def label(name: str) -> str:
    """Return the name of a label that there is."""
    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"There are: {', '.join(NAMES)}."
        raise wrong(f"names a label that no incident has: `{shown(name)}`", hint)
    return name


def label_names(value: object) -> tuple[str, ...]:
    """Return names of labels, each once; or `...` alone, which stands for all of them."""
    if not isinstance(value, list):
        raise wrong(f"must be a list of labels, it is {described(value)}", "Such as [team, product].")
    found = [text(one) for one in value]
    if found == [ALL_LABELS]:
        return (ALL_LABELS,)
    for index, one in enumerate(found):
        if one == ALL_LABELS:
            raise wrong(f"has `{ALL_LABELS}` and other labels", f"`{ALL_LABELS}` stands for all of them.")
        if one in found[:index]:
            raise wrong(f"has {shown(one)} twice", "Keep one of them.")
        label(one)
    return tuple(found)


def import_path(value: object) -> str:
    """Return the import path of a class."""
    found = text(value)
    if not DOTTED.fullmatch(found):
        hint = "Such as airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier."
        raise wrong(f"must be the import path of a notifier, it is {described(value)}", hint)
    return found


def conn_id(value: object) -> str:
    """Return the id of a connection; what it is not is never shown, since it may be a secret."""
    found = text(value)
    if not CONNECTION.fullmatch(found):
        raise wrong(
            "must be the id of an Airflow connection: letters, digits, `_`, `-` and `.`",
            "Put addresses and keys into the connection.",
        )
    return found


def kwargs(value: object) -> dict[str, object]:
    """Return what a notifier is made with, as it would be read from JSON."""
    if not isinstance(value, dict):
        raise wrong(
            f"must be a mapping of arguments, it is {described(value)}", 'Such as {text: "{{ text }}"}.'
        )
    return {key: _json(one) for key, one in value.items() if key != NODE}


def _json(value: object) -> object:
    match value:
        case dict():
            return {key: _json(one) for key, one in value.items() if key != NODE}
        case list():
            return [_json(one) for one in value]
        case Numeral():
            found = number(value)
            return int(found) if re.fullmatch(r"[-+]?[0-9]+", value) else float(found)
        case _:
            return value


def _words(read: Callable[[str], object]) -> BeforeValidator:
    """Return the check of words that are read in core."""

    def check(value: object) -> object:
        try:
            return read(text(value))
        except SettingsError as error:
            raise wrong(f"can't hold: {error.what}", error.hint) from None

    return BeforeValidator(check)


Wait = Annotated[timedelta, BeforeValidator(wait)]
Length = Annotated[timedelta, BeforeValidator(length)]
MatcherText = Annotated[Matcher, BeforeValidator(matcher)]
LabelNames = Annotated[tuple[str, ...], BeforeValidator(label_names)]
ImportPath = Annotated[str, BeforeValidator(import_path)]
ConnId = Annotated[str, BeforeValidator(conn_id)]
Kwargs = Annotated[dict[str, object], BeforeValidator(kwargs)]
Weekdays = Annotated[tuple[int, int], _words(interval_words.weekdays)]
DaysOfMonth = Annotated[tuple[int, int], _words(interval_words.days_of_month)]
Months = Annotated[tuple[int, int], _words(interval_words.months)]
Years = Annotated[tuple[int, int], _words(interval_words.years)]
Location = Annotated[str, _words(interval_words.location)]
