"""What a product declares of its service levels is put down when the dag-processor builds its DAG.

The store is not asked: a file beside the memory of the pipeline file says what was put down last. While that
is as it should be, this costs the look at two files. A product that is wrong puts nothing down: what it
declared before holds on.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.factory.memory import Memory

log = logging.getLogger(__name__)

PROCESSOR = "airflow.dag_processing.manager"
"""The module that the dag-processor is, and that the processes which read its files are forks of."""

SUFFIX = ".declared"

AGAIN = 60 * 60
"""Seconds after which it is put down again: the store may have been made anew, or be an older one, and until
then nothing is expected of the product."""

AHEAD = 60 * 60
"""Seconds that a marker may be ahead of the clock: what is later was put down by a clock that was wrong."""

UNREMEMBERED = 300
"""Seconds after which a product is looked at again of which nothing is remembered: its files are many."""


def in_processor() -> bool:
    """Say whether this process reads DAG files for the dag-processor; tasks, tests and shells don't."""
    return PROCESSOR in sys.modules


def declare(pipeline: Path, *, file: Path, memory: Memory) -> None:
    """Put down what a product declares, if that isn't known yet. What goes wrong is logged, and no more.

    Args:
        pipeline: Its pipeline file.
        file: The DAG file, absolute: in its bundle.
        memory: Where it is remembered what pipeline files came to.
    """
    kept = memory.place(pipeline)
    marker = kept.with_suffix(SUFFIX)
    try:
        if not _current(marker, kept):
            _put_down(pipeline, file=file, marker=marker)
    except DataOpsError as error:
        log.warning("What %s declares of its service levels stays what it was: %s", pipeline, error)
    except Exception:  # the DAG is right, and runs
        log.exception("What %s declares of its service levels could not be put down.", pipeline)


def _current(marker: Path, kept: Path) -> bool:
    """Say whether it was put down since the pipeline file was read last, and not too long ago."""
    now = time.time_ns()
    try:
        at = marker.stat().st_mtime_ns
    except OSError:
        return False
    try:
        read_at = kept.stat().st_mtime_ns
    except OSError:
        read_at = now - UNREMEMBERED * 10**9
    return at >= read_at and _lately(at, now=now)


def _put_down(pipeline: Path, *, file: Path, marker: Path) -> None:
    from airflow_dataops.bridge.bundles import bundle_of
    from airflow_dataops.bridge.settings import environment, outbox_path, template_paths
    from airflow_dataops.documents.declared import declared
    from airflow_dataops.documents.pipeline.definition import read_definition
    from airflow_dataops.documents.templates.shelf import shelf_of
    from airflow_dataops.store.outbox import Outbox

    started, shelf = time.time_ns(), shelf_of(template_paths())
    found = read_definition(str(pipeline), shelf=shelf, environment=environment())
    declaration, _ = declared(found, since=datetime.now(UTC), team=bundle_of(str(file)), shelf=shelf)
    digest = _digest(declaration)
    if not _known(marker, digest, now=started):
        Outbox(outbox_path()).put(declaration)
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.write_text(f"{digest} {started}")
    else:
        marker.touch()


def _known(marker: Path, digest: str, *, now: int) -> bool:
    """Say whether the same was put down, and not too long ago."""
    try:
        first, _, written = marker.read_text().partition(" ")
        return first == digest and _lately(int(written), now=now)
    except (OSError, ValueError):
        return False


def _lately(at: int, *, now: int) -> bool:
    """Say whether an instant is not too long ago; one that is to come is of a clock that was wrong."""
    return -AHEAD * 10**9 <= now - at < AGAIN * 10**9


def _digest(declaration: Declaration) -> str:
    """Return what tells a declaration from others, whenever it is made, and wherever its files lie."""
    return hashlib.sha256(repr(declaration.said).encode()).hexdigest()
