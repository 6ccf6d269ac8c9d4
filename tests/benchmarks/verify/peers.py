"""The other tools, each in an environment of its own, with the same 22 checks as far as they have words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sizes import HERE
from tools import Tool

if TYPE_CHECKING:
    from pathlib import Path

FILE, TABLE = "duckdb", "postgres"
"""Where the rows lie: in the Parquet file, which DuckDB reads for us, or in PostgreSQL."""


@dataclass(frozen=True)
class Peer(Tool):
    """A tool that is measured.

    Args:
        storage: Where its rows lie.
        arguments: What its program is given before the place.
        package: What its version is of.
        target: How many times as fast we want to be.
        unsaid: The rules of the contract that it has no words for.
    """

    storage: str = FILE
    arguments: tuple[str, ...] = ()
    package: str = ""
    target: float = 1.0
    unsaid: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The file that runs it."""
        return f"peer_{self.key}.py"

    @property
    def requirements(self) -> Path:
        """The exact versions of its environment: its own, or those of the comparison."""
        own = HERE / "requirements" / f"{self.environment}.txt"
        return own if own.exists() else super().requirements

    @property
    def version(self) -> str:
        """Its name and version."""
        lines = self.requirements.read_text().splitlines()
        return next(line.replace("==", " ") for line in lines if line.startswith(f"{self.package}=="))


PEERS = (
    Peer("soda", "Soda, a view in DuckDB", "soda", package="soda-core", target=1.3),
    Peer(
        "pandera_ibis",
        "pandera, ibis on DuckDB",
        "pandera",
        package="pandera",
        target=2,
    ),
    Peer("pandera", "pandera, polars", "pandera", package="pandera", target=2),
    Peer("datacontract", "datacontract-cli", "datacontract", package="datacontract-cli", target=2),
    Peer(
        "great_expectations",
        "Great Expectations, pandas",
        "great_expectations",
        package="great_expectations",
        arguments=("pandas",),
        target=8,
        unsaid=("returned",),
    ),
    Peer(
        "great_expectations",
        "Great Expectations, SQL",
        "great_expectations",
        storage=TABLE,
        package="great_expectations",
        arguments=("postgres",),
        target=8,
    ),
    Peer(
        "common_sql",
        "common.sql's operators",
        "common_sql",
        storage=TABLE,
        package="apache-airflow-providers-common-sql",
        target=3,
    ),
)
