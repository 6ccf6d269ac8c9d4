"""What a product may set under `params:` with sql@1. Checking it loads no Airflow: so it stands apart."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NEEDS = ("contract", "target")
TAKES = ("lookups", "depends_on", "consumes")
MODELS = ("models", "result")


def _below(folder: str) -> str:
    path = PurePosixPath(folder)
    if not folder.strip() or path.is_absolute() or ".." in path.parts:
        raise ValueError("it is no folder below the product's")
    return folder


Folder = Annotated[str, AfterValidator(_below)]
"""A folder below the product's."""


class Params(BaseModel):
    """What a product may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: Folder = Field("models", description="The folder of the models: each `*.sql` in it is one.")
    result: str = Field(
        "", description="The model that is published; by default the only one that no other reads."
    )
    grain: Literal["hour", "day", "month", "year"] = Field(
        "day", description="How much time one partition covers."
    )
