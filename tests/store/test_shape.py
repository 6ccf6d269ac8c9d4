from __future__ import annotations

from typing import get_args

from airflow_dataops.store.alerts import tables as alert_tables
from airflow_dataops.store.shape import SHAPES
from airflow_dataops.store.tables import (
    BATCH,
    declaration,
    metadata,
    outcome,
    policy_action,
    run_outcome,
    standing,
)
from airflow_dataops.testing.store import IDENTITY
from airflow_dataops.usecases.ports.store import Fact


def test_every_fact_has_a_shape() -> None:
    """A kind of fact that the ports name must have a table; the others are of levels and alerts."""
    assert set(get_args(Fact)) == set(SHAPES)
    assert set(metadata.tables.values()) == {its.table for its in SHAPES.values()} | {
        outcome,
        run_outcome,
        declaration,
        standing,
        policy_action,
        *(alert_tables.numbered, alert_tables.incident, alert_tables.incident_step, alert_tables.alert_log),
        *(alert_tables.notification, alert_tables.silence, alert_tables.reported),
    }


def test_every_column_of_a_row_is_a_column_of_the_table(one) -> None:
    """A fact must fill its row: no column left out, none too many."""
    for fact in (one.landing, one.verification, one.publication, one.sli, one.observation, one.audit):
        its = SHAPES[type(fact)]

        assert {column.name for column in its.table.columns} - {"recorded"} == set(its.row(fact))


def test_identities_are_those_of_the_store_in_memory() -> None:
    """Both stores must tell facts apart by the same fields."""
    assert {kind: (*BATCH, *rest) for kind, rest in IDENTITY.items()} == {
        kind: its.keys for kind, its in SHAPES.items()
    }
