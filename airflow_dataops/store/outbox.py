"""What is to be remembered while the store can't be asked: one file a fact, in a folder of this machine.

A fact is put down whole or not at all, and outlives whoever put it down. It is taken away after the store has
it; facts are remembered once however often they are delivered, so that a death between the two does no harm.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.run import Retry, RunOutcome
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.usecases.ports.outbox import Letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from airflow_dataops.usecases.ports.outbox import Posted

LIMIT = 100_000
"""Facts that an outbox holds at most; then no other is taken until some are delivered."""

COUNTED = 100
"""After so many facts of one process the folder is counted again."""

KINDS: dict[str, type[Posted]] = {kind.__name__: kind for kind in (Declaration, RunOutcome, Retry, Reported)}
"""Name of a kind of fact -> the kind."""

ABANDONED = 60 * 60
"""Seconds after which nobody writes any more what isn't whole."""

SUFFIX, PARTIAL = ".json", ".partial"

PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE, errno.EINTR})
"""Errors of a file that may be sound, and is read another time."""

_numbers = itertools.count()


@dataclass(slots=True)
class Outbox:
    """A folder of facts on their way to the store.

    Args:
        folder: The folder; it is made when the first fact is put down.
        limit: How many facts it holds at most.
    """

    folder: Path
    limit: int = LIMIT
    _put: int = 0
    _full: bool = False

    @property
    def set_aside(self) -> Path:
        """The folder of what can't be read."""
        return self.folder / "unreadable"

    def put(self, *facts: Posted) -> None:
        """Put facts down, each durably before the next.

        Raises:
            BrokenWorldError: If the folder can't be written, or holds as many as it may.
        """
        with _written(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for fact in facts:
                self._put_one(fact)

    def waiting(self) -> int:
        """Return how many facts are on their way."""
        return len(self._names())

    def any(self) -> bool:
        """Say whether any are on their way."""
        try:
            with os.scandir(self.folder) as entries:
                return any(entry.name.endswith(SUFFIX) for entry in entries)
        except OSError:
            return False

    def attended(self) -> bool:
        """Say whether a process is there that delivers them."""
        with self.on_duty() as free:
            return not free

    def broken(self) -> tuple[str, ...]:
        """Return what was set aside: the paths of files that can't be read."""
        try:
            return tuple(sorted(entry.path for entry in os.scandir(self.set_aside)))
        except FileNotFoundError:
            return ()

    def letters(self, *, most: int) -> tuple[Letter, ...]:
        """Return the facts that were put down first, in that order; what can't be read has None for a fact.

        Raises:
            BrokenWorldError: If the folder can't be read.
        """
        return tuple(Letter(name, self._read(name)) for name in self._names()[:most])

    def delivered(self, letters: Sequence[Letter]) -> None:
        """Take away what the store has. What is gone already is fine.

        Raises:
            BrokenWorldError: If the folder can't be written.
        """
        with _written(self.folder):
            for letter in letters:
                (self.folder / letter.name).unlink(missing_ok=True)

    def refuse(self, letter: Letter) -> str:
        """Set a letter aside that can't be read or that the store won't take; return where it is now.

        Raises:
            BrokenWorldError: If the folder can't be written.
        """
        aside = self.set_aside / letter.name
        with _written(self.folder):
            self.set_aside.mkdir(exist_ok=True)
            (self.folder / letter.name).replace(aside)
        return str(aside)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Deliver alone: give False while another process does. Its death ends that.

        What writers left half written that were killed long ago is removed: nobody was told that it is there.
        """
        with self._held(".delivering") as alone:
            if alone:
                self._tidy()
            yield alone

    def on_duty(self) -> AbstractContextManager[bool]:
        """See to it alone that what comes is delivered, and that it is tried again; as `alone`."""
        return self._held(".on_duty")

    @contextmanager
    def _held(self, name: str) -> Iterator[bool]:
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    def _tidy(self) -> None:
        with os.scandir(self.folder) as entries:
            partial = [entry for entry in entries if entry.name.endswith(PARTIAL)]
        for entry in partial:
            with suppress(FileNotFoundError):
                if time.time() - entry.stat().st_mtime > ABANDONED:
                    Path(entry.path).unlink()

    def _put_one(self, fact: Posted) -> None:
        self._count()
        kind = type(fact).__name__
        try:
            body = _adapter(kind).dump_json(fact)
        except ValueError:
            raise BrokenWorldError("a fact can't be written in UTF-8", where=kind) from None
        # In the order of their time; two of one instant keep the order of their process.
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers):06d}"
        partial, whole = self.folder / f"{name}{PARTIAL}", self.folder / f"{name}{SUFFIX}"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(b'{"kind": "%b", "fact": %b}' % (kind.encode(), body))
                file.flush()
                os.fsync(file.fileno())
            partial.rename(whole)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        _settle(self.folder)

    def _count(self) -> None:
        if self._put % COUNTED == 0 or self._full:
            self._full = self.waiting() >= self.limit
        self._put += 1
        if self._full:
            raise BrokenWorldError(
                f"the outbox holds {self.limit} facts, and takes no other before some are delivered",
                where=str(self.folder),
                hint="They are delivered once the store at [dataops] sql_alchemy_conn can be reached.",
            )

    def _names(self) -> list[str]:
        try:
            with os.scandir(self.folder) as entries:
                return sorted(entry.name for entry in entries if entry.name.endswith(SUFFIX))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise BrokenWorldError(
                f"the outbox can't be read ({type(error).__name__})", where=str(self.folder)
            ) from None

    def _read(self, name: str) -> Posted | None:
        try:
            known = json.loads((self.folder / name).read_bytes())
            fact: Posted = _adapter(known["kind"]).validate_python(known["fact"])
        except OSError as error:
            if error.errno in PASSING:
                raise BrokenWorldError(
                    f"the outbox can't be read ({type(error).__name__}: {os.strerror(error.errno or 0)})",
                    where=str(self.folder),
                ) from None
            return None
        except (ValueError, LookupError, TypeError, ValidationError):
            return None
        return fact if _keepable(known["fact"]) else None


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Say that an outbox can't be written, and what to do."""
    try:
        yield
    except OSError as error:
        raise BrokenWorldError(
            f"the outbox can't be written ({type(error).__name__}: {os.strerror(error.errno or 0)})",
            where=str(folder),
            hint="Make room on its disk, or give its folder to the user that Airflow runs as.",
        ) from None


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    """Return what writes a kind of fact as JSON, and reads it; to make one takes a while."""
    return TypeAdapter(KINDS[kind])


def _keepable(part: object) -> bool:
    """Say whether every text of a fact is one that each database keeps."""
    if isinstance(part, dict):
        return all(map(_keepable, part.values()))
    if isinstance(part, list):
        return all(map(_keepable, part))
    return not isinstance(part, str) or _utf8(part)


def _utf8(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _settle(folder: Path) -> None:
    """Have a name in a folder survive a power cut, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
