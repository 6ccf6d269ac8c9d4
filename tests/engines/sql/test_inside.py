from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Unique
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Severity
from airflow_dataops.core.contract.nested import Each, Element
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect, Format
from tests.core.checks.test_inside import CASES, column, dataset_of, each, items, member
from tests.strategies import delimited

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.conftest import Judged

LINES = Dialect(format=Format.JSON_LINES)


@pytest.mark.parametrize("name", CASES)
def test_run_marks_the_rows_whose_json_breaks_a_promise(scan: Callable[..., Judged], name: str) -> None:
    """A row breaks what the one judge says that its text breaks; the others are passed on as they came."""
    found, keep, broken = CASES[name]
    broken = {text: rules for text, rules in broken.items() if text}  # an empty field is null
    content = delimited([["c"], *([text] for text in (*keep, *broken)), [""]])

    judged = scan(content, dataset_of(found))

    assert broken == dict(zip(judged.bad["c"].to_list(), judged.bad["dataops_rules"].to_list(), strict=True))
    assert [*keep, None] == judged.good["c"].to_list()
    assert {len(keep) + len(broken) + 1} == {found.checked for found in judged.scan.measured.values()}


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_run_reads_json_page_by_page(
    scan: Callable[..., Judged], monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """However many rows are held at once, each is read once."""
    monkeypatch.setattr("airflow_dataops.engines.sql.duckdb.named.PAGE", page)
    text = CASES["as many items"][0]

    judged = scan(delimited([["c"], ["[1]"], ["[]"], ["[2]"], ["[]"], ["[3]"]]), dataset_of(text))

    assert {3: ["c.minItems"], 5: ["c.minItems"]} == judged.rules
    assert ["[1]", "[2]", "[3]"] == judged.good["c"].to_list()


def test_run_of_json_beside_other_rules(scan: Callable[..., Judged]) -> None:
    """Rules of several columns, of warnings and of other kinds stand side by side, in the plan's order."""
    columns = (
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True),
        replace(column("array", each(Each.ITEM, "string"), max_items=1), name="a", unique=True),
        replace(column("object", member("x", "integer", values=("1", "y"))), name="b", required=True),
    )
    dataset = Dataset(name="d", columns=columns)
    checks = [
        replace(check, severity=Severity.WARNING) if check.id in {"a.maxItems", "b.x.enum"} else check
        for check in derive(dataset)
    ]
    rows = [["1", "[]", '{"x":1}'], ["x", "[1,2]", ""], ["3", '["a","b"]', "{}"], ["4", "[]", "[]"]]

    judged = scan(delimited([["id", "a", "b"], *rows]), dataset, checks=checks)

    assert {
        2: ["a.unique"],
        3: ["id.type", "b.required", "a.maxItems", "a[].type"],
        5: ["a.unique", "b.type"],
    } == judged.rules
    assert [(3, '["a","b"]', "{}")] == judged.good.rows()
    assert 2 == judged.scan.measured["a.maxItems"].failing
    assert "the rule lists 'y', which is no integer" == judged.scan.measured["b.x.enum"].problem
    assert any(isinstance(check.promise, Unique) for check in checks)


def test_run_of_json_lines_takes_what_is_inside_as_it_is(scan: Callable[..., Judged]) -> None:
    """In JSON lines a nested value is the JSON that stands there, numbers as written; a text is a text."""
    columns = (
        Column(name="id", type=ColumnType(LogicalType.INTEGER)),
        replace(column("object", member("n", "number")), name="o"),
        replace(column("array"), name="a"),
    )
    lines = [
        '{"id": 1, "o": {"n": 1.50, "ü": "\\u00e9\\n"}, "a": [1, [], {}, null, true]}',
        '{"id": 2, "o": "{}", "a": null}',
        '{"id": 3, "o": 5}',
        '{"id": {}, "o": {}}',
        '{"id": 5, "o": {"n": "1"}, "a": {}}',
    ]

    judged = scan("\n".join(lines).encode(), Dataset(name="d", columns=columns), dialect=LINES)

    assert [(1, '{"n":1.50,"ü":"é\\n"}', "[1,[],{},null,true]")] == judged.good.rows()
    assert {
        2: ["o.type"],
        3: ["o.type"],
        4: ["unparsable"],
        5: ["o.n.type", "a.type"],
    } == judged.rules
    assert '"{}"' == judged.bad["o"][0]


STRUCTURE = pl.DataFrame(
    {
        "c": [
            {
                "text": 'é"',
                "whole": 2**63 - 1,
                "money": Decimal("12345678901234567890.12"),
                "double": 0.1,
                "day": date(2026, 3, 1),
                "at": datetime(2026, 3, 1, 6, tzinfo=UTC),
                "time": time(6, 30),
                "list": [1, None],
                "truth": True,
            }
        ]
    }
)


