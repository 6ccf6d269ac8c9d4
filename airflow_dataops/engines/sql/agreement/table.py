"""All that databases agree about, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.agreement import (
    days,
    logic,
    moved,
    numbers,
    patterns,
    rounding,
    texts,
    totals,
)

if TYPE_CHECKING:
    from sqlglot import exp

    from airflow_dataops.engines.sql.agreement.way import Construct

PARTS = {
    "Numbers": numbers.CONSTRUCTS | rounding.CONSTRUCTS,
    "Comparison and choice": logic.CONSTRUCTS,
    "Texts": patterns.CONSTRUCTS | texts.CONSTRUCTS,
    "Days and instants, in UTC": moved.CONSTRUCTS | days.CONSTRUCTS,
    "Many rows": totals.CONSTRUCTS,
}
"""Heading -> what is agreed on there."""

AGREED: dict[type[exp.Expr], tuple[Construct, ...]] = {}
for constructs in PARTS.values():
    for found, listed in constructs.items():
        AGREED[found] = (*AGREED.get(found, ()), *listed)
