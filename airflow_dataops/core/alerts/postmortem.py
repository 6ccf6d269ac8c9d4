"""The first draft of what people write after an incident: what is known of it; they write the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Did

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from fractions import Fraction

    from airflow_dataops.core.alerts.incident import Incident, Step
    from airflow_dataops.core.alerts.moment import Moment
    from airflow_dataops.core.alerts.signal import Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Burned:
    """What an incident cost of one budget.

    Args:
        slo: The objective.
        bad: Bad events, exactly.
        total: Of how many.
        share: The share of the budget that they burned; None where there is no budget.
        remaining: The share that was left of it when it was evaluated last; None likewise.
        repaired: Whether they were made good since, and cost nothing.
    """

    slo: str
    bad: Fraction
    total: Fraction
    share: Fraction | None
    remaining: Fraction | None
    repaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What an incident did to a product that reads the one that was wrong.

    Args:
        team: Its team.
        product: It.
        incident: Its incident that was explained by this one; None where it had none.
    """

    team: str
    product: str
    incident: Incident | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """What is known of one incident.

    Args:
        incident: The incident.
        title: It in one line, as it was.
        at: When the report was made, aware.
        what: What was wrong, one line each.
        owner: Who answers for the product; or empty.
        tier: How much hangs on it; or empty.
        contract: name@version that held when it began; or empty.
        code: What the DAG was made of then -> what tells versions of it apart.
        course: What happened, oldest first.
        steps: The timeline alone.
        burned: What it cost of each budget, the most first.
        broken: The rules that were not kept, those that most rows broke first.
        causes: What is suspected, the likeliest first.
        hit: Who reads the product; those that were hit first.
        commands: What to run next, of one that is open; as in `Message`.
        once: What must be so before the second of them is run; or empty.
        quarantine: Where bad rows are; or empty.
    """

    incident: Incident
    title: str
    at: datetime
    what: tuple[str, ...] = ()
    owner: str = ""
    tier: str = ""
    contract: str = ""
    code: tuple[tuple[str, str], ...] = ()
    course: tuple[Moment, ...] = ()
    steps: tuple[Step, ...] = ()
    burned: tuple[Burned, ...] = ()
    broken: tuple[Broken, ...] = ()
    causes: tuple[str, ...] = ()
    hit: tuple[Hit, ...] = ()
    commands: tuple[str, ...] = ()
    once: str = ""
    quarantine: str = ""

    @property
    def to_detect(self) -> timedelta:
        """How long it took to be found."""
        return self.incident.detected - self.incident.began

    @property
    def to_tell(self) -> timedelta | None:
        """How long after it began a receiver had acknowledged first; None where none has."""
        return self._until(Did.DELIVERED)

    @property
    def to_acknowledge(self) -> timedelta | None:
        """How long after it began a person took it; None where nobody did."""
        return self._until(Did.ACKNOWLEDGED)

    @property
    def to_repair(self) -> timedelta | None:
        """How long it took to be over; None as long as it isn't."""
        resolved = self.incident.resolved
        return None if resolved is None else resolved - self.incident.began

    def _until(self, did: Did) -> timedelta | None:
        first = next((step.at for step in self.steps if step.did is did), None)
        return None if first is None else first - self.incident.began
