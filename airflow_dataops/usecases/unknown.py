"""Say what the store does know, where something is asked for of which it knows nothing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Landing
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.store import Store

SHOWN = 10
"""Names of products that are listed."""


def unknown(product: str, *, dataset: str = "", team: str = "", store: Store) -> SettingsError:
    """Return the error of a product, or of its dataset or team, on which there is no verdict.

    Args:
        product: The name that was asked for.
        dataset: Its dataset; empty where none was named.
        team: Whose it is; empty where none was named.
        store: What is known.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    known = {*store.newest(), *(landing.batch for landing in store.facts(Landing))}
    teams = sorted({batch.team for batch in known if batch.product == product})
    of = f" of the team `{team}`" if team else ""
    if teams and of and team not in teams:
        what = f"the store knows no product `{product}`{of}"
        hint = f"There is one of {', '.join(teams)}: `team` of the pipeline file, or the DAG bundle."
        return SettingsError(what, hint=hint)
    datasets = sorted({batch.dataset for batch in known if batch.product == product})
    if dataset and datasets:
        return SettingsError(
            f"the product `{product}` has no dataset `{dataset}`", hint=f"It has: {', '.join(datasets)}."
        )
    names = sorted({batch.product for batch in known})
    near = get_close_matches(product, names, n=1)
    more = ", …" if names[SHOWN:] else ""
    there = f"It knows: {', '.join(names[:SHOWN])}{more}." if names else "It knows none yet."
    hint = f"Did you mean `{near[0]}`?" if near else there
    own = "A product is known once rows of it were judged: by the name of its DAG; of a task that judges in"
    return SettingsError(
        f"the store knows no product `{product}`{of}",
        hint=f"{hint} {own} place, by that of its only outlet asset, its `product`, or its contract.",
    )
