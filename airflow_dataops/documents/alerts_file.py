"""What the file that says who is told is called, and where it lies."""

from __future__ import annotations

FILE = "alerts.yaml"
"""In the folder of DAGs."""
