from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.expected_rows import LARGEST, said, same_weekdays, usual, whole
from airflow_dataops.errors import NotEvaluatedError


@pytest.mark.parametrize(
    ("text", "key", "place", "rows"),
    [
        ('{"rows": 12}', "rows", "m.json", 12),
        ('{"files": [{"count": "7"}, {"count": 9}]}', "files[1].count", "m.json", 9),
        ('{"a": {"b": [[0, 3]]}}', "a.b[0][1]", "m.json", 3),
        ("42\n", "", "m.txt", 42),
        ('{"rows": 12.0}', "rows", "m.json", 12),
        ("file,rows\na.csv,3\nb.csv,4\n", "rows", "m.CSV", 7),
        ('"file","rows"\n"a,b",0\n', "rows", "m.csv", 0),
    ],
)
def test_a_manifest_says_how_many_rows_there_are(text, key, place, rows) -> None:
    """In JSON by the way to it, in CSV by the column, whose numbers are added up."""
    assert rows == said(text, key=key, place=place)


@pytest.mark.parametrize(
    ("text", "key", "place", "why"),
    [
        ("{", "rows", "m.json", "m.json: the manifest is no JSON"),
        ("", "", "m.json", "m.json: the manifest is no JSON"),
        ('{"count": 1}', "rows", "m.json", "m.json: the manifest has no `rows`"),
        ('{"rows": [1]}', "rows[1]", "m.json", "m.json: the manifest has no `rows[1]`"),
        ('{"rows": 7}', "rows.count", "m.json", "m.json: the manifest has no `rows.count`"),
        ('{"rows": -1}', "rows", "m.json", "m.json: `rows` of the manifest is no number of rows"),
        ('{"rows": 1.5}', "rows", "m.json", "m.json: `rows` of the manifest is no number of rows"),
        ('{"rows": true}', "rows", "m.json", "m.json: `rows` of the manifest is no number of rows"),
        ('{"rows": null}', "rows", "m.json", "m.json: `rows` of the manifest is no number of rows"),
        ('{"rows": "Ali Baba"}', "rows", "m.json", "m.json: `rows` of the manifest is no number of rows"),
        ('{"rows": 1e400}', "rows", "m.json", "m.json: `rows` of the manifest is no number of rows"),
        ("rows\n", "rows", "m.csv", "m.csv: the manifest has no column `rows`, or a line without it"),
        ("a,rows\nx\n", "rows", "m.csv", "m.csv: the manifest has no column `rows`, or a line without it"),
        ("rows\nmany\n", "rows", "m.csv", "m.csv: `rows` of the manifest is no number of rows"),
        ('rows\n"1\n', "rows", "m.csv", "m.csv: the manifest is no CSV"),
    ],
)
def test_a_manifest_that_says_nothing_is_named_in_one_line(text, key, place, why) -> None:
    """What stands there instead is not told: it may be anything."""
    with pytest.raises(NotEvaluatedError) as error:
        said(text, key=key, place=place)

    assert why == str(error.value)


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans(), st.lists(st.integers())))
def test_whatever_stands_there_is_a_number_of_rows_or_none(value) -> None:
    """From 0 on, as large as a store keeps."""
    try:
        found = whole(value, where="the answer", place="here")
    except NotEvaluatedError:
        return
    assert 0 <= found <= LARGEST


@pytest.mark.parametrize(
    ("label", "weeks", "before"),
    [
        ("2026-03-03", 2, ("2026-02-24", "2026-02-17")),
        ("2026-01-05T09", 1, ("2025-12-29T09",)),
        ("2026-10-25T02+0100", 1, ("2026-10-18T02+0100",)),
    ],
)
def test_the_same_weekdays_before(label, weeks, before) -> None:
    """And the same hour."""
    assert before == same_weekdays(label, weeks)


@pytest.mark.parametrize("label", ["2026-03", "2026", "north", "2026-W10", "", "0001-01-03"])
def test_a_partition_that_is_no_day_has_no_weekday(label) -> None:
    """It is said what to do."""
    with pytest.raises(NotEvaluatedError, match=r"Name a manifest, a table or a query"):
        same_weekdays(label, 3)


@pytest.mark.parametrize(
    ("counts", "median"), [((), None), ((5,), 5), ((1, 9, 3), 3), ((1, 3, 9, 4), 3), ((0, 0, 7), 0)]
)
def test_usual_is_the_median(counts, median) -> None:
    """Of two in the middle the lower one, so that it is one that there was."""
    assert median == usual(counts)
