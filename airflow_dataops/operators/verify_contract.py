"""Hold any table, or any files, against a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import folder_of, name_of
from airflow_dataops.core.lineage import file_dataset
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.verdict import VerdictOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, ObjectStoragePath

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.lineage import DatasetRef
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.core.verification import Verification


class VerifyContractOperator(VerdictOperator):
    """Judge the rows of a table or of files, where they are, and record the verdict.

    Nothing is written to them. Where `quarantine` and `good` say so, their bad and good rows are copied. Rows
    that break the contract fail the task, which is not tried again; neither is it when a rule can't be
    evaluated. Assets among the outlets get the verdict with their event.

    Args:
        published: A data product, whose published table is judged instead of a `table` or a `path`: where it
            lies is asked of the store.
        published_by: The team of that product; not needed when one team only has published one of the name.
        conn_id: The connection of the database; or one of the type File (path), or of the object storage.
        table: The table, as schema.table, or the table alone.
        partition_clause: The SQL condition of those of its rows that are looked at; empty for all.
        path: The file, its last parts with `*` and `?` where it is several; or its address in object storage.
            A relative path begins at the folder of the DAG file. `{partition}` stands for the partition.
        format: csv, jsonl or parquet; empty where the file's name tells; delta, where the path is the folder
            of a Delta table.
        delimiter: One character; of CSV.
        encoding: Of CSV and JSON lines.
        quote: The character around fields that hold delimiters or line ends; empty for none.
        header: Whether each file starts with the names of its columns.
        paths: Column -> where its value is in a JSON record.
        quarantine: The Parquet file into which the bad rows of files are copied, where there is none that no
            earlier run wrote; a relative path begins at the folder of the DAG file. Of a table, the table of
            the same database into which they are, as schema.table, or the table alone. `{partition}` stands
            for the partition. Empty for none.
        good: Of a table, the table of the same database into which the good rows are copied, too, with the
            contract's columns in its types; empty for none.
        kwargs: `contract`, `dataset`, `rules`, `dimensions`, `fail_on`, and what else `VerdictOperator` and
            every task takes.
    """

    template_fields: Sequence[str] = (
        *VerdictOperator.template_fields,
        "published",
        "published_by",
        "conn_id",
        "table",
        "partition_clause",
        "path",
        "format",
        "delimiter",
        "encoding",
        "quote",
        "header",
        "paths",
        "quarantine",
        "good",
    )

    def __init__(
        self,
        *,
        published: str = "",
        published_by: str = "",
        conn_id: str = "",
        table: str = "",
        partition_clause: str = "",
        path: str | ObjectStoragePath = "",
        format: str = "",  # noqa: A002 - the word that everybody uses for it
        delimiter: str = ",",
        encoding: str = "utf-8",
        quote: str = '"',
        header: bool = True,
        paths: dict[str, str] | None = None,
        quarantine: str = "",
        good: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.published = published
        self.published_by = published_by
        self.conn_id = conn_id
        self.table = table
        self.partition_clause = partition_clause
        self.path = path
        self.format = format
        self.delimiter = delimiter
        self.encoding = encoding
        self.quote = quote
        self.header = header
        self.paths = paths
        self.quarantine = quarantine
        self.good = good

    def work(self, context: Context) -> Ticket:
        """Return the summary of the verdict; what a product has published is looked for first."""
        if self.published:
            self._locate()
        return super().work(context)

    def judge(
        self, context: Context, *, contract: Contract, dataset: Dataset, batch: Batch, run: Run
    ) -> tuple[Verification, FailingRows | None]:
        """Return the verdict on the rows, and which of them broke a rule."""
        from airflow_dataops.bridge.checking import checked
        from airflow_dataops.bridge.rows import rows_of

        return checked(
            rows_of(self),
            contract=contract,
            dataset=dataset,
            selection=self.selection(),
            batch=batch,
            run=run,
            name=name_of(context),
            lookups=self.lookups,
            scheduled=self.scheduled,
            quarantine=self._quarantine(),
            good=self.good,
            keys=self.most_named(),
        )

    def origin(self, batch: Batch) -> str:
        """Return where the rows of a batch are, for messages."""
        from airflow_dataops.bridge.rows import rows_of

        return rows_of(self).origin(batch)

    def files(self, batch: Batch) -> tuple[str, ...]:
        """Return the files on this machine that the rows are in, which nothing is written over."""
        from airflow_dataops.bridge.rows import rows_of

        return rows_of(self).files(batch)

    def read(self, found: Verification, dataset: Dataset) -> tuple[DatasetRef, ...]:
        """Return the table or the files, as lineage names them."""
        from airflow_dataops.bridge.rows import rows_of
        from airflow_dataops.bridge.tables import by_server

        known = {"columns": dataset.columns, "outcomes": found.outcomes, "rows": found.rows}
        return (by_server(file_dataset(rows_of(self).origin(), **known)),)

    def _locate(self) -> None:
        """Find the published table, and say where the rows are as a task does that names it.

        Raises:
            SettingsError: If another table or a file is named besides, or several teams have such a product.
            NotEvaluatedError: If nothing is published of it yet.
        """
        from airflow_dataops.bridge.file_format import DELTA
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.batches.locate import locate
        from airflow_dataops.wiring import databases, stores

        if self.table or self.path or self.conn_id:
            hint = "Leave `table`, `path` and `conn_id` out, or `published`."
            raise SettingsError(f"beside `published: {self.published}` other rows are named", hint=hint)
        at = settings()
        place = locate(self.published, team=self.published_by, store=stores.store(at))
        conn_id, table = databases.in_database(place)
        if conn_id:
            self.conn_id, self.table = conn_id, table
        else:
            self.path, self.format = place, DELTA
        self.published = ""  # it is found: another try in this process looks there

    def _quarantine(self) -> str:
        """Return where the bad rows are copied: a table, or a file that begins at the DAG file's folder."""
        if not self.quarantine or self.table:
            return self.quarantine
        return str(folder_of(self) / self.quarantine)
