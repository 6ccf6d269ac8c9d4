"""Ask whether enough is left of a product's error budgets, as they stand now."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from airflow_dataops.core.near import SHOWN
from airflow_dataops.core.slo.enough import Enough, enough
from airflow_dataops.core.slo.newest import left_out, newest
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.levels.aside import NoStore, Unwritten
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

if TYPE_CHECKING:
    from fractions import Fraction

    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import ServiceLevels
    from airflow_dataops.usecases.ports.timetable import Timetable


def require_budget(
    product: str,
    *,
    least: Fraction,
    slo: str = "",
    team: str = "",
    levels: ServiceLevels,
    timetable: Timetable,
    clock: Clock,
) -> Enough:
    """Evaluate the objectives of one product, and say whether so much is left of each budget.

    It is evaluated here and now, aside: an evaluator that has stopped makes no answer an old one.

    Args:
        product: The data product.
        least: The share of each budget that must be left.
        slo: The objective whose budget matters; empty for all of the product's.
        team: Whose product it is; not needed when only one team has one of that name.
        levels: What was declared and seen.
        timetable: Knows when schedules are due.
        clock: Tells the time.

    Raises:
        SettingsError: If several teams have a product of the name.
        BrokenWorldError: If the store can't be reached.
    """
    where = {"product": product} | ({"team": team} if team else {})
    known, now = levels.declared(**where), clock.now()
    counts = newest(known, now)
    if len(counts) > 1:
        raise SettingsError(
            f"several teams have a product `{product}`: {', '.join(sorted(each for each, _ in counts))}",
            where=product,
            hint="Name the `team`.",
        )
    odd = tuple(left_out(known, now).values())
    if not counts:
        return Enough(product=product, remaining={}, wrong=odd or (_undeclared(product, team, levels),))
    (declared,) = counts.values()
    names = [one.name for one in declared.objectives]
    if not names:
        return Enough(product=product, remaining={}, wrong=("it declares no objective",))
    if slo and slo not in names:
        return Enough(
            product=product,
            remaining={},
            wrong=(f"it has no objective `{slo}`, only {', '.join(sorted(names))}",),
        )
    # Nothing of it is remembered: what came due is counted by who evaluates, and not by who asks.
    found = evaluate_slos(
        levels=Unwritten(levels),
        timetable=timetable,
        store=NoStore(),
        clock=clock,
        team=declared.team,
        product=product,
    )
    standings = {one.slo: one for one in found.standings}
    asked = [slo] if slo else names
    lacking = tuple(f"`{name}` could not be evaluated" for name in asked if name not in standings)
    judged = enough(product, (standings[name] for name in asked if name in standings), least=least)
    unmet = (*lacking, *judged.unmet)
    return Enough(product=product, remaining=judged.remaining, unmet=unmet, notes=found.warnings)


def _undeclared(product: str, team: str, levels: ServiceLevels) -> str:
    """Return that nothing is declared of a product, with what there is."""
    known = sorted({name for whose, name in levels.stamps() if team in {"", whose}})
    near = get_close_matches(product, known, n=1)
    others = (
        f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known[:SHOWN])}" if known else ""
    )
    of = f" of the team `{team}`" if team else ""
    return (
        f"no service levels of it are declared; {others or f'of no product{of} are any'}"
        f"{', …' if known[SHOWN:] and not near else ''}"
    )
