from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.triggers.later import LaterTrigger

UNTIL = "2026-03-03T06:00:00+00:00"


def test_later_trigger_survives_serialisation() -> None:
    """Another process builds the same trigger from its path and its arguments."""
    made = LaterTrigger(moment=UNTIL, until=UNTIL)
    path, arguments = made.serialize()

    assert path == f"{LaterTrigger.__module__}.{LaterTrigger.__qualname__}"
    assert arguments == json.loads(json.dumps(arguments))
    assert made.serialize() == LaterTrigger(**arguments).serialize()


@pytest.mark.parametrize("seconds", [-60.0, 0.3])
def test_later_trigger_fires_once_when_its_moment_has_come(seconds) -> None:
    """Also where that is over, as it may be when another triggerer takes it on."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)

    async def events() -> list[object]:
        return [event.payload async for event in LaterTrigger(moment=moment.isoformat(), until=UNTIL).run()]

    assert [{"until": UNTIL}] == asyncio.run(events())
    assert moment <= datetime.now(UTC)
