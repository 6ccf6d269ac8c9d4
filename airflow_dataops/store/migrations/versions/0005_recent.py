# ruff: noqa: INP001 - Alembic loads the file by its path
"""Indexes for what is asked at each evaluation of alerts: verdicts and publications since an instant.

Code of revision 0004 asks the same without them, and only takes longer.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("dataops_verification", "dataops_publication")


def upgrade() -> None:
    """Make the indexes."""
    for table in TABLES:
        op.create_index(f"{table}_at_ix", table, ["at"])


def downgrade() -> None:
    """Drop the indexes; no fact is lost."""
    for table in reversed(TABLES):
        op.drop_index(f"{table}_at_ix", table_name=table)
