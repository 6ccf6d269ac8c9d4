"""The reconciliation: a table and lines for people, plain JSON types for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich import box
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.reconciliation.account import State
from airflow_dataops.render.quantity import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.reconciliation.account import Account

MARKS: dict[State, tuple[str, str]] = {
    State.BALANCED: ("✓", "green"),
    State.LEAK: ("✗", "red"),
    State.NOT_EVALUATED: ("?", "magenta"),
}
"""State -> its mark and its style; the words beside it say the same."""

PARTS = ("published", "quarantined", "duplicates", "unparsable", "withheld")
"""What the landed rows are the sum of, in the order of the columns."""


def reconciliation_table(accounts: Sequence[Account], *, page: Console) -> Table:
    """Return a table with one line for each partition and one for the totals. It cuts no number and no name.

    Each part of a sum has a column of its own; where there is no room for that, the sum is written out.

    Args:
        accounts: At least one.
        page: What it is printed on.
    """
    leading = [
        name
        for name in ("team", "product", "dataset")
        if len({getattr(account.batch, name) for account in accounts}) > 1
    ]
    wide = _in_columns(accounts, leading)
    endless = page.options.update(max_width=ENDLESS)
    if Measurement.get(page, endless, wide).maximum <= page.width:
        return wide
    return _written_out(accounts, leading)


ENDLESS = 100_000
"""More characters than a line has."""


def _empty() -> Table:
    return Table(
        box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False, collapse_padding=True
    )


def _in_columns(accounts: Sequence[Account], leading: Sequence[str]) -> Table:
    table = _empty()
    for name in leading:
        table.add_column(name)
    held = sum(account.state is State.BALANCED for account in accounts)
    table.add_column("partition", footer="total", no_wrap=True)
    table.add_column("state", footer=f"{held} of {len(accounts)} balanced", no_wrap=True)
    landed, parts = _totals(accounts)
    for name, total in {"landed": landed, **parts}.items():
        table.add_column(name, footer=count(total), justify="right", no_wrap=True)
    table.add_column("readers see", footer=count(_seen(accounts)), justify="right", no_wrap=True)
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


def _written_out(accounts: Sequence[Account], leading: Sequence[str]) -> Table:
    """Write each account as the sum that it is, without the parts that are zero."""
    table = _empty()
    held = sum(account.state is State.BALANCED for account in accounts)
    landed, parts = _totals(accounts)
    table.add_column("partition", footer=f"{held} of {len(accounts)} balanced", overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("landed", footer=count(landed), justify="right", no_wrap=True)
    table.add_column("= where the rows are", footer=_sum(parts, _seen(accounts)))
    for account in accounts:
        mark, style = MARKS[account.state]
        balance = account.balance
        known = {name: getattr(balance, name) for name in PARTS} if balance is not None else {}
        table.add_row(
            "/".join((*(getattr(account.batch, name) for name in leading), account.batch.partition)),
            Text(mark, style=style),
            count(getattr(balance, "landed", None)),
            _sum(known, account.visible) if known else account.state.value,
        )
    return table


def _seen(accounts: Sequence[Account]) -> int | None:
    """Return how many rows readers see of all partitions; None where that of a published one is not known."""
    if any(account.visible is None and account.published is not None for account in accounts):
        return None
    return sum(account.visible or 0 for account in accounts)


def _totals(accounts: Sequence[Account]) -> tuple[int, dict[str, int]]:
    known = [account.balance for account in accounts if account.balance is not None]
    parts = {name: sum(getattr(one, name) for one in known) for name in PARTS}
    return sum(one.landed for one in known), parts


def _sum(parts: Mapping[str, int], visible: int | None) -> str:
    words = " + ".join(f"{count(number)} {name}" for name, number in parts.items() if number) or "0"
    return words if visible == parts["published"] else f"{words}; readers see {count(visible)}"


def findings(accounts: Sequence[Account]) -> Iterator[str]:
    """Yield a line for each leak, then one for each place that could not be looked at."""
    for account in accounts:
        yield from (f"leak: {leak}" for leak in account.leaks)
    unknown = dict.fromkeys(why for account in accounts for why in account.unknown)
    yield from (f"could not evaluate: {why}" for why in unknown)


def losses_reported(reports: Sequence[Reported]) -> Iterator[str]:
    """Yield what was reported to incidents, one line each."""
    for one in reports:
        said = "what was lost is found" if one.well else one.text
        yield f"reported: {one.where.product}/{one.where.partition} {one.task_id}: {said}"


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
