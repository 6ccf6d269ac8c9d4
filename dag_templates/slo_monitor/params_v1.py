"""What a pipeline file may set under `params:` with slo_monitor@1. Checking it loads no Airflow."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, StringConstraints

Name = Annotated[StrictStr, StringConstraints(min_length=1, strip_whitespace=True)]


class Params(BaseModel):
    """What a pipeline file may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    teams: tuple[Name, ...] = Field(
        (), description="Whose objectives are evaluated; empty for every team's.", examples=[["shop"]]
    )
    products: tuple[Name, ...] = Field(
        (), description="Of which products; empty for all.", examples=[["orders"]]
    )
    definitions: StrictStr = Field(
        "",
        description="The folder with OpenSLO files of DAGs that are no products of ours; empty for none.",
        examples=["slos"],
    )
    alerts: StrictBool = Field(
        default=True,
        description="Whether those are told who answer for what is wrong; not where another monitor does so.",
    )
    conn_id: StrictStr = Field(
        "",
        description="The connection by which policies act on Airflow; empty for `[dataops] airflow_conn_id`.",
        examples=["airflow_api"],
    )
