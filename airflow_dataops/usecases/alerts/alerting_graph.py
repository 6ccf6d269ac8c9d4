"""Which products read which: by what each says that it waits for, or runs after."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from airflow_dataops.core.slo.declaration import Declaration, Stamp
    from airflow_dataops.usecases.ports.service_levels import Owner


def upstreams_of(
    stamps: Mapping[Owner, Stamp], declared: Mapping[Owner, Declaration] | None = None
) -> Mapping[Owner, tuple[Owner, ...]]:
    """Return product -> those that it reads, directly.

    A name is that of a product of the same team, or else of all that it may mean.

    Args:
        stamps: Product -> what tells its declarations: also what it read once.
        declared: Product -> what it declares now, of those of which only that shall count.
    """
    now = declared or {}
    named: dict[str, list[Owner]] = defaultdict(list)
    for owner in sorted(stamps):
        named[owner[1]].append(owner)
        named["/".join(owner)].append(owner)
    found: dict[Owner, tuple[Owner, ...]] = {}
    for owner, stamp in stamps.items():
        names = now[owner].expectation.read if owner in now else (*stamp.upstreams, *stamp.reads)
        meant = ([(owner[0], name)] if (owner[0], name) in stamps else named.get(name, []) for name in names)
        its = dict.fromkeys(one for some in meant for one in some if one != owner)
        if its:
            found[owner] = tuple(its)
    return found


def with_readers(owners: Iterable[Owner], upstreams: Mapping[Owner, Collection[Owner]]) -> tuple[Owner, ...]:
    """Return products, and all that read them, directly or not.

    Args:
        owners: The products.
        upstreams: Product -> those that it reads.
    """
    readers: dict[Owner, list[Owner]] = defaultdict(list)
    for reader, read in upstreams.items():
        for one in read:
            readers[one].append(reader)
    found = dict.fromkeys(owners)
    waiting = list(found)
    for one in waiting:  # it grows while it is walked through
        new = [reader for reader in readers.get(one, ()) if reader not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(found)
