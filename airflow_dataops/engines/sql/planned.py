"""How a plan would be run here: the steps, by the same questions that the engines ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.steps import ALL, steps
from airflow_dataops.engines.sql.alone import joining
from airflow_dataops.engines.sql.batched import batched
from airflow_dataops.engines.sql.passing import GOOD
from airflow_dataops.engines.sql.refusal import ALONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.checks.step import Steps


def planned(
    plan: ScanPlan, *, typed: bool, dialect: str = "duckdb", refused: Mapping[str, str] = ALL
) -> Steps:
    """Return the steps of a plan.

    Args:
        plan: The plan.
        typed: Whether the rows have the contract's types; else they are texts.
        dialect: Whose database judges them: `duckdb`, or one in which they stay.
        refused: Id of each check that it refuses, whatever the rows are -> why.
    """
    whole = dialect in ALONE
    joined = () if whole else tuple(joining(plan, engine=dialect))
    together = tuple(batched((*plan.counts, *plan.queries), table=GOOD))
    tools = dialect == "duckdb"
    return steps(
        plan, joined=joined, together=together, typed=typed, tools=tools, whole=whole, refused=refused
    )
