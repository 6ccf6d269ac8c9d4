from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

DAG = """
from airflow.sdk import dag, task

@dag(schedule=None)
def answer():
    @task
    def ask():
        return 42

    ask()

answer()
"""


def remains(home: Path, *, of: Collection[psutil.Process] = ()) -> list[str]:
    """List the living processes that were seen before, or whose environment names an Airflow home.

    Both are needed: a process that sets its title has no environment to be read, and one that came later was
    not seen.
    """
    found = set()
    for process in {*psutil.process_iter(), *of}:
        with suppress(psutil.Error):
            seen = process in of or process.environ().get("AIRFLOW_HOME") == str(home)
            if seen and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.add(f"{process.pid} {process.name()}")
    return sorted(found)


def is_free(url: str) -> bool:
    """Tell whether nobody listens at an address."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0


def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Make an Airflow home with a DAG folder."""
    dags = tmp_path / "home" / "dags"
    dags.mkdir(parents=True)
    return dags.parent, dags


@pytest.mark.e2e
def test_airflow_runs_a_dag_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A DAG must run to success, and no process and no open port may be left, also after a second start."""
    home, dags = folders(tmp_path)
    (dags / "answer.py").write_text(DAG)
    told: list[str] = []

    with StandaloneAirflow(home, dags, progress=told.append) as airflow:
        airflow.wait_for_dag("answer")
        run = airflow.request("POST", "/api/v2/dags/answer/dagRuns", {"logical_date": None})
        deadline = time.monotonic() + 240
        while airflow.dag_runs("answer")[0]["state"] not in {"success", "failed"}:
            assert time.monotonic() < deadline
            airflow.check()
            time.sleep(0.2)
        states = [(each["dag_run_id"], each["state"]) for each in airflow.dag_runs("answer")]
        family = psutil.Process().children(recursive=True)

    assert [(run["dag_run_id"], "success")] == states
    assert len(family) >= 8, "four components, and the scheduler's four workers"
    assert [] == remains(home, of=family)
    assert is_free(airflow.url)
    assert told[0] == "Preparing the databases"

    told.clear()
    with StandaloneAirflow(home, dags, progress=told.append) as airflow:
        states = [(each["dag_run_id"], each["state"]) for each in airflow.dag_runs("answer")]
        family = psutil.Process().children(recursive=True)

    assert [(run["dag_run_id"], "success")] == states
    assert "Preparing the databases" not in told
    assert [] == remains(home, of=family)


@pytest.mark.e2e
def test_a_component_that_dies_is_named_with_its_log(tmp_path: Path) -> None:
    """A start that fails halfway must say in one line which log to read, and end what it had started."""
    home, dags = folders(tmp_path)
    broken = {"AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "many"}

    with pytest.raises(BrokenWorldError) as caught, StandaloneAirflow(home, dags, environment=broken):
        pytest.fail("it started")

    assert f"See {home / 'logs' / 'dag-processor.log'}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [] == remains(home)


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGINT, "Preparing the databases"), (signal.SIGTERM, "Starting Airflow")],
)
def test_a_signal_while_it_starts_leaves_nothing_behind(tmp_path: Path, number: int, moment: str) -> None:
    """Whoever is ended while Airflow starts must take everything along."""
    home, _ = folders(tmp_path)
    program = (
        "import sys; from pathlib import Path;"
        "from airflow_dataops.cli.local.standalone import StandaloneAirflow;"
        "home = Path(sys.argv[1]);"
        "StandaloneAirflow(home, home / 'dags', progress=lambda text: print(text, flush=True)).start()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert parent.stdout
    while parent.stdout.readline().decode().strip() != moment:
        assert parent.poll() is None
    while len(remains(home)) < 2:
        time.sleep(0.05)

    parent.send_signal(number)
    parent.communicate(timeout=240)

    assert parent.returncode in {-signal.SIGINT, 128 + signal.SIGTERM}
    assert [] == remains(home)


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    """A port on which somebody listens must be named before anything is started."""
    home, dags = folders(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SettingsError, match=f"the port {port} of 127.0.0.1 is taken"):
            StandaloneAirflow(home, dags, port=port).start()

    assert [] == remains(home)


def test_asking_before_it_runs_is_an_error(tmp_path: Path) -> None:
    """Requests need a running Airflow, and must say so."""
    with pytest.raises(BrokenWorldError, match="Airflow is not running"):
        StandaloneAirflow(tmp_path, tmp_path).dag_runs("answer")


def test_stopping_what_never_started_is_fine(tmp_path: Path) -> None:
    """Stopping must be safe in every state, and give the signals back."""
    before = signal.getsignal(signal.SIGTERM)

    StandaloneAirflow(tmp_path, tmp_path).stop()

    assert before == signal.getsignal(signal.SIGTERM)
