"""The templates that this provider brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.documents.shelf import module, shelf
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from airflow_dataops.core.product import Product


def template(product: Product) -> ModuleType:
    """Return the module of a product's template version.

    Raises:
        DocumentError: If there is no such template, or no such version of it.
    """
    file = shelf() / product.template / f"v{product.template_version}.py"
    if not product.template.isidentifier() or not file.is_file():
        wanted = f"{product.template}@{product.template_version}"
        there = ", ".join(names())
        raise DocumentError(
            (
                Problem(
                    product.places.get("template", product.place),
                    f"there is no template `{wanted}`",
                    f"There is: {there}.",
                ),
            )
        )
    return module(product.template, file.stem)


def names() -> tuple[str, ...]:
    """Return every template version, such as `batch@1`."""
    return tuple(
        f"{file.parent.name}@{file.stem.removeprefix('v')}" for file in sorted(shelf().glob("*/v[0-9]*.py"))
    )
