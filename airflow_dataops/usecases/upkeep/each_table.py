"""Do something for each table that was ever published; one that can't be reached doesn't stop the others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.core.publication import Publication
from airflow_dataops.errors import BrokenWorldError, DataOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.upkeep import Upkeep

T = TypeVar("T")


def each_table(
    work: Callable[[str, Upkeep, Sequence[Publication]], T], *, store: Store, upkeep: Callable[[str], Upkeep]
) -> tuple[dict[str, T], dict[str, DataOpsError]]:
    """Return what the work came to, and why it could not be done, by the address of the table.

    Args:
        work: Takes the table's address, the table, and what the store remembers of it.
        store: What is remembered.
        upkeep: Opens a table by its address.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    of: dict[str, list[Publication]] = defaultdict(list)
    for publication in store.facts(Publication):
        of[publication.target].append(publication)
    done, failed = {}, {}
    for address, publications in sorted(of.items()):
        try:
            done[address] = work(address, upkeep(address), publications)
        except DataOpsError as error:
            failed[address] = error
    return done, failed


def refuse_failed(failed: Mapping[str, DataOpsError]) -> None:
    """Fail after all that could be done was done.

    Raises:
        DataOpsError: If something could not: a broken world, if that is among it.
    """
    worst = sorted(failed.values(), key=lambda error: not isinstance(error, BrokenWorldError))
    if len(worst) > 1:
        more = f"{worst[0].what}; so it is with {len(worst) - 1} more of them"
        raise type(worst[0])(more, where=worst[0].where, hint=worst[0].hint)
    for error in worst:
        raise error
