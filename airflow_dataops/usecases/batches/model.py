"""Make one model of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import Stage
from airflow_dataops.core.staged import StagedBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.beginning import Beginning
    from airflow_dataops.core.rows.relation import Modelled
    from airflow_dataops.usecases.ports.models import Models


def model(
    name: str,
    *,
    beginning: Beginning,
    text: str,
    refs: Mapping[str, StagedBatch],
    place: str,
    into: str,
    models: Models,
) -> tuple[Modelled, StagedBatch]:
    """Run the SELECT of a model, and stage its rows.

    Args:
        name: The model's name.
        beginning: How the batch began.
        text: The text of the team's file.
        refs: Name of a model that it may read -> its rows.
        place: The team's file, for messages.
        into: Where the rows go.
        models: The database.

    Raises:
        NotEvaluatedError: If the SQL can't be run.
        SettingsError: If there is no table that it names.
        BrokenWorldError: If rows can't be read or written.
    """
    batch = beginning.batch
    made = models.make(
        text,
        refs={other: staged.uri for other, staged in refs.items()},
        partition=batch.partition,
        place=place,
        into=into,
        note=f"the model {name} of {batch.key}",
    )
    return made, StagedBatch(
        landing=beginning, stage=Stage.TRANSFORM, uri=made.uri, rows=made.rows, model=name
    )
