"""What the log of the task that routes alerts shows, where nobody has set up anything."""

from __future__ import annotations

import logging
from typing import get_args

import pytest

from airflow_dataops.bridge.channels import CHANNELS, channel
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.transport import LogTransport, Transport
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.text import subject
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import NOW, message_of, notification_of


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, logging.WARNING),
        ({"urgency": Urgency.PAGE}, logging.ERROR),
        ({"phase": Phase.RESOLVED, "resolved": NOW, "urgency": Urgency.PAGE}, logging.INFO),
    ],
)
def test_the_log_shows_all_of_it(caplog, changed, level) -> None:
    """At the level that it deserves; a percent sign in a name is one."""
    notification = notification_of(message_of("100%s", **changed))
    logger = "airflow_dataops.bridge.transports.log"
    with caplog.at_level(logging.INFO, logger=logger):
        told = channel(LogTransport(), clock=clock())
        told.tell(notification)
        told.keep_alive([notification])

    (record,) = [each for each in caplog.records if each.name == logger]
    assert level == record.levelno
    assert record.getMessage().startswith(subject(notification))
    assert "100%s" in record.getMessage()


def test_every_transport_has_a_channel() -> None:
    """None is forgotten."""
    assert set(get_args(Transport)) == set(CHANNELS)
