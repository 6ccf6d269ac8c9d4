"""Files for people: the rows that failed, and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.wiring.extras import extra_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.batch import Batch


def write_key_lines(text: str, *, to: str, spared: Iterable[str]) -> None:
    """Write the file that names failing rows.

    Args:
        text: Its lines.
        to: The file.
        spared: Files that are never replaced.

    Raises:
        SettingsError: If something lies there that no earlier run wrote.
        BrokenWorldError: If it can't be written.
    """
    from airflow_dataops.engines.sql.key_lines import write_key_lines

    write_key_lines(text, to=to, spared=spared)


def check_key_lines(to: str, *, spared: Iterable[str]) -> None:
    """Refuse such a file, before a row is read, that will not be written.

    Raises:
        SettingsError: If something lies there that no earlier run wrote, or its folder isn't there.
        BrokenWorldError: If it can't be looked at.
    """
    from airflow_dataops.engines.sql.key_lines import check_key_lines

    check_key_lines(to, spared=spared)


def check_bad_rows(to: str, *, spared: Iterable[str]) -> None:
    """Refuse a file of bad rows in whose place something lies that no earlier run wrote.

    Args:
        to: The file.
        spared: Files that are never replaced.

    Raises:
        SettingsError: If it is refused, or the extra `local` is not installed.
        BrokenWorldError: If it can't be looked at.
    """
    try:
        from airflow_dataops.engines.sql.bad_rows import check_bad_rows
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    check_bad_rows(to, spared=spared)


def write_report(texts: Mapping[str, str], *, folder: str, partner: str, batch: Batch) -> dict[str, str]:
    """Write a report for a partner in several formats, and return suffix -> file.

    Raises:
        BrokenWorldError: If it can't be written.
    """
    from airflow_dataops.zones.report_folder import write_report

    return write_report(texts, folder=folder, partner=partner, batch=batch)
