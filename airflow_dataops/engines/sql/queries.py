"""Who says the checks of a dataset as queries: of a database that judges rows here, or of a rendered one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.dialect import DIALECTS
from airflow_dataops.engines.sql.failing import NOTHING, Failing
from airflow_dataops.engines.sql.rendered.databases import RENDERED, TRIED
from airflow_dataops.engines.sql.rendered.rendering import Rendering

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import Dataset

TITLES: dict[str, str] = {name: database.title for name, database in (TRIED | RENDERED).items()}
"""Dialect as the command line calls it -> as people call it."""

NOT_RUN: dict[str, str] = {
    name: f"Rendered, not run: written from the documentation of {database.title}, and never tried there."
    for name, database in RENDERED.items()
}
"""Dialect -> what stands above its SQL; those that run have nothing to say."""


def queries(
    dataset: Dataset,
    dialect: str,
    *,
    texts: bool = False,
    table: str = "",
    others: Mapping[str, Dataset] = NOTHING,
    pretty: bool = True,
) -> Failing | Rendering:
    """Return who says the checks of a dataset.

    Args:
        dataset: The dataset.
        dialect: One of TITLES.
        texts: Whether all columns are texts, as files have them; of DIALECTS alone.
        table: What the table is called; by default as the dataset is in a database.
        others: What rules call another dataset -> the dataset.
        pretty: Whether a query has several lines, for people.
    """
    if dialect in DIALECTS:
        return Failing(dataset, dialect=dialect, texts=texts, table=table, others=others, pretty=pretty)
    return Rendering(dataset, RENDERED[dialect], table=table, others=others, pretty=pretty)


def quoted(name: str, dialect: str) -> str:
    """Return a name as a dialect quotes it."""
    return exp.to_identifier(name, quoted=True).sql((TRIED | RENDERED)[dialect].name)
