from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.enforcement import changes, demands, pool_of, subject_of
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.policy import Action, Policy, PolicyAction
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Standing, State

NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)
FIFTH = Fraction(1, 5)


def standing(slo: str, left: Fraction | None) -> Standing:
    """Return how an objective stands of whose budget so much is left."""
    allowed = Fraction(0 if left is None else 10)
    bad = Fraction(0) if left is None else (1 - left) * allowed
    return Standing(
        team="shop",
        product="orders",
        slo=slo,
        at=NOW,
        since=NOW,
        until=NOW,
        good=100 - bad,
        total=Fraction(100),
        expected=Fraction(100),
        allowed=allowed,
        state=State.OK,
    )


def declared(*policies: Policy, objectives=("fresh", "right")) -> Declaration:
    """Return a declaration with two objectives."""
    return Declaration(
        team="shop",
        product="orders",
        dataset="orders",
        expectation=Expectation(),
        objectives=tuple(
            Objective(name=name, sli=Sli.CORRECTNESS, target=Fraction(9, 10)) for name in objectives
        ),
        policies=policies,
        since=NOW,
    )


def asked(policy: Policy, **left: Fraction | None) -> bool | None:
    """Return what one policy says, where so much is left of the budgets."""
    found = demands(declared(policy), {name: standing(name, share) for name, share in left.items()})
    (said,) = found.values()
    return said.asked


BLOCK = Policy(action=Action.BLOCK_PUBLISH, below=FIFTH)
OF_FRESH = Policy(action=Action.BLOCK_PUBLISH, below=FIFTH, slo="fresh")


@pytest.mark.parametrize(
    ("policy", "left", "expected"),
    [
        (BLOCK, {"fresh": Fraction(1), "right": FIFTH}, False),
        (BLOCK, {"fresh": Fraction(1), "right": FIFTH - Fraction(1, 10**9)}, True),
        (BLOCK, {"fresh": Fraction(-3), "right": None}, True),
        (BLOCK, {"fresh": Fraction(1), "right": None}, None),
        (BLOCK, {"fresh": Fraction(1)}, None),
        (BLOCK, {}, None),
        (OF_FRESH, {"fresh": Fraction(1), "right": Fraction(0)}, False),
        (OF_FRESH, {"fresh": Fraction(0), "right": Fraction(1)}, True),
        (OF_FRESH, {"right": Fraction(1)}, None),
        (Policy(action=Action.PAUSE, below=Fraction(1)), {"fresh": Fraction(1), "right": Fraction(1)}, False),
    ],
)
def test_a_policy_holds_below_its_share_exactly(policy, left, expected) -> None:
    """What isn't known is neither enough nor too little."""
    assert expected is asked(policy, **left)


def test_a_policy_of_an_objective_that_is_gone_asks_for_nothing() -> None:
    """What it did is undone."""
    (said,) = demands(declared(OF_FRESH, objectives=("right",)), {}).values()

    assert (False, "there is no objective `fresh` any more") == (said.asked, said.why)


def test_the_lowest_budget_is_the_reason() -> None:
    """In words and with its share."""
    stand = {"fresh": standing("fresh", Fraction(1, 10)), "right": standing("right", Fraction(-1, 8))}

    (said,) = demands(declared(BLOCK), stand).values()

    assert "right" == said.slo
    assert "-12.5 % of the budget of `right` was left, less than 20 %" == said.why


def test_one_of_several_policies_is_enough() -> None:
    """And not to know it of one is more than to know it isn't so of another."""
    stand = {"fresh": standing("fresh", Fraction(0)), "right": standing("right", Fraction(1))}
    of_right = Policy(action=Action.BLOCK_PUBLISH, below=FIFTH, slo="right")

    (said,) = demands(declared(of_right, OF_FRESH), stand).values()
    (unknown,) = demands(declared(of_right, OF_FRESH), {"right": stand["right"]}).values()

    assert (True, None) == (said.asked, unknown.asked)


def test_the_steps_of_a_pool_are_told_apart() -> None:
    """Half of the budget may ask for four slots, and the last tenth for one."""
    steps = [
        Policy(action=Action.SHRINK_POOL, below=below, pool="etl=x", slots=slots)
        for below, slots in ((Fraction(1, 2), 4), (Fraction(1, 10), 1))
    ]
    stand = {name: standing(name, Fraction(3, 10)) for name in ("fresh", "right")}

    found = {pool_of(said.subject): said.asked for said in demands(declared(*steps), stand).values()}

    assert {("etl=x", 4): True, ("etl=x", 1): False} == found


def action(policy: Policy) -> PolicyAction:
    """Return what a policy has done."""
    return PolicyAction(
        team="shop",
        product="orders",
        action=policy.action,
        subject=subject_of(policy, "orders"),
        slo="fresh",
        since=NOW,
        why="w",
    )


@pytest.mark.parametrize(
    ("left", "in_force", "done", "undone"),
    [
        (Fraction(0), False, 1, 0),
        (Fraction(0), True, 0, 0),
        (Fraction(1), True, 0, 1),
        (Fraction(1), False, 0, 0),
        (None, True, 0, 0),
        (None, False, 0, 0),
    ],
)
def test_changes_are_what_differs(left, in_force, done, undone) -> None:
    """Where a budget isn't known, what is in force stays so."""
    found = demands(declared(OF_FRESH), {"fresh": standing("fresh", left)})

    new, old = changes(found, [action(OF_FRESH)] if in_force else [])

    assert (done, undone) == (len(new), len(old))


def test_what_no_policy_asks_for_is_undone() -> None:
    """Whoever takes a policy out of the file is rid of what it did."""
    (one,) = changes({}, [action(BLOCK)])[1]

    assert (action(BLOCK), "no policy asks for it any more") == one
