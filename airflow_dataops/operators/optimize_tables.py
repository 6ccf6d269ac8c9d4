"""Write small files of published tables together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.operators.upkeep import UpkeepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class OptimizeTablesOperator(UpkeepOperator):
    """Write the small files of each partition of each Delta table into few; readers see the same rows.

    It is a commit of its own, in which no batch is published, and older versions keep their files. A publish
    of the same partition that comes first makes it try again. With nothing to do, nothing is written.
    """

    def work(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Return table -> how many files became how many, of tables that had some."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.upkeep.optimize import optimize
        from airflow_dataops.wiring import stores, targets

        at = settings()
        done, failed = optimize(
            store=stores.store(at), upkeep=lambda address: targets.upkeep_at(at, address, warehouse)
        )
        counts = {}
        for table, found in done.items():
            if found.removed:
                counts[table] = {"removed": found.removed, "added": found.added}
                self.log.info("%s: %s files became %s", table, found.removed, found.added)
        self.log.info("%s of %s tables had files to write together", len(counts), len(done))
        self.refuse(failed)
        return counts
