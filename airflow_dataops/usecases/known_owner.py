"""Refuse a team or a product that nobody knows: of a typo it would be said that all is well."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.usecases.alert_ports import Incidents
    from airflow_dataops.usecases.slo_ports import Declarations

SHOWN = 10
"""Names that are listed."""


def known_owner(*, team: str, product: str, incidents: Incidents, levels: Declarations) -> None:
    """Say nothing where a team or a product is declared, or ever had an incident.

    Args:
        team: The team; empty for any.
        product: The product; empty for any.
        incidents: Remembers incidents.
        levels: What is declared.

    Raises:
        SettingsError: If nobody knows it, with what there is.
        BrokenWorldError: If the store can't be read.
    """
    asked = {name: value for name, value in (("team", team), ("product", product)) if value}
    if not asked or levels.declared(**asked) or incidents.incidents(**asked):
        return
    declared = levels.declared(**({"team": team} if team and product else {}))
    if product and not declared:
        product, declared = "", levels.declared()
    of = f" of the team `{team}`" if team and product else ""
    what, typed = ("product", product) if product else ("team", team)
    names = sorted({getattr(one, what) for one in declared} - {""})
    near = get_close_matches(typed, names, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else _listed(names)
    raise SettingsError(f"there is no {what} `{typed}`{of}", hint=hint)


def _listed(names: list[str]) -> str:
    if not names:
        return "No product has been declared yet."
    return f"There are: {', '.join(names[:SHOWN])}{', …' if names[SHOWN:] else ''}."
