"""Types of parameters that templates have in common; loading them loads no Airflow.

Versions of templates stand on them, and so do files that `dag eject` has printed: what one takes and comes to
never changes. What is to be otherwise gets another name.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from airflow_dataops.core.percent import of_percent

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
"""An exact share: `0.2` or `20%`."""
