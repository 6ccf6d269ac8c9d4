"""OpenSLO v1 files -> objectives.

What is read, and what differs from the standard: `docs/reference/openslo.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.legible import commands
from airflow_dataops.core.slo.objective import Source
from airflow_dataops.documents.openslo.alerts import alerts
from airflow_dataops.documents.openslo.keys import AlertPolicy, Slo
from airflow_dataops.documents.openslo.keys import Sli as SliDocument
from airflow_dataops.documents.openslo.library import Library
from airflow_dataops.documents.openslo.rules import (
    check_policy,
    check_sli,
    check_slo,
    check_source,
    sources,
)
from airflow_dataops.documents.openslo.source import TYPE, measured
from airflow_dataops.documents.slo_draft import Draft, objective_of, window_of
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from airflow_dataops.core.slo.objective import BurnAlert, Objective
    from airflow_dataops.core.slo.window import Window
    from airflow_dataops.documents.openslo.keys import ObjectiveKeys, SliSpec
    from airflow_dataops.documents.openslo.source import Measured
    from airflow_dataops.documents.yaml.node import Place
    from airflow_dataops.errors import Problem

OURS = "airflow-dataops/"
"""What our annotations of an SLO begin with."""

NAME, RUNBOOK = f"{OURS}name", f"{OURS}runbook"
"""Annotations: what the objective is called where OpenSLO can't write it, and what to do."""

NAMES = {
    "method": "budgetingMethod",
    "slice": "timeSliceWindow",
    "slice_target": "timeSliceTarget",
}
"""Field of an objective -> what it is called here."""


@dataclass(frozen=True, slots=True)
class Promised:
    """An objective that an OpenSLO file speaks of.

    Args:
        objective: The objective.
        subject: The name of the product, or of the DAG.
        watched: Whether it is a DAG that is no product; None where the file doesn't say which of them.
    """

    objective: Objective
    subject: str
    watched: bool | None


def read_openslo(files: Iterable[Path]) -> tuple[tuple[Promised, ...], tuple[Problem, ...]]:
    """Read the OpenSLO files of a folder, which may refer to each other.

    Returns:
        The objectives that are evaluated here, and warnings.

    Raises:
        DocumentError: If a file can't be read or is wrong: all problems of all files at once.
    """
    findings = Findings()
    library = Library(findings)
    for file in files:
        library.add(file)
    for policy in library.all_of(AlertPolicy):
        check_policy(policy.spec, library, findings)
    for indicator in library.all_of(SliDocument):
        _check_indicator(indicator.spec, library, findings)
    found = [one for slo in library.all_of(Slo) for one in Reading(slo, library, findings).promises()]
    _told_apart(found, findings)
    return tuple(found), findings.settle()


def _check_indicator(spec: SliSpec, library: Library, findings: Findings) -> None:
    check_sli(spec, findings)
    for _, source in sources(spec):
        check_source(source, findings)
        library.source_type(source)


def _told_apart(found: list[Promised], findings: Findings) -> None:
    seen: dict[tuple[str, str], str] = {}
    for one in found:
        name, place = one.objective.name, one.objective.place
        first = seen.setdefault((one.subject, name), place)
        if first != place:
            what = f"the objective `{shown(name)}` of `{shown(one.subject)}` is there already, at {first}"
            findings.error(place, what, "Rename one of them.")


