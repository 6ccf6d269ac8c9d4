"""Tells receivers from a task, by connections that are kept in Airflow's database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task


@task
def tell() -> dict[str, str]:
    """Tell each receiver, and return what it came to."""
    from airflow_dataops.bridge.channels import channel
    from airflow_dataops.core.alerts.incident import Phase
    from airflow_dataops.core.alerts.message import Message
    from airflow_dataops.core.alerts.notification import Event, Notification
    from airflow_dataops.core.alerts.signal import Where
    from airflow_dataops.core.alerts.transport import (
        LogTransport,
        NotifierTransport,
        PagerDutyTransport,
        WebhookTransport,
    )
    from airflow_dataops.core.slo.objective import Urgency
    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.wiring.clocks import clock

    now = datetime.now(UTC)
    message = Message(
        number=1,
        key="dataops-1",
        where=Where("shop", "orders", "2026-03-03"),
        title="orders 2026-03-03 is late",
        what=("It was due at 06:00.",),
        urgency=Urgency.PAGE,
        phase=Phase.OPEN,
        began=now - timedelta(hours=1),
        detected=now,
    )
    notification = Notification(
        number=1,
        receiver="on-call",
        group="{}",
        key="dataops-1",
        event=Event.TRIGGER,
        urgency=Urgency.PAGE,
        incidents=(1,),
        messages=(message,),
        decided=now,
        attempts=1,
    )
    slack = "airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier"
    found = {}
    for name, transport in {
        "log": LogTransport(),
        "pagerduty": PagerDutyTransport(conn_id="e2e_pagerduty"),
        "webhook": WebhookTransport(conn_id="e2e_webhook"),
        "slack": NotifierTransport(
            path=slack, kwargs='{"slack_webhook_conn_id": "e2e_slack", "text": "{{ subject }}"}'
        ),
        "down": WebhookTransport(conn_id="e2e_down"),
        "missing": WebhookTransport(conn_id="e2e_missing"),
    }.items():
        try:
            channel(transport, clock=clock()).tell(notification)
            found[name] = "told"
        except DataOpsError as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


with DAG("receivers", schedule="@once", start_date=datetime(2026, 1, 1, tzinfo=UTC)):
    tell()
