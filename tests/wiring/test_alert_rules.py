"""What the deployment's settings come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.alerts.rules import USUAL
from airflow_dataops.core.alerts.transport import WebhookTransport
from airflow_dataops.wiring.receivers import alert_rules
from airflow_dataops.wiring.settings import local_settings


@pytest.fixture
def told(tmp_path):
    """Return who is told where a file says something; None for no file."""

    def given(text: str | None):
        file = tmp_path / "alerts.yaml"
        if text is not None:
            file.write_text(text)
        return alert_rules(replace(local_settings(tmp_path), alerts_path=str(file)))

    return given


def test_who_is_told_where_nothing_says_so(tmp_path) -> None:
    """The log, and nothing is wrong."""
    assert (USUAL, ()) == alert_rules(local_settings(tmp_path))


def test_who_is_told_by_a_file(told) -> None:
    """Whom it names."""
    rules, problems = told("route: {receiver: one}\nreceivers: [{name: one, webhook: [{conn_id: a}]}]\n")
    assert () == problems
    assert (WebhookTransport(conn_id="a"),) == rules.receiver("one").transports


@pytest.mark.parametrize("text", ["route: {receiver: nobody}\n", "", None], ids=["wrong", "empty", "gone"])
def test_a_file_that_is_broken_silences_nobody(told, text) -> None:
    """All goes to the log, and what is wrong is handed on to be said there."""
    rules, problems = told(text)
    assert USUAL == rules
    assert 1 == len(problems)
