"""What `lint` finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.errors import Problem

OK, ERRORS, WARNINGS, UNREADABLE = 0, 1, 2, 3
"""Exit codes."""


@dataclass(slots=True)
class Report:
    """What was found.

    Args:
        files: The files that were looked at.
        errors: What is wrong.
        warnings: What is worth knowing.
        unreadable: What could not be looked at.
        tables: Environment and path of a table -> the pipeline file that publishes it.
        contracts: The real paths of contracts of which all is said that there is to say.
        products: Environment -> the name of a product -> the product as it is there; None where it is wrong.
        levels: The real paths of OpenSLO files of which all is said.
        watched: DAG that is no product, and has service levels -> file:line:column.
        declared: What products and watched DAGs declare of their service levels.
        alerts: Who is told of what, by each file that says so.
    """

    files: list[str] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    tables: dict[tuple[str, str], str] = field(default_factory=dict)
    contracts: set[str] = field(default_factory=set)
    products: dict[str, dict[str, Definition | None]] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    watched: dict[str, str] = field(default_factory=dict)
    declared: list[Declaration] = field(default_factory=list)
    alerts: list[Rules] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code."""
        if self.unreadable:
            return UNREADABLE
        return ERRORS if self.errors else WARNINGS if self.warnings else OK

    @property
    def lines(self) -> Iterator[tuple[str, Problem]]:
        """Every problem once, with its severity."""
        yield from (("error", problem) for problem in dict.fromkeys((*self.unreadable, *self.errors)))
        yield from (("warning", problem) for problem in dict.fromkeys(self.warnings))

    @property
    def summary(self) -> str:
        """The counts as one line."""
        counts = {"error": 0, "warning": 0} | {
            severity: sum(1 for other, _ in self.lines if other == severity)
            for severity in ("error", "warning")
        }
        found = ", ".join(plural(count, word) for word, count in counts.items() if count)
        return f"{plural(len(self.files), 'file')} checked: {found or 'all well'}."


def plural(count: int, word: str) -> str:
    """Return a count with its word."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
