from __future__ import annotations

from pathlib import Path

from airflow_dataops.engines.sql.agreement.page import page

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "odcs.md"
FIRST, LAST = (
    "<!-- agreement: written by airflow_dataops/engines/sql/agreement/page.py -->\n",
    "<!-- /agreement -->",
)


def test_the_reference_has_the_table_as_it_is() -> None:
    """The table that decides what may be used is shown; paste `page()` where they differ."""
    _, _, rest = REFERENCE.read_text().partition(FIRST)
    shown, last, _ = rest.partition(LAST)
    assert last
    assert page() == shown.rstrip("\n")
