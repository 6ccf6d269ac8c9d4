"""A batch on its way: typed rows of a landing that are not published yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.naming import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedBatch:
    """Rows that a stage passed on.

    Args:
        landing: The raw copy they come from.
        stage: The stage that passed them on.
        uri: Where they are.
        rows: How many.
        content: Digest of the rows, as `Scan.content`; empty before they are audited.
        contract: Fingerprint of the contract that they were judged by, or empty.
    """

    landing: Landing
    stage: Stage
    uri: str
    rows: int
    content: str = ""
    contract: str = ""
