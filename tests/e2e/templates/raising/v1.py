"""raising@1: a template of a team that can't build a DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from airflow_dataops.core.product import Product

    from .params_v1 import Params


def build(product: Product, params: Params) -> DAG:
    """Fail."""
    raise LookupError(f"{product.name} is not among {params}")
