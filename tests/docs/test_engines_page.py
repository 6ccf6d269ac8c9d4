"""The page on engines says what the tables say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_page_is_up_to_date() -> None:
    """Whoever changes a table prints the page anew."""
    script = REFERENCE / "engines.py"
    printed = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True).stdout

    assert (REFERENCE / "engines.md").read_text() == printed, f"run python {script.name} > engines.md"
