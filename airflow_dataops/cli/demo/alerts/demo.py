"""`demo-alerts`: five things that wake people, on a real Airflow with a real Alertmanager."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from airflow_dataops.cli.demo.alerts.clean_days import DAYS, CleanDays
from airflow_dataops.cli.demo.alerts.drills import DRILLS
from airflow_dataops.cli.demo.alerts.next_steps import REPORT, next_steps
from airflow_dataops.cli.demo.alerts.page import quiet_line, score, stories, summary
from airflow_dataops.cli.demo.alerts.replay import ENVIRONMENT, Replay
from airflow_dataops.cli.demo.demo import INTERRUPTED
from airflow_dataops.cli.demo.demo_home import DemoHome
from airflow_dataops.cli.incident.report import report
from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.cli.screen import Screen, console
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.quantity import duration
from airflow_dataops.testing.alertmanager import Alertmanager, alertmanager_program
from airflow_dataops.testing.http_receiver import HttpReceiver
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.cli.demo.alerts.clean_days import Quiet
    from airflow_dataops.cli.demo.alerts.verdict import Finding

HOME = Path(".airflow/demo-alerts")
"""Where it lives, from the folder in which it is called."""

AS_EXPECTED, DIFFERENT = 0, 1
"""Exit codes: what was to be heard was heard, and nothing else, or not."""

UPSTREAM = next(drill.product for drill in DRILLS if drill.explains)
"""The product that others wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of all of it.

    Args:
        findings: What was heard of each drill.
        quiet: What came of clean days.
    """

    findings: tuple[Finding, ...]
    quiet: Quiet

    @property
    def holds(self) -> bool:
        """Whether what was to be heard was heard, and nothing else."""
        return self.quiet.holds and all(finding.holds for finding in self.findings)


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `home`, or None for the usual one.

    Raises:
        SettingsError: If there is no Alertmanager, the home isn't ours, or an Airflow runs in it.
        BrokenWorldError: If a component of Airflow ended, or something takes too long.
    """
    screen = Screen(console(sys.stdout))
    home = Path(args.home or HOME).absolute()
    started = time.monotonic()
    try:
        played = play(home, screen)
    except (KeyboardInterrupt, SystemExit) as stopped:
        screen.say("Stopped. Nothing is left running.")
        return INTERRUPTED if isinstance(stopped, KeyboardInterrupt) else int(stopped.code or 0)
    show(home, played, took=duration(time.monotonic() - started), screen=screen)
    return AS_EXPECTED if played.holds else DIFFERENT


def play(home: Path, screen: Screen) -> Played:
    """Let everything happen, on an Airflow and an Alertmanager of its own; return what was heard.

    Args:
        home: The Airflow home, emptied first.
        screen: Told what is done.
    """
    if alertmanager_program() is None:
        raise SettingsError(
            "there is no Alertmanager on this machine",
            hint="Say `make demo-alerts`, which brings it, or install Debian's prometheus-alertmanager.",
        )
    DemoHome(home).clear()
    DemoHome(home).make()
    dags = home / "dags"
    dags.mkdir()
    airflow = StandaloneAirflow(home, dags, environment=ENVIRONMENT, progress=screen.detail)
    ours, theirs = HttpReceiver(), HttpReceiver()
    alertmanager = Alertmanager(home / "alertmanager", webhook=theirs.url)
    quiet: list[Quiet] = []
    try:
        with ours, theirs:
            began = time.monotonic()
            with screen.step("Started Alertmanager, and Airflow's four processes"):
                alertmanager.start()
                airflow.start()
            replay = Replay(airflow, alertmanager, ours=ours, theirs=theirs, screen=screen)
            found = replay.play(
                started=timedelta(seconds=time.monotonic() - began),
                meanwhile=lambda: quiet.append(clean_days(home / "clean", screen)),
            )
            with screen.step("Stopped Airflow and Alertmanager"):
                airflow.stop()
                alertmanager.stop()
    finally:
        # What interrupts a second time is held back while Airflow ends, and Alertmanager ends at once.
        airflow.stop()
        alertmanager.stop()
    return Played(findings=found, quiet=quiet[0])


def clean_days(folder: Path, screen: Screen) -> Quiet:
    """Let clean days pass, with a bar.

    Args:
        folder: Where their store is.
        screen: Told what is done.
    """
    with screen.step(f"Let {DAYS} clean days of these products pass, by a simulated clock"):
        return CleanDays(folder).play(lambda days: screen.show(_bar(days)))


def show(home: Path, played: Played, *, took: str, screen: Screen) -> None:
    """Print what happened, what receivers heard, the score, and where to look next."""
    at = local_settings(home)
    incidents = stores.alerts(at).incidents(product=UPSTREAM)
    number = incidents[0].number if incidents else 0
    if incidents:
        draft = report(str(number), team="", since="", output_format="html", output="", settings=at)
        (home / REPORT).write_text(draft, encoding="utf-8")
    screen.say("")
    screen.say(stories(played.findings))
    screen.say("")
    screen.say(summary(played.findings))
    screen.say("")
    screen.say(quiet_line(played.quiet))
    screen.say("")
    screen.say(Text.assemble(score(played.findings, played.quiet), (f"  in {took}", "dim")))
    screen.say("")
    screen.say(next_steps(home, incident=number))


def _bar(days: int) -> Table:
    table = Table.grid(padding=(0, 2))
    bar = ProgressBar(total=DAYS, completed=days, width=40, complete_style="green")
    table.add_row(bar, Text(f"{days} of {DAYS} days"))
    return table
