"""A product's table -> the assets by which Airflow knows it.

Airflow starts by an event with a partition only what runs by partition, and by one without only what doesn't.
So a publication is announced twice: by the product's asset, and by one that has the partition as its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import Asset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.product import Product

BY_PARTITION = "/partitions"
"""What is put behind a product's name. A `/` can be in no name of a product."""


def asset(product: Product) -> Asset:
    """Return the asset of a product's table: its events have no key, whatever runs after it."""
    return _asset(product.name, product.contract.dataset)


def partitions(product: Product) -> Asset:
    """Return the asset whose events have the published partition as their key."""
    of = asset(product)
    return Asset(f"{of.name}{BY_PARTITION}", uri=f"{of.uri}{BY_PARTITION}")


def inlets(products: Mapping[str, str]) -> list[Asset]:
    """Return what a task reads, by products and their datasets; one whose dataset isn't known is left out.

    A name alone would not do: where Airflow knows no asset of that name, it fails the task.
    """
    # Airflow's serialisation keeps their order.
    return [_asset(name, dataset) for name, dataset in sorted(products.items()) if dataset]


def _asset(name: str, dataset: str) -> Asset:
    return Asset(name, uri=f"dataops://{name}/{dataset}")
