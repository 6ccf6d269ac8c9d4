"""What there is to tell, for the tests of transports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Downstream, Left, Message
from airflow_dataops.core.alerts.notification import Event, Notification
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.signal import Broken, Where
from airflow_dataops.core.slo.objective import Urgency

NOW = datetime.now(UTC).replace(microsecond=0)


def message_of(partition: str = "2026-03-03", **changed: object) -> Message:
    """One incident, as it is told of."""
    labels = {
        "alertname": "DataIncident",
        "team": "shop",
        "product": "orders",
        "dataset": "orders",
        "partition": partition,
        "severity": str(changed.get("urgency", Urgency.TICKET)),
        "slo": "fresh",
    }
    message = Message(
        number=7,
        key=f"dataops-{partition}",
        where=Where("shop", "orders", partition),
        dataset="orders",
        title=f"orders {partition} is late",
        what=("It was due at 06:00, and isn't there.",),
        urgency=Urgency.TICKET,
        phase=Phase.OPEN,
        began=NOW - timedelta(hours=2),
        detected=NOW - timedelta(hours=1),
        left=(Left(slo="fresh", remaining=Fraction(1, 4), burn=Fraction(2)),),
        broken=(Broken(rule="orders.id.unique", failing=3, checked=10),),
        causes=("The contract changed an hour before.",),
        downstream=(Downstream(team="shop", product="revenue", minutes=40),),
        owner="shop",
        contract="orders@1.2.0",
        runbook=Runbook(at="https://example.com/runbooks/orders", text=""),
        commands=("airflow dataops slo show orders", "airflow dags trigger orders"),
        labels=tuple(sorted(labels.items())),
    )
    return replace(message, **changed)


def notification_of(*messages: Message, **changed: object) -> Notification:
    """One notification of some incidents."""
    told = messages or (message_of(),)
    first = told[0]
    over = all(each.phase is Phase.RESOLVED for each in told)
    notification = Notification(
        number=12,
        receiver="oncall",
        group='{}/{}:{product="orders"}',
        key=first.key,
        event=Event.RESOLVE if over else Event.TRIGGER,
        urgency=max((each.urgency for each in told), key=lambda each: each is Urgency.PAGE),
        incidents=tuple(each.number for each in told),
        messages=told,
        decided=NOW,
        attempts=1,
    )
    return replace(notification, **changed)
