"""What `lint` says of policies on error budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.errors import Problem

INSTEAD = "`require_approval` leaves it to a person"


def never_lifted(declaration: Declaration, found: Definition) -> Iterator[Problem]:
    """Yield a warning for each policy that keeps itself in force until its window has moved on.

    Args:
        declaration: What the product declares.
        found: The product.
    """
    from airflow_dataops.core.slo.stuck import WHY, stuck
    from airflow_dataops.errors import Problem

    for policy, objective, why in stuck(declaration):
        what = (
            f"`{policy}` keeps itself in force: {why}, and the budget of `{objective.name}` doesn't come back"
        )
        others = [one.name for one in declaration.objectives if (policy.action, one.sli) not in WHY]
        named = "" if policy.slo or not others else f", or name another budget by `slo:`: {', '.join(others)}"
        yield Problem(
            found.places.get("policy", found.places[""]), what, f"Take another action: {INSTEAD}{named}."
        )
