"""The program that delivers what lies in the outbox, however often it is killed."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.bridge import courier as calling
from airflow_dataops.cli import courier
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.store import schema
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.outbox import Outbox
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 3, 4, 6, tzinfo=UTC)
MANY = 300
SECONDS = 240


def ran(run_id: str) -> RunOutcome:
    """Return what became of a run."""
    return RunOutcome(
        team="shop", dag_id="d", run_id=run_id, ended=AT, first=Outcome.SUCCESS, final=Outcome.SUCCESS
    )


@pytest.fixture
def world(store_url, tmp_path) -> SimpleNamespace:
    """An empty outbox, and a store on each server."""
    schema.migrate(store_url)
    outbox = Outbox(tmp_path / "outbox")
    settings = Settings(store_url=store_url, zones_path="", lake_path="")
    return SimpleNamespace(
        outbox=outbox,
        settings=settings,
        levels=SqlServiceLevels(store_url),
        courier=calling.Courier(outbox.folder, settings),
    )


def known(world: SimpleNamespace) -> set[str]:
    """Return the runs that the store knows."""
    return {run.run_id for run in world.levels.runs(since=AT)}


def until(done: Callable[[], object], *, what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + SECONDS
    while not done():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen in {SECONDS} s")
        time.sleep(0.1)


def test_a_courier_delivers_what_waits_and_ends(world) -> None:
    """As the process of a task on another machine sends it."""
    world.outbox.put(ran("a"), ran("b"))

    assert 0 == world.courier.send(outlives=True).wait(SECONDS)

    assert ({"a", "b"}, 0) == (known(world), world.outbox.waiting())


def test_couriers_that_are_killed_lose_nothing(world) -> None:
    """Wherever they were: the last one brings the rest."""
    world.outbox.put(*(ran(f"run-{n}") for n in range(MANY)))
    for rest in (0.3, 0.6, 0.8, 1.0, 1.2):
        killed = world.courier.send(outlives=True)
        time.sleep(rest)
        if killed.poll() is None:
            os.kill(killed.pid, signal.SIGKILL)
        killed.wait(SECONDS)

    world.courier.send(outlives=True).wait(SECONDS)

    assert ({f"run-{n}" for n in range(MANY)}, 0) == (known(world), world.outbox.waiting())
    assert () == world.outbox.broken()


def test_couriers_that_go_at_once_do_each_other_no_harm(world) -> None:
    """One delivers; the others end."""
    world.outbox.put(*(ran(f"run-{n}") for n in range(MANY)))

    several = [world.courier.send(outlives=True) for _ in range(3)]

    assert [0, 0, 0] == [one.wait(SECONDS) for one in several]
    until(lambda: MANY == len(known(world)), what="the delivery")
    assert (0, ()) == (world.outbox.waiting(), world.outbox.broken())


def test_a_program_has_what_waits_delivered_for_as_long_as_it_lives(world, monkeypatch) -> None:
    """A thread of it looks at the outbox, and starts a courier, which ends with the program."""
    monkeypatch.setattr(calling, "PERIOD", 0.2)
    caller = calling.Courier(world.outbox.folder, world.settings)
    caller.start()
    try:
        world.outbox.put(ran("a"))
        until(lambda: {"a"} == known(world), what="the delivery")
        world.outbox.put(ran("b"))
        until(lambda: {"a", "b"} == known(world), what="the second delivery")
    finally:
        caller.stop()
        sent = caller._child
        assert sent is not None
        sent.terminate()
        sent.wait(SECONDS)


def test_a_store_that_is_down_is_tried_again_and_said_once(world, monkeypatch, caplog) -> None:
    """Until it is there; what was put down meanwhile comes with the rest."""
    monkeypatch.setattr(courier, "PAUSES", (0,))
    monkeypatch.setattr(courier, "PERIOD", 0)
    caplog.set_level("INFO", logger=courier.__name__)
    world.outbox.put(ran("a"))
    really, tries = courier.deliver, []

    def at_the_third_try(*args: object, **kwargs: object) -> object:
        tries.append(1)
        if len(tries) < 3:
            nowhere = "postgresql+psycopg://dataops@127.0.0.1:1/dataops"
            world.outbox.put(ran(f"meanwhile-{len(tries)}"))
            return really(*args, **{**kwargs, "to": replace(kwargs["to"], levels=SqlServiceLevels(nowhere))})
        return really(*args, **kwargs)

    monkeypatch.setattr(courier, "deliver", at_the_third_try)
    courier.run(world.outbox.folder, world.settings, needed=lambda: len(tries) < 3)

    assert {"a", "meanwhile-1", "meanwhile-2"} == known(world)
    down, up = caplog.messages
    assert "keeps 2: the store at postgresql+psycopg://dataops@127.0.0.1:1/dataops could not be" in down
    assert up.endswith("has what waited in the outbox: 3.")


def test_it_ends_with_whoever_started_it(world) -> None:
    """What waits then waits on."""
    world.outbox.put(ran("a"))
    nowhere = Settings(store_url="postgresql+psycopg://d@127.0.0.1:1/d", zones_path="", lake_path="")

    courier.run(world.outbox.folder, nowhere, needed=lambda: False)

    assert 1 == world.outbox.waiting()
