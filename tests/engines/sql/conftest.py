"""DuckDB as the engine, and a way to put rows through it."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.naming import LINE_COLUMN, RULES_COLUMN
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split, Staged
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.others import Others


NOTHING = pl.DataFrame({LINE_COLUMN: [], RULES_COLUMN: []})
"""Stands for a half that isn't written, since the rows could not be judged."""


@dataclass(frozen=True)
class Judged:
    """What a scan came to, and the rows that it wrote."""

    scan: Scan
    good: pl.DataFrame
    bad: pl.DataFrame

    @property
    def failing(self) -> dict[str, int]:
        """Id of each rule that rows broke -> how many."""
        return {name: found.failing for name, found in self.scan.measured.items() if found.failing}

    @property
    def rules(self) -> dict[int, list[str]]:
        """Line of each bad row -> the rules that it broke."""
        return dict(zip(self.bad["dataops_line"].to_list(), self.bad["dataops_rules"].to_list(), strict=True))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckEngine:
    """An engine with little memory."""
    return DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path_factory.mktemp("spill")))


@pytest.fixture(scope="session")
def scan(engine: DuckEngine) -> Callable[..., Judged]:
    """Put the bytes of a file, or a frame as a staged one, through a scan."""

    def put(
        rows: bytes | pl.DataFrame,
        dataset: Dataset,
        *,
        checks: Iterable[Check] | None = None,
        dialect: Dialect | None = None,
        others: Others = NONE,
    ) -> Judged:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "rows")
            split = Split(good=f"{folder}/good.parquet", bad=f"{folder}/bad.parquet")
            if isinstance(rows, bytes):
                file.write_bytes(rows)
                relation = Landed(str(file), (LandedPart(str(file), "orders.csv"),), dialect or Dialect())
            else:
                rows.write_parquet(file)
                relation = Staged(str(file))
            wanted = plan(dataset, checks or derive(dataset))
            found = engine.scan(relation, wanted, split=split, others=others)
            # What is measured doesn't hang on whether rows are written.
            assert replace(found, content="") == engine.scan(relation, wanted, split=None, others=others)
            halves = set() if found.unjudged else {"good.parquet", "bad.parquet"}
            assert {"rows"} | halves == {path.name for path in Path(folder).iterdir()}
            if found.unjudged:
                return Judged(found, *itertools.repeat(NOTHING, 2))
            return Judged(found, pl.read_parquet(split.good), pl.read_parquet(split.bad))

    return put
