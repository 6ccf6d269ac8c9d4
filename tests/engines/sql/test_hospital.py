"""Real records with known errors: their contract finds no less than when it was written."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

MEASURE = Path(__file__).parents[2] / "benchmarks" / "hospital" / "measure.py"


def test_the_hospital_contract_finds_what_it_found(shared, tmp_path) -> None:
    """508 of 509 wrong cells, none flagged that is right; up to two either way where a majority is a tie."""
    spec = importlib.util.spec_from_file_location("hospital_measure", MEASURE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)

    result = module.measure(shared / "data" / "hospital", work=tmp_path)

    assert (509, {}) == (result.cells.wrong, result.alarms)
    for score in (result.cells, *result.shuffled):
        assert score.hits >= 506
        assert score.flagged - score.hits <= 2
    assert (1, 1) == (result.rows.precision, result.rows.recall)
