"""What the zones in a local folder really hold."""

from __future__ import annotations

import glob
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.naming import FILE_COLUMN, LINE_COLUMN, RULES_COLUMN
from airflow_dataops.core.quarantine_report import BadLine
from airflow_dataops.core.reconciliation.evidence import MISSING
from airflow_dataops.core.rows.relation import landed
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.landing import Landing


OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""DuckDB fetches nothing from anywhere."""

PLACES = f"unnest({RULES_COLUMN}) AS rule, {FILE_COLUMN} AS file, {LINE_COLUMN} AS line"
"""A row for each rule that a record broke."""

FIRST = "row_number() OVER (PARTITION BY rule ORDER BY file, line)"
"""The how many-th of its rule a record is."""


class LocalStock:
    """Looks at raw copies and quarantines; it reads no row."""

    def fault(self, landing: Landing) -> str:
        """Return what is wrong with a raw copy; its digest is proved when it is used again, not here.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        size = 0
        with refusal("the raw copy can't be looked at", where=landing.uri):
            if not Path(landing.uri).exists():
                return MISSING
        for part in landed(landing).parts:
            file = Path(part.uri)
            with refusal("the raw copy can't be looked at", where=part.uri):
                if not file.is_file():
                    return "is no file" if part.uri == landing.uri else f"lacks {part.name}"
                size += file.stat().st_size
        return "" if size == landing.bytes else f"has {size} bytes, {landing.bytes} landed"

    def rows(self, quarantine: str) -> int | None:
        """Return how many rows a quarantine holds, by the footer of its file.

        Raises:
            BrokenWorldError: If it can't be read.
        """
        import duckdb  # noqa: PLC0415 - only whoever reconciles needs it

        with refusal("the quarantine can't be looked at", where=quarantine):
            if not Path(quarantine).is_file():
                return None
        try:
            with closing(duckdb.connect(config=OFFLINE)) as connection:
                ((rows,),) = connection.read_parquet(glob.escape(quarantine)).count("*").fetchall()
        except duckdb.Error as error:
            raise _unread(quarantine, error) from None
        return int(rows)

    def lines(self, quarantine: str, most: int) -> Mapping[str, tuple[BadLine, ...]]:
        """Return id of a rule -> where the first records are that broke it; no value is read.

        Raises:
            BrokenWorldError: If it is gone, or can't be read.
        """
        import duckdb  # noqa: PLC0415 - only whoever reports needs it

        found: dict[str, list[BadLine]] = {}
        try:
            with closing(duckdb.connect(config=OFFLINE)) as connection:
                places = connection.read_parquet(glob.escape(quarantine)).project(PLACES)
                first = places.project(f"*, {FIRST} AS nth").filter(f"nth <= {int(most)}")
                for rule, file, line, _ in first.order("rule, nth").fetchall():
                    found.setdefault(str(rule), []).append(BadLine(str(file), int(line)))
        except duckdb.Error as error:
            raise _unread(quarantine, error) from None
        return {rule: tuple(lines) for rule, lines in found.items()}


def _unread(quarantine: str, error: Exception) -> BrokenWorldError:
    return BrokenWorldError(
        f"the quarantine can't be read ({type(error).__name__})",
        where=quarantine,
        hint="Clear the run of its partition: it is written anew.",
    )
