"""What is inside columns of JSON: which texts break which promises."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.inside import Judge, problem
from airflow_dataops.core.checks.spec import Inside
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.nested import Each, Element
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.written import Written

KIND = {kind.value: ColumnType(kind) for kind in LogicalType}
MONEY = ColumnType(LogicalType.NUMBER, 5, 2)
WIDE = ColumnType(LogicalType.INTEGER, 20, 0)
GERMAN = ColumnType(LogicalType.DATE, written=Written("d.M.yyyy"))


def column(kind: str, *inside: Element, **options: object) -> Column:
    """A column of JSON."""
    return Column(name="c", type=KIND[kind], options=Options(**options), inside=inside)


def member(name: str, kind: ColumnType | str | None = None, **promises: object) -> Element:
    """A property of an object."""
    return Element(name=name, step=name, type=KIND.get(kind, kind), **promises)


def each(step: Each, kind: ColumnType | str | None = None, **promises: object) -> Element:
    """The items of an array, or the keys or values of a map."""
    return Element(name="", step=step, type=KIND.get(kind, kind), **promises)


def items(kind: ColumnType | str | None, **options: object) -> Column:
    """A column of arrays whose items have options."""
    return column("array", each(Each.ITEM, kind, options=Options(**options)))


CASES: dict[str, tuple[Column, list[str], dict[str, list[str]]]] = {
    "an object": (
        column("object"),
        ["{}", ' {"a": [1, {"b": null}]} ', '{"a":1e999}'],
        {
            text: ["c.type"]
            for text in ("[]", "1", '"{}"', "null", "", "{", '{"a":1,"a":2}', '{"a":NaN}', "{} {}")
        },
    ),
    "depth": (
        column("array"),
        ["[" * 100 + "]" * 100],
        {"[" * 101 + "]" * 101: ["c.type"], "[" * 9000: ["c.type"], '["\\ud800"]': ["c.type"]},
    ),
    "required": (
        column("object", member("a", required=True), member("b", required=True)),
        ['{"a":0,"b":false}', '{"a":"","b":[]}'],
        {
            '{"a":null,"b":1}': ["c.a.required"],
            '{"b":1}': ["c.a.required"],
            "{}": ["c.a.required", "c.b.required"],
            "[]": ["c.type"],
        },
    ),
    "keys that must be there": (
        column("object", required=("a", "b")),
        ['{"a":null,"b":1,"c":2}'],
        {'{"a":1}': ["c.requiredProperties"], "{}": ["c.requiredProperties"]},
    ),
    "as many members": (
        column("object", min_properties=1, max_properties=2),
        ['{"a":1}', '{"a":1,"b":null}'],
        {"{}": ["c.minProperties"], '{"a":1,"b":2,"c":3}': ["c.maxProperties"]},
    ),
    "as many items": (
        column("array", min_items=1, max_items=2),
        ["[1]", "[null,null]"],
        {"[]": ["c.minItems"], "[1,2,3]": ["c.maxItems"], '{"a":1}': ["c.type"]},
    ),
    "items that differ in their last digit": (
        column("array", unique_items=True),
        [f"[1{'0' * 40}1,1{'0' * 40}2]", f"[0.{'0' * 40}1,0,1e-400]"],
        {f"[1{'0' * 40},1e40]": ["c.uniqueItems"], "[0,-0.0e5]": ["c.uniqueItems"]},
    ),
    "items that differ": (
        column("array", unique_items=True),
        ["[]", '[1,"1",true,"true",null,0,false]', '[{"a":1},{"a":2}]', "[1e400,1e401]", "[[1,2],[2,1]]"],
        {
            text: ["c.uniqueItems"]
            for text in (
                "[1,1]",
                "[1,2,1.0]",
                "[10,1e1]",
                "[0,-0.0]",
                '["a","\\u0061"]',
                '[{"a":1,"b":[2]},{"b":[2.00],"a":1}]',
                "[null,null]",
                "[1e99999999999999999999,1e99999999999999999999]",
            )
        },
    ),
    "texts": (
        items("string"),
        ['["","1",null]'],
        {"[1]": ["c[].type"], "[true]": ["c[].type"], "[[]]": ["c[].type"]},
    ),
    "integers": (
        items("integer"),
        ["[0,-1,9223372036854775807,null]"],
        {
            f"[1,{text}]": ["c[].type"]
            for text in ('"1"', "1.0", "1e3", "9223372036854775808", "true", "[1]", "{}")
        },
    ),
    "wide integers": (items(WIDE), ["[99999999999999999999]"], {"[100000000000000000000]": ["c[].type"]}),
    "doubles": (
        items("number"),
        ["[0.1,1e300,5e-324,0e-999,-9007199254740992]"],
        {f"[{text}]": ["c[].type"] for text in ('"0.1"', "1e400", "1e-400", "9007199254740993")},
    ),
    "decimals": (items(MONEY), ["[999.99,-1.500]"], {"[1000]": ["c[].type"], "[0.001,1]": ["c[].type"]}),
    "truths": (items("boolean"), ["[true,false]"], {"[1]": ["c[].type"], '["true"]': ["c[].type"]}),
    "days": (items("date"), ['["2024-02-29"]'], {'["2026-02-29"]': ["c[].type"], "[20260301]": ["c[].type"]}),
    "formatted days": (
        items(GERMAN, minimum=date(2026, 3, 1)),
        ['["1.3.2026"]'],
        {'["2026-03-01"]': ["c[].type"], '["28.2.2026"]': ["c[].minimum"]},
    ),
    "instants": (
        items("timestamp", maximum=datetime(2026, 3, 1, tzinfo=UTC)),
        ['["2026-03-01T01:00+01:00"]'],
        {'["2026-03-01 00:00:01"]': ["c[].maximum"], '["2026-03-01"]': ["c[].type"]},
    ),
    "times": (
        items("time", exclusive_minimum=time(6)),
        ['["06:00:01"]'],
        {'["06:00"]': ["c[].exclusiveMinimum"], '["24:00"]': ["c[].type"]},
    ),
    "any type": (items(None), ['[1,"a",null,[],{}]'], {"{}": ["c.type"]}),
    "ranges": (
        items("integer", minimum=Decimal("1.5"), exclusive_maximum=Decimal(9)),
        ["[2,8,null]"],
        {"[2,1]": ["c[].minimum"], "[9]": ["c[].exclusiveMaximum"], '["0"]': ["c[].type"]},
    ),
    "ranges of doubles": (
        items("number", exclusive_minimum=Decimal("0.1"), maximum=Decimal("0.3")),
        ["[0.2,0.3]"],
        {"[0.1]": ["c[].exclusiveMinimum"], "[1e-1]": ["c[].exclusiveMinimum"], "[0.31]": ["c[].maximum"]},
    ),
    "multiples": (
        items(MONEY, multiple_of=Decimal("0.05")),
        ["[1.15,0]"],
        {"[1.15,0.01]": ["c[].multipleOf"]},
    ),
    "lengths": (
        items("string", min_length=1, max_length=2),
        ['["a","日本","\\ud83d\\udc4d\\ud83d\\udc4d"]'],
        {'[""]': ["c[].minLength"], '["abc"]': ["c[].maxLength"], "[123]": ["c[].type"]},
    ),
    "patterns": (
        items("string", pattern=r"^[A-Z]\d$"),
        ['["A1"]'],
        {f"[{json.dumps(text)}]": ["c[].pattern"] for text in ("A1\n", "a1", "A\u0661", " A1", "A1x")},
    ),
    "patterns that can be read in many ways": (
        column(
            "map",
            each(Each.KEY, "string", options=Options(pattern="^(a+)+$")),
            each(
                Each.VALUE, "array", inside=(each(Each.ITEM, "string", options=Options(pattern="(a|aa)+$")),)
            ),
        ),
        ['{"a":["a",null,"ba"],"aa":[]}', f'{{"{"a" * 60}":["{"a" * 60}"]}}', '{"a":null}'],
        {
            f'{{"{"a" * 60}b":["a"]}}': ["c.key.pattern"],
            f'{{"a":["a","{"a" * 60}b","b","a"]}}': ["c.value[].pattern"],
            '{"b":["b"],"a\\u0000":["\\u0000a"]}': ["c.key.pattern", "c.value[].pattern"],
            '{"a":[1,"a"]}': ["c.value[].type"],
        },
    ),
    "the character NUL": (
        items("string", pattern="^a"),
        ['["a"]'],
        {'["a\\u0000"]': ["c[].pattern"]},
    ),
    "formats": (
        column(
            "object",
            member("mail", "string", options=Options(format="email")),
            member("byte", "integer", options=Options(format="u8")),
        ),
        ['{"mail":"a@b.c","byte":255}'],
        {
            '{"mail":"a"}': ["c.mail.format"],
            '{"byte":256}': ["c.byte.format"],
            '{"byte":-1}': ["c.byte.format"],
        },
    ),
    "values": (
        column(
            "object", member("n", MONEY, values=("1", "2.5")), member("x", None, values=("1", "true", "a"))
        ),
        ['{"n":1.00,"x":1}', '{"n":2.50,"x":true}', '{"x":"1"}', '{"x":"a"}', '{"n":null,"x":null}'],
        {
            '{"n":3}': ["c.n.enum"],
            '{"n":"1"}': ["c.n.type", "c.n.enum"],
            '{"x":[]}': ["c.x.enum"],
            '{"x":"b"}': ["c.x.enum"],
        },
    ),
    "a map": (
        column(
            "map",
            each(Each.KEY, "string", options=Options(pattern="^[a-z]+$")),
            each(Each.VALUE, "number", required=True, options=Options(minimum=Decimal(0))),
        ),
        ["{}", '{"a":1,"b":0}'],
        {
            '{"A":1}': ["c.key.pattern"],
            '{"a":null}': ["c.value.required"],
            '{"a":1,"b":-1,"1":"x"}': ["c.key.pattern", "c.value.type", "c.value.minimum"],
            "[]": ["c.type"],
        },
    ),
    "keys that are numbers": (
        column("map", each(Each.KEY, "integer", options=Options(maximum=Decimal(9)))),
        ['{"1":"x","09":null}'],
        {'{"a":1}': ["c.key.type"], '{"10":1}': ["c.key.maximum"], '{"1.0":1}': ["c.key.type"]},
    ),
    "keys that are truths": (
        column("map", each(Each.KEY, "boolean")),
        ['{"true":1,"0":null}'],
        {'{"yes":1}': ["c.key.type"]},
    ),
    "a vector": (
        column(
            "vector", each(Each.ITEM, "number", required=True, options=Options(format="f16")), dimensions=2
        ),
        ["[0.5,-65504]"],
        {
            "[1]": ["c.dimensions"],
            "[1,2,3]": ["c.dimensions"],
            "[1,null]": ["c[].required"],
            '[1,"2"]': ["c[].type"],
            "[1,70000]": ["c[].format"],
            "{}": ["c.type"],
        },
    ),
    "at any depth": (
        column(
            "object",
            member(
                "lines",
                "array",
                options=Options(min_items=1),
                inside=(
                    each(
                        Each.ITEM,
                        "object",
                        inside=(
                            member("sku", "string", required=True),
                            member("to.x", "array", inside=(each(Each.ITEM, "date"),)),
                        ),
                    ),
                ),
            ),
        ),
        ["{}", '{"lines":null}', '{"lines":[{"sku":"a","to.x":["2026-03-01"]},{"sku":"b"}]}'],
        {
            '{"lines":[]}': ["c.lines.minItems"],
            '{"lines":{}}': ["c.lines.type"],
            '{"lines":[{"sku":"a"},{"sku":null},{}]}': ["c.lines[].sku.required"],
            '{"lines":[1]}': ["c.lines[].type"],
            '{"lines":[{"sku":"a","to.x":["x"]}]}': ["c.lines[].to.x[].type"],
        },
    ),
}
"""Name -> a column of JSON, texts that keep all its promises, texts that break some and which."""


def dataset_of(found: Column) -> Dataset:
    """The dataset of one column."""
    return Dataset(name="d", columns=(found,))


@pytest.mark.parametrize("name", CASES)
def test_judge_finds_the_promises_that_a_text_breaks(name):
    """Each text breaks just the promises that it breaks, and one value is enough for it."""
    found, keep, broken = CASES[name]
    checks = [check for check in derive(dataset_of(found)) if isinstance(check.promise, Inside)]
    judge = Judge(checks)

    def rules(text: str) -> list[str]:
        found = judge.judge(text)
        lacking = {at for at, inner in found.sought if not is_found(judge.patterns[at], inner)}
        return [checks[at].id for at in sorted(found.broken | lacking)]

    assert {text: [] for text in keep} == {text: rules(text) for text in keep}
    assert broken == {text: rules(text) for text in broken}


def is_found(pattern: str, text: str) -> bool:
    """Whether RE2 finds a pattern in a text."""
    with duckdb.connect() as connection:
        return connection.execute("SELECT regexp_matches($1, $2)", [text, pattern]).fetchall() == [(True,)]


def test_problem_names_what_a_rule_lists_in_vain():
    """A value that is none of the type can't be asked for."""
    found = items("integer")
    listed = each(Each.ITEM, "integer", values=("1", "it's"))
    checks = derive(dataset_of(column("array", listed)))
    assert ["", "", 'the rule lists "it\'s", which is no integer'] == [problem(check) for check in checks]
    assert not any(problem(check) for check in derive(dataset_of(found)))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_judge_reads_any_json(value):
    """Whatever the JSON: what is inside is judged as a few lines of Python judge it."""
    inner = member("b", "integer", required=True, options=Options(minimum=Decimal(0)))
    found = column("array", each(Each.ITEM, "object", inside=(inner,)), min_items=1, unique_items=True)
    checks = derive(dataset_of(found))
    members = value if isinstance(value, list) else []
    objects = [entry for entry in members if isinstance(entry, dict)]
    numbers = [entry.get("b") for entry in objects]
    expected = {
        "c.type": not isinstance(value, list),
        "c.minItems": value == [],
        "c.uniqueItems": any(same(one, other) for at, one in enumerate(members) for other in members[:at]),
        "c[].type": any(entry is not None and not isinstance(entry, dict) for entry in members),
        "c[].b.required": None in numbers,
        "c[].b.type": any(number is not None and not is_integer(number) for number in numbers),
        "c[].b.minimum": any(is_integer(number) and number < 0 for number in numbers),
    }

    broken = {checks[at].id for at in Judge(checks).judge(json.dumps(value)).broken}

    assert {name for name, holds in expected.items() if holds} == broken


def is_integer(value):
    """Whether a value is an integer of 64 bits."""
    return type(value) is int and -(2**63) <= value < 2**63


def same(one, other):
    """Whether two values of JSON are the same; true is not 1 there."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if {type(one), type(other)} <= {int, float}:
        return Decimal(repr(one)) == Decimal(repr(other))
    return type(one) is type(other) and one == other
