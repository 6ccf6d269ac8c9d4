"""SQL of people is stopped where it takes too long."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

import duckdb

from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.time_limit import TimeLimit

AGAIN = 0.1
"""Seconds until DuckDB is told once more: a statement that was about to begin has not heard it."""


@contextmanager
def stopped(
    connection: duckdb.DuckDBPyConnection, limit: TimeLimit, *, where: str = "", hint: str = ""
) -> Iterator[None]:
    """Stop the statement that a block runs when it takes longer than a limit.

    DuckDB looks whether it shall stop between pieces of work, of which one may take a while.

    Args:
        connection: The DuckDB that runs it.
        limit: The limit.
        where: Where the statement stands, for the message.
        hint: What to do next, for the message.

    Raises:
        NotEvaluatedError: If it was stopped.
    """
    if limit.seconds is None:
        yield
        return
    done, over = Event(), Event()

    def stop() -> None:
        if done.wait(limit.seconds):
            return
        over.set()
        connection.interrupt()
        while not done.wait(AGAIN):
            connection.interrupt()

    watcher = Thread(target=stop, name="dataops-time-limit", daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException:
        if not over.is_set():
            raise
    else:
        return
    finally:
        done.set()
        watcher.join()
    raise NotEvaluatedError(limit.over, where=where, hint=hint)
