"""What the DAG of a product is made of, so that it can be told when that changed, and what of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product

SHOWN = 12
"""Digits of a digest: as many as of the files that tasks read."""

PIPELINE = "the pipeline file"
"""What values of a product are from that no other file says."""


def code(product: Product) -> tuple[tuple[str, str], ...]:
    """Return what the DAG of a product is made of -> what tells versions of it apart, by name.

    What nothing is computed by, such as a comment or a description, is no part of it.

    Args:
        product: The product.
    """
    values = (
        *(product.source, product.target, product.transform, product.models, product.schema),
        *(product.lookups, product.schedule, product.tasks, product.params, product.dag_params),
    )
    pipeline = hashlib.sha256(repr(values).encode()).hexdigest()[:SHOWN]
    parts = {**product.files, "the template": product.template, PIPELINE: pipeline}
    return tuple(sorted(parts.items()))


def differing(old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the names of what changed, came or went; nothing where one of them isn't known."""
    if not old or not new:
        return ()
    was, now = dict(old), dict(new)
    return tuple(name for name in sorted(was | now) if was.get(name) != now.get(name))
