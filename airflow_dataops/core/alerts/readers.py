"""Who reads a product, directly or through others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_dataops.core.alerts.round import Owner


def readers(of: Owner, upstreams: Mapping[Owner, Sequence[Owner]]) -> tuple[Owner, ...]:
    """Return the products that read one, the nearest first; never itself, though they may read in a circle.

    Args:
        of: Team and product.
        upstreams: Team and product -> those that it reads, directly.
    """
    direct: dict[Owner, list[Owner]] = {}
    for reader in sorted(upstreams):
        for read in upstreams[reader]:
            direct.setdefault(read, []).append(reader)
    found: dict[Owner, None] = {}
    waiting = [of]
    for each in waiting:
        new = [one for one in direct.get(each, ()) if one != of and one not in found]
        found |= dict.fromkeys(new)
        waiting += dict.fromkeys(new)
    return tuple(found)
