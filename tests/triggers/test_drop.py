from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.triggers.drop import DropTrigger


def trigger(folder, *, seconds: float = 60, **more: str) -> DropTrigger:
    """Return a trigger whose deadline is some seconds away."""
    return DropTrigger(
        **more,
        folder=str(folder),
        path="orders-{partition}.csv",
        team="shop",
        product="orders",
        dataset="orders",
        partition="2026-03-03",
        poke_interval=0.05,
        deadline=(datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(),
    )


async def first_event(made: DropTrigger) -> dict[str, object]:
    """Return the payload of the trigger's only event."""
    events = [event.payload async for event in made.run()]
    assert len(events) == 1
    return events[0]


def test_drop_trigger_survives_serialisation(tmp_path) -> None:
    """Another process builds the same trigger from its path and its arguments."""
    made = trigger(tmp_path, conn_id="storage", ready="{partition}.done")
    path, arguments = made.serialize()

    assert path == f"{DropTrigger.__module__}.{DropTrigger.__qualname__}"
    assert made.serialize() == DropTrigger(**arguments).serialize()


def test_drop_trigger_finds_a_drop_that_arrives_while_it_waits(tmp_path) -> None:
    """It looks again and again."""

    async def arrive() -> dict[str, object]:
        waiting = asyncio.create_task(first_event(trigger(tmp_path)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        (tmp_path / "orders-2026-03-03.csv").write_text("id\n1\n")
        return await asyncio.wait_for(waiting, 60)

    assert {"status": "found"} == asyncio.run(arrive())


def test_drop_trigger_tells_when_nothing_has_arrived_in_time(tmp_path) -> None:
    """The event names the place where the drop was expected."""
    event = asyncio.run(first_event(trigger(tmp_path, seconds=0.1)))

    assert "late" == event["status"]
    assert "orders-2026-03-03.csv" in str(event["expected"])


@pytest.mark.parametrize("folder", ["missing"])
def test_drop_trigger_tells_when_it_cannot_look(tmp_path, folder) -> None:
    """A folder that isn't there ends the wait with a message instead of waiting for hours."""
    event = asyncio.run(first_event(trigger(tmp_path / folder)))

    assert "broken" == event["status"]
    assert folder in str(event["message"])


def test_drop_trigger_of_an_older_version_goes_on_waiting(tmp_path) -> None:
    """What waited while the package was upgraded has no connection and no marker among its arguments."""
    _, arguments = trigger(tmp_path).serialize()
    for name in ("conn_id", "ready"):
        del arguments[name]

    assert trigger(tmp_path).serialize()[1].keys() == DropTrigger(**arguments).serialize()[1].keys()


@pytest.mark.parametrize("path", ["orders-2026-03-03.csv", "orders-2026-03-03.done"])
def test_drop_trigger_waits_in_object_storage(bucket, path) -> None:
    """There, too, it finds what arrives while it waits, and not before the file that says so."""
    bucket.put("other", b"")
    ready = "orders-{partition}.done" if path.endswith("done") else ""
    if ready:
        bucket.put("orders-2026-03-03.csv", b"id\n1\n")

    async def arrive() -> dict[str, object]:
        made = trigger(bucket.address, conn_id=bucket.conn_id, ready=ready)
        waiting = asyncio.create_task(first_event(made))
        await asyncio.sleep(1.0)
        assert not waiting.done()
        await asyncio.to_thread(bucket.put, path, b"id\n1\n")
        return await asyncio.wait_for(waiting, 60)

    assert {"status": "found"} == asyncio.run(arrive())
