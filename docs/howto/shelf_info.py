"""What Airflow is told of the package. It reads this while it starts, so nothing of Airflow is imported."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Tell Airflow which hook opens connections of the type `shelf`."""
    return {
        "package-name": "airflow-provider-shelf",
        "name": "Shelf",
        "description": "Tables on a shelf.",
        "connection-types": [{"connection-type": "shelf", "hook-class-name": "shelf_hook.ShelfHook"}],
    }
