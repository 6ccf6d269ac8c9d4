from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli import database
from airflow_dataops.cli.report import show
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.errors import SettingsError
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from airflow_dataops.wiring.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A deployment in whose store one drop has landed."""
    found = local_settings(tmp_path)
    (tmp_path / "dataops").mkdir()
    database.migrate(found.store_url)
    stores.store(found).record(
        Landing(
            batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
            origin="/drops/x.csv",
            uri="/raw/x",
            sha256="a" * 64,
            bytes=9,
            rows=1501,
            dialect=Dialect(),
            landed_at=datetime(2026, 3, 4, 6, tzinfo=UTC),
            run_id="first",
        )
    )
    return found


def shown(settings, product="orders", *, team="", output_format="text") -> str:
    """What is printed."""
    stream = io.StringIO()
    show(product, team=team, output_format=output_format, settings=settings, stream=stream)
    return stream.getvalue()


def test_show_prints_a_table_for_people(settings) -> None:
    """In a pipe without colours."""
    lines = shown(settings).splitlines()

    assert lines[2].startswith("2026-03-03  … nothing yet")
    assert "1,501" in lines[2]
    assert "\x1b" not in "".join(lines)


def test_show_prints_one_document_for_programs(settings) -> None:
    """Partitions and totals, as JSON that can be parsed."""
    document = json.loads(shown(settings, output_format="json", team="shop"))

    assert ("orders", 1501, 1) == (
        document["product"],
        document["partitions"][0]["landed"],
        document["total"]["partitions"],
    )


@pytest.mark.parametrize(("product", "team"), [("nothing", ""), ("orders", "mill")])
def test_show_refuses_a_product_that_nobody_knows(settings, product, team) -> None:
    """A misspelt name must not look like a product without a problem."""
    with pytest.raises(SettingsError, match=f"the store knows no product `{product}`"):
        shown(settings, product, team=team)


@pytest.mark.parametrize(
    ("product", "team", "hint"),
    [
        ("ordres", "", "Did you mean `orders`? A product is known once rows of it were judged"),
        ("nothing", "", "It knows: orders. A product is known once rows of it were judged"),
        ("orders", "mill", "There is one of shop: `team` of the pipeline file, or the DAG bundle."),
    ],
)
def test_what_is_known_is_named(settings, product, team, hint) -> None:
    """Products that tasks judge in place are none of a DAG's name."""
    with pytest.raises(SettingsError) as caught:
        shown(settings, product, team=team)

    assert caught.value.hint.startswith(hint)
