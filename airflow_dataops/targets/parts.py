"""What a published table is made of in PostgreSQL: three tables, and the view over them that readers use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.core.naming import PARTITION_COLUMN, VERSION_COLUMN
from airflow_dataops.errors import SettingsError
from airflow_dataops.targets.columns import differences
from airflow_dataops.warehouse.catalog import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg import Connection

    from airflow_dataops.warehouse.catalog import Found
    from airflow_dataops.warehouse.postgres import Table

ROOM = len("_versions")
"""Bytes of the longest suffix."""

OWN = {PARTITION_COLUMN: "text", VERSION_COLUMN: "bigint"}
"""Columns of a versions table beside the dataset's."""

COMMITS = {
    "version": "bigint",
    "partition": "text",
    "batch": "text",
    "content": "text",
    "run": "text",
    "contract": "text",
    "labels": "jsonb",
    "restored_from": "bigint",
    "rows": "bigint",
    "at": "timestamp with time zone",
}
"""Columns of a commits table."""

POINTER = {"partition": "text", "version": "bigint", "shown": "bigint"}
"""Columns of a pointer table."""

CREATE_VERSIONS = """
CREATE TABLE {versions} (
    {columns}, {partition_column} text COLLATE "C" NOT NULL, {version_column} bigint NOT NULL
)
"""

CREATE_INDEX = "CREATE INDEX ON {versions} ({version_column})"
"""Versions grow, so each row goes to the index's last page, and loading stays fast."""

CREATE_COMMITS = """
CREATE TABLE {commits} (
    "version" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "partition" text COLLATE "C" NOT NULL,
    "batch" text NOT NULL,
    "content" text NOT NULL,
    "run" text NOT NULL,
    "contract" text NOT NULL,
    "labels" jsonb NOT NULL,
    "restored_from" bigint REFERENCES {commits},
    "rows" bigint NOT NULL,
    "at" timestamp with time zone NOT NULL DEFAULT clock_timestamp()
)
"""

CREATE_POINTER = """
CREATE TABLE {pointer} (
    "partition" text COLLATE "C" PRIMARY KEY,
    "version" bigint NOT NULL REFERENCES {commits},
    "shown" bigint NOT NULL REFERENCES {commits}
)
"""

CREATE_VIEW = """
CREATE VIEW {view} AS
SELECT {columns}, p."partition" AS {partition_column}
FROM {versions} AS v JOIN {pointer} AS p ON p."shown" = v.{version_column}
"""
"""The label is the pointer's, so that asking for one partition leads to one version by way of two indexes."""

COMMENTS = {
    "view": "{owner}: what readers query, the newest version of each partition; {mine}.",
    "versions": "{owner}: the rows of every version of every partition of {view}; {mine}.",
    "commits": "{owner}: the history of {view}, a row for each publish and each restore; {mine}.",
    "pointer": '{owner}: "version" is the newest of each partition of {view}, "shown" the one whose rows '
    "readers see; {mine}.",
}
"""Part -> what its comment says."""

MINE = "kept by airflow-dataops, not to be changed by hand"


@dataclass(frozen=True, slots=True)
class Parts:
    """The names of the parts.

    Args:
        view: What readers query.
    """

    view: Table

    @property
    def versions(self) -> Table:
        """The rows of every version."""
        return self.view.beside("_versions")

    @property
    def commits(self) -> Table:
        """A row for each version."""
        return self.view.beside("_commits")

    @property
    def pointer(self) -> Table:
        """Which version of each partition readers see."""
        return self.view.beside("_pointer")

    @property
    def named(self) -> dict[str, Table]:
        """Part -> its name, the view first."""
        return {
            "view": self.view,
            "versions": self.versions,
            "commits": self.commits,
            "pointer": self.pointer,
        }

    def statement(self, text: str, **more: sql.Composable) -> sql.Composed:
        """Return a statement with the names of the parts and of our columns, and more, where they belong."""
        names = {name: table.sql for name, table in self.named.items()}
        own = {
            "partition_column": sql.Identifier(PARTITION_COLUMN),
            "version_column": sql.Identifier(VERSION_COLUMN),
        }
        return sql.SQL(text).format(**names, **own, **more)


