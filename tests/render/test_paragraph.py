"""Lines end where people would end them."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console
from rich.table import Table

from airflow_dataops.render.paragraph import Paragraph

SAID = "-7.1 % of the budget of `fresh` was left, less than 20 %; of the others 100 % and 0.5 %."


def printed(what: object, width: int) -> list[str]:
    """Return the lines that a terminal of some width shows."""
    page = Console(file=io.StringIO(), width=width, highlight=False)
    page.print(what)
    return [line.rstrip() for line in page.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", range(10, 100))
def test_a_number_and_its_sign_stay_together(width) -> None:
    """At any width; nothing is lost, and no line is too long."""
    lines = printed(Paragraph(SAID), width)

    assert SAID == " ".join(lines)
    assert not [line for line in lines if line.startswith("%")]
    assert max(map(len, lines)) <= width


def test_ends_of_lines_stay() -> None:
    """And what looks like markup is none."""
    assert ["a [red]b[/red]", "", "5 %"] == printed(Paragraph("a [red]b[/red]\n\n5 %"), 40)


@pytest.mark.parametrize("width", range(20, 60))
def test_it_fits_into_the_column_of_a_table(width) -> None:
    """Where it is measured first."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("what", Paragraph(SAID))

    lines = printed(table, width)

    assert SAID == " ".join(re.sub("^what", "", line).strip() for line in lines)
    assert not [line for line in lines if line.strip().startswith("%")]
