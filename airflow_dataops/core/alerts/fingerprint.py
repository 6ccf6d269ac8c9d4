"""The fingerprint of labels, as Prometheus has it: what tells one alert from another.

FNV-1a of 64 bits over `name 0xFF value 0xFF` of each label, by name (prometheus/common, model/signature.go).
It isn't safe from collisions that somebody wants: keys that receivers are given are SHA-256.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.labels import Labels

OFFSET = 14695981039346656037
PRIME = 1099511628211
MASK = 2**64 - 1
SEPARATOR = b"\xff"


def fingerprint(labels: Labels) -> int:
    """Return the fingerprint of all labels, as a number of 64 bits; Alertmanager prints it as `%016x`."""
    return signature(labels, labels)


def signature(labels: Labels, names: Iterable[str]) -> int:
    """Return the fingerprint of some labels; one that is missing counts as empty.

    Args:
        labels: The labels.
        names: Names of those that count, in any order.
    """
    found = OFFSET
    # The order of code points is that of their bytes in UTF-8.
    for name in sorted(set(names)):
        for byte in name.encode() + SEPARATOR + labels.get(name, "").encode() + SEPARATOR:
            found = ((found ^ byte) * PRIME) & MASK
    return found
