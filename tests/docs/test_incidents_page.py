"""The page on incidents says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_dataops.core.alerts import why_over
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.urgency import OF_CRITICAL, USUAL

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "incidents.md").read_text()


def rows(after: str) -> dict[str, list[str]]:
    """Return the rows of the table below a heading, by what stands in their first cell."""
    part = PAGE.split(f"## {after}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_each_kind_stands_there_with_what_it_asks_of_a_person() -> None:
    """In the order of nothing; a budget says it by its alert."""
    told = {kind: tuple(row[1:3]) for kind, row in rows("What is wrong").items()}
    tables = {str(kind): (str(USUAL[kind]), str(OF_CRITICAL[kind])) for kind in Kind}
    assert tables | {"burning": ("as the alert says",) * 2} == told


def test_each_way_to_end_stands_there() -> None:
    """In the words that are written into the timeline."""
    words = {word for name, word in vars(why_over).items() if name.isupper() and isinstance(word, str)}
    assert words == set(rows("How it ends"))
    assert f"{why_over.LOOK_BACK.days} days" in PAGE


def test_its_links_lead_somewhere() -> None:
    """To pages that exist."""
    folder = Path(__file__).parents[2] / "docs" / "reference"
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert [] == [link for link in links if not (folder / link).is_file()]
    assert links
