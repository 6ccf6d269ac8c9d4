"""Where a product's drops come from, as its pipeline file says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Delivery, Dialect, Format, OnDuplicate, OnMissing
from airflow_dataops.core.product import Source

if TYPE_CHECKING:
    from airflow_dataops.documents.pipeline.files import Files
    from airflow_dataops.documents.pipeline.keys import SourceKeys


def source_of(keys: SourceKeys, default: Source, files: Files) -> Source:
    """Return where drops come from.

    Args:
        keys: What the pipeline file says.
        default: What counts where it says nothing.
        files: The files beside it.
    """
    wait = keys.wait
    return Source(
        folder=keys.folder or "",
        conn_id=keys.conn_id or "",
        path=keys.path or "",
        ready=keys.ready or "",
        contract=keys.contract or files.contract_name,
        table=keys.table or "",
        partition_column=keys.partition_column or "",
        schema=files.schema(keys.schema_object or ""),
        dialect=_dialect(keys, default.dialect),
        delivery=Delivery(keys.delivery or default.delivery),
        on_missing=OnMissing(keys.on_missing or default.on_missing),
        on_duplicate=OnDuplicate(keys.on_duplicate or default.on_duplicate),
        poke_interval=(wait.poke_interval if wait else None) or default.poke_interval,
        timeout=(wait.timeout if wait else None) or default.timeout,
    )


def _dialect(keys: SourceKeys, default: Dialect) -> Dialect:
    return Dialect(
        delimiter=keys.delimiter or default.delimiter,
        encoding=keys.encoding or default.encoding,
        format=Format.TABLE if keys.table else Format(keys.format or default.format),
        quote=default.quote if keys.quote is None else keys.quote,
        header=default.header if keys.header is None else keys.header,
        paths=tuple((keys.paths or {}).items()),
    )
