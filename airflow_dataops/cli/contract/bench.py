"""Where files are judged that a command is given."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.data import landed_files
from airflow_dataops.cli.limit import typed_limit
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.rows.failing_row import most_of
from airflow_dataops.core.rows.relation import Split
from airflow_dataops.errors import SettingsError
from airflow_dataops.wiring import engines
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from argparse import Namespace

    from rich.status import Status as Picture

    from airflow_dataops.core.rows.relation import Landed


class Bench:
    """Where files are judged.

    Args:
        folder: A folder for what is written on the way.
        args: How the files are written, where bad rows are kept, how many failing ones are named, and how
            long SQL may take.

    Raises:
        WrongCallError: If one of the last two is no number, or no time.
    """

    def __init__(self, folder: Path, args: Namespace) -> None:
        limit = typed_limit(args.time_limit)
        settings = Settings(store_url="", zones_path=str(folder), lake_path=str(folder), time_limit=limit)
        self.engine = engines.engine(settings)
        self.quarantine = Path(args.quarantine) if args.quarantine else None
        self.keys = _most(args.most_keys) if args.keys else 0
        self._folder = folder
        self._args = args
        self._halves = 0

    def relation(self, files: tuple[str, ...]) -> Landed:
        """Return files as rows that landed."""
        return landed_files(files, self._args, header=not self._args.no_header)

    def split(self) -> Split:
        """Return a new place for the two halves of some rows."""
        self._halves += 1
        good, bad = (self._folder / f"{half}-{self._halves}.parquet" for half in ("good", "bad"))
        return Split(good=str(good), bad=str(bad), digest=False)


def _most(given: str) -> int:
    try:
        return most_of(given, name="--most-keys")
    except SettingsError as error:
        raise WrongCallError(error.what, hint=error.hint) from None


def working(what: str) -> Picture:
    """Show that something is at work, where somebody watches."""
    from airflow_dataops.cli.screen import console

    return console(sys.stderr).status(f"Reading {what}")
