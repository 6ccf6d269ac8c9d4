"""What a product may set under `params:` with batch@1. Checking it loads no Airflow: so it stands apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from airflow_dataops.params import Share

NEEDS = ("contract", "source")
TAKES = ("target", "transform", "schema", "lookups", "depends_on", "consumes")


class Params(BaseModel):
    """What a product may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grain: Literal["hour", "day", "month", "year"] = Field(
        "day", description="How much time one partition covers."
    )
    extra_columns: Literal["report", "fail"] = Field(
        "report", description="What to do with columns that the contract doesn't name."
    )
    max_quarantined: Share = Field(
        Decimal("0.2"),
        ge=0,
        le=1,
        description="Share of the rows above which the batch fails instead of being split.",
    )
