from __future__ import annotations

import pytest

from airflow_dataops.core.lineage import file_dataset


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/lake/orders", ("file", "/lake/orders")),
        ("s3://bucket/orders/1.csv", ("s3://bucket", "orders/1.csv")),
        ("postgres://shop_db/shop.sales", ("postgres://shop_db", "shop.sales")),
        ("postgres://shop_db/shop.sales?day=2026-03-03", ("postgres://shop_db", "shop.sales")),
    ],
)
def test_a_place_has_one_name_in_lineage(place, expected) -> None:
    """A table is the same dataset for all its partitions."""
    found = file_dataset(place)
    assert expected == (found.namespace, found.name)
