"""A path as a DAG file says it -> as a worker finds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STORED = re.compile(r"(\w+://)(?:([\w.-]+)@)?(.+)")
"""An address in object storage, in which `ObjectStoragePath` names the connection before an `@`."""


def placed(path: str, *, conn_id: str, folder: Path) -> tuple[str, str]:
    """Return a path as a worker finds it, and its connection.

    Args:
        path: The path; a relative one begins at a folder, or at that of a connection where there is one. Or
            the address, as text of an `ObjectStoragePath`.
        conn_id: The connection; empty for none.
        folder: The folder.
    """
    stored = STORED.fullmatch(path)
    if stored is not None:
        return (f"{stored[1]}{stored[3]}", conn_id or stored[2] or "")
    return (path, conn_id) if conn_id or not path else (str(folder / path), "")


def parted(path: str) -> tuple[str, str]:
    """Return the folder of a path, and the rest of it, which is the name of a file or stands for several."""
    parts = path.split("/")
    wild = (at for at, part in enumerate(parts) if any(sign in part for sign in "*?{"))
    at = next(wild, len(parts) - 1)
    return "/".join(parts[:at]) or ("/" if path.startswith("/") else "."), "/".join(parts[at:])
