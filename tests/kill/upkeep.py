"""The vacuum of every table that a store knows, with the real adapters, killable at a point.

    python upkeep.py HOME [WHAT:NUMBER:before|after]

HOME has `store.db` and `lake`; where it has a file `database`, its first line leads to the database of the
connection `shop_db`. The point kills this very process with SIGKILL before or after the first, second, …
`record` of the store, `unlink` of a file, or `statement` by which rows of versions are removed and marked.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from airflow_dataops.core.versions import Keeping
from airflow_dataops.targets import postgres_upkeep
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.upkeep.vacuum import vacuum
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.wiring import stores, targets
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 2
DAY = timedelta(days=1)


def mortal(what: str, done: Callable[..., Any], point: str, counted: Counter[str]) -> Callable[..., Any]:
    """Return a function that kills the process where it is called for the time that the point names."""

    def call(*args: object, **kwargs: object) -> object:
        counted[what] += 1
        die(f"{what}:{counted[what]}:before", point)
        result = done(*args, **kwargs)
        die(f"{what}:{counted[what]}:after", point)
        return result

    return call


def die(here: str, point: str) -> None:
    """Kill this process where it is the point."""
    if here == point:
        os.kill(os.getpid(), signal.SIGKILL)


def main(home: Path, point: str) -> None:
    """Look after every table."""
    settings = Settings(
        store_url=f"sqlite:///{home}/store.db", zones_path=str(home / "zones"), lake_path=str(home / "lake")
    )
    counted: Counter[str] = Counter()
    store: Any = stores.store(settings)
    store.record = mortal("record", store.record, point, counted)
    Path.unlink = mortal("unlink", Path.unlink, point, counted)  # type: ignore[method-assign]
    changing = mortal("statement", postgres_upkeep.run, point, counted)

    def run(connection: Any, statement: Any, *values: Any) -> Any:
        changes = any(word in repr(statement) for word in ("DELETE", "UPDATE"))
        return (changing if changes else plain)(connection, statement, *values)

    plain, postgres_upkeep.run = postgres_upkeep.run, run

    def database(conn_id: str) -> Warehouse:
        url = (home / "database").read_text().splitlines()[0]
        return Warehouse(conn_id, lambda: psycopg.connect(url))

    done, failed = vacuum(
        Keeping(KEPT, timedelta(0)),
        grace=DAY,
        who="maintenance",
        dry_run=False,
        store=store,
        upkeep=lambda address: targets.upkeep_at(settings, address, database),
        clock=FrozenClock(datetime.now(UTC) + 10 * DAY),
    )
    sys.stdout.write(f"{dict(counted)} {done} {failed}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
