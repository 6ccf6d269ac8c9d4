"""How rows differ from those that were expected: which go together, and where they are not the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Values = tuple[str | None, ...]
"""The texts of a row's values, None for null, in the order of the columns."""

MOST_COMPARED = 10_000
"""Pairs of rows that are looked at for the likest; of more, rows are missing and unexpected."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A row that was expected and the one that is there instead; one of them may be missing.

    Args:
        expected: The values that were expected, or None for a row that nobody expects.
        actual: The values that are there, or None for a row that is missing.
    """

    expected: Values | None
    actual: Values | None

    @property
    def differing(self) -> frozenset[int]:
        """The places of the values that are not the same; none where a whole row is missing."""
        if self.expected is None or self.actual is None:
            return frozenset()
        both = zip(self.expected, self.actual, strict=True)
        return frozenset(at for at, (one, other) in enumerate(both) if one != other)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as expected.

    Args:
        columns: The columns that were compared.
        pairs: The rows that differ; those that are missing and unexpected come last.
        same: How many rows are as expected.
    """

    columns: tuple[str, ...]
    pairs: tuple[Pair, ...]
    same: int

    @property
    def summary(self) -> str:
        """How many rows differ, are missing and are unexpected, as one line; empty where none is."""
        counts = {
            "differs": sum(1 for pair in self.pairs if pair.expected is not None and pair.actual is not None),
            "is missing": sum(1 for pair in self.pairs if pair.actual is None),
            "is unexpected": sum(1 for pair in self.pairs if pair.expected is None),
        }
        many = {"differs": "differ", "is missing": "are missing", "is unexpected": "are unexpected"}
        return ", ".join(
            f"{number} row {word}" if number == 1 else f"{number} rows {many[word]}"
            for word, number in counts.items()
            if number
        )


def difference(
    expected: Sequence[Values],
    actual: Sequence[Values],
    *,
    columns: tuple[str, ...],
    key: Sequence[str] = (),
    ordered: bool = False,
) -> Difference:
    """Compare rows.

    Args:
        expected: Those that were expected.
        actual: Those that are there.
        columns: What their values are called.
        key: The columns by which rows that are not the same go together, where all of them are compared;
            otherwise those do that have most values in common.
        ordered: Whether the first belongs to the first, the second to the second, and so on.
    """
    if ordered:
        together = min(len(expected), len(actual))
        beside = [Pair(one, other) for one, other in zip(expected, actual, strict=False) if one != other]
        alone = (
            *(Pair(one, None) for one in expected[together:]),
            *(Pair(None, one) for one in actual[together:]),
        )
        return Difference(columns, (*beside, *alone), together - len(beside))
    missing, unexpected = _left(expected, actual), _left(actual, expected)
    by_key = bool(key) and set(key) <= set(columns)
    at_key = [columns.index(name) for name in key] if by_key else []
    both = list(_by_key(missing, unexpected, at_key) if by_key else _likest(missing, unexpected))
    missing, unexpected = (
        _left(missing, [one for one, _ in both]),
        _left(unexpected, [other for _, other in both]),
    )
    pairs = [Pair(one, other) for one, other in both]
    same = len(expected) - len(missing) - len(pairs)
    alone = (*(Pair(one, None) for one in missing), *(Pair(None, one) for one in unexpected))
    return Difference(columns, (*pairs, *alone), same)


def _left(rows: Sequence[Values], others: Sequence[Values]) -> list[Values]:
    """Return the rows that have no like among others, each like counted once."""
    there = Counter(others)
    left = []
    for row in rows:
        if there[row]:
            there[row] -= 1
        else:
            left.append(row)
    return left


def _by_key(
    missing: Sequence[Values], unexpected: Sequence[Values], key: Sequence[int]
) -> Iterator[tuple[Values, Values]]:
    """Yield the rows that have the same key."""
    there: dict[Values, list[Values]] = {}
    for row in unexpected:
        there.setdefault(tuple(row[at] for at in key), []).append(row)
    for row in missing:
        alike = there.get(tuple(row[at] for at in key))
        if alike:
            yield row, alike.pop(0)


def _likest(missing: Sequence[Values], unexpected: Sequence[Values]) -> Iterator[tuple[Values, Values]]:
    """Yield the rows that have most values in common, at least one; or two that are alone."""
    if len(missing) == len(unexpected) == 1:
        yield missing[0], unexpected[0]
        return
    if len(missing) * len(unexpected) > MOST_COMPARED:
        return
    alike = sorted(
        (-sum(a == b and a is not None for a, b in zip(one, other, strict=True)), at, beside)
        for at, one in enumerate(missing)
        for beside, other in enumerate(unexpected)
    )
    partner: dict[int, int] = {}
    for common, at, beside in alike:
        if common and at not in partner and beside not in partner.values():
            partner[at] = beside
    for at in sorted(partner):
        yield missing[at], unexpected[partner[at]]
