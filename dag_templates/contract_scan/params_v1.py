"""What a product may set under `params:` with contract_scan@1. Checking it loads no Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

if TYPE_CHECKING:
    from pydantic import ValidationInfo

NEEDS = ("contract",)
TAKES = ("lookups", "depends_on")

EXAMPLES = (
    {"path": "drops/orders.csv", "conn_id": "drops"},
    {"table": "mart.orders", "conn_id": "warehouse"},
)

FILE = ".parquet"
"""How the name of a quarantine ends that is a file."""


class Params(BaseModel):
    """What a product may set under `params:`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str = Field(
        "",
        description="The product whose published table is judged, where neither `path` nor `table` is named; "
        "by default the one that is called as the contract.",
    )
    team: str = Field("", description="The team of that product, where several have one of the name.")
    conn_id: str = Field(
        "", description="The connection of the database of `table`, or of the folder or storage of `path`."
    )
    path: str = Field("", description="The files, or the folder of the Delta table, that are judged instead.")
    format: Literal["", "csv", "jsonl", "parquet", "delta"] = Field(
        "", description="How `path` is written; by default as the file's name says."
    )
    delimiter: str = Field(",", min_length=1, max_length=1, description="Of CSV: what is between fields.")
    encoding: str = Field("utf-8", description="Of CSV and JSON lines.")
    quote: str = Field('"', max_length=1, description="Of CSV: what is around fields; empty for nothing.")
    header: bool = Field(
        default=True, description="Of CSV: whether files start with the names of their columns."
    )
    table: str = Field("", description="The table that is judged instead: schema.table, or the table alone.")
    partition_clause: str = Field(
        "", description="The SQL condition of those of the table's rows that are judged; empty for all."
    )
    fail_on: Literal["error", "warn", "never"] = Field(
        "error", description="The least verdict that fails the scan."
    )
    keys: str = Field(
        "", description="The file of JSON lines that names the rows that broke a rule; empty for none."
    )
    most_keys: int = Field(1000, ge=1, description="How many rows it names, at most.")
    quarantine: str = Field(
        "",
        description="Where bad rows are copied: a file called `….parquet`; or, of a table, another table of "
        "its database. Empty for none.",
    )
    grain: Literal["hour", "day", "month", "year"] = Field(
        "day", description="How much time the label of a scan names."
    )

    @field_validator("path", "table")
    @classmethod
    def _alone(cls, given: str, info: ValidationInfo) -> str:
        others = [name for name in ("product", "team", "path") if info.data.get(name)]
        if given and others:
            raise ValueError(f"it names other rows than `{others[0]}` does: leave one of them out")
        if given and info.field_name == "table" and not info.data.get("conn_id"):
            raise ValueError("nothing says in which database it is: write `conn_id`")
        return given

    @field_validator("format", "delimiter", "encoding", "quote", "header", mode="after")
    @classmethod
    def _of_files(cls, given: str | bool, info: ValidationInfo) -> str | bool:  # noqa: FBT001 - it is pydantic that calls
        if not info.data.get("path"):
            raise ValueError("it has a meaning with `path` alone")
        return given

    @field_validator("partition_clause")
    @classmethod
    def _of_a_table(cls, given: str, info: ValidationInfo) -> str:
        if given and not info.data.get("table"):
            raise ValueError("it has a meaning with `table` alone")
        return given

    @field_validator("quarantine")
    @classmethod
    def _where(cls, given: str, info: ValidationInfo) -> str:
        if given and info.data.get("path") and not given.endswith(FILE):
            raise ValueError(f"bad rows of files are copied into a file: end its name with `{FILE}`")
        if given and info.data.get("table") and given.endswith(FILE):
            raise ValueError("bad rows of a table are copied into a table of its database: name one")
        return given

    @model_validator(mode="after")
    def _connected(self) -> Params:
        if self.conn_id and not (self.path or self.table):
            raise ValueError("`conn_id` has a meaning with `path` or `table` alone")
        return self
