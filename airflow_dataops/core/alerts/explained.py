"""Which of several incidents explain the others, where some may explain each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet


def explained(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what is explained -> by what that people are told of, at the end of the chain.

    Whatever the edges are, the end of each chain is told: a circle that nothing outside of it explains is
    told as a whole, since any of it may be the cause.

    Args:
        edges: What explains -> what is explained by it.
    """
    after: dict[str, set[str]] = defaultdict(set)
    before: dict[str, set[str]] = defaultdict(set)
    for source, target in edges:
        if source != target:
            after[source].add(target)
            before[target].add(source)
    causes = {each: _reached(each, before) for each in sorted(before)}
    # What all its causes are caused by in turn stands in a circle that nothing outside explains.
    told = {
        each for each in {*after, *before} if all(each in causes.get(one, ()) for one in causes.get(each, ()))
    }
    found: dict[str, str] = {}
    for source in sorted(told):
        for target in _reached(source, after) - told:
            found.setdefault(target, source)
    return found


def _reached(begin: str, ways: Mapping[str, AbstractSet[str]]) -> set[str]:
    """Return all that can be reached; itself only by a circle."""
    found: set[str] = set()
    left = list(ways.get(begin, ()))
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left.extend(ways.get(each, ()))
    return found
