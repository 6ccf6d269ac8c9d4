"""Airflow's configuration -> Settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow_dataops.core.naming import MetricNames
from airflow_dataops.core.slo.watch import watch
from airflow_dataops.core.time_limit import time_limit
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.slo.watch import Watch
    from airflow_dataops.wiring.settings import Settings

LOCAL_EXECUTORS = frozenset({"LocalExecutor"})
"""Executors whose tasks run on the machine of the scheduler, so that all of them see one SQLite file."""

WORDS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
"""The words that Airflow takes for true and false."""


AIRFLOW_CONN_ID = "dataops_airflow"
"""The connection by which Airflow's REST API is spoken to, where none is named."""


def settings() -> Settings:
    """Return the deployment's settings from the section `[dataops]`.

    Raises:
        SettingsError: If the store is a file of one machine and tasks run on several, or the time limit is
            none.
    """
    from airflow.sdk import conf

    from airflow_dataops.wiring.settings import Settings, local_settings

    default = local_settings(_home())
    return Settings(
        store_url=_option("sql_alchemy_conn")
        or _on_one_machine(default.store_url, executor=conf.get("core", "executor")),
        zones_path=_option("zones_path") or default.zones_path,
        lake_path=_option("lake_path") or default.lake_path,
        memory_limit=_option("duckdb_memory_limit") or default.memory_limit,
        auto_migrate=_flag("auto_migrate", default=default.auto_migrate),
        alerts_path=_option("alerts_path") or _beside_dags(),
        time_limit=time_limit(
            _option("duckdb_time_limit") or default.time_limit.written, setting=default.time_limit.setting
        ),
    )


def memory_path() -> Path:
    """Return the folder in which is remembered what pipeline files came to, on this machine."""
    return _home() / "dataops" / "read"


def outbox_path() -> Path:
    """Return the folder of what is on its way to the store, on this machine."""
    return _home() / "dataops" / "outbox"


def watched() -> Watch:
    """Return which DAGs are watched besides those of data products."""
    return watch(_option("watch"))


def environment() -> str:
    """Return the name of the environment, by which changes to pipeline files are chosen; or nothing."""
    return _option("environment")


def base_url() -> str:
    """Return where people see Airflow in a browser; nothing where `[api] base_url` doesn't say so."""
    from airflow.sdk import conf

    base = (conf.get("api", "base_url", fallback="") or "").strip().rstrip("/")
    return base if base.startswith(("http://", "https://")) else ""


def dag_page(dag_id: str) -> str:
    """Return where people see a DAG in a browser; nothing where nobody says where Airflow is."""
    base = base_url()
    return f"{base}/dags/{quote(dag_id, safe='')}" if base else ""


def airflow_conn_id() -> str:
    """Return the connection by which Airflow's REST API is spoken to."""
    return _option("airflow_conn_id") or AIRFLOW_CONN_ID


def metric_names() -> MetricNames:
    """Return whether ids stand in the tags of metrics, or in their names.

    Raises:
        SettingsError: If it is another word.
    """
    word = _option("metrics_names").lower() or MetricNames.TAGS
    try:
        return MetricNames(word)
    except ValueError:
        raise SettingsError(
            "[dataops] metrics_names is no way to name metrics",
            where="airflow.cfg",
            hint=f"Write {' or '.join(MetricNames)}.",
        ) from None


def template_paths() -> tuple[Path, ...]:
    """Return the folders with the templates of teams."""
    from airflow_dataops.documents.templates.shelf import folders

    return folders(_option("template_paths"))


def _beside_dags() -> str:
    """Return the file that says who is told, in the folder of DAGs; nothing where there is none.

    What has its name and is no file, or can't be looked at, is returned as well: whoever reads it says so.
    A link to nothing, or the folder that a mount makes of a file that isn't there, is no wish to tell nobody.
    """
    from airflow.sdk import conf

    from airflow_dataops.documents.alerts.file import FILE

    file = Path(conf.get("core", "dags_folder"), FILE)
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError:
        pass
    return str(file)


def _home() -> Path:
    return Path(os.path.expandvars(os.environ.get("AIRFLOW_HOME", "~/airflow"))).expanduser()


def _on_one_machine(url: str, *, executor: str) -> str:
    """Return the URL of a store that is a file, where all tasks see the file."""
    elsewhere = _elsewhere(executor)
    if elsewhere:
        raise SettingsError(
            f"[dataops] sql_alchemy_conn is empty, and {', '.join(elsewhere)} runs tasks on other machines,"
            " each of which would have a store of its own",
            where="airflow.cfg",
            hint="Set AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN to a PostgreSQL URL.",
        )
    return url


def on_one_machine() -> bool:
    """Say whether tasks run on the machine of the scheduler."""
    from airflow.sdk import conf

    return not _elsewhere(conf.get("core", "executor"))


def _elsewhere(executor: str) -> list[str]:
    """Return the executors that run tasks on other machines."""
    return sorted(name for name in _executors(executor) if name not in LOCAL_EXECUTORS)


def _executors(configured: str) -> tuple[str, ...]:
    """Return the class names in `[core] executor`: `team=alias:package.Class,Other` names two."""
    parts = (part for group in configured.split(";") for part in group.split("=")[-1].split(","))
    return tuple(part.strip().split(":")[-1].rsplit(".", 1)[-1] for part in parts if part.strip())


def _option(name: str) -> str:
    """Return an option, without the line feed that a `_CMD` leaves at its end."""
    from airflow.sdk import conf

    return (conf.get("dataops", name, fallback="") or "").strip()


def _flag(name: str, *, default: bool) -> bool:
    """Return an option that is true or false.

    Raises:
        SettingsError: If it is another word.
    """
    word = _option(name).lower()
    if word and word not in WORDS:
        raise SettingsError(
            f"[dataops] {name} is neither true nor false", where="airflow.cfg", hint="Write True or False."
        )
    return WORDS.get(word, default)
