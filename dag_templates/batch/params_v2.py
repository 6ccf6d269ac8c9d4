"""What a product may set under `params:` with batch@2. Checking it loads no Airflow: so it stands apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from airflow_dataops.params import Share

NEEDS = ("contract", "source")
TAKES = ("target", "transform", "schema", "lookups", "depends_on", "consumes")


def upgraded(params: dict[str, object]) -> dict[str, object]:
    """Return parameters of batch@1 so that batch@2 does the same with them.

    What batch@1 did where nothing was said is said now, where batch@2 would do something else.

    Args:
        params: Those of batch@1, as they are written.
    """
    renamed = {"extra_columns": "on_schema_drift"}
    found = {renamed.get(key, key): value for key, value in params.items()}
    return {"max_quarantined": "20%", **found}


class Params(BaseModel):
    """What a product may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grain: Literal["hour", "day", "month", "year"] = Field(
        "day", description="How much time one partition covers."
    )
    on_schema_drift: Literal["report", "fail"] = Field(
        "report", description="What to do with columns that the contract doesn't name."
    )
    max_quarantined: Share = Field(
        Decimal("0.05"),
        ge=0,
        le=1,
        description="Share of the rows above which the batch fails instead of being split.",
    )
