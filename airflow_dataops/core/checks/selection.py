"""Some of a contract's rules: those that are asked for, and those that are left for another time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.checks.spec import Check

DIMENSIONS = (
    *("accuracy", "completeness", "conformity", "consistency"),
    *("coverage", "timeliness", "uniqueness"),
)
"""The quality dimensions of ODCS."""

TEMPLATED = ("{{", "{%")
"""What begins a template, in a text that is not rendered yet."""

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


def asked_for(rules: object, dimensions: object, *, rendered: bool = True) -> Selection:
    """Return which rules are asked for, by what a task says.

    Args:
        rules: A list of ids; empty means all.
        dimensions: A list of dimensions; empty means all.
        rendered: Whether templates are rendered. Until then they, and what is no list yet, are left out.

    Raises:
        SettingsError: If one of them is no list, or misspells a dimension of the standard.
    """
    found = Selection(
        rules=_listed("rules", rules, rendered=rendered),
        dimensions=_listed("dimensions", dimensions, rendered=rendered),
    )
    for name in found.dimensions:
        # A rule set of common.dataquality has dimensions of its own: what resembles none may be one of them.
        near = _near(name.lower(), DIMENSIONS, cutoff=0.8)
        if near and name not in DIMENSIONS:
            raise SettingsError(f"there is no dimension `{name}`", hint=f"Did you mean `{near[0]}`?")
    return found


def _listed(what: str, given: object, *, rendered: bool) -> tuple[str, ...]:
    if given is None or given == "":
        return ()
    if isinstance(given, str) and (rendered or not _templated(given)):
        raise SettingsError(f"`{what}` is a text, not a list", hint=f'Write `{what}=["{given}"]`.')
    if not isinstance(given, list | tuple | set | frozenset):
        return tuple(map(str, given)) if rendered and isinstance(given, Iterable) else ()
    return tuple(str(name) for name in given if rendered or not _templated(str(name)))


def _near(name: str, there: Sequence[str], *, cutoff: float = 0.6) -> list[str]:
    """Return the name that another one resembles most, if it does."""
    # Every DAG file with a task of ours imports this module, and few misspell a name.
    from difflib import get_close_matches  # noqa: PLC0415 - see above

    return get_close_matches(name, there, n=1, cutoff=cutoff)


def _templated(text: str) -> bool:
    return any(sign in text for sign in TEMPLATED)


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
            near = _near(name, there)
            named = ", ".join(dict.fromkeys(filter(None, there)))
            hint = f"Did you mean `{near[0]}`?" if near else f"It has: {named}."
            raise SettingsError(f"the contract has no {what} `{name}`", where=place, hint=hint)
