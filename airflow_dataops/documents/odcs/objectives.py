"""`slaProperties` with a target -> objectives. Where targets stand: `odcs/targets.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import Duration, Ratio
from airflow_dataops.core.contract.service_level import Indicator
from airflow_dataops.core.slo.objective import Budgeting, Source
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.usual_alerts import COUNT_ROWS
from airflow_dataops.core.slo.window import USUAL
from airflow_dataops.documents.odcs.targets import ObjectiveKeys, apart, inline
from airflow_dataops.documents.slo_draft import Draft, objective_of, target_of, window_of
from airflow_dataops.documents.slo_values import NO_BUDGET
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.core.contract.service_level import ServiceLevel
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.window import Window
    from airflow_dataops.documents.odcs.contract_keys import ContractKeys
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node, Place

SLIS: dict[Indicator, Sli] = {
    Indicator.FRESHNESS: Sli.FRESHNESS,
    Indicator.TIME_OF_AVAILABILITY: Sli.FRESHNESS,
    Indicator.LATENCY: Sli.LATENCY,
    Indicator.AVAILABILITY: Sli.SUCCESS,
    Indicator.ERROR_RATE: Sli.CORRECTNESS,
    Indicator.COMPLETENESS: Sli.COMPLETENESS,
}
"""Indicator of the standard -> ours, where an objective can be made of it."""

NAMES = {"slice_target": "sliceTarget", "threshold": "value", "by": "value"}
"""Field of an objective -> what it is called here."""


def objectives(
    keys: ContractKeys, levels: tuple[ServiceLevel, ...], *, runbook: str, findings: Findings
) -> tuple[Objective, ...]:
    """Return the objectives of a contract; what is wrong with them goes to the findings.

    Args:
        keys: The contract.
        levels: Its service levels, as `service_levels` returns them.
        runbook: What to do where a level doesn't say it.
        findings: Where problems go.
    """
    beside = apart(keys, levels, findings)
    several = len(keys.objects) > 1
    found = []
    for level, its in zip(levels, keys.sla_properties, strict=True):
        node = inline(its, findings)
        if level.id in beside:
            if node is not None:
                findings.error(
                    beside[level.id].place,
                    f"what `{shown(level.id)}` promises is said in line {node.place.line} already",
                    "Keep one of them.",
                )
            node = beside[level.id]
        made = _objective(level, node, several=several, runbook=runbook, findings=findings)
        if made is not None:
            found.append(made)
    return tuple(found)


def without_target(contract: Contract, besides: Collection[Objective] = ()) -> Iterator[Problem]:
    """Yield a warning for each level that an objective could be made of, and that has no target.

    Args:
        contract: The contract.
        besides: Objectives of other files: a level of their indicators needs none.
    """
    made = {objective.name for objective in contract.objectives}
    spoken_of = {objective.sli for objective in besides}
    for level in contract.service_levels:
        if level.indicator not in SLIS or level.value is None or level.id in made:
            continue
        if SLIS[level.indicator] in spoken_of:
            continue
        what = f"`{shown(level.id)}` makes no objective"
        if isinstance(level.value, Ratio):
            yield Problem(level.place, f"{what}: {NO_BUDGET}", "Promise what can be kept.")
        else:
            yield Problem(level.place, f"{what}: it has no target", "Such as `targetPercent: 95`.")


def _objective(
    level: ServiceLevel, node: Node | None, *, several: bool, runbook: str, findings: Findings
) -> Objective | None:
    if level.indicator is None or level.indicator not in SLIS:
        if node is not None:
            hint = f"There are: {', '.join(SLIS)}."
            findings.error(node.place, f"no objective can be made of `{shown(level.name)}`", hint)
        return None
    keys = None if node is None else fit(ObjectiveKeys, node, findings=findings)[0]
    if level.value is None or (keys is None and node is not None):
        return None  # what is wrong is said
    before = len(findings.errors)
    draft = Reading(level, keys, findings).draft(several=several, runbook=runbook)
    if draft is None or len(findings.errors) > before:
        return None
    return objective_of(draft, findings)


@dataclass(frozen=True, slots=True)
class Reading:
    """A level, and what is said of its objective.

    Args:
        level: The level, which has a value.
        keys: What is said of its objective; None where nothing is.
        findings: Where problems go.
    """

    level: ServiceLevel
    keys: ObjectiveKeys | None
    findings: Findings

    def draft(self, *, several: bool, runbook: str) -> Draft | None:
        """Return what is said; None where there is no target.

        Args:
            several: Whether the contract has several datasets.
            runbook: What to do where nothing else is said.
        """
        level, keys = self.level, self.keys
        sli, target = self._sli(), self._target()
        if target is None:
            return None
        if level.upper is not None:
            what = f"`{shown(level.name)}` is a range: no target can be held against it"
            self.findings.error(level.place, what, "Write one value.")
        if sli is Sli.LATENCY and any(element.column for element in level.elements):
            what = f"`{shown(level.name)}` is counted from the landing, not from `{level.elements[0]}`"
            self.findings.warn(level.place, what, "Leave `element` out, or name the dataset alone.")
        given = Draft(
            name=level.id,
            sli=sli,
            target=target,
            at=self.at,
            keys=NAMES,
            source=Source.ODCS,
            dataset=level.elements[0].dataset if several and level.elements else "",
            threshold=level.value.seconds if isinstance(level.value, Duration) else None,
            by=level.value if isinstance(level.value, time) else None,
            runbook=runbook,
            description=level.description,
        )
        if keys is None:
            return given
        method, slice_target = self._slices(sli)
        return replace(
            given,
            window=self._window(keys),
            method=method,
            slice=keys.slice,
            slice_target=slice_target,
            gap=keys.gap,
            late=keys.late,
            runbook=keys.runbook or runbook,
        )

    def at(self, field: str) -> Place | str:
        """Return where a field of the objective stands, or the level."""
        key = NAMES.get(field, field)
        return self.keys.at(key) if self.keys is not None and self.keys.node.has(key) else self.level.place

    def _sli(self) -> Sli:
        usual = SLIS[self.level.indicator or Indicator.AVAILABILITY]
        if self.keys is None or self.keys.sli is None:
            return usual
        if usual is not Sli.SUCCESS:
            what = f"`sli` has no meaning with `{shown(self.level.name)}`"
            self.findings.error(self.at("sli"), what, "It stands with availability.")
        return Sli(self.keys.sli)

    @property
    def promised(self) -> Fraction | None:
        """The share that the level's value is; None where it is none."""
        if not isinstance(self.level.value, Ratio):
            return None
        wrong = self.level.indicator is Indicator.ERROR_RATE
        return 1 - self.level.value.share if wrong else self.level.value.share

    def _target(self) -> Fraction | None:
        keys = self.keys
        said = keys is not None and (keys.node.has("target") or keys.node.has("targetPercent"))
        if keys is not None and said:
            if self.level.indicator is Indicator.AVAILABILITY:
                what = f"the value of `{shown(self.level.name)}` is its target already"
                self.findings.error(self.at("targetPercent" if keys.target is None else "target"), what)
            return target_of(keys.target, keys.target_percent, at=keys.at, findings=self.findings)
        if self.promised == 1:
            return None  # it has no budget; `without_target` says so
        if self.promised is None and keys is not None:
            what = f"`{shown(self.level.name)}` has no `target`: the rest says nothing"
            self.findings.error(keys.node.place, what, "Such as `targetPercent: 95`.")
        return self.promised

    def _slices(self, sli: Sli) -> tuple[str | None, Fraction | None]:
        """Return the method, and the share of a slice that must be good."""
        keys = self.keys
        if keys is None:
            return None, None
        if sli in COUNT_ROWS and (keys.target is not None or keys.target_percent is not None):
            # The level says how good a partition must be, the target how many of them must be so.
            for key in ("method", "sliceTarget"):
                if keys.node.has(key) and keys.node.at(key).value != Budgeting.TIMESLICES:
                    what = f"`{key}` has no meaning beside a target: a partition is good by the level's value"
                    self.findings.error(keys.at(key), what)
            if self.promised == 0:
                what = f"`{shown(self.level.name)}` promises nothing: every partition would be good"
                self.findings.error(self.level.place, what)
            return Budgeting.TIMESLICES, self.promised
        if sli is Sli.FRESHNESS and keys.method == Budgeting.TIMESLICES and keys.slice_target is None:
            return keys.method, Fraction(1)  # a slice of it is good or bad as a whole
        return keys.method, keys.slice_target

    def _window(self, keys: ObjectiveKeys) -> Window:
        if keys.calendar is None:
            return USUAL if keys.window is None else window_of(keys.window)
        if keys.window is None:
            what = "`calendar` has no `window`: how long its periods are"
            self.findings.error(keys.at("calendar"), what, "Such as `window: 1M`.")
            return USUAL
        return window_of(keys.window, begins=keys.calendar.start_time, zone=keys.calendar.time_zone)
