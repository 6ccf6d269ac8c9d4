"""Fourteen days of orders as a shop would send them, and the truth about what is wrong with them.

    python drops.py FOLDER      writes the drops; the truth and the file that comes late go beside FOLDER

The same seed gives the same bytes. A record's line is the physical line where it starts; the header's is 1.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Order = dict[str, str]
    Outcome = Literal["published", "failed", "duplicate", "late"]

FIRST_DAY = date(2026, 3, 1)
FEWEST_ROWS = 1200
"""A day varies by a tenth: with fewer rows, ordinary days would break the contract's floor of 1000 orders."""

COLUMNS = (
    "order_id",
    "ordered_at",
    "customer_id",
    "customer_name",
    "customer_email",
    "status",
    "currency",
    "country",
    "amount",
    "discount",
    "payment_id",
    "note",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """One record that is not as usual.

    Args:
        line: Where it starts in the file.
        what: What was done to it.
        rules: The ids of the rules that it breaks; none for what is odd but right.
    """

    line: int
    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a day must stop, and the rule that stops it."""

    stage: Literal["gate", "verify"]
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What must come of one day.

    Args:
        partition: Its label, such as `2026-03-01`.
        name: The file's name.
        sha256: Hex digest of the file.
        outcome: `late` is published as soon as its file has come; a `duplicate` is not published.
        rows: Records without the header, the unparsable ones included.
        wrong: Records that belong in quarantine.
        odd: Records that look strange and keep every rule.
        remark: What is unusual about the whole file; empty when nothing is.
        failure: Why it fails, or None.
        same_as: The partition whose bytes these are, or None.
    """

    partition: str
    name: str
    sha256: str
    outcome: Outcome
    rows: int
    wrong: tuple[Planted, ...]
    odd: tuple[Planted, ...]
    remark: str
    failure: Failure | None
    same_as: str | None

    @property
    def published(self) -> int:
        """How many rows readers see in the end."""
        return self.rows - len(self.wrong) if self.outcome in ("published", "late") else 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file that has not come yet."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Truth:
    """What must come of all days, in their order, and the file that was held back."""

    seed: int
    days: tuple[Day, ...]
    late: Delivery


@dataclass(frozen=True, slots=True)
class Change:
    """A way in which a record differs from a plain one.

    Args:
        what: Its name in the truth.
        rules: The ids of the rules that it breaks.
        cells: Column -> the new value, given the old one.
        line: The written line, given the line as it would be written.
        taken: Columns that a second order takes from this one; then both break the rules.
    """

    what: str
    rules: tuple[str, ...] = ()
    cells: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    line: Callable[[bytes], bytes] = bytes
    taken: tuple[str, ...] = ()


EMAIL, AMOUNT, TIME = ("customer_email.pattern",), ("amount.type",), ("ordered_at.type",)
KEY, LOST = ("orders_landing.primaryKey",), ("unparsable",)
REQUIRED = ("order_id", "ordered_at", "customer_id", "customer_email", "status", "currency", "amount")

# fmt: off
FAULTS: tuple[Change, ...] = (
    *(Change(f"{column} missing", (f"{column}.required",), {column: lambda _: ""}) for column in REQUIRED),
    Change("e-mail without @", EMAIL, {"customer_email": lambda old: old.replace("@", "")}),
    Change("e-mail with two @", EMAIL, {"customer_email": lambda old: old.replace("@", "@@")}),
    Change("e-mail without a domain", EMAIL, {"customer_email": lambda old: old[:old.find("@")] + "@here"}),
    Change("e-mail with a blank inside", EMAIL, {"customer_email": lambda old: old.replace("@", " @")}),
    Change("e-mail with a blank before it", EMAIL, {"customer_email": lambda old: " " + old}),
    Change("e-mail in angle brackets", EMAIL, {"customer_email": lambda old: f"<{old}>"}),
    Change("amount below zero", ("amount.minimum",), {"amount": lambda old: "-" + old}),
    Change("amount with a decimal comma", AMOUNT, {"amount": lambda old: old.replace(".", ",")}),
    Change("amount below zero with a comma", AMOUNT, {"amount": lambda old: "-" + old.replace(".", ",")}),
    Change("amount with a thousands comma", AMOUNT, {"amount": lambda old: "1," + old.zfill(6)}),
    Change("amount with an underscore", AMOUNT, {"amount": lambda old: "1_" + old.zfill(6)}),
    Change("amount in words", AMOUNT, {"amount": lambda _: "N/A"}),
    Change("amount that is no number", AMOUNT, {"amount": lambda _: "NaN"}),
    Change("amount with its currency", AMOUNT, {"amount": lambda old: old + " EUR"}),
    Change("amount with a blank before it", AMOUNT, {"amount": lambda old: " " + old}),
    Change("amount with a third decimal", AMOUNT, {"amount": lambda old: old + "5"}),
    Change("amount too large for its type", AMOUNT, {"amount": lambda old: "1" + old.zfill(13)}),
    Change("amount with an exponent", AMOUNT, {"amount": lambda _: "1.2e3"}),
    Change("discount in per cent", ("discount.type",), {"discount": lambda _: "15%"}),
    Change("discount below zero", ("discount.minimum",), {"discount": lambda _: "-0.05"}),
    Change("discount above one", ("discount.maximum",), {"discount": lambda _: "1.5"}),
    Change("status unknown", ("status_known",), {"status": lambda _: "returned"}),
    Change("status in capitals", ("status_known",), {"status": lambda old: old.upper()}),
    Change("currency unknown", ("currency_known",), {"currency": lambda _: "EURO"}),
    Change("country by its name", ("country.pattern",), {"country": lambda _: "Germany"}),
    Change("order id too short", ("order_id.pattern",), {"order_id": lambda old: old.replace("-1", "-")}),
    Change("order id twice", KEY, taken=("order_id",)),
    Change("payment twice", ("payment_id.unique",), taken=("payment_id",)),
    Change("whole record twice", (*KEY, "payment_id.unique"), taken=COLUMNS),
    Change("day that doesn't exist", TIME, {"ordered_at": lambda old: "2026-02-30" + old[10:]}),
    Change("day in American order", TIME, {"ordered_at": lambda old: f"03/{old[8:10]}/2026 {old[11:16]}"}),
    Change("day without its zeros", TIME, {"ordered_at": lambda old: old.replace("-0", "-")}),
    Change("hour that doesn't exist", TIME, {"ordered_at": lambda old: old[:11] + "25" + old[13:]}),
    Change("time as a number", TIME, {"ordered_at": lambda _: "1772582400"}),
    Change("three things at once", ("amount.minimum", "customer_email.pattern", "status_known"), {
        "amount": lambda old: "-" + old, "customer_email": lambda _: "none", "status": lambda _: "lost",
    }),
    # A stand-in, ~, is replaced in the written line by what could not be written as a value.
    Change("latin-1 in a UTF-8 file", LOST, {"customer_name": lambda _: "J~rg Weber"},
           lambda line: line.replace(b"~", b"\xf6")),
    Change("decimal comma without quotes", LOST, {"amount": lambda old: old.replace(".", "~")},
           lambda line: line.replace(b"~", b",")),
    Change("quote that is never closed", LOST, {"note": lambda _: "~Ring twice"},
           lambda line: line.replace(b"~", b'"')),
    Change("a field too few", LOST, {"note": lambda _: ""}, lambda line: line.rpartition(b",")[0]),
    Change("a field too many", LOST, {}, lambda line: line + b",gift"),
)
"""What is wrong."""

ODDITIES: tuple[Change, ...] = (
    Change("comma within quotes", cells={"note": lambda _: "Blue, if you have it"}),
    Change("doubled quotes", cells={"note": lambda _: 'The "small" one'}),
    Change("doubled quotes at the start", cells={"note": lambda _: '"Fragile" please'}),
    Change("note over two lines", cells={"note": lambda _: "Leave it at the door.\nThank you!"}),
    Change("note with an empty line", cells={"note": lambda _: "Dear shop,\n\nno bag, please."}),
    Change("line separator of Unicode", cells={"note": lambda _: "Second floor\u2028left door"}),
    Change("emoji", cells={"note": lambda _: "A gift \N{WRAPPED PRESENT}"}),
    Change("name in another script", cells={"customer_name": lambda _: "\u674e\u96ea"}),
    Change("name with an apostrophe", cells={"customer_name": lambda _: "Aoife O'Brien"}),
    Change("name missing", cells={"customer_name": lambda _: ""}),
    Change("e-mail in capitals", cells={"customer_email": lambda old: old.upper()}),
    Change("e-mail with a plus", cells={"customer_email": lambda old: old.replace("@", "+shop@")}),
    Change("country missing", cells={"country": lambda _: ""}),
    Change("amount of zero", cells={"amount": lambda _: "0.00"}),
    Change("amount without decimals", cells={"amount": lambda old: old[:-3]}),
    Change("amount with a zero too many", cells={"amount": lambda old: old + "0"}),
    Change("amount with a plus", cells={"amount": lambda old: "+" + old}),
    Change("amount as large as it may be", cells={"amount": lambda _: "9999999999.99"}),
    Change("discount of everything", cells={"discount": lambda _: "1"}),
    Change("discount without its zero", cells={"discount": lambda _: ".25"}),
    Change("time with a blank", cells={"ordered_at": lambda old: old.replace("T", " ")}),
    Change("time without seconds", cells={"ordered_at": lambda old: old[:16] + "Z"}),
    Change("time with a fraction", cells={"ordered_at": lambda old: old[:-1] + ".250Z"}),
    Change("time without an offset", cells={"ordered_at": lambda old: old[:-1]}),
    Change("time with another offset", cells={
        "ordered_at": lambda old: str(datetime.fromisoformat(old).astimezone(timezone(timedelta(hours=1)))),
    }),
)
"""What looks strange and is right: whoever flags it raises a false alarm."""
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is unusual about a day's whole file.

    Args:
        remark: In words.
        outcome: What must come of it.
        failure: Why it fails, or None.
        faults: Whether single records are wrong as well.
        before: Bytes before the header.
        line_end: Between records.
        ends: Whether the last record has its line end.
        renamed: Column -> the name that the header has instead.
        extra: The name of a column more, or empty.
        kept: How many records there are before the cut, which goes through the last of them; None for no cut.
        repeats: How many days ago the same bytes came, or None.
    """

    remark: str = ""
    outcome: Outcome = "published"
    failure: Failure | None = None
    faults: bool = True
    before: bytes = b""
    line_end: bytes = b"\n"
    ends: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)
    extra: str = ""
    kept: int | None = None
    repeats: int | None = None


SHAPES: tuple[Shape, ...] = (
    Shape(),
    Shape(remark="CRLF line ends", line_end=b"\r\n"),
    Shape(),
    Shape(
        remark="customer_email is called email_address",
        outcome="failed",
        failure=Failure("gate", "schema.missing"),
        faults=False,
        renamed={"customer_email": "email_address"},
    ),
    Shape(remark="byte order mark", before=b"\xef\xbb\xbf"),
    Shape(remark="no line end after the last record", ends=False),
    Shape(),
    Shape(),
    # Two days ago, not one: of two days that land side by side, either could be the first.
    Shape(remark="Saturday's file again", outcome="duplicate", repeats=2),
    Shape(),
    Shape(
        remark="cut off in the middle of a line",
        outcome="failed",
        failure=Failure("verify", "enough_orders"),
        faults=False,
        ends=False,
        kept=525,
    ),
    Shape(remark="comes late", outcome="late"),
    Shape(remark="a column more: campaign", extra="campaign"),
    Shape(),
)
"""One a day, from the first."""

CUSTOMERS = (
    ("Anna Schmidt", "anna.schmidt", "DE"),
    ("Jürgen Groß", "juergen.gross", "DE"),
    ("Zoë Laurent", "zoe.laurent", "FR"),
    ("Łukasz Żak", "l.zak", "PL"),
    ("Mary Taylor", "mary_taylor", "GB"),
    ("José Peña", "jose.pena", "ES"),
    ("Søren Holm", "soren-holm", "DK"),
    ("Grace Lee", "grace.lee", "US"),
)
DOMAINS = ("example.com", "mail.example.org")
CURRENCIES = {"GB": "GBP", "US": "USD"}
STATUSES = ("new", "paid", "paid", "paid", "shipped", "shipped", "shipped", "shipped", "cancelled")
DISCOUNTS = ("", "", "", "", "0", "0.05", "0.1", "0.125", "0.2")
NOTES = ("", "", "", "", "", "", "Please ring", "Leave it with the neighbours")


class Shop:
    """Takes orders day after day, and makes mistakes when it exports them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - it has to be repeatable
        self._last_order = 10_000_000
        self._faults: list[Change] = []

    def orders(self, day: date, *, about: int) -> list[Order]:
        """Return the orders of one day, in the order in which they came; within a tenth of `about`."""
        count = about + self._random.randint(-about // 10, about // 10)
        seconds = sorted(self._random.randrange(24 * 60 * 60) for _ in range(count))
        return [self._order(datetime(day.year, day.month, day.day) + timedelta(seconds=s)) for s in seconds]  # noqa: DTZ001

    def _order(self, at: datetime) -> Order:
        self._last_order += 1
        customer = self._random.randrange(2000)
        name, mailbox, country = CUSTOMERS[customer % len(CUSTOMERS)]
        status = self._random.choice(STATUSES)
        cents = self._random.randrange(500, 50_000)
        return {
            "order_id": f"ORD-{self._last_order}",
            "ordered_at": f"{at.isoformat()}Z",
            "customer_id": f"C{customer:06}",
            "customer_name": name,
            "customer_email": f"{mailbox}{customer}@{self._random.choice(DOMAINS)}",
            "status": status,
            "currency": CURRENCIES.get(country, "EUR"),
            "country": country,
            "amount": f"{cents // 100}.{cents % 100:02}",
            "discount": self._random.choice(DISCOUNTS),
            "payment_id": f"PAY-{self._last_order + 40_000_000}" if status in ("paid", "shipped") else "",
            "note": self._random.choice(NOTES),
        }

    def changes(self, orders: Sequence[Order], *, faults: bool) -> dict[int, Change]:
        """Return what to change in which order: every oddity once, and 1.2 to 2.6 per cent of faults."""
        paid = [index for index, order in enumerate(orders) if order["payment_id"]]
        self._random.shuffle(paid)
        changes = {paid.pop(): oddity for oddity in ODDITIES}
        for _ in range(len(orders) * self._random.randint(12, 26) // 1000 if faults else 0):
            index, fault = paid.pop(), self._fault()
            changes[index] = fault
            if fault.taken:
                twin = {column: _always(orders[index][column]) for column in fault.taken}
                changes[paid.pop()] = Change(fault.what, fault.rules, twin)
        return changes

    def _fault(self) -> Change:
        if not self._faults:  # dealt like cards, so that every kind comes up equally often
            self._faults = list(FAULTS)
            self._random.shuffle(self._faults)
        return self._faults.pop()


def _always(value: str) -> Callable[[str], str]:
    return lambda _: value


def _field(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(mark in value for mark in ',"\n') else value


def _export(
    orders: Sequence[Order], *, changes: Mapping[int, Change], shape: Shape
) -> tuple[bytes, list[Planted]]:
    """Return the file of a day, and where its changed records start."""
    names, more = ([shape.extra], ["spring"]) if shape.extra else ([], [])
    lines = [",".join([*(shape.renamed.get(column, column) for column in COLUMNS), *names]).encode()]
    planted: list[Planted] = []
    start = 2
    for index, order in enumerate(orders):
        change = changes.get(index, Change(""))
        cells = order | {column: new(order[column]) for column, new in change.cells.items()}
        lines.append(change.line(",".join([*(_field(cells[column]) for column in COLUMNS), *more]).encode()))
        if change.what:
            planted.append(Planted(start, change.what, tuple(sorted(change.rules))))
        start += 1 + lines[-1].count(b"\n")
    return shape.before + shape.line_end.join(lines) + (shape.line_end if shape.ends else b""), planted


def _cut(line: bytes) -> bytes:
    return line[: len(line) // 2]


def _day(shop: Shop, day: date, *, shape: Shape, about: int) -> tuple[Day, bytes]:
    """Return a day that repeats no other, and its file."""
    orders = shop.orders(day, about=about)[: shape.kept]
    changes = shop.changes(orders, faults=shape.faults)
    if shape.kept is not None:
        changes[len(orders) - 1] = Change("line cut off", LOST, line=_cut)
    content, planted = _export(orders, changes=changes, shape=shape)
    return Day(
        partition=day.isoformat(),
        name=f"orders-{day.isoformat()}.csv",
        sha256=sha256(content).hexdigest(),
        outcome=shape.outcome,
        rows=len(orders),
        wrong=tuple(mark for mark in planted if mark.rules),
        odd=tuple(mark for mark in planted if not mark.rules),
        remark=shape.remark,
        failure=shape.failure,
        same_as=None,
    ), content


def _again(earlier: Day, day: date, *, shape: Shape) -> Day:
    """Return a day on which the file of an earlier one comes again; nobody looks at its rows."""
    return replace(
        earlier,
        partition=day.isoformat(),
        name=f"orders-{day.isoformat()}.csv",
        outcome=shape.outcome,
        wrong=(),
        odd=(),
        remark=shape.remark,
        same_as=earlier.partition,
    )


def generate(folder: Path | str, *, seed: int = 20260301, rows_per_day: int = 1500) -> Truth:
    """Write the drops to a folder, and `truth.json` beside the folder.

    The file that comes late is not written but returned; `deliver` brings it.

    Args:
        folder: Where the drops go; made when it is not there.
        seed: The same seed gives the same bytes.
        rows_per_day: About how many orders a day has; a day varies by a tenth.

    Raises:
        ValueError: If there are so few rows that ordinary days would break the contract.
    """
    if rows_per_day < FEWEST_ROWS:
        raise ValueError(f"rows_per_day is {rows_per_day}; the contract's floor needs at least {FEWEST_ROWS}")
    shop = Shop(seed)
    days: list[Day] = []
    deliveries: list[Delivery] = []
    for number, shape in enumerate(SHAPES):
        on = FIRST_DAY + timedelta(days=number)
        if shape.repeats is None:
            day, content = _day(shop, on, shape=shape, about=rows_per_day)
        else:
            day = _again(days[-shape.repeats], on, shape=shape)
            content = deliveries[-shape.repeats].content
        days.append(day)
        deliveries.append(Delivery(day.name, content))
    late = deliveries[[shape.outcome for shape in SHAPES].index("late")]
    for delivery in deliveries:
        if delivery is not late:
            deliver(delivery, folder)
    truth = Truth(seed, tuple(days), late)
    _write(Path(folder).absolute().parent / "truth.json", _as_json(truth))
    return truth


def deliver(delivery: Delivery, folder: Path | str) -> Path:
    """Bring a file to a folder, and return where it is. It appears there whole."""
    return _write(Path(folder) / delivery.name, delivery.content)


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(content)
    return partial.replace(path)


def _as_json(truth: Truth) -> bytes:
    days = [asdict(day) | {"published": day.published} for day in truth.days]
    return (json.dumps({"seed": truth.seed, "late": truth.late.name, "days": days}, indent=1) + "\n").encode()


def main() -> None:
    """Write the drops to the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write fourteen days of orders as a shop would send them.")
    parser.add_argument("folder", type=Path, help="where the drops go; truth.json and late/ go beside it")
    parser.add_argument("--seed", type=int, default=20260301)
    parser.add_argument("--rows-per-day", type=int, default=1500)
    given = parser.parse_args()
    truth = generate(given.folder, seed=given.seed, rows_per_day=given.rows_per_day)
    late = deliver(truth.late, given.folder.absolute().parent / "late")
    wrong = sum(len(day.wrong) for day in truth.days)
    print(f"{len(truth.days) - 1} drops with {wrong} wrong records are in {given.folder}")  # noqa: T201
    print(f"The one that comes late is {late}: move it there when you like")  # noqa: T201


if __name__ == "__main__":
    main()
