# ruff: noqa: INP001 - Alembic loads the file by its path
"""Service levels: what was seen and when, runs, declarations, how objectives stand, what policies have done.

Code of revision 0002 doesn't know the tables, and works on beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
COUNT = sa.BigInteger()

TABLES = ("observation", "run_outcome", "declaration", "standing", "policy_action")


def upgrade() -> None:
    """Make the tables, empty."""
    _table(
        "observation",
        ("team", "product", "dataset", "partition", "sli", "subject"),
        sa.Column("end", TIME),
        sa.Column("good", COUNT),
        sa.Column("total", COUNT),
        sa.Column("value", TEXT),
        _column("at", TIME),
        _recorded(),
        indexes=("at", "recorded"),
    )
    _table(
        "run_outcome",
        ("team", "dag_id", "run_id"),
        _column("partition", KEY),
        _column("run_type", TEXT),
        sa.Column("start", TIME),
        sa.Column("end", TIME),
        sa.Column("began", TIME),
        _column("ended", TIME),
        _column("first", KEY),
        _column("final", KEY),
        _column("tries", sa.Integer()),
        _recorded(),
        indexes=("ended", "recorded"),
    )
    _table("declaration", ("team", "product"), _column("digest", KEY), _column("body", TEXT), since=True)
    _table(
        "standing",
        ("team", "product", "slo"),
        _column("digest", KEY),
        _column("ledger", TEXT),
        _column("body", TEXT),
        sa.Column("changes_at", TIME),
        _column("at", TIME),
        indexes=("changes_at",),
    )
    _table(
        "policy_action",
        ("team", "product", "action", "subject"),
        _column("since", TIME),
        _column("slo", KEY),
        _column("why", TEXT),
        _column("before", TEXT),
    )


def downgrade() -> None:
    """Drop the tables, and what they hold: it is in no other."""
    for name in reversed(TABLES):
        op.drop_table(f"dataops_{name}")


def _column(name: str, type_: TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _recorded() -> sa.Column[Any]:
    return sa.Column("recorded", TIME, nullable=False, server_default=sa.func.current_timestamp())


def _table(
    name: str,
    key: tuple[str, ...],
    *columns: sa.Column[Any],
    indexes: tuple[str, ...] = (),
    since: bool = False,
) -> None:
    table = f"dataops_{name}"
    instant = [_column("since", TIME)] if since else []
    op.create_table(
        table,
        *(_column(each, KEY) for each in key),
        *instant,
        *columns,
        sa.PrimaryKeyConstraint(*key, *(each.name for each in instant), name=f"{table}_pkey"),
    )
    for index in indexes:
        op.create_index(f"{table}_{index}_ix", table, [index])
