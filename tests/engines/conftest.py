"""Every engine that runs here, with a place for rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engines import seats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.testing.engine import Seat


@pytest.fixture
def parquet_seat(tmp_path: Path) -> Seat:
    """Parquet files."""
    return seats.landed_parquet(tmp_path)


@pytest.fixture
def postgres_seat(postgresql: str) -> Iterator[Seat]:
    """Tables of PostgreSQL."""
    with seats.postgres(postgresql.replace("postgresql+psycopg://", "postgresql://")) as seat:
        yield seat


@pytest.fixture
def sqlite_seat(tmp_path: Path) -> Seat:
    """Tables of SQLite."""
    return seats.sqlite(tmp_path)


@pytest.fixture
def mariadb_seat() -> Iterator[Seat]:
    """Tables of MariaDB."""
    with seats.mariadb() as seat:
        yield seat


@pytest.fixture(params=["parquet", "postgres", "sqlite", "mariadb"])
def place(request: pytest.FixtureRequest) -> str:
    """The name of a place with an engine of its own."""
    return request.param


@pytest.fixture
def any_seat(place: str, request: pytest.FixtureRequest) -> Seat:
    """Each engine."""
    return request.getfixturevalue(f"{place}_seat")
