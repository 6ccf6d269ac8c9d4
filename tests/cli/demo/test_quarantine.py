from __future__ import annotations

import polars as pl
import pytest

from airflow_dataops.cli.demo.quarantine import quarantined
from airflow_dataops.cli.demo.truth import Quarantined
from airflow_dataops.errors import BrokenWorldError


def test_quarantined_reads_lines_and_rules_alone(tmp_path) -> None:
    """In the order of the lines, and without a value of a row."""
    file = tmp_path / "q.parquet"
    pl.DataFrame(
        {"dataops_line": [9, 2], "dataops_rules": [["a", "b"], ["c"]], "email": ["secret", "secret"]}
    ).write_parquet(file)

    assert (Quarantined(2, ("c",)), Quarantined(9, ("a", "b"))) == quarantined(str(file))


def test_quarantined_says_in_one_line_what_it_cannot_read(tmp_path) -> None:
    """A file that is gone, is no Parquet or lacks the columns is no empty quarantine."""
    broken, other = tmp_path / "b.parquet", tmp_path / "o.parquet"
    broken.write_text("secret")
    pl.DataFrame({"email": ["secret"]}).write_parquet(other)

    for file in (tmp_path / "gone.parquet", broken, other):
        with pytest.raises(BrokenWorldError) as caught:
            quarantined(str(file))
        assert "the quarantine can't be read" in str(caught.value)
        assert "secret" not in str(caught.value)
