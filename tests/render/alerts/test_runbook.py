"""Runbooks are filled in, come to an end, and are told as they are where they can't be."""

from __future__ import annotations

import pytest

from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.render.alerts.runbook import LONGEST, fill

VALUES = {"product": "orders", "partition": "2026-03-03", "rules": ["a", "b"], "commands": ["x", "y"]}


def filled(text: str) -> str:
    """What becomes of the text of a runbook."""
    return fill(Runbook(at="late.md", text=text), VALUES).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Look at {{ product }} {{ partition }}.", "Look at orders 2026-03-03."),
        ("{% for rule in rules %}{{ rule }}{{ ', ' if not loop.last }}{% endfor %}", "a, b"),
        ("{{ rules | join(' and ') }}; {{ commands[1] }}", "a and b; y"),
        ("{% if 'a' in rules %}Ask the shop.{% endif %}", "Ask the shop."),
        ("{{ product | upper | default('none') }}", "ORDERS"),
        ("no holes", "no holes"),
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
        ("{% for a in range(10000000000) %}{% endfor %}", "'range' is undefined"),
        ("{% for a in rules %}{% for b in rules %}x{% endfor %}{% endfor %}", "a loop within a loop"),
        ("{% for a in rules recursive %}{{ loop(rules) }}{% endfor %}", "a loop within a loop"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "a macro is not for runbooks"),
        ("{{ self.x() }}", "not be filled in"),
    ],
)
def test_what_cant_be_filled_in_is_told_as_it_is(text, why) -> None:
    """With a line that says so: there is never no message, and it never takes long."""
    first, _, rest = filled(text).partition("\n\n")

    assert first.startswith("(Its values could not be filled in: ")
    assert why in first
    assert text == rest


def test_a_url_is_left_as_it_is() -> None:
    """There is nothing to fill in."""
    book = Runbook(at="https://wiki.example/{{ product }}")

    assert book == fill(book, VALUES)


def test_a_long_one_is_cut() -> None:
    """And says so."""
    text = filled("x" * (LONGEST + 212))

    assert len(text) < LONGEST + 100
    assert text.endswith("… and 212 more characters")


@pytest.mark.parametrize("hostile", ["{{ 7 * 7 }}", "{% raw %}", "{{ nobody }}"])
def test_a_value_is_never_a_template(hostile) -> None:
    """It is put in as it is."""
    assert hostile == fill(Runbook(at="a.md", text="{{ product }}"), {"product": hostile}).text
