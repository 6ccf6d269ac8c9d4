"""The tasks of a DAG, which of them comes after which, and where each is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SWEEPS = 8
"""How often the tasks of each layer are put in the order of those beside it."""

Edge = tuple[str, str]
Point = tuple[str, int]
"""A task, or a place where an edge passes a layer: the task or the edge, and the layer."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Tasks and edges.

    Args:
        tasks: Task -> the kind of its operator, in the order in which they run.
        edges: From which task to which; there is no circle.
    """

    tasks: Mapping[str, str]
    edges: tuple[Edge, ...]

    def direct(self) -> frozenset[Edge]:
        """Return the edges that say something about the order: those that no longer way implies."""
        after: dict[str, set[str]] = {task: set() for task in self.tasks}
        for task in reversed(self.ordered()):
            for start, end in self.edges:
                if start == task:
                    after[task] |= {end} | after[end]
        return frozenset(
            (start, end)
            for start, end in self.edges
            if not any(end in after[other] for begin, other in self.edges if begin == start and other != end)
        )

    def layers(self) -> dict[str, int]:
        """Return how many tasks come one after the other before each."""
        found: dict[str, int] = {}
        for task in self.ordered():
            found[task] = max((found[start] + 1 for start, end in self.edges if end == task), default=0)
        return found

    def ordered(self) -> list[str]:
        """Return the tasks, each after those that it comes after.

        Raises:
            ValueError: If there is a circle.
        """
        left, found = list(self.tasks), list[str]()
        while left:
            free = next(
                (
                    task
                    for task in left
                    if not any(end == task and start in left for start, end in self.edges)
                ),
                None,
            )
            if free is None:
                raise ValueError(f"these tasks come after each other: {', '.join(left)}")
            left.remove(free)
            found.append(free)
        return found


@dataclass(slots=True)
class Layout:
    """Where tasks are, as layer and row, and by which rows edges pass the layers between.

    Args:
        layers: Layer -> what stands in it, from the top down.
        ways: Edge -> what it goes by, its ends included.
    """

    layers: list[list[Point]] = field(default_factory=list)
    ways: dict[Edge, list[Point]] = field(default_factory=dict)

    def crossings(self) -> int:
        """Return how often two edges cross."""
        row = {point: at for layer in self.layers for at, point in enumerate(layer)}
        steps = {step for way in self.ways.values() for step in pairwise(way)}
        rows = [(one[1], row[one], row[other]) for one, other in steps]
        return sum(
            layer == there and (start - begin) * (end - finish) < 0
            for (layer, start, end), (there, begin, finish) in combinations(rows, 2)
        )


def laid_out(graph: Graph) -> Layout:
    """Return where the tasks of a graph are drawn: in layers, with few edges that cross."""
    of = graph.layers()
    found = Layout([[] for _ in range(max(of.values(), default=-1) + 1)])
    for task in graph.ordered():
        found.layers[of[task]].append((task, of[task]))
    for start, end in graph.edges:
        between = [(f"{start}\0{end}", layer) for layer in range(of[start] + 1, of[end])]
        for point in between:
            found.layers[point[1]].append(point)
        found.ways[start, end] = [(start, of[start]), *between, (end, of[end])]
    best, fewest = [list(layer) for layer in found.layers], found.crossings()
    for sweep in range(SWEEPS):
        _ordered(found, downward=sweep % 2 == 0)
        if found.crossings() < fewest:
            best, fewest = [list(layer) for layer in found.layers], found.crossings()
    found.layers = best
    return found


def _ordered(layout: Layout, *, downward: bool) -> None:
    """Put what stands in each layer in the order of what it is tied to in the layer beside it."""
    tied: dict[Point, list[Point]] = {}
    for way in layout.ways.values():
        for one, other in pairwise(way):
            first, second = (one, other) if downward else (other, one)
            tied.setdefault(second, []).append(first)
    count = len(layout.layers)
    for at in range(1, count) if downward else range(count - 2, -1, -1):
        rows = _rows(layout.layers[at - 1 if downward else at + 1])
        own = _rows(layout.layers[at])

        def middle(
            point: Point, rows: Mapping[Point, float] = rows, own: Mapping[Point, float] = own
        ) -> float:
            near = [rows[other] for other in tied.get(point, ()) if other in rows]
            return sum(near) / len(near) if near else own[point]

        layout.layers[at].sort(key=middle)


def _rows(points: Iterable[Point]) -> dict[Point, float]:
    """Return the row of each point of a layer, counted from its middle."""
    listed = list(points)
    return {point: row - (len(listed) - 1) / 2 for row, point in enumerate(listed)}
