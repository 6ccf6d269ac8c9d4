"""Files as text: what can't be read is a problem with a place, never a traceback."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from airflow_dataops.errors import DocumentError, Problem

LARGEST = 4 * 1024 * 1024
"""Bytes. A file that people write is smaller; one that isn't was named by mistake."""

# YAML 1.2 §5.1, the printable characters, and the byte order mark at the start.
UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_there(path: Path) -> bool:
    """Say whether there is something of this name; a name that nothing can have is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        DocumentError: If it can't be read, is no ordinary file, or is larger than any file that people write.
    """
    file = Path(path)
    try:
        kind = file.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise _unreadable(path, "can't be read: Is a directory")
        if not stat.S_ISREG(kind.st_mode):
            raise _unreadable(path, "can't be read: it is no ordinary file")
        if kind.st_size > LARGEST:
            raise _unreadable(path, f"has {kind.st_size} bytes, {LARGEST} are allowed")
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(path, f"can't be read: {error.strerror}") from None
    except ValueError:
        raise _unreadable(path, "can't be read: no file can have this name") from None


def decoded(content: bytes, path: str | Path) -> str:
    """Return the text of a file that must be UTF-8 and hold no control characters.

    Raises:
        DocumentError: If it isn't, or does.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode("utf-8", "replace"))
        what = f"the file is not UTF-8: byte 0x{error.object[error.start]:02x} can't be here"
        raise _unreadable(f"{path}:{line}:{column}", what, "Save it as UTF-8.") from None
    found = UNPRINTABLE.search(text)
    if found:
        line, column = _position(text[: found.start()])
        what = f"a control character (U+{ord(found[0]):04X}) can't be in a text file"
        raise _unreadable(f"{path}:{line}:{column}", what, "Remove it, or check that this is the right file.")
    return text


def read_text(path: str | Path) -> str:
    """Return the text of a file.

    Raises:
        DocumentError: If it can't be read, or is not UTF-8.
    """
    return decoded(read_bytes(path), path)


def _position(before: str) -> tuple[int, int]:
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def _unreadable(place: str | Path, what: str, hint: str = "") -> DocumentError:
    return DocumentError((Problem(str(place), what, hint),))
