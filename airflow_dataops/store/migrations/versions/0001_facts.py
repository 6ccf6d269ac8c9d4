# ruff: noqa: INP001 - Alembic loads the file by its path
"""The facts of a batch: landings, verifications, publications, service levels, audit records.

Types are written out: what a revision made stays what it made, however `tables.py` goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)
BATCH = ("team", "product", "dataset", "partition")


def upgrade() -> None:
    """Make the tables."""
    _table(
        "landing",
        ("sha256",),
        _column("origin", sa.Text()),
        _column("uri", sa.Text()),
        _column("bytes", sa.BigInteger()),
        _column("rows", sa.BigInteger()),
        _column("delimiter", sa.Text()),
        _column("encoding", sa.Text()),
        _column("landed_at", TIME),
        _column("run_id", sa.Text()),
    )
    _verifications()
    _table(
        "publication",
        (),
        _column("version", sa.BigInteger()),
        _column("content", sa.Text()),
        _column("rows", sa.BigInteger()),
        _column("target", sa.Text()),
        _column("contract", sa.Text()),
        _column("manifest", sa.Text()),
        _column("run_id", sa.Text()),
        _column("at", TIME),
        key=("version",),
    )
    _table(
        "sli_event",
        ("sli",),
        sa.Column("good", sa.BigInteger()),
        sa.Column("total", sa.BigInteger()),
        sa.Column("value", sa.Text()),
        _column("at", TIME),
    )
    _table(
        "audit_record",
        ("action", "subject"),
        _column("who", sa.Text()),
        _column("why", sa.Text()),
        _column("at", TIME),
    )


def _verifications() -> None:
    _table(
        "verification",
        ("stage",),
        _column("run_id", sa.Text()),
        _column("contract", sa.Text()),
        _column("at", TIME),
        _column("rows", sa.BigInteger()),
        _column("good", sa.BigInteger()),
        _column("bad", sa.BigInteger()),
        _column("unparsable", sa.BigInteger()),
        _column("blocks", sa.JSON()),
        _column("errors", sa.JSON()),
        _column("quarantine", sa.Text()),
    )
    _table(
        "outcome",
        ("stage", "rule"),
        _column("position", sa.Integer()),
        _column("status", KEY),
        _column("severity", KEY),
        _column("dimension", sa.Text()),
        _column("column", sa.Text()),
        _column("expected", sa.Text()),
        _column("observed", sa.Text()),
        _column("failing", sa.BigInteger()),
        _column("checked", sa.BigInteger()),
        _column("quarantines", sa.Boolean()),
        sa.ForeignKeyConstraint(
            [*BATCH, "stage"],
            [f"dataops_verification.{name}" for name in (*BATCH, "stage")],
            name="dataops_outcome_dataops_verification_fkey",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Drop the tables, children first."""
    for name in ("audit_record", "sli_event", "publication", "outcome", "verification", "landing"):
        op.drop_table(f"dataops_{name}")


def _column(name: str, type_: TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _table(name: str, words: tuple[str, ...], *rest: sa.schema.SchemaItem, key: tuple[str, ...] = ()) -> None:
    """Make a table whose key is the batch, then some words, then other columns."""
    columns = [_column(word, KEY) for word in (*BATCH, *words)]
    constraint = sa.PrimaryKeyConstraint(*BATCH, *words, *key, name=f"dataops_{name}_pkey")
    op.create_table(f"dataops_{name}", *columns, *rest, constraint)
