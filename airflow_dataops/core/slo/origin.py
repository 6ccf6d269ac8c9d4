"""What objectives are made from: declarations, those of upstreams among them, and the code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.newest import to_come

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Stamp

    Owner = tuple[str, str]

CODE = "3"
"""It grows whenever this code comes to other entries: then what was kept is made anew."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a product's objectives are made from.

    Args:
        digest: Of the declarations, those of its upstreams among them, and of the code.
        owners: The product and its upstreams.
        promises: Whether it has objectives.
        early: Whether one of these declarations is left out, since it is of an instant still to come.
    """

    digest: str
    owners: tuple[Owner, ...]
    promises: bool
    early: bool


def origin(owner: Owner, stamps: Mapping[Owner, Stamp], now: datetime) -> Origin:
    """Return what a product's objectives are made from.

    Args:
        owner: The product.
        stamps: What tells of every product whether its declarations are as they were.
        now: The present, aware.
    """
    owners = [owner]
    for each in owners:  # it grows while it is walked through
        for name in stamps[each].upstreams:
            owners += [one for one in _called(name, each, stamps) if one not in owners]
    early = any(to_come(stamps[one].since, now) for one in owners)
    code = f"{CODE}:{'early:' if early else ''}"
    if len(owners) == 1:
        return Origin(f"{code}{stamps[owner].digest}", (owner,), stamps[owner].promises, early)
    said = "\n".join(f"{'/'.join(one)} {stamps[one].digest}" for one in owners)
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Origin(f"{code}{digest}", tuple(owners), stamps[owner].promises, early)


def _called(name: str, owner: Owner, stamps: Mapping[Owner, Stamp]) -> list[Owner]:
    """Return the products that a name may mean."""
    if (owner[0], name) in stamps:
        return [(owner[0], name)]
    return [one for one in stamps if one[1] == name or "/".join(one) == name]
