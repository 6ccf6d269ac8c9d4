"""How much hangs on a product, as its contract says (`customProperties`, `tier`)."""

from __future__ import annotations

CRITICAL = "critical"
"""The one word that has a meaning: what is late or incomplete then wakes somebody up."""
