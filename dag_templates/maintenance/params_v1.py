"""What a pipeline file may set under `params:` with maintenance@1. Checking it loads no Airflow."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

DAYS = re.compile(r"[1-9][0-9]{0,5}d")


def _days(given: str) -> str:
    if not DAYS.fullmatch(given):
        raise ValueError("it must be a number of days such as 180d")
    return given


Days = Annotated[str, AfterValidator(_days)]
"""How long something is kept."""


class Params(BaseModel):
    """What a pipeline file may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_store: Days = Field(
        "180d", description="How long the store remembers what neither readers nor later batches need."
    )
    audit_records: StrictBool = Field(
        default=False, description="Whether audit records that are as old go, too."
    )
    keep_raw: Days = Field(
        "400d", description="How long a raw copy is kept that no kept version was made of."
    )
    keep_staging: Days = Field(
        "14d", description="How long what a run staged is kept, where it was never announced."
    )
    keep_quarantine: Days = Field("90d", description="How long bad rows are kept.")
    keep_versions: StrictInt = Field(
        30, ge=1, description="How many versions of each partition are kept; the newest always is."
    )
    keep_versions_for: Days | None = Field(
        None, description="Versions that are younger than this are kept, too, however many there are."
    )
    grace: Days = Field(
        "1d",
        description="What was written or replaced since then stays: somebody may be reading or writing it.",
    )
    optimize: StrictBool = Field(
        default=True, description="Whether small files of Delta tables are written together."
    )
    vacuum: StrictBool = Field(
        default=True, description="Whether what no kept version of a table needs is removed."
    )
    dry_run: StrictBool = Field(
        default=False, description="Whether to count only what would be removed; nothing is changed then."
    )
