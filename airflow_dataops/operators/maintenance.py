"""Look after the store, where nobody has a shell to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.failure import failing_as_airflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context


class MigrateStoreOperator(BaseOperator):
    """Bring the store to the revision of the installed version, and make it where there is none.

    The same as `airflow dataops db migrate`: one transaction, which may be started several times at once.
    """

    ui_color = "#eeeeee"

    def execute(self, context: Context) -> dict[str, str | None]:  # noqa: ARG002
        """Return the revision that the store had, as `before`, and the one it has, as `after`.

        Raises:
            AirflowFailException: For a wrong setting, or a role without the rights: not tried again.
            AirflowException: For a broken world: tried again.
        """
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.wiring import stores

        with failing_as_airflow():
            before, after = stores.migrate(settings())
        self.log.info("The store had the revision %s, and has %s", before or "nothing", after)
        return {"before": before, "after": after}


class CleanStoreOperator(BaseOperator):
    """Remove facts that are older than a time, and that neither readers nor reports of them need.

    The same as `airflow dataops db clean --yes`. What never goes is listed in docs/reference/store.md.

    Args:
        before: A date such as `2026-01-01`, an instant with its zone, or a number of days such as `180d`.
        audit_records: Whether audit records go, too.
        count_only: Whether to count only what would go.
    """

    template_fields: Sequence[str] = ("before", "audit_records", "count_only")
    ui_color = "#eeeeee"

    def __init__(
        self, *, before: str, audit_records: bool = False, count_only: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.before = before
        self.audit_records = audit_records
        self.count_only = count_only

    def execute(self, context: Context) -> dict[str, int]:  # noqa: ARG002
        """Return how many facts of each kind went.

        Raises:
            AirflowFailException: For a `before` that is no time, or another wrong setting: not tried again.
            AirflowException: For a broken world: tried again.
        """
        from dataclasses import asdict

        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.upkeep.clean import clean
        from airflow_dataops.wiring import clocks, stores

        with failing_as_airflow():
            gone = clean(
                self.before,
                audit_records=self.audit_records,
                dry_run=self.count_only,
                retention=stores.retention(settings()),
                clock=clocks.clock(),
            )
        counts = asdict(gone)
        said = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())
        verb = "Would remove" if self.count_only else "Removed"
        self.log.info("%s what is older than %s: %s", verb, self.before, said)
        return counts
