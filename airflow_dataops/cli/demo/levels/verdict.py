"""What was found of each objective, beside what was reckoned by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow_dataops.cli.demo.levels.cases import Case, Hand, Promise
    from airflow_dataops.core.slo.standing import Standing

    Stood = Mapping[tuple[str, str], Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An objective: what was reckoned by hand, and what was found.

    Args:
        product: Whose.
        promise: What was reckoned.
        first: How it stood when the monitor looked first; None where nothing was known of it.
        last: How it stands in the end; None likewise.
    """

    product: str
    promise: Promise
    first: Standing | None
    last: Standing | None

    @property
    def holds(self) -> bool:
        """Whether both came to the same, both times."""
        return agrees(self.first, self.promise.first) and agrees(self.last, self.promise.last)


def findings(cases: Sequence[Case], *, first: Stood, last: Stood) -> tuple[Finding, ...]:
    """Return what was found of each objective of some products.

    Args:
        cases: The products.
        first: Product and objective -> how it stood when the monitor looked first.
        last: The same in the end.
    """
    return tuple(_findings(cases, first, last))


def agrees(standing: Standing | None, hand: Hand) -> bool:
    """Say whether an objective stands as was reckoned: to the event, and to the fraction."""
    if standing is None or standing.remaining != hand.left:
        return False
    return standing.good == hand.good and standing.total == hand.total and standing.expected == hand.expected


def _findings(cases: Sequence[Case], first: Stood, last: Stood) -> Iterator[Finding]:
    for case in cases:
        for promise in case.promises:
            key = (case.product, promise.slo)
            yield Finding(product=case.product, promise=promise, first=first.get(key), last=last.get(key))
