# An Airflow DAG: sales.dag.yaml holds the pipeline.
from __future__ import annotations

from airflow_dataops.factory.dags import load_dag

dag = load_dag(__file__)
