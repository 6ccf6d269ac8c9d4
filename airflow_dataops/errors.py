"""Every error of the package, in one tree.

    DataOpsError
    ├── BadDataError          the data broke a promise: the task fails, is not retried, nothing is published
    ├── BrokenWorldError      a connection, a lock, a disk: the task may be retried
    │   └── TryLaterError     the other side says how long to wait before that
    ├── WithheldError         a policy withholds what would be right: not tried again, and not bad data
    ├── NotEvaluatedError     a promise could not be evaluated: neither pass nor bad data
    ├── DocumentError         a file that people write is wrong: every problem at once, each with its place
    └── SettingsError         the deployment is set up in a way that can't work

An error is one line: what happened, where, what to do next. It never quotes the value of a row.
"""

from __future__ import annotations

from dataclasses import dataclass


class DataOpsError(Exception):
    """What happened, where, and what to do next, as one line.

    Args:
        what: What happened, as a sentence without its full stop.
        where: File:line:column, contract@version, dataset.column or partition. May be empty.
        hint: What to do next. May be empty.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what, where, hint)

    def __str__(self) -> str:
        """Return the error as one line."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        return " ".join(f"{line}. {self.hint}".split() if self.hint else line.split())


class BadDataError(DataOpsError):
    """The data broke a promise of its contract."""


class BrokenWorldError(DataOpsError):
    """Something outside of the data and of our files failed, and may work when it is tried again."""


class TryLaterError(BrokenWorldError):
    """The other side can't now, and says when to try again.

    Args:
        what: What happened, as a sentence without its full stop.
        after: Seconds to wait, 0 or more.
        where: As of every error.
        hint: As of every error.
    """

    def __init__(self, what: str, *, after: int, where: str = "", hint: str = "") -> None:
        self.after = after
        super().__init__(what, where=where, hint=hint)


class WithheldError(DataOpsError):
    """A policy of the product withholds it, whatever the data is like."""


class NotEvaluatedError(DataOpsError):
    """A promise could not be evaluated, so nothing is known about the data."""


class SettingsError(DataOpsError):
    """The deployment's settings can't work."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file, or worth a warning.

    Args:
        place: file:line:column, as far as it is known.
        what: What is wrong, as a sentence without its full stop.
        hint: What to do next. May be empty.
    """

    place: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as one line."""
        return " ".join(f"{self.place}: {self.what}{'. ' + self.hint if self.hint else ''}".split())


class DocumentError(DataOpsError):
    """Files that people write are wrong: all problems at once.

    Args:
        problems: At least one problem, in the order of the files.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))

    def __str__(self) -> str:
        """Return one line for each problem."""
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[DocumentError], tuple[tuple[Problem, ...]]]:
        """Survive pickling, which would call the constructor with the message's parts."""
        return (DocumentError, (self.problems,))
