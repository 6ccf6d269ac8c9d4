"""Why a database couldn't be connected to, without a word of the driver's, which may quote what is secret."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from airflow_dataops.errors import DataOpsError


class Refusal(StrEnum):
    """What is wrong, where that is known."""

    LOGIN = "the server refuses the login"
    DATABASE = "the server has no such database"
    SERVER = "no server answers"


HINTS = {
    Refusal.LOGIN: "Check the connection's user and password, and what the user may do there.",
    Refusal.DATABASE: "Check the database that the connection names, which Airflow calls its schema.",
    Refusal.SERVER: "Check the connection's host and port, and that the server runs, then run it again.",
}
"""Refusal -> what to do."""

CHANCE = "Check the connection, and that the server takes one more, then run it again."


def unconnected(refusal: Refusal | None, error: Exception, *, where: str) -> DataOpsError:
    """Return our error for one of a driver's. A login and a database don't mend themselves, all else may.

    Args:
        refusal: What is wrong; None where that isn't known.
        error: The driver's, of which the type alone is told.
        where: The connection.
    """
    kind = type(error).__name__
    if refusal is None:
        return BrokenWorldError(f"connecting failed ({kind})", where=where, hint=CHANCE)
    what = f"connecting failed: {refusal} ({kind})"
    if refusal is Refusal.SERVER:
        return BrokenWorldError(what, where=where, hint=HINTS[refusal])
    return SettingsError(what, where=where, hint=HINTS[refusal])
