"""Locate the table that a product has published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.publication import Publication
from airflow_dataops.core.rows.others import unpublished
from airflow_dataops.errors import NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.store import Store


def locate(product: str, *, team: str = "", store: Store) -> str:
    """Return where readers find what a product published last: a path, or `postgres://conn_id/schema.table`.

    Args:
        product: The data product.
        team: Whose; empty where one team only has published one of the name.
        store: What is known of publications.

    Raises:
        NotEvaluatedError: If nothing is published of it yet.
        SettingsError: If several teams have such a product.
        BrokenWorldError: If the store can't be read.
    """
    where = {"product": product, "team": team} if team else {"product": product}
    newest = {found.batch.team: found.target for found in store.facts(Publication, **where)}
    if not newest:
        of = f" of the team `{team}`" if team else ""
        hint = f"Run `{product}` first; its name is that of its DAG, its team that of its pipeline file."
        raise NotEvaluatedError(f"{unpublished(product)}{of}", hint=hint)
    if len(newest) > 1:
        hint = f"Name one of {', '.join(sorted(newest))}."
        raise SettingsError(f"several teams have published a product `{product}`", hint=hint)
    return next(iter(newest.values()))
