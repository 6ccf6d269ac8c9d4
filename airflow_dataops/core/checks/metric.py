"""What is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.rows.failing_row import FailingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule of another tool.

    Args:
        rule: What the tool calls it, such as `amount.greater_than(0)`; unique among its findings, without
            any value of a row.
        column: The column it speaks of, or empty.
        failing: Rows that broke it; 0 where the tool names none.
        names_rows: Whether the tool says which rows broke it. If not, the batch as a whole did.
        warns: Whether the tool takes it for worth a warning only, so that it sends no row away.
    """

    rule: str
    column: str
    failing: int
    names_rows: bool
    warns: bool = False

    @property
    def sends_rows_away(self) -> bool:
        """Whether the rows that broke it are bad ones."""
        return self.names_rows and not self.warns


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The measurement of one check.

    Args:
        number: Failing rows for a rule that judges rows, else the number that was asked for; None if there is
            none.
        failing: Rows that broke the rule; 0 for a rule that names no row.
        checked: Rows that were looked at.
        withheld: Whether the number may be a row's value, as the answer of a query that counts nothing may.
        problem: Why it could not be evaluated, without any value of a row; empty otherwise.
        skipped: Why it was not looked at, on purpose; empty otherwise.
        findings: Which rules of another tool were broken; of a custom rule alone.
    """

    number: Fraction | None
    failing: int = 0
    checked: int = 0
    withheld: bool = False
    problem: str = ""
    skipped: str = ""
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of_rows(cls, count: int, *, checked: int) -> Measured:
        """Return the measurement of a rule that judges rows: how many broke it, of how many."""
        return cls(number=Fraction(count), failing=count, checked=checked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """All that one scan of a batch came to.

    Args:
        rows: Records read, unparsable lines included: `good + bad == rows`, always, but for rows that could
            not be judged: then both are 0, and neither half is written.
        good: Rows that no rule sends to quarantine.
        bad: Rows that at least one rule sends to quarantine, unparsable lines included.
        unparsable: Lines that are no record of the declared format.
        measured: Check id -> its measurement, for every check of the plan.
        content: Digest of the good rows as a multiset: equal for equal rows in any order; empty where they
            were not written.
        extra: Columns that the plan lacks, and so the good rows; of a transformation's result alone, for the
            names in a header may be values.
        blank: Columns of the plan that have no value in any record, though there are records and no rule
            asks for a value in each.
        failing: The first rows that broke a rule, as many as were asked for; no part of what is shown of it.
        unjudged: Why nobody knows which rows are good; empty where it is known.
    """

    rows: int
    good: int
    bad: int
    unparsable: int
    measured: dict[str, Measured]
    content: str = ""
    extra: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    failing: tuple[FailingRow, ...] = field(default=(), repr=False)
    unjudged: str = ""
