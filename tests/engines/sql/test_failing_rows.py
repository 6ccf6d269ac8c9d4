from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.breach import Breach
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import (
    AtLeast,
    Check,
    Custom,
    NotNull,
    OneOf,
    References,
    RowQuery,
    Unique,
)
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Severity
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.others import NONE, Other, Others
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split, Staged
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.rows.failing_row import FailingRow

TEXT, WHOLE = ColumnType(LogicalType.STRING), ColumnType(LogicalType.INTEGER)
SHOP = Column(name="shop", type=TEXT, key_position=2)
NUMBER = Column(name="number", type=WHOLE, key_position=1)
AMOUNT = Column(name="amount", type=WHOLE)
KEYED = Dataset(name="orders", columns=(SHOP, NUMBER, AMOUNT))
KEYLESS = Dataset(
    name="orders", columns=(Column(name="shop", type=TEXT), Column(name="number", type=WHOLE), AMOUNT)
)
TAGS = Column(name="tags", type=ColumnType(LogicalType.ARRAY), options=Options(max_items=1))
TAGGED = Dataset(name="orders", columns=(*KEYED.columns, TAGS))
KEY = Check(id="key", promise=Unique(("number", "shop")))
LOW = Check(id="low", promise=AtLeast("amount", Decimal(0)))
FULL = Check(id="full", promise=NotNull("shop"))
WARNS = Check(id="warns", promise=AtLeast("amount", Decimal(5)), severity=Severity.WARNING)
ODD = Check(id="odd", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE amount = 3"))
MODE = Check(
    id="most",
    promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE amount = (SELECT max(amount) FROM {object})"),
)
OF_A = "SELECT COUNT(*) FROM {object} WHERE shop = 'a'"
HEAD = "shop,number,amount\n"

CASES: dict[str, tuple[Dataset, list[Check], str, list[tuple[Any, ...]]]] = {
    "nothing is broken": (KEYED, [LOW], "a,1,1\n", []),
    "a row that breaks several rules is one": (
        KEYED,
        [LOW, WARNS, ODD],
        "a,1,-1\na,2,3\n",
        [(("1", "a"), ("low", "warns"), 2), (("2", "a"), ("warns", "odd"), 3)],
    ),
    "rules are in the order of the plan": (
        KEYED,
        [KEY, FULL, WARNS, LOW],
        ",1,-1\n",
        [(("1", None), ("full", "warns", "low"), 2)],
    ),
    "all rows of a repeated key": (
        KEYED,
        [KEY],
        "a,1,1\nb,1,1\na,01,1\n",
        [(("1", "a"), ("key",), 2), (("01", "a"), ("key",), 4)],
    ),
    "a key with a null, and one that is not of its type": (
        KEYED,
        [LOW],
        ",x,-1\na,,-1\n",
        [(("x", None), ("low",), 2), ((None, "a"), ("low",), 3)],
    ),
    "no key": (KEYLESS, [LOW], "a,1,-1\n", [((), ("low",), 2)]),
    "a warning alone": (KEYED, [WARNS], "a,1,1\n", [(("1", "a"), ("warns",), 2)]),
    "a line that is no record": (
        KEYED,
        [LOW],
        "a,1,-1\na\na,2,-2\n",
        [(("1", "a"), ("low",), 2), ((), ("unparsable",), 3), (("2", "a"), ("low",), 4)],
    ),
    "a rule that looks at the other rows": (
        KEYED,
        [LOW, MODE],
        "a,1,-1\na,2,9\n",
        [(("1", "a"), ("low",), 2), (("2", "a"), ("most",), 3)],
    ),
    "the rows that a filter leaves": (
        KEYED,
        [Check(id="of a", promise=AtLeast("amount", Decimal(0)), filter=OF_A)],
        "a,1,-1\nb,2,-1\n",
        [(("1", "a"), ("of a",), 2)],
    ),
    "a key among the rows that a filter leaves": (
        KEYED,
        [Check(id="of a", promise=Unique(("number",)), filter=OF_A)],
        "a,1,1\nb,1,1\na,1,1\n",
        [(("1", "a"), ("of a",), 2), (("1", "a"), ("of a",), 4)],
    ),
    "what points to nothing": (
        KEYED,
        [Check(id="known", promise=References(("shop",), "shops", ("name",)))],
        "a,1,1\nz,2,1\n",
        [(("2", "z"), ("known",), 3)],
    ),
    "a rule that can't be evaluated names none": (
        KEYED,
        [Check(id="wrong", promise=OneOf("amount", ("x",))), LOW],
        "a,1,1\na,2,-1\n",
        [(("2", "a"), ("low",), 3)],
    ),
}


@pytest.fixture(scope="session")
def named(engine, tmp_path_factory) -> Callable[..., list[tuple[Any, ...]]]:
    """Put files through a scan, and return the key, the rules, the line and the file of what broke a rule."""

    def put(
        dataset: Dataset,
        checks: list[Check],
        *files: bytes,
        form: Format = Format.CSV,
        keys: int = 100,
        by: DuckEngine = engine,
        others: Others = NONE,
    ) -> list[tuple[Any, ...]]:
        folder = tmp_path_factory.mktemp("named")
        parts = []
        for at, content in enumerate(files):
            (folder / f"{at}").write_bytes(content)
            parts.append(LandedPart(str(folder / f"{at}"), f"{at}.csv"))
        relation = Landed(str(folder), tuple(parts), Dialect(format=form))
        split = Split(str(folder / "good.parquet"), str(folder / "bad.parquet"))
        wanted = plan(dataset, checks)
        found = by.scan(relation, wanted, split=split, others=others, keys=keys)
        assert found.failing == by.scan(relation, wanted, split=None, others=others, keys=keys).failing
        return shown(found.failing)

    return put


def shown(failing: tuple[FailingRow, ...]) -> list[tuple[Any, ...]]:
    """Return the fields of rows."""
    return [(row.key, row.rules, row.line, row.file) for row in failing]


@pytest.fixture(scope="session")
def shops(tmp_path_factory) -> Others:
    """A table of the shops that there are."""
    file = tmp_path_factory.mktemp("shops") / "shops.parquet"
    pl.DataFrame({"name": ["a", "b"]}).write_parquet(file)
    return Others(datasets={"shops": Other(Staged(str(file)), (Column(name="name", type=TEXT),))})


@pytest.mark.parametrize("case", CASES)
def test_rows_of_text_are_named(named, shops, case) -> None:
    """Each row that broke a rule once, in the order in which they came, by its key, its line and its file."""
    dataset, checks, rows, expected = CASES[case]

    assert [(*row, "0.csv") for row in expected] == named(
        dataset, checks, f"{HEAD}{rows}".encode(), others=shops
    )


TYPED = pl.DataFrame(
    {
        "shop": ["a", "b", None, "a", "a"],
        "number": [1, 2, 3, 1, None],
        "amount": [1, -2, 3, 7, 8],
    }
)
JOINED = [KEY, FULL, WARNS, LOW, ODD]
NAMED = [
    (("1", "a"), ("warns", "key"), 1),
    (("2", "b"), ("warns", "low"), 2),
    (("3", None), ("full", "warns", "odd"), 3),
    (("1", "a"), ("key",), 4),
]


def parquet(frame: pl.DataFrame) -> bytes:
    """Return a Parquet file."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("checks", [JOINED, [*JOINED, MODE]], ids=["in one pass", "kept"])
def test_typed_rows_are_named(named, checks) -> None:
    """Where none of them is kept, and where they are: the same rows."""
    expected = [(*row, "0.csv") for row in NAMED]
    if MODE in checks:
        expected.append(((None, "a"), ("most",), 5, "0.csv"))

    assert expected == named(KEYED, checks, parquet(TYPED), form=Format.PARQUET)


def test_rows_of_several_files_are_named_by_their_files(named) -> None:
    """In the order of the files; an empty one takes no name away."""
    texts = [f"{HEAD}a,1,1\n", HEAD, f"{HEAD}b\nb,1,-1\na,1,1\n"]

    assert [
        (("1", "a"), ("key",), 2, "0.csv"),
        ((), ("unparsable",), 2, "2.csv"),
        (("1", "b"), ("low",), 3, "2.csv"),
        (("1", "a"), ("key",), 4, "2.csv"),
    ] == named(KEYED, [KEY, LOW], *(text.encode() for text in texts))
    halves = [parquet(TYPED.head(2)), parquet(TYPED.head(0)), parquet(TYPED.tail(3))]
    assert [
        (key, rules, line if line < 3 else line - 2, "0.csv" if line < 3 else "2.csv")
        for key, rules, line in NAMED
    ] == named(KEYED, JOINED, *halves, form=Format.PARQUET)


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4])
def test_the_first_rows_are_named_and_no_more(named, most) -> None:
    """Records and what is none, by their lines, whichever is asked for first."""
    text = f"{HEAD}a,1,-1\nb\na,2,-1\nc\na,3,1\n"
    every = [(("1", "a"), ("low",)), ((), ("unparsable",)), (("2", "a"), ("low",)), ((), ("unparsable",))]

    found = named(KEYED, [LOW], text.encode(), keys=most)

    assert [(*row, 2 + at, "0.csv") for at, row in enumerate(every)][:most] == found


def test_rows_with_json_that_breaks_a_rule_are_named(named) -> None:
    """By the rules inside a column, among those of others."""
    many = [check for check in derive(TAGGED) if check.id == "tags.maxItems"]
    lines = (
        b'{"shop":"a","number":1,"amount":1,"tags":[1]}\n{"shop":"a","number":2,"amount":-1,"tags":[1,2]}\n'
    )

    found = named(TAGGED, [*many, LOW], lines + b"{\n", form=Format.JSON_LINES)

    assert [(("2", "a"), ("low", "tags.maxItems"), 2, "0.csv"), ((), ("unparsable",), 3, "0.csv")] == found


class Witness:
    """A tool that tells what the test wants."""

    def broken(self, implementation: str, rows: object) -> tuple[Breach, ...]:  # noqa: ARG002 - as tools are asked
        """Name rows by three rules, of which one only warns, and one names none."""
        return (
            Breach(rule="shop.odd", column="shop", rows=(0,)),
            Breach(rule="shop.fine", column="shop", rows=(2,), warns=True),
            Breach(rule="adds up"),
        )


def test_rows_that_a_tool_names_are_named_by_its_rules(named, tmp_path) -> None:
    """Those that it only warns of, too; what it says of all rows together names none."""
    engine = DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path), tools={"witness": Witness()})
    ours = Check(id="ours", promise=Custom("witness", "m:Object"))

    found = named(KEYED, [LOW, ours], f"{HEAD}a,1,1\na,2,-1\na,3,1\n".encode(), by=engine)

    assert [
        (("1", "a"), ("ours", "ours.shop.odd"), 2, "0.csv"),
        (("2", "a"), ("low",), 3, "0.csv"),
        (("3", "a"), ("ours.shop.fine",), 4, "0.csv"),
    ] == found


def test_no_value_of_a_row_is_in_what_is_shown_of_a_scan(engine, tmp_path) -> None:
    """Neither in that of the scan, nor in that of a row."""
    file = tmp_path / "rows"
    file.write_text(f"{HEAD}geheim4711,1,-1\n")
    relation = Landed(str(file), (LandedPart(str(file), "rows.csv"),), Dialect())

    found = engine.scan(relation, plan(KEYED, [LOW]), split=None, keys=9)

    assert "geheim4711" == found.failing[0].key[1]
    assert "geheim4711" not in f"{found!r}{found.failing!r}"


ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.integers(1, 3) | st.none(), st.integers(-1, 6)),
    max_size=8,
)
EVERY = [*derive(KEYED), *JOINED]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, typed=st.booleans(), kept=st.booleans())
def test_the_named_rows_are_those_of_the_quarantine_and_those_that_rules_warn_of(
    scan, engine, tmp_path_factory, rows, typed, kept
) -> None:
    """With the same rules and lines, whatever the rows are and however they are judged."""
    frame = pl.DataFrame(
        rows, schema={"shop": pl.String, "number": pl.Int64, "amount": pl.Int64}, orient="row"
    )
    checks = [*EVERY, MODE] if kept else EVERY
    source = frame if typed else frame.write_csv().encode()
    file = tmp_path_factory.mktemp("rows") / "rows"
    if typed:
        frame.write_parquet(file)
    else:
        file.write_bytes(source)
    relation = Staged(str(file)) if typed else Landed(str(file), (LandedPart(str(file), "r"),), Dialect())

    judged = scan(source, KEYED, checks=checks)
    found = engine.scan(relation, plan(KEYED, checks), split=None, keys=100).failing

    lines = {row.line: list(row.rules) for row in found}
    assert len(found) == len(lines)
    assert sorted(lines) == [row.line for row in found]
    assert judged.rules == {line: rules for line, rules in lines.items() if rules != ["warns"]}
    texts = [(None if number is None else str(number), shop) for shop, number, _ in rows]
    assert [texts[row.line - (1 if typed else 2)] for row in found] == [row.key for row in found]
    assert all(
        ("warns" in lines.get(at + (1 if typed else 2), [])) == (amount < 5)
        for at, (_, _, amount) in enumerate(rows)
    )
