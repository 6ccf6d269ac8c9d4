"""`slo retire`: nothing is expected of a product any more. The rim gives it its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.usecases.levels.retire import retire as retired
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def retire(product: str, *, team: str, who: str, why: str, settings: Settings, stream: TextIO) -> None:
    """Retire a product, and say so.

    Args:
        product: The product.
        team: Whose; or empty.
        who: Who says so.
        why: The reason, in one line.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If there is no such product, several teams have one, or it is retired.
        BrokenWorldError: If the store can't be written.
    """
    after = retired(
        product,
        team=team,
        who=who,
        why=why,
        levels=stores.service_levels(settings),
        store=stores.store(settings),
        clock=clocks.clock(),
    )
    stream.write(
        f"{after.team}/{product} is retired: nothing is expected of it from {after.since:%F %H:%M %Z} on."
        " Where its DAG is still built, it is declared again within a day.\n"
    )
