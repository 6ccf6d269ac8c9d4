"""The store's tables. A primary key is an identity: recording the same fact again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Integer, MetaData, Table, func

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.run import Outcome as RunEnd
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store.column import Count, Files, Instant, Key, Line, Lines, Pairs, Ratio, Word
from airflow_dataops.store.growth import ADDED, SINCE, Added

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

BATCH = ("team", "product", "dataset", "partition")
"""The columns that every table starts with: the identity of the batch."""

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(referred_table_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_name)s_ix",
    },
)


def _batch() -> tuple[Column[str], ...]:
    return tuple(Column(name, Key, primary_key=True) for name in BATCH)


def _later(name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]], its: Added) -> Column[Any]:
    """Return a column that came later: older code writes rows without it, so it may be empty."""
    return Column(name, type_, nullable=True, info={ADDED: its})


def _recorded() -> Column[Any]:
    """Return a column of when the database took a row: what was seen may come late, by clocks of its own."""
    return Column("recorded", Instant, nullable=False, server_default=func.current_timestamp(), index=True)


PLAIN = Dialect()
"""How every landing was written before the store kept more of it than delimiter and encoding."""

landing = Table(
    "dataops_landing",
    metadata,
    *_batch(),
    Column("sha256", Key, primary_key=True),
    Column("origin", Line, nullable=False),
    Column("uri", Line, nullable=False),
    Column("bytes", Count, nullable=False),
    Column("rows", Count, nullable=False),
    Column("delimiter", Line, nullable=False),
    Column("encoding", Line, nullable=False),
    Column("landed_at", Instant, nullable=False),
    Column("run_id", Line, nullable=False),
    _later("format", Word(Format), Added("0002", PLAIN.format)),
    _later("quote", Line, Added("0002", PLAIN.quote)),
    _later("header", Boolean, Added("0002", PLAIN.header)),
    _later("paths", Pairs, Added("0002", PLAIN.paths)),
    # Of one file, the landing itself says all but its name.
    _later("files", Files, Added("0002", (), spare=lambda files: len(files) < 2)),
)

verification = Table(
    "dataops_verification",
    metadata,
    *_batch(),
    Column("stage", Word(Stage), primary_key=True),
    Column("run_id", Line, nullable=False),
    Column("contract", Line, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("rows", Count, nullable=False),
    Column("good", Count, nullable=False),
    Column("bad", Count, nullable=False),
    Column("unparsable", Count, nullable=False),
    Column("blocks", Lines, nullable=False),
    Column("errors", Lines, nullable=False),
    Column("quarantine", Line, nullable=False),
)

outcome = Table(
    "dataops_outcome",
    metadata,
    *_batch(),
    Column("stage", Word(Stage), primary_key=True),
    Column("rule", Key, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("status", Word(Status), nullable=False),
    Column("severity", Word(Severity), nullable=False),
    Column("dimension", Line, nullable=False),
    Column("column", Line, nullable=False),
    Column("expected", Line, nullable=False),
    Column("observed", Line, nullable=False),
    Column("failing", Count, nullable=False),
    Column("checked", Count, nullable=False),
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
    Column("version", Count, primary_key=True, autoincrement=False),
    Column("content", Line, nullable=False),
    Column("rows", Count, nullable=False),
    Column("target", Line, nullable=False),
    Column("contract", Line, nullable=False),
    Column("manifest", Line, nullable=False),
    Column("run_id", Line, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

sli_event = Table(
    "dataops_sli_event",
    metadata,
    *_batch(),
    Column("sli", Word(Sli), primary_key=True),
    Column("good", Count),
    Column("total", Count),
    Column("value", Ratio),
    Column("at", Instant, nullable=False),
)

observation = Table(
    "dataops_observation",
    metadata,
    *_batch(),
    Column("sli", Word(Sli), primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("end", Instant),
    Column("good", Count),
    Column("total", Count),
    Column("value", Ratio),
    Column("at", Instant, nullable=False, index=True),
    _recorded(),
    info={SINCE: "0003"},
)

run_outcome = Table(
    "dataops_run_outcome",
    metadata,
    Column("team", Key, primary_key=True),
    Column("dag_id", Key, primary_key=True),
    Column("run_id", Key, primary_key=True),
    Column("partition", Key, nullable=False),
    Column("run_type", Line, nullable=False),
    Column("start", Instant),
    Column("end", Instant),
    Column("began", Instant),
    Column("ended", Instant, nullable=False, index=True),
    Column("first", Word(RunEnd), nullable=False),
    Column("final", Word(RunEnd), nullable=False),
    Column("tries", Integer, nullable=False),
    _recorded(),
    info={SINCE: "0003"},
)

declaration = Table(
    "dataops_declaration",
    metadata,
    Column("team", Key, primary_key=True),
    Column("product", Key, primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("digest", Key, nullable=False),
    Column("body", Line, nullable=False),
    info={SINCE: "0003"},
)

standing = Table(
    "dataops_standing",
    metadata,
    Column("team", Key, primary_key=True),
    Column("product", Key, primary_key=True),
    Column("slo", Key, primary_key=True),
    Column("digest", Key, nullable=False),
    Column("ledger", Line, nullable=False),
    Column("body", Line, nullable=False),
    Column("changes_at", Instant, index=True),
    Column("at", Instant, nullable=False),
    info={SINCE: "0003"},
)

policy_action = Table(
    "dataops_policy_action",
    metadata,
    Column("team", Key, primary_key=True),
    Column("product", Key, primary_key=True),
    Column("action", Key, primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("slo", Key, nullable=False),
    Column("why", Line, nullable=False),
    Column("before", Line, nullable=False),
    info={SINCE: "0003"},
)

audit_record = Table(
    "dataops_audit_record",
    metadata,
    *_batch(),
    Column("action", Key, primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("who", Line, nullable=False),
    Column("why", Line, nullable=False),
    Column("at", Instant, nullable=False),
)
