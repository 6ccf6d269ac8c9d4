"""What Airflow is told about this provider.

Every start of Airflow runs this module and checks what it returns against Airflow's own schema; an exception
or a mistake here ends every `airflow` command. So it is one literal, and it imports nothing.
"""

from __future__ import annotations


def get_provider_info() -> dict[str, object]:
    """Describe the provider in the terms of Airflow's `provider_info.schema.json`."""
    return {
        "package-name": "airflow-provider-dataops",
        "name": "DataOps",
        "description": "Data products with enforced contracts, quarantine, atomic releases, service levels.",
        "versions": ["0.1.0"],
        "integrations": [{"integration-name": "DataOps", "tags": ["software"]}],
        "operators": [
            {
                "integration-name": "DataOps",
                "python-modules": [
                    "airflow_dataops.operators.land",
                    "airflow_dataops.operators.begin",
                    "airflow_dataops.operators.gate",
                    "airflow_dataops.operators.verify",
                    "airflow_dataops.operators.transform",
                    "airflow_dataops.operators.model",
                    "airflow_dataops.operators.pandera",
                    "airflow_dataops.operators.audit",
                    "airflow_dataops.operators.publish",
                    "airflow_dataops.operators.announce",
                    "airflow_dataops.operators.quarantine_report",
                    "airflow_dataops.operators.verify_contract",
                    "airflow_dataops.operators.require_contract",
                    "airflow_dataops.operators.require_budget",
                    "airflow_dataops.operators.evaluate_slos",
                    "airflow_dataops.operators.route_alerts",
                    "airflow_dataops.operators.approve",
                    "airflow_dataops.operators.approval",
                    "airflow_dataops.operators.maintenance",
                    "airflow_dataops.operators.clean_zones",
                    "airflow_dataops.operators.optimize_tables",
                    "airflow_dataops.operators.vacuum_tables",
                ],
            },
        ],
        "sensors": [
            {
                "integration-name": "DataOps",
                "python-modules": [
                    "airflow_dataops.sensors.contract",
                    "airflow_dataops.sensors.require_contract",
                    "airflow_dataops.sensors.error_budget",
                ],
            },
        ],
        "triggers": [
            {
                "integration-name": "DataOps",
                "python-modules": [
                    "airflow_dataops.triggers.budget",
                    "airflow_dataops.triggers.drop",
                    "airflow_dataops.triggers.later",
                    "airflow_dataops.triggers.verdict",
                ],
            },
        ],
        "notifications": [
            "airflow_dataops.notifications.slo_breach.SloBreachNotifier",
        ],
        "task-decorators": [
            {
                "name": "contract",
                "class-name": "airflow_dataops.operators.contract_decorator.contract_task",
            },
            {"name": "pandera", "class-name": "airflow_dataops.operators.pandera_decorator.pandera_task"},
        ],
        "plugins": [
            {"name": "dataops", "plugin-class": "airflow_dataops.plugins.dataops.DataOpsPlugin"},
        ],
        "cli": ["airflow_dataops.plugins.commands.get_cli_commands"],
        "config": {
            "dataops": {
                "description": "Where data products keep their state and their files.",
                "options": {
                    "sql_alchemy_conn": {
                        "description": (
                            "SQLAlchemy URL of the store: batches, versions, rule results, audit records.\n"
                            "Empty means a SQLite file under AIRFLOW_HOME; this is refused with an executor\n"
                            "that runs tasks on other machines, for each would have a file of its own.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "sensitive": True,
                        "example": "postgresql+psycopg://dataops@db.example/dataops",
                        "default": "",
                    },
                    "auto_migrate": {
                        "description": (
                            "Whether the first use of the store in a process makes its tables, or brings\n"
                            "them to the revision of this version, for deployments without a shell. Its\n"
                            "role must then be allowed to make and alter tables.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "boolean",
                        "example": "True",
                        "default": "False",
                    },
                    "zones_path": {
                        "description": (
                            "Folder of the immutable raw copies, staged partitions, quarantined rows.\n"
                            "Empty means {AIRFLOW_HOME}/dataops/zones.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/srv/dataops/zones",
                        "default": "",
                    },
                    "lake_path": {
                        "description": (
                            "Folder of the published Delta tables. Empty means {AIRFLOW_HOME}/dataops/lake.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/srv/dataops/lake",
                        "default": "",
                    },
                    "environment": {
                        "description": (
                            "Name of the environment, by which changes to pipeline files are chosen:\n"
                            "with `prod`, what orders.dag.prod.yaml says counts over orders.dag.yaml.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "prod",
                        "default": "",
                    },
                    "template_paths": {
                        "description": (
                            "Folders with templates of your own, with commas between them. Templates of\n"
                            "installed packages are found by themselves.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/srv/dataops/templates",
                        "default": "",
                    },
                    "airflow_conn_id": {
                        "description": (
                            "Connection of the type HTTP by which Airflow's REST API is spoken to: policies\n"
                            "that pause a DAG or shrink a pool, back-tests over the runs of DAGs.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "airflow_api",
                        "default": "dataops_airflow",
                    },
                    "alerts_path": {
                        "description": (
                            "File that says who is told when data is late, bad or lost. Empty means\n"
                            "alerts.yaml in Airflow's folder of DAGs; where that isn't there, the log of\n"
                            "the task that routes alerts.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/srv/dataops/alerts.yaml",
                        "default": "",
                    },
                    "metrics_names": {
                        "description": (
                            "Where metrics carry the ids of products and objectives: `tags`, or `embedded`\n"
                            "in their names, for a plain statsd, which drops tags.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "embedded",
                        "default": "tags",
                    },
                    "watch": {
                        "description": (
                            "DAGs whose runs are recorded for service levels, besides those of products:\n"
                            "their ids, patterns with * and ?, or tag:NAME, with commas between them.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "billing_*,tag:critical",
                        "default": "",
                    },
                    "duckdb_memory_limit": {
                        "description": (
                            "How much memory one task's DuckDB may take before it spills to disk.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "512MB",
                        "default": "2GB",
                    },
                    "duckdb_time_limit": {
                        "description": (
                            "How long one statement of SQL that people wrote may take in DuckDB, as a\n"
                            "number with a unit (s, m, h); DuckDB may hear no execution_timeout meanwhile.\n"
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "10m",
                        "default": "1h",
                    },
                },
            },
        },
    }
