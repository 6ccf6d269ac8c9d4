"""One step in which checks are computed, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a step does."""

    SELECT = "select"
    GROUPS = "groups"
    PASS = "pass"  # noqa: S105 - over the rows
    KEEP = "keep"
    NESTED = "nested"
    FILTERS = "filters"
    LOOKUPS = "lookups"
    SELECTIONS = "selections"
    CUSTOMS = "customs"
    UNABLE = "unable"
    REFUSED = "refused"
    COUNTS = "counts"
    TOGETHER = "together"
    ALONE = "alone"


SAYS: dict[StepKind, str] = {
    StepKind.SELECT: "one SELECT over the rows: each is judged and counted in it, and none is kept",
    StepKind.GROUPS: "find the keys that are there more than once: one grouping for each set of columns",
    StepKind.PASS: "one pass over the rows where they lie: a cheap question to all, every rule to few",
    StepKind.KEEP: "one pass over the rows: each value is read once, each row is marked and kept",
    StepKind.NESTED: "one reader is shown the JSON of these columns",
    StepKind.FILTERS: "find the rows that a condition leaves: one query for each, however many rules have it",
    StepKind.LOOKUPS: "look values up in other rows: one query for each rule",
    StepKind.SELECTIONS: "find the rows that SQL counts: one query for each rule",
    StepKind.CUSTOMS: "show all rows to other tools, which judge them by these rules",
    StepKind.UNABLE: "not evaluated: rows that stay in a database are shown to no other tool",
    StepKind.REFUSED: "not evaluated, each for its reason",
    StepKind.COUNTS: "row counts: no query, the pass has counted",
    StepKind.TOGETHER: "ask the good rows: one query for all these rules, which are aggregates",
    StepKind.ALONE: "ask the good rows: one query for each rule",
}
"""What a step does, in words."""

FREE = frozenset({StepKind.COUNTS, StepKind.UNABLE, StepKind.REFUSED})
"""Steps that ask nothing."""

AT_ONCE = frozenset(
    {
        StepKind.SELECT,
        StepKind.PASS,
        StepKind.KEEP,
        StepKind.NESTED,
        StepKind.CUSTOMS,
        StepKind.TOGETHER,
    }
)
"""Steps that ask once, whatever they are made of; all others once for each part."""


@dataclass(frozen=True, slots=True)
class Part:
    """Checks of a step that share what they cost.

    Args:
        checks: Their ids.
        columns: The columns that are read for them; empty where SQL or a tool says which.
        of: What else they look at: a condition, another dataset, the whole table, the rules of a tool; or why
            they are not evaluated.
    """

    checks: tuple[str, ...]
    columns: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Args:
        kind: What it does.
        parts: Of what it is made, at least one.
    """

    kind: StepKind
    parts: tuple[Part, ...]

    @property
    def asks(self) -> int:
        """How often the rows, or those of them that are kept, are asked."""
        if self.kind in FREE:
            return 0
        return 1 if self.kind in AT_ONCE else len(self.parts)


@dataclass(frozen=True, slots=True)
class Steps:
    """All steps, in the order in which they are run.

    Args:
        steps: They.
        kept: Whether rows are kept with their marks; else they are judged where they lie.
        because: What makes it necessary: ids of checks, columns of JSON; empty for rows of text, and for rows
            that are not kept.
    """

    steps: tuple[Step, ...]
    kept: bool
    because: tuple[str, ...] = ()
