"""What is wrong with a product now, one thing at a time: what incidents are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a signal back from JSON asks for it
from enum import StrEnum
from fractions import Fraction  # noqa: TC003 - as above
from typing import NamedTuple

from airflow_dataops.core.slo.objective import Urgency  # noqa: TC001 - as above


class Kind(StrEnum):
    """In which way a partition is wrong, or that a budget burns."""

    FAILED = "failed"
    LATE = "late"
    BAD = "bad"
    INCOMPLETE = "incomplete"
    LOST = "lost"
    BURNING = "burning"


class Where(NamedTuple):
    """What one incident is about.

    Args:
        team: The team.
        product: The product, or the DAG that is watched.
        partition: The partition; empty where the product as a whole is meant.
    """

    team: str
    product: str
    partition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that was not kept. Never a value of a row.

    Args:
        rule: Its id.
        failing: How many rows broke it; 0 where it isn't about rows.
        checked: Of how many.
    """

    rule: str
    failing: int = 0
    checked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that is wrong, as long as it is.

    Args:
        where: Of which partition of which product.
        kind: In which way.
        dataset: The dataset; or empty.
        slo: The objective that says so; empty where none does.
        since: Since when, aware: when it was due, judged, or failed.
        text: What happened in one line, without a row's value.
        rules: The rules that were not kept, those that most rows broke first.
        run_id: The run; or empty.
        burn: How many times too fast a budget burns, where that is the matter.
        urgency: What an alert of an objective asks for; None where the kind says it.
    """

    where: Where
    kind: Kind
    dataset: str = ""
    slo: str = ""
    since: datetime
    text: str = ""
    rules: tuple[Broken, ...] = ()
    run_id: str = ""
    burn: Fraction | None = None
    urgency: Urgency | None = None

    @property
    def name(self) -> str:
        """What it is called among the signals of an incident."""
        return f"{self.kind} {self.slo}".strip()
