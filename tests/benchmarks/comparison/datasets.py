"""Ten deliveries of one shop's orders, each broken in one way that teams meet, and what is wrong in each.

    python datasets.py FOLDER

writes every delivery as a CSV file into the folder, and `truth.json` beside them: the tools that are compared
read the files alone. Each delivery is there with all of its breaks, and with each break alone, so that what
is said of one of them doesn't depend on the others.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20260304
ROWS = 200
FRESH = 180
"""The number (from 0) of the row that makes the delivery fresh."""

COLUMNS = (
    *("order_id", "customer_no", "name", "status", "quantity", "amount"),
    *("weight_kg", "ordered_on", "shipped_at", "refund_of", "note"),
)
NAMES = ("Ada Lovelace", "Zoë Müller", "O'Brien, Pat", '"Ace" Ltd', "Null", "None", "Nguyễn Ân", "NA")
"""Names that are right, some of which tools take for missing values."""


@dataclass
class Delivery:
    """A delivery that can be broken.

    Args:
        header: The names of its columns.
        rows: The texts of its cells.
        raw: Number of a row, from 0 -> the line to write for it, where it is no proper CSV.
        encoded: Number of a row -> the encoding of its line, where it is not UTF-8.
        line_end: What ends a line.
        mark: What stands before the header.
        wrong: Numbers of the rows that break the contract.
        whole: Whether the delivery as a whole breaks the contract, with no row to blame.
        bytes: The whole file, where it is no table at all.
    """

    header: list[str]
    rows: list[list[str]]
    raw: dict[int, str] = field(default_factory=dict)
    encoded: dict[int, str] = field(default_factory=dict)
    line_end: str = "\n"
    mark: str = ""
    wrong: set[int] = field(default_factory=set)
    whole: bool = False
    bytes: bytes | None = None

    def put(self, row: int, column: str, text: str) -> None:
        """Write a wrong text into a cell."""
        self.rows[row][self.header.index(column)] = text
        self.wrong.add(row)

    def written(self) -> tuple[bytes, list[int]]:
        """Return the file, and the line (from 1) at which each row starts."""
        if self.bytes is not None:
            return self.bytes, []
        content, starts = (self.mark + _line(self.header, end=self.line_end)).encode(), []
        for at, row in enumerate(self.rows):
            starts.append(content.count(b"\n") + 1)
            line = self.raw.get(at) or _line(row, end=self.line_end)
            content += line.encode(self.encoded.get(at, "utf-8"))
        return content, starts


@dataclass(frozen=True)
class Break:
    """One thing that is wrong.

    Args:
        name: Its name among the breaks of its dataset.
        title: What is wrong, for people.
        apply: Breaks a delivery.
        together: Whether it is among those of the delivery with all breaks.
    """

    name: str
    title: str
    apply: Callable[[Delivery], None]
    together: bool = True


@dataclass(frozen=True)
class Dataset:
    """A delivery with its breaks.

    Args:
        name: Its name.
        title: What is wrong with it, for people.
        breaks: The breaks, none for the delivery that keeps the contract.
    """

    name: str
    title: str
    breaks: tuple[Break, ...]


def clean() -> Delivery:
    """Return the delivery that keeps the contract: the same each time."""
    chance = random.Random(SEED)  # noqa: S311 - chance, not secrecy
    rows = []
    for number in range(1, ROWS + 1):
        month, day = chance.randint(1, 12), chance.randint(1, 28)
        status = chance.choice(("new", "paid", "shipped", "shipped", "cancelled"))
        rows.append(
            [
                f"ORD-{number:06}",
                str(chance.randint(1, 2**40)),
                chance.choice(NAMES),
                status,
                str(chance.randint(1, 1000)),
                f"{chance.randint(0, 9_999_999) / 100:.2f}",
                "" if number % 20 == 7 else f"{chance.uniform(0, 1000):.3f}",
                f"2025-{month:02}-{day:02}",
                f"2026-01-{day:02}T{day % 24:02}:30:00Z" if status == "shipped" else "",
                f"ORD-{chance.randint(ROWS - 19, ROWS):06}" if status == "cancelled" else "",
                chance.choice(("", "", "leave at the door", "two\nlines", 'says "hello"')),
            ]
        )
    # Right, and hard for some: 2^53 + 1, which no double is; a leap day; an offset.
    rows[10][1] = "9007199254740993"
    rows[11][7], rows[11][8] = "2024-02-29", "2024-03-31T02:30:00+01:00"
    # One row is of a day to come, so that the delivery is fresh whenever this is run before that day.
    rows[FRESH][8] = "2029-12-31T12:00:00Z"
    return Delivery(list(COLUMNS), rows)


def cell(name: str, title: str, row: int, column: str, text: str) -> Break:
    """Return the break of one cell."""
    return Break(name, title, lambda delivery: delivery.put(row, column, text))


def _twice(delivery: Delivery) -> None:
    delivery.put(31, "order_id", delivery.rows[30][0])
    delivery.wrong.add(30)


def _again(delivery: Delivery) -> None:
    delivery.rows[41] = list(delivery.rows[40])
    delivery.wrong |= {40, 41}


def _renamed(delivery: Delivery) -> None:
    delivery.header[delivery.header.index("amount")] = "amount_eur"
    delivery.whole = True


def _gone(delivery: Delivery) -> None:
    at = delivery.header.index("note")
    for row in (delivery.header, *delivery.rows):
        del row[at]
    delivery.whole = True


def _name_twice(delivery: Delivery) -> None:
    delivery.header.append("status")
    for row in delivery.rows:
        row.append("new")
    delivery.whole = True


def _reordered(delivery: Delivery) -> None:
    for row in (delivery.header, *delivery.rows):
        row[0], row[4], row[5] = row[5], row[0], row[4]


def _extra(delivery: Delivery) -> None:
    delivery.header.insert(3, "coupon")
    for row in delivery.rows:
        row.insert(3, "NONE")


def _quoted(delivery: Delivery) -> None:
    for at, row in enumerate(delivery.rows):
        delivery.raw[at] = _line(row, quoting=csv.QUOTE_ALL)


def _windows(delivery: Delivery) -> None:
    delivery.line_end, delivery.mark = "\r\n", "\ufeff"


def _no_rows(delivery: Delivery) -> None:
    delivery.rows.clear()
    delivery.whole = True


def _no_byte(delivery: Delivery) -> None:
    delivery.bytes = b""
    delivery.whole = True


def _too_few(delivery: Delivery) -> None:
    delivery.raw[20] = _line(delivery.rows[20][:6])
    delivery.wrong.add(20)


def _too_many(delivery: Delivery) -> None:
    delivery.raw[60] = _line([*delivery.rows[60], "one", "two"])
    delivery.wrong.add(60)


def _open_quote(delivery: Delivery) -> None:
    cells = list(delivery.rows[120])
    cells[-1] = ""
    delivery.raw[120] = _line(cells).rstrip("\n") + '"left open\n'
    delivery.wrong.add(120)


def _latin(delivery: Delivery) -> None:
    delivery.rows[90][2] = "Jürgen Groß"
    delivery.encoded[90] = "latin-1"
    for column in (9, 10):
        delivery.rows[90][column] = ""
    delivery.wrong.add(90)


def _dangling(delivery: Delivery) -> None:
    delivery.put(50, "refund_of", "ORD-999999")
    delivery.put(150, "refund_of", "ORD-900000")


def _nulls(delivery: Delivery) -> None:
    at = delivery.header.index("weight_kg")
    for row in delivery.rows[100:130]:
        row[at] = ""
    delivery.whole = True


def _all_null(delivery: Delivery) -> None:
    at = delivery.header.index("shipped_at")
    for row in delivery.rows:
        row[at] = ""
    delivery.whole = True


def _largest(delivery: Delivery) -> None:
    delivery.rows[170][delivery.header.index("amount")] = "250000.00"
    delivery.whole = True


def _stale(delivery: Delivery) -> None:
    delivery.rows[FRESH][delivery.header.index("shipped_at")] = ""
    delivery.whole = True


def _shipped_before(delivery: Delivery) -> None:
    delivery.put(80, "shipped_at", "2021-06-01T12:00:00Z")


DATASETS: tuple[Dataset, ...] = (
    Dataset("unbroken", "nothing: the delivery keeps the contract", ()),
    Dataset(
        "missing",
        "names that are not given",
        (
            cell("empty", "an empty field", 20, "name", ""),
            cell("na", "`N/A`", 40, "name", "N/A"),
            cell("dash", "`-`", 60, "name", "-"),
            cell("blank", "one blank", 80, "name", " "),
        ),
    ),
    Dataset(
        "duplicates",
        "keys that are there twice, or nearly",
        (
            Break("twice", "one key in two rows", _twice),
            Break("again", "a whole row delivered twice", _again),
            cell("case", "a key in lower case", 50, "order_id", "ord-000050"),
            cell("trailing_blank", "a key with a blank behind it", 60, "order_id", "ORD-000060 "),
            cell("line_end", "a key with a line end behind it", 70, "order_id", "ORD-000070\n"),
        ),
    ),
    Dataset(
        "numbers",
        "numbers that are none, or not of their type",
        (
            cell("comma", "`12,50` in `numeric(12,2)`", 20, "amount", "12,50"),
            cell("thousands", "`1,234.50`", 30, "amount", "1,234.50"),
            cell("decimals", "`12.345`, a third decimal", 40, "amount", "12.345"),
            cell(
                "digits", "`99999999999.00`, eleven digits before the point", 50, "amount", "99999999999.00"
            ),
            cell("nan", "`NaN` as an amount", 60, "amount", "NaN"),
            cell("negative", "`-3.00`, below the minimum", 70, "amount", "-3.00"),
            cell("overflow", "2^63 as an integer", 80, "customer_no", "9223372036854775808"),
            cell("fraction", "`1200.7` as an integer", 90, "customer_no", "1200.7"),
            cell("spreadsheet", "`1.23457E+11` as an integer", 95, "customer_no", "1.23457E+11"),
            cell("infinity", "`inf` as a weight of at most 1000", 100, "weight_kg", "inf"),
            cell("nan_weight", "`NaN` as a weight", 110, "weight_kg", "NaN"),
        ),
    ),
    Dataset(
        "columns",
        "columns that are not there, or twice",
        (
            Break("renamed", "`amount` is called `amount_eur`", _renamed),
            Break("gone", "`note`, which may be null, is not there", _gone),
            Break("name_twice", "`status` is there twice", _name_twice),
        ),
    ),
    Dataset(
        "layout",
        "written in another way: every row keeps the contract",
        (
            Break("reordered", "the columns in another order", _reordered),
            Break("extra", "one column more", _extra),
            Break("quoted", "every field in quotes", _quoted, together=False),
            Break("windows", "a byte order mark and CRLF", _windows),
        ),
    ),
    Dataset(
        "dates",
        "days and instants that are none, or not as agreed",
        (
            cell("february", "`2026-02-31`", 20, "ordered_on", "2026-02-31"),
            cell("german", "`31.03.2026`", 30, "ordered_on", "31.03.2026"),
            cell("slashes", "`03/04/2026`", 40, "ordered_on", "03/04/2026"),
            cell("one_digit", "`2026-3-5`, promised is `yyyy-MM-dd`", 50, "ordered_on", "2026-3-5"),
            cell("with_time", "`2026-03-04 10:15:00` as a day", 60, "ordered_on", "2026-03-04 10:15:00"),
            cell("excel", "`46082`, a day as a spreadsheet counts", 70, "ordered_on", "46082"),
            cell("year_1", "`0001-01-01`, before the minimum", 80, "ordered_on", "0001-01-01"),
            cell("year_9999", "`9999-12-31`, after the maximum", 90, "ordered_on", "9999-12-31"),
            cell("hour_25", "`2026-01-04T25:10:00Z`", 100, "shipped_at", "2026-01-04T25:10:00Z"),
            cell("epoch", "`1767225600`, seconds since 1970", 110, "shipped_at", "1767225600"),
            cell(
                "summer_time",
                "`2026-03-29 02:30:00 Europe/Berlin`, an hour that was skipped",
                *(120, "shipped_at", "2026-03-29 02:30:00 Europe/Berlin"),
            ),
        ),
    ),
    Dataset(
        "values",
        "values that are not on the list",
        (
            cell("unknown", "`refunded`", 20, "status", "refunded"),
            cell("capital", "`Paid`", 40, "status", "Paid"),
            cell("trailing", "`paid` with a blank behind it", 60, "status", "paid "),
            cell("cyrillic", "`paid` with two Cyrillic letters", 80, "status", "\u0440\u0430id"),
            cell("zero_width", "`paid` with a zero-width space", 100, "status", "paid\u200b"),
        ),
    ),
    Dataset(
        "empty",
        "nothing in it, and a rule on the largest amount",
        (
            Break("no_rows", "a header and no row", _no_rows),
            Break("no_byte", "a file of zero bytes", _no_byte, together=False),
        ),
    ),
    Dataset(
        "unparsable",
        "lines that are no records",
        (
            Break("too_few", "six fields of eleven", _too_few),
            Break("too_many", "two fields too many", _too_many),
            Break("latin", "a name in Latin-1 in a file of UTF-8", _latin),
            Break("open_quote", "a quote that never closes", _open_quote),
        ),
    ),
    Dataset(
        "rules",
        "rules over several columns or rows, and on time",
        (
            Break("dangling", "two refunds of orders that are not there", _dangling),
            Break("shipped_before", "shipped before it was ordered", _shipped_before),
            Break("nulls", "a fifth of the weights missing, under 10 % are promised", _nulls),
            Break("all_null", "`shipped_at` is null in every row", _all_null, together=False),
            Break("largest", "an amount above the largest that is promised", _largest),
            Break("stale", "the newest `shipped_at` is older than the 48 hours that are promised", _stale),
        ),
    ),
)


def deliveries() -> dict[str, Delivery]:
    """Return every delivery: `dataset` with all breaks, `dataset.break` with one."""
    made = {}
    for dataset in DATASETS:
        made[dataset.name] = clean()
        for one in dataset.breaks:
            if one.together:
                one.apply(made[dataset.name])
            made[f"{dataset.name}.{one.name}"] = clean()
            one.apply(made[f"{dataset.name}.{one.name}"])
    return made


def write(folder: Path) -> dict[str, dict[str, object]]:
    """Write every delivery as `NAME.csv`, and return the truth about each.

    The truth is the numbers of the wrong rows, from 1; the line (from 1) at which each row starts; and
    whether the delivery is broken as a whole.
    """
    truth = {}
    for name, delivery in deliveries().items():
        content, starts = delivery.written()
        (folder / f"{name}.csv").write_bytes(content)
        truth[name] = {
            "wrong": sorted(row + 1 for row in delivery.wrong),
            "whole": delivery.whole,
            "lines": starts,
        }
    (folder / "truth.json").write_text(json.dumps(truth))
    return truth


def _line(cells: list[str], *, end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerow(cells)
    return out.getvalue()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
