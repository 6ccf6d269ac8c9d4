"""A batch on its way: typed rows that are not published yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.beginning import Beginning
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.naming import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedBatch:
    """Rows that a stage passed on.

    Args:
        landing: The raw copy that they come from; or how the batch began, where nothing landed.
        stage: The stage that passed them on.
        uri: Where they are.
        rows: How many.
        content: Digest of the rows, as `Scan.content`; empty before they are audited.
        contract: Fingerprint of the contract that they were judged by, or empty.
        model: The model whose rows they are, or empty.
    """

    landing: Landing | Beginning
    stage: Stage
    uri: str
    rows: int
    content: str = ""
    contract: str = ""
    model: str = ""

    @property
    def maker(self) -> str:
        """What passed them on: the stage, and the model where it has several."""
        return f"{self.stage}/{self.model}" if self.model else self.stage.value
