"""Files as text: what can't be read is a problem with a place, never a traceback."""

from __future__ import annotations

import hashlib
import re
import stat
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 4 * 1024 * 1024
"""Bytes. A file that people write is smaller; one that isn't was named by mistake."""

# YAML 1.2 §5.1, the printable characters, and the byte order mark at the start.
UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


THERE, ABSENT, NAMES = "there", "", "names:"
"""What is known of a path that was looked for alone; and what it begins with of a pattern of names."""

CHANGED = "changed"
"""What is known of a file that was read twice, and was another one each time: no sha256 is this."""

_ASKED_FOR: ContextVar[dict[str, str] | None] = ContextVar("asked_for", default=None)


@contextmanager
def asked_for() -> Iterator[dict[str, str]]:
    """Collect the absolute paths that are read or looked for meanwhile, and what was found.

    That is the sha256 of a file that was read, or else whether there was anything, or the sha256 of the names
    that matched a pattern; CHANGED where a file was changed meanwhile, so that it is of two minds.
    """
    paths: dict[str, str] = {}
    token = _ASKED_FOR.set(paths)
    try:
        yield paths
    finally:
        _ASKED_FOR.reset(token)


def is_there(path: Path) -> bool:
    """Say whether there is something of this name; a name that nothing can have is not there."""
    try:
        found = path.exists()
    except (OSError, ValueError):
        found = False
    paths = _ASKED_FOR.get()
    if paths is not None:
        paths.setdefault(str(path.absolute()), THERE if found else ABSENT)
    return found


def listed(folder: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files of a folder whose names match a pattern, sorted."""
    found = matching(folder, pattern)
    paths = _ASKED_FOR.get()
    if paths is not None:
        paths[str(folder.absolute() / pattern)] = names_of(found)
    return found


def matching(folder: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files of a folder whose names match a pattern, sorted; none where it can't be read."""
    try:
        return tuple(sorted(file for file in folder.glob(pattern) if not file.is_dir()))
    except OSError:
        return ()


def names_of(files: tuple[Path, ...]) -> str:
    """Return what is known of a folder that was looked into: the names that were found."""
    return f"{NAMES}{hashlib.sha256(chr(0).join(file.name for file in files).encode()).hexdigest()}"


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
        content = file.read_bytes()
    except OSError as error:
        raise _unreadable(path, f"can't be read: {error.strerror}") from None
    except ValueError:
        raise _unreadable(path, "can't be read: no file can have this name") from None
    paths = _ASKED_FOR.get()
    if paths is not None:
        digest = hashlib.sha256(content).hexdigest()
        was = paths.get(str(file.absolute()), THERE)
        paths[str(file.absolute())] = digest if was in {THERE, digest} else CHANGED
    return content


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
