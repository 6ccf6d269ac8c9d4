"""What the use cases need of the world: small roles that adapters fill. At most four methods each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.clearance import Stored
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.contract.profile import Profile
    from airflow_dataops.core.landing import Dialect, Drop, DropFile
    from airflow_dataops.core.publication import Commit
    from airflow_dataops.core.quarantine_report import BadLine
    from airflow_dataops.core.retention import Forgotten
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.parted import Parted
    from airflow_dataops.core.rows.relation import (
        Arrived,
        InPlace,
        Landed,
        Modelled,
        Relation,
        Split,
        Staged,
        Transformed,
    )
    from airflow_dataops.core.upkeep import Compacted, Freed
    from airflow_dataops.core.versions import Judged, Version

Fact = Landing | Verification | Publication | SliEvent | Observation | AuditRecord
"""What the store remembers. A fact replaces the one with the same identity, so that a re-run changes
nothing."""

F = TypeVar("F", bound=Fact)

Read = Callable[["DropFile"], Iterator[bytes]]
"""Yields the bytes of one file of a drop, chunk by chunk."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, in UTC and aware."""
        ...


class Source(Protocol):
    """Where drops are left for us."""

    def find(self, batch: Batch) -> Drop | None:
        """Return the drop of a batch, or None when there is none yet.

        Raises:
            BrokenWorldError: If it can't be looked for.
        """
        ...

    def expected(self, batch: Batch) -> str:
        """Return where the drop of a batch is expected, for messages."""
        ...

    def read(self, file: DropFile) -> Iterator[bytes]:
        """Yield the bytes of a file of a drop, chunk by chunk.

        Raises:
            BrokenWorldError: If it can't be read, or changed while it was read.
        """
        ...


class Zones(Protocol):
    """The raw, staging and quarantine zones."""

    def keep(
        self, drop: Drop, *, read: Read, batch: Batch, run: Run, dialect: Dialect, at: datetime
    ) -> tuple[Landing, bool]:
        """Make the immutable raw copy of a drop with its manifest, or find the one that is there.

        The copy appears whole or not at all. The same bytes of the same batch are kept once.

        Args:
            drop: What the producer left.
            read: Yields the bytes of one of its files, chunk by chunk.
            batch: What it is a delivery of.
            run: The attempt.
            dialect: How it is written.
            at: Now.

        Returns:
            The landing, and whether it had been there before.

        Raises:
            BrokenWorldError: If the drop can't be read or the copy can't be written.
        """
        ...

    def staging(self, batch: Batch, run: Run, name: str) -> str:
        """Return where a stage of a run may write rows; the folder exists."""
        ...

    def quarantine(self, batch: Batch, landing: Landing) -> str:
        """Return where the bad rows of a landing go; the folder exists."""
        ...

    def clear(self, batch: Batch, run: Run) -> None:
        """Remove what a run staged. Nothing to remove is fine."""
        ...


class Stock(Protocol):
    """What the zones really hold."""

    def fault(self, landing: Landing) -> str:
        """Return what is wrong with a raw copy, as the end of a sentence; empty when it is there and whole.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        ...

    def rows(self, quarantine: str) -> int | None:
        """Return how many rows a quarantine holds, or None when there is none at its place.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        ...

    def lines(self, quarantine: str, most: int) -> Mapping[str, tuple[BadLine, ...]]:
        """Return id of a rule -> where the first records are that broke it, of those in a quarantine.

        Records of a table lie at no line.

        Args:
            quarantine: Where it is.
            most: How many of each rule, at most.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        ...


class Engine(Protocol):
    """Reads and judges rows where they lie."""

    def header(self, relation: Arrived | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of rows, in their order; empty when they have none.

        Of several files they are those of each. JSON lines have the keys of their first records. A file
        without a header has none: there is nothing to compare.

        Raises:
            BadDataError: If a file can't have a header: it is binary, not in its encoding, not in its format;
                or if the headers of several files differ; or if there is no such table.
            BrokenWorldError: If a file can't be read.
        """
        ...

    def types(self, relation: Arrived | InPlace) -> Mapping[str, str]:
        """Return name -> type of the columns of rows that have types declared; none for text.

        Of several files they are those of the first.

        Raises:
            BadDataError: If a file can't be read as its format.
            BrokenWorldError: If a file can't be read.
        """
        ...

    def scan(
        self,
        relation: Relation,
        scan: ScanPlan,
        *,
        split: Split | None,
        others: Others = ...,
        keys: int = 0,
    ) -> Scan:
        """Measure every check over the rows of a relation, and write the good and the bad rows apart.

        Rules may look at others besides. Files appear whole or not at all. Without a split nothing is
        written, and nothing is said of the content of the good rows. At most `keys` of the rows that broke a
        rule are named, the first ones.

        Raises:
            BadDataError: If the relation lacks columns of the plan.
            BrokenWorldError: If rows can't be read or written.
        """
        ...

    def transform(
        self, source: Staged, sql: str, *, name: str, partition: str, place: str, into: str
    ) -> Transformed:
        """Run a team's SELECT over a relation, and write the result.

        In the SQL `{{ source }}` is the relation, called `name`, and `{{ partition }}` the partition's label.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            BrokenWorldError: If the result can't be written.
        """
        ...


class Models(Protocol):
    """Makes models out of the tables of one database."""

    @property
    def root(self) -> str:
        """What the addresses of the database's tables start with."""
        ...

    def absent(self, tables: Iterable[str]) -> Mapping[str, str]:
        """Return those of some tables that can't be read -> what is there instead.

        Raises:
            BrokenWorldError: If the database can't be asked.
        """
        ...

    def make(
        self, text: str, *, refs: Mapping[str, str], partition: str, place: str, into: str, note: str
    ) -> Modelled:
        """Run a model's SELECT, and write its rows into a table that carries a note.

        In the SQL `{{ ref("name") }}` is the rows of a model, `{{ source("schema", "table") }}` a table of
        the database, and `{{ partition }}` the partition's label.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            SettingsError: If there is no table that it names.
            BrokenWorldError: If the rows of a model are gone, or the result can't be written.
        """
        ...


