"""What was seen of one batch by one indicator, and when. Nothing that was seen is ever unseen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from airflow_dataops.core.landing import MISSING, Landing
from airflow_dataops.core.slo.sli import Sli, SliEvent, correctness, freshness, latency
from airflow_dataops.core.verification import judged

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.beginning import Beginning
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.verification import Verification

SHOWN = 12
"""Digits of a digest that tell contents apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen of one batch by one indicator.

    Seeing the same subject again changes nothing: the first time stays. Another subject, such as a corrected
    file or a later version, is another observation: which of them counts is up to the objective.

    Args:
        batch: The batch.
        sli: The indicator.
        subject: What was looked at: the digest of a raw copy and the contract, the version of a publication,
            the id of a run.
        end: When the data of the batch was complete: the end of its interval, aware; or None.
        good: Good events, where the indicator counts events; else None.
        total: All events, where it counts events; else None.
        value: The value in the indicator's unit; None when there were no events.
        at: When it was seen, aware.
    """

    batch: Batch
    sli: Sli
    subject: str
    end: datetime | None
    good: int | None
    total: int | None
    value: Fraction | None
    at: datetime


class Sight(NamedTuple):
    """What an evaluation needs of an observation; there are many of them, so it is no more than that.

    Args:
        at: When it was seen, aware, in UTC.
        good: Good events, where the indicator counts events; else None.
        total: All events, where it counts events; else None.
        value: The value in the indicator's unit, where it doesn't count events; else None.
    """

    at: datetime
    good: int | None = None
    total: int | None = None
    value: Fraction | None = None


def in_turn(sight: Sight) -> tuple[datetime, int, int, Fraction]:
    """Return what sights are sorted by: of one instant the worst first, however a store has them."""
    return (sight.at, sight.good or 0, sight.total or 0, sight.value or Fraction(0))


def of_event(event: SliEvent, *, subject: str, end: datetime | None) -> Observation:
    """Return what an event says, as something that was seen.

    Args:
        event: What a batch says of an indicator.
        subject: What was looked at.
        end: End of the batch's interval, aware; or None.
    """
    return Observation(
        batch=event.batch,
        sli=event.sli,
        subject=subject,
        end=end,
        good=event.good,
        total=event.total,
        value=event.value,
        at=event.at,
    )


def of_verification(
    verification: Verification, *, looked_at: str, end: datetime | None
) -> tuple[Observation, ...]:
    """Return how correct rows were found; nothing where they were not judged, which is neither good nor bad.

    Looking again at the same rows is another observation only where it came to something else, such as after
    a table was mended that a rule looks at besides.

    Args:
        verification: The verdicts on them.
        looked_at: What tells them from others: a digest, or the run that looked at a table.
        end: End of the batch's interval, aware; or None.
    """
    absent = any(outcome.rule == MISSING for outcome in verification.outcomes)
    if absent or not verification.parted or not judged(verification):
        return ()
    came_to = f"{verification.good}/{verification.rows}"
    subject = f"{looked_at} {verification.contract} {came_to}"
    return (of_event(correctness(verification), subject=subject, end=end),)


def of_count(
    verification: Verification, *, expected: int, looked_at: str, end: datetime | None
) -> Observation:
    """Return how complete a batch was found. More rows than expected are all that were expected.

    Args:
        verification: The verdicts on its rows.
        expected: How many rows it should have.
        looked_at: What tells them from others: a digest.
        end: End of the batch's interval, aware; or None.
    """
    return Observation(
        batch=verification.batch,
        sli=Sli.COMPLETENESS,
        subject=f"{looked_at} {verification.rows}/{expected}",
        end=end,
        good=min(verification.rows, expected),
        total=expected,
        value=Fraction(verification.rows, expected) if expected else None,
        at=verification.at,
    )


def of_publication(
    publication: Publication, *, landing: Landing | Beginning, end: datetime | None
) -> tuple[Observation, ...]:
    """Return that a batch can be read, and how long that took since its data landed, where any landed.

    Args:
        publication: What was published.
        landing: The raw copy that it was made from; or how the batch began.
        end: End of the batch's interval, aware; None where only what is expected of it tells.
    """
    subject = f"version {publication.version} {publication.content[:SHOWN]}"
    readable = (
        SliEvent(
            batch=publication.batch,
            sli=Sli.FRESHNESS,
            good=None,
            total=None,
            value=None,
            at=publication.at,
        )
        if end is None
        else freshness(publication, end)
    )
    took = (latency(publication, landing),) if isinstance(landing, Landing) else ()
    return tuple(of_event(event, subject=subject, end=end) for event in (readable, *took))
