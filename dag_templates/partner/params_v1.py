"""What a product may set under `params:` with partner@1. Checking it loads no Airflow: so it stands apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from airflow_dataops.params import Share

NEEDS = ("contract", "source")
TAKES = ("target", "transform", "schema", "lookups", "depends_on", "consumes")
SOURCE = {"on_missing": "wait", "timeout": "3d"}


class Params(BaseModel):
    """What a product may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    partner: str = Field(
        "", max_length=100, description="Who sends the drops; by default the product's name."
    )
    grain: Literal["hour", "day", "month", "year"] = Field(
        "day", description="How much time one partition covers."
    )
    extra_columns: Literal["ignore", "report", "fail"] = Field(
        "report", description="What to do with columns that the contract doesn't name; they are left out."
    )
    max_quarantined: Share = Field(
        Decimal("0.2"),
        ge=0,
        le=1,
        description="Share of the rows above which the batch fails instead of being split.",
    )
    report_folder: str = Field(
        "",
        description="Where reports for the partner are written, relative to this file or absolute; by "
        "default `reports/` of the zones.",
    )
    most_lines: int = Field(
        10, ge=0, le=1000, description="How many lines the report names of each rule, at most."
    )

    @field_validator("report_folder")
    @classmethod
    def _folder(cls, given: str) -> str:
        if "://" in given:
            raise ValueError("reports are written into a folder, not at an address")
        return given
