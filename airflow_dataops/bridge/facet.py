"""Our OpenLineage run facet; its JSON Schema is docs/reference/DataOpsBatchRunFacet.json."""

from __future__ import annotations

import attr
from openlineage.client.facet_v2 import RunFacet

SCHEMA = "urn:airflow-dataops:openlineage:1-0-0:DataOpsBatchRunFacet"


@attr.define
class DataOpsBatchRunFacet(RunFacet):
    """Which batch a run worked on. Attributes are named as the facet's JSON keys."""

    team: str
    product: str
    dataset: str
    partition: str
    correlationId: str  # noqa: N815 - the keys of facets are camel case
    contract: str = ""
    manifest: str = ""
    quarantinedRows: int | None = attr.field(default=None)  # noqa: N815

    @staticmethod
    def _get_schema() -> str:
        return SCHEMA
