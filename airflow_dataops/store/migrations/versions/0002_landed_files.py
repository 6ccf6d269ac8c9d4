# ruff: noqa: INP001 - Alembic loads the file by its path
"""The files of a landing, and how they are written: format, quote, header, paths.

Code of revision 0001 goes on writing landings without them, so they may be empty: then the landing is one CSV
file with a header, as all were before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

LANDING = "dataops_landing"


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column(LANDING, sa.Column("format", KEY))
    op.add_column(LANDING, sa.Column("quote", sa.Text()))
    op.add_column(LANDING, sa.Column("header", sa.Boolean()))
    op.add_column(LANDING, sa.Column("paths", sa.JSON()))
    op.add_column(LANDING, sa.Column("files", sa.JSON()))


def downgrade() -> None:
    """Drop the columns: landings stay, without their files and how they are written."""
    for name in ("files", "paths", "header", "quote", "format"):
        op.drop_column(LANDING, name)
