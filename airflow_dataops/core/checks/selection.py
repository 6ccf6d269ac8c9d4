"""Some of a contract's rules: those that are asked for, and those that are left for another time."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.checks.spec import Check

LEFT = "it was not asked for"
"""Why a rule that isn't among those that are asked for was skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rules are asked for; a rule has to be named in both ways, where both are used.

    Args:
        rules: Ids of rules; empty means all.
        dimensions: Dimensions of rules, such as `completeness`; empty means all.
    """

    rules: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()

    def holds(self, rule: str, dimension: str) -> bool:
        """Say whether a rule is among them."""
        return (not self.rules or rule in self.rules) and (
            not self.dimensions or dimension in self.dimensions
        )


ALL = Selection()
"""Every rule."""


def select(
    checks: tuple[Check, ...], selection: Selection, *, place: str
) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Return the checks that are asked for, and the others.

    Args:
        checks: Those of a dataset.
        selection: Which are asked for.
        place: The contract, for messages.

    Raises:
        SettingsError: If a name is that of no rule or of no rule's dimension, or nothing is left to check.
    """
    _known("rule", selection.rules, [check.id for check in checks], place)
    _known("dimension", selection.dimensions, [check.dimension for check in checks], place)
    asked = tuple(check for check in checks if selection.holds(check.id, check.dimension))
    if not asked:
        raise SettingsError(
            "no rule is of the rules and dimensions that are asked for", where=place, hint="Ask for more."
        )
    return asked, tuple(check for check in checks if check not in asked)


def _known(what: str, asked: tuple[str, ...], there: list[str], place: str) -> None:
    for name in asked:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            named = ", ".join(dict.fromkeys(filter(None, there)))
            hint = f"Did you mean `{near[0]}`?" if near else f"It has: {named}."
            raise SettingsError(f"the contract has no {what} `{name}`", where=place, hint=hint)
