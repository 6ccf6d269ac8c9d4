"""A data contract as a value; the keys of its file are known in `documents/odcs/contract.py` alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.options import NONE as NO_OPTIONS
from airflow_dataops.core.contract.written import ISO

if TYPE_CHECKING:
    from airflow_dataops.core.checks.verdict import Threshold
    from airflow_dataops.core.contract.nested import Element
    from airflow_dataops.core.contract.options import Options
    from airflow_dataops.core.contract.physical import Physical
    from airflow_dataops.core.contract.relationship import Relationship
    from airflow_dataops.core.contract.service_level import ServiceLevel
    from airflow_dataops.core.contract.written import Written
    from airflow_dataops.core.slo.objective import Objective


class LogicalType(StrEnum):
    """The types that a column may have (ODCS `logicalType`)."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    OBJECT = "object"
    ARRAY = "array"
    MAP = "map"
    VECTOR = "vector"


NESTED = frozenset({LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR})
"""Types whose values have others inside them. A column of such a type holds JSON."""


class Severity(StrEnum):
    """How bad it is when a rule is broken (ODCS `severity`)."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Scope(StrEnum):
    """Which rows a rule looks at."""

    BATCH = "batch"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The type of a column.

    Args:
        logical: The logical type.
        precision: All digits of a decimal, 1..38, where `physicalType` says decimal or numeric; of an
            integer, where it has more than 64 bits.
        scale: Its digits behind the point.
        written: How its texts are written, of days, instants and times of day.
    """

    logical: LogicalType
    precision: int | None = None
    scale: int | None = None
    written: Written = ISO

    @property
    def is_text(self) -> bool:
        """Whether a text is its own value: of texts, and of JSON."""
        return self.logical is LogicalType.STRING or self.logical in NESTED

    def __str__(self) -> str:
        """Return the type as a person would write it."""
        if self.precision is None:
            return self.logical.value
        return f"{self.logical.value}({self.precision},{self.scale})"


class Measure(StrEnum):
    """What a rule from `quality` measures: ODCS library metrics, SQL, SQL that names rows, other tools."""

    NULL_VALUES = "nullValues"
    MISSING_VALUES = "missingValues"
    INVALID_VALUES = "invalidValues"
    DUPLICATE_VALUES = "duplicateValues"
    ROW_COUNT = "rowCount"
    SQL = "sql"
    SQL_ROWS = "sqlRows"
    CUSTOM = "custom"


LIBRARY = tuple(
    measure for measure in Measure if measure not in {Measure.SQL, Measure.SQL_ROWS, Measure.CUSTOM}
)
"""The library metrics of ODCS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRule:
    """One entry of `quality`.

    Args:
        id: Its id, unique in the dataset.
        measure: What is measured.
        threshold: What the measurement must satisfy.
        columns: The columns it speaks of; for a rule of a column that column.
        values: `validValues` or `missingValues`, as text.
        pattern: The pattern of `invalidValues`, or None.
        query: The SELECT of a SQL rule.
        engine: The tool of a custom rule, such as `pandera`.
        implementation: The rules of a custom rule, as its tool finds them.
        severity: How bad it is when it is broken.
        dimension: The quality dimension, such as `completeness`.
        scope: The batch, or the whole table once the batch is in it.
        filter: `SELECT COUNT(*) FROM {object} WHERE condition`, which counts the rows that it speaks of;
            empty for all.
        reads: The other datasets of the contract that the query reads.
        schedule: When it is looked at, apart from the batches; empty: with each batch.
        business_impact: What it means for the business when it is broken, such as `operational`.
        description: What its author says of it: its name, what it is for, or both; or empty.
        runbook: What to do when it is broken: a URL, or a file beside the contract; or empty.
        place: file:line:column.
    """

    id: str
    measure: Measure
    threshold: Threshold
    columns: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    pattern: str | None = None
    query: str = ""
    engine: str = ""
    implementation: str = ""
    severity: Severity = Severity.ERROR
    dimension: str = ""
    scope: Scope = Scope.BATCH
    filter: str = ""
    reads: tuple[str, ...] = ()
    schedule: str = ""
    business_impact: str = ""
    description: str = ""
    runbook: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column and all that is promised of it alone.

    Args:
        name: Its name in the data.
        type: Its type.
        title: Its name in the contract, where that is another.
        physical: What its physical type says, where that is known.
        required: No nulls.
        unique: No value twice.
        key_position: Its place (from 1) in the primary key, or None.
        classification: Who may see it; only `public` values may ever be shown. Empty is not public.
        options: What it promises of its values beyond their type.
        values: The only values allowed, as text; empty means all.
        rules: Its `quality`.
        scope: Where it is unique, if it is: in the batch, or in the whole table.
        inside: What is promised of the values inside its own, where they have some.
        description: What it means.
        place: file:line:column.
    """

    name: str
    type: ColumnType
    title: str = ""
    physical: Physical | None = None
    required: bool = False
    unique: bool = False
    key_position: int | None = None
    classification: str = ""
    options: Options = NO_OPTIONS
    values: tuple[str, ...] = ()
    rules: tuple[QualityRule, ...] = ()
    scope: Scope = Scope.BATCH
    inside: tuple[Element, ...] = ()
    description: str = ""
    place: str = ""

    @property
    def id(self) -> str:
        """What the ids of its rules start with: its name in the contract."""
        return self.title or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One schema object of a contract.

    Args:
        name: Its name.
        columns: Its columns, in their order.
        physical: What its table is called, where that is another name; else empty.
        rules: Its own `quality`.
        relationships: Its foreign keys.
        scope: Where its primary key is unique: in the batch, or in the whole table.
        description: What one row means.
        place: file:line:column.
    """

    name: str
    columns: tuple[Column, ...]
    physical: str = ""
    rules: tuple[QualityRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    scope: Scope = Scope.BATCH
    description: str = ""
    place: str = ""

    @property
    def table(self) -> str:
        """What its table is called in a database."""
        return self.physical or self.name

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The names of the key's columns, in the key's order."""
        keyed = [
            (column.key_position, column.name) for column in self.columns if column.key_position is not None
        ]
        return tuple(name for _, name in sorted(keyed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A data contract.

    Args:
        id: Its id.
        name: Its name.
        version: Its own version.
        status: Such as `active`.
        fingerprint: Hex sha256 of its file.
        datasets: Its schema objects, at least one.
        owner: The name of the team that answers for it; empty when it names none.
        service_levels: Its `slaProperties`.
        objectives: What is promised of them, where a target is.
        channels: Its `support` channels.
        description: Its purpose.
        runbook: What to do when it is broken, a URL or a file beside it; empty when it names none.
        runbook_place: Where it says so, as file:line:column; or empty.
        tier: How much hangs on it: `critical`, or a word of the team's own; or empty.
        servers: The types of its servers, such as `mysql`.
        place: Its file.
    """

    id: str
    name: str
    version: str
    status: str
    fingerprint: str
    datasets: tuple[Dataset, ...]
    owner: str = ""
    service_levels: tuple[ServiceLevel, ...] = ()
    objectives: tuple[Objective, ...] = ()
    channels: tuple[str, ...] = field(default=())
    description: str = ""
    runbook: str = ""
    runbook_place: str = ""
    tier: str = ""
    servers: tuple[str, ...] = ()
    place: str = ""

    @property
    def reference(self) -> str:
        """The contract as messages name it: name@version."""
        return f"{self.name or self.id}@{self.version}"
