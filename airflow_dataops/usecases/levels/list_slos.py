"""List objectives, each with how it stood when it was evaluated last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.near import instead
from airflow_dataops.core.slo.level import levels as levels_of
from airflow_dataops.core.slo.newest import left_out, newest
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.ports.service_levels import Declarations, Standings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.slo.level import Level
    from airflow_dataops.usecases.ports.clock import Clock

DECLARE = (
    "Products declare service levels in their contract (`slaProperties` with a target) or in an"
    " *.openslo.yaml beside it; they are known once Airflow has built the DAG."
)


class Levels(Declarations, Standings, Protocol):
    """What is declared, and how it stands."""


def list_slos(
    *,
    levels: Levels,
    clock: Clock,
    warn: Callable[[str], object],
    team: str = "",
    product: str = "",
    slo: str = "",
) -> tuple[Level, ...]:
    """Return every objective that is declared now, in the order of team, product and declaration.

    Args:
        levels: What is declared, and how it stands.
        clock: Tells the time.
        warn: Takes what is worth knowing, a line each: declarations that don't count.
        team: Whose; empty for every team.
        product: Of which product; empty for all.
        slo: Which; empty for all of the product.

    Returns:
        At least one.

    Raises:
        SettingsError: If there is none, with what there is.
        BrokenWorldError: If the store can't be read.
    """
    where = {name: value for name, value in (("team", team), ("product", product)) if value}
    declared = levels.declared(**where)
    now = clock.now()
    found = levels_of(declared, levels.stood(**where), now=now)
    odd = left_out(declared, now)
    chosen = tuple(level for level in found if slo in {"", level.objective.name})
    if chosen:
        for line in odd.values():
            warn(line)
        return chosen
    if found:
        raise _none(f"the product `{product}` has no objective `{slo}`", slo, [_name(each) for each in found])
    if odd and not newest(declared, now):
        raise SettingsError("; ".join(odd.values()), hint="Set that clock right, and build the DAG again.")
    if declared and product:
        raise SettingsError(f"the product `{product}` declares no objective", hint=DECLARE)
    known = levels_of(levels.declared(), {}, now=now)
    of = f" of the team `{team}`" if team else ""
    if not known:
        raise SettingsError("no objective is declared", hint=DECLARE)
    if product:
        names = [level.declaration.product for level in known if team in {"", level.declaration.team}]
        raise _none(f"no product `{product}`{of} has an objective", product, names)
    raise _none(f"no product{of} has an objective", team, [level.declaration.team for level in known])


def _name(level: Level) -> str:
    return level.objective.name


def _none(what: str, asked: str, names: list[str]) -> SettingsError:
    return SettingsError(what, hint=instead(asked, names, none=DECLARE))
