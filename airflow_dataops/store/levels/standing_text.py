"""How objectives stand as text, and back: short, since there are many of them and they are written often."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import BurnAlert, Urgency
from airflow_dataops.core.slo.standing import Burn, Kept, Standing, State

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

MUCH = 20_000
"""Characters of a ledger that are worth packing: slices of a minute come to millions of them."""

MARKS = {mark: mark.value[0] for mark in Mark}
"""Mark -> its letter."""

LETTERS = {letter: mark for mark, letter in MARKS.items()}


def body_of(kept: Kept) -> str:
    """Return how an objective stands as text, without its entries."""
    its = kept.standing
    return json.dumps(
        [
            [_instant(one) for one in (its.at, its.since, its.until, kept.cursor)],
            [_number(one) for one in (its.good, its.total, its.expected, its.allowed)],
            its.state,
            its.notes,
            [_burn(burn) for burn in its.burns],
        ],
        separators=(",", ":"),
    )


def ledger_of(entries: Sequence[Entry]) -> str:
    """Return entries as text, column by column; of very many, packed."""
    text = json.dumps(
        [
            [entry.partition for entry in entries],
            [(entry.at - EPOCH) // MICROSECOND for entry in entries],
            [_number(entry.good) for entry in entries],
            [_number(entry.total) for entry in entries],
            "".join([MARKS[entry.mark] for entry in entries]),
        ],
        separators=(",", ":"),
    )
    if len(text) < MUCH:
        return text
    return base64.b85encode(zlib.compress(text.encode(), level=1)).decode()


def kept_of(
    body: str, *, key: tuple[str, str, str], digest: str, changes_at: datetime | None, ledger: str = ""
) -> Kept:
    """Return what was kept; of entries, those of a ledger.

    Args:
        body: As `body_of` wrote it.
        key: Team, product and objective.
        digest: What it was made from.
        changes_at: When it changes, aware.
        ledger: As `ledger_of` wrote it; or empty.

    Raises:
        ValueError: If it was written in another way.
    """
    (at, since, until, cursor), numbers, state, notes, burns = json.loads(body)
    good, total, expected, allowed = [_fraction(one) for one in numbers]
    team, product, slo = key
    standing = Standing(
        team=team,
        product=product,
        slo=slo,
        at=_time(at),
        since=_time(since),
        until=_time(until),
        good=good,
        total=total,
        expected=expected,
        allowed=allowed,
        burns=tuple([_burnt(one) for one in burns]),
        state=State(state),
        notes=tuple(notes),
    )
    return Kept(
        standing=standing,
        digest=digest,
        entries=_entries(ledger) if ledger else (),
        cursor=_time(cursor),
        changes_at=changes_at,
    )


def _entries(ledger: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            partition=partition,
            at=_time(at),
            good=_fraction(good),
            total=_fraction(total),
            mark=LETTERS[mark],
        )
        for partition, at, good, total, mark in zip(*json.loads(_unpacked(ledger)), strict=True)
    )


def _unpacked(ledger: str) -> str | bytes:
    return ledger if ledger.startswith("[") else zlib.decompress(base64.b85decode(ledger))


def _burn(burn: Burn) -> list[Any]:
    its = burn.alert
    significance = None if its.significance is None else _number(its.significance)
    alert = [
        its.urgency,
        _number(its.factor),
        _number(its.long),
        _number(its.short),
        its.inclusive,
        its.weighted,
        significance,
    ]
    return [
        alert,
        None if burn.long is None else _number(burn.long),
        None if burn.short is None else _number(burn.short),
        burn.firing,
    ]


def _burnt(written: list[Any]) -> Burn:
    alert, long, short, firing = written
    return Burn(
        alert=_alert(*alert),
        long=None if long is None else _fraction(long),
        short=None if short is None else _fraction(short),
        firing=firing,
    )


@lru_cache(maxsize=1024)
def _alert(*written: Any) -> BurnAlert:
    """Return an alert: objectives have few different ones."""
    urgency, factor, long, short, inclusive, weighted, significance = written
    return BurnAlert(
        urgency=Urgency(urgency),
        factor=_fraction(factor),
        long=_fraction(long),
        short=_fraction(short),
        inclusive=inclusive,
        weighted=weighted,
        significance=None if significance is None else _fraction(significance),
    )


def _instant(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


@lru_cache(maxsize=4096)
def _time(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def _number(number: Fraction) -> int | str:
    numerator, denominator = number.numerator, number.denominator
    return numerator if denominator == 1 else f"{numerator}/{denominator}"


@lru_cache(maxsize=4096)
def _fraction(written: int | str) -> Fraction:
    if isinstance(written, int):
        return Fraction(written)
    above, _, below = written.partition("/")
    return Fraction(int(above), int(below))
