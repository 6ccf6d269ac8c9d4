"""A picture of the verdict's seconds: SQL by hand, us, and the other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tables import STORAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from figures import Figures

WIDTH, NAMES, ROW, BAR = 760, 250, 26, 16
HAND, OURS, OTHERS = "#9aa5b1", "#2563eb", "#cbd5e1"
FONT = 'font-family="system-ui, sans-serif" font-size="13"'

Bar = tuple[str, float, str]
"""Its name, its seconds, its colour."""


def drawn(found: Figures) -> str:
    """Return the picture as SVG: bars as long as the seconds, for each place where rows lie."""
    groups = {storage: _bars(found, storage) for storage in STORAGES}
    groups = {storage: bars for storage, bars in groups.items() if bars}
    height = sum(ROW * (len(bars) + 2) for bars in groups.values())
    lines, top = [], 0
    for storage, bars in groups.items():
        lines += _group(STORAGES[storage], bars, top)
        top += ROW * (len(bars) + 2)
    title = "Seconds until the verdict, on a scale of their own for each place where the rows lie"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" {FONT}>',
            f"<title>{title}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            *lines,
            "</svg>\n",
        ]
    )


def _bars(found: Figures, storage: str) -> list[Bar]:
    verdicts = [
        one
        for one in found.get("engine", ())
        if (one["storage"], one["output"]) == (storage, "verdict") and "ours" in one
    ]
    return [
        *(("SQL by hand", one["hand"]["seconds"], HAND) for one in verdicts),
        *(("airflow-dataops", one["ours"]["seconds"], OURS) for one in verdicts),
        *(
            (one["title"], one["engine"]["peer"]["seconds"], OTHERS)
            for one in found.get("peers", ())
            if one["storage"] == storage and "engine" in one
        ),
    ]


def _group(title: str, bars: Sequence[Bar], top: int) -> list[str]:
    longest = max(seconds for _, seconds, _ in bars)
    lines = [f'<text x="8" y="{top + 20}" font-weight="600">{escape(title)}</text>']
    for at, (name, seconds, colour) in enumerate(bars, 1):
        y = top + ROW * at
        length = max(2.0, (WIDTH - NAMES - 70) * seconds / longest)
        lines += [
            f'<text x="{NAMES - 8}" y="{y + 18}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{NAMES}" y="{y + 5}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{NAMES + length + 6:.1f}" y="{y + 18}">{seconds:.2f} s</text>',
        ]
    return lines
