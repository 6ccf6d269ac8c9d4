"""An Airflow home that a demo makes and empties; no other folder is ever emptied."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from airflow_dataops.cli.local.home import AirflowHome, usable
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "dataops-sample.txt"
"""Says that a folder is the home of a demo, so that it may be emptied."""


class DemoHome:
    """The Airflow home of a demo.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @property
    def ours(self) -> bool:
        """Whether a demo has made it."""
        return (self.path / MARKER).is_file()

    def clear(self) -> None:
        """Remove it with everything in it.

        Raises:
            SettingsError: If it is not ours, or an Airflow runs in it.
        """
        self.refuse_foreign()
        if not self.path.exists():
            return
        folder = AirflowHome(self.path)
        folder.lock()
        try:
            shutil.rmtree(self.path)
        finally:
            folder.unlock()

    def make(self) -> None:
        """Make it where it isn't there, and say that it is a demo's.

        Raises:
            SettingsError: If it holds what is not ours, or can't be written.
        """
        self.refuse_foreign()
        with usable(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / MARKER).write_text("Made by airflow-dataops; the next demo empties this folder.\n")

    def refuse_foreign(self) -> None:
        """Make sure that it is a demo's, or that nothing is in it.

        Raises:
            SettingsError: If not.
        """
        with usable(self.path):
            foreign = self.path.exists() and any(self.path.iterdir()) and not self.ours
        if foreign:
            raise SettingsError(
                "the folder is not empty and was not made by the demo, so it is left alone",
                where=str(self.path),
                hint="Choose another one with --home, or remove it yourself",
            )
