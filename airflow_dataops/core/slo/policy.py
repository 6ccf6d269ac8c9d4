"""What happens, and what may not happen any more, when a budget runs low (SRE workbook, appendix B)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a declaration back from JSON asks for it
from enum import StrEnum
from fractions import Fraction  # noqa: TC003 - as above

from airflow_dataops.core.contract.quantity import decimal


class Action(StrEnum):
    """What a policy does."""

    BLOCK_PUBLISH = "block_publish"
    REQUIRE_APPROVAL = "require_approval"
    PAUSE = "pause"
    SHRINK_POOL = "shrink_pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a product declares to happen when less than a share of a budget is left.

    Args:
        action: What happens; it is undone when as much as that is left again.
        below: The share of the budget, 0 < below <= 1: less than that must be left.
        slo: The objective whose budget it is; empty for any of the product's.
        pool: The pool, for `shrink_pool`.
        slots: To how many slots it shrinks.
    """

    action: Action
    below: Fraction
    slo: str = ""
    pool: str = ""
    slots: int = 0

    def __str__(self) -> str:
        """Return the policy in words, such as `pause below 20 % of freshness`."""
        what = f"{self.action} {self.pool} to {self.slots}" if self.pool else self.action
        return f"{what} below {decimal(100 * self.below)} %{f' of {self.slo}' if self.slo else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAction:
    """Something that a policy has done, and that is in force.

    Args:
        team: Whose product it is.
        product: The product.
        action: What was done.
        subject: To what: the product, or `pool=slots`, so that several steps of one pool are told apart.
        slo: The objective whose budget was too low.
        since: Since when, aware.
        why: The reason in words, with the budget that was left.
        before: What it was like before, so that it can be undone: the slots of a pool; `running` or `paused`
            of a DAG.
    """

    team: str
    product: str
    action: Action
    subject: str
    slo: str
    since: datetime
    why: str
    before: str = ""
