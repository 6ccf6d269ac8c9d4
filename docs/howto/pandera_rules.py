"""The rules of a team, as it writes them for pandera."""

from __future__ import annotations

import pandera.polars as pa


class Payments(pa.DataFrameModel):
    """One row is one payment."""

    id: int = pa.Field(unique=True)
    amount: float = pa.Field(gt=0, coerce=True)
    currency: str = pa.Field(isin=["EUR", "GBP"])
