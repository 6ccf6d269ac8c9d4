"""The table of what is agreed on, as the reference has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.agreement.casts import CASTS
from airflow_dataops.engines.sql.agreement.refused import REFUSED
from airflow_dataops.engines.sql.agreement.table import PARTS
from airflow_dataops.engines.sql.agreement.way import ENGINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.engines.sql.agreement.way import Construct, Way


def page() -> str:
    """Return the tables in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for heading, constructs in PARTS.items():
        yield from _table(heading, (one for listed in constructs.values() for one in listed))
    yield from _table("CAST", CASTS.values())
    yield "| never the same | why |"
    yield "|---|---|"
    for written, why in sorted(REFUSED.values()):
        yield f"| `{written}` | {why} |"


def _table(heading: str, constructs: Iterable[Construct]) -> Iterator[str]:
    yield f"| {heading} | {' | '.join(ENGINES.values())} |"
    yield f"|---|{'---|' * len(ENGINES)}"
    for one in {one.written: one for one in constructs}.values():
        cells = " | ".join(_cell(one.ways[engine]) for engine in ENGINES)
        note = f", {one.note}" if one.note else ""
        yield f"| {_escaped(f'`{one.written}`{note}')} | {cells} |"
    yield ""


def _cell(way: Way) -> str:
    if way.why:
        return _escaped(f"**no**: {way.why}")
    return _escaped(f"yes: {way.words}") if way.words else "yes"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
