"""What policies ask for, held against what they have done: what is to be done now, and what undone.

Source: SRE workbook, appendix B: a policy says beforehand what happens when a budget is spent, and it is over
when the budget is back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.policy import Action
from airflow_dataops.core.slo.share import cut_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.policy import Policy, PolicyAction
    from airflow_dataops.core.slo.standing import Standing

Key = tuple[Action, str]
"""What a policy does, and to what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a product's policies say of one action now.

    Args:
        action: The action.
        subject: To what: the product, or `pool=slots`.
        asked: Whether it is to be in force; None where that can't be told, and all stays as it is.
        slo: The objective whose budget says so.
        why: In words, with what is left of the budget.
    """

    action: Action
    subject: str
    asked: bool | None
    slo: str
    why: str


def subject_of(policy: Policy, product: str) -> str:
    """Return to what a policy does something: `pool=slots` for a pool, else the product."""
    return f"{policy.pool}={policy.slots}" if policy.action is Action.SHRINK_POOL else product


def pool_of(subject: str) -> tuple[str, int]:
    """Return the pool of a subject, and to how many slots it shrinks."""
    pool, _, slots = subject.rpartition("=")
    return pool, int(slots)


def demands(declaration: Declaration, standings: Mapping[str, Standing]) -> dict[Key, Demand]:
    """Return what the policies of a declaration say now.

    Of several policies that do the same to the same, one is enough.

    Args:
        declaration: What the product declares.
        standings: Objective -> how it stands.
    """
    found: dict[Key, Demand] = {}
    for policy in declaration.policies:
        said = _demand(policy, declaration, standings)
        key = (said.action, said.subject)
        if key not in found or _weight(said) > _weight(found[key]):
            found[key] = said
    return found


def changes(
    asked: Mapping[Key, Demand], in_force: Iterable[PolicyAction]
) -> tuple[tuple[Demand, ...], tuple[tuple[PolicyAction, str], ...]]:
    """Return what is to be done now, and what is to be undone, each of the latter with the reason.

    Args:
        asked: What the policies of a product say.
        in_force: What was done for it and not undone.
    """
    there = {(one.action, one.subject): one for one in in_force}
    done = tuple(one for key, one in asked.items() if one.asked and key not in there)
    undone = tuple(
        (one, asked[key].why if key in asked else "no policy asks for it any more")
        for key, one in there.items()
        if key not in asked or asked[key].asked is False
    )
    return done, undone


def _demand(policy: Policy, declaration: Declaration, standings: Mapping[str, Standing]) -> Demand:
    """Return what one policy says: whether less is left of one of its budgets than it allows."""
    subject = subject_of(policy, declaration.product)
    declared = [one.name for one in declaration.objectives]
    named = [policy.slo] if policy.slo else declared
    left = {name: standings[name].remaining if name in standings else None for name in named}
    known = {name: share for name, share in left.items() if share is not None}

    def said(*, asked: bool | None, slo: str, why: str) -> Demand:
        return Demand(action=policy.action, subject=subject, asked=asked, slo=slo, why=why)

    if policy.slo and policy.slo not in declared:
        return said(asked=False, slo=policy.slo, why=f"there is no objective `{policy.slo}` any more")
    lowest = min(known, key=lambda name: known[name], default="")
    if not lowest:
        return said(asked=None, slo=policy.slo, why="of no budget is it known what is left")
    told = f"{cut_percent(known[lowest])} of the budget of `{lowest}` was left"
    line = cut_percent(policy.below)
    if known[lowest] < policy.below:
        return said(asked=True, slo=lowest, why=f"{told}, less than {line}")
    if len(known) < len(left):
        unknown = next(name for name in left if name not in known)
        return said(asked=None, slo=unknown, why=f"what is left of the budget of `{unknown}` is not known")
    return said(asked=False, slo=lowest, why=f"{told}, {line} or more")


def _weight(said: Demand) -> int:
    """Return what counts over what: to act over not to know, not to know over not to act."""
    return {True: 2, None: 1, False: 0}[said.asked]
