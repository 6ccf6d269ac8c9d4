"""What a product may set under `params:` with batch@1. Checking it loads no Airflow: so it stands apart."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

PERCENT = re.compile(r"([0-9]+\.?[0-9]*)%")


def _of_percent(given: object) -> object:
    if isinstance(given, str) and (found := PERCENT.fullmatch(given)):
        return f"{found[1]}e-2"
    return str(given) if isinstance(given, float) else given


Share = Annotated[Decimal, BeforeValidator(_of_percent)]
"""An exact share: `0.2` or `20%`."""


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
