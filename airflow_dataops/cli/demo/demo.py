"""`demo`: takes the sample's fourteen days through a real Airflow, and shows what was found."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from airflow_dataops.cli.demo.comparison import deviations, score, tallies
from airflow_dataops.cli.demo.follow import follow
from airflow_dataops.cli.demo.next_steps import next_steps
from airflow_dataops.cli.demo.quarantine import quarantined
from airflow_dataops.cli.demo.sample import HOME, PRODUCT, Sample
from airflow_dataops.cli.demo.truth import compare
from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.cli.screen import Screen, console
from airflow_dataops.render.quantity import duration
from airflow_dataops.render.report import report_table
from airflow_dataops.usecases.report import report
from airflow_dataops.wiring import stores

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.cli.demo.truth import Comparison
    from airflow_dataops.core.report import PartitionReport

AS_PLANTED, DIFFERENT = 0, 1
"""Exit codes: everything that was planted was found and nothing else, or not."""

INTERRUPTED = 130
"""Exit code of a program that was interrupted (128 + SIGINT)."""

NOBODY_EDITS = {"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60"}
"""The DAG is read once: reading it every five seconds takes a tenth of the processor time of the days."""

REPLAYED = "The days are replayed: freshness counts from the end of each day in March 2026."


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `home`, or None for the usual one.
    """
    screen = Screen(console(sys.stdout))
    sample = Sample(Path(args.home or HOME))
    started = time.monotonic()
    try:
        waited = take_days(sample, screen)
    except (KeyboardInterrupt, SystemExit) as stopped:
        screen.say("Stopped. Nothing is left running.")
        return INTERRUPTED if isinstance(stopped, KeyboardInterrupt) else int(stopped.code or 0)
    rows, comparison = judge(sample, waited=waited)
    took = duration(time.monotonic() - started)
    show(sample, rows=rows, comparison=comparison, took=took, screen=screen)
    return AS_PLANTED if comparison.holds else DIFFERENT


def take_days(sample: Sample, screen: Screen) -> frozenset[str]:
    """Take all days through an Airflow of their own; return the days that were seen waiting for their file.

    Raises:
        SettingsError: If the home isn't ours, or an Airflow runs in it.
        BrokenWorldError: If a component of Airflow ended, or the days take too long.
    """
    with screen.step("Wrote fourteen days of a shop's orders, and kept one file back"):
        sample.clear()
        sample.make()
    airflow = StandaloneAirflow(
        sample.home,
        sample.dags_folder,
        environment=sample.environment | NOBODY_EDITS,
        progress=screen.detail,
    )
    try:
        with screen.step("Started Airflow: API server, scheduler, dag-processor, triggerer"):
            airflow.start()
            airflow.wait_for_dag(PRODUCT)
        with screen.step("Took the days through land, gate, verify, transform, audit, publish, announce"):
            waited = follow(airflow, sample, screen)
        with screen.step("Stopped Airflow"):
            airflow.stop()
    finally:
        airflow.stop()
    return waited


def judge(sample: Sample, *, waited: frozenset[str]) -> tuple[tuple[PartitionReport, ...], Comparison]:
    """Return what became of the days, and how it compares with what was planted.

    Args:
        sample: The sample after its days have run.
        waited: Partitions that were seen waiting for their file.

    Raises:
        BrokenWorldError: If the store or a quarantine can't be read.
    """
    rows = report(PRODUCT, store=stores.store(sample.settings))
    quarantine = {row.batch.partition: quarantined(row.quarantine) for row in rows if row.quarantine}
    return rows, compare(sample.days(), rows=rows, quarantine=quarantine, waited=waited)


def show(
    sample: Sample, *, rows: tuple[PartitionReport, ...], comparison: Comparison, took: str, screen: Screen
) -> None:
    """Print what became of the days, what was found of what was planted, and where to look next."""
    screen.say("")
    screen.say(report_table(rows, width=screen.width))
    screen.say(f"[dim]{REPLAYED}[/dim]\n")
    screen.say(tallies(comparison))
    screen.say("")
    screen.say(Text.assemble(score(comparison), (f"  in {took}", "dim")))
    for line in deviations(comparison):
        screen.say(line)
    screen.say("")
    screen.say(next_steps(sample, rows))
