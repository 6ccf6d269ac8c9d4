"""Looks after the store of the data products: brings its tables up to date, and removes what is old."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG

from airflow_dataops.operators.maintenance import CleanStoreOperator, MigrateStoreOperator

with DAG(
    "dataops_maintenance",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    doc_md=__doc__,
    tags=["dataops"],
) as dag:
    MigrateStoreOperator(task_id="migrate") >> CleanStoreOperator(task_id="clean", before="180d")
