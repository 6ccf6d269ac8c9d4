"""The name of a table of a database."""

from __future__ import annotations

from typing import Annotated

from airflow_dataops.documents.yaml.scalar import matching

TableName = Annotated[
    str, matching(r"[^.\s\0]{1,63}(\.[^.\s\0]{1,63})?", "a table such as `mart.orders`, without blanks")
]
