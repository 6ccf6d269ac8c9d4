"""What the tests of alerts have in common: Alertmanager's vectors, incidents, rounds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.alerts.incident import Incident
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    """The instant at which most tests look."""
    return NOW


@pytest.fixture(scope="module")
def vectors(shared: Path) -> Callable[[str], dict[str, Any]]:
    """Read a file of vectors."""
    return lambda name: json.loads((shared / "vectors" / "alertmanager" / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def incident() -> Callable[..., Incident]:
    """Make an incident: `orders` of one day is late, unless it is said otherwise."""

    def make(
        product: str = "orders",
        partition: str = "2026-03-02",
        *,
        kinds: tuple[Kind, ...] = (Kind.LATE,),
        began: datetime = NOW - timedelta(hours=1),
        **changes: Any,
    ) -> Incident:
        where = Where(changes.pop("team", "shop"), product, partition)
        signals = tuple(Signal(where=where, kind=kind, since=began) for kind in kinds)
        usual: dict[str, Any] = {"detected": NOW, "urgency": Urgency.TICKET}
        return Incident(where=where, began=began, signals=signals, **(usual | changes))

    return make
