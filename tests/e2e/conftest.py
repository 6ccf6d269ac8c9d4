"""A real Airflow for the tests of this folder, with its lineage and its metrics in files."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.local.standalone import StandaloneAirflow

if TYPE_CHECKING:
    from collections.abc import Generator

LINEAGE = "lineage.jsonl"
METRICS = "metrics.txt"
TEMPLATES = Path(__file__).with_name("templates")
"""The templates of a team."""


@contextmanager
def statsd(file: Path) -> Generator[int]:
    """Write what comes over UDP to a file, a packet a line, and give the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, file.open("ab", buffering=0) as written:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    written.write(server.recv(65536) + b"\n")
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Generator[StandaloneAirflow]:
    """An Airflow of four processes with an empty DAG folder (`airflow.dags_folder`), shared by the session.

    In `airflow.home` it writes lineage events, one JSON a line, to `lineage.jsonl`, and metrics, one a line,
    to `metrics.txt`.
    """
    home = tmp_path_factory.mktemp("airflow")
    dags_folder = home / "dags"
    dags_folder.mkdir()
    with statsd(home / METRICS) as port:
        environment = {
            # Written in a thread, since a fork after polars or duckdb started threads may lock.
            "AIRFLOW__OPENLINEAGE__EXECUTE_IN_THREAD": "True",
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "dataops-tests",
            "AIRFLOW__OPENLINEAGE__TRANSPORT": (
                f'{{"type": "file", "log_file_path": "{home / LINEAGE}", "append": true}}'
            ),
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(port),
            "AIRFLOW__METRICS__METRICS_ALLOW_LIST": "dataops",
            "AIRFLOW__DATAOPS__TEMPLATE_PATHS": str(TEMPLATES),
        }
        with StandaloneAirflow(home, dags_folder, environment=environment) as airflow:
            yield airflow
