"""Free what no kept version of a published table needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.operators.upkeep import UpkeepOperator, keeping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context


class VacuumTablesOperator(UpkeepOperator):
    """Remove files of Delta tables, and rows of tables in PostgreSQL, that no kept version needs.

    Kept is the newest version of each partition, what the knobs say, and what the store wasn't told of yet.
    A version that goes leaves an audit record, and can't be restored any more. A run that was killed is
    finished by the next one.

    Args:
        keep_versions: So many versions of each partition are kept, at least 1.
        keep_versions_for: And those that are younger than this, such as `30d`; empty for none.
        grace: What was written or replaced since then stays, for somebody may be reading or writing it.
        count_only: Whether to count only what would go.
    """

    template_fields: Sequence[str] = ("keep_versions", "keep_versions_for", "grace", "count_only")

    def __init__(
        self,
        *,
        keep_versions: int = 30,
        keep_versions_for: str = "",
        grace: str = "1d",
        count_only: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.keep_versions = keep_versions
        self.keep_versions_for = keep_versions_for
        self.grace = grace
        self.count_only = count_only

    def work(self, context: Context) -> dict[str, Any]:
        """Return table -> how many versions are kept and went, and the files and rows that went."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.core.retention import age
        from airflow_dataops.usecases.upkeep.vacuum import vacuum
        from airflow_dataops.wiring import clocks, stores, targets

        at = settings()
        done, failed = vacuum(
            keeping(self.keep_versions, self.days("keep_versions_for")),
            grace=age(self.grace, where="grace"),
            who=self.who(context),
            dry_run=self.count_only,
            store=stores.store(at),
            upkeep=lambda address: targets.upkeep_at(at, address, warehouse),
            clock=clocks.clock(),
        )
        verb = "would go" if self.count_only else "went"
        for one in done:
            said = f"{one.kept} versions are kept; {one.gone} {verb}, with {one.freed.files} files"
            self.log.info("%s: %s and %s rows of older ones", one.table, said, one.freed.rows)
        self.refuse(failed)
        return {
            one.table: {
                "kept": one.kept,
                "gone": one.gone,
                "files": one.freed.files,
                "bytes": one.freed.bytes,
                "rows": one.freed.rows,
            }
            for one in done
        }
