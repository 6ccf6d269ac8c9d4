"""The page about a product in Airflow's UI."""

from __future__ import annotations

from airflow_dataops.bridge.page import page
from airflow_dataops.core.product import Product, Target
from airflow_dataops.core.promise import Promise

PROMISE = Promise(
    reference="orders@1.0.0",
    dataset="orders",
    status="active",
    description="The orders of the shop.",
    runbook="https://wiki.example.com/a|b",
    service_levels=("freshness 24 hours: A day is\npublished soon.", "retention 3 years"),
    channels=("#shop", "a@example.com"),
)

FULL = """\
### orders@1.0.0

The orders of the shop.

| | |
|---|---|
| owner | shop |
| status | active |
| help | #shop, a@example.com |
| runbook | [https://wiki.example.com/a\\|b](https://wiki.example.com/a\\|b) |
| publishes | `mart.orders` (postgres in `warehouse`) |
| template | `batch@1` |

**Service levels**

- freshness 24 hours: A day is published soon.
- retention 3 years

**Made of**

- orders.odcs.yaml (0123)
- transform.sql (4567)"""

BARE = """\
### night

Every night.

| | |
|---|---|
| template | `maintenance@1` |"""


def test_page_of_a_product() -> None:
    """All that somebody needs who was woken by it."""
    product = Product(
        name="orders",
        template="batch@1",
        owner="shop",
        contract=PROMISE,
        target=Target(type="postgres", table="mart.orders", conn_id="warehouse"),
        files={"transform.sql": "4567", "orders.odcs.yaml": "0123"},
    )

    assert FULL == page(product)


def test_page_of_what_promises_nothing() -> None:
    """What isn't known isn't there."""
    assert BARE == page(Product(name="night", template="maintenance@1", description="Every night."))


def test_a_runbook_that_is_a_file_is_no_link() -> None:
    """It lies in the product's folder, where no browser gets."""
    product = Product(name="orders", template="batch@1", contract=Promise(runbook="runbook.md"))
    assert "| runbook | `runbook.md` |" in page(product)