@dataclass(frozen=True, slots=True)
class Reading:
    """One SLO, and what it refers to.

    Args:
        slo: The document.
        library: All documents.
        findings: Where problems go.
    """

    slo: Slo
    library: Library
    findings: Findings

    def promises(self) -> Iterator[Promised]:
        """Yield its objectives, where they are evaluated here."""
        spec = self.slo.spec
        before = len(self.findings.errors)
        check_slo(self.slo, self.findings)
        formed = len(self.findings.errors) == before
        for entry in spec.alert_policies or ():
            policy = self.library.policy(entry)
            if policy is not None and entry.spec is not None:
                check_policy(policy, self.library, self.findings)
        own = [one for one in spec.objectives if one.indicator is not None or one.indicator_ref is not None]
        for one in own:
            indicator = self.library.indicator(one)
            if indicator is not None and one.indicator is not None:
                _check_indicator(indicator, self.library, self.findings)
        if own:
            what = f"`{shown(self.name)}` is composed of several indicators: nothing evaluates it yet"
            self.findings.warn(self.slo.node.place, what, "Write an SLO for each of them.")
            return
        indicator = self.library.indicator(spec)
        if indicator is None:
            return
        if spec.indicator is not None:
            _check_indicator(indicator, self.library, self.findings)
        if self._measured_here(indicator):
            promised = tuple(self._of(indicator, formed=formed))
            yield from promised if formed else ()

    @property
    def name(self) -> str:
        """What it is called."""
        return (self.slo.metadata.annotations or {}).get(NAME) or self.slo.metadata.name

    def _measured_here(self, indicator: SliSpec) -> bool:
        """Say whether an indicator is measured here; where it is not, that is noted."""
        types = {key: self.library.source_type(source) for key, source in sources(indicator)}
        for key, source in sources(indicator):
            if types[key] != TYPE and types[key].casefold() == TYPE.casefold():
                self.findings.error(source.at("type"), f"`type` must be `{TYPE}`", f"Did you mean `{TYPE}`?")
                return False
        here = [key for key, of in types.items() if of == TYPE]
        others = ", ".join(sorted({f"`{shown(of)}`" for of in types.values() if of and of != TYPE}))
        if here and others:
            self.findings.error(
                indicator.node.place, f"one part of the indicator is measured here, another one by {others}"
            )
        elif others:
            what = f"`{shown(self.name)}` is measured by {others}: nothing evaluates it here"
            self.findings.warn(self.slo.node.place, what)
            self._operators(indicator, strict=False)
        return bool(here) and not others

    def _operators(self, indicator: SliSpec, *, strict: bool) -> None:
        """Note operators and values that a threshold needs, and that a ratio hasn't."""
        timed = indicator.node.has("thresholdMetric")
        for one in self.slo.spec.objectives:
            for key in ("op", "value"):
                if timed and not one.node.has(key):
                    self.findings.error(one.node.place, f"`{key}` is missing: a `thresholdMetric` needs it")
                elif not timed and one.node.has(key):
                    # Official examples of the standard have `op` there.
                    note = self.findings.error if strict or key == "value" else self.findings.warn
                    note(one.node.key(key), f"`{key}` has no meaning with a `ratioMetric`", "Leave it out.")
        if timed and len(self.slo.spec.objectives) > 1:
            second = self.slo.spec.objectives[1].node.place
            self.findings.error(second, "an SLO with a `thresholdMetric` has one objective")

    def _of(self, indicator: SliSpec, *, formed: bool) -> Iterator[Promised]:
        self._operators(indicator, strict=True)
        self._annotations()
        found = measured(indicator, self.findings)
        told = tuple(alerts(self.slo.spec, self.library, self.findings))
        window = self._window()
        if found is None or window is None:
            return
        key, subject = found.keys.subject
        for at, one in enumerate(self.slo.spec.objectives, start=1):
            name = self.name if at == 1 else f"{self.name}.{at}"
            draft = self._draft(one, name, found, window=window, told=told)
            objective = None if draft is None else objective_of(draft, self.findings, formed=formed)
            if objective is not None:
                yield Promised(objective, subject or self.slo.spec.service, (key == "dag") if key else None)

    def _annotations(self) -> None:
        metadata = self.slo.metadata
        for key in metadata.annotations or ():
            if key.startswith(OURS) and key not in {NAME, RUNBOOK}:
                hint = did_you_mean(key, (NAME, RUNBOOK)) or f"There are: {NAME}, {RUNBOOK}."
                place = metadata.node.at("annotations").key(key)
                self.findings.error(place, f"there is no annotation `{shown(key)}`", hint)
        if commands(self.name):
            place = metadata.node.at("annotations").at(NAME).place
            what = f"the name `{shown(self.name)}` holds control characters"
            self.findings.error(place, what, "Leave them out.")

    def _window(self) -> Window | None:
        """Return the time window; None where there is not just one."""
        if len(self.slo.spec.time_window) != 1:
            return None
        keys = self.slo.spec.time_window[0]
        if keys.calendar is None:
            return window_of(keys.duration)
        return window_of(keys.duration, begins=keys.calendar.start_time, zone=keys.calendar.time_zone)

    def _draft(
        self, keys: ObjectiveKeys, name: str, found: Measured, *, window: Window, told: tuple[BurnAlert, ...]
    ) -> Draft | None:
        spec, source = self.slo.spec, found.keys
        threshold = source.threshold
        if found.timed:
            if keys.op not in {None, "lte"}:
                what = f"`op` must be `lte`, it is `{keys.op}`: what takes just so long is good"
                self.findings.error(keys.at("op"), what)
            if keys.value is None:
                return None
            if keys.value < 0:
                self.findings.error(keys.at("value"), "`value` is below 0")
            threshold = Fraction(keys.value)
        target = keys.target_percent if keys.target is None else keys.target
        if target is None:
            return None

        def at(field: str) -> Place:
            key = NAMES.get(field, field)
            for owner in (keys, spec, source):
                if owner.node.has(key):
                    return owner.at(key)
            return keys.node.place

        return Draft(
            name=name,
            sli=found.sli,
            target=target,
            at=at,
            keys=NAMES,
            source=Source.OPENSLO,
            dataset=source.dataset or "",
            window=window,
            method=spec.budgeting_method,
            slice=keys.time_slice_window if source.slice is None else None,
            slice_target=keys.time_slice_target,
            threshold=threshold,
            by=source.by,
            gap=source.gap,
            late=source.late,
            alerts=told,
            runbook=(self.slo.metadata.annotations or {}).get(RUNBOOK, ""),
            description=spec.description or "",
        )
