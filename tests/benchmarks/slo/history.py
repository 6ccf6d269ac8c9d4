"""A deployment of many products with a history of some weeks, made from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Gap, Objective
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from airflow_dataops.usecases.ports.service_levels import ServiceLevels

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SEED = 7

OBJECTIVES = (
    Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), threshold=Fraction(6 * 3600)),
    Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction("0.995"), gap=Gap.EXCLUDED),
    Objective(
        name="quick", sli=Sli.LATENCY, target=Fraction("0.99"), threshold=Fraction(1800), gap=Gap.EXCLUDED
    ),
    Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.99")),
    Objective(name="first", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.9")),
)
"""What each product promises."""


@dataclass(frozen=True)
class History:
    """How much there is of it.

    Args:
        products: How many products.
        days: How many days of history.
    """

    products: int
    days: int

    def declare(self, levels: ServiceLevels) -> None:
        """Declare every product, each at some minute of the night."""
        chance = random.Random(SEED)  # noqa: S311 - it makes no secrets
        start = NOW - (self.days + 2) * DAY
        levels.declare(
            *(
                Declaration(
                    team=f"team{number % 20}",
                    product=name(number),
                    dataset=name(number),
                    expectation=Expectation(schedule=f"{chance.randrange(60)} 0 * * *", start=start),
                    objectives=OBJECTIVES,
                    since=start,
                )
                for number in range(self.products)
            )
        )

    def write(self, engine: Engine) -> int:
        """Write what was seen, and return how many rows that is."""
        rows = 0
        with engine.begin() as connection:
            for number in range(self.products):
                seen, runs = self._product(number)
                connection.execute(insert(tables.observation), seen)
                connection.execute(insert(tables.run_outcome), runs)
                rows += len(seen) + len(runs)
        return rows

    def _product(self, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        chance = random.Random(f"{SEED}/{number}")  # noqa: S311 - it makes no secrets
        days = [NOW.replace(hour=0) - n * DAY for n in range(self.days, 0, -1)]
        seen, runs = [], []
        for day in days:
            if chance.random() > 0.01:
                seen += self.batch(number, day, chance)
                runs.append(run(number, day, chance))
        return seen, runs

    def batch(self, number: int, day: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
        """Yield what is seen of one batch."""
        published = (
            day + DAY + timedelta(seconds=chance.expovariate(1 / 7200), microseconds=chance.randrange(10**6))
        )
        rows = chance.randrange(1000, 100_000)
        bad = chance.randrange(rows // 100) if chance.random() < 0.05 else 0
        its = {
            "team": f"team{number % 20}",
            "product": name(number),
            "dataset": name(number),
            "partition": f"{day:%Y-%m-%d}",
            "subject": "1",
            "end": day + DAY,
        }
        late = Fraction((published - day - DAY) // timedelta(microseconds=1), 10**6)
        yield {
            **its,
            "sli": Sli.CORRECTNESS,
            "good": rows - bad,
            "total": rows,
            "value": Fraction(rows - bad, rows),
            "at": published,
        }
        yield {**its, "sli": Sli.FRESHNESS, "good": None, "total": None, "value": late, "at": published}
        yield {**its, "sli": Sli.LATENCY, "good": None, "total": None, "value": late / 10, "at": published}


def run(number: int, day: datetime, chance: random.Random) -> dict[str, Any]:
    """Return a run."""
    first = Outcome.FAILED if chance.random() < 0.05 else Outcome.SUCCESS
    return {
        "team": f"team{number % 20}",
        "dag_id": name(number),
        "run_id": f"scheduled__{day:%Y-%m-%d}",
        "partition": f"{day:%Y-%m-%d}",
        "run_type": "scheduled",
        "start": day,
        "end": day + DAY,
        "began": day + DAY,
        "ended": day + DAY + timedelta(seconds=chance.randrange(600, 7200)),
        "first": first,
        "final": Outcome.SUCCESS if chance.random() > 0.005 else Outcome.FAILED,
        "tries": 1 if first is Outcome.SUCCESS else 2,
    }


def name(number: int) -> str:
    """Return the name of a product."""
    return f"product_{number:05}"
