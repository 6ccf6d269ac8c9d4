"""The pages about indicators: the table is the code's, and the sixth one works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_dataops.core.slo.indicators import INDICATORS, when_promised
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.objective import Gap, Late
from airflow_dataops.core.slo.sli import UNITS, Sli

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_reference_has_the_table_of_the_code() -> None:
    """Whoever reads what an indicator says must read what is computed."""
    page = (DOCS / "reference" / "service-levels.md").read_text()
    rows = [
        f"| `{its.sli}` | {its.definition} | {its.unit} | {its.good} | {its.total} | {its.source} |"
        f" {'as promised' if its.due is when_promised else 'when the next slot ends'} |"
        f" {its.gap} | {its.method} |"
        for its in INDICATORS.values()
    ]

    assert rows == [
        line for line in page.splitlines() if re.match(r"\| `\w+` \| [A-Z].* \| (s|ratio) \|", line)
    ]
    for word in (*Mark, *Gap, *Late):
        assert word == Mark.SEEN or f"`{word}`" in page or f"gap: {word}" in page or f"as: {word}" in page


def test_every_indicator_is_in_the_table() -> None:
    """A name without a row would be found out when it is evaluated, too late."""
    assert set(Sli) == set(INDICATORS) == set(UNITS)
    assert [each.sli for each in INDICATORS.values()] == list(INDICATORS)


def test_the_indicator_of_the_how_to_works_as_it_is_shown(capsys) -> None:
    """A sixth indicator is a row and a function, and nothing else."""
    before, units = dict(INDICATORS), dict(UNITS)
    blocks = BLOCK.findall((DOCS / "howto" / "own-indicator.md").read_text())
    names: dict[str, object] = {}
    try:
        for kind, block in blocks:
            if kind == "python":
                exec(compile(block, "own-indicator.md", "exec"), names)  # noqa: S102 - it is our own page
    finally:
        for table, old in ((INDICATORS, before), (UNITS, units)):
            table.clear()
            table.update(old)

    assert [block for kind, block in blocks if kind == "text"] == [capsys.readouterr().out]
