"""The templates that this provider brings."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from airflow_dataops.core.product import Product

PACKAGE = Path(__file__).parent.parent


def shelf() -> Path:
    """Return the folder of the templates: inside the wheel, or beside the package in a checkout."""
    packaged = PACKAGE / "dag_templates"
    return packaged if packaged.is_dir() else PACKAGE.parent / "dag_templates"


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
    name = f"airflow_dataops_templates.{product.template}.v{product.template_version}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ImportError(str(file))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def names() -> tuple[str, ...]:
    """Return every template version, such as `batch@1`."""
    return tuple(
        f"{file.parent.name}@{file.stem.removeprefix('v')}" for file in sorted(shelf().glob("*/v[0-9]*.py"))
    )
