"""What a command that works on the store answers."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.wiring.settings import Settings


def say(action: Callable[[Settings], str]) -> None:
    """Print what an action on the store comes to; an error is one line on stderr, and exits 1."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.core.legible import legible
    from airflow_dataops.errors import DataOpsError

    # Alembic's own lines say the same in more words.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        line = action(settings())
    except DataOpsError as error:
        raise SystemExit(legible(str(error))) from None
    sys.stdout.write(f"{line}\n")
