"""What a person is told of an incident: all they need at three in the morning, and no value of a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a message back from JSON asks for it
from fractions import Fraction  # noqa: TC003 - as above

from airflow_dataops.core.alerts.incident import Phase  # noqa: TC001 - as above
from airflow_dataops.core.alerts.runbook import Runbook  # noqa: TC001 - as above
from airflow_dataops.core.alerts.signal import Broken, Where  # noqa: TC001 - as above
from airflow_dataops.core.slo.objective import Urgency  # noqa: TC001 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of one budget.

    Args:
        slo: The objective.
        remaining: The share that is left, below 0 once it is overdrawn; None where there is none.
        burn: How many times too fast it burns at most; None where nothing burns.
    """

    slo: str
    remaining: Fraction | None
    burn: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Downstream:
    """A product that reads the one that is wrong.

    Args:
        team: Its team.
        product: It.
        minutes: Until its next run is due; None where that isn't known.
        waits: Whether it runs when what it reads was delivered, and by no clock: then that is what is due.
        wrong: What is wrong with it already, such as `2026-03-03 is late`: nobody is told of it besides; or
            empty.
    """

    team: str
    product: str
    minutes: int | None = None
    waits: bool = False
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said of one incident.

    Args:
        number: The incident.
        key: What receivers know it by.
        where: What it is about.
        dataset: The dataset; or empty.
        title: It in one line: `orders 2026-03-03 is late and failed`.
        what: What is wrong, one line each.
        urgency: What is asked of a person.
        phase: How far it is.
        began: Since when it is wrong, aware.
        detected: When that was found, aware.
        resolved: When it was over, aware; or None.
        left: What is left of its budgets.
        broken: Rules that were not kept, those that most rows broke first.
        more_broken: How many more of them there are.
        quarantine: Where the bad rows are; or empty.
        causes: What is suspected, the likeliest first, one line each.
        downstream: Who reads it, those that are wrong already and the next to run first.
        more_downstream: How many more of them there are.
        owner: Who answers for it; or empty.
        contract: name@version; or empty.
        timezone: The time zone of its days, such as `Europe/Paris`; or empty.
        runbook: What to do, its text filled in with the incident's own values; None where there is none.
        commands: The two commands to run next.
        once: What must be so before the second is run, such as `once it is mended`; or empty.
        labels: Its labels, as pairs, sorted.
    """

    number: int
    key: str
    where: Where
    dataset: str = ""
    title: str
    what: tuple[str, ...]
    urgency: Urgency
    phase: Phase
    began: datetime
    detected: datetime
    resolved: datetime | None = None
    left: tuple[Left, ...] = ()
    broken: tuple[Broken, ...] = ()
    more_broken: int = 0
    quarantine: str = ""
    causes: tuple[str, ...] = ()
    downstream: tuple[Downstream, ...] = ()
    more_downstream: int = 0
    owner: str = ""
    contract: str = ""
    timezone: str = ""
    runbook: Runbook | None = None
    commands: tuple[str, str] = ("", "")
    once: str = ""
    labels: tuple[tuple[str, str], ...] = ()
