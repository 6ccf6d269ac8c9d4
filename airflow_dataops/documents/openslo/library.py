"""The documents of OpenSLO files, and what refers to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.documents.openslo.keys import (
    KINDS,
    VERSION,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    DataSource,
    Head,
    Sli,
)
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.reader import read_all
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.openslo.keys import (
        ConditionEntry,
        ConditionSpec,
        MetricSource,
        ObjectiveKeys,
        PolicyEntry,
        PolicySpec,
        SliSpec,
        SloSpec,
        TargetEntry,
    )
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node, Place

D = TypeVar("D", bound=Head)


class Library:
    """Documents by kind and name.

    Args:
        findings: Where problems go.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self._documents: dict[tuple[str, str], Head] = {}
        self._broken: set[str] = set()
        """Kinds of which a document could not be read: what refers to it may be right."""

    def add(self, file: Path) -> None:
        """Add the documents of a file."""
        try:
            documents = read_all(file)
        except DocumentError as error:
            self.findings.errors.extend(error.problems)
            self._broken.update(KINDS)
            return
        for document in documents:
            self.findings.errors.extend(document.problems)
            self._add(document.root)

    def all_of(self, kind: type[D]) -> tuple[D, ...]:
        """Return all documents of a kind, in the order of the files."""
        return tuple(found for found in self._documents.values() if isinstance(found, kind))

    def indicator(self, keys: SloSpec | ObjectiveKeys) -> SliSpec | None:
        """Return the indicator of an SLO, or of an objective of one that is composite."""
        if keys.indicator is not None:
            return keys.indicator.spec
        found = self._referred(Sli, keys.indicator_ref, keys.at("indicatorRef"))
        return None if found is None else found.spec

    def policy(self, entry: PolicyEntry) -> PolicySpec | None:
        """Return the alert policy that an entry is, or names."""
        if entry.spec is not None:
            return entry.spec
        found = self._referred(AlertPolicy, entry.alert_policy_ref, entry.at("alertPolicyRef"))
        return None if found is None else found.spec

    def condition(self, entry: ConditionEntry) -> ConditionSpec | None:
        """Return the condition that an entry is, or names."""
        if entry.spec is not None:
            return entry.spec
        found = self._referred(AlertCondition, entry.condition_ref, entry.at("conditionRef"))
        return None if found is None else found.spec

    def target(self, entry: TargetEntry) -> None:
        """Look whether the notification target is there that an entry names."""
        if entry.target_ref is not None:
            self._referred(AlertNotificationTarget, entry.target_ref, entry.at("targetRef"))

    def source_type(self, keys: MetricSource) -> str:
        """Return the type of a source of metrics: its own, or that of the data source that it names."""
        found = self._referred(DataSource, keys.metric_source_ref, keys.at("metricSourceRef"))
        if found is None:
            return keys.type or ""
        if keys.type is not None and keys.type != found.spec.type:
            self.findings.error(
                keys.at("type"),
                f"the type is `{shown(keys.type)}`, and that of `{shown(found.metadata.name)}` is"
                f" `{shown(found.spec.type)}`",
                "Leave it out: the data source says it.",
            )
        return found.spec.type

    def _referred(self, kind: type[D], name: str | None, place: Place) -> D | None:
        """Return the document that is named; None where none is, or there is none, which is noted."""
        if name is None:
            return None
        word = kind.__name__
        found = self._documents.get((_kind(kind), name))
        if isinstance(found, kind):
            return found
        if _kind(kind) not in self._broken:
            known = [other for other_kind, other in self._documents if other_kind == _kind(kind)]
            hint = (
                did_you_mean(name, known)
                or f"Write it into a file of this folder, with `kind: {_kind(kind)}`."
            )
            self.findings.error(place, f"there is no {word} `{shown(name)}` here", hint)
        return None

    def _add(self, root: Node) -> None:
        if not isinstance(root.value, dict):
            self.findings.error(
                root.place, f"a document must be a mapping of keys, it is {described(root.plain())}"
            )
            return
        kind = root.step("kind")
        if kind is None:
            hint = f"Such as `kind: SLO`, and `apiVersion: {VERSION}`."
            self.findings.error(root.place, "`kind` is missing", hint)
            return
        if not isinstance(kind.value, str) or kind.value not in KINDS:
            hint = did_you_mean(str(kind.value), KINDS) or f"There are: {', '.join(KINDS)}."
            self.findings.error(
                kind.place, f"`kind` must be one of OpenSLO's, it is {described(kind.plain())}", hint
            )
            return
        found, _ = fit(KINDS[kind.value], root, findings=self.findings)
        if found is None:
            self._broken.add(kind.value)
            return
        first = self._documents.setdefault((kind.value, found.metadata.name), found)
        if first is not found:
            self.findings.error(
                found.metadata.at("name"),
                f"the {kind.value} `{shown(found.metadata.name)}` is there already,"
                f" at {first.metadata.at('name')}",
                "Rename one of them.",
            )


def _kind(kind: type[Head]) -> str:
    return next(name for name, model in KINDS.items() if model is kind)
