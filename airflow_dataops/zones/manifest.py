"""The manifest of a raw copy: a landing as the text of a file, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.errors import SettingsError


def text(landing: Landing) -> str:
    """Return a landing as JSON with sorted keys. Where the copy lies is left out: zones may be moved."""
    batch, dialect = landing.batch, landing.dialect
    return json.dumps(
        {
            "batch": {
                "team": batch.team,
                "product": batch.product,
                "dataset": batch.dataset,
                "partition": batch.partition,
            },
            "bytes": landing.bytes,
            "dialect": {"delimiter": dialect.delimiter, "encoding": dialect.encoding},
            "landed_at": landing.landed_at.astimezone(UTC).isoformat(),
            "origin": landing.origin,
            "rows": landing.rows,
            "run_id": landing.run_id,
            "sha256": landing.sha256,
        },
        indent=2,
        sort_keys=True,
    )


def landing(document: str, *, uri: str) -> Landing:
    """Return the landing that a manifest describes.

    Args:
        document: The text of the manifest.
        uri: Where its raw copy is.

    Raises:
        ValueError: If it is no manifest.
    """
    try:
        found = json.loads(document)
        return Landing(
            batch=Batch(**found["batch"]),
            origin=str(found["origin"]),
            uri=uri,
            sha256=str(found["sha256"]),
            bytes=int(found["bytes"]),
            rows=int(found["rows"]),
            dialect=Dialect(**found["dialect"]),
            landed_at=datetime.fromisoformat(found["landed_at"]).astimezone(UTC),
            run_id=str(found["run_id"]),
        )
    except (KeyError, TypeError, SettingsError) as error:
        raise ValueError(type(error).__name__) from None
