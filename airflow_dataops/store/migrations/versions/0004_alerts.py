# ruff: noqa: INP001 - Alembic loads the file by its path
"""Alerts: incidents and their timelines, who was told of them, silences, and what callbacks report.

Code of revision 0003 doesn't know the tables, and works on beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
COUNT = sa.BigInteger()

TABLES = ("numbered", "incident", "incident_step", "alert_log", "notification", "silence", "reported")


def upgrade() -> None:
    """Make the tables, empty."""
    _table("numbered", {"what": KEY}, _column("last", COUNT))
    _table(
        "incident",
        {"number": COUNT},
        *(_column(name, KEY) for name in ("key", "team", "product", "partition", "phase")),
        _column("began", TIME),
        sa.Column("resolved", TIME),
        _column("body", TEXT),
        indexes=("phase",),
    )
    op.create_index("dataops_incident_key_ix", "dataops_incident", ["key"], unique=True)
    _table(
        "incident_step",
        {"number": COUNT, "place": KEY},
        _column("at", TIME),
        *(_column(name, type_) for name, type_ in (("did", KEY), ("text", TEXT), ("who", TEXT))),
        sa.ForeignKeyConstraint(
            ["number"],
            ["dataops_incident.number"],
            name="dataops_incident_step_dataops_incident_fkey",
            ondelete="CASCADE",
        ),
    )
    _table(
        "alert_log",
        {"group": KEY, "receiver": KEY},
        _column("key", KEY),
        _column("firing", sa.Boolean()),
        _column("at", TIME),
        _column("body", TEXT),
        indexes=("key",),
    )
    _table(
        "notification",
        {"number": COUNT},
        _column("receiver", KEY),
        _column("transport", sa.Integer()),
        _column("key", KEY),
        _column("event", KEY),
        _column("decided", TIME),
        _column("attempts", sa.Integer()),
        sa.Column("delivered", TIME),
        _column("error", TEXT),
        sa.Column("next_at", TIME),
        _column("refused", sa.Boolean()),
        _column("detoured", sa.Boolean()),
        _column("body", TEXT),
        indexes=("key", "delivered"),
    )
    _table(
        "silence",
        {"number": COUNT},
        _column("start", TIME),
        _column("end", TIME),
        *(_column(name, TEXT) for name in ("who", "why", "body")),
        indexes=("end",),
    )
    _table(
        "reported",
        dict.fromkeys(("team", "product", "partition", "kind", "run_id", "task_id"), KEY),
        _column("at", TIME),
        _column("text", TEXT),
        _column("well", sa.Boolean()),
        indexes=("at",),
    )


def downgrade() -> None:
    """Drop the tables, and what they hold: it is in no other."""
    for name in reversed(TABLES):
        op.drop_table(f"dataops_{name}")


def _column(name: str, type_: TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _table(
    name: str,
    key: dict[str, TypeEngine[Any]],
    *columns: sa.schema.SchemaItem,
    indexes: tuple[str, ...] = (),
) -> None:
    table = f"dataops_{name}"
    op.create_table(
        table,
        *(sa.Column(each, type_, nullable=False, autoincrement=False) for each, type_ in key.items()),
        *columns,
        sa.PrimaryKeyConstraint(*key, name=f"{table}_pkey"),
    )
    for index in indexes:
        op.create_index(f"{table}_{index}_ix", table, [index])
