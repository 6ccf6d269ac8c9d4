from __future__ import annotations

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones.report_folder import write_report

BATCH = Batch(team="shop", product="prices", dataset="prices", partition="2026-03-01T09")


def test_a_report_replaces_the_earlier_one(tmp_path) -> None:
    """There is one on each batch, below the folder of its partner, and nothing else."""
    for text in ("first", "second"):
        found = write_report(
            {"md": text, "csv": "a\n"}, folder=str(tmp_path), partner="../no rth", batch=BATCH
        )

    home = tmp_path / "..%2Fno%20rth"
    assert {
        "md": str(home / "prices-2026-03-01T09.md"),
        "csv": str(home / "prices-2026-03-01T09.csv"),
    } == found
    assert ["prices-2026-03-01T09.csv", "prices-2026-03-01T09.md"] == sorted(
        file.name for file in home.iterdir()
    )
    assert "second" == (home / "prices-2026-03-01T09.md").read_text()


def test_what_is_in_the_way_is_told(tmp_path) -> None:
    """The line says where, and what to do."""
    (tmp_path / "north").write_text("a file")

    with pytest.raises(BrokenWorldError, match="the report can't be written") as caught:
        write_report({"md": "a"}, folder=str(tmp_path), partner="north", batch=BATCH)
    assert str(tmp_path / "north") in str(caught.value)
