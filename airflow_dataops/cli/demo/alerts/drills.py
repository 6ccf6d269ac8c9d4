"""What happens to the products of the demo of alerts, and who is to hear of it how often."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_dataops.core.slo.objective import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A product, and what happens to it.

    Args:
        product: The product, and its DAG.
        name: What happens, in a few words.
        story: What happens, in a sentence.
        urgency: What people are asked for, once; None where nobody is to be told.
        explains: Products that wait for it: nobody is told of those.
        numbered: Whether it is one of the drills that are counted.
    """

    product: str
    name: str
    story: str
    urgency: Urgency | None
    explains: tuple[str, ...] = ()
    numbered: bool = True


READERS = ("sales", "stock", "margin")
"""What waits for `orders`."""

DRILLS: tuple[Drill, ...] = (
    Drill(
        product="paused",
        name="DAG paused",
        story="Nobody lets this DAG run: nothing runs, so nothing fails.",
        urgency=Urgency.PAGE,
    ),
    Drill(
        product="late",
        name="file late",
        story="The run waits for a file, which comes when its day was due already.",
        urgency=Urgency.PAGE,
    ),
    Drill(
        product="bad",
        name="file bad",
        story="Half of the rows break the contract, so nothing is published. A good file comes, and the "
        "run is cleared.",
        urgency=Urgency.TICKET,
    ),
    Drill(
        product="retried",
        name="run failed, then retried well",
        story="The run fails, since a folder lies where its file should. It is cleared, and ends well.",
        urgency=Urgency.TICKET,
    ),
    Drill(
        product="orders",
        name="all at once, upstream of three",
        story="A bad file comes, its run fails, somebody pauses the DAG, and the day becomes late; "
        "three critical products wait for it, and are late as well.",
        urgency=Urgency.PAGE,
        explains=READERS,
    ),
    Drill(
        product="serviced",
        name="file bad, in maintenance",
        story="The same as `bad`, while a silence holds, ours and one of Alertmanager's.",
        urgency=None,
        numbered=False,
    ),
)
"""What happens, product by product."""
