"""`airflow dataops outbox`: what is on its way to the store. Each function returns what to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.usecases.deliver import deliver
from airflow_dataops.wiring import stores

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.wiring.settings import Settings


def show(folder: Path) -> str:
    """Say what waits in the outbox of this machine, and what was set aside.

    Args:
        folder: The outbox.

    Raises:
        BrokenWorldError: If it can't be looked at.
    """
    outbox = stores.outbox(folder)
    lines = [f"waiting in {folder}: {outbox.waiting()} of at most {outbox.limit}"]
    return "\n".join((*lines, *(f"can't be delivered: {path}" for path in outbox.broken())))


def bring(folder: Path, settings: Settings) -> str:
    """Deliver what waits, and say how much that was.

    Args:
        folder: The outbox.
        settings: Where the store is.

    Raises:
        BrokenWorldError: If the store can't be written, or another process delivers at the moment.
        SettingsError: If the store has no tables.
    """
    outbox, lines = stores.outbox(folder), list[str]()
    done = deliver(outbox, to=stores.addresses(settings), aside=lines.append)
    if done.busy:
        raise BrokenWorldError("another process delivers at the moment", where=str(folder), hint="Let it.")
    return "\n".join((f"delivered from {folder}: {done.facts}", *(f"set aside: {line}" for line in lines)))
