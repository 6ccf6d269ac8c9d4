"""What a product may set under `params:` with plain@1: nothing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """Nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
