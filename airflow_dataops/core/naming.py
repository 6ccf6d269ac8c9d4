"""Every name that leaves the package: columns, tables, stages, metrics, keys."""

from __future__ import annotations

from enum import StrEnum

PARTITION_COLUMN = "dataops_partition"
"""The column of a published table that holds the batch's partition."""

VERSION_COLUMN = "dataops_version"
"""The column of a versions table that holds the version a row belongs to; readers don't see it."""

LINE_COLUMN = "dataops_line"
"""The physical line (1-based, the header is line 1) at which a landed record starts."""

FILE_COLUMN = "dataops_file"
"""In the quarantine: the name of the file that the row is from, as the drop has it."""

RULES_COLUMN = "dataops_rules"
"""In the quarantine: the ids of the rules that the row broke."""

RAW_COLUMN = "dataops_raw"
"""In the quarantine: the text of a line that could not be parsed."""

RESERVED_PREFIX = "dataops_"
"""Columns of a contract may not start so."""

UNPARSABLE = "unparsable"
"""The rule that a line broke which is no record of the declared format."""

EMPTY = "empty"
"""The rule that a batch broke which has no rows."""

MISSING_COLUMNS, RENAMED_COLUMNS = "schema.missing", "schema.renamed"
REPEATED_COLUMNS, EXTRA_COLUMNS, HEADER = "schema.repeated", "schema.extra", "schema.header"
HEADER_RULES = frozenset(
    {MISSING_COLUMNS, RENAMED_COLUMNS, REPEATED_COLUMNS, EXTRA_COLUMNS, HEADER},
)
"""The rules that the names of columns are judged by."""

ALL_NULL = "all_null"
"""The rule that a batch broke which has rows, and columns without a value in any of them."""

OWN_RULES = frozenset({UNPARSABLE, EMPTY, ALL_NULL})
"""Ids that no rule of a contract may have."""

COMMIT_BATCH = "dataops.batch"
COMMIT_CONTENT = "dataops.content"
COMMIT_ROWS = "dataops.rows"
COMMIT_RUN = "dataops.run"
COMMIT_CONTRACT = "dataops.contract"
COMMIT_RESTORED_FROM = "dataops.restored_from"
COMMIT_REMOVED = "dataops.removed"
"""Keys that a commit in the target carries."""

TABLE_OWNER = "dataops.owner"
"""The property of a published table that says whose it is: team/product/dataset, as in a batch's key."""

QUALITY_RESULT = "airflow.dataquality.result"
"""The key of an asset event's extra under which Airflow's common.dataquality provider looks for quality."""

METRIC_PREFIX = "dataops"
"""Airflow's own prefix goes before it: `airflow.dataops.…`."""


class MetricNames(StrEnum):
    """Where metrics carry ids: in tags, which plain statsd drops, or in the names themselves."""

    TAGS = "tags"
    EMBEDDED = "embedded"


class Stage(StrEnum):
    """The stages of one batch, in their order; and the check of rows that are none of their batches'."""

    LAND = "land"
    GATE = "gate"
    VERIFY = "verify"
    TRANSFORM = "transform"
    AUDIT = "audit"
    CANARY = "canary"
    APPROVE = "approve"
    PUBLISH = "publish"
    ANNOUNCE = "announce"
    CHECK = "check"


def metric(stage: Stage, what: str) -> str:
    """Return the name of a metric of a stage, such as `dataops.verify.rows_quarantined`."""
    return f"{METRIC_PREFIX}.{stage.value}.{what}"
