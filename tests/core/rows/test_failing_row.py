from __future__ import annotations

import json

import pytest

from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.failing_row import (
    FailingRow,
    FailingRows,
    at_most,
    json_lines,
    most_of,
    sentence,
    to_ask,
)
from airflow_dataops.errors import SettingsError

TEXT = ColumnType(LogicalType.STRING)
KEYED = Dataset(
    name="orders",
    columns=(
        Column(name="shöp", type=TEXT, key_position=2),
        Column(name="amount", type=TEXT),
        Column(name="number", type=TEXT, key_position=1),
    ),
)
ROWS = (
    FailingRow(("1", "a\n\u2028b"), ("low", "key"), 7, "a.csv"),
    FailingRow((None, ""), ("low",)),
    FailingRow((), ("unparsable",), 9, "a.csv"),
)


def test_rows_are_lines_of_json() -> None:
    """One line a row, whatever its values hold; null where there is no line and no file."""
    text = json_lines(FailingRows(ROWS), KEYED)

    assert [
        {
            "dataset": "orders",
            "key": {"number": "1", "shöp": "a\n\u2028b"},
            "rules": ["low", "key"],
            "line": 7,
            "file": "a.csv",
        },
        {
            "dataset": "orders",
            "key": {"number": None, "shöp": ""},
            "rules": ["low"],
            "line": None,
            "file": None,
        },
        {"dataset": "orders", "key": {}, "rules": ["unparsable"], "line": 9, "file": "a.csv"},
    ] == [json.loads(line) for line in text.split("\n")[:-1]]
    assert "shöp" in text
    assert "" == json_lines(FailingRows(()), KEYED)


@pytest.mark.parametrize(("most", "more"), [(1, True), (2, True), (3, False), (4, False)])
def test_an_engine_is_asked_for_one_more_which_tells_of_others(most, more) -> None:
    """It is never one of those that are named."""
    found = at_most(ROWS[: to_ask(most)], most)

    assert FailingRows(ROWS[:most], more=more) == found
    assert 0 == to_ask(0)


@pytest.mark.parametrize("given", [1, "1", " 20 ", 10**17])
def test_a_bound_is_a_whole_number_above_0(given) -> None:
    """As a number or as the text of one, as templates make it."""
    assert int(given) == most_of(given, name="most_keys")


@pytest.mark.parametrize("given", [0, "0", -1, "many", "", "1.5", 1.5, None, "²", "٣", "9" * 5000, True])
def test_what_is_no_bound_is_refused(given) -> None:
    """It is named, and what would be one."""
    with pytest.raises(
        SettingsError, match=r"`most_keys` can't be `.*`\. Give a whole number above 0, such as"
    ):
        most_of(given, name="most_keys")


SENTENCES = {
    "The rows are counted": ((FailingRows(ROWS),), "3 rows that broke a rule are named in f."),
    "one row": ((FailingRows(ROWS[:1]),), "1 row that broke a rule is named in f."),
    "none": ((FailingRows(()), None), "0 rows that broke a rule are named in f."),
    "there are more": (
        (FailingRows(ROWS), FailingRows(ROWS[:1], more=True)),
        "4 rows that broke a rule are named in f. There are more: raise `most_keys` to have them named.",
    ),
    "none was judged": ((None,), "No row was judged, so none is named in f, which is left as it was."),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_what_is_told_of_the_rows_is_how_many(case) -> None:
    """And whether there are others; no value of any."""
    found, expected = SENTENCES[case]

    assert expected == sentence(found, place="f", setting="most_keys")
    assert "shop" not in repr(found)
    assert "\u2028" not in repr((found, ROWS))
