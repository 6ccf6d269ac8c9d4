"""What the file that says who is told is called, and where it lies."""

from __future__ import annotations

import re

FILE = "alerts.yaml"
"""In the folder of DAGs."""

LIKE = re.compile(r"(.*[-_.])?alerts([-_.].*)?\.ya?ml")
"""How it may be called elsewhere, where `[dataops] alerts_path` names it: `alerts-prod.yaml`."""
