from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from airflow_dataops.operators.announce import AnnounceOperator
from airflow_dataops.operators.audit import AuditOperator
from airflow_dataops.operators.begin import BeginOperator
from airflow_dataops.operators.gate import GateOperator
from airflow_dataops.operators.land import LandOperator
from airflow_dataops.operators.model import ModelOperator
from airflow_dataops.operators.pandera import PanderaOperator
from airflow_dataops.operators.publish import PublishOperator
from airflow_dataops.operators.quarantine_report import QuarantineReportOperator
from airflow_dataops.operators.transform import TransformOperator
from airflow_dataops.operators.verify import VerifyOperator

OPERATORS = (
    BeginOperator,
    ModelOperator,
    LandOperator,
    GateOperator,
    VerifyOperator,
    TransformOperator,
    PanderaOperator,
    AuditOperator,
    PublishOperator,
    AnnounceOperator,
    QuarantineReportOperator,
)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_knob_is_a_template_field_and_described(operator) -> None:
    """What can be set can be templated, is recorded with the DAG's version, and has a line of its own."""
    knobs = [
        name
        for name, parameter in inspect.signature(operator.__init__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    described = re.findall(r"^        (\w+): ", operator.__doc__, re.MULTILINE)

    assert sorted(knobs) == sorted(operator.template_fields)
    assert sorted(knobs) == sorted(described)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_stands_in_the_how_to(operator) -> None:
    """Who wires by hand finds each of them."""
    page = Path(__file__).parents[2] / "docs" / "howto" / "by-hand.md"

    assert f"| `{operator.__name__}` |" in page.read_text()


def test_land_that_waits_is_retried_at_least_once() -> None:
    """Airflow 3.3 can mark a deferral as failed; a retry heals that."""
    arguments = {"product": "p", "dataset": "d", "folder": "/drops", "path": "p.csv"}

    waits = LandOperator(task_id="waits", on_missing="wait", retries=0, **arguments)
    fails = LandOperator(task_id="fails", on_missing="fail", retries=0, **arguments)

    assert (1, 0) == (waits.retries, fails.retries)
