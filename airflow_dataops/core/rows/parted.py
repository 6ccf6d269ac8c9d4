"""Rows that were told apart by the rules of another tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.checks.breach import Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """What a parting of rows came to; both halves lie where they were asked for.

    Args:
        rows: Rows that were judged: `good + bad == rows`, always.
        good: Rows that no rule blames.
        bad: Rows that at least one rule blames.
        breaches: The broken rules.
    """

    rows: int
    good: int
    bad: int
    breaches: tuple[Breach, ...]
