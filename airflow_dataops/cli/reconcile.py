"""`reconcile`: whether every row that landed is accounted for. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say
from airflow_dataops.cli.screen import console
from airflow_dataops.core.alerts.losses import lost
from airflow_dataops.core.reconciliation.account import State
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.reconciliation import (
    findings,
    losses_reported,
    reconciliation_rows,
    reconciliation_table,
)
from airflow_dataops.usecases.alerts.report_losses import report_losses
from airflow_dataops.usecases.reconcile import reconcile
from airflow_dataops.usecases.unknown import unknown
from airflow_dataops.wiring import clocks, stores, targets, zoning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.reconciliation.account import Account
    from airflow_dataops.warehouse.postgres import Warehouse
    from airflow_dataops.wiring.settings import Settings

BALANCED, LEAKS, NOT_EVALUATED = 0, 1, 3
"""Exit codes."""


def show(
    products: Sequence[str],
    *,
    team: str,
    output_format: str,
    settings: Settings,
    database: Callable[[str], Warehouse | None],
    stream: TextIO,
    report: bool = False,
) -> int:
    """Print the account of each partition, then a line for all that doesn't add up.

    Args:
        products: The data products; none means every one.
        team: Whose; empty means every team.
        output_format: `text` for people, `json` for programs.
        settings: Where the store and the zones are.
        database: Opens a connection's database.
        stream: Where to.
        report: Whether rows that are lost are reported to the incidents of the products.

    Returns:
        0 when all is accounted for, 1 at a leak, 3 when nothing leaks as far as it could be looked at, and
        something could not.

    Raises:
        SettingsError: If the store knows no such product, or has no tables.
        BrokenWorldError: If the store can't be read.
    """
    accounts = tuple(
        account
        for product in dict.fromkeys(products or ("",))
        for account in _of(product, team=team, settings=settings, database=database)
    )
    if output_format == "json":
        document = {"partitions": reconciliation_rows(accounts)}
        stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        page = console(stream)
        page.print(reconciliation_table(accounts, page=page))
        say(stream, findings(accounts))
    if report:
        words = _reported(accounts, team=team, settings=settings, database=database)
        if output_format == "text":
            say(stream, losses_reported(words))
    states = {account.state for account in accounts}
    if State.LEAK in states:
        return LEAKS
    return NOT_EVALUATED if State.NOT_EVALUATED in states else BALANCED


def _reported(
    accounts: Iterable[Account],
    *,
    team: str,
    settings: Settings,
    database: Callable[[str], Warehouse | None],
) -> tuple[Reported, ...]:
    """Report what is lost. What was committed and isn't recorded yet looks so: it is looked at once more."""
    doubtful = {account.batch.product for account in accounts if lost(account)}
    again = {
        account.batch: account
        for product in sorted(doubtful)
        for account in _of(product, team=team, settings=settings, database=database)
    }
    sure = [one for one in accounts if not lost(one) or lost(again.get(one.batch, one))]
    return report_losses(sure, reports=stores.alerts(settings), now=clocks.clock().now())


def _of(
    product: str, *, team: str, settings: Settings, database: Callable[[str], Warehouse | None]
) -> tuple[Account, ...]:
    store = stores.store(settings)
    accounts = reconcile(
        product,
        team=team,
        store=store,
        stock=lambda address: zoning.stock_at(address, database),
        target=lambda address: targets.target_at(settings, address, database),
    )
    if not accounts:
        where = {name: value for name, value in (("product", product), ("team", team)) if value}
        if product and not store.newest(**where):
            raise unknown(product, team=team, store=store)
        of = f"of the product `{product}` " if product else ""
        raise SettingsError(
            f"nothing {of}lands: it is judged in place, or not at all",
            hint="See what became of it: `airflow dataops report`.",
        )
    return accounts
