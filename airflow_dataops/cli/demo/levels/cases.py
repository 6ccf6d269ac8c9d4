"""What happens to the products of the demo of service levels, and what that burns, reckoned by hand.

Each sum is written here and in docs/explanation/error-budgets.md; no budget is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How an objective stands, reckoned by hand.

    Args:
        good: Good events.
        total: Events that have counted.
        expected: Events that the budget is counted in.
        sum: How the share that is left is reckoned: 1 - bad / ((1 - target) x expected).
        left: What that comes to.
    """

    good: int
    total: int
    expected: int
    sum: str
    left: Fraction

    @property
    def bad(self) -> int:
        """Bad events."""
        return self.total - self.good


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One objective of a product, and what becomes of it.

    Args:
        slo: The objective.
        why: What the definition says of what happened.
        first: How it stands when the monitor looks first: files that are late have not come yet.
        last: How it stands in the end.
    """

    slo: str
    why: str
    first: Hand
    last: Hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A product, and what happens to it.

    Args:
        product: The product, and its DAG.
        name: What happens, in three words.
        story: What happens, in a sentence.
        promises: Its objectives, in the order of their declaration.
    """

    product: str
    name: str
    story: str
    promises: tuple[Promise, ...]


THREE_OF_28 = Hand(good=0, total=3, expected=28, sum="1 - 3 / (1/10 x 28)", left=Fraction(-1, 14))
ONE_OF_28 = Hand(good=0, total=1, expected=28, sum="1 - 1 / (1/20 x 28)", left=Fraction(2, 7))
NONE_OF_28 = Hand(good=1, total=1, expected=28, sum="1 - 0 / (1/20 x 28)", left=Fraction(1))

CASES: tuple[Case, ...] = (
    Case(
        product="paused",
        name="a paused DAG",
        story="Nobody let this DAG run. Three days ended, and nothing failed, since nothing ran.",
        promises=(
            Promise(
                slo="in-time",
                why="a day of which nothing was seen when it was due is bad",
                first=THREE_OF_28,
                last=THREE_OF_28,
            ),
        ),
    ),
    Case(
        product="late",
        name="a late file",
        story="The file came when its day was due already, and was published at once.",
        promises=(
            Promise(
                slo="in-time",
                why="late is bad, and stays so",
                first=ONE_OF_28,
                last=ONE_OF_28,
            ),
            Promise(
                slo="in-time-or-mended",
                why="late counts as repaired: what was burnt is given back",
                first=ONE_OF_28,
                last=NONE_OF_28,
            ),
        ),
    ),
    Case(
        product="bad",
        name="a bad file",
        story="Six of forty rows broke the contract. The next file was good, and its publication blocked.",
        promises=(
            Promise(
                slo="right-rows",
                why="what counts are rows that were judged; one that breaks two rules is one bad row",
                first=Hand(good=34, total=40, expected=40, sum="1 - 6 / (1/10 x 40)", left=Fraction(-1, 2)),
                last=Hand(good=74, total=80, expected=80, sum="1 - 6 / (1/10 x 80)", left=Fraction(1, 4)),
            ),
        ),
    ),
    Case(
        product="retried",
        name="a second try",
        story="The run failed, because its drop was a folder. Tried again, it found a file, and succeeded.",
        promises=(
            Promise(
                slo="ends-well",
                why="what counts is how the run ended",
                first=NONE_OF_28,
                last=NONE_OF_28,
            ),
            Promise(
                slo="first-try",
                why="a second try doesn't hide that the first one failed",
                first=ONE_OF_28,
                last=ONE_OF_28,
            ),
        ),
    ),
)
"""What happens, product by product."""
