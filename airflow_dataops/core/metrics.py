"""Every metric: its name, what it counts, and the tags that tell series apart. Names are kept for good.

Tags are few on purpose: no partition, no run and no rule is among them, so the number of series grows with
that of objectives and not with time.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import METRIC_PREFIX, Stage, metric
from airflow_dataops.core.slo.sli import UNITS, Sli
from airflow_dataops.core.slo.standing import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
"""What a part of a name can't hold; a dot would be two parts."""

NOT_IN_TAGS = re.compile(r"[,=:|]")
"""What stands between the parts of a line of statsd, however it carries tags."""

LONGEST_PART = 64
"""Characters of a part: names of metrics have 250, and three ids may be in one."""

DIGITS = 8
"""Digits of a digest by which parts are told apart that are cut."""


class Kind(StrEnum):
    """What a metric's number is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    TIMER = "timer"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Args:
        name: Its name; Airflow's own prefix goes before it: `airflow.dataops.…`.
        kind: What its number is.
        tags: Names of the tags, in the order in which they are embedded.
        what: What it says, with its unit.
    """

    name: str
    kind: Kind
    tags: tuple[str, ...]
    what: str

    def embedded(self, tags: Mapping[str, str]) -> str:
        """Return the name with the values of its tags in it, such as `dataops.land.rows.orders`."""
        return ".".join((self.name, *(_part(tags[tag]) for tag in self.tags)))

    @property
    def prometheus(self) -> str:
        """The name as Prometheus has it: without dots, with the unit or `_total` at its end."""
        ends = {Kind.COUNTER: "_total", Kind.GAUGE: "", Kind.TIMER: "_seconds"}
        return f"{self.name.replace('.', '_')}{ends[self.kind]}"


ROWS = {
    "rows": "rows of a verification",
    "rows_good": "rows that passed; none where rows could not be judged",
    "rows_quarantined": "rows that went to quarantine; none where rows could not be judged",
    "rows_unparsable": "lines that are no record of the declared format",
}
RULES = (Status.PASSED, Status.WARNING, Status.FAILED, Status.ERROR)
JUDGED = (Stage.GATE, Stage.VERIFY, Stage.TRANSFORM, Stage.AUDIT, Stage.CHECK)
"""The stages that verify; a team's own schema does so where it transforms."""

STATES: dict[State, int] = {State.OK: 0, State.BURNING: 1, State.EXHAUSTED: 2, State.UNKNOWN: 3}
"""How an objective stands, as the number of `dataops.slo.state`."""

PRODUCT = ("product",)
SLO = ("team", "product", "slo")


def tagged(value: str) -> str:
    """Return the value of a tag, and of a label in Prometheus: an id, without what ends it in a line."""
    return NOT_IN_TAGS.sub("_", value) or "_"


def _part(value: str) -> str:
    part = NOT_IN_NAMES.sub("_", value) or "_"
    if len(part) <= LONGEST_PART:
        return part
    return f"{part[: LONGEST_PART - DIGITS - 1]}_{hashlib.sha256(value.encode()).hexdigest()[:DIGITS]}"


def _metrics() -> Iterator[Metric]:
    yield Metric(metric(Stage.LAND, "rows"), Kind.COUNTER, PRODUCT, "rows that landed")
    yield Metric(metric(Stage.LAND, "bytes"), Kind.COUNTER, PRODUCT, "bytes that landed")
    for stage in JUDGED:
        for name, what in ROWS.items():
            yield Metric(metric(stage, name), Kind.COUNTER, PRODUCT, what)
        for status in RULES:
            said = f"rules whose verdict is `{status.value}`"
            yield Metric(metric(stage, f"rules_{status.value}"), Kind.COUNTER, PRODUCT, said)
    yield Metric(metric(Stage.PUBLISH, "rows"), Kind.COUNTER, PRODUCT, "rows published")
    for sli in (Sli.FRESHNESS, Sli.LATENCY, Sli.CORRECTNESS):
        unit = {"s": "seconds"}.get(UNITS[sli], UNITS[sli])
        said = f"{sli.value} of the batch that was announced last, {unit}"
        yield Metric(metric(Stage.ANNOUNCE, sli.value), Kind.GAUGE, PRODUCT, said)
    left = "share of the budget that is left, below 0 once it is overdrawn; not sent where there is none"
    yield Metric(f"{METRIC_PREFIX}.slo.remaining", Kind.GAUGE, SLO, left)
    fast = "burn rate over the long window of an alert: 1 uses up the budget just in time"
    yield Metric(f"{METRIC_PREFIX}.slo.burn", Kind.GAUGE, (*SLO, "urgency", "window"), fast)
    states = ", ".join(f"{number} {state.value}" for state, number in STATES.items())
    yield Metric(f"{METRIC_PREFIX}.slo.state", Kind.GAUGE, SLO, f"how the objective stands: {states}")
    yield Metric(f"{METRIC_PREFIX}.slo.good", Kind.COUNTER, SLO, "good events, as they come due")
    yield Metric(f"{METRIC_PREFIX}.slo.events", Kind.COUNTER, SLO, "all expected events, as they come due")
    yield Metric(f"{METRIC_PREFIX}.slo.objectives", Kind.GAUGE, (), "objectives that were evaluated")
    yield Metric(f"{METRIC_PREFIX}.slo.policies", Kind.GAUGE, ("action",), "policies that are in force")
    yield Metric(f"{METRIC_PREFIX}.slo.evaluate", Kind.TIMER, (), "how long an evaluation took")
    incidents = "incidents that are open, by what they ask of a person"
    yield Metric(f"{METRIC_PREFIX}.alerts.open", Kind.GAUGE, ("urgency",), incidents)
    yield Metric(f"{METRIC_PREFIX}.alerts.told", Kind.COUNTER, (), "notifications that were acknowledged")
    yield Metric(f"{METRIC_PREFIX}.alerts.failed", Kind.COUNTER, (), "attempts to tell that failed")
    yield Metric(f"{METRIC_PREFIX}.alerts.waiting", Kind.GAUGE, (), "notifications that wait to be delivered")


METRICS: dict[str, Metric] = {one.name: one for one in _metrics()}
"""Name -> the metric."""
