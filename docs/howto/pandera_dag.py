"""A function that returns a frame, and a schema that parts its rows: a DAG file as any other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.sdk import DAG, task

if TYPE_CHECKING:
    import polars as pl

with DAG(dag_id="payments", schedule=None, start_date=datetime(2026, 3, 1, tzinfo=UTC)):

    @task.pandera(schema="pandera_rules:Payments")
    def payments() -> pl.DataFrame:
        """Fetch what was paid."""
        import polars as pl  # noqa: PLC0415 - the task needs it, the DAG file doesn't

        return pl.DataFrame(
            {"id": [1, 2, 3], "amount": ["9.5", "-1", "many"], "currency": ["EUR", "EUR", "USD"]}
        )

    @task
    def in_euros(paid: dict[str, str]) -> int:
        """Count the good rows in euros. What a task returns is logged and kept, so it returns no amount."""
        import polars as pl  # noqa: PLC0415 - the task needs it, the DAG file doesn't

        return pl.read_parquet(paid["uri"]).filter(pl.col("currency") == "EUR").height

    in_euros(payments())
