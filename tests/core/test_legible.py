"""What commands a terminal is told from what is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.legible import commands, legible


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\r", "\x00", "\x7f", "\x9b", "\udc80", "\u202e", "\u2067"])
def test_signs_that_command_are_marked(sign) -> None:
    """The escape, the bell, the control sequence introducer of eight bits, half of a pair, a turn."""
    assert commands(f"a{sign}b")
    assert "a�b" == legible(f"a{sign}b")


@pytest.mark.parametrize("text", ["", "orders", "Verkäufe 2026", "注文", "הזמנות", "طلبات", "a\u200db", "🚚"])
def test_every_other_text_is_as_it_is(text) -> None:
    """Whatever script it is written in."""
    assert not commands(text)
    assert text == legible(text)


@given(st.text())
def test_what_is_legible_stays_so_and_has_the_same_lines(text) -> None:
    """And is never shorter, so that no name becomes another one by leaving signs out."""
    found = legible(text)

    assert found == legible(found)
    assert len(found) == len(text)
    assert text.count("\n") == found.count("\n")
    assert not commands(found.replace("\n", "").replace("\t", ""))