@dataclass(frozen=True, slots=True)
class Standing:
    """The parts as they stand in the database.

    Args:
        parts: Their names.
        found: What is there of them.
    """

    parts: Parts
    found: dict[Table, Found]

    @property
    def tables(self) -> bool:
        """Whether there is anything but a view."""
        return any(table in self.found for table in self.parts.named.values() if table != self.parts.view)

    @property
    def view(self) -> bool:
        """Whether readers find the view."""
        return self.parts.view in self.found

    @property
    def columns(self) -> dict[str, str]:
        """Name -> type of the dataset's columns, as the versions table has them."""
        columns = self.found[self.parts.versions].columns
        return {name: kind for name, kind in columns.items() if name not in OWN}

    def refuse_changed(self) -> None:
        """Refuse parts of which one is gone, or isn't what it was; a view that is gone alone is none of them.

        Raises:
            SettingsError: If there is one; it lists every difference.
        """
        if not self.tables:
            if self.view:
                raise SettingsError(
                    f"there is {self.found[self.parts.view].kind} where the published table should be",
                    where=str(self.parts.view),
                    hint="Choose another `target.table`, or move it away.",
                )
            return
        changed = tuple(self._changed())
        if changed:
            raise SettingsError(
                f"somebody changed parts of the published table: {'; '.join(changed)}",
                where=str(self.parts.view),
                hint="Put them back as they were (a changed view may be dropped: it is made again); or drop "
                "all, with their history, and publish anew; or choose another `target.table`.",
            )

    def _changed(self) -> Iterator[str]:
        versions = self.found.get(self.parts.versions)
        expected = {
            self.parts.versions: OWN,
            self.parts.commits: COMMITS,
            self.parts.pointer: POINTER,
        }
        for table, columns in expected.items():
            there = self.found.get(table)
            if there is None:
                yield f"{table} is gone"
            elif there.kind != "a table":
                yield f"{table} is {there.kind}"
            elif table == self.parts.versions:  # its other columns are the dataset's
                yield from _said(table, differences(there.columns, there.columns | columns))
            else:
                yield from _said(table, differences(there.columns, columns))
        view = self.found.get(self.parts.view)
        if view is None or versions is None:
            return
        if view.kind != "a view":
            yield f"{self.parts.view} is {view.kind}"
        else:
            shown = self.columns | {PARTITION_COLUMN: OWN[PARTITION_COLUMN]}
            yield from _said(self.parts.view, differences(view.columns, shown))


def _said(table: Table, different: tuple[str, ...]) -> Iterator[str]:
    return (f"{table} {difference}" for difference in different)


def stand(connection: Connection, parts: Parts) -> Standing:
    """Look at the parts."""
    return Standing(parts, look_up(connection, *parts.named.values()))


def create(connection: Connection, parts: Parts, columns: Mapping[str, str], *, owner: str) -> None:
    """Create the parts, with comments that say what they are and whose.

    Args:
        connection: A transaction.
        parts: Their names.
        columns: Name -> type of the dataset's columns, in their order.
        owner: Whose they are.
    """
    defined = (sql.Identifier(name) + sql.SQL(f" {kind}") for name, kind in columns.items())
    connection.execute(parts.statement(CREATE_VERSIONS, columns=sql.SQL(", ").join(defined)))
    for text in (CREATE_INDEX, CREATE_COMMITS, CREATE_POINTER):
        connection.execute(parts.statement(text))
    for part in ("versions", "commits", "pointer"):
        _comment(connection, parts, part, owner=owner)
    create_view(connection, parts, columns, owner=owner)


def create_view(connection: Connection, parts: Parts, columns: Mapping[str, str], *, owner: str) -> None:
    """Create the view, with its comment.

    Args:
        connection: A transaction.
        parts: The names of the parts.
        columns: The dataset's columns, in their order.
        owner: Whose it is.
    """
    shown = (sql.Identifier("v", name) for name in columns)
    connection.execute(parts.statement(CREATE_VIEW, columns=sql.SQL(", ").join(shown)))
    _comment(connection, parts, "view", owner=owner)


def _comment(connection: Connection, parts: Parts, part: str, *, owner: str) -> None:
    text = COMMENTS[part].format(owner=owner, view=parts.view, mine=MINE)
    kind = sql.SQL("VIEW" if part == "view" else "TABLE")
    statement = sql.SQL("COMMENT ON {} {} IS {}").format(kind, parts.named[part].sql, sql.Literal(text))
    connection.execute(statement)
