from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.reconciliation.account import Account
from airflow_dataops.core.reconciliation.balance import Balance
from airflow_dataops.core.reconciliation.leaks import Leak
from airflow_dataops.render.reconciliation import findings, reconciliation_rows, reconciliation_table

SOUND = Account(
    batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
    balance=Balance(landed=1500, published=1490, quarantined=7, unparsable=3),
    audited=1490,
    published=1490,
    visible=1490,
    leaks=(),
    unknown=(),
)
LEAKING = replace(
    SOUND,
    batch=replace(SOUND.batch, partition="2026-03-04"),
    visible=1489,
    leaks=(Leak("/lake/orders 2026-03-04", "readers see 1489 rows, 1490 were published", "Look."),),
    unknown=("the zones are shut",),
)
STRANGE = replace(
    SOUND,
    batch=replace(SOUND.batch, product="returns"),
    balance=None,
    visible=None,
    unknown=("the zones are shut",),
)


def shown(*accounts: Account, width: int = 140) -> list[str]:
    """The lines of the table."""
    stream = io.StringIO()
    page = Console(file=stream, width=width)
    page.print(reconciliation_table(accounts, page=page))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_table_has_a_line_for_each_partition_and_one_for_the_sums() -> None:
    """What differs between the partitions is named, and nothing else."""
    head, _, *lines, _, total = shown(SOUND, LEAKING, STRANGE)

    assert head.startswith("product  partition   state")
    assert ["✓ balanced", "✗ leak", "? not evaluated"] == [
        next(state for state in ("✓ balanced", "✗ leak", "? not evaluated") if state in line)
        for line in lines
    ]
    assert "1 of 3 balanced" in total
    assert "3,000" in total
    assert shown(SOUND)[0].startswith("partition   state")


@pytest.mark.parametrize("width", [60, 80, 100])
def test_table_with_little_room_writes_the_sums_out(width) -> None:
    """No number and no partition is cut, whatever the terminal."""
    printed = shown(SOUND, LEAKING, STRANGE, width=width)

    assert "…" not in "".join(printed)
    assert printed[2].startswith("orders/2026-03-03   ✓   1,500  1,490 published")
    words = " ".join(" ".join(printed).split())
    assert "1 of 3 balanced 3,000 2,980 published" in words
    assert "returns/2026-03-03 ? – not evaluated" in words  # noqa: RUF001
    assert "readers see 1,489" in words


def test_findings_are_a_line_each_and_a_shut_place_is_told_once() -> None:
    """However many partitions lie there."""
    assert [
        "leak: /lake/orders 2026-03-04: readers see 1489 rows, 1490 were published. Look.",
        "could not evaluate: the zones are shut",
    ] == list(findings([SOUND, LEAKING, STRANGE]))


def test_rows_are_plain_json() -> None:
    """Programs get what people see, and the numbers behind it."""
    rows = reconciliation_rows([LEAKING, STRANGE])

    assert rows == json.loads(json.dumps(rows))
    assert ("leak", 1490, 1489, None) == (
        rows[0]["state"],
        rows[0]["publication_rows"],
        rows[0]["visible"],
        rows[1]["landed"],
    )
    assert "readers see 1489 rows, 1490 were published" == rows[0]["leaks"][0]["what"]
