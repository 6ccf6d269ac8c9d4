"""The store's tables. A primary key is an identity: recording the same fact again changes nothing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Integer, MetaData, Table, Text

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store.column import KEY, Instant, Lines, Ratio, Word

BATCH = ("team", "product", "dataset", "partition")
"""The columns that every table starts with: the identity of the batch."""

metadata = MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "fk": "%(table_name)s_%(referred_table_name)s_fkey"},
)


def _batch() -> tuple[Column[str], ...]:
    return tuple(Column(name, KEY, primary_key=True) for name in BATCH)


landing = Table(
    "dataops_landing",
    metadata,
    *_batch(),
    Column("sha256", KEY, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("uri", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("delimiter", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("landed_at", Instant, nullable=False),
    Column("run_id", Text, nullable=False),
)

verification = Table(
    "dataops_verification",
    metadata,
    *_batch(),
    Column("stage", Word(Stage), primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("good", BigInteger, nullable=False),
    Column("bad", BigInteger, nullable=False),
    Column("unparsable", BigInteger, nullable=False),
    Column("blocks", Lines, nullable=False),
    Column("errors", Lines, nullable=False),
    Column("quarantine", Text, nullable=False),
)

outcome = Table(
    "dataops_outcome",
    metadata,
    *_batch(),
    Column("stage", Word(Stage), primary_key=True),
    Column("rule", KEY, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("status", Word(Status), nullable=False),
    Column("severity", Word(Severity), nullable=False),
    Column("dimension", Text, nullable=False),
    Column("column", Text, nullable=False),
    Column("expected", Text, nullable=False),
    Column("observed", Text, nullable=False),
    Column("failing", BigInteger, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("quarantines", Boolean, nullable=False),
    ForeignKeyConstraint(
        [*BATCH, "stage"],
        [f"dataops_verification.{name}" for name in (*BATCH, "stage")],
        ondelete="CASCADE",
    ),
)

publication = Table(
    "dataops_publication",
    metadata,
    *_batch(),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

sli_event = Table(
    "dataops_sli_event",
    metadata,
    *_batch(),
    Column("sli", Word(Sli), primary_key=True),
    Column("good", BigInteger),
    Column("total", BigInteger),
    Column("value", Ratio),
    Column("at", Instant, nullable=False),
)

audit_record = Table(
    "dataops_audit_record",
    metadata,
    *_batch(),
    Column("action", KEY, primary_key=True),
    Column("subject", KEY, primary_key=True),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
