from __future__ import annotations

import pytest

from airflow_dataops.bridge.tables import by_server
from airflow_dataops.core.lineage import DatasetRef


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("postgres://clerk:tok-pw@db.shop:5433/shop", ("postgres://db.shop:5433", "shop.mart.orders")),
        ("postgres://clerk:tok-pw@/shop", ("postgres://localhost:5432", "shop.mart.orders")),
        ("postgres://db.shop", ("postgres://db.shop:5432", "mart.orders")),
    ],
)
def test_a_table_is_named_by_its_server(monkeypatch, uri, expected) -> None:
    """Lineage of other tools must meet ours at one name, and no secret of a connection be in it."""
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", uri)

    found = by_server(DatasetRef(namespace="postgres://shop_db", name="mart.orders", rows=7))

    assert expected == (found.namespace, found.name)
    assert 7 == found.rows


def test_what_is_no_table_keeps_its_name() -> None:
    """Files and object storage are named already."""
    file = DatasetRef(namespace="file", name="/lake/orders")

    assert file is by_server(file)
