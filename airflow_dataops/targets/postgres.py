"""A table in a team's PostgreSQL database, in which each batch is one partition of a view."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.types.json import Jsonb

from airflow_dataops.core.naming import COMMIT_CONTRACT, COMMIT_REMOVED, COMMIT_RUN
from airflow_dataops.core.publication import Commit
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.targets.columns import promised, refuse_others
from airflow_dataops.targets.fit import refuse_unfit
from airflow_dataops.targets.loading import rows_at
from airflow_dataops.targets.owner import owner_of_batch, refuse_other_owner
from airflow_dataops.targets.parts import ROOM, Parts, create, create_view, stand
from airflow_dataops.warehouse.column_type import postgres_type
from airflow_dataops.warehouse.postgres import run
from airflow_dataops.warehouse.postgres import table as read_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.relation import Staged
    from airflow_dataops.warehouse.postgres import Warehouse

ENCODING = "UTF8"
"""The only encoding of a database that holds any text."""

HEAD = """
SELECT c."version", c."content", c."rows", c."at"
FROM {pointer} AS p JOIN {commits} AS c ON c."version" = p."version"
WHERE p."partition" = $1 AND c."batch" = $2
"""

VERSION = """
SELECT c."content", c."rows", s."version", s."labels" ? $3 FROM {commits} AS c
JOIN {commits} AS s ON s."version" = coalesce(c."restored_from", c."version")
WHERE c."version" = $1 AND c."batch" = $2
"""

KEPT = "Restore a newer one, or run the partition again; `keep_versions` says how many are kept."

OWNER = 'SELECT "batch" FROM {commits} ORDER BY "version" DESC LIMIT 1'

SEEN = "SELECT count(*) FROM {view} WHERE {partition_column} = $1"

COUNTS = "SELECT {partition_column}, count(*) FROM {view} GROUP BY {partition_column}"

COMMIT = """
INSERT INTO {commits} ("partition", "batch", "content", "run", "contract", "labels", "restored_from", "rows")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING "version"
"""

FLIP = """
INSERT INTO {pointer} ("partition", "version", "shown") VALUES ($1, $2, $3)
ON CONFLICT ("partition") DO UPDATE SET "version" = excluded."version", "shown" = excluded."shown"
"""


class PostgresTarget:
    """Publishes batches into one table of a database.

    Args:
        warehouse: The database.
        table: What readers query, as schema.table.

    Raises:
        SettingsError: If that is no name of a table.
    """

    def __init__(self, warehouse: Warehouse, table: str) -> None:
        self._warehouse = warehouse
        self._parts = Parts(read_name(table, room=ROOM))

    @property
    def uri(self) -> str:
        """Where readers find the table."""
        return self._warehouse.address(self._parts.view)

    def head(self, batch: Batch) -> Commit | None:
        """Return the newest commit of a batch, or None; one whose rows readers don't see is none.

        Raises:
            SettingsError: If somebody changed the table's parts, or it is of another product.
            BrokenWorldError: If the database can't be read.
        """
        with self._warehouse.transaction(f"reading {self._parts.view}") as connection:
            standing = stand(connection, self._parts)
            standing.refuse_changed()
            if not standing.tables:
                return None
            self._refuse_of_another(connection, batch)
            return self._head(connection, batch) if standing.view else None

    def publish(
        self, batch: Batch, rows: Staged, *, dataset: Dataset, content: str, labels: dict[str, str]
    ) -> Commit:
        """Replace the batch's partition by the rows, in one transaction.

        Readers see the old or the new partition, nothing between. Publishes of one batch at once come one
        after the other; where the content is the newest already, nothing is committed.

        Raises:
            BadDataError: If the table's columns, or those of the rows, are not the dataset's.
            SettingsError: If somebody changed the table's parts, the table is of another product, or
                PostgreSQL can't hold the dataset.
            BrokenWorldError: If the commit fails.
        """
        refuse_unfit(batch, dataset, where=self.uri)
        with self._warehouse.transaction(f"publishing {batch}") as connection:
            lock(connection, self._parts, batch.partition)
            self._prepare(connection, batch, dataset)
            head = self._head(connection, batch)
            if head is not None and head.content == content:
                return head
            with rows_at(rows, warehouse=self._warehouse, connection=connection) as staged:
                refuse_others(
                    "the staged rows",
                    found=staged.columns,
                    expected=promised(dataset, postgres_type),
                    where=f"{batch}: {dataset.name}",
                    hint="Stage exactly the contract's columns, with its types.",
                )
                count = staged.count()
                commit = self._commit(connection, batch, content=content, rows=count, labels=labels)
                loaded = staged.load(self._parts.versions, partition=batch.partition, version=commit.version)
            if loaded != count:
                raise BrokenWorldError(
                    f"{loaded} of {count} rows came into the table", where=self.uri, hint="Run it again."
                )
            self._flip(connection, batch, version=commit.version, shown=commit.version, rows=count)
            return commit

    def counts(self) -> Mapping[str, int]:
        """Return the label of each partition -> how many rows readers see in it. Empty without a table.

        A partition without rows is not among them. Every row is counted.

        Raises:
            SettingsError: If somebody changed the table's parts.
            BrokenWorldError: If the database can't be read.
        """
        with self._warehouse.transaction(f"counting {self._parts.view}") as connection:
            standing = stand(connection, self._parts)
            standing.refuse_changed()
            if not standing.tables or not standing.view:
                return {}
            return dict(run(connection, self._parts.statement(COUNTS)).fetchall())

    def restore(self, batch: Batch, version: int, *, labels: dict[str, str]) -> Commit:
        """Make an older version of the batch's partition the newest, as a new commit; no row is copied.

        Raises:
            SettingsError: If there is no such version of that partition, or not all of its rows any more.
            BrokenWorldError: If the commit fails.
        """
        with self._warehouse.transaction(f"restoring {batch}") as connection:
            lock(connection, self._parts, batch.partition)
            standing = stand(connection, self._parts)
            standing.refuse_changed()
            old = None
            if standing.tables:
                self._refuse_of_another(connection, batch)
                if not standing.view:
                    create_view(connection, self._parts, standing.columns, owner=batch.owner)
                asked = (version, batch.key, COMMIT_REMOVED)
                old = run(connection, self._parts.statement(VERSION), *asked).fetchone()
            if old is None:
                raise SettingsError(
                    f"there is no version {version} of {batch}",
                    where=self.uri,
                    hint=f"{self._parts.commits} lists the versions of each partition.",
                )
            content, rows, shown, removed = old
            if removed:
                raise SettingsError(
                    f"version {version} of {batch} is not kept any more", where=self.uri, hint=KEPT
                )
            commit = self._commit(
                connection, batch, content=content, rows=rows, labels=labels, restored_from=shown
            )
            self._flip(connection, batch, version=commit.version, shown=shown, rows=rows)
            return commit

    def _prepare(self, connection: Connection, batch: Batch, dataset: Dataset) -> None:
        """Create the parts that are missing, and refuse those that don't fit."""
        columns = promised(dataset, postgres_type)
        standing = stand(connection, self._parts)
        if not standing.tables or not standing.view:
            lock(connection, self._parts)
            standing = stand(connection, self._parts)
        standing.refuse_changed()
        if not standing.tables:
            self._refuse_encoding(connection)
            self._create_schema(connection)
            create(connection, self._parts, columns, owner=batch.owner)
            return
        self._refuse_of_another(connection, batch)
        refuse_others(
            "the table",
            found=standing.columns,
            expected=columns,
            where=self.uri,
            hint="Publish the new columns to a new `target.table`, or give the contract the table's columns.",
        )
        if not standing.view:
            create_view(connection, self._parts, standing.columns, owner=batch.owner)

    def _create_schema(self, connection: Connection) -> None:
        """Create the schema where there is none. Asked first: creating needs rights that using doesn't."""
        schema = self._parts.view.schema
        asked = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s"
        if connection.execute(asked, [schema]).fetchone() is None:
            _lock_key(connection, schema)
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))

    def _commit(
        self,
        connection: Connection,
        batch: Batch,
        *,
        content: str,
        rows: int,
        labels: dict[str, str],
        restored_from: int | None = None,
    ) -> Commit:
        """Write the row of a new version."""
        more = {name: text for name, text in labels.items() if name not in {COMMIT_RUN, COMMIT_CONTRACT}}
        values = (
            batch.partition,
            batch.key,
            content,
            labels.get(COMMIT_RUN, ""),
            labels.get(COMMIT_CONTRACT, ""),
            Jsonb(more),
            restored_from,
            rows,
        )
        version = run(connection, self._parts.statement(COMMIT), *values).fetchall()[0][0]
        return Commit(version=version, content=content)

    def _flip(self, connection: Connection, batch: Batch, *, version: int, shown: int, rows: int) -> None:
        """Point readers to a version, and make sure that they see all of its rows."""
        run(connection, self._parts.statement(FLIP), batch.partition, version, shown)
        seen = self._seen(connection, batch)
        if seen != rows:
            raise SettingsError(
                f"readers would see {seen} rows of version {shown} of {batch}, which has {rows}",
                where=self.uri,
                hint="Somebody changed the view, or took rows away: drop the view, which is made again, or "
                "publish the batch anew.",
            )

    def _head(self, connection: Connection, batch: Batch) -> Commit | None:
        found = run(connection, self._parts.statement(HEAD), batch.partition, batch.key).fetchone()
        if found is None:
            return None
        version, content, rows, at = found
        commit = Commit(version=version, content=content, at=at)
        return commit if self._seen(connection, batch) == rows else None

    def _seen(self, connection: Connection, batch: Batch) -> int:
        """Return how many rows of the batch readers see."""
        return int(run(connection, self._parts.statement(SEEN), batch.partition).fetchall()[0][0])

    def _refuse_of_another(self, connection: Connection, batch: Batch) -> None:
        newest = run(connection, self._parts.statement(OWNER)).fetchone()
        owner = None if newest is None else owner_of_batch(newest[0])
        refuse_other_owner(owner, batch, where=self.uri, key="target.table")

    def _refuse_encoding(self, connection: Connection) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != ENCODING:
            raise SettingsError(
                f"the database's encoding is {encoding}, which can't hold every text",
                where=self.uri,
                hint=f"Publish to a database whose encoding is {ENCODING}.",
            )


def lock(connection: Connection, parts: Parts, partition: str = "") -> None:
    """Wait for whoever works on the partition, or on the table's parts; no partition's label is empty."""
    _lock_key(connection, str(parts.view), partition)


def _lock_key(connection: Connection, *names: str) -> None:
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [key])
