"""Whose a table of parted rows is: it carries a note that says which rows of which table it has."""

from __future__ import annotations

from airflow_dataops.errors import SettingsError


def note(half: str, of: str) -> str:
    """Return the note on a table that has one half of the rows of another.

    Args:
        half: `good` or `bad`.
        of: What the table is called from which the rows are.
    """
    return f"airflow-dataops: the {half} rows of {of}"


def not_ours(table: str, said: str) -> SettingsError:
    """Return the error for a name that something else has.

    Args:
        table: The name.
        said: The note that it would carry.
    """
    return SettingsError(
        f"`{table}` is there already, and carries no note `{said}`, so it is not replaced",
        where=table,
        hint="Name another table for these rows; or drop that one, if nothing needs it.",
    )


def one_name(table: str) -> SettingsError:
    """Return the error for the name of a table that stands for two."""
    return SettingsError(
        f"`{table}` is named twice: rows that are parted go from one table into others",
        where=table,
        hint="Give the judged rows, `good` and `quarantine` a table each.",
    )
