"""The products of the demo of alerts, as files in a folder of DAGs, and the file that says who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.alerts.drills import DRILLS, READERS
from airflow_dataops.cli.demo.levels.products import CONTRACT, DAY, LOAD, MINUTE, MONITOR, RUNBOOK

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

CRITICAL = ("paused", "late", "orders", *READERS)
"""Products that people are woken up for where they are late; the others are due hours later."""

PIPELINE = """\
template: batch@2
team: shop
{starts}
max_active_runs: 1
retries: 0
source:
  folder: drops
  path: {product}-{{partition}}.csv
  on_missing: wait
  wait: {{timeout: 6h, poke_interval: 2s}}
params: {{max_quarantined: 20%}}
"""

BY_CLOCK = """\
schedule: "{end.minute} {end.hour} * * *"   # its days end then
start_date: {start:%Y-%m-%dT%H:%M:%S}
catchup: true"""

AFTER_ORDERS = """\
depends_on: [orders]
consumes: [orders]
start_date: {start:%Y-%m-%dT%H:%M:%S}"""

TIER = """\
customProperties: [{property: tier, value: critical}]
"""

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: in-time}}
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
        good: {{metricSource: {{type: Airflow, spec: {{sli: freshness, threshold: {threshold}}}}}}}
        total: {{metricSource: {{type: Airflow, spec: {{expected: partitions}}}}}}
  objectives: [{{targetPercent: 95}}]
"""

WATCHES = """\
template: slo_monitor@1
schedule: "@yearly"   # the demo starts it: else every five minutes
start_date: {end:%Y-%m-%dT%H:%M:%S}
"""

RULES = """\
# Each incident by itself, to a webhook of ours and to an Alertmanager.
route:
  receiver: people
  group_by: [team, product, partition]
  group_interval: 1s   # the demo is in a hurry: else what is new in five minutes is told together
keep_firing_for: 1s    # likewise: else something has to be well for ten minutes until it is over
receivers:
  - name: people
    webhook: [{conn_id: demo_webhook}]
    alertmanager: [{conn_id: demo_alertmanager}]
"""

HOURS_LATER = "12h"

BAD_ROWS = tuple(f",{number}" for number in range(1, 21))
"""Twenty rows of forty that have no id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When days end, and when they are due.

    Args:
        end: When the newest day ended, aware, in UTC: a full minute.
        due: When the products that are critical are due, aware.
    """

    end: datetime
    due: datetime

    @classmethod
    def of(cls, now: datetime, *, patience: timedelta) -> Plan:
        """Return days of which the newest has just ended.

        Args:
            now: The instant, aware, in UTC.
            patience: How long it takes until they are due.
        """
        return cls(
            end=now.replace(second=0, microsecond=0) - MINUTE, due=now.replace(microsecond=0) + patience
        )

    @property
    def partition(self) -> str:
        """The label of the newest day: that on which it begins."""
        return f"{self.end - DAY:%Y-%m-%d}"

    @property
    def threshold(self) -> str:
        """How late a critical product may be, as an objective has it."""
        return f"{(self.due - self.end) // timedelta(seconds=1)}s"


def write_products(folder: Path, plan: Plan) -> tuple[str, ...]:
    """Write the products, what watches them, and who is told; return the names of the products.

    Args:
        folder: The folder of DAGs.
        plan: Their days.
    """
    (folder / "alerts.yaml").write_text(RULES, encoding="utf-8")
    names = (*(drill.product for drill in DRILLS), *READERS)
    for product in names:
        critical = product in CRITICAL
        starts = (AFTER_ORDERS if product in READERS else BY_CLOCK).format(end=plan.end, start=plan.end - DAY)
        threshold = plan.threshold if critical else HOURS_LATER
        files = {
            "dag": PIPELINE.format(product=product, starts=starts),
            "odcs": CONTRACT.format(product=product) + (TIER if critical else ""),
            "openslo": SLO.format(product=product, threshold=threshold, begins=plan.end),
        }
        _write(folder / product, files)
    _write(folder / MONITOR, {"dag": WATCHES.format(end=plan.end)})
    return names


def _write(home: Path, files: dict[str, str]) -> None:
    """Write a product, its DAG file last: Airflow looks already."""
    (home / "drops").mkdir(parents=True, exist_ok=True)
    for kind, text in files.items():
        (home / f"{home.name}.{kind}.yaml").write_text(text, encoding="utf-8")
    if "odcs" in files:
        (home / "runbook.md").write_text(RUNBOOK, encoding="utf-8")
    (home / "dag.py").write_text(LOAD, encoding="utf-8")
