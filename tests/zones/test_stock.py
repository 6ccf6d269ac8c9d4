from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import psycopg
import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, LandedFile, Landing
from airflow_dataops.core.quarantine_report import BadLine
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.zones.postgres_stock import PostgresStock
from airflow_dataops.zones.stock import LocalStock

if TYPE_CHECKING:
    from collections.abc import Iterator


def landing(uri: str, *, size: int = 0, rows: int = 0, files: tuple[LandedFile, ...] = ()) -> Landing:
    """What the store remembers of a raw copy."""
    return Landing(
        batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
        origin="/drops/x.csv",
        uri=uri,
        sha256="a",
        bytes=size,
        rows=rows,
        dialect=Dialect(),
        landed_at=datetime(2026, 3, 4, 6, tzinfo=UTC),
        run_id="first",
        files=files,
    )


def test_raw_copy_of_one_file(tmp_path) -> None:
    """It is whole, shorter than it was, or gone."""
    file = tmp_path / "data"
    file.write_bytes(b"a\n1\n")
    stock = LocalStock()

    assert "" == stock.fault(landing(str(file), size=4))
    assert "has 4 bytes, 5 landed" == stock.fault(landing(str(file), size=5))
    file.unlink()
    assert "is missing" == stock.fault(landing(str(file), size=4))


def test_raw_copy_of_several_files(tmp_path) -> None:
    """The file that is gone is named as the producer named it."""
    files = tuple(LandedFile(f"part-{at}.csv", f"00000{at}", "a", 2, 1) for at in range(3))
    for file in files:
        (tmp_path / file.path).write_bytes(b"1\n")
    whole = landing(str(tmp_path), size=6, files=files)

    assert "" == LocalStock().fault(whole)
    (tmp_path / "000001").unlink()
    assert "lacks part-1.csv" == LocalStock().fault(whole)


def test_quarantine_in_a_file(tmp_path) -> None:
    """Its rows are counted; its name is no pattern; what is no Parquet file is not evaluated."""
    file = tmp_path / "a[1]*.parquet"
    pl.DataFrame({"line": [1, 2, 3]}).write_parquet(file)
    other = tmp_path / "b.parquet"
    other.write_bytes(b"secret")

    assert 3 == LocalStock().rows(str(file))
    assert None is LocalStock().rows(str(tmp_path / "gone.parquet"))
    with pytest.raises(BrokenWorldError, match="the quarantine can't be read") as caught:
        LocalStock().rows(str(other))
    assert "secret" not in str(caught.value)


def test_lines_of_a_quarantine(tmp_path) -> None:
    """Each rule has its first records, by file and line; a quarantine that is gone is not evaluated."""
    file = tmp_path / "a[1]*.parquet"
    rows = [("b.csv", 3, ["r", "s"]), ("a.csv", 12, ["r"]), ("a.csv", 4, ["r"]), ("a.csv", 5, ["unparsable"])]
    frame = pl.DataFrame(rows, schema=["dataops_file", "dataops_line", "dataops_rules"], orient="row")
    frame.with_columns(secret=pl.lit("secret")).write_parquet(file)

    assert {
        "r": (BadLine("a.csv", 4), BadLine("a.csv", 12)),
        "s": (BadLine("b.csv", 3),),
        "unparsable": (BadLine("a.csv", 5),),
    } == LocalStock().lines(str(file), 2)
    with pytest.raises(BrokenWorldError, match="the quarantine can't be read"):
        LocalStock().lines(str(tmp_path / "gone.parquet"), 2)


@pytest.fixture
def warehouse(postgresql) -> Iterator[Warehouse]:
    """A database with a table of three rows among those that we make."""
    address = postgresql.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA stock")
        connection.execute('CREATE TABLE stock."a b" AS SELECT * FROM generate_series(1, 3)')
        yield Warehouse("shop_db", lambda: psycopg.connect(address))
        connection.execute("DROP SCHEMA stock CASCADE")


def test_raw_copy_and_quarantine_in_a_database(warehouse) -> None:
    """Their rows are counted where they lie."""
    stock = PostgresStock(warehouse)
    there = landing("postgres://shop_db/stock.a b", rows=3)

    assert "" == stock.fault(there)
    assert "has 3 rows, 4 landed" == stock.fault(replace(there, rows=4))
    assert "is missing" == stock.fault(replace(there, uri="postgres://shop_db/stock.gone"))
    assert (3, None) == (stock.rows(there.uri), stock.rows("postgres://shop_db/stock.gone"))
    assert {} == stock.lines(there.uri, 2)


def test_a_database_is_not_asked_for_what_is_elsewhere(warehouse) -> None:
    """An address of another connection is no table of this one."""
    with pytest.raises(SettingsError, match="the address is none of this database"):
        PostgresStock(warehouse).rows("postgres://other_db/stock.a")
