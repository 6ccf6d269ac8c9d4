"""What a product declares of its service levels, as it stood from some instant on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from airflow_dataops.core.alerts.runbook import Runbook  # noqa: TC001 - what reads one back asks for it
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.expectation import Expectation  # noqa: TC001 - as above
from airflow_dataops.core.slo.objective import Objective  # noqa: TC001 - as above
from airflow_dataops.core.slo.policy import Policy  # noqa: TC001 - as above

ALL = "*"
"""The partition of what is about all of them."""

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a product declares; it is recorded when its DAG is built, and holds until another one is.

    The newest says what is promised, over all of a window. What was expected at some time is said by the one
    that held at that time, so that a changed schedule rewrites nothing.

    Args:
        team: The team, or the DAG bundle.
        product: The product, or the DAG where it is a watched one.
        dataset: The dataset that it publishes.
        expectation: What is expected, and when.
        objectives: What is promised.
        policies: What happens when a budget runs low.
        owner: Who answers for it.
        channels: Where its users are told.
        contract: name@version of the contract; or empty.
        tier: How much hangs on it, as the contract says: `critical` or a word of the team's own; or empty.
        runbooks: What to do, of the product as a whole, and of objectives and rules.
        code: What its DAG is made of, each with what tells versions of it apart (`core/code.py`).
        retired: Whether somebody said that nothing is expected of it any more, such as before it was deleted.
        since: From when on it holds, aware: when it was first recorded.
    """

    team: str
    product: str
    dataset: str
    expectation: Expectation
    objectives: tuple[Objective, ...] = ()
    policies: tuple[Policy, ...] = field(default=())
    owner: str = ""
    channels: tuple[str, ...] = ()
    contract: str = ""
    tier: str = ""
    runbooks: tuple[Runbook, ...] = field(default=())
    code: tuple[tuple[str, str], ...] = ()
    retired: bool = False
    since: datetime

    @property
    def whole(self) -> Batch:
        """All partitions of the product, as the audit trail has what is about no single one."""
        dataset = self.dataset or self.product
        return Batch(team=self.team, product=self.product, dataset=dataset, partition=ALL)

    @property
    def said(self) -> Declaration:
        """What it says, whenever it was said, and wherever it stands: lines move, and say what they said."""
        objectives = tuple(replace(objective, place="") for objective in self.objectives)
        return replace(self, objectives=objectives, since=ALWAYS)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether the declarations of a product are as they were.

    Args:
        digest: Of all of them, in their order.
        upstreams: Products that what is expected depends on.
        promises: Whether the newest of them promises anything.
        since: From when on the newest of them holds, aware.
        reads: Products that it reads besides.
    """

    digest: str
    upstreams: tuple[str, ...] = ()
    promises: bool = True
    since: datetime = ALWAYS
    reads: tuple[str, ...] = ()
