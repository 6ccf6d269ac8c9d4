"""What is said where an extra is not installed."""

from __future__ import annotations

from airflow_dataops.errors import SettingsError


def extra_missing(error: ModuleNotFoundError) -> SettingsError:
    """Return our error for a module that is not there."""
    return SettingsError(
        f"the module `{error.name}` is not installed",
        hint="Install `airflow-provider-dataops[local]` where tasks run.",
    )
