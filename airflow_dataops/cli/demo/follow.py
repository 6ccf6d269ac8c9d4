"""Follows the sample's runs to their end, and brings the file that comes late."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.board import board, told
from airflow_dataops.cli.demo.sample import PRODUCT
from airflow_dataops.cli.demo.watch import RunWatch
from airflow_dataops.core.naming import Stage
from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from airflow_dataops.cli.demo.sample import Sample
    from airflow_dataops.cli.demo.watch import DayRun
    from airflow_dataops.cli.local.standalone import StandaloneAirflow
    from airflow_dataops.cli.screen import Screen

STAGES = tuple(stage.value for stage in Stage if stage not in {Stage.CANARY, Stage.APPROVE, Stage.CHECK})
"""The tasks of the template `batch@1`, in their order."""

LIMIT_SECONDS = 900
"""How long the days may take; two cores need about a tenth of it."""

POLL_SECONDS = 1.5

HELD_SECONDS = 4.0
"""How long a day is seen waiting before its file comes."""


class LateFile:
    """The file that comes late: it is brought once its day has been seen waiting for it.

    Args:
        sample: Whose file.
        partition: Which day waits for it.
    """

    def __init__(self, sample: Sample, partition: str) -> None:
        self.partition = partition
        self.note = ""
        self._sample = sample
        self._since: float | None = None
        self._brought = False

    @property
    def waited(self) -> bool:
        """Whether the day was seen waiting."""
        return self._since is not None

    def look(self, day: DayRun | None, now: float) -> str:
        """Bring the file when it is time; return what is new, or an empty text.

        Args:
            day: The run that waits, if there is one yet.
            now: A monotonic time in seconds.
        """
        if self._since is None and day is not None and day.tasks.get(Stage.LAND) == "deferred":
            self._since = now
            self.note = "it was held back on purpose"
            return f"{self.partition}  waits for its file, which was held back on purpose"
        if self._since is not None and not self._brought and now - self._since >= HELD_SECONDS:
            name = self._sample.deliver_late().name
            self._brought = True
            self.note = f"{name} has come"
            return f"{self.partition}  its file has come: {name}"
        return ""


def follow(airflow: StandaloneAirflow, sample: Sample, screen: Screen) -> frozenset[str]:
    """Show the runs until all have ended; return the days that were seen waiting for their file.

    Raises:
        BrokenWorldError: If a component of Airflow ended, or the days take too long.
    """
    days = sample.days()
    partitions = [day.partition for day in days]
    late = LateFile(sample, next(day.partition for day in days if day.outcome == "late"))
    watch = RunWatch(airflow, PRODUCT, stages=STAGES)
    started = time.monotonic()
    ended: set[str] = set()
    while len(ended) < len(partitions):
        runs = {run.partition: run for run in watch.poll()}
        now = time.monotonic()
        if news := late.look(runs.get(late.partition), now):
            screen.log(f"◔ {news}")
        for run in runs.values():
            if run.ended and run.partition not in ended:
                ended.add(run.partition)
                screen.log(told(run))
        screen.show(board(partitions, days=runs, notes={late.partition: late.note}, seconds=now - started))
        if now - started > LIMIT_SECONDS:
            left = f"{len(partitions) - len(ended)} of {len(partitions)} days"
            raise BrokenWorldError(
                f"{left} have not ended after {LIMIT_SECONDS} s", hint=f"See {airflow.logs}"
            )
        time.sleep(POLL_SECONDS)
    return frozenset({late.partition} if late.waited else ())
