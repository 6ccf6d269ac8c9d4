"""Where a contract says how much of a service level is promised; the words are those of OpenSLO v1.

The standard has no place for a target. From v3.2.0 on a level has `customProperties`, and it stands there;
before, it stands in those of the contract, under `serviceLevelObjectives`, by the id of the level:

    customProperties:
      - property: serviceLevelObjectives
        value:
          freshness: {targetPercent: 95, window: 28d}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.odcs.annotations import Odcs
from airflow_dataops.documents.schedule import Zone
from airflow_dataops.documents.slo_values import (
    Length,
    Method,
    OnGap,
    OnLate,
    Percent,
    Share,
    SliceLength,
    SliceShare,
    Start,
)
from airflow_dataops.documents.yaml.form import fields_of
from airflow_dataops.documents.yaml.node import Node, described, shown
from airflow_dataops.documents.yaml.scalar import Name, did_you_mean, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.contract.service_level import ServiceLevel
    from airflow_dataops.documents.odcs.contract_keys import ContractKeys, Level
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place

VENDOR = "airflow_dataops"
"""Whose a custom property is (`vendor`, from v3.2.0 on); without one it is ours when it is called so."""

OBJECTIVES = "serviceLevelObjectives"
"""The custom property of a contract that holds what its levels' own can't before v3.2.0."""


class CalendarKeys(Odcs, BaseModel):
    """When a window of the calendar begins."""

    start_time: Start
    time_zone: Zone


class ObjectiveKeys(Odcs, BaseModel):
    """What makes an objective of a service level; the words are those of OpenSLO v1."""

    target: Share | None = None
    target_percent: Percent | None = None
    window: Length | None = None
    calendar: CalendarKeys | None = None
    method: Method | None = None
    slice: SliceLength | None = None
    slice_target: SliceShare | None = None
    sli: Annotated[str, one_of(Sli.SUCCESS, Sli.FIRST_ATTEMPT)] | None = None
    gap: OnGap | None = None
    late: OnLate | None = None
    runbook: Name | None = None


def inline(level: Level, findings: Findings) -> Node | None:
    """Return what a level's own custom properties say, as a mapping; None where they say nothing of ours."""
    known = tuple(fields_of(ObjectiveKeys))
    found: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for name, value, vendor, place in _customs(level.node):
        if vendor not in {"", VENDOR}:
            continue
        if name not in known and not vendor:
            if hint := did_you_mean(name, known):
                findings.warn(place, f"`{shown(name)}` is carried, and says nothing of a target", hint)
            continue
        if name in keys:
            findings.error(place, f"`{shown(name)}` stands here for the second time", "Keep one of them.")
            continue
        found[name], keys[name] = value, place
    if not found:
        return None
    node = Node(level.at("customProperties"), found)
    node.keys = keys
    return node


def apart(keys: ContractKeys, levels: tuple[ServiceLevel, ...], findings: Findings) -> dict[str, Node]:
    """Return what the contract's own custom properties say of its levels, by their ids."""
    known = {level.id for level in levels}
    found: dict[str, Node] = {}
    for name, value, vendor, place in _customs(keys.node):
        if name != OBJECTIVES or vendor not in {"", VENDOR}:
            continue
        if not isinstance(value.value, dict):
            findings.error(
                value.place,
                f"`{OBJECTIVES}` must be a mapping of levels, it is {described(value.plain())}",
                "Such as {freshness: {targetPercent: 95}}.",
            )
            continue
        for level, node in value.value.items():
            at = value.key(level)
            if level not in known:
                hint = did_you_mean(level, known) or "It is the `id` of one of the `slaProperties`."
                findings.error(at, f"there is no service level `{shown(level)}`", hint)
            elif not isinstance(node.value, dict):
                findings.error(
                    node.place, f"`{shown(level)}` must be a mapping of keys", "Such as {target: 0.95}."
                )
            elif level in found:
                findings.error(
                    place, f"`{shown(level)}` stands here for the second time", "Keep one of them."
                )
            else:
                found[level] = node
    return found


def _customs(node: Node) -> Iterator[tuple[str, Node, str, Place]]:
    """Yield name, value, vendor and place of each custom property that has a form."""
    listed = node.step("customProperties")
    for entry in listed.value if listed is not None and isinstance(listed.value, list) else ():
        name, value, vendor = (entry.step(key) for key in ("property", "value", "vendor"))
        if name is not None and value is not None and isinstance(name.value, str):
            yield str(name.value), value, "" if vendor is None else str(vendor.value), name.place
