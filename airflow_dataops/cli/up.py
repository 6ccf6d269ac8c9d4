"""`up`: Airflow with its UI on this machine, on the sample product or on a folder of DAGs."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from airflow_dataops.cli.demo.sample import HOME, PRODUCT, Sample
from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.cli.places import near
from airflow_dataops.cli.screen import Screen, console
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

STOPPED = 0
"""Exit code: it was asked to stop, which is how it ends when all is well."""

USUAL_PORT = 8080

OWN_HOME = Path(".airflow/up")
"""Where an Airflow on a folder of DAGs lives, from the folder in which it is called."""

CHECK_SECONDS = 1.0

HANDED_ON = ("AIRFLOW__DATAOPS__WATCH", "AIRFLOW__DATAOPS__ENVIRONMENT")
"""Settings of the caller that count here, too: those that name no place where facts or data lie."""


def run(args: Namespace) -> int:
    """Run the command until it is asked to stop, and return its exit code.

    Args:
        args: `home`, `port` and `dags`, each None for the usual one.

    Raises:
        SettingsError: If an Airflow runs in the home, the port is taken, or a folder can't be used.
        BrokenWorldError: If a component of Airflow ended.
    """
    screen = Screen(console(sys.stdout))
    port = port_of(args.port)
    if args.dags:
        sample, airflow = None, _on_dags(Path(args.dags), Path(args.home or OWN_HOME), port, screen)
    else:
        sample = Sample(Path(args.home or HOME))
        airflow = _on_sample(sample, port, screen)
    try:
        with screen.step("Started Airflow: API server, scheduler, dag-processor, triggerer"):
            airflow.start()
        screen.say(_address(airflow, sample))
        while True:
            airflow.check()
            time.sleep(CHECK_SECONDS)
    except (KeyboardInterrupt, SystemExit):
        airflow.stop()
        screen.say("Stopped. Nothing is left running.")
        return STOPPED
    finally:
        airflow.stop()


def _on_dags(dags: Path, home: Path, port: int | None, screen: Screen) -> StandaloneAirflow:
    if not dags.is_dir():
        raise SettingsError("there is no such folder", where=str(dags), hint="Name a folder of DAG files")
    return StandaloneAirflow(home, dags, port=port, environment=handed_on(os.environ), progress=screen.detail)


def handed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the caller that an Airflow on the caller's DAGs gets."""
    return {name: environment[name] for name in HANDED_ON if name in environment}


def _on_sample(sample: Sample, port: int | None, screen: Screen) -> StandaloneAirflow:
    if not sample.exists:
        with screen.step("Wrote fourteen days of a shop's orders, and kept one file back"):
            sample.make()
    return StandaloneAirflow(
        sample.home,
        sample.dags_folder,
        port=port,
        environment=sample.environment,
        progress=screen.detail,
    )


def _address(airflow: StandaloneAirflow, sample: Sample | None) -> Text:
    """Return where the UI is, how to sign in, and what there is to do; a line can be pasted."""
    lines = [
        ("address", airflow.url),
        ("login", airflow.username),
        ("password", airflow.password),
        ("DAGs", str(near(airflow.dags_folder))),
        ("logs", str(near(airflow.logs))),
    ]
    if sample is not None and sample.late is not None:
        drops = near(sample.drops)
        lines.append(("late file", f"{PRODUCT} waits for it; bring it:  mv {near(sample.late)} {drops}/"))
    lines.append(("stop", "Ctrl-C"))
    parts = (((f"\n{name:<11}", "bold"), what) for name, what in lines)
    return Text.assemble(*(piece for part in parts for piece in part))


def port_of(given: str | None) -> int | None:
    """Return the port that is asked for; else the usual one, or None for any when it is taken.

    Raises:
        SettingsError: If it is no port.
    """
    if given is not None:
        if not (given.isdecimal() and 0 < int(given) < 2**16):
            raise SettingsError(f"`{given}` is no port", hint="Use a number from 1 to 65535")
        return int(given)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return None
    return USUAL_PORT
