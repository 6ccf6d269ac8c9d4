"""The section of docs/explanation/performance.md: its text, with the tables in it, and a picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import picture
import tables
from tools import PROJECT

if TYPE_CHECKING:
    from figures import Figures

TEXT = Path(__file__).with_name("section.md")
PAGE = PROJECT / "docs" / "explanation" / "performance.md"
PICTURE = PAGE.with_name("verification.svg")
BEGIN = "<!-- Made by tests/benchmarks/verify/bench.py of section.md and results.json beside it. -->"
END = "<!-- The end of what is made. -->"
PLACE = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)
BETWEEN = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


def rendered(found: Figures) -> str:
    """Return the section; a comment such as `<!-- engine -->` in its text stands for a table."""
    body = PLACE.sub(lambda place: tables.part(place[1], found), TEXT.read_text())
    return f"{BEGIN}\n\n{body.strip()}\n\n{END}"


def page(found: Figures) -> str:
    """Return the page with the section in its place, and all else as it is."""
    section = rendered(found)
    return BETWEEN.sub(lambda _: section, PAGE.read_text())


def write(found: Figures) -> None:
    """Write the page and its picture."""
    PAGE.write_text(page(found))
    PICTURE.write_text(picture.drawn(found))
