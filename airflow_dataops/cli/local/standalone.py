"""A whole Airflow on this machine: four programs that start together and end without a trace.

`airflow standalone` is not used, since it leaves its children behind when it is asked to end.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from airflow_dataops.cli.local.api import AirflowApi
from airflow_dataops.cli.local.component import Component, end
from airflow_dataops.cli.local.home import USER, AirflowHome
from airflow_dataops.cli.local.stop_signals import StopSignals
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

# Logs of tasks and triggers are read from the folder: nobody has to serve them.
COMPONENTS = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
# The two write different databases, so they run at the same time.
MIGRATIONS = {
    "airflow-db-migrate": ("db", "migrate"),
    "dataops-db-migrate": ("dataops", "db", "migrate"),
}
# Where the answer of /api/v2/monitor/health tells when a component was last alive.
HEARTBEATS = {
    "scheduler": "latest_scheduler_heartbeat",
    "dag_processor": "latest_dag_processor_heartbeat",
    "triggerer": "latest_triggerer_heartbeat",
}
START_SECONDS = 240  # a slow machine takes 40
# The order of stopping, and the seconds in which a component may end by itself. The scheduler waits for its
# tasks; the next two lose nothing when they are killed, and the triggerer often waits for a child that has
# gone; the API server is told by all of them how their work ended, and lingers after its last word.
STOPPING = (
    ((*MIGRATIONS, "scheduler"), 10),
    (("dag-processor", "triggerer"), 2),
    (("api-server",), 1),
)


class StandaloneAirflow:
    """Runs Airflow's API server, scheduler, dag-processor and triggerer, for as long as a `with` block lasts.

    It takes over SIGINT, SIGTERM and SIGHUP in the meantime, so that these end the block and all it started.
    The settings are those of `AirflowHome`; variables `AIRFLOW__…` of our own environment are not handed on.

    Args:
        home: The Airflow home; made when it isn't there, kept afterwards.
        dags_folder: Where Airflow looks for DAG files.
        port: Where the API server listens on 127.0.0.1. None takes a free one.
        environment: More environment variables, such as `AIRFLOW__OPENLINEAGE__TRANSPORT`.
        progress: Told in a few words what happens while Airflow starts and stops.
    """

    def __init__(
        self,
        home: Path,
        dags_folder: Path,
        *,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.home = home.absolute()
        self.dags_folder = dags_folder.absolute()
        self.username = USER
        self._folder = AirflowHome(self.home)
        self._wanted_port = port
        self._more_environment = dict(environment or {})
        self._progress = progress
        self._signals = StopSignals()
        self._running: list[Component] = []
        self._api: AirflowApi | None = None
        self.url = ""

    def __enter__(self) -> Self:
        """Start it, see `start`."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, see `stop`."""
        self.stop()

    @property
    def password(self) -> str:
        """The password of the user `admin`."""
        return self._folder.password

    @property
    def logs(self) -> Path:
        """The folder with the log of each component, and of each task."""
        return self._folder.logs

    @property
    def api(self) -> AirflowApi:
        """The client of its REST API, while it runs."""
        if self._api is None:
            raise BrokenWorldError("Airflow is not running", where=str(self.home), hint="Start it first")
        return self._api

    def start(self) -> None:
        """Start Airflow and wait until every component is healthy.

        Raises:
            SettingsError: Another Airflow runs in this home, the port is taken, or Airflow isn't installed.
            BrokenWorldError: A component ended, or isn't healthy in time; the message names its log.
        """
        self._signals.install()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything that was started; what doesn't end by itself is killed. May be called twice."""
        with self._signals.held(forget=True):
            if self._running:
                self._progress("Stopping Airflow")
            for names, grace in STOPPING:
                end([component for component in self._running if component.name in names], grace=grace)
            self._running = []
            self._api = None
            self._folder.unlock()
            self._signals.restore()

    def check(self) -> None:
        """Make sure that every component still runs.

        Raises:
            BrokenWorldError: One has ended; the message names its log.
        """
        for component in self._running:
            code = component.exit_code()
            if code is not None:
                raise BrokenWorldError(
                    f"Airflow's {component.name} ended with exit code {code}", hint=f"See {component.log}"
                )

    def request(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - it is JSON
        """Send one request to the REST API, see `AirflowApi.request`."""
        return self.api.request(method, path, body)

    def dag_runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return every run of a DAG, the oldest first, see `AirflowApi.dag_runs`."""
        return self.api.dag_runs(dag_id)

    def wait_for_dag(self, dag_id: str, timeout: float = 240) -> dict[str, Any]:
        """Wait until Airflow has read a DAG, see `AirflowApi.wait_for_dag`."""
        return self.api.wait_for_dag(dag_id, timeout=timeout)

    def _start(self) -> None:
        lock = self._folder.lock()
        port = _free_port(self._wanted_port)
        self.url = f"http://127.0.0.1:{port}"
        self._folder.prepare(self.dags_folder, port=port)
        environment = self._environment()
        if not self._folder.is_migrated(environment):
            self._migrate(environment, lock=lock)
        self._progress("Starting Airflow")
        started = datetime.now(UTC)
        self._launch(COMPONENTS, environment, lock=lock)
        api = AirflowApi(self.url, username=self.username, password=self.password)
        self._wait_until_healthy(api, since=started)
        self._api = api

    def _environment(self) -> dict[str, str]:
        """Return the environment of the components: ours without its settings, and what was asked for."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW__")}
        ours = {"AIRFLOW_HOME": str(self.home), "AIRFLOW_CONFIG": str(self._folder.settings)}
        return inherited | self._more_environment | ours

    def _launch(
        self, programs: Mapping[str, tuple[str, ...]], environment: Mapping[str, str], *, lock: int
    ) -> None:
        airflow = Path(sys.executable).parent / "airflow"
        if not airflow.exists():
            raise SettingsError(
                "Airflow is not installed in the environment of this Python",
                where=str(airflow),
                hint="Install airflow-provider-dataops there, or run it with that environment's python",
            )
        for name, arguments in programs.items():
            component = Component(name, arguments=(airflow, *arguments), log=self.logs / f"{name}.log")
            with self._signals.held():
                self._running.append(component)
                component.start(environment, keep_open=(lock,))
        self._folder.record_groups([component.pid for component in self._running if component.pid])

    def _migrate(self, environment: Mapping[str, str], *, lock: int) -> None:
        self._progress("Preparing the databases")
        self._launch(MIGRATIONS, environment, lock=lock)
        while any(component.exit_code() is None for component in self._running):
            time.sleep(0.05)
        for component in self._running:
            if component.exit_code() != 0:
                command = " ".join(("airflow", *MIGRATIONS[component.name]))
                raise BrokenWorldError(
                    f"`{command}` ended with exit code {component.exit_code()}", hint=f"See {component.log}"
                )
        self._running = []
        self._folder.record_migrated(environment)

    def _wait_until_healthy(self, api: AirflowApi, *, since: datetime) -> None:
        deadline = time.monotonic() + START_SECONDS
        waiting = {"api-server", *HEARTBEATS}
        while waiting:
            self.check()
            if time.monotonic() > deadline:
                raise BrokenWorldError(
                    f"Airflow's {', '.join(sorted(waiting))} not healthy after {START_SECONDS} s",
                    hint=f"See the logs in {self.logs}",
                )
            for name in sorted(waiting & _healthy(api, since=since)):
                waiting.remove(name)
                self._progress(f"{name.replace('_', '-')} is up")
            time.sleep(0.2)


def _healthy(api: AirflowApi, *, since: datetime) -> set[str]:
    """Name the components that have shown a sign of life since then.

    An earlier one is left over from an earlier start of the same home.
    """
    try:
        health = api.health()
    except BrokenWorldError:
        return set()
    beats = {name: health.get(name, {}).get(key) for name, key in HEARTBEATS.items()}
    return {"api-server"} | {
        name for name, beat in beats.items() if beat and datetime.fromisoformat(beat) >= since
    }


def _free_port(wanted: int | None) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError:
            raise SettingsError(
                f"the port {wanted} of 127.0.0.1 is taken",
                hint="Choose another one, or stop what listens there",
            ) from None
        port: int = probe.getsockname()[1]
        return port
