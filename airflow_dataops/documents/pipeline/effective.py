"""What a product comes to: each key with the value that counts, and where that is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.documents.pipeline.keys import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from airflow_dataops.core.product import Product, Source
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.documents.templates.template import Template

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}

DEFAULT = "default"
"""What stands for the place of a value that nobody wrote."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A value that counts.

    Args:
        value: Plain JSON types.
        place: file:line:column, the contract's file, or `default`.
    """

    value: object
    place: str


def effective(found: Definition, template: Template) -> dict[str, Effective]:
    """Return the value of each key, written with dots, but for those that are empty and that nobody wrote.

    Args:
        found: The product.
        template: Its template.
    """
    product = found.product
    values = {
        key: Effective(value, _place(key, found))
        for key, value in (*_plain(product), *_sections(found), *_params(product, template))
    }
    return {key: one for key, one in values.items() if one.place != DEFAULT or one.value not in NOTHING}


NOTHING: tuple[object, ...] = ("", None, [], {})


def _place(key: str, found: Definition) -> str:
    place = found.places.get(key, DEFAULT)
    if place == DEFAULT and key == "owner" and found.contract is not None and found.contract.owner:
        return found.path(found.product.contract.path)
    return place


def _plain(product: Product) -> Iterator[tuple[str, object]]:
    schedule, tasks = product.schedule, product.tasks
    yield from (
        ("template", product.template),
        ("name", product.name),
        ("team", product.team),
        ("description", product.description),
        ("owner", product.owner),
        ("tags", list(product.tags)),
        ("schedule", schedule.schedule),
        ("timezone", schedule.timezone),
        ("start_date", schedule.start_date and schedule.start_date.isoformat()),
        ("end_date", schedule.end_date and schedule.end_date.isoformat()),
        ("catchup", schedule.catchup),
        ("max_active_runs", schedule.max_active_runs),
        ("depends_on", list(schedule.depends_on)),
        ("consumes", list(product.consumes)),
        ("retries", tasks.retries),
        ("retry_delay", duration(tasks.retry_delay)),
        ("pool", tasks.pool),
        ("priority_weight", tasks.priority_weight),
        ("queue", tasks.queue),
    )
    yield from ((key, list(called)) for key, called in product.callbacks.items())
    yield from ((f"dag_params.{key}", value) for key, value in product.dag_params.items())


def _sections(found: Definition) -> Iterator[tuple[str, object]]:
    product = found.product
    yield from (
        ("contract", product.contract.path),
        ("transform", product.transform),
        ("schema", product.schema),
    )
    if found.landing is not None:
        yield from ((f"source.{key}", value) for key, value in _source(product.source))
    target = product.target
    if target.table:
        yield "target.type", target.type
        yield ("target.path" if target.type == "delta" else "target.table"), target.table
        yield "target.conn_id", target.conn_id
    expected = product.expected
    yield from (
        ("expected.schedule", expected.schedule),
        ("expected.timezone", expected.timezone),
        ("expected.grain", expected.grain),
        ("expected.exclude", list(map(str, expected.exclusions))),
        ("policy", list(map(str, product.policies))),
    )
    yield from ((f"lookups.{name}", address) for name, address in product.lookups.items())


def _source(source: Source) -> Iterator[tuple[str, object]]:
    dialect = source.dialect
    yield from (
        ("contract", source.contract),
        ("schema", source.schema),
        ("conn_id", source.conn_id),
        ("delivery", source.delivery.value),
        ("on_missing", source.on_missing.value),
        ("on_duplicate", source.on_duplicate.value),
    )
    if source.table:
        yield from (("table", source.table), ("partition_column", source.partition_column))
        return
    yield from (
        ("folder", source.folder),
        ("path", source.path),
        ("ready", source.ready),
        ("format", dialect.format.value),
        ("encoding", dialect.encoding),
        ("delimiter", dialect.delimiter),
        ("quote", dialect.quote),
        ("header", dialect.header),
        ("paths", dict(dialect.paths)),
        ("wait.timeout", duration(source.timeout)),
        ("wait.poke_interval", duration(source.poke_interval)),
    )


def _params(product: Product, template: Template) -> Iterator[tuple[str, object]]:
    params = template.params.model_validate(product.params).model_dump(mode="json")
    yield from ((f"params.{key}", value) for key, value in params.items())


def duration(given: timedelta) -> str:
    """Return a time as a pipeline file has it, such as `90s` or `6h`."""
    seconds = int(given.total_seconds())
    unit = next(unit for unit in UNITS_DOWN if not seconds % SECONDS[unit])
    return f"{seconds // SECONDS[unit]}{unit}"


UNITS_DOWN = tuple(sorted(UNITS, key=SECONDS.__getitem__, reverse=True))
