# ruff: noqa: INP001 - Alembic loads the file by its path
"""What Alembic runs: the migrations, in the transaction of the connection that `schema.py` hands over."""

from __future__ import annotations

from alembic import context

from airflow_dataops.store.revision import VERSION_TABLE
from airflow_dataops.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
