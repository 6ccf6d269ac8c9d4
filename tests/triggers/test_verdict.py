from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.bridge import requiring
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.requirement import Answer
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.triggers.verdict import VerdictTrigger

BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
ASKED = {"product": "orders", "dimensions": ["completeness"], "max_age": 7200.0, "min_score": "0.9"}


def trigger(*, seconds: float = 30.0) -> VerdictTrigger:
    """Return a trigger whose deadline is some seconds away."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    return VerdictTrigger(
        asked=ASKED, partitions=["2026-03-03"], poke_interval=0.05, deadline=deadline.isoformat()
    )


@pytest.fixture
def answering(monkeypatch):
    """Answer what is asked by the given answers in turn, the last one again and again."""

    def answer(*answers) -> None:
        left = list(answers)

        def next_one(_):
            found = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(requiring.Asked, "answer", next_one)

    return answer


async def first_event(made: VerdictTrigger) -> dict[str, object]:
    """Return the payload of the trigger's only event."""
    events = [event.payload async for event in made.run()]
    assert len(events) == 1
    assert events[0] == json.loads(json.dumps(events[0]))
    return events[0]


def test_verdict_trigger_survives_serialisation() -> None:
    """Another process builds the same trigger from its path and its arguments, which are plain JSON."""
    made = trigger()
    path, arguments = made.serialize()

    assert path == f"{VerdictTrigger.__module__}.{VerdictTrigger.__qualname__}"
    assert arguments == json.loads(json.dumps(arguments))
    assert made.serialize() == VerdictTrigger(**arguments).serialize()


def test_verdict_trigger_asks_until_the_verdicts_do(answering) -> None:
    """Also where the store can't be reached for a while."""
    answering(Answer(BATCH, ("not yet",)), BrokenWorldError("the store is gone"), Answer(BATCH, (), None))

    assert {"status": "kept", "scores": {"orders/2026-03-03": None}} == asyncio.run(first_event(trigger()))


def test_verdict_trigger_tells_what_was_not_met_in_time(answering) -> None:
    """By what was looked at."""
    answering(Answer(BATCH, ("id.required: expected 0, observed 2",)))

    event = asyncio.run(first_event(trigger(seconds=0.2)))

    assert {"status": "late", "message": "orders/2026-03-03: id.required: expected 0, observed 2"} == event


def test_verdict_trigger_tells_that_the_store_was_gone_all_the_time(answering) -> None:
    """Nothing is known then, and that is said."""
    answering(BrokenWorldError("the store can't be read"))

    assert {"status": "late", "message": "the store can't be read"} == asyncio.run(
        first_event(trigger(seconds=0.2))
    )


def test_verdict_trigger_gives_up_where_nothing_can_ever_do(answering) -> None:
    """A wrong setting ends the wait at once."""
    answering(SettingsError("several datasets are called `orders`"))

    assert {"status": "broken", "message": "several datasets are called `orders`"} == asyncio.run(
        first_event(trigger())
    )


def test_verdict_trigger_leaves_the_loop_to_others(answering, monkeypatch) -> None:
    """While it asks a slow store, other triggers go on."""
    answering(Answer(BATCH, ()))
    quick = requiring.Asked.answer
    monkeypatch.setattr(requiring.Asked, "answer", lambda asked: time.sleep(0.5) or quick(asked))

    async def both() -> int:
        waiting = asyncio.create_task(first_event(trigger()))
        ticks = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks

    assert 10 < asyncio.run(both())


@pytest.mark.usefixtures("deployment")
def test_verdict_trigger_asks_the_store_of_the_deployment() -> None:
    """Where nothing is known of the product, it says so in the end."""
    event = asyncio.run(first_event(trigger(seconds=0.2)))

    assert "late" == event["status"]
    assert event["message"].startswith("orders: the store knows no product `orders`. It knows none yet.")
