"""What a DAG is made of, and what of it changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.code import code, differing
from airflow_dataops.core.product import Product, Schedule

ORDERS = Product(name="orders", template="batch@1", files={"transform.sql": "91d68d0f4e4d"})


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"files": {"transform.sql": "000000000000"}}, ("transform.sql",)),
        ({"files": {}}, ("transform.sql",)),
        ({"template": "batch@2"}, ("the template",)),
        ({"params": {"max_quarantined": "1%"}}, ("the pipeline file",)),
        ({"schedule": Schedule(schedule="@hourly")}, ("the pipeline file",)),
        ({"description": "Orders", "owner": "ann", "tags": ("x",)}, ()),
    ],
)
def test_what_changed_is_named(change, names) -> None:
    """What nothing is computed by changes nothing."""
    assert names == differing(code(ORDERS), code(replace(ORDERS, **change)))


def test_of_what_isnt_known_nothing_changed() -> None:
    """A declaration of an older version says nothing of it."""
    assert not differing((), code(ORDERS))
    assert not differing(code(ORDERS), ())
