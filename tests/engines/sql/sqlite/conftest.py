"""A SQLite database, and a way to put the same rows through it and through DuckDB."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.rows.others import Other, Others
from airflow_dataops.core.rows.relation import InPlace, Split, Staged
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.sqlite.system import SQLITE
from airflow_dataops.warehouse.database import Database, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import polars as pl

    from airflow_dataops.core.checks.metric import Measured, Scan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, Dataset
    from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

NUMBERS = itertools.count(1)
HALVES = TableName("good half"), TableName("bad half")


@dataclass(frozen=True)
class Seen:
    """What of a scan both databases must agree on."""

    rows: int
    good: int
    bad: int
    blank: tuple[str, ...]
    measured: dict[str, tuple[Any, ...]]


def seen(scan: Scan) -> Seen:
    """Return what both must agree on."""
    measured = {name: _numbers(found) for name, found in scan.measured.items()}
    return Seen(scan.rows, scan.good, scan.bad, scan.blank, measured)


def _numbers(found: Measured) -> tuple[Any, ...]:
    return found.number, found.failing, found.checked, found.withheld, bool(found.problem)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A team's connection to a SQLite database."""
    file = tmp_path_factory.mktemp("shop") / "shop.db"
    return Database("shop_db", "sqlite", lambda: sqlite3.connect(file))


@pytest.fixture(scope="session")
def sqlite(shop: Database) -> HookedEngine:
    """The engine over it."""
    return HookedEngine(shop, SQLITE)


@pytest.fixture(scope="session")
def table(shop: Database) -> Callable[..., TableName]:
    """Make a table of rows; its columns are declared as they are told, or as nothing."""

    def make(names: Sequence[str], rows: Iterable[Sequence[Any]], kinds: Sequence[str] = ()) -> TableName:
        made = TableName(f"t {next(NUMBERS)}")
        quoted = ['"' + name.replace('"', '""') + '"' for name in names]
        declared = [f"{name} {kind}" for name, kind in itertools.zip_longest(quoted, kinds, fillvalue="")]
        with closing(shop.connect()) as connection, connection:
            connection.execute(f'CREATE TABLE "{made.name}" ({", ".join(declared)})')
            marks = ", ".join("?" for _ in names)
            insert = f'INSERT INTO "{made.name}" VALUES ({marks})'  # noqa: S608 - the name is our own
            connection.executemany(insert, rows)
        return made

    return make


@pytest.fixture(scope="session")
def judge(shop: Database, sqlite: HookedEngine, table: Callable[..., TableName]) -> Callable[..., Scan]:
    """Put rows through a scan in SQLite."""

    def scan(
        rows: Iterable[Sequence[Any]],
        dataset: Dataset,
        *,
        kinds: Sequence[str] = (),
        checks: Iterable[Check] | None = None,
        where: str = "",
        others: Mapping[str, Other] | None = None,
        whole: bool = False,
        parted: bool = True,
    ) -> Scan:
        made = table([column.name for column in dataset.columns], rows, kinds)
        wanted = plan(dataset, checks or derive(dataset))
        beside = Others(datasets=others or {}, whole=whole)
        relation, split = InPlace(shop.address(made), where), Split(*map(shop.address, HALVES), digest=False)
        found = sqlite.scan(relation, wanted, split=None, others=beside)
        with closing(shop.connect()) as connection, connection:
            for half in HALVES:
                connection.execute(f'DROP TABLE IF EXISTS "{half.name}"')
        # What is measured doesn't hang on whether rows are written.
        assert not parted or found == sqlite.scan(relation, wanted, split=split, others=beside)
        return found

    return scan


@pytest.fixture(scope="session")
def both(
    engine: DuckEngine, judge: Callable[..., Scan], shop: Database, table: Callable[..., TableName]
) -> Callable[..., tuple[Seen, Seen]]:
    """Put the same rows through DuckDB, as a Parquet file, and through SQLite, as a table."""

    def scans(
        frame: pl.DataFrame,
        dataset: Dataset,
        *,
        kinds: Sequence[str] = (),
        checks: Iterable[Check] | None = None,
        besides: Mapping[str, tuple[pl.DataFrame, tuple[Column, ...]]] | None = None,
    ) -> tuple[Seen, Seen]:
        checks = tuple(checks or derive(dataset))
        with tempfile.TemporaryDirectory() as folder:
            files, tables = {}, {}
            for name, (other, columns) in (besides or {}).items():
                other.write_parquet(Path(folder, name))
                files[name] = Other(Staged(str(Path(folder, name))), columns)
                there = shop.address(table(other.columns, other.rows()))
                tables[name] = Other(Staged(there), columns)
            frame.write_parquet(Path(folder, "rows"))
            duck = engine.scan(
                Staged(str(Path(folder, "rows"))),
                plan(dataset, checks),
                split=None,
                others=Others(datasets=files, whole=True),
            )
        found = judge(
            frame.rows(), dataset, kinds=kinds, checks=checks, others=tables, whole=True, parted=False
        )
        return seen(duck), seen(found)

    return scans
