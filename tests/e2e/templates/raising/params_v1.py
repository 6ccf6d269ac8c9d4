"""What a product may set under `params:` with raising@1: nothing."""

from __future__ import annotations

from pydantic import BaseModel


class Params(BaseModel):
    """Nothing."""
