from __future__ import annotations

import pytest

from airflow_dataops.bridge.tables import by_server, looked_up
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


def test_tables_that_rules_look_up_are_named_as_those_that_are_published(monkeypatch) -> None:
    """So that lineage leads from a product to those that look at it."""
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgres://u:p@db.example:5433/shop")
    lookups = {
        "kinds.odcs.yaml#kinds": "kinds",
        "elsewhere": "/lakes/other/kinds",
        "again": "kinds",
        "countries": "postgres://warehouse/mart.countries",
    }

    found = [(dataset.namespace, dataset.name) for dataset in looked_up(lookups, "/lake")]

    assert found == [
        ("file", "/lake/kinds"),
        ("file", "/lakes/other/kinds"),
        ("postgres://db.example:5433", "shop.mart.countries"),
    ]
