from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from airflow_dataops.documents.shelf import names, shelf
from airflow_dataops.documents.template import params_model

CHECKS = """
import sys
from airflow_dataops.documents.pipeline import read_product
read_product(sys.argv[1])
print("airflow" in sys.modules, "airflow_dataops_templates.batch.params_v1" in sys.modules)
"""


@pytest.mark.parametrize("template", names())
def test_every_template_says_what_it_takes(template) -> None:
    """A version without its parameters could not be checked; without any set, its defaults hold."""
    assert params_model(template).model_validate({})


@pytest.mark.parametrize(("given", "share"), [("20%", "0.20"), ("2.5%", "0.025"), (0.1, "0.1"), ("0", "0")])
def test_a_share_is_exact(given, share) -> None:
    """A share is the decimal that is written, in per cent or not, and never a binary fraction near it."""
    assert (
        Decimal(share) == params_model("batch@1").model_validate({"max_quarantined": given}).max_quarantined
    )


def test_checking_a_product_loads_no_airflow() -> None:
    """Lint checks the parameters as well, and has to answer at once."""
    sample = shelf() / "batch" / "orders" / "orders.dag.yaml"
    command = [sys.executable, "-c", CHECKS, str(sample)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)

    assert "False True" == answer.stdout.strip()
