from __future__ import annotations

import pytest
from airflow.partition_mappers.base import PartitionMapper
from airflow.sdk import AssetOrTimeSchedule, CronDataIntervalTimetable
from airflow.serialization.decoders import decode_partition_mapper
from airflow.serialization.encoders import encode_partition_mapper

from airflow_dataops.bridge.assets import asset, inlets, partitions
from airflow_dataops.bridge.dag import timetable
from airflow_dataops.bridge.page import page
from airflow_dataops.bridge.partition_mapper import GrainMapper
from airflow_dataops.core.product import Product, Schedule
from airflow_dataops.core.promise import Promise
from airflow_dataops.errors import SettingsError

CLOCK = {"schedule": "@daily", "timezone": "Europe/Paris"}
AFTER = {"depends_on": ("b", "a")}


def names(found) -> list[str]:
    """Return the assets after which something runs."""
    return [ref.name for ref in found.objects]


def test_timetable_is_nothing_for_what_nothing_starts() -> None:
    """Then it is run by hand."""
    assert timetable(Schedule(), grain="day") is None


@pytest.mark.parametrize("grain", ["", "day"])
def test_timetable_by_the_clock_has_intervals(grain) -> None:
    """With or without partitions."""
    assert timetable(Schedule(**CLOCK), grain=grain) == CronDataIntervalTimetable(
        "@daily", timezone="Europe/Paris"
    )


def test_timetable_without_partitions_is_by_the_assets_and_the_clock() -> None:
    """Airflow starts a run when all have had an event, or when it is time."""
    assert ["a", "b"] == names(timetable(Schedule(**AFTER)))
    both = timetable(Schedule(**AFTER, **CLOCK))
    assert isinstance(both, AssetOrTimeSchedule)
    assert ["a", "b"] == names(both.asset_condition)


def test_timetable_with_partitions_is_by_the_assets_that_carry_them() -> None:
    """A run is of the partition in which that of the event lies."""
    found = timetable(Schedule(**AFTER), grain="month")

    assert ["a/partitions", "b/partitions"] == names(found.asset_condition)
    assert "2026-03" == found.default_partition_mapper.to_downstream("2026-03-01")


def test_timetable_with_partitions_can_not_be_both() -> None:
    """Airflow has no such timetable, and a run without a partition would be of no batch."""
    with pytest.raises(SettingsError, match=r"`depends_on` beside `schedule`"):
        timetable(Schedule(**AFTER, **CLOCK), grain="day")


def test_mapper_is_one_that_the_scheduler_finds() -> None:
    """The plugin registers it by its name, and what was written is read back."""
    found = decode_partition_mapper(encode_partition_mapper(GrainMapper("month")))

    assert isinstance(found, GrainMapper)
    assert isinstance(found, PartitionMapper)
    assert "2026-03" == found.to_downstream("2026-03-01T09")
    with pytest.raises(SettingsError, match="lies in no month"):
        found.to_downstream("2026")


def test_assets_of_a_product_are_two_and_what_it_reads_is_sorted() -> None:
    """One for whatever runs after it, one for what runs by its partitions."""
    product = Product(name="orders", template="batch@1", contract=Promise(dataset="rows"))

    both = [(one.name, one.uri) for one in (asset(product), partitions(product))]
    assert both == [
        ("orders", "dataops://orders/rows"),
        ("orders/partitions", "dataops://orders/rows/partitions"),
    ]
    read = [(one.name, one.uri) for one in inlets({"b": "rows", "orders": "rows", "unknown": ""})]
    assert read == [("b", "dataops://b/rows"), ("orders", "dataops://orders/rows")]


def test_page_says_a_line_for_each_thing() -> None:
    """A text of several lines, or with a bar in it, ends neither its cell nor the table."""
    product = Product(name="orders", template="batch@1", owner="a|b\n\n# status\n| status | active |")

    (line,) = (line for line in page(product).splitlines() if "status" in line)

    assert r"| owner | a\|b # status \| status \| active \| |" == line
