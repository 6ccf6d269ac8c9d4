from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.bridge import budgets
from airflow_dataops.core.slo.enough import Enough
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.triggers.budget import BudgetTrigger

ASKED = {"product": "orders", "at_least": "20%", "slo": "", "team": "shop"}
ENOUGH = Enough(product="orders", remaining={"right": Fraction(1, 2), "fresh": None})
LITTLE = Enough(product="orders", remaining={"right": Fraction(0)}, unmet=("0 % is left",))


def trigger(*, seconds: float = 30.0) -> BudgetTrigger:
    """Return a trigger whose deadline is some seconds away."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    return BudgetTrigger(asked=ASKED, poke_interval=0.05, deadline=deadline.isoformat())


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

        monkeypatch.setattr(budgets.AskedBudget, "answer", next_one)

    return answer


async def first_event(made: BudgetTrigger) -> dict[str, object]:
    """Return the payload of the trigger's only event."""
    events = [event.payload async for event in made.run()]
    assert len(events) == 1
    assert events[0] == json.loads(json.dumps(events[0]))
    return events[0]


def test_budget_trigger_survives_serialisation() -> None:
    """Another process builds the same trigger from its path and its arguments, which are plain JSON."""
    made = trigger()
    path, arguments = made.serialize()

    assert path == f"{BudgetTrigger.__module__}.{BudgetTrigger.__qualname__}"
    assert arguments == json.loads(json.dumps(arguments))
    assert made.serialize() == BudgetTrigger(**arguments).serialize()


def test_budget_trigger_asks_until_enough_is_left(answering) -> None:
    """Also where the store can't be reached for a while."""
    answering(LITTLE, BrokenWorldError("the store is gone"), ENOUGH)

    assert {"status": "enough", "remaining": {"right": 0.5, "fresh": None}} == asyncio.run(
        first_event(trigger())
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (LITTLE, "orders: 0 % is left"),
        (BrokenWorldError("the store can't be read"), "the store can't be read"),
    ],
)
def test_budget_trigger_tells_why_it_gave_up(answering, answer, said) -> None:
    """What was not enough, or that nothing could be known."""
    answering(answer)

    assert {"status": "late", "message": said} == asyncio.run(first_event(trigger(seconds=0.2)))


def test_budget_trigger_gives_up_where_nothing_can_ever_do(answering) -> None:
    """A wrong setting ends the wait at once."""
    answering(SettingsError("several teams have a product `orders`"))

    assert {"status": "broken", "message": "several teams have a product `orders`"} == asyncio.run(
        first_event(trigger())
    )


def test_budget_trigger_says_at_each_look_what_it_waits_for(answering, monkeypatch) -> None:
    """As a warning where it may never come."""
    said: list[str] = []
    made = trigger()
    monkeypatch.setattr(made.log, "info", lambda line, *told: said.append(f"info {line % told}"))
    monkeypatch.setattr(made.log, "warning", lambda line, *told: said.append(f"warning {line % told}"))
    nobody = Enough(product="orders", remaining={}, wrong=("there are: sales",))
    answering(nobody, nobody, LITTLE, BrokenWorldError("the store is gone"), ENOUGH)

    asyncio.run(first_event(made))

    unknown = (
        "warning Not yet: orders: there are: sales. It is waited for, since it may come to be: correct the"
        " name if it won't"
    )
    little, gone = "info Not yet: orders: 0 % is left", "warning Not yet: the store is gone"
    assert [unknown, unknown, little, gone] == said


def test_budget_trigger_leaves_the_loop_to_others(answering, monkeypatch) -> None:
    """While it asks a slow store, other triggers go on."""
    answering(ENOUGH)
    quick = budgets.AskedBudget.answer
    monkeypatch.setattr(budgets.AskedBudget, "answer", lambda asked: time.sleep(0.5) or quick(asked))

    async def both() -> int:
        waiting = asyncio.create_task(first_event(trigger()))
        ticks = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks

    assert 10 < asyncio.run(both())
