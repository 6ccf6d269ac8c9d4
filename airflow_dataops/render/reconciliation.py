"""The reconciliation: a table and lines for people, plain JSON types for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.reconciliation.account import State
from airflow_dataops.render.quantity import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.core.reconciliation.account import Account

MARKS: dict[State, tuple[str, str]] = {
    State.BALANCED: ("✓", "green"),
    State.LEAK: ("✗", "red"),
    State.NOT_EVALUATED: ("?", "magenta"),
}
"""State -> its mark and its style; the words beside it say the same."""

PARTS = ("published", "quarantined", "duplicates", "unparsable", "withheld")
"""What the landed rows are the sum of, in the order of the columns."""


def reconciliation_table(accounts: Sequence[Account]) -> Table:
    """Return a table with one line for each partition and one for the totals.

    Args:
        accounts: At least one.
    """
    table = Table(
        box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False, collapse_padding=True
    )
    leading = [
        name
        for name in ("team", "product", "dataset")
        if len({getattr(account.batch, name) for account in accounts}) > 1
    ]
    for name in leading:
        table.add_column(name)
    held = sum(account.state is State.BALANCED for account in accounts)
    table.add_column("partition", footer="total", no_wrap=True)
    table.add_column("state", footer=f"{held} of {len(accounts)} balanced", no_wrap=True)
    for name in ("landed", *PARTS):
        total = sum(getattr(one.balance, name) for one in accounts if one.balance is not None)
        table.add_column(name, footer=count(total), justify="right", no_wrap=True)
    seen = sum(account.visible or 0 for account in accounts)
    table.add_column("readers see", footer=count(seen), justify="right", no_wrap=True)
    for account in accounts:
        mark, style = MARKS[account.state]
        table.add_row(
            *(getattr(account.batch, name) for name in leading),
            account.batch.partition,
            Text(f"{mark} {account.state.value}", style=style),
            *(count(getattr(account.balance, name, None)) for name in ("landed", *PARTS)),
            count(account.visible),
        )
    return table


def findings(accounts: Sequence[Account]) -> Iterator[str]:
    """Yield a line for each leak, then one for each place that could not be looked at."""
    for account in accounts:
        yield from (f"leak: {leak}" for leak in account.leaks)
    unknown = dict.fromkeys(why for account in accounts for why in account.unknown)
    yield from (f"could not evaluate: {why}" for why in unknown)


def reconciliation_rows(accounts: Sequence[Account]) -> list[dict[str, object]]:
    """Return one object of plain JSON types for each partition."""
    return [
        {
            **asdict(account.batch),
            "state": account.state.value,
            **{name: getattr(account.balance, name, None) for name in ("landed", *PARTS)},
            "audited": account.audited,
            "publication_rows": account.published,
            "visible": account.visible,
            "leaks": [asdict(leak) for leak in account.leaks],
            "not_evaluated": list(account.unknown),
        }
        for account in accounts
    ]
