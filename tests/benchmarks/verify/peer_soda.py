"""Soda: `soda contract verify`, through its Python API, over a view of the Parquet file in DuckDB.

    python peer_soda.py once FILE

Soda Core v4 is under the Elastic License 2.0: it is run here in an environment of its own, and no part of
this project needs it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

import duckdb
from serving import Job, main
from soda_core.contracts import verify_contract_locally
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl

CONTRACT = Path(__file__).with_name("soda.yml")
COUNTS = ("failed_rows_count", "invalid_count", "duplicate_count", "missing_count")


def make(file: str, *_: str) -> Job:
    """Return the work: a view of the file, and its verification."""

    def run() -> Any:
        connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
        connection.read_parquet(file).create_view("lineitem")
        source = DuckDBDataSourceImpl.from_existing_cursor(connection, name="lines")
        return verify_contract_locally(data_sources=[source], contract_file_path=str(CONTRACT))

    return Job(run, found)


def found(session: Any) -> dict[str, Any]:
    """Return how many rows each check failed for.

    Raises:
        AssertionError: If one could not be evaluated.
    """
    if session.has_errors:
        raise AssertionError(session.get_errors())
    failing = {}
    for result in session.contract_verification_results:
        for check in result.check_results:
            name, outcome = check.check.name, check.outcome.name
            if outcome == "FAILED":
                rule = f"{check.check.column_name}.required" if check.check.type == "missing" else name
                counts = [(check.diagnostic_metric_values or {}).get(count) for count in COUNTS]
                failing[rule] = next((int(count) for count in counts if count is not None), None)
            elif outcome != "PASSED":
                raise AssertionError(f"{name}: {outcome}")
    return {"failing": failing}


if __name__ == "__main__":
    main(make)
