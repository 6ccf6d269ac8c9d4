from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.infer import infer, pattern_of, type_of
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.profile import ColumnProfile, Profile

NUMBER, INTEGER, TEXT = LogicalType.NUMBER, LogicalType.INTEGER, LogicalType.STRING


def column(name: str = "a", **more: object) -> ColumnProfile:
    """A column of a hundred texts, all different."""
    fields = {"filled": 100, "distinct": 100, "typed": {TEXT: 100}, "longest": 9} | more
    return ColumnProfile(name=name, **fields)


def integers(name: str, **more: object) -> ColumnProfile:
    """A column of a hundred integers, all different."""
    typed = {TEXT: 100, INTEGER: 100, NUMBER: 100}
    return column(name, **{"typed": typed, "plain": 100, "whole": 3, "integers": 100} | more)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (column(filled=0, typed={}), ColumnType(TEXT)),
        (integers("a"), ColumnType(INTEGER)),
        (integers("zip", padded=1), ColumnType(TEXT)),
        (integers("a", typed={TEXT: 100, NUMBER: 100}, scale=2), ColumnType(NUMBER, 18, 2)),
        (integers("a", typed={TEXT: 100}, whole=20), ColumnType(NUMBER, 20, 0)),
        (integers("a", typed={TEXT: 100, NUMBER: 100}, plain=99), ColumnType(NUMBER)),
        (integers("a", typed={TEXT: 100, NUMBER: 100}, scale=17), ColumnType(NUMBER)),
        (integers("a", typed={TEXT: 100, NUMBER: 99}, plain=99), ColumnType(TEXT)),
        (column(words=100, typed={LogicalType.BOOLEAN: 100}), ColumnType(LogicalType.BOOLEAN)),
        (column(typed={LogicalType.DATE: 100, TEXT: 100}), ColumnType(LogicalType.DATE)),
        (integers("a", declared=ColumnType(TEXT)), ColumnType(TEXT)),
        (column(declared=ColumnType(NUMBER, 5, 1), typed={NUMBER: 99}), ColumnType(TEXT)),
    ],
)
def test_a_type_is_one_that_every_value_has(found, expected) -> None:
    """The narrowest type wins; a code with zeros before it, and what one value breaks, stays a text."""
    assert expected == type_of(found)


def test_the_key_is_the_column_that_tells_rows_apart() -> None:
    """One whose name says so, else the first; never an amount, and nothing that looks personal."""

    def key(*columns: ColumnProfile) -> list[str]:
        guessed = infer(Profile(100, columns), "a").dataset
        return [found.name for found in guessed.columns if found.key_position is not None]

    amount = integers("amount", typed={TEXT: 100, NUMBER: 100}, scale=2)
    assert ["order_id"] == key(column("when"), amount, integers("order_id"))
    assert ["first"] == key(column("first"), amount)
    assert [] == key(amount, column("second"))
    assert [] == key(column("email"), column("user_id"))
    assert [] == key(column("id", filled=99, distinct=99))
    assert [] == key(column("id", distinct=99))
    assert [] == key(integers("id", integers=99))


def test_every_guess_says_what_it_was_made_from() -> None:
    """What a column promises has a note, and what one row would always support is no guess."""
    many = column("code", shape="AA-999", distinct=60, formats={"email": 0})
    guessed = infer(Profile(200, (many,)), "a")
    assert {
        ("code", "type"): "guess: 100 % of 100 values",
        ("code", "required"): "guess: no value in 50 % of 200 rows",
        ("code", "pattern"): "guess: 100 % of 100 values look alike",
        ("", "rules"): "guess: there were 200 rows",
    } == guessed.notes
    (one,) = infer(Profile(1, (column("id", filled=1, distinct=1, shape="A"),)), "a").dataset.columns
    assert (False, False, None, None) == (one.required, one.unique, one.key_position, one.options.pattern)


def test_a_text_that_is_nearly_a_number_says_so() -> None:
    """The few values that keep a column from a type are what somebody has to look at."""
    found = column("amount", typed={TEXT: 100, INTEGER: 20, NUMBER: 95})
    notes = infer(Profile(100, (found,)), "a").notes
    assert "guess: 100 % of 100 values; 95 % are numbers" == notes["amount", "type"]


def test_values_are_listed_where_they_are_known_and_are_nobodys_own() -> None:
    """Without their values a note says how many there are; a personal column never lists any."""
    few = {"distinct": 3, "values": ("x", "y", "z")}
    (listed, hidden, own), notes = (
        (guessed := infer(Profile(100, (column("a", **few), column("b", distinct=3), column("city", **few)))
                          , "a")).dataset.columns,
        guessed.notes,
    )  # fmt: skip
    assert [("x", "y", "z")] == [rule.values for rule in listed.rules]
    assert () == hidden.rules
    assert "3 different values in 100: `--values` would list them" == notes["b", "name"]
    assert [("x", "y", "z")] == [rule.values for rule in own.rules]
    (personal,) = infer(Profile(100, (column("last_name", **few),)), "a").dataset.columns
    assert ((), "restricted") == (personal.rules, personal.classification)


@given(st.from_regex(r"[A-Za-z0-9\-_./:# ]{1,40}", fullmatch=True))
def test_the_pattern_of_a_shape_is_found_in_its_values(value) -> None:
    """Whatever a code is made of, the pattern of its shape fits it, and another shape's doesn't."""
    shape = re.sub("[0-9]", "9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", value)))
    assert re.search(pattern_of(shape), value)
    assert not re.search(pattern_of(shape + "9"), value)
