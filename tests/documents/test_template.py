from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from airflow_dataops.documents.templates.shelf import ours, shelf_of
from airflow_dataops.documents.templates.template import SECTIONS, template

CHECKS = """
import sys
from airflow_dataops.documents.pipeline.definition import read_definition
read_definition(sys.argv[1])
print("airflow" in sys.modules, "airflow_dataops_templates.batch.params_v1" in sys.modules)
"""


@pytest.mark.parametrize("name", shelf_of().names())
def test_every_template_says_what_it_takes(name) -> None:
    """A version without its parameters could not be checked; without any set, its defaults hold."""
    found = template(name, shelf=shelf_of())

    assert found.params.model_validate({})
    assert {*found.needs, *found.takes} <= set(SECTIONS)
    assert not {*found.needs} & {*found.takes}
    assert all(field.description for field in found.params.model_fields.values())


@pytest.mark.parametrize(("given", "share"), [("20%", "0.20"), ("2.5%", "0.025"), (0.1, "0.1"), ("0", "0")])
def test_a_share_is_exact(given, share) -> None:
    """A share is the decimal that is written, in per cent or not, and never a binary fraction near it."""
    params = template("batch@1", shelf=shelf_of()).params

    assert Decimal(share) == params.model_validate({"max_quarantined": given}).max_quarantined


def test_checking_a_product_loads_no_airflow() -> None:
    """Lint checks the parameters as well, and has to answer at once."""
    sample = ours() / "batch" / "orders" / "orders.dag.yaml"
    command = [sys.executable, "-c", CHECKS, str(sample)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)

    assert "False True" == answer.stdout.strip()


SAID = {
    "NEEDS = 5": "`NEEDS` must be a tuple of these: contract, source",
    "NEEDS = ('sorce',)": "`NEEDS` must be a tuple of these: contract, source",
    "TAKES = 'target'": "`TAKES` must be a tuple of these: contract, source",
    "MODELS = ('x',)": "`MODELS` must name 2 parameters, or none",
    "MODELS = ('x', 'y')": "`MODELS` must be a tuple of these: x",
    "DEPRECATED = 'soon'": "Invalid isoformat string",
    "Params = dict": "`Params` must be a model of pydantic",
}


@pytest.mark.parametrize("line", SAID)
def test_a_template_says_of_itself_what_it_may(line, tmp_path) -> None:
    """What it needs would not be looked for where its key is misspelt."""
    (tmp_path / "feed").mkdir()
    (tmp_path / "feed" / "v1.py").write_text("")
    (tmp_path / "feed" / "params_v1.py").write_text(
        f"from pydantic import BaseModel\nclass Params(BaseModel):\n    x: int = 1\n{line}\n"
    )
    with pytest.raises((TypeError, ValueError), match=SAID[line]):
        template("feed@1", shelf=shelf_of((tmp_path,)))
