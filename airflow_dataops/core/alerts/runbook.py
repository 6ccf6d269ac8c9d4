"""A runbook: what to do when something breaks, as it was when that was declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.declaration import Declaration

VALUES = (
    *("product", "partition", "team", "dataset", "owner"),
    *("slo", "rules", "run_id", "began", "commands"),
)
"""What stands for the incident's own values in the text of a runbook; `rules` and `commands` are lists."""

FILTERS = (
    *("capitalize", "count", "d", "default", "e", "escape", "first", "join", "last", "length"),
    *("list", "lower", "sort", "title", "trim", "unique", "upper"),
)
"""What may be done with a value: nothing that returns much more than it is given."""

DEEPEST = 2
"""Loops within each other, at most."""

GROWING = ("Assign", "AssignBlock", "With", "FilterBlock", "CallBlock", "Macro", "Block")
"""What Jinja calls that by which a short text becomes one without end: it keeps a text to make more of it."""

LOOPED = ("list", "sort", "unique")
"""Filters that may stand in what a loop goes over: of all others it would go over letters, however many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """One runbook of a product.

    Args:
        of: What it is for: the name of an objective, the id of a rule; empty for the product as a whole.
        at: Where it is: a URL, or a file beside the one that names it.
        text: What the file says, a template for the values of an incident; empty for a URL.
    """

    of: str = ""
    at: str
    text: str = ""


def runbook_of(incident: Incident, declaration: Declaration) -> Runbook | None:
    """Return what tells what to do about an incident: the one of a rule, of an objective, or of the product.

    Of several things that are wrong, that of the first which has one counts.

    Args:
        incident: The incident.
        declaration: What its product declares.
    """
    known = {objective.name: objective.runbook for objective in declaration.objectives if objective.runbook}
    books = {name: Runbook(of=name, at=at) for name, at in known.items()}
    books |= {book.of: book for book in declaration.runbooks}
    wanted = [
        name
        for signal in incident.signals
        for name in (*(broken.rule for broken in signal.rules), signal.slo)
        if name
    ]
    return next((books[name] for name in (*wanted, "") if name in books), None)
