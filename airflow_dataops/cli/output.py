"""Where a command writes a file that it makes: to a place, or on the standard output."""

from __future__ import annotations

import os
import stat
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from airflow_dataops.core.legible import legible
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable


def write(text: str, output: str | None, *, replace: bool) -> None:
    """Write a text; on the standard output where no file is named.

    A file that is replaced says what it said until it says all of what is new: a command that is killed, or
    a full disk, costs nothing that people wrote.

    Args:
        text: The text.
        output: The file, or None.
        replace: Whether a file that is there may be replaced.

    Raises:
        SettingsError: If it is there and may not be.
        BrokenWorldError: If it can't be written.
    """
    if output is None:
        _lenient(sys.stdout).write(text)
        return
    try:
        _put(text.encode(), Path(output), replace=replace)
    except FileExistsError:
        hint = "Name another one, or replace it with --force."
        raise SettingsError("the file is there already", where=output, hint=hint) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise BrokenWorldError(f"the file can't be written: {why}", where=output) from None


def say(stream: TextIO, lines: Iterable[str]) -> None:
    """Write lines on a stream, each without what would command a terminal."""
    _lenient(stream).writelines(f"{legible(line)}\n" for line in lines)


def _lenient(stream: TextIO) -> TextIO:
    """Return a stream; characters that its encoding lacks become question marks."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return stream


def say_written(what: str, output: str | None) -> None:
    """Print one line that says what was written; on the standard error where the text itself is the output.

    Args:
        what: What it is, such as `the report on October 2026`.
        output: The file, or None.
    """
    if output is None:
        say(sys.stderr, [f"wrote {what}"])
    else:
        say(sys.stdout, [f"wrote {output}: {what}"])


def counted(number: int, word: str) -> str:
    """Return a number of things in words, such as `1 objective` and `2 objectives`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _put(content: bytes, file: Path, *, replace: bool) -> None:
    """Write a file.

    Raises:
        FileExistsError: If it is there and may not be replaced.
        OSError: If it can't be written.
        ValueError: If no file can have its name.
    """
    # Where a link leads is what is replaced; a terminal or a pipe can only be written to.
    file = file.resolve() if replace else file
    mode = file.stat().st_mode if replace and file.exists() else None
    if mode is None or not stat.S_ISREG(mode):
        _new(content, file, "wb" if replace else "xb")
        return
    if not os.access(file, os.W_OK):
        file.open("r+b").close()  # says what is in the way
    part = file.with_name(f".{uuid.uuid4().hex}.part")
    try:
        _new(content, part, "xb")
        part.chmod(stat.S_IMODE(mode))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _new(content: bytes, file: Path, mode: str) -> None:
    """Write a file that was not there; what is begun and can't be ended is removed."""
    there = mode == "wb" and file.exists()
    with file.open(mode) as stream:
        try:
            stream.write(content)
            stream.flush()
            if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                os.fsync(stream.fileno())
        except OSError:
            if not there:
                file.unlink(missing_ok=True)
            raise
