"""What a test of a team's SQL came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.difference import Difference
    from airflow_dataops.core.example import Example


class Result(StrEnum):
    """What became of a test."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One test that was run.

    Args:
        example: The test.
        result: What became of it.
        reasons: Why it did not pass, one line each.
        difference: How the rows differ from those that were expected; None where they were not compared, or
            are the same.
        seconds: How long it took.
    """

    example: Example
    result: Result
    reasons: tuple[str, ...] = ()
    difference: Difference | None = None
    seconds: float = 0.0
