"""The program that delivers what lies in the outbox: `python -m airflow_dataops.cli.courier`, told by stdin.

It ends when nothing has waited for a while, or when whoever started it is gone; what waits then waits on.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import DataOpsError
from airflow_dataops.usecases.deliver import deliver
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.store.outbox import Outbox

log = logging.getLogger(__name__)

IDLE = 30.0
"""Seconds after which it ends if nothing has waited."""

PERIOD = 1.0
"""Seconds between two looks at the outbox."""

PAUSES = (1, 2, 5, 10, 30)
"""Seconds to the next try after each one that failed; the last one goes on."""

TOLD_AGAIN = 20
"""After so many failures that it is told again: every ten minutes."""


def main() -> None:
    """Deliver until there is nothing to deliver."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s - %(message)s")
    parent, errand = os.getppid(), json.load(sys.stdin)
    settings = Settings(**errand["settings"])
    idle = 0 if errand["once"] else IDLE
    run(Path(errand["folder"]), settings, needed=lambda: os.getppid() == parent, idle=idle)


def run(folder: Path, settings: Settings, *, needed: Callable[[], bool], idle: float = IDLE) -> None:
    """Deliver what lies in an outbox, and what is put there meanwhile; not where another process does.

    Args:
        folder: The outbox.
        settings: Where the store is.
        needed: Says whether whoever started it is there still.
        idle: Seconds after which it ends if nothing has waited; 0 to try once.
    """
    outbox = stores.outbox(folder)
    with outbox.on_duty() as on_duty:
        if on_duty:
            _attend(outbox, settings, needed=needed, idle=idle)


def _attend(outbox: Outbox, settings: Settings, *, needed: Callable[[], bool], idle: float) -> None:
    to = stores.addresses(settings)
    failures, quiet_since = 0, time.monotonic()
    while True:
        pause: float = PERIOD
        try:
            done = deliver(outbox, to=to, aside=_set_aside)
        except DataOpsError as error:
            if failures % TOLD_AGAIN == 0:
                log.warning("The outbox at %s keeps %d: %s", outbox.folder, outbox.waiting(), error)
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            failures, quiet_since = failures + 1, time.monotonic()
        else:
            if failures:
                log.info("The store can be written again, and has what waited in the outbox: %d.", done.facts)
            failures = 0
            quiet_since = time.monotonic() if done.facts else quiet_since
        if time.monotonic() - quiet_since >= idle or not needed():
            return
        time.sleep(pause)


def _set_aside(line: str) -> None:
    log.error("Set aside: %s", line)


if __name__ == "__main__":
    main()
