"""How a deployment is set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.time_limit import USUAL

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.time_limit import TimeLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a deployment is set up.

    Args:
        store_url: SQLAlchemy URL of the store.
        zones_path: Folder of the raw, staging and quarantine zones.
        lake_path: Folder of the published tables.
        memory_limit: What DuckDB may use before it spills, such as `2GB`.
        auto_migrate: Whether the first use of the store brings its tables to this version's revision.
        alerts_path: The file that says who is told of what; empty for none.
        time_limit: How long one statement of people may take in DuckDB.
    """

    store_url: str
    zones_path: str
    lake_path: str
    memory_limit: str = "2GB"
    auto_migrate: bool = False
    alerts_path: str = ""
    time_limit: TimeLimit = USUAL


def local_settings(airflow_home: Path) -> Settings:
    """Return the settings of a deployment that sets nothing: state is in `dataops/` of the Airflow home."""
    root = airflow_home / "dataops"
    return Settings(
        store_url=f"sqlite:///{root / 'store.db'}",
        zones_path=str(root / "zones"),
        lake_path=str(root / "lake"),
    )
