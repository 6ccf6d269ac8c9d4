"""`demo-slo`: four things that happen to data, on a real Airflow, and what each burns of a budget."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from airflow_dataops.cli.demo.demo import INTERRUPTED
from airflow_dataops.cli.demo.demo_home import DemoHome
from airflow_dataops.cli.demo.levels.cases import CASES
from airflow_dataops.cli.demo.levels.next_steps import next_steps
from airflow_dataops.cli.demo.levels.page import case_page, score, summary
from airflow_dataops.cli.demo.levels.replay import ENVIRONMENT, Replay
from airflow_dataops.cli.demo.levels.verdict import findings
from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.cli.screen import Screen, console
from airflow_dataops.render.quantity import duration
from airflow_dataops.usecases.levels.show_slo import show_slo
from airflow_dataops.wiring import clocks, stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.cli.demo.levels.verdict import Finding
    from airflow_dataops.usecases.ports.service_levels import ServiceLevels

HOME = Path(".airflow/demo-slo")
"""Where it lives, from the folder in which it is called."""

AS_RECKONED, DIFFERENT = 0, 1
"""Exit codes: everything burnt what was reckoned by hand, or not."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `home`, or None for the usual one.

    Raises:
        SettingsError: If the home isn't ours, or an Airflow runs in it.
        BrokenWorldError: If a component of Airflow ended, or something takes too long.
    """
    screen = Screen(console(sys.stdout))
    home = Path(args.home or HOME).absolute()
    started = time.monotonic()
    try:
        found, levels = play(home, screen)
    except (KeyboardInterrupt, SystemExit) as stopped:
        screen.say("Stopped. Nothing is left running.")
        return INTERRUPTED if isinstance(stopped, KeyboardInterrupt) else int(stopped.code or 0)
    took = duration(time.monotonic() - started)
    show(home, found=found, levels=levels, took=took, screen=screen)
    return AS_RECKONED if all(finding.holds for finding in found) else DIFFERENT


def play(home: Path, screen: Screen) -> tuple[tuple[Finding, ...], ServiceLevels]:
    """Let everything happen on an Airflow of its own; return what was found, and where it is kept.

    Args:
        home: The Airflow home, emptied first.
        screen: Told what is done.
    """
    DemoHome(home).clear()
    DemoHome(home).make()
    dags = home / "dags"
    dags.mkdir()
    airflow = StandaloneAirflow(home, dags, environment=ENVIRONMENT, progress=screen.detail)
    try:
        with screen.step("Started Airflow: API server, scheduler, dag-processor, triggerer"):
            airflow.start()
        replay = Replay(airflow, screen)
        first, last = replay.play()
        with screen.step("Stopped Airflow"):
            airflow.stop()
    finally:
        airflow.stop()
    return findings(CASES, first=first, last=last), replay.levels


def show(home: Path, *, found: tuple[Finding, ...], levels: ServiceLevels, took: str, screen: Screen) -> None:
    """Print what happened to each product and what it burnt, the score, and where to look next."""
    screen.say("")
    store = stores.store(local_settings(home))
    for case in CASES:
        shown = show_slo(case.product, levels=levels, store=store, clock=clocks.clock(), warn=screen.say)
        its = [finding for finding in found if finding.product == case.product]
        screen.say(case_page(case, shown=shown, findings=its))
    screen.say(summary(found))
    screen.say("")
    screen.say(Text.assemble(score(found), (f"  in {took}", "dim")))
    screen.say("")
    screen.say(next_steps(home))
