"""What people and producers write is searched by patterns: none of them may take for ever."""

from __future__ import annotations

import pkgutil
import re
import signal
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

import airflow_dataops.core
import airflow_dataops.documents
import airflow_dataops.render
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.percent import PERCENT
from airflow_dataops.core.rows.typed import typed
from airflow_dataops.documents.alerts.secrets import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = (airflow_dataops.core, airflow_dataops.documents, airflow_dataops.render)

UNITS = ("a", "A1", "1", "1.", "a ", "a_", "a.", "a,", "a/", "(a", ":", " ", "'", "''", "\\", "{", "#", "\n")

SECONDS = 2.0
"""Of CPU; a pattern that tries every way to part 40 letters takes centuries."""

LONG = 200_000


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every pattern of text that a module keeps, by where it is."""
    found: dict[str, re.Pattern[str]] = {}
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            kept = vars(import_module(module.name))
            found |= {
                f"{module.name}.{name}": value
                for name, value in kept.items()
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
            }
    return found


@contextmanager
def in_time(where: str) -> Iterator[None]:
    """Fail where something takes too long."""

    def late(*_: object) -> None:
        raise TimeoutError(where)

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_no_pattern_tries_every_way_to_part_a_text() -> None:
    """Such as `([a-z]+ *)*`, by which one word of a contract held up `lint` and the dag-processor."""
    found = patterns()
    assert len(found) > 50

    for where, pattern in found.items():
        for unit in UNITS:
            with in_time(f"{where}: {unit!r}"):
                pattern.fullmatch(f"{unit * 40}!")


@pytest.mark.parametrize("text", ["a" * LONG, f"a://{':' * LONG}", f"?{'a' * LONG}"])
def test_secrets_are_looked_for_in_a_long_text(text: str) -> None:
    """An image in a notifier's template is one, and evaluations read it each time."""
    with in_time(text[:5]):
        assert VALUES.search(text) is None


def test_a_long_number_is_read() -> None:
    """A producer may send any, and a share may be one."""
    zeros = "0" * LONG
    with in_time("typed"):
        assert typed(f"{zeros}.5", ColumnType(LogicalType.NUMBER)) == 0.5
    with in_time("percent"):
        assert PERCENT.fullmatch(zeros) is None
