"""The reconciliation of each partition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import LONGEST_PARTITION
from airflow_dataops.core.reconciliation.balance import balance
from airflow_dataops.core.reconciliation.evidence import Published, Unknown
from airflow_dataops.core.reconciliation.leaks import CHECKS, Leak, unheard_of
from airflow_dataops.core.reconciliation.record import Record, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.reconciliation.balance import Balance
    from airflow_dataops.core.reconciliation.evidence import Evidence


NAMELESS = "(none)"
"""Stands for the label of a partition without one."""


class State(StrEnum):
    """What the reconciliation of one partition came to."""

    BALANCED = "balanced"
    LEAK = "leak"
    NOT_EVALUATED = "not evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The reconciliation of one partition.

    Args:
        batch: Which one.
        balance: Where the rows of its landing are, or None without a landing.
        audited: Rows that passed the audit, or None.
        published: Rows of its newest publication, or None.
        visible: Rows that readers see, or None where nothing was published or it is not known.
        leaks: What doesn't add up.
        unknown: What could not be looked at, one line each.
    """

    batch: Batch
    balance: Balance | None
    audited: int | None
    published: int | None
    visible: int | None
    leaks: tuple[Leak, ...]
    unknown: tuple[str, ...]

    @property
    def state(self) -> State:
        """What it came to: a leak that was found stands, whatever else could not be looked at."""
        if self.leaks:
            return State.LEAK
        return State.NOT_EVALUATED if self.unknown else State.BALANCED


def reconcile(known: Sequence[Record], evidence: Evidence) -> tuple[Account, ...]:
    """Return the account of each partition, those that only a target knows included."""
    batches = {record.batch for record in known}
    return tuple(
        sorted(
            (
                *(_account(record, evidence) for record in known),
                *(
                    _account(_stranger(batch), evidence, beside=(leak,))
                    for batch, leak in _strangers(known, evidence)
                    if batch not in batches
                ),
            ),
            key=lambda account: place_of(account.batch),
        )
    )


def _account(record: Record, evidence: Evidence, *, beside: tuple[Leak, ...] = ()) -> Account:
    found = [finding for check in CHECKS for finding in check(record, evidence)]
    return Account(
        batch=record.batch,
        balance=balance(record),
        audited=record.audited,
        published=None if record.publication is None else record.publication.rows,
        visible=_visible(record, evidence),
        leaks=(*(one for one in found if isinstance(one, Leak)), *beside),
        unknown=tuple(dict.fromkeys(one.why for one in found if isinstance(one, Unknown))),
    )


def _visible(record: Record, evidence: Evidence) -> int | None:
    if record.publication is None:
        return None
    there = evidence.targets.get(record.publication.target)
    return there.counts.get(record.batch.partition, 0) if isinstance(there, Published) else None


def _strangers(known: Sequence[Record], evidence: Evidence) -> Iterator[tuple[Batch, Leak]]:
    """Yield the partitions in a product's targets of which the store knows nothing."""
    some = {record.batch.owner: record for record in known}
    for record in some.values():
        for target in record.targets:
            there = evidence.targets[target]
            counts = there.counts if isinstance(there, Published) else {}
            for label, rows in sorted(counts.items()):
                batch = replace(record.batch, partition=label[:LONGEST_PARTITION] or NAMELESS)
                yield batch, unheard_of(target, label, rows)


def _stranger(batch: Batch) -> Record:
    return Record(
        batch=batch, landings=(), landing=None, verdicts={}, publication=None, targets=(), announced=False
    )
