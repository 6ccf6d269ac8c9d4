from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Standing, State
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.testing.governor import MemoryGovernor
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.usecases.levels.enforce_policies import enforce_policies

if TYPE_CHECKING:
    from airflow_dataops.core.slo.policy import PolicyAction

NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)
BELOW = Fraction(1, 5)
BLOCK = Policy(action=Action.BLOCK_PUBLISH, below=BELOW)
PAUSE = Policy(action=Action.PAUSE, below=BELOW)
SHRINK = Policy(action=Action.SHRINK_POOL, below=BELOW, pool="etl", slots=2)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def actions(request, new_store_url):
    """Nothing is in force, on each server."""
    if request.param == "memory":
        return MemoryServiceLevels()
    return SqlServiceLevels(new_store_url(request.param), auto_migrate=True)


@pytest.fixture
def airflow() -> MemoryGovernor:
    """Two DAGs that run, and a pool of ten slots."""
    return MemoryGovernor(dags={"orders": False, "billing": False}, pools={"etl": 10})


def declared(*policies: Policy, product: str = "orders") -> Declaration:
    """Return a declaration of one objective."""
    return Declaration(
        team="shop",
        product=product,
        dataset="rows",
        expectation=Expectation(),
        objectives=(Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction(9, 10)),),
        policies=policies,
        since=NOW,
    )


def standing(left: str, product: str = "orders") -> Standing:
    """Return how it stands when so much of its budget is left."""
    bad = (1 - Fraction(left)) * 10
    return Standing(
        team="shop",
        product=product,
        slo="right",
        at=NOW,
        since=NOW,
        until=NOW,
        good=100 - bad,
        total=Fraction(100),
        expected=Fraction(100),
        allowed=Fraction(10),
        state=State.OK,
    )


@pytest.fixture
def evaluate(actions, airflow, store, clock):
    """Enforce what policies ask for, where so much is left of the budget of each product."""

    def do(*policies: Policy, governor=lambda: airflow, store=store, **left: str):
        clock.advance(timedelta(minutes=5))
        left = left or {"orders": "0"}
        return enforce_policies(
            [declared(*policies, product=product) for product in left],
            [standing(share, product) for product, share in left.items()],
            actions=actions,
            governor=governor,
            store=store,
            clock=clock,
            who="dataops_slo_monitor r",
        )

    return do


def trail(store) -> list[str]:
    """Return the actions of the audit trail, oldest first."""
    return [record.action for record in store.facts(AuditRecord)]


def refuse() -> MemoryGovernor:
    """Fail where nothing is to be asked of Airflow."""
    pytest.fail("Airflow was asked")


@pytest.mark.parametrize("action", [Action.BLOCK_PUBLISH, Action.REQUIRE_APPROVAL])
def test_what_products_ask_for_themselves_is_remembered_only(evaluate, actions, store, action) -> None:
    """Airflow isn't spoken to: no connection is needed."""
    done = evaluate(Policy(action=action, below=BELOW), governor=refuse)

    assert (done.enforced, {}) == (actions.in_force(), done.failed)
    (record,) = store.facts(AuditRecord)
    assert ("shop", "orders", "rows", "*") == (
        record.batch.team,
        record.batch.product,
        record.batch.dataset,
        record.batch.partition,
    )
    assert (
        f"slo.{action}",
        "dataops_slo_monitor r",
        "0 % of the budget of `right` was left, less than 20 %",
    ) == (
        record.action,
        record.who,
        record.why,
    )
    assert f"orders, since {done.enforced[0].since.isoformat()}" == record.subject


def test_it_is_done_once_and_undone_once(evaluate, actions, store) -> None:
    """However often the budgets are evaluated; each time it comes into force is told apart."""
    for left in ("0", "0.1", "0.5", "0.5", "0"):
        evaluate(BLOCK, orders=left)

    assert ["slo.block_publish", "slo.lift.block_publish", "slo.block_publish"] == trail(store)
    assert 1 == len(actions.in_force())


def test_a_policy_that_is_taken_away_is_undone(evaluate, airflow, actions, store) -> None:
    """That is how people get out of one."""
    evaluate(PAUSE)
    assert airflow.dags["orders"]

    done = evaluate()

    assert (False, ()) == (airflow.dags["orders"], actions.in_force())
    assert (1, "no policy asks for it any more") == (len(done.lifted), store.facts(AuditRecord)[-1].why)


def test_a_dag_that_was_paused_before_stays_paused(evaluate, airflow) -> None:
    """Somebody had a reason."""
    airflow.dags["orders"] = True

    evaluate(PAUSE)
    evaluate(PAUSE, orders="1")

    assert airflow.dags["orders"]


def test_a_dag_that_a_person_lets_run_is_not_paused_again(evaluate, airflow) -> None:
    """The policy acts when the budget goes down, and not against people."""
    evaluate(PAUSE)
    airflow.dags["orders"] = False

    evaluate(PAUSE)

    assert not airflow.dags["orders"]


