"""Other values of a template's parameters, and what they name in the folder of its sample."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from airflow_dataops.cli.dag.given import template_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.documents.pipeline.definition import Definition

CANDIDATES: tuple[object, ...] = (
    *(True, False, 0, 1, 2, 3, 0.5, 7, 60),
    *("other", "1h", "2d", "7", "0.5", "UTC", "2026-01-02", "other.sql", "|"),
    *(["other"], ["a.b"], [1], {}, {"other": "value"}, {"other": 1}),
)
"""Values that a parameter may have, tried in this order after those that its field names."""

AGAIN = "again_"
"""What is put before the name of a file or a folder of the sample that a parameter names."""

MOST = 3
"""Values of a parameter for which a DAG is built."""


def others(
    found: Definition, key: str, *, usual: dict[str, object] | None = None
) -> Iterator[dict[str, object]]:
    """Yield parameters of a product in which one has another value.

    Args:
        found: The product.
        key: The parameter.
        usual: What its parameters are otherwise; by default its own.
    """
    model = template_named(found.product.template).params
    usual = found.product.params if usual is None else usual
    now = model.model_validate(usual).model_dump(mode="json")
    schema = model.model_json_schema()
    options = [
        *_named(schema["properties"].get(key, {}), schema.get("$defs", {})),
        *([f"{AGAIN}{now[key]}"] if _is_part(found.folder, now[key]) else []),
        *sorted({file.stem for file in found.folder.rglob("*") if file.is_file()} - {str(now[key])}),
        *CANDIDATES,
    ]
    seen = [now]
    for value in options:
        given = {**usual, key: value}
        try:
            dumped = model.model_validate(given).model_dump(mode="json")
        except ValidationError:
            continue
        if dumped not in seen:
            seen.append(dumped)
            yield given
            if len(seen) > MOST:
                return


def _named(schema: dict[str, Any], models: dict[str, Any]) -> Iterator[object]:
    """Yield the values that a parameter's schema names."""
    if "$ref" in schema:
        schema = models[schema["$ref"].rpartition("/")[2]]
    yield from schema.get("examples", ())
    yield from schema.get("enum", ())
    for many in ("anyOf", "oneOf"):
        for one in schema.get(many, ()):
            yield from _named(one, models)


def _is_part(folder: Path, value: object) -> bool:
    """Say whether a parameter names a file or a folder that lies in the product's folder."""
    return isinstance(value, str) and value in {part.name for part in folder.iterdir()}


def put_again(folder: Path, value: object) -> None:
    """Put a file or a folder that a parameter names into the product's folder once more, by another name."""
    if not _is_part(folder, value):
        return
    part, again = folder / str(value), folder / f"{AGAIN}{value}"
    if part.is_dir():
        shutil.copytree(part, again)
    else:
        shutil.copy(part, again)
