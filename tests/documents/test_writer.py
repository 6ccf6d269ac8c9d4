from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.documents.yaml.node import NODE, Numeral
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.documents.yaml.writer import Noted, yaml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
SINGLE = st.one_of(TEXTS, st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    SINGLE,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def plain(value: object) -> object:
    """Return what was read without its nodes."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != NODE}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def as_read(value: object) -> object:
    """Return what a value is when it comes back: numbers are the text that was written."""
    match value:
        case bool() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case int():
            return str(value)
        case dict():
            return {key: as_read(inner) for key, inner in value.items()}
        case _:
            return [as_read(inner) for inner in value]


@given(st.dictionaries(TEXTS.filter(lambda key: key != "<<"), VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back(tmp_path_factory, value) -> None:
    """Every text, whatever it looks like, every number and every nesting comes back as it was."""
    file = tmp_path_factory.mktemp("yaml") / "a.yaml"
    file.write_text(yaml_text(value), encoding="utf-8", newline="")

    document = read(file)

    assert () == document.problems
    assert as_read(value) == plain(document.root.plain())


@pytest.mark.parametrize(
    "text", ["yes", "No", "on", "~", "", " ", "1.0", "0x1F", "1_000", "2026-03-01", "12:30:45", "- a", "a: b"]
)
def test_no_text_is_taken_for_something_else(text) -> None:
    """A reader of YAML 1.1, which takes `no` for false, finds the text as well."""
    assert {"a": text} == yaml.safe_load(yaml_text({"a": text}))


def test_comments_stand_behind_what_they_are_about() -> None:
    """A note is one line behind its key, or behind its entry; keys and entries keep their order."""
    text = yaml_text(
        {
            "b": Noted("x", "guess:\n100 %"),
            "a": Noted(
                [{"name": Noted("id", "first"), "few": ["EUR", "it's"]}, Noted("last", "entry")], "two"
            ),
            "number": Numeral("1.10"),
            "nothing": {},
        },
        head=["Read this.", ""],
    )
    assert (
        "# Read this.\n"
        "#\n"
        "b: x  # guess: 100 %\n"
        "a:  # two\n"
        "  - name: id  # first\n"
        "    few: [EUR, 'it''s']\n"
        "  - last  # entry\n"
        "number: 1.10\n"
        "nothing: {}\n"
    ) == text
