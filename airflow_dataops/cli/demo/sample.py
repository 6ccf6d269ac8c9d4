"""The sample product in a local Airflow home: its folder, its drops and the truth about them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.demo_home import DemoHome
from airflow_dataops.cli.demo.truth import read_truth
from airflow_dataops.cli.local.home import usable
from airflow_dataops.documents.templates.shelf import module, ours
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from airflow_dataops.cli.demo.truth import Day
    from airflow_dataops.wiring.settings import Settings

PRODUCT = "orders"
HOME = Path(".airflow/demo")
"""Where the demo and `up` live, from the folder in which they are called."""


class Sample:
    """The sample product in an Airflow home of its own.

    Args:
        home: The Airflow home.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.dags_folder = self.home / "dags"
        self.folder = self.dags_folder / PRODUCT
        self.drops = self.folder / "drops"
        self.lineage = self.home / "lineage.jsonl"
        self.logs = self.home / "logs"
        self._truth = self.folder / "truth.json"

    @property
    def exists(self) -> bool:
        """Whether the home holds the sample already."""
        return DemoHome(self.home).ours and self._truth.is_file()

    @property
    def settings(self) -> Settings:
        """Where the provider keeps its state in this home, as it does by default."""
        return local_settings(self.home)

    @property
    def environment(self) -> dict[str, str]:
        """What Airflow is told beside the settings of its home: where lineage events go."""
        # In a thread, since a fork after polars or duckdb started threads may lock.
        transport = {"type": "file", "log_file_path": str(self.lineage), "append": True}
        return {
            "AIRFLOW__OPENLINEAGE__EXECUTE_IN_THREAD": "True",
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "dataops-sample",
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
        }

    def days(self) -> tuple[Day, ...]:
        """Return what must come of each day."""
        return read_truth(self._truth)

    @property
    def late(self) -> Path | None:
        """The file that comes late, as long as it has not come."""
        return next(iter(sorted((self.folder / "late").glob("*.csv"))), None)

    def clear(self) -> None:
        """Remove the home with everything in it.

        Raises:
            SettingsError: If it is not ours, or an Airflow runs in it.
        """
        DemoHome(self.home).clear()

    def make(self) -> None:
        """Copy the product and write its drops, all but the one that comes late, which waits in `late/`.

        Raises:
            SettingsError: If the home holds what is not ours.
        """
        DemoHome(self.home).make()
        with usable(self.home):
            self._write()

    def _write(self) -> None:
        source = ours() / "batch" / PRODUCT
        shutil.copytree(source, self.folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        drops = module(ours() / "batch" / "drops.py")
        drops.deliver(drops.generate(self.drops).late, self.folder / "late")

    def deliver_late(self) -> Path:
        """Bring the file that comes late, and return where it is now.

        Raises:
            BrokenWorldError: If it is gone.
        """
        waiting = self.late
        if waiting is None:
            raise BrokenWorldError("the file that comes late is gone", where=str(self.folder / "late"))
        return waiting.replace(self.drops / waiting.name)
