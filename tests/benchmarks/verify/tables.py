"""The figures as tables, for people: in Markdown, which reads well on a screen, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from figures import Figures

STORAGES = {"duckdb": "Parquet, by DuckDB", "postgres": "a table of PostgreSQL"}
PLACES = {"duckdb": "Parquet", "postgres": "PostgreSQL"}
OUTPUTS = {
    "verdict": "(a) the verdict",
    "keys": "(b) the verdict, and the keys of bad rows",
    "split": "(c) the verdict, and the rows split in two",
}
ENGINE, PROCESS = 1.15, 1.30
"""How many times as long as SQL by hand we want to take at most: the scan alone, and the whole process."""

LINEAR = 0.10
"""By how much the seconds for a million rows may differ."""

LARGE = 5_000_000
"""From so many rows on they are compared: below, what each scan costs once is too much of it."""


def engine(found: Figures) -> str:
    """Return the table of our scans beside SQL by hand."""
    return _beside(found["engine"], ENGINE)


def process(found: Figures) -> str:
    """Return the table of whole processes."""
    return _beside(found["process"], PROCESS)


def _beside(cells: Sequence[Figures], target: float) -> str:
    head = (
        *("", "ours, s", "by hand, s", "times", "wanted", "reached"),
        *("times in the cores", "ours, MB", "by hand, MB"),
    )
    return _table(head, [_cell(one, target) for one in cells])


def _cell(one: Figures, target: float) -> tuple[str, ...]:
    name = f"{STORAGES[one['storage']]}: {OUTPUTS[one['output']]}"
    if "unavailable" in one:
        return name, "", "", "", f"≤ {target:.2f}", one["unavailable"], "", "", ""
    ours, hand = one["ours"], one["hand"]
    times = ours["seconds"] / hand["seconds"]
    # What the process of a client takes says nothing of what its database does.
    own = ("", "", "")
    if one["storage"] == "duckdb":
        own = (f"{ours['cpu'] / hand['cpu']:.2f}", f"{ours['megabytes']:,}", f"{hand['megabytes']:,}")
    return (
        name,
        _seconds(ours["seconds"]),
        _seconds(hand["seconds"]),
        f"**{times:.2f}**",
        f"≤ {target:.2f}",
        _reached(reached=times <= target),
        *own,
    )


def peers(found: Figures) -> str:
    """Return the table of other tools, each beside us in the same run."""
    head = (
        *("", "engine, s", "ours, s", "engine, times", "process, s", "ours, s", "process, times"),
        *("wanted", "reached", "MB", "no words for"),
    )
    return _table(head, [_peer(one) for one in found["peers"]])


def _peer(one: Figures) -> tuple[str, ...]:
    name = f"{one['title']} ({one['version'].split()[-1]}, {PLACES[one['storage']]})"
    if "unavailable" in one:
        return name, *[""] * 9, one["unavailable"]
    ratios = [one[kind]["peer"]["seconds"] / one[kind]["ours"]["seconds"] for kind in ("engine", "process")]
    cells = [
        (_seconds(one[kind]["peer"]["seconds"]), _seconds(one[kind]["ours"]["seconds"]), f"**{ratio:.1f}**")
        for kind, ratio in zip(("engine", "process"), ratios, strict=True)
    ]
    unsaid = ", ".join(f"`{rule}`" for rule in one["unsaid"]) or "none"
    memory = f"{one['process']['peer']['megabytes']:,}" if one["storage"] == "duckdb" else ""
    reached = _reached(reached=min(ratios) >= one["target"])
    return name, *cells[0], *cells[1], f"≥ {one['target']:g}", reached, memory, unsaid


def growth(found: Figures) -> str:
    """Return the table of growing numbers of rows, and whether time grows as they do."""
    head = ("rows", "ours, s", "s a million rows", "ours, MB", "by hand, s", "by hand, MB", "times")
    rows = [
        (
            f"{one['rows']:,}",
            _seconds(one["ours"]["seconds"]),
            f"{_of_a_million(one):.3f}",
            f"{one['ours']['megabytes']:,}",
            _seconds(one["hand"]["seconds"]),
            f"{one['hand']['megabytes']:,}",
            f"**{one['ours']['seconds'] / one['hand']['seconds']:.2f}**",
        )
        for one in found["growth"]
    ]
    return f"{_table(head, rows)}\n\n{_linear(found['growth'])}"


def _linear(cells: Sequence[Figures]) -> str:
    large = [_of_a_million(one) for one in cells if one["rows"] >= LARGE]
    if len(large) < 2:
        return "Too few sizes to tell whether time grows as the rows do."
    apart = max(large) / min(large) - 1
    return (
        f"From {LARGE // 10**6} million rows on the seconds for a million differ by {apart:.0%} "
        f"(wanted: at most {LINEAR:.0%}; {_reached(reached=apart <= LINEAR)})."
    )


def _of_a_million(one: Figures) -> float:
    seconds: float = one["ours"]["seconds"] / one["rows"] * 10**6
    return seconds


def conditions(found: Figures) -> str:
    """Return what was measured on, and when."""
    on = found["conditions"]
    return (
        f"{on['rows']:,} rows ({on['megabytes']} MB of Parquet), {on['cores']} cores, on which others kept "
        f"{on['load']} processes busy when it began, {on['date']}; "
        f"{', '.join(on['versions'])}; medians of {on['runs']} runs, of other tools and of growth of "
        f"{on['peer_runs']}."
    )


PARTS: dict[str, Callable[[Any], str]] = {
    "conditions": conditions,
    "engine": engine,
    "process": process,
    "peers": peers,
    "growth": growth,
}


def part(name: str, found: Figures) -> str:
    """Return one table, or that there are no figures yet."""
    return PARTS[name](found) if name in found else "(not measured yet)"


def text(found: Figures) -> str:
    """Return all tables that there are figures for."""
    return "".join(f"\n{name}\n\n{table(found)}\n" for name, table in PARTS.items() if name in found)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table whose columns are as wide as what is in them; numbers stand to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]

    def line(cells: tuple[str, ...]) -> str:
        padded = [
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    rule = "|".join(("-" * (width + 1) + ("-" if at == 0 else ":")) for at, width in enumerate(widths))
    return "\n".join([line(head), f"|{rule}|", *map(line, rows)])


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"


def _reached(*, reached: bool) -> str:
    return "yes" if reached else "not yet"
