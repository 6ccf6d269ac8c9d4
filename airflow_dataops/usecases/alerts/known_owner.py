"""Refuse a team or a product that nobody knows: of a typo it would be said that all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.near import instead
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.alerts import Incidents
    from airflow_dataops.usecases.ports.service_levels import Declarations


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
    names = {getattr(one, what) for one in declared} - {""}
    hint = instead(typed, names, none="No product has been declared yet.")
    raise SettingsError(f"there is no {what} `{typed}`{of}", hint=hint)
