"""Runbooks are filled in, come to an end, and are told as they are where they can't be."""

from __future__ import annotations

import pytest

from airflow_dataops.core.alerts.runbook import FILTERS, VALUES, Runbook
from airflow_dataops.documents.runbooks.language import OF_LOOP, faults
from airflow_dataops.render.alerts.runbook import LONGEST, fill

GIVEN = dict.fromkeys(VALUES, "text") | {
    "product": "orders",
    "partition": "2026-03-03",
    "rules": ["a", "b"],
    "commands": ["x", "y"],
}


def filled(text: str) -> str:
    """What becomes of the text of a runbook."""
    return fill(Runbook(at="late.md", text=text), GIVEN).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Look at {{ product }} {{ partition }}.", "Look at orders 2026-03-03."),
        ("{% for rule in rules %}{{ rule }}{{ ', ' if not loop.last }}{% endfor %}", "a, b"),
        ("{{ rules | join(' and ') }}; {{ commands[1] }}", "a and b; y"),
        ("{% if 'a' in rules %}Ask the shop.{% endif %}", "Ask the shop."),
        ("{{ product | upper | default('none') }}", "ORDERS"),
        ("no holes", "no holes"),
        ("{% for a in rules %}{% for b in rules %}{{ a ~ b }} {% endfor %}{% endfor %}", "aa ab ba bb "),
        ("1\n  {% if rules %}\n2\n  {% endif %}\n3", "1\n2\n3"),
    ],
)
def test_values_are_put_in(text, said) -> None:
    """As the how-to shows."""
    assert said == filled(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{% if %}", "line 1: "),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{{ product + 1 }}", "TypeError"),
        ("{% include '/etc/passwd' %}", "TypeError"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ product.center(10000000000) }}", "unsafe"),
        ("{{ 'x' * 10000000000 }}", "`*` is not for runbooks"),
        ("{{ '%10000000000d' % 1 }}", "`%` is not for runbooks"),
        ("{{ product | center(10000000000) }}", "No filter named 'center'"),
        ("{% for a in range(10000000000) %}{% endfor %}", "but a list"),
        (f"{3 * '{% for a in rules %}'}x{3 * '{% endfor %}'}", "more than 2 loops"),
        ("{% for a in rules recursive %}{{ loop(rules) }}{% endfor %}", "a loop that calls itself"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "`macro` is not for runbooks"),
        ("{% set x = product %}" + 40 * "{% set x = x ~ x %}" + "{{ x }}", "`assign` is not for runbooks"),
        ("{% set x %}{{ product }}{% endset %}{{ x }}", "`assignblock` is not for runbooks"),
        ("{% with x = product %}{{ x ~ x }}{% endwith %}", "`with` is not for runbooks"),
        ("{% filter upper %}x{% endfilter %}", "`filterblock` is not for runbooks"),
        ("{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}", "`block` is not for runbooks"),
        ("{{ rules | join(rules | join(rules | join)) }}", "a `join` within another one"),
        ("{% for a in rules | join %}{% for b in rules ~ a %}{% endfor %}{% endfor %}", "but a list"),
        ("{{ self.x() }}", "not be filled in"),
    ],
)
def test_what_cant_be_filled_in_is_told_as_it_is(text, why) -> None:
    """With a line that says so: there is never no message, and it never takes long."""
    first, _, rest = filled(text).partition("\n\n")

    assert first.startswith("(Its values could not be filled in: ")
    assert why in first
    assert text == rest


@pytest.mark.parametrize("name", FILTERS)
def test_what_lint_lets_pass_is_filled_in(name) -> None:
    """Every filter, value, and part of a loop."""
    text = "{{ rules | %s }}" % name + "".join(f"{{{{ {value} }}}}" for value in VALUES)  # noqa: UP031
    parts = "".join(f"{{{{ loop.{part} }}}}" for part in OF_LOOP)
    text += f"{{% for rule in rules %}}{parts}{{{{ rule }}}}{{% endfor %}}"

    assert () == faults(text)
    assert not fill(Runbook(at="a.md", text=text), GIVEN).text.startswith("(")


def test_a_url_is_left_as_it_is() -> None:
    """There is nothing to fill in."""
    book = Runbook(at="https://wiki.example/{{ product }}")

    assert book == fill(book, GIVEN)


def test_a_long_one_is_cut() -> None:
    """And says so."""
    text = filled("x" * (LONGEST + 212))

    assert len(text) < LONGEST + 100
    assert text.endswith("… and 212 more characters")


def test_one_that_grows_is_told_as_far_as_it_may_be() -> None:
    """It is filled in no further."""
    given = GIVEN | {"rules": ["r"] * 50_000}
    loops = "{% for a in rules %}{% for b in rules %}xxxxxxxxxx{% endfor %}{% endfor %}"
    text = fill(Runbook(at="a.md", text=loops), given).text

    assert LONGEST < len(text) < LONGEST + 100


@pytest.mark.parametrize("hostile", ["{{ 7 * 7 }}", "{% raw %}", "{{ nobody }}"])
def test_a_value_is_never_a_template(hostile) -> None:
    """It is put in as it is."""
    assert hostile == fill(Runbook(at="a.md", text="{{ product }}"), {"product": hostile}).text
