"""Real records with known errors: their contract finds no less than when it was written."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

MEASURE = Path(__file__).parents[2] / "benchmarks" / "hospital" / "measure.py"

TIES = 5
"""Keys with two rows that disagree: which of them is flagged, the order in which they are met decides."""


def test_the_hospital_contract_finds_what_it_found(shared, tmp_path) -> None:
    """508 of 509 wrong cells and no right one, but for those of the five keys whose majority is a tie."""
    spec = importlib.util.spec_from_file_location("hospital_measure", MEASURE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)

    result = module.measure(shared / "data" / "hospital", work=tmp_path)

    assert (509, {}) == (result.cells.wrong, result.alarms)
    for score in (result.cells, *result.shuffled):
        assert score.hits >= 508 - TIES
        assert score.flagged - score.hits <= TIES
    assert result.rows.hits >= result.rows.wrong - TIES
    assert result.rows.flagged - result.rows.hits <= TIES
