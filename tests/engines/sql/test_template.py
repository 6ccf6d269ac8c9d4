from __future__ import annotations

import tracemalloc

import pytest
import sqlglot
from hypothesis import given
from sqlglot import exp

from airflow_dataops.engines.sql.sandbox import LONGEST
from airflow_dataops.engines.sql.template import render_sql
from airflow_dataops.errors import NotEvaluatedError
from tests.strategies import texts


def render(text: str, source: str = "landed", partition: str = "2026-03-03") -> str:
    """The SQL of a template."""
    return render_sql(text, source=source, partition=partition, place="transform.sql")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("FROM {{ source }}\n", 'FROM "landed"\n'),
        ("{{ partition }}", "'2026-03-03'"),
        ("{{ partition | literal }}", "'2026-03-03'"),
        ("{{ partition | identifier }}", '"2026-03-03"'),
        ("{{ partition[:4] | literal }}", "'2026'"),
        ('{{ (partition ~ "\'x") | literal }}', "'2026-03-03''x'"),
        ("{{ 'a\"b' | identifier }}", '"a""b"'),
        ("{% for n in [1, 2.5, none, true] %}{{ n | literal }} {% endfor %}", "1 2.5 NULL TRUE "),
        ("{% if partition < '2027' %}old{% endif %}", "old"),
        ("{{ partition.replace('-', '') | literal }}", "'20260303'"),
        ("{{ partition | replace('-', '', 1) | literal }}", "'202603-03'"),
        ("{{ ['a', 1] | join('_') | identifier }} {{ '-'.join(['a', 'b']) | literal }}", "\"a_1\" 'a-b'"),
        ("{{ (2 ** 10 * 3 % 5 + 1) | literal }} {{ ('ab' * 2 + 'c') | literal }}", "3 'ababc'"),
        ("{% set l = [] %}{% set _ = l.append(1) %}{{ l | length | literal }}", "1"),
    ],
)
def test_render_sql_quotes_every_value(text: str, expected: str) -> None:
    """A value reaches the SQL as a quoted name or a literal, and can be reckoned with before that."""
    assert expected == render(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT\n{{ nope }}", "transform.sql:2: 'nope' is undefined"),
        ("SELECT\n{{ nope | literal }}", "transform.sql:2: 'nope' is undefined"),
        ("\n\n{{ source", "transform.sql:3: "),
        ("{{ source | nope }}", "transform.sql:1: No filter named 'nope'"),
        ("{{ 'plain' }}", "transform.sql:1: a value would reach the SQL unquoted"),
        ("\n{{ partition[:4] }}", "transform.sql:2: a value would reach the SQL unquoted"),
        ("{{ source ~ 'x' }}", "transform.sql:1: a value would reach the SQL unquoted"),
        ("{{ 1 }}", "transform.sql:1: a value would reach the SQL unquoted"),
        ("\n{{ (1 / 0) | literal }}", "transform.sql:2: the template fails with ZeroDivisionError"),
        ("{{ source.__class__.__mro__ }}", "transform.sql:1: access to attribute '__class__'"),
        ("{% include 'other.sql' %}", "transform.sql:1: the template fails with TypeError"),
        ("{{ range(10 ** 9) | literal }}", "transform.sql:1: the template fails with OverflowError"),
    ],
)
def test_render_sql_names_the_line_that_is_wrong(text: str, message: str) -> None:
    """A template that can't be rendered says in which line, and what a template knows."""
    with pytest.raises(NotEvaluatedError) as caught:
        render(text)

    assert str(caught.value).startswith(message)
    assert caught.value.hint.startswith("A template knows `source`, `partition`")


DOUBLED = "{%% set n = namespace(x=%s) %%}{%% for i in range(60) %%}{%% set n.x = %s %%}{%% endfor %%}"

BOMBS = [
    "{{ 'x' * 10 ** 10 }}",
    "{{ 10 ** 10 * 'x' }}",
    "{{ [1] * 10 ** 10 }}",
    "{{ 10 ** (10 ** 9) }}",
    "{{ 2 ** 4000 * 2 ** 4000 }}",
    "{{ '%9999999999d' % 1 }}",
    "{{ '%9999999999d' | format(1) }}",
    "{{ '{:9999999999}'.format(1) }}",
    "{{ 'x'.center(10 ** 10) }}",
    "{{ 'x' | center(10 ** 10) }}",
    "{{ ['x'] | map('center', 10 ** 10) | first }}",
    "{{ ('x' | attr('ljust'))(10 ** 10) }}",
    "{{ (1).to_bytes(10 ** 10, 'big') }}",
    "{{ lipsum(10 ** 6) }}",
    "{% set x = 'x' * 10 ** 6 %}{{ x.replace('x', x) }}",
    "{% set x = 'x' * 10 ** 6 %}{{ x | replace('x', x) }}",
    "{% set x = 'x' * 10 ** 6 %}{{ x.join(range(99999)) }}",
    "{% set x = 'x' * 10 ** 6 %}{{ range(99999) | join(x) }}",
    DOUBLED % ("'x'", "n.x ~ n.x"),
    DOUBLED % ("'x'", "n.x + n.x"),
    DOUBLED % ("[1]", "n.x + n.x"),
    DOUBLED % ("[1]", "n.x.extend(n.x) or n.x"),
    DOUBLED % ("[1]", "[n.x, n.x]") + "{{ n.x | string }}",
    DOUBLED % ("[1]", "[n.x, n.x]") + "{{ n.x | literal }}",
    "{% for i in range(99999) %}{% for i in range(99999) %}x{% endfor %}{% endfor %}",
]
"""Small templates that come to more than any machine holds."""


@pytest.mark.parametrize("text", BOMBS)
def test_render_sql_grows_no_value_past_a_limit(text: str) -> None:
    """A template that would fill the memory is refused before it does, in a moment."""
    tracemalloc.start()
    try:
        with pytest.raises(NotEvaluatedError) as caught:
            render(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 200 * LONGEST
    assert "MemoryError" not in str(caught.value)
    assert str(caught.value).startswith("transform.sql:1: ") or "the SQL would have more" in str(caught.value)
    assert "unquoted" not in str(caught.value)


@given(source=texts().filter(bool), partition=texts())
def test_render_sql_lets_nothing_out_of_its_quotes(source: str, partition: str) -> None:
    """Whatever the name and the label, the SQL holds one name and one text, and they are the same."""
    tree = sqlglot.parse_one(
        render("SELECT {{ partition }} FROM {{ source }}", source, partition), dialect="duckdb"
    )

    assert isinstance(tree, exp.Select)
    assert [partition] == [text.this for text in tree.find_all(exp.Literal)]
    assert [source] == [table.name for table in tree.find_all(exp.Table)]
