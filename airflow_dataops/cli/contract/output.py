"""Where a command writes a file that it makes: to a place, or on the standard output."""

from __future__ import annotations

import sys
from pathlib import Path

from airflow_dataops.errors import BrokenWorldError, SettingsError


def write(text: str, output: str | None, *, replace: bool) -> None:
    """Write a text; on the standard output where no file is named.

    Args:
        text: The text.
        output: The file, or None.
        replace: Whether a file that is there may be replaced.

    Raises:
        SettingsError: If it is there and may not be.
        BrokenWorldError: If it can't be written.
    """
    if output is None:
        sys.stdout.write(text)
        return
    try:
        with Path(output).open("w" if replace else "x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        hint = "Name another one, or replace it with --force."
        raise SettingsError("the file is there already", where=output, hint=hint) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise BrokenWorldError(f"the file can't be written: {why}", where=output) from None
