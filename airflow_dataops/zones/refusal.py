"""What a file system refuses, in words: the operation, its reason, the path, and what to do next."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = "Free or add space there, then run the task again."
RIGHTS = "Give the user that runs the tasks access to it."
NAME = "Use a shorter folder or partition label."

HINTS: dict[int, str] = {
    errno.ENOSPC: SPACE,
    errno.EDQUOT: SPACE,
    errno.EFBIG: "Raise the limit of file sizes for the user that runs the tasks.",
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EROFS: "Mount it writable, or configure another folder.",
    errno.ENAMETOOLONG: NAME,
    errno.ENOTDIR: "A part of the path is a file: move it away, or configure another folder.",
    errno.EEXIST: "Move away what is in the way there.",
    errno.ELOOP: "A symbolic link is in the way: put the file itself there.",
    errno.ENOENT: "Something removed it meanwhile: see what else works in that folder.",
    errno.ESTALE: "The network file system lost it: check the mount.",
}
"""errno -> what to do next."""

HINT = "Check the disk or the mount that it is on."


@contextmanager
def refusal(what: str, *, where: str) -> Iterator[None]:
    """Turn what the file system refuses into an error of ours.

    Args:
        what: What can't be done, such as `the drop can't be read`.
        where: The path, for refusals that name none themselves.

    Raises:
        BrokenWorldError: If the block raises an OSError.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        place = error.filename if isinstance(error.filename, str) else where
        raise BrokenWorldError(
            f"{what}: {reason}", where=place, hint=HINTS.get(error.errno or 0, HINT)
        ) from None