def test_run_reads_structures_of_parquet_as_json(scan: Callable[..., Judged]) -> None:
    """Structures and lists of typed files are the JSON of their values, in which no digit is lost."""
    kinds = {
        "text": "string",
        "whole": "integer",
        "money": ColumnType(LogicalType.NUMBER, 22, 2),
        "double": "number",
        "day": "date",
        "at": "timestamp",
        "time": "time",
        "truth": "boolean",
    }
    members = [member(name, kind, required=True) for name, kind in kinds.items()]
    lists = member("list", "array", inside=(each(Each.ITEM, "integer"),))
    dataset = dataset_of(column("object", *members, lists))

    judged = scan(STRUCTURE, dataset)

    assert {} == judged.rules
    found = json.loads(judged.good["c"][0], parse_float=str)
    assert ("12345678901234567890.12", 2**63 - 1, [1, None]) == (
        found["money"],
        found["whole"],
        found["list"],
    )
    again = scan(judged.good, dataset)
    assert (judged.scan.content, {}) == (again.scan.content, again.rules)
    wrong = Element(name="whole", step="whole", type=ColumnType(LogicalType.STRING))
    assert {1: ["c.whole.type"]} == scan(STRUCTURE, dataset_of(column("object", wrong))).rules


def test_run_reads_lists_and_arrays_of_typed_files_as_json(scan: Callable[..., Judged]) -> None:
    """A list of numbers is a vector; a double that is no number is no JSON."""
    dataset = dataset_of(column("vector", each(Each.ITEM, "number", required=True), dimensions=2))
    lists = pl.Series("c", [[0.5, 1.0], [1.0], [float("nan"), 1.0], None], dtype=pl.List(pl.Float32))
    arrays = pl.Series("c", [[0.5, 1.0], [1.0, None], None, None], dtype=pl.Array(pl.Float64, 2))

    assert {2: ["c.dimensions"], 3: ["c.type"]} == scan(lists.to_frame(), dataset).rules
    assert {2: ["c[].required"]} == scan(arrays.to_frame(), dataset).rules


PATTERNS = (
    *("^a$", "a$", r"^\d+$", r"^[\d.]+$", r"[^\d]", r"^\w$", r"^[\W]$", r"\s", r"[\S]", r"\bx\b", r"\Bx"),
    *("(?i)^straße$", "(?m)^b$", "[]$]", "[^]]", r"\$", "[$]", ".", "a|b$", r"^\D$", "(?s)^.$", r"[\w-]+@"),
)
TEXTS = (
    "",
    "a",
    "a\n",
    "b\na",
    "1",
    "\u0661",
    "é",
    " ",
    "\x0b",
    "\u00a0",
    "x",
    "éx",
    "x-y@",
    "STRASSE",
    "Straße",
    "$",
    "]",
    "\n",
    "_",
)


def test_patterns_are_found_inside_as_in_columns(scan: Callable[..., Judged]) -> None:
    """A pattern is found inside a column of JSON where it is found in a column of texts."""
    options = {f"p{at}": Options(pattern=pattern) for at, pattern in enumerate(PATTERNS)}
    flat = tuple(
        Column(name=name, type=ColumnType(LogicalType.STRING), options=found)
        for name, found in options.items()
    )
    nested = column("object", *(member(name, "string", options=found) for name, found in options.items()))
    texts = pl.Series("c", [json.dumps(dict.fromkeys(options, text)) for text in TEXTS])
    rows = pl.DataFrame(dict.fromkeys(options, TEXTS)).with_columns(texts)

    judged = scan(rows, Dataset(name="d", columns=(*flat, nested)))

    outside = {line: [rule for rule in rules if rule[0] == "p"] for line, rules in judged.rules.items()}
    inside = {line: [rule[2:] for rule in rules if rule[0] == "c"] for line, rules in judged.rules.items()}
    assert outside == inside
    assert len(TEXTS) == len(outside)


@pytest.mark.parametrize("held", [1, 250, 1000])
def test_texts_wait_for_their_patterns_in_small_numbers(
    scan: Callable[..., Judged], monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    """However many texts wait at once, each is tried, and a row breaks a rule once."""
    monkeypatch.setattr("airflow_dataops.engines.sql.inside.HELD", held)
    rows = [['["a","b","b"]'], ['["a"]'], ['["b"]'], ["[]"], ['["a","a","a","a"]'], ['["b","a"]']]

    judged = scan(delimited([["c"], *rows]), dataset_of(items("string", pattern="a")))

    assert {line: ["c[].pattern"] for line in (2, 4, 7)} == judged.rules
    assert 3 == judged.scan.measured["c[].pattern"].failing


def test_pattern_that_re2_refuses_is_not_evaluated(scan: Callable[..., Judged]) -> None:
    """A pattern inside that the database can't read hurts no other rule of rows."""
    judged = scan(delimited([["c"], ['["a"]'], ["[1]"]]), dataset_of(items("string", pattern="a(?=b)")))

    assert {"c[].type": 1} == judged.failing
    assert "the pattern is not one that RE2 reads" == judged.scan.measured["c[].pattern"].problem


def test_options_of_a_vector_are_a_range(scan: Callable[..., Judged]) -> None:
    """The elements of a vector are held to the range of their format."""
    item = each(Each.ITEM, "integer", required=True, options=Options(format="bit"))
    judged = scan(delimited([["c"], ["[0,1]"], ["[2,0]"]]), dataset_of(column("vector", item)))
    assert {3: ["c[].format"]} == judged.rules
