"""Paths as short as they can be typed where a command was called."""

from __future__ import annotations

import sys
from pathlib import Path


def near(path: Path) -> Path:
    """Return a path from the current folder, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def program(name: str) -> Path:
    """Return where a program of this Python's environment lies, `python` included."""
    return near(Path(sys.executable).with_name(name))


def up_command(home: Path, *, usual: Path) -> str:
    """Return what is typed to open Airflow's UI on a home.

    Args:
        home: The Airflow home, absolute.
        usual: The home that is taken when none is given.
    """
    if home != usual.absolute():
        return f"{program('airflow-dataops')} up --home {near(home)}"
    return "make up" if Path("Makefile").is_file() else f"{program('airflow-dataops')} up"
