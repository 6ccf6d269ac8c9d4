"""The manifest of a raw copy: a landing as the text of a file, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.core import ticket
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.landing import Landing


def text(landing: Landing) -> str:
    """Return a landing as JSON with sorted keys. Where the copy lies is left out: zones may be moved."""
    handed = ticket.written(landing)
    del handed["uri"]
    return json.dumps(handed, indent=2, sort_keys=True)


def landing(document: str, *, uri: str) -> Landing:
    """Return the landing that a manifest describes.

    Args:
        document: The text of the manifest.
        uri: Where its raw copy is.

    Raises:
        ValueError: If it is no manifest.
    """
    try:
        return ticket.landing({**json.loads(document), "uri": uri})
    except (TypeError, SettingsError) as error:
        raise ValueError(type(error).__name__) from None
