"""The products of the demo of service levels, as files in a folder of DAGs.

Their days end in the minute in which they are written, and are due a minute or less later: so what is late is
late by a real clock. The four weeks over which they are held to their promises begin when the first one ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

MONITOR = "slo_monitor"
"""The DAG that evaluates."""

LOAD = """\
# An Airflow DAG: the pipeline file holds the pipeline.
from airflow_dataops.factory.dags import load_dag

dag = load_dag(__file__)
"""

PIPELINE = """\
template: batch@2
schedule: "{end.minute} {end.hour} * * *"   # its days end then
start_date: {start:%Y-%m-%dT%H:%M:%S}
catchup: true
max_active_runs: 1
retries: 5
retry_delay: 5s
source:
  folder: drops
  path: {product}-{{partition}}.csv
  on_missing: wait
  wait: {{timeout: 6h, poke_interval: 2s}}
"""

BLOCKED = """\
params: {max_quarantined: 20%}
policy:
  - {do: block_publish, below: 50%, slo: right-rows}
"""

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {product}
version: 1.0.0
status: active
authoritativeDefinitions: [{{type: runbook, url: runbook.md}}]
schema:
  - name: {product}
    properties:
      - {{name: id, logicalType: integer, required: true, primaryKey: true}}
      - {{name: amount, logicalType: number, required: true, logicalTypeOptions: {{minimum: 0}}}}
"""

RUNBOOK = """\
# When a day of {{ product }} is late, wrong, or fails

It is so since {{ began }}.

- Paused? Start the DAG again in the UI; the days that are missing follow.
- No file? It must lie in `drops/`. Once it is there, the run that waits for it goes on by itself.
- Bad rows? They are in quarantine, with the names of the rules that they broke. Ask who sends them.
- What to type: {{ commands | join("; ") }}
"""

RIGHT_ROWS = """\
slaProperties:
  - {id: right-rows, property: errorRate, value: 10, unit: percent}
"""

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {slo}}}
spec:
  service: {product}
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 28d
      isRolling: false
      calendar: {{startTime: "{begins:%Y-%m-%d %H:%M:%S}", timeZone: UTC}}
  indicator:
    spec:
      ratioMetric:
        good: {{metricSource: {{type: Airflow, spec: {good}}}}}
        total: {{metricSource: {{type: Airflow, spec: {{expected: partitions}}}}}}
  objectives: [{{targetPercent: {percent}}}]
"""

IN_TIME = "{sli: freshness, threshold: 2m}"
MENDED = "{sli: freshness, threshold: 2m, late: repaired}"

EVALUATES = """\
template: slo_monitor@1
schedule: "*/5 * * * *"
start_date: {end:%Y-%m-%dT%H:%M:%S}
"""

BAD_ROWS = (",1", ",2", "3,-1", "4,-2", "5,much", ",-3")
"""Six rows that break the contract; the last one breaks two rules."""

FILE_OF = 40
"""Rows of a file of the product `bad`."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the products.

    Args:
        end: When the newest of them ended, aware, in UTC: a full minute.
    """

    end: datetime

    @classmethod
    def until(cls, now: datetime) -> Days:
        """Return those of which the newest ended a minute ago, to the minute."""
        return cls(now.replace(second=0, microsecond=0) - MINUTE)

    @property
    def due(self) -> datetime:
        """When the newest must be there: `threshold` after its end."""
        return self.end + 2 * MINUTE

    def partition(self, ago: int = 0) -> str:
        """Return the label of a day: that on which it begins.

        Args:
            ago: How many days came after it.
        """
        return f"{self.end - (ago + 1) * DAY:%Y-%m-%d}"


def write_products(folder: Path, days: Days) -> None:
    """Write the four products, and the monitor that watches them.

    A period of 28 days begins when the first day of a product ended. So it holds 28 days, by when they end
    and by when they are due: the 29th ends when the next period begins.

    Args:
        folder: The folder of DAGs.
        days: Their days.
    """
    for product, slos, ago in (
        ("paused", (("in-time", 90, IN_TIME),), 2),
        ("late", (("in-time", 95, IN_TIME), ("in-time-or-mended", 95, MENDED)), 0),
        (
            "retried",
            (("ends-well", 95, "{sli: success}"), ("first-try", 95, "{sli: first_attempt}")),
            0,
        ),
        ("bad", (), 1),
    ):
        first = days.end - ago * DAY
        pipeline = PIPELINE.format(product=product, end=days.end, start=first - DAY)
        contract = CONTRACT.format(product=product)
        files = {"dag": pipeline, "odcs": contract}
        if slos:
            files["openslo"] = "---\n".join(
                SLO.format(slo=slo, product=product, good=good, percent=percent, begins=first)
                for slo, percent, good in slos
            )
        else:
            files = {"dag": pipeline + BLOCKED, "odcs": contract + RIGHT_ROWS}
        _write(folder / product, files)
    _write(folder / MONITOR, {"dag": EVALUATES.format(end=days.end)})


def drop(folder: Path, product: str, partition: str, *, bad: Sequence[str] = ()) -> None:
    """Bring a file of a product: whole, as it is moved in.

    Args:
        folder: The folder of DAGs.
        product: Whose file.
        partition: Of which day.
        bad: Rows of it that break the contract; the others are good.
    """
    drops = folder / product / "drops"
    rows = ["id,amount", *bad, *(f"{number},1.5" for number in range(100, 100 + FILE_OF - len(bad)))]
    partial = drops / "partial"
    partial.write_text("\n".join([*rows, ""]), encoding="utf-8")
    partial.replace(drops / f"{product}-{partition}.csv")


def blocked_place(folder: Path, product: str, partition: str) -> Path:
    """Return where the file of a day must lie, and where a folder lies for now."""
    return folder / product / "drops" / f"{product}-{partition}.csv"


def _write(home: Path, files: dict[str, str]) -> None:
    """Write a product, its DAG file last: Airflow looks already."""
    (home / "drops").mkdir(parents=True, exist_ok=True)
    for kind, text in files.items():
        (home / f"{home.name}.{kind}.yaml").write_text(text, encoding="utf-8")
    if "odcs" in files:
        (home / "runbook.md").write_text(RUNBOOK, encoding="utf-8")
    (home / "dag.py").write_text(LOAD, encoding="utf-8")
