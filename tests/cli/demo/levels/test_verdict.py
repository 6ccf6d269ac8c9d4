"""The sums by hand, against the evaluation of what happens, at instants that a demo may be called at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.demo.levels.cases import CASES
from airflow_dataops.cli.demo.levels.products import Days, write_products
from airflow_dataops.cli.demo.levels.verdict import findings
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.declared import declared
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.slo.standing import Standing

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
CALLED = (
    datetime(2026, 3, 4, 0, 0, 42, tzinfo=UTC),  # soon after midnight
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),  # an hour is lost in Europe
    datetime(2026, 12, 31, 23, 59, 1, tzinfo=UTC),  # the last minute of a year
    datetime(2028, 2, 29, 12, tzinfo=UTC),  # a day that most years don't have
)


class Played:
    """What a demo sees, as facts in memory, with a clock that says so.

    Args:
        folder: Where products are written.
        called: When the demo is called.
    """

    def __init__(self, folder: Path, called: datetime) -> None:
        self.days = Days.until(called)
        self.store = MemoryStore()
        self.levels = MemoryServiceLevels(self.store)
        self.clock = FrozenClock(called)
        write_products(folder, self.days)
        for case in CASES:
            definition = read_definition(str(folder / case.product / f"{case.product}.dag.yaml"))
            self.levels.declare(declared(definition, since=called, team="t")[0])
        self.rows(34, 40, ago=1)
        self.levels.ran(
            RunOutcome(
                team="t",
                dag_id="retried",
                run_id="r",
                partition=self.days.partition(),
                start=self.days.end - DAY,
                end=self.days.end,
                ended=called + SECOND,
                first=Outcome.FAILED,
                final=Outcome.SUCCESS,
                tries=2,
            )
        )

    def mend(self) -> None:
        """Let the late file come, and the good one."""
        self.see("late", Sli.FRESHNESS, self.days.partition())
        self.rows(40, 40, ago=0)

    def rows(self, good: int, total: int, *, ago: int) -> None:
        """See rows of `bad`."""
        self.see("bad", Sli.CORRECTNESS, self.days.partition(ago), good=good, total=total)

    def see(self, product: str, sli: Sli, partition: str, **counts: int) -> None:
        """See something now."""
        batch = Batch(team="t", product=product, dataset=product, partition=partition)
        seen = Observation(
            batch=batch,
            sli=sli,
            subject="1",
            end=None,
            at=self.clock.now(),
            **{"good": None, "total": None, "value": None, **counts},
        )
        self.store.record(seen)

    def look(self, at: datetime) -> dict[tuple[str, str], Standing]:
        """Evaluate at an instant."""
        self.clock = FrozenClock(at)
        found = evaluate_slos(
            levels=self.levels, timetable=CronTimetable(), store=self.store, clock=self.clock
        )
        return {(one.product, one.slo): one for one in found.standings}


@pytest.mark.parametrize("called", CALLED, ids=str)
def test_what_happens_burns_what_was_reckoned(tmp_path, called) -> None:
    """Whenever the demo is called, and however long it takes to the second look, within a day."""
    played = Played(tmp_path, called)
    first = played.look(played.days.due + SECOND)
    played.mend()
    last = played.look(played.days.due + timedelta(hours=23))

    found = findings(CASES, first=first, last=last)

    assert [] == [one for one in found if not one.holds]
    assert 6 == len(found)
    assert ["slo.repaired"] == [one.action for one in played.store.facts(AuditRecord)]


def test_another_number_is_noticed(tmp_path) -> None:
    """By one event, by a part of one, by one that is expected; and where nothing is known."""
    played = Played(tmp_path, CALLED[0])
    stood = played.look(played.days.due + SECOND)
    key = ("paused", "in-time")
    right = stood[key]

    assert findings(CASES[:1], first=stood, last=stood)[0].holds
    for change in (
        {"good": right.good + 1},
        {"total": right.total + Fraction(1, 10**9)},
        {"expected": right.expected + 1},
        {"allowed": right.allowed + Fraction(1, 10**9)},
    ):
        assert not findings(CASES[:1], first=stood, last={key: replace(right, **change)})[0].holds
    assert not findings(CASES[:1], first=stood, last={})[0].holds
    assert not findings(CASES[:1], first={}, last=stood)[0].holds
