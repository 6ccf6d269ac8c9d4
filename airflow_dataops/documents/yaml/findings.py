"""What is wrong in the files that are read, and what is worth a warning: everything, not the first of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.documents.yaml.node import Place


class Findings:
    """Collects errors and warnings while files are read."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def error(self, place: Place | str, what: str, hint: str = "") -> None:
        """Note something that is wrong."""
        self.errors.append(Problem(str(place), what, hint))

    def warn(self, place: Place | str, what: str, hint: str = "") -> None:
        """Note something that is worth knowing."""
        self.warnings.append(Problem(str(place), what, hint))

    def unenforced(self, place: Place | str, what: str, hint: str = "") -> None:
        """Note a promise that is accepted, and that nothing checks."""
        self.warn(place, f"{what} is not enforced yet", hint)

    def settle(self) -> tuple[Problem, ...]:
        """Return the warnings, in the order of the files.

        Raises:
            DocumentError: If there are errors.
        """
        if self.errors:
            raise DocumentError(in_order(self.errors))
        return in_order(self.warnings)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems sorted by line and column within each file, each once; files keep their order."""
    unique = list(dict.fromkeys(problems))
    files = list(dict.fromkeys(split_place(problem.place)[0] for problem in unique))

    def position(problem: Problem) -> tuple[int, int, int]:
        file, line, column = split_place(problem.place)
        return files.index(file), line, column

    return tuple(sorted(unique, key=position))


def split_place(place: str) -> tuple[str, int, int]:
    """Return file, line and column of a place; 0 for what it doesn't say."""
    parts = place.rsplit(":", 2)
    if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
        return parts[0], int(parts[1]), int(parts[2])
    return place, 0, 0
