"""What drops are called, by the name of one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from airflow_dataops.core.batch import Grain

LABELS = {
    Grain.HOUR: re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}(?![0-9])"),
    Grain.DAY: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"),
    Grain.MONTH: re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}(?![0-9-])"),
    Grain.YEAR: re.compile(r"(?<![0-9])[0-9]{4}(?![0-9-])"),
}
"""Grain -> the label of a partition in the name of a file."""

TOLD_APART = (Grain.HOUR, Grain.DAY, Grain.MONTH)
"""Grains that a name shows by itself: four digits may be anything."""


@dataclass(frozen=True, slots=True)
class DropName:
    """What drops are called.

    Args:
        path: The name, with `{partition}` where the label of a partition stands.
        grain: How much time a label names; None where the name has none, and the place of it is made up.
    """

    path: str
    grain: Grain | None


def drop_name(file: str, grain: Grain | None = None) -> DropName:
    """Return what drops are called of which one has a name.

    Args:
        file: The name of a file.
        grain: How much time a partition covers, which is looked for first; None where nobody said it.
    """
    for one in (*((grain,) if grain else ()), *TOLD_APART):
        path, found = LABELS[one].subn("{partition}", file, count=1)
        if found:
            return DropName(path, one)
    start, dot, end = file.partition(".")
    return DropName(f"{start}-{{partition}}{dot}{end}", None)
