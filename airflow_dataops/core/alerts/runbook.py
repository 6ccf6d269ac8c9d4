"""A runbook: what to do when something breaks, as it was when that was declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """One runbook of a product.

    Args:
        of: What it is for: the name of an objective, the id of a rule; empty for the product as a whole.
        at: Where it is: a URL, or a file of the product's folder.
        text: What the file says, a template for the values of an incident; empty for a URL.
    """

    of: str = ""
    at: str
    text: str = ""
