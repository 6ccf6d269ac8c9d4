"""Clear the zones of what is old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.operators.upkeep import UpkeepOperator, keeping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context


class CleanZonesOperator(UpkeepOperator):
    """Remove raw copies, staged rows and quarantines that are older than a time, of every product.

    A raw copy stays, whatever its age, where a kept version was made of it. Removing one, or a quarantine
    that a verdict names, leaves an audit record. What never goes is listed in docs/reference/store.md.

    Args:
        keep_raw: How long raw copies are kept that no kept version needs: a number of days such as `400d`.
        keep_staging: How long what a run staged is kept, where it was never announced.
        keep_quarantine: How long bad rows are kept.
        keep_versions: So many versions of each partition are kept, and the raw copies of them.
        keep_versions_for: And those that are younger than this; empty for none.
        count_only: Whether to count only what would go.
    """

    template_fields: Sequence[str] = (
        "keep_raw",
        "keep_staging",
        "keep_quarantine",
        "keep_versions",
        "keep_versions_for",
        "count_only",
    )

    def __init__(
        self,
        *,
        keep_raw: str = "400d",
        keep_staging: str = "14d",
        keep_quarantine: str = "90d",
        keep_versions: int = 30,
        keep_versions_for: str = "",
        count_only: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.keep_raw = keep_raw
        self.keep_staging = keep_staging
        self.keep_quarantine = keep_quarantine
        self.keep_versions = keep_versions
        self.keep_versions_for = keep_versions_for
        self.count_only = count_only

    def work(self, context: Context) -> dict[str, Any]:
        """Return how many things went from each zone, their bytes, and how many raw copies are of nobody."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.core.clearance import Zone
        from airflow_dataops.core.retention import age
        from airflow_dataops.usecases.upkeep.clean_zones import clean_zones
        from airflow_dataops.wiring import clocks, stores, zoning

        at = settings()
        keep = {zone: age(getattr(self, f"keep_{zone}"), where=f"keep_{zone}") for zone in Zone}
        found = clean_zones(
            keep,
            keeping(self.keep_versions, self.days("keep_versions_for")),
            who=self.who(context),
            dry_run=self.count_only,
            store=stores.store(at),
            storerooms=lambda addresses: zoning.storerooms(at, addresses, warehouse),
            clock=clocks.clock(),
        )
        counts = {zone.value: found.things[zone] for zone in Zone}
        said = ", ".join(f"{count} of {zone}" for zone, count in counts.items())
        size = found.bytes.total()
        self.log.info("%s: %s, %s bytes", "Would remove" if self.count_only else "Removed", said, f"{size:,}")
        if found.unknown:
            self.log.warning(
                "%s old raw copies stay: they are of products that this store knows nothing of. Point"
                " [dataops] sql_alchemy_conn to the store that knows them, or remove them by hand.",
                found.unknown,
            )
        self.refuse(found.failed)
        return {**counts, "bytes": size, "unknown": found.unknown}
