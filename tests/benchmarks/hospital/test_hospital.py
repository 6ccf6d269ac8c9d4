"""What the contract on the hospital records finds, printed for docs/explanation/hospital.md."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def test_what_the_hospital_contract_finds(shared, tmp_path) -> None:
    """The figures are printed; those that are held are in tests/engines/sql/test_hospital.py."""
    spec = importlib.util.spec_from_file_location("hospital_bench", Path(__file__).with_name("measure.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)

    result = module.measure(shared / "data" / "hospital", work=tmp_path)

    sys.stdout.write(f"\n{module.table(result)}\n")
    assert result.cells.flagged
