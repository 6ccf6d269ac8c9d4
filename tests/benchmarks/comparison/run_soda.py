"""Soda on the deliveries: `soda contract verify`, through its Python API, over a table in DuckDB.

    python run_soda.py FOLDER

The file is loaded as text, with the values beside it, so that nothing is lost before Soda looks at it. Soda
Core v4 is under the Elastic License 2.0: it is run here in an environment of its own, and no part of this
project needs it.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

import duckdb
from report import LoadError, Rule, main
from soda_core.contracts import verify_contract_locally
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl

CONTRACT = Path(__file__).with_name("soda.yml")
TYPES = {
    "customer_no": "BIGINT",
    "quantity": "BIGINT",
    "amount": "DECIMAL(12,2)",
    "weight_kg": "DOUBLE",
    "ordered_on": "DATE",
    "shipped_at": "TIMESTAMPTZ",
}
"""Column -> the type of its values."""

COUNTS = ("failed_rows_count", "invalid_count", "duplicate_count", "missing_count")
STATUSES = {"FAILED": "failed", "WARN": "warning", "NOT_EVALUATED": "error"}


def judge(file: Path) -> list[Rule]:
    """Load one file and verify it."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(
            "CREATE TABLE landed AS SELECT *, row_number() OVER () AS _row FROM "
            "read_csv(?, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')",
            [str(file)],
        )
    except duckdb.Error as error:
        raise LoadError(str(error)) from error
    there = {name for name, *_ in connection.execute("DESCRIBE landed").fetchall()}
    values = [f"TRY_CAST({name} AS {kind}) AS {name}_value" for name, kind in TYPES.items() if name in there]
    connection.execute(f"CREATE TABLE orders AS SELECT {', '.join(['*', *values])} FROM landed")  # noqa: S608 - our own names
    source = DuckDBDataSourceImpl.from_existing_cursor(connection, name="delivery")
    session = verify_contract_locally(data_sources=[source], contract_file_path=str(CONTRACT))
    return [
        Rule(
            f"{check.check.column_name or ''} {check.check.name}".strip(),
            STATUSES[check.outcome.name],
            _count(check.diagnostic_metric_values or {}),
        )
        for result in session.contract_verification_results
        for check in result.check_results
        if check.outcome.name in STATUSES
    ] + [Rule(line[:150], "error") for line in (session.get_errors() if session.has_errors else ())]


def _count(measured: dict[str, float]) -> int | None:
    counts = [measured[name] for name in COUNTS if measured.get(name) is not None]
    return int(counts[0]) if counts else None


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    main("Soda", ("soda-core", "soda-duckdb", "duckdb"), judge)
