"""The page on metrics, and the mapping beside it, are what the code sends."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from airflow_dataops.core.metrics import METRICS
from airflow_dataops.core.naming import METRIC_PREFIX
from airflow_dataops.render.metrics.statsd_exporter import mapping

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "docs" / "reference"
PAGE = (FOLDER / "metrics.md").read_text()


def row(name: str) -> str:
    """Return the line of a metric."""
    metric = METRICS[name]
    tags = ", ".join(f"`{tag}`" for tag in metric.tags)
    return f"| `{name}` | {metric.kind} | {tags} | `{metric.prometheus}` | {metric.what} |"


def test_the_page_lists_every_metric() -> None:
    """Each once, and no other."""
    assert [row(name) for name in METRICS] == re.findall(
        rf"^\| `{METRIC_PREFIX}\.\S+` \| (?:counter|gauge|timer).*$", PAGE, re.MULTILINE
    )


def test_the_mapping_is_the_one_that_the_code_writes() -> None:
    """Whoever has the sources need not print it."""
    assert mapping() == (FOLDER / "statsd-exporter.yml").read_text()


def test_the_command_of_the_page_prints_it() -> None:
    """As it stands there."""
    (line,) = re.findall(r"^python -c .*$", PAGE, re.MULTILINE)
    _, *arguments = shlex.split(line)

    done = subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, cwd=PROJECT
    )

    assert mapping() == done.stdout


def test_every_name_that_the_page_speaks_of_is_one() -> None:
    """A slip would send people after what is never sent."""
    spoken = re.findall(r"`(dataops\.slo\.\w+)`", PAGE)

    assert set(spoken) <= set(METRICS)
