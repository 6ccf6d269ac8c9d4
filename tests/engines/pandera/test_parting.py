"""Frames of pandas that a team's function returns: kept with their types, or refused in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pandera.pandas as pa
import polars as pl
import pytest

from airflow_dataops.core.rows.relation import Split
from airflow_dataops.engines.pandera.parting import PanderaParter
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from pathlib import Path


def part(frame: pd.DataFrame, folder: Path) -> pl.DataFrame:
    """Part a frame by a schema that asks nothing, and return the good rows."""
    split = Split(str(folder / "good.parquet"), str(folder / "bad.parquet"))
    parted = PanderaParter().part_frame(frame, pa.DataFrameSchema({}), place="p", split=split)
    assert (len(frame), 0) == (parted.good, parted.bad)
    return pl.read_parquet(split.good)


def test_whole_seconds_are_kept(tmp_path) -> None:
    """Pandas has instants in seconds, which neither polars nor Parquet has."""
    stamps = pd.Series(["2026-01-01", None]).astype("datetime64[s]")

    good = part(pd.DataFrame({"at": stamps, "utc": stamps.dt.tz_localize("UTC")}), tmp_path)

    assert ["2026-01-01 00:00:00.000", None] == good["at"].dt.to_string("%Y-%m-%d %H:%M:%S%.3f").to_list()
    assert good["utc"].dtype == pl.Datetime("ms", "UTC")


FRAMES = {
    "integers beyond 128 bits": (lambda: pd.DataFrame({"a": [2**200, 1]}), "`a` holds"),
    "two columns of one name": (lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns `a`"),
    "two names that read alike": (lambda: pd.DataFrame([[1, 2]], columns=[0, "0"]), "two columns `0`"),
    "half a character": (lambda: pd.DataFrame({"a": ["secret\ud800"]}), "`a` holds"),
    "a name of half a character": (lambda: pd.DataFrame({"a\ud800": ["x"]}), r"`a\ud800` holds"),
    "sets": (lambda: pd.DataFrame({"a": [{"secret"}]}), "`a` holds"),
    "complex numbers": (lambda: pd.DataFrame({"a": np.array([1j])}), "`a` holds"),
    "objects": (lambda: pd.DataFrame({"a": [object()]}), "`a` holds"),
    "numbers and texts": (lambda: pd.DataFrame({"a": ["secret", 1]}), "`a` holds"),
}


@pytest.mark.parametrize("case", FRAMES)
def test_what_parquet_has_no_type_for_is_one_line(case, tmp_path) -> None:
    """It names the column, no value of it, and is none that another try heals."""
    frame, words = FRAMES[case]

    with pytest.raises(NotEvaluatedError, match=re.escape(words)) as caught:
        part(frame(), tmp_path)

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
