"""What a file says of one objective, in whatever format -> the objective, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.indicators import INDICATORS
from airflow_dataops.core.slo.objective import Budgeting, Gap, Late, Objective
from airflow_dataops.core.slo.sli import UNITS, Sli
from airflow_dataops.core.slo.window import USUAL, Calendar, Rolling

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, time
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from airflow_dataops.core.contract.quantity import Duration
    from airflow_dataops.core.slo.objective import BurnAlert, Source
    from airflow_dataops.core.slo.window import Window
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place

TIMED = frozenset(sli for sli, unit in UNITS.items() if unit == "s")
"""Indicators that measure time, of which at most so much is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a file says of an objective; None for what it doesn't say. The fields are those of `Objective`.

    Args:
        at: Where something stands, by the name of its field.
        keys: Field -> what the file calls it.
    """

    name: str
    sli: Sli
    target: Fraction | None
    at: Callable[[str], Place | str]
    keys: dict[str, str]
    source: Source
    dataset: str = ""
    window: Window = USUAL
    method: str | None = None
    slice: Fraction | None = None
    slice_target: Fraction | None = None
    threshold: Fraction | None = None
    by: time | None = None
    gap: str | None = None
    late: str | None = None
    alerts: tuple[BurnAlert, ...] = ()
    runbook: str = ""
    description: str = ""

    @property
    def budgeting(self) -> Budgeting:
        """How good and bad are counted."""
        return INDICATORS[self.sli].method if self.method is None else Budgeting(self.method)

    def key(self, field: str) -> str:
        """Return what the file calls a field."""
        return self.keys.get(field, field)


def objective_of(draft: Draft, findings: Findings, *, formed: bool = True) -> Objective | None:
    """Return the objective that a file speaks of; None where that is wrong, which is noted.

    Args:
        draft: What the file says.
        findings: Where problems go.
        formed: Whether the file's own format finds nothing wrong with its slices: else nothing more is said
            of them.
    """
    before = len(findings.errors)
    for rule in RULES if formed else (_threshold,):
        rule(draft, findings)
    if len(findings.errors) > before or draft.target is None:
        return None
    return Objective(
        name=draft.name,
        sli=draft.sli,
        target=draft.target,
        dataset=draft.dataset,
        window=draft.window,
        method=draft.budgeting,
        slice=draft.slice,
        slice_target=draft.slice_target,
        threshold=draft.threshold,
        by=draft.by,
        gap=INDICATORS[draft.sli].gap if draft.gap is None else Gap(draft.gap),
        late=Late(draft.late or Late.BAD),
        alerts=draft.alerts,
        runbook=draft.runbook,
        description=draft.description,
        source=draft.source,
        place=str(draft.at("")),
    )


def _threshold(draft: Draft, findings: Findings) -> None:
    limits = [name for name in ("threshold", "by") if getattr(draft, name) is not None]
    if draft.sli not in TIMED:
        for name in limits:
            findings.error(
                draft.at(name), f"`{draft.key(name)}` has no meaning with {draft.sli}: it measures no time"
            )
    elif not limits:
        findings.error(
            draft.at("sli"),
            f"{draft.sli} needs a `{draft.key('threshold')}`: how late is good still",
            "Such as 2h.",
        )
    elif len(limits) > 1:
        findings.error(
            draft.at("by"), f"`{draft.key('threshold')}` and `{draft.key('by')}` exclude each other"
        )
    elif draft.by is not None and draft.sli is not Sli.FRESHNESS:
        findings.error(draft.at("by"), f"`{draft.key('by')}` has a meaning with freshness alone")


def _slices(draft: Draft, findings: Findings) -> None:
    """Freshness is looked at by the clock; of everything else a slice may be an expected event."""
    sliced = draft.budgeting is not Budgeting.OCCURRENCES
    if draft.slice is not None and not sliced:
        findings.error(draft.at("slice"), f"`{draft.key('slice')}` has no meaning with {draft.budgeting}")
    elif sliced and draft.sli is Sli.FRESHNESS and draft.slice is None:
        findings.error(
            draft.at("method"),
            f"{draft.budgeting} of freshness needs a `{draft.key('slice')}`: how often it is looked at",
            "Such as 5m.",
        )
    elif sliced and draft.by is not None:
        findings.error(draft.at("by"), f"`{draft.key('by')}` has no meaning with {draft.budgeting}")
    if draft.slice is not None and draft.slice > draft.window.length.seconds:
        findings.error(draft.at("slice"), f"`{draft.key('slice')}` is longer than the window")


def _slice_target(draft: Draft, findings: Findings) -> None:
    key = draft.key("slice_target")
    if draft.budgeting is Budgeting.TIMESLICES:
        if draft.slice_target is None:
            findings.error(
                draft.at("method"),
                f"Timeslices need a `{key}`: which share of one must be good",
                "Such as 0.99.",
            )
    elif draft.slice_target is not None:
        findings.error(draft.at("slice_target"), f"`{key}` has no meaning with {draft.budgeting}")


RULES = (_threshold, _slices, _slice_target)


def target_of(
    share: Fraction | None, percent: Fraction | None, *, at: Callable[[str], Place | str], findings: Findings
) -> Fraction | None:
    """Return the target, which stands under one of two keys; None where it stands under both.

    Args:
        share: `target`.
        percent: `targetPercent`, as a share.
        at: Where something stands, by its key.
        findings: Where problems go.
    """
    if share is not None and percent is not None:
        findings.error(
            at("targetPercent"), "`target` and `targetPercent` exclude each other", "Keep one of them."
        )
        return None
    return percent if share is None else share


def window_of(length: Duration, *, begins: datetime | None = None, zone: ZoneInfo | None = None) -> Window:
    """Return a window: a rolling one, or one of the calendar where it is said when it begins."""
    if begins is None or zone is None:
        return Rolling(length)
    return Calendar(length, begins, zone.key)
