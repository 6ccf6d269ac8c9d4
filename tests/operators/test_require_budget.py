"""The gate that asks for an error budget."""

from __future__ import annotations

import pytest
from airflow.sdk import Asset, task

from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.require_budget import RequireBudgetOperator, require_budget


@pytest.fixture
def consume(in_dag):
    """Run a task behind a gate, and return how it ended."""

    def run(product="orders", **asked):
        def wire():
            @task
            def report():
                return "read"

            require_budget(product, task_id="gate", retries=0, **asked) >> report()

        return in_dag(wire)

    return run


@pytest.mark.parametrize(
    ("good", "asked", "states"),
    [
        (98, {}, ("success", "success")),
        (92, {}, ("success", "success")),
        (91, {}, ("skipped", "skipped")),
        (91, {"on_fail": "fail"}, ("failed", "upstream_failed")),
        (91, {"at_least": "10%"}, ("success", "success")),
        (91, {"at_least": 0.11}, ("skipped", "skipped")),
        (90, {"at_least": 0}, ("success", "success")),
        (89, {"at_least": 0}, ("skipped", "skipped")),
        (None, {}, ("skipped", "skipped")),
    ],
)
def test_what_is_left_decides(rows_seen, consume, good, asked, states) -> None:
    """Exactly; of no data nothing is known, and that is not enough."""
    rows_seen(good)

    ended = consume(**asked)

    assert states == (ended.state("gate"), ended.state("report")), ended.lines


def test_it_says_what_is_left(rows_seen, consume) -> None:
    """As plain JSON where it goes on, in one line where it doesn't."""
    # Other tests have assets `orders` of other addresses in the same Airflow, which takes one of a name.
    rows_seen(98, product="purchases")

    assert {"remaining": {"right": 0.8}} == consume(Asset("purchases")).returned("gate")
    ended = consume("purchases", at_least=0.9, on_fail="fail")
    told = "Withheld: purchases: 80 % of the budget of `right` is left, less than 90 %."
    assert [f"{told} Clear the task when the budget is back."] == ended.lines


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"product": "sales"},
            "sales: no service levels of it are declared; there are: orders. Correct the name",
        ),
        ({"slo": "fresh"}, "orders: it has no objective `fresh`, only right"),
        (
            {"team": "others"},
            "orders: no service levels of it are declared; of no product of the team `others` are any",
        ),
        ({"on_fail": "cry"}, "`on_fail` can't be `cry`. Use one of skip, fail."),
        ({"at_least": "{{ 2 }}"}, "`at_least` can't be `2`"),
    ],
)
def test_a_wrong_question_fails_whatever_on_fail_says(rows_seen, consume, asked, said) -> None:
    """In one line."""
    rows_seen(100)

    ended = consume(**asked)

    assert ("failed", 1) == (ended.state("gate"), len(ended.lines))
    assert said in ended.lines[0]


def test_a_name_of_two_teams_is_refused(rows_seen, consume) -> None:
    """Until the team is named."""
    rows_seen(100)
    rows_seen(80, team="store")

    assert "several teams have a product `orders`: shop, store" in consume().lines[0]
    assert "success" == consume(team="shop").state("gate")
    assert "skipped" == consume(team="store").state("gate")


def test_a_share_that_is_none_is_said_when_the_dag_is_read() -> None:
    """Not at night."""
    with pytest.raises(SettingsError, match="`at_least` can't be `20`"):
        require_budget("orders", at_least=20)


def test_its_name_is_made_of_the_product_s() -> None:
    """And its asset is an inlet."""
    gate = require_budget(Asset("shop/orders"))

    assert "require_budget_of_shop_orders" == gate.task_id
    assert isinstance(gate, RequireBudgetOperator)
    assert ["shop/orders"] == [inlet.name for inlet in gate.inlets]
