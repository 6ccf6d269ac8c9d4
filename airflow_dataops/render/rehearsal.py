"""What tests of a team's SQL came to: a line for each, and a table of the rows that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.rehearsal import Result
from airflow_dataops.render.quantity import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.difference import Difference, Pair, Values
    from airflow_dataops.core.rehearsal import Rehearsal

MARKS: dict[Result, tuple[str, str]] = {
    Result.PASSED: ("✓", "green"),
    Result.FAILED: ("✗", "red"),
    Result.ERROR: ("?", "magenta"),
}
"""Result -> its mark and its style; the summary says the same in words."""

NULL = "null"
DIFFERS = "≠ "
"""Stands before a value that is not the one that was expected, also where there is no colour."""

LONGEST = 60
LONGEST_NAME = 200
"""Characters that are shown of a value, and of the name of a test."""

MOST_ROWS = 20
"""Rows of a table of differences."""


def line(found: Rehearsal) -> Text:
    """Return one line: its mark, its name, how long it took."""
    mark, style = MARKS[found.result]
    took = f"{found.seconds * 1000:.0f} ms"
    return Text.assemble((f"  {mark} ", style), shown(found.example.name, LONGEST_NAME), (f"  {took}", "dim"))


def reasons(found: Rehearsal) -> Iterable[Text]:
    """Yield why a test did not pass, a line each, the first with its place."""
    yield Text(f"    {found.example.place}", style="dim")
    for reason in found.reasons:
        yield Text(f"    {reason}")


def table(found: Difference) -> Table:
    """Return the rows that differ, each as it was expected and as it is."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    made.add_column("", no_wrap=True)
    for name in found.columns:
        made.add_column(Text(shown(name)), overflow="fold")
    for pair in found.pairs[:MOST_ROWS]:
        for what, values, style in _sides(pair):
            made.add_row(
                Text(what, style=style), *_cells(values, pair, style=style, marks=values is pair.actual)
            )
    if found.pairs[MOST_ROWS:]:
        made.add_row(f"{len(found.pairs) - MOST_ROWS} more")
    return made


def _sides(pair: Pair) -> Iterable[tuple[str, Values, str]]:
    if pair.actual is None and pair.expected is not None:
        yield "missing", pair.expected, "red"
    elif pair.expected is None and pair.actual is not None:
        yield "unexpected", pair.actual, "yellow"
    elif pair.expected is not None and pair.actual is not None:
        yield "expected", pair.expected, "dim"
        yield "actual", pair.actual, ""


def _cells(values: Values, pair: Pair, *, style: str, marks: bool) -> Iterable[Text]:
    for at, value in enumerate(values):
        text = NULL if value is None else value_shown(value)
        if marks and at in pair.differing:
            yield Text(f"{DIFFERS}{text}", style="bold red")
        else:
            yield Text(text, style=style)


def value_shown(value: str) -> str:
    """Return a value on one line; in quotes, where it could be taken for null or for nothing."""
    text = shown(value)
    return f"'{text}'" if text.strip() != text or text in {"", NULL} else text


def shown(text: str, most: int = LONGEST) -> str:
    """Return a text on one line, cut off where it is too long, with nothing that a terminal obeys."""
    short = text if len(text) <= most else f"{text[:most]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in short)


def message(found: Rehearsal) -> str:
    """Return why a test did not pass, with the rows that differ, as lines without colour."""
    lines = [found.example.place, *found.reasons]
    if found.difference is not None:
        columns = found.difference.columns
        for pair in found.difference.pairs[:MOST_ROWS]:
            for what, values, _ in _sides(pair):
                cells = _cells(values, pair, style="", marks=values is pair.actual)
                said = ", ".join(f"{name}: {cell.plain}" for name, cell in zip(columns, cells, strict=True))
                lines.append(f"{what}: {said}")
    return "\n".join(lines)


def row(found: Rehearsal) -> dict[str, object]:
    """Return one object of plain JSON types."""
    difference = found.difference
    return {
        "name": found.example.name,
        "place": found.example.place,
        "result": found.result.value,
        "milliseconds": round(found.seconds * 1000, 1),
        "reasons": list(found.reasons),
        "rows": []
        if difference is None
        else [
            {
                "expected": None
                if pair.expected is None
                else dict(zip(difference.columns, pair.expected, strict=True)),
                "actual": None
                if pair.actual is None
                else dict(zip(difference.columns, pair.actual, strict=True)),
                "differing": [difference.columns[at] for at in sorted(pair.differing)],
            }
            for pair in difference.pairs
        ],
    }


def summary(found: Iterable[Rehearsal]) -> str:
    """Return how many tests came to what, and how long they took, as one line."""
    every = tuple(found)
    words = {Result.PASSED: "passed", Result.FAILED: "failed", Result.ERROR: "could not be judged"}
    counts = [(sum(one.result is result for one in every), word) for result, word in words.items()]
    said = ", ".join(f"{count(number)} {word}" for number, word in counts if number)
    took = f"{sum(one.seconds for one in every):.2f} s"
    tests = f"{count(len(every))} test{'' if len(every) == 1 else 's'}"
    return f"{tests}: {said} in {took}" if every else "no test was run"
