"""The how-to on reports of DAGs: its DAG file reports what the page says."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path

from airflow_dataops.notifications.slo_breach import SloBreachNotifier
from airflow_dataops.notifications.slo_deadline import slo_deadline

FOLDER = Path(__file__).parents[2] / "docs" / "howto"
PAGE = (FOLDER / "report-incidents.md").read_text()
DAG_FILE = FOLDER / "payroll_dag.py"


def test_the_lines_of_the_page_are_those_of_the_file() -> None:
    """As they stand there."""
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    assert shown in DAG_FILE.read_text()


def test_all_that_the_dag_file_reports_is_in_one_incident() -> None:
    """Each says the same team, and both ends of a run are told."""
    spec = importlib.util.spec_from_file_location("payroll_dag", DAG_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dag = module.dag
    (pay,) = dag.tasks
    told = [*_listed(dag.on_failure_callback), *_listed(dag.on_success_callback)]
    told += _listed(pay.on_failure_callback)

    assert 3 == len(told)
    assert {("people", "", "")} == {(one.team, one.product, one.grain) for one in told}
    (deadline,) = _listed(dag.deadline)
    assert {"team": "people", "timezone": "UTC"} == dict(deadline.callback.kwargs)


def test_the_page_names_every_parameter() -> None:
    """Of the notifier, and of the deadline."""
    (table,) = re.findall(r"\| parameter \| default \| is \|\n(.*?)\n\n", PAGE, re.DOTALL)
    named = {name for row in table.splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    of_notifier = set(inspect.signature(SloBreachNotifier.__init__).parameters) - {"self", "kwargs"}

    assert of_notifier == named
    also = set(inspect.signature(slo_deadline).parameters) - of_notifier
    assert also == {"within", "since", "name", "sync"}
    assert all(f"`{name}`" in PAGE for name in also)


def _listed(of: object) -> list[object]:
    return list(of) if isinstance(of, list | tuple) else [of]
