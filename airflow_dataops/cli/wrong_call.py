"""What was typed can't be meant: as argparse's own errors, exit code 2."""

from __future__ import annotations

from airflow_dataops.errors import SettingsError

WRONG_CALL = 2
"""Exit code of a wrong call, as argparse has it."""


class WrongCallError(SettingsError):
    """An option names what isn't there, or has a value that it can't have."""
