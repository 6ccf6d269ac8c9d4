"""`policy:` of a pipeline file -> what happens when a budget runs low."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator

from airflow_dataops.core.percent import of_percent
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.node import Numeral, described
from airflow_dataops.documents.yaml.scalar import Name, number, one_of, whole, wrong

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.findings import Findings


def budget(value: object) -> Fraction:
    """Return a share of a budget: a number, or a percentage."""
    percent = of_percent(value)
    given = Numeral(percent) if percent != value and isinstance(percent, str) else value
    found = Fraction(number(given))
    if not 0 < found <= 1:
        raise wrong(f"must be above 0 and at most 100 %, it is {described(value)}", "Such as 20%.")
    return found


Budget = Annotated[Fraction, BeforeValidator(budget)]
Slots = Annotated[int, BeforeValidator(whole(0))]


class PolicyKeys(Keys, BaseModel):
    """What happens when a budget runs low."""

    do: Annotated[str, one_of(*Action)]
    below: Budget
    slo: Name | None = None
    pool: Name | None = None
    slots: Slots | None = None


def check_policy(keys: PolicyKeys, findings: Findings) -> None:
    """Note what doesn't go together in a policy."""
    shrinks = keys.do == Action.SHRINK_POOL
    for key in ("pool", "slots"):
        given = getattr(keys, key) is not None
        if given and not shrinks:
            findings.error(keys.node.key(key), f"`{key}` has a meaning with `do: {Action.SHRINK_POOL}` alone")
        elif shrinks and not given and not keys.node.has(key):
            findings.error(keys.node.place, f"`{keys.do}` needs `{key}`", "Such as {pool: etl, slots: 2}.")


def policy(keys: PolicyKeys) -> Policy:
    """Return a policy."""
    return Policy(
        action=Action(keys.do),
        below=keys.below,
        slo=keys.slo or "",
        pool=keys.pool or "",
        slots=keys.slots or 0,
    )


def policies(keys: tuple[PolicyKeys, ...], findings: Findings) -> tuple[Policy, ...]:
    """Return the policies of a product.

    Args:
        keys: What stands under `policy`.
        findings: Where problems go.
    """
    for one in keys:
        check_policy(one, findings)
    return tuple(map(policy, keys))
