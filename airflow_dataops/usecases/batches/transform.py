"""Transform staged rows by the team's own SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.core.staged import StagedBatch

if TYPE_CHECKING:
    from airflow_dataops.core.rows.relation import Transformed
    from airflow_dataops.usecases.ports.engine import Engine


def transform(
    staged: StagedBatch, *, sql: str, source: str, place: str, into: str, engine: Engine
) -> tuple[Transformed, StagedBatch]:
    """Run a SELECT over the rows that passed verification.

    Args:
        staged: The good rows of the landing.
        sql: The text of the team's file.
        source: What the SQL's `{{ source }}` stands for: the landing's dataset.
        place: The team's file, for messages.
        into: Where the result goes.
        engine: Where it runs.

    Raises:
        NotEvaluatedError: If the SQL can't be run.
        BrokenWorldError: If rows can't be read or written.
    """
    made = engine.transform(
        Staged(staged.uri), sql, name=source, partition=staged.landing.batch.partition, place=place, into=into
    )
    return made, StagedBatch(landing=staged.landing, stage=Stage.TRANSFORM, uri=made.uri, rows=made.rows)
