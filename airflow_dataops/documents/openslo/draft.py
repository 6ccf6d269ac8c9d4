"""Objectives -> the text of an OpenSLO v1 file, which `objectives.py` reads back as they are.

What such a file can't say is listed: it is left out, or shorter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.contract.quantity import SECONDS, TimeUnit
from airflow_dataops.core.slo.indicators import INDICATORS
from airflow_dataops.core.slo.objective import Budgeting, Late
from airflow_dataops.core.slo.usual_alerts import COUNT_ROWS
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.documents.openslo.keys import LONGEST, VERSION
from airflow_dataops.documents.openslo.objectives import NAME, RUNBOOK
from airflow_dataops.documents.openslo.rules import SLICED
from airflow_dataops.documents.openslo.source import EXPECTED, PARTITIONS, ROWS, TYPE
from airflow_dataops.documents.slo_values import UNITS
from airflow_dataops.documents.yaml.node import Numeral, shown
from airflow_dataops.documents.yaml.scalar import WIDEST
from airflow_dataops.documents.yaml.writer import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.documents.yaml.writer import Value

LETTERS = {unit: letter for letter, unit in UNITS.items()}

WRITTEN = (TimeUnit.WEEK, TimeUnit.DAY, TimeUnit.HOUR, TimeUnit.MINUTE)
"""Units in which a threshold is written where it is a whole number of them, the longest first."""

SLICES = {Grain.HOUR: "1h", Grain.DAY: "1d", Grain.MONTH: "1M", Grain.YEAR: "1Y"}
"""Grain of a product -> how long a slice is that is an expected delivery."""

LONGEST_NAME = 63
EXACT = Context(prec=700, traps=[Inexact])


class UnsayableError(ValueError):
    """A number has more digits than a file may."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The text of a file.

    Args:
        text: The text.
        left_out: What it doesn't say, a line each.
    """

    text: str
    left_out: tuple[str, ...] = ()


def openslo_text(objectives: Iterable[Objective], *, product: str, grain: Grain | None = None) -> Drafted:
    """Return objectives as a file of OpenSLO.

    Args:
        objectives: The objectives; their alerts are those that a reader takes where none are named.
        product: Whose they are.
        grain: How much time one of its partitions covers.
    """
    documents, left_out, taken = [], [], set[str]()
    for objective in objectives:
        name = _free(_label(objective.name), taken)
        taken.add(name)
        try:
            document = _document(objective, name, product=product, slice_window=SLICES[grain or Grain.DAY])
        except UnsayableError:
            left_out.append(f"`{shown(objective.name)}`: a number of it has more than {WIDEST} digits")
            continue
        if len(objective.description) > LONGEST:
            left_out.append(f"`{shown(objective.name)}`: its description is cut to {LONGEST} characters")
        if objective.alerts:
            left_out.append(f"`{shown(objective.name)}`: its alerts")
        documents.append(yaml_text(document))
    return Drafted("---\n".join(documents), tuple(left_out))


def _document(objective: Objective, name: str, *, product: str, slice_window: str) -> dict[str, Value]:
    annotations: dict[str, Value] = {} if name == objective.name else {NAME: objective.name}
    if objective.runbook:
        annotations[RUNBOOK] = objective.runbook
    described: dict[str, Value] = {}
    if objective.description:
        described["description"] = objective.description[:LONGEST]
    return {
        "apiVersion": VERSION,
        "kind": "SLO",
        "metadata": {"name": name, **({"annotations": annotations} if annotations else {})},
        "spec": {
            **described,
            "service": product,
            "budgetingMethod": objective.method.value,
            "timeWindow": [_window(objective)],
            "indicator": {
                "metadata": {"name": _label(f"{name[: LONGEST_NAME - 4]}-sli")},
                "spec": {"ratioMetric": _metric(objective, product)},
            },
            "objectives": [_target(objective, slice_window)],
        },
    }


def _window(objective: Objective) -> dict[str, Value]:
    window = objective.window
    if window.length.amount.denominator != 1 or window.length.unit not in LETTERS:
        raise UnsayableError
    length: dict[str, Value] = {"duration": f"{window.length.amount}{LETTERS[window.length.unit]}"}
    if not isinstance(window, Calendar):
        return {**length, "isRolling": True}
    calendar: dict[str, Value] = {
        "startTime": window.start.strftime("%Y-%m-%d %H:%M:%S").rjust(len("2026-01-01 00:00:00"), "0"),
        "timeZone": window.timezone,
    }
    return {**length, "isRolling": False, "calendar": calendar}


def _metric(objective: Objective, product: str) -> dict[str, Value]:
    of: dict[str, Value] = {"product": product}
    if objective.dataset:
        of["dataset"] = objective.dataset
    good = {**of, "sli": objective.sli.value}
    if objective.threshold is not None:
        good["threshold"] = _time(objective.threshold)
    if objective.by is not None:
        good["by"] = objective.by.isoformat()
    if objective.gap is not INDICATORS[objective.sli].gap:
        good["gap"] = objective.gap.value
    if objective.late is not Late.BAD:
        good["late"] = objective.late.value
    if objective.method is not Budgeting.OCCURRENCES and objective.slice is None:
        good["slice"] = EXPECTED
    total = {**of, "expected": ROWS if objective.sli in COUNT_ROWS else PARTITIONS}
    return {
        "counter": True,
        "good": {"metricSource": {"type": TYPE, "spec": good}},
        "total": {"metricSource": {"type": TYPE, "spec": total}},
    }


def _target(objective: Objective, slice_window: str) -> dict[str, Value]:
    found: dict[str, Value] = {"target": _number(objective.target)}
    with_target, with_window = SLICED[Budgeting(objective.method)]
    if with_target and objective.slice_target is not None:
        found["timeSliceTarget"] = _number(objective.slice_target)
    if with_window and objective.slice is None:
        found["timeSliceWindow"] = slice_window
    elif with_window and objective.slice is not None:
        minutes = objective.slice / 60
        # A number alone counts minutes.
        found["timeSliceWindow"] = f"{minutes}m" if minutes.denominator == 1 else _number(minutes)
    return found


def _time(seconds: Fraction) -> str:
    """Return a threshold in the longest unit of which it is a whole number, or else in seconds."""
    for unit in WRITTEN:
        amount = seconds / SECONDS[unit]
        if amount and amount.denominator == 1:
            return f"{_number(amount)}{LETTERS[unit]}"
    return f"{_decimal(seconds):f}s"


def _number(value: Fraction) -> Numeral:
    """Return a number, exactly.

    Raises:
        UnsayableError: If it has more digits than a file may.
    """
    text = f"{_decimal(value):f}"
    if len(text) > WIDEST:
        raise UnsayableError
    return Numeral(text)


def _decimal(value: Fraction) -> Decimal:
    try:
        found = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    except Inexact:
        raise UnsayableError from None
    if len(f"{found:f}") > WIDEST:
        raise UnsayableError
    return found


def _label(name: str) -> str:
    """Return a name as OpenSLO has them: small letters, digits and `-` (RFC 1123, labels)."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())[:LONGEST_NAME].strip("-")
    return words or "slo"


def _free(name: str, taken: set[str]) -> str:
    found, count = name, 1
    while found in taken:
        count += 1
        end = f"-{count}"
        found = f"{name[: LONGEST_NAME - len(end)].rstrip('-')}{end}"
    return found
