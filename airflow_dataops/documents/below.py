"""The files that people wrote below a folder: what lies in a hidden folder is a tool's copy of them."""

from __future__ import annotations

import os
from pathlib import Path


def files_below(folder: str | Path, *ends: str) -> tuple[Path, ...]:
    """Return every file below a folder whose name ends so, sorted; also one that can't be read.

    Editors keep old versions in hidden folders, environments of Python have samples in theirs, and a command
    that is killed leaves there what it had begun.

    Args:
        folder: The folder, which may be hidden itself.
        ends: How the names end.
    """
    found = []
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(above, name) for name in files if name.endswith(ends)]
    return tuple(sorted(found))
