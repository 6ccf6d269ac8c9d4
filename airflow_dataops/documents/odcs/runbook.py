"""What a contract says of the day on which it is broken: what to do, and how much hangs on it.

The standard has `authoritativeDefinitions` for the first, and leaves the words to the team. What it lacks
stands in `customProperties`: `tier` of the contract, `runbook` of a rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow_dataops.core.contract.tier import CRITICAL
from airflow_dataops.documents.odcs.contract_keys import Team
from airflow_dataops.documents.odcs.scope import RUNBOOK, custom_of
from airflow_dataops.documents.yaml.node import Numeral, described, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from airflow_dataops.documents.odcs.contract_keys import ContractKeys
    from airflow_dataops.documents.odcs.keys import Rule
    from airflow_dataops.documents.yaml.findings import Findings

RUNBOOKS = frozenset({"runbook", "playbook"})
"""Types of `authoritativeDefinitions` that say what to do."""

TIER = "tier"
"""The custom property of a contract that says how much hangs on it."""

OURS = frozenset({"", "airflow_dataops"})
"""Whose a custom property may be (`vendor`) to be ours."""


class Named(NamedTuple):
    """A runbook that a contract names.

    Args:
        url: An address, or a file beside the contract; empty for none.
        place: file:line:column; empty for none.
    """

    url: str = ""
    place: str = ""


def runbook(keys: ContractKeys) -> Named:
    """Return what to do when the contract is broken: the first definition of a type of RUNBOOKS."""
    team = keys.team.authoritative_definitions if isinstance(keys.team, Team) else ()
    purpose = keys.description.authoritative_definitions if keys.description is not None else ()
    definitions = (*keys.authoritative_definitions, *purpose, *team)
    found = next((one for one in definitions if one.type.casefold() in RUNBOOKS), None)
    return Named() if found is None else Named(found.url, str(found.at("url")))


def runbook_of_rule(rule: Rule, findings: Findings) -> str:
    """Return what to do when a rule is broken; empty where it doesn't say so, or not as a text."""
    found = custom_of(rule, RUNBOOK)
    if found is None:
        return ""
    if not isinstance(found.value, str) or isinstance(found.value, Numeral) or not found.value.strip():
        what = f"`runbook` is an address or a file, it is {described(found.value)}"
        findings.error(found.at("value"), what, "Such as runbooks/late.md, beside the contract.")
        return ""
    return found.value


def tier(keys: ContractKeys, findings: Findings) -> str:
    """Return how much hangs on a contract; empty where it doesn't say so."""
    said = [one for one in keys.custom_properties if one.property == TIER and (one.vendor or "") in OURS]
    for again in said[1:]:
        findings.error(again.at("property"), "`tier` stands here for the second time", "Keep one of them.")
    if not said:
        return ""
    value, place = said[0].value, said[0].at("value")
    if not isinstance(value, str) or not value.strip():
        what = f"`tier` must be a word, it is {described(value)}"
        findings.error(place, what, f"Such as {CRITICAL}: being late then wakes somebody up.")
        return ""
    hint = did_you_mean(value, (CRITICAL,))
    if hint and value != CRITICAL:
        what = f"`{shown(value)}` is a word of your own: nobody is woken up for it"
        findings.warn(place, what, hint)
    return str(value)