class Profiler(Protocol):
    """Looks at rows of which nothing is known."""

    def profile(self, relation: Landed, *, values: bool) -> Profile:
        """Return what can be seen of the rows of landed files.

        Args:
            relation: The files; they have a header.
            values: Whether few different values shall be listed.

        Raises:
            BadDataError: If a file can't be read in its format.
            BrokenWorldError: If a file can't be read.
        """
        ...


class Parter(Protocol):
    """Tells rows apart by a team's own schema."""

    def part(self, uri: str, implementation: str, *, split: Split) -> Parted:
        """Judge the rows of a file, and write the good and the bad ones apart.

        Raises:
            NotEvaluatedError: If there is no such schema, or it can't be evaluated.
            BrokenWorldError: If rows can't be read or written.
            SettingsError: If what the schema needs isn't installed.
        """
        ...


class Target(Protocol):
    """Where data is published."""

    @property
    def uri(self) -> str:
        """Where readers find the table."""
        ...

    def head(self, batch: Batch) -> Commit | None:
        """Return the newest commit of a batch, or None.

        Raises:
            BrokenWorldError: If the target can't be read.
        """
        ...

    def publish(
        self, batch: Batch, rows: Staged, *, dataset: Dataset, content: str, labels: dict[str, str]
    ) -> Commit:
        """Replace the batch's partition by the rows, in one commit.

        The commit carries the batch's key, the content and the labels. Readers see the old or the new
        partition, nothing between. Rows that lie in the target's own database are copied there.

        Raises:
            BadDataError: If the table's columns are not the dataset's.
            BrokenWorldError: If the commit fails.
        """
        ...

    def counts(self) -> Mapping[str, int]:
        """Return the label of each partition -> how many rows readers see in it. Empty without a table.

        Raises:
            BrokenWorldError: If the target can't be read.
        """
        ...


class Versioned(Protocol):
    """Keeps each version of each partition."""

    def restore(self, batch: Batch, version: int, *, labels: dict[str, str]) -> Commit:
        """Make an older version of the batch's partition the newest, as a new commit of its own.

        Other partitions stay as they are. The commit carries the batch's key, the older version's content and
        the labels.

        Raises:
            SettingsError: If the target has no such version of that partition.
            BrokenWorldError: If the commit fails.
        """
        ...


class Store(Protocol):
    """Remembers facts."""

    def record(self, *facts: Fact) -> None:
        """Write facts in one transaction; each replaces the one with the same identity.

        Raises:
            BrokenWorldError: If the store can't be written.
        """
        ...

    def facts(self, kind: type[F], **where: str) -> tuple[F, ...]:
        """Return the facts of a kind, oldest first.

        Args:
            kind: Landing, Verification, Publication, SliEvent, Observation or AuditRecord.
            where: team, product, dataset, partition, and, for landings, sha256: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def newest(self, **where: str) -> tuple[Batch, ...]:
        """Return of each dataset the batch that was judged last, in the order of team, product, dataset.

        Args:
            where: team, product, dataset, partition: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def broken(self, **where: str) -> tuple[Verification, ...]:
        """Return verifications, oldest first, each with those of its outcomes alone that are not passed.

        Of a long history the passed ones are by far the most.

        Args:
            where: As of `facts`.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...


class History(Protocol):
    """Remembers how the rules of a dataset fared."""

    def until(self, verification: Verification, *, most: int) -> tuple[Verification, ...]:
        """Return the newest verifications of a dataset at a stage up to one of them, oldest first.

        Each has those of its outcomes alone that are not passed.

        Args:
            verification: The last one, as it was recorded.
            most: How many, at most.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...


class Retention(Protocol):
    """Forgets old facts."""

    def forget(self, before: datetime, *, audit_records: bool, dry_run: bool) -> Forgotten:
        """Remove what is older than an instant, except for what readers still see (`core/retention.py`).

        Args:
            before: The instant, aware.
            audit_records: Whether audit records go, too.
            dry_run: Whether to count only.

        Returns:
            How many facts went, or would go.

        Raises:
            BrokenWorldError: If the store can't be written; what was removed by then stays removed.
        """
        ...


class Storeroom(Protocol):
    """Where zones are, as whoever clears them sees it."""

    def stored(self) -> Iterator[Stored]:
        """Yield everything that lies in the zones.

        Raises:
            BrokenWorldError: If they can't be looked at.
        """
        ...

    def remove(self, stored: Stored) -> None:
        """Remove something. What is gone already is fine.

        Raises:
            BrokenWorldError: If it can't be removed.
        """
        ...


class Upkeep(Protocol):
    """A published table, as whoever looks after it sees it."""

    def history(self) -> tuple[Version, ...]:
        """Return every version of every partition, oldest first; none where there is no table.

        Raises:
            BrokenWorldError: If the table can't be read.
        """
        ...

    def free(self, judged: Judged, *, before: datetime, dry_run: bool) -> Freed:
        """Remove what only versions need that are not kept, and what no version needs.

        Args:
            judged: What is to become of each version.
            before: What was written or let go since then stays: somebody may be reading or writing it.
            dry_run: Whether to look only.

        Raises:
            BrokenWorldError: If the table can't be read or written; what was removed by then stays removed.
        """
        ...

    def compact(self) -> Compacted:
        """Write the rows of many small files into few, where the table has such; readers see the same rows.

        Raises:
            BrokenWorldError: If the table can't be read or written.
        """
        ...