def test_a_pool_shrinks_and_grows_again(evaluate, airflow) -> None:
    """To the slots that it had."""
    evaluate(SHRINK)
    assert 2 == airflow.pools["etl"]

    evaluate(SHRINK, orders="1")
    assert 10 == airflow.pools["etl"]


@pytest.mark.parametrize(("before", "during"), [(1, 1), (2, 2), (-1, 2), (0, 0)])
def test_a_pool_never_grows_by_a_policy(evaluate, airflow, before, during) -> None:
    """-1 is any number of slots."""
    airflow.pools["etl"] = before

    evaluate(SHRINK)
    assert during == airflow.pools["etl"]

    evaluate(SHRINK, orders="1")
    assert before == airflow.pools["etl"]


def test_what_a_person_sets_in_the_meantime_stays(evaluate, airflow, store) -> None:
    """And is said in the audit trail."""
    evaluate(SHRINK)
    airflow.pools["etl"] = 7

    evaluate(SHRINK, orders="1")

    assert 7 == airflow.pools["etl"]
    assert store.facts(AuditRecord)[-1].why.endswith(
        "; the pool `etl` keeps the 7 slots that somebody gave it"
    )


def test_a_pool_of_several_products_has_the_slots_of_the_strictest(evaluate, airflow) -> None:
    """And in the end those that it had before the first of them."""
    four = replace(SHRINK, below=Fraction(1, 2), slots=4)
    sizes = []
    for left in ("0.4", "0.1", "0.1", "0.3", "1"):
        evaluate(four, SHRINK, orders=left, billing="1" if left == "0.3" else "0.4")
        sizes.append(airflow.pools["etl"])
    assert [4, 2, 2, 4] == sizes[:4]

    evaluate(four, SHRINK, orders="1", billing="1")

    assert 10 == airflow.pools["etl"]


def test_an_evaluator_that_is_killed_before_it_acts_is_finished_by_the_next(
    evaluate, airflow, actions
) -> None:
    """What is remembered and has no audit record is done again."""
    killed = MemoryGovernor(dags={"orders": False})
    killed.pause = lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        evaluate(PAUSE, governor=lambda: killed)
    assert (1, False) == (len(actions.in_force()), airflow.dags["orders"])

    done = evaluate(PAUSE)

    assert (1, True) == (len(done.enforced), airflow.dags["orders"])
    evaluate(PAUSE, orders="1")
    assert not airflow.dags["orders"]


@pytest.mark.parametrize("policy", [PAUSE, SHRINK, BLOCK])
def test_an_evaluator_that_is_killed_before_it_tells_is_finished_by_the_next(
    evaluate, airflow, store, policy
) -> None:
    """What was before isn't forgotten."""

    class Killing:
        def record(self, *_: object) -> None:
            raise KeyboardInterrupt

        def facts(self, *_: object, **__: str) -> tuple[()]:
            return ()

    for left in ("0", "1"):
        with pytest.raises(KeyboardInterrupt):
            evaluate(policy, store=Killing(), orders=left)
        evaluate(policy, orders=left)

    assert (False, 10) == (airflow.dags["orders"], airflow.pools["etl"])
    assert [f"slo.{policy.action}", f"slo.lift.{policy.action}"] == trail(store)


def test_two_evaluators_at_once_do_it_once(evaluate, airflow, actions, store) -> None:
    """The second one finds that somebody else was the first to remember it."""
    inner = actions.enforce

    def beaten(action: PolicyAction) -> bool:
        actions.enforce = inner
        evaluate(PAUSE)
        return inner(action)

    actions.enforce = beaten

    assert () == evaluate(PAUSE).enforced
    assert ["slo.pause"] == trail(store)
    evaluate(PAUSE, orders="1")
    assert not airflow.dags["orders"]


@pytest.mark.parametrize("error", [SettingsError("no such DAG"), BrokenWorldError("Airflow is gone")])
def test_what_can_t_be_done_stops_nothing_else(evaluate, actions, airflow, error) -> None:
    """It is named, and tried again by the next evaluation."""

    def gone() -> MemoryGovernor:
        raise error

    failed = evaluate(PAUSE, BLOCK, governor=gone)
    assert {"pause orders of orders": error} == failed.failed
    assert [Action.BLOCK_PUBLISH] == [one.action for one in actions.in_force()]

    evaluate(PAUSE, BLOCK)
    assert airflow.dags["orders"]
    failed = evaluate(PAUSE, BLOCK, governor=gone, orders="1")
    assert ["lifting pause orders of orders"] == list(failed.failed)
    assert [Action.PAUSE] == [one.action for one in actions.in_force()]

    evaluate(PAUSE, BLOCK, orders="1")
    assert (False, ()) == (airflow.dags["orders"], actions.in_force())
