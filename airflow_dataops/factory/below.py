"""A product -> the same product, as a DAG file sees it that lies above its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product


def below(folder: str, product: Product) -> Product:
    """Return a product whose paths begin at the DAG file's folder.

    Args:
        folder: The way from there to the product's folder, such as `shop/orders`.
        product: The product.
    """
    if folder == ".":
        return product
    source = product.source
    return replace(
        product,
        folder=folder,
        contract=replace(product.contract, path=_path(folder, product.contract.path)),
        source=replace(
            source,
            contract=_path(folder, source.contract),
            folder=source.folder if source.conn_id else _path(folder, source.folder),
            schema=_schema(folder, source.schema),
        ),
        transform=_path(folder, product.transform),
        models=tuple(replace(model, file=_path(folder, model.file)) for model in product.models),
        schema=_schema(folder, product.schema),
        files={_path(folder, file): digest for file, digest in product.files.items()},
    )


def _path(folder: str, path: str) -> str:
    return str(PurePosixPath(folder, path)) if path and "://" not in path else path


def _schema(folder: str, schema: str) -> str:
    """Return a schema, whose file is named from elsewhere; what is imported has none."""
    return f"./{PurePosixPath(folder, schema)}" if schema.startswith(".") else schema
