"""What another tool says of the rows that it was shown: one broken rule of its own."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.metric import Finding, Measured

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One broken rule of another tool, and the rows that broke it.

    Args:
        rule: What the tool calls it, such as `amount.greater_than(0)`; unique among its breaches, without any
            value of a row.
        column: The column it speaks of, or empty.
        rows: The positions, from 0, of the rows that broke it, in the order in which they were shown, each
            once; None where the tool names none, so that the batch as a whole broke it.
        warns: Whether it is worth a warning only.
    """

    rule: str
    column: str = ""
    rows: Sequence[int] | None = None
    warns: bool = False

    @property
    def finding(self) -> Finding:
        """The breach without its rows."""
        return Finding(
            rule=self.rule,
            column=self.column,
            failing=0 if self.rows is None else len(self.rows),
            names_rows=self.rows is not None,
            warns=self.warns,
        )


def blamed(breaches: Sequence[Breach]) -> tuple[int, ...]:
    """Return the rows that are bad ones, in their order, each once however many rules it broke."""
    away = (breach.rows or () for breach in breaches if breach.finding.sends_rows_away)
    return tuple(sorted({row for rows in away for row in rows}))


def measured(breaches: Sequence[Breach], *, checked: int) -> Measured:
    """Return what the rules of a tool came to: the bad rows, and one for each rule that the batch broke.

    Args:
        breaches: What the tool says.
        checked: How many rows it was shown.
    """
    rows = len(blamed(breaches))
    whole = sum(breach.rows is None and not breach.warns for breach in breaches)
    return Measured(
        number=Fraction(rows + whole),
        failing=rows,
        checked=checked,
        findings=tuple(breach.finding for breach in breaches),
    )
