"""Budgets and burn rates in the language of Prometheus.

Two counters say everything: events as an objective's method counts them, and the good ones of them. A counter
has no series before its first event, so where that of good ones is missing there were only bad ones.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction

from airflow_dataops.core.metrics import METRICS, tagged

GOOD, EVENTS = (METRICS[name].prometheus for name in ("dataops.slo.good", "dataops.slo.events"))
"""The counters that evaluations send."""

LABELS = METRICS["dataops.slo.events"].tags
"""The labels of both: team, product and objective."""

PREFIX = "dataops:slo"
"""What the names of recorded series begin with."""

UNITS: tuple[tuple[str, int], ...] = (
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
)
"""Unit of a duration -> its milliseconds."""

NOT_PRINTABLE = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What is escaped though JSON doesn't: it would end a line of YAML, or is no sign that YAML can hold."""

HAIR = Fraction(1, 10**9)
"""How far below a number an event more or less still counts: floats have no exact thirds."""


@dataclass(frozen=True, slots=True)
class Series:
    """The series of one objective.

    Args:
        team: Its team.
        product: Its product.
        slo: Its name.
    """

    team: str
    product: str
    slo: str

    @property
    def labels(self) -> dict[str, str]:
        """Name -> value of their labels."""
        return dict(zip(LABELS, map(tagged, (self.team, self.product, self.slo)), strict=True))

    def of(self, name: str) -> str:
        """Return the one with a name."""
        return f"{name}{{{', '.join(f'{label}={quoted(value)}' for label, value in self.labels.items())}}}"

    def increase(self, counter: str, window: Fraction) -> str:
        """Return by how much a counter grew in a window of some seconds."""
        return f"sum by ({', '.join(LABELS)}) (increase({self.of(counter)}[{duration(window)}]))"


def quoted(text: str) -> str:
    """Return a text as a string of PromQL, which is one of YAML as well."""
    return NOT_PRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def number(exact: Fraction) -> str:
    """Return the float that is nearest to a number, as Prometheus reads it."""
    return repr(exact.numerator) if exact.denominator == 1 else repr(float(exact))


def just_below(exact: Fraction) -> str:
    """Return a number a hair below, so that what is equal isn't lost in a float's last digit."""
    return number(exact * (1 - HAIR))


def duration(seconds: Fraction) -> str:
    """Return a length of time, to the millisecond, such as `4m40s`."""
    left, parts = max(1, round(seconds * 1_000)), []
    for unit, size in UNITS:
        many, left = divmod(left, size)
        parts += [f"{many}{unit}"] * bool(many)
    return "".join(parts)
