"""Hold any table, or any files, against a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import name_of
from airflow_dataops.core.lineage import file_dataset
from airflow_dataops.operators.verdict import VerdictOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, ObjectStoragePath

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.lineage import DatasetRef
    from airflow_dataops.core.verification import Verification


class VerifyContractOperator(VerdictOperator):
    """Judge the rows of a table or of files, where they are, and record the verdict.

    Nothing is written to them. Rows that break the contract fail the task, which is not tried again; neither
    is it when a rule can't be evaluated. Assets among the outlets get the verdict with their event.

    Args:
        conn_id: The connection of the database; or one of the type File (path), or of the object storage.
        table: The table, as schema.table.
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
        quarantine: The Parquet file into which the bad rows of files are copied, `{partition}` in it for the
            partition; empty for none.
        kwargs: `contract`, `dataset`, `rules`, `dimensions`, `fail_on`, and what else `VerdictOperator` and
            every task takes.
    """

    template_fields: Sequence[str] = (
        *VerdictOperator.template_fields,
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
    )

    def __init__(
        self,
        *,
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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
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

    def judge(
        self, context: Context, *, contract: Contract, dataset: Dataset, batch: Batch, run: Run
    ) -> Verification:
        """Return the verdict on the rows."""
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
            quarantine=self.quarantine,
        )

    def origin(self, batch: Batch) -> str:
        """Return where the rows of a batch are, for messages."""
        from airflow_dataops.bridge.rows import rows_of

        return rows_of(self).origin(batch)

    def read(self, found: Verification, dataset: Dataset) -> tuple[DatasetRef, ...]:
        """Return the table or the files, as lineage names them."""
        from airflow_dataops.bridge.rows import rows_of
        from airflow_dataops.bridge.tables import by_server

        known = {"columns": dataset.columns, "outcomes": found.outcomes, "rows": found.rows}
        return (by_server(file_dataset(rows_of(self).origin(), **known)),)
