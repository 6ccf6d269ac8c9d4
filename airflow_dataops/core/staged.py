"""A batch on its way: typed rows of a landing that are not published yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.landing import Landing


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedBatch:
    """Rows that a stage passed on.

    Args:
        landing: The raw copy they come from.
        uri: Where they are.
        rows: How many.
        content: Digest of the rows, as `Scan.content`; empty before they are audited.
    """

    landing: Landing
    uri: str
    rows: int
    content: str = ""
