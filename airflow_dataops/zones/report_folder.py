"""A folder of reports for whoever sent the drops; each file appears whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from airflow_dataops.core.batch import segment
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.batch import Batch


def write_report(texts: Mapping[str, str], *, folder: str, partner: str, batch: Batch) -> dict[str, str]:
    """Write a report in the place of an earlier one on the same batch, and return suffix -> file.

    Args:
        texts: Suffix of the file, such as `md` -> its text.
        folder: Below it each partner has a folder; both are made.
        partner: Who gets it.
        batch: What it is about.

    Raises:
        BrokenWorldError: If it can't be written.
    """
    home = Path(folder).absolute() / segment(partner)
    name = f"{segment(batch.product)}-{segment(batch.partition)}"
    found = {}
    with refusal("the report can't be written", where=str(home)):
        home.mkdir(parents=True, exist_ok=True)
        for suffix, text in texts.items():
            place, part = home / f"{name}.{suffix}", home / f".{uuid4().hex}"
            try:
                part.write_text(text, encoding="utf-8", newline="")
                part.replace(place)
            finally:
                part.unlink(missing_ok=True)
            found[suffix] = str(place)
    return found
