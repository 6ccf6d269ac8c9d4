"""Every objective with what is left of its budget: a table for people, plain JSON types for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.contract.quantity import Ratio
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.core.slo.standing import State
from airflow_dataops.render.exact import factor, percent
from airflow_dataops.render.levels.promise import window
from airflow_dataops.render.quantity import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from rich.console import Console

    from airflow_dataops.core.slo.level import Level
    from airflow_dataops.core.slo.standing import Burn, Standing

MARKS: dict[State, tuple[str, str]] = {
    State.OK: ("✓", "green"),
    State.BURNING: ("▲", "yellow"),
    State.EXHAUSTED: ("✗", "red"),
    State.UNKNOWN: ("?", "magenta"),
}
"""State -> its mark and its style; the words beside it say the same."""

ENDLESS = 100_000
"""More characters than a line has."""

NAME = 10
"""Characters that a name has at least, before it goes on in the next line."""

CELLS = 8
"""Characters of a bar."""

ALL = 10
"""From how many budgets on, left or overdrawn, a tenth of a percent doesn't matter."""

NEVER = "not evaluated yet"

Row = dict[str, object]


def slo_table(levels: Sequence[Level], *, page: Console) -> Table:
    """Return a table with one line for each objective.

    Where there is no room for them, bars, windows and times are left out.

    Args:
        levels: At least one.
        page: What it is printed on.
    """
    endless = page.options.update(max_width=ENDLESS)
    least = Measurement.get(page, endless, _table(levels, wide=True, most=NAME)).maximum
    return _table(levels, wide=least <= page.width)


def _table(levels: Sequence[Level], *, wide: bool, most: int | None = None) -> Table:
    """Return the table, with so many characters of a name at most; None for all."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    teams = len({level.declaration.team for level in levels}) > 1
    if teams:
        table.add_column("team", overflow="fold")
    for name in ("product", "objective"):
        table.add_column(name, overflow="fold", min_width=NAME)
    table.add_column("target", justify="right", no_wrap=True)
    if wide:
        table.add_column("over", no_wrap=True)
    table.add_column("budget left", justify="right", no_wrap=True)
    table.add_column("burn", justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    if wide:
        table.add_column("evaluated", no_wrap=True)
    for level in levels:
        cells = (
            *((Text(level.declaration.team[:most]),) if teams else ()),
            Text(level.declaration.product[:most]),
            Text(level.objective.name[:most]),
            str(Ratio(level.objective.target)),
            *((window(level.objective.window),) if wide else ()),
            _left(level, wide=wide),
            _burn(level),
            _state(level),
            NOTHING if level.standing is None else f"{level.standing.at:%F %H:%M}",
        )
        table.add_row(*cells[: len(table.columns)])
    return table


def bar(share: Fraction, *, cells: int = CELLS) -> str:
    """Return a share as a bar: what is there at all shows, and all is shown of nothing but all."""
    full = min(max(int(share * cells), 0), cells)
    if share > 0:
        full = max(full, 1)
    return "█" * full + "░" * (cells - full)


def _left(level: Level, *, wide: bool) -> Text:
    remaining = None if level.standing is None else level.standing.remaining
    if remaining is None:
        return Text(NOTHING)
    shown = percent(remaining, digits=1 if abs(remaining) < ALL else 0)
    return Text(f"{bar(remaining)} {shown:>8}" if wide else shown, style=MARKS[level.state][1])


def _burn(level: Level) -> str:
    burn = None if level.standing is None else loudest(level.standing.burns)
    if burn is None or burn.long is None:
        return NOTHING
    return factor(burn.long)


def _state(level: Level) -> Text:
    mark, style = MARKS[level.state]
    if level.standing is None:
        return Text(f"{mark} {NEVER}", style=style)
    firing = firings(level.standing)
    told = f", {firing[0].alert.urgency.value}" if firing else ""
    return Text(f"{mark} {level.state.value}{told}", style=style)


def firings(standing: Standing) -> tuple[Burn, ...]:
    """Return the alerts that fire, those that page first."""
    firing = [burn for burn in standing.burns if burn.firing]
    return tuple(sorted(firing, key=lambda burn: burn.alert.urgency is not Urgency.PAGE))


def loudest(burns: Iterable[Burn]) -> Burn | None:
    """Return the alert that tells most: one that fires, and of those the one of the shortest window."""
    return min(burns, key=lambda burn: (not burn.firing, burn.alert.long), default=None)


def slo_rows(levels: Iterable[Level]) -> list[Row]:
    """Return one object of plain JSON types for each objective."""
    return [slo_row(level) for level in levels]


def slo_row(level: Level) -> Row:
    """Return an object of plain JSON types: shares as numbers, and exactly as fractions in a text."""
    objective, standing = level.objective, level.standing
    return {
        "team": level.declaration.team,
        "product": level.declaration.product,
        "slo": objective.name,
        "sli": objective.sli.value,
        "dataset": objective.dataset or None,
        "target": float(objective.target),
        "window": window(objective.window),
        "state": level.state.value,
        "evaluated_at": standing and standing.at.isoformat(),
        "since": standing and standing.since.isoformat(),
        "until": standing and standing.until.isoformat(),
        "remaining": standing and _number(standing.remaining),
        "exact": standing and _exact(objective.target, standing),
        "burns": [] if standing is None else [_burn_row(burn) for burn in standing.burns],
        "notes": [] if standing is None else list(standing.notes),
    }


def _exact(target: Fraction, standing: Standing) -> Row:
    remaining = standing.remaining
    return {
        "target": str(target),
        "good": str(standing.good),
        "total": str(standing.total),
        "expected": str(standing.expected),
        "allowed": str(standing.allowed),
        "remaining": None if remaining is None else str(remaining),
    }


def _burn_row(burn: Burn) -> Row:
    return {
        "urgency": burn.alert.urgency.value,
        "factor": float(burn.alert.factor),
        "long_seconds": float(burn.alert.long),
        "short_seconds": float(burn.alert.short),
        "long": _number(burn.long),
        "short": _number(burn.short),
        "firing": burn.firing,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
