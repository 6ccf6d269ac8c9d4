"""What a product may set under `params:` with batch@2. Checking it loads no Airflow: so it stands apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from airflow_dataops.core.percent import of_percent

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


Written = (
    Annotated[float, Field(ge=0, le=1)]
    | Annotated[str, Field(pattern=r"^0*([0-9]{1,2}(\.[0-9]*)?|100(\.0*)?)%$|^[0-9.eE+-]+$")]
)
"""How a share may be written, for the schema that editors read."""

Share = Annotated[
    Decimal,
    BeforeValidator(of_percent, json_schema_input_type=Written),
    AfterValidator(Decimal.normalize),
]
"""An exact share: `0.05` or `5%`."""


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
