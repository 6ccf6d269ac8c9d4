"""The store's tables of alerts: incidents, who was told of them, silences, and what callbacks report."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table

from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.store.column import Count, Instant, Key, Line, Word
from airflow_dataops.store.growth import SINCE
from airflow_dataops.store.tables import metadata

NEW = {SINCE: "0004"}

numbered = Table(
    "dataops_numbered",
    metadata,
    Column("what", Key, primary_key=True),
    Column("last", Count, nullable=False),
    info=NEW,
)
"""What people call by numbers -> the last one that was given: none is given twice, whatever is cleaned."""

incident = Table(
    "dataops_incident",
    metadata,
    Column("number", Count, primary_key=True, autoincrement=False),
    Column("key", Key, nullable=False),
    Column("team", Key, nullable=False),
    Column("product", Key, nullable=False),
    Column("partition", Key, nullable=False),
    Column("phase", Word(Phase), nullable=False, index=True),
    Column("began", Instant, nullable=False),
    Column("resolved", Instant),
    Column("body", Line, nullable=False),
    Index("dataops_incident_key_ix", "key", unique=True),
    info=NEW,
)

incident_step = Table(
    "dataops_incident_step",
    metadata,
    Column("number", Count, ForeignKey("dataops_incident.number", ondelete="CASCADE"), primary_key=True),
    Column("place", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("did", Word(Did), nullable=False),
    Column("text", Line, nullable=False),
    Column("who", Line, nullable=False),
    info=NEW,
)

alert_log = Table(
    "dataops_alert_log",
    metadata,
    Column("group", Key, primary_key=True),
    Column("receiver", Key, primary_key=True),
    Column("key", Key, nullable=False, index=True),
    Column("firing", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Line, nullable=False),
    info=NEW,
)

notification = Table(
    "dataops_notification",
    metadata,
    Column("number", Count, primary_key=True, autoincrement=False),
    Column("receiver", Key, nullable=False),
    Column("transport", Integer, nullable=False),
    Column("key", Key, nullable=False, index=True),
    Column("event", Word(Event), nullable=False),
    Column("decided", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("delivered", Instant, index=True),
    Column("error", Line, nullable=False),
    Column("next_at", Instant),
    Column("refused", Boolean, nullable=False),
    Column("detoured", Boolean, nullable=False),
    Column("body", Line, nullable=False),
    info=NEW,
)

silence = Table(
    "dataops_silence",
    metadata,
    Column("number", Count, primary_key=True, autoincrement=False),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False, index=True),
    Column("who", Line, nullable=False),
    Column("why", Line, nullable=False),
    Column("body", Line, nullable=False),
    info=NEW,
)

reported = Table(
    "dataops_reported",
    metadata,
    Column("team", Key, primary_key=True),
    Column("product", Key, primary_key=True),
    Column("partition", Key, primary_key=True),
    Column("kind", Word(Kind), primary_key=True),
    Column("run_id", Key, primary_key=True),
    Column("task_id", Key, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("text", Line, nullable=False),
    Column("well", Boolean, nullable=False),
    info=NEW,
)

EVERY = metadata
"""All tables of the store: these and those of `tables.py`."""
