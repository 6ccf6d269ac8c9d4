"""What a task says of other tables."""

from __future__ import annotations

import pytest

from airflow_dataops.core.rows.lookup import addresses
from airflow_dataops.errors import SettingsError

TABLE = {"conn_id": "warehouse", "table": "mart.stations"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, {}),
        ({}, {}),
        ([], {}),
        ({"stations": TABLE}, {"stations": "postgres://warehouse/mart.stations"}),
        ([{"dataset": "stations", **TABLE}], {"stations": "postgres://warehouse/mart.stations"}),
        (
            {"stations": "postgres://warehouse/mart.stations"},
            {"stations": "postgres://warehouse/mart.stations"},
        ),
        ({"stations": {"path": "mart.stations"}}, {"stations": "mart.stations"}),
        ([{"dataset": "stations", "path": "/lake/stations"}], {"stations": "/lake/stations"}),
        ({"stations": "stations"}, {"stations": "stations"}),
        ({"stations": "{{ params.place }}"}, {"stations": "{{ params.place }}"}),
        (({"dataset": "a", "path": "a"}, {"dataset": "b", "path": "b"}), {"a": "a", "b": "b"}),
    ],
)
def test_tables_are_named_as_in_a_pipeline_file_or_by_their_address(given, expected) -> None:
    """Each form comes to the same addresses."""
    assert expected == addresses(given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"stations": "mart.stations"}, "Write `postgres://conn_id/mart.stations`"),
        ({"stations": ""}, "`lookups` has no address of `stations`"),
        ({"stations": "postgres://warehouse"}, "`lookups` has no address of `stations`"),
        ({"stations": {"conn_id": "warehouse"}}, "either a `path` or both `conn_id` and `table`"),
        ({"stations": {"path": "a", **TABLE}}, "either a `path` or both `conn_id` and `table`"),
        ({"stations": {"conn": "warehouse", "table": "a.b"}}, "doesn't say where `stations` lies"),
        ({"stations": {"path": ""}}, "doesn't say where `stations` lies"),
        ({"stations": 3}, "doesn't say where `stations` lies"),
        ([{"path": "stations"}], "names its `dataset`"),
        (["stations"], "names its `dataset`"),
        ([{"dataset": "a", "path": "a"}, {"dataset": "a", "path": "b"}], "names `a` twice"),
        ("stations", "neither a mapping nor a list"),
        (3, "neither a mapping nor a list"),
    ],
)
def test_what_names_no_table_is_one_line(given, told) -> None:
    """It says how to write it."""
    with pytest.raises(SettingsError) as caught:
        addresses(given)

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
