"""What a tool made of a delivery, told from what it said and from what is known to be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets import Delivery

PASSES = "passes"
MEANINGS = {
    "rows": "found; every wrong row is named",
    "k of n rows": "found; k of the n wrong rows are named",
    "verdict": "found; no wrong row is named",
    "not evaluated": "no rule is found broken, but some say that they could not be evaluated",
    "stops": "reading or loading the file ends with an error, so that no rule is looked at",
    "crashes": "the tool ends with an exception",
    "warns": "it passes with a warning",
    PASSES: "it passes without a word",
    "false alarm": "what keeps the contract is said to break it",
}
"""Outcome -> what it means."""


def outcome(said: dict[str, Any], delivery: Delivery) -> str:
    """Return one of `MEANINGS`, with its figures."""
    if said["stopped"]:
        return "stops" if said["stopped"] == "load" else "crashes"
    failed = [rule for rule in said["rules"] if rule["status"] == "failed"]
    statuses = {rule["status"] for rule in said["rules"]}
    if not failed:
        return "not evaluated" if "error" in statuses else "warns" if "warning" in statuses else PASSES
    if not delivery.wrong and not delivery.whole:
        return "false alarm"
    named = {row - 1 for rule in failed for row in rule["rows"]}
    if named - delivery.wrong and not delivery.whole:
        return f"false alarm on {len(named - delivery.wrong)} rows"
    hit = len(named & delivery.wrong)
    if not hit:
        return "verdict"
    return "rows" if hit == len(delivery.wrong) else f"{hit} of {len(delivery.wrong)} rows"
