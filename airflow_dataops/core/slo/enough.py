"""Whether enough is left of a product's budgets, for whoever asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.share import cut_percent
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.slo.standing import Standing

SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enough:
    """What is left of a product's budgets.

    Args:
        product: The product.
        remaining: Objective -> the share of its budget that is left; None where that isn't known.
        unmet: What isn't enough, one line each.
        wrong: What can't be asked, one line each: of these waiting heals nothing but a name yet to come.
        notes: What else there is to be said, one line each.
    """

    product: str
    remaining: dict[str, Fraction | None]
    unmet: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything that isn't as asked, each with the product."""
        return tuple(f"{self.product}: {line}" for line in (*self.wrong, *self.unmet))

    @property
    def awaited(self) -> str:
        """What is waited for, and that it may never come, as one line."""
        never = (
            ". It is waited for, since it may come to be: correct the name if it won't" if self.wrong else ""
        )
        return f"Not yet: {'; '.join(self.lines)}{never}"

    @property
    def shares(self) -> dict[str, float | None]:
        """What is left, as plain JSON types."""
        return {name: None if left is None else float(left) for name, left in self.remaining.items()}


def at_least(given: float | str | Fraction) -> Fraction:
    """Read a share of a budget, exactly, from its text: `0.2` or `20%`.

    Raises:
        SettingsError: If it is none from 0 to 1.
    """
    found = SHARE.fullmatch(str(given)) if not isinstance(given, Fraction) else None
    share = Fraction(found[1]) / (100 if found[2] else 1) if found else given
    if not isinstance(share, Fraction) or not 0 <= share <= 1:
        raise SettingsError(f"`at_least` can't be `{given}`", hint="Use a share such as 0.2 or 20%.")
    return share


def enough(product: str, standings: Iterable[Standing], *, least: Fraction) -> Enough:
    """Say whether so much is left of each budget. Where it isn't known, it isn't enough."""
    remaining = {one.slo: one.remaining for one in standings}
    unmet = [
        f"what is left of the budget of `{slo}` is not known"
        if left is None
        else f"{cut_percent(left)} of the budget of `{slo}` is left, less than {cut_percent(least)}"
        for slo, left in remaining.items()
        if left is None or left < least
    ]
    return Enough(product=product, remaining=remaining, unmet=tuple(unmet))
