"""The page on the command line lists the databases that SQL is rendered for, and what each can't say."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_dataops.engines.sql.rendered.databases import RENDERED

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


def test_the_page_says_what_each_database_lacks() -> None:
    """The table is that of the code, row by row."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition("## Dialects that are rendered, not run\n")
    section, _, _ = section.partition("\n## ")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", section, re.MULTILINE)
    assert rows == [(name, found.title, "; ".join(found.lacks)) for name, found in RENDERED.items()]
