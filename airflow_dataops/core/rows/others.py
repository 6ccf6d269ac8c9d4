"""What rules may look at besides the rows that are judged: other tables, and the rest of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import Column, Contract, Dataset
    from airflow_dataops.core.rows.relation import Staged


UNPUBLISHED = "nothing is published yet of"
"""How it begins what is said of a table that isn't there."""


@dataclass(frozen=True, slots=True)
class Published:
    """Rows that readers see in a published table.

    Args:
        uri: Where they find it: a path, an address in object storage, or `postgres://conn_id/schema.table`.
        but: The label of a partition whose rows are left out; empty for none.
    """

    uri: str
    but: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another table.

    Args:
        rows: Where its rows lie.
        columns: Its columns, as its contract has them.
    """

    rows: Staged | Published
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What there is to look at.

    Args:
        rest: The rest of the table that the judged rows are to be part of; None where it isn't known, or
            there is none.
        whole: Whether the judged rows are the whole table, so that there is no rest.
        datasets: What another dataset is called -> its rows.
    """

    rest: Other | None = None
    whole: bool = False
    datasets: Mapping[str, Other] = field(default_factory=dict)


def others(
    contract: Contract,
    dataset: Dataset,
    *,
    lookups: Mapping[str, str],
    published: str = "",
    but: str = "",
) -> Others:
    """Return what the rules of a dataset may look at.

    Args:
        contract: The contract.
        dataset: The dataset.
        lookups: What another dataset is called -> where readers find its table.
        published: Where they find the table of the dataset itself; empty where that isn't known.
        but: The partition of it that the judged rows are to replace.
    """
    columns = {found.name: found.columns for found in contract.datasets}
    return Others(
        rest=Other(Published(published, but), dataset.columns) if published else None,
        datasets={
            name: Other(Published(address), columns.get(name, ())) for name, address in lookups.items()
        },
    )


def unpublished(name: str) -> str:
    """Return why a rule could not be evaluated that looks at a table which isn't there."""
    return f"{UNPUBLISHED} `{name}`"


NONE = Others()
"""Nothing to look at besides the rows."""
