"""What is wrong, one line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.alerts.incident import Incident, Phase
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.alerts.wrong import lines_of
from airflow_dataops.core.slo.objective import Urgency

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WHERE = Where("shop", "orders", "2026-03-03")
LATE = Signal(where=WHERE, kind=Kind.LATE, slo="fresh", since=NOW, text="it is not there")
INCIDENT = Incident(
    where=WHERE,
    began=NOW,
    detected=NOW,
    signals=(LATE,),
    had=("bad", "burning fresh", "late fresh"),
    urgency=Urgency.PAGE,
)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ("late (fresh): it is not there",)),
        ({"phase": Phase.RESOLVED}, ("late (fresh): it is not there", "over sooner: bad")),
        ({"phase": Phase.RESOLVED, "had": ("late fresh",)}, ("late (fresh): it is not there",)),
    ],
)
def test_what_was_right_again_before_the_rest_is_told_at_the_end(changes, lines) -> None:
    """Who mends a bad file sees it pass some minutes before it is there; nobody asks after its budget."""
    assert lines == lines_of(replace(INCIDENT, **changes))
