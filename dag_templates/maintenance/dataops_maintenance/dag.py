# An Airflow DAG: orders.dag.yaml holds the pipeline.
from airflow_dataops.factory.dags import load_dag

dag = load_dag(__file__)
