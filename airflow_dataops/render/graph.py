"""The tasks of a DAG and their order: as text, as Mermaid, and as a picture of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from airflow_dataops.core.graph import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.graph import Edge, Graph, Layout, Point

SIGN = 7.6
"""Pixels of a character of a task's name."""

SMALL = 6.2
"""Pixels of a character of what stands below it."""

HIGH, PASSING = 46, 14
"""Pixels of a task, and of an edge that passes a layer."""

APART, BETWEEN, EDGE = 18, 56, 12
"""Pixels between two tasks of a layer, between two layers, and around all."""

PAD = 14

STYLE = """\
text { font: 600 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2937; text-anchor: middle }
.kind { font-size: 11px; font-weight: 400; fill: #6b7280 }
rect { fill: #f8fafc; stroke: #64748b; stroke-width: 1.2 }
path { fill: none; stroke: #64748b; stroke-width: 1.4 }
.implied { stroke: #94a3b8; stroke-width: 1; stroke-dasharray: 3 3 }
.tip { fill: #64748b; stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #e5e7eb } .kind { fill: #9ca3af } rect { fill: #1e293b; stroke: #94a3b8 }
path { stroke: #94a3b8 } .implied { stroke: #64748b } .tip { fill: #94a3b8 }
}
"""


def graph_text(graph: Graph) -> str:
    """Return a line for each task, with what comes after it."""
    widest = max(map(len, graph.tasks), default=0)
    lines = []
    for task in graph.ordered():
        after = ", ".join(end for start, end in graph.edges if start == task)
        lines.append(f"{task:{widest}}  {graph.tasks[task]}{f'  → {after}' if after else ''}")
    return "\n".join(lines) + "\n"


def graph_mermaid(graph: Graph) -> str:
    """Return a flowchart of Mermaid; edges that a longer way implies are dotted."""
    ids = {task: f"t{at}" for at, task in enumerate(graph.ordered())}
    direct = graph.direct()
    lines = [f'  {ids[task]}["{task}"]' for task in ids]
    lines += [
        f"  {ids[start]} {'-->' if (start, end) in direct else '-.->'} {ids[end]}"
        for start, end in graph.edges
    ]
    return "\n".join(("flowchart LR", *lines)) + "\n"


def graph_svg(graph: Graph, *, title: str) -> str:
    """Return a picture: tasks in layers from left to right; edges that a longer way implies are dotted.

    Args:
        graph: Tasks and edges.
        title: What is drawn, for readers that don't see it.
    """
    layout = laid_out(graph)
    boxes, width, height = _boxes(graph, layout)
    direct, size = graph.direct(), f"{width:.0f} {height:.0f}"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width:.0f}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            *(
                line
                for edge in graph.edges
                for line in _edge(layout, boxes, edge, implied=edge not in direct)
            ),
            *(line for task in graph.tasks for line in _task(graph, task, boxes[task, graph.layers()[task]])),
            "</svg>\n",
        )
    )


Box = tuple[float, float, float, float]
"""Left, top, width, height."""


def _boxes(graph: Graph, layout: Layout) -> tuple[dict[Point, Box], float, float]:
    """Return where each task and each passing edge is, and the size of the picture."""
    heights = [
        sum(_high(graph, point) for point in layer) + APART * (len(layer) - 1) for layer in layout.layers
    ]
    height = max(heights, default=0) + 2 * EDGE
    boxes: dict[Point, Box] = {}
    left = float(EDGE)
    for layer, high in zip(layout.layers, heights, strict=True):
        width = max(_wide(graph, point) for point in layer)
        top = (height - high) / 2
        for point in layer:
            boxes[point] = (left, top, width, _high(graph, point))
            top += _high(graph, point) + APART
        left += width + BETWEEN
    return boxes, left - BETWEEN + EDGE, height


def _high(graph: Graph, point: Point) -> int:
    return HIGH if point[0] in graph.tasks else PASSING


def _wide(graph: Graph, point: Point) -> float:
    name = point[0]
    return max(len(name) * SIGN, len(graph.tasks[name]) * SMALL) + 2 * PAD if name in graph.tasks else 0


def _task(graph: Graph, task: str, box: Box) -> Iterator[str]:
    left, top, width, high = box
    middle = left + width / 2
    yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{high:.1f}" rx="7"/>'
    yield f'<text x="{middle:.1f}" y="{top + 20:.1f}">{escape(task)}</text>'
    yield f'<text class="kind" x="{middle:.1f}" y="{top + 36:.1f}">{escape(graph.tasks[task])}</text>'


def _edge(layout: Layout, boxes: dict[Point, Box], edge: Edge, *, implied: bool) -> Iterator[str]:
    way = [boxes[point] for point in layout.ways[edge]]
    left, top, width, high = way[0]
    x, y = left + width, top + high / 2
    parts = [f"M{x:.1f} {y:.1f}"]
    for at, (left, top, width, high) in enumerate(way[1:], start=1):
        last = at == len(way) - 1
        to_x, to_y = left - (6 if last else 0), top + high / 2
        bend = (to_x - x) / 2
        parts.append(f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
        if not last:
            x += width
            parts.append(f"H{x:.1f}")
    style = ' class="implied"' if implied else ""
    yield f'<path{style} d="{" ".join(parts)}"/>'
    yield f'<path class="tip" d="M{x:.1f} {y - 4:.1f} L{x + 6:.1f} {y:.1f} L{x:.1f} {y + 4:.1f} Z"/>'
