"""The task that asks a person before a batch is published; tests/e2e has one that is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from airflow.providers.standard.operators import hitl
from airflow.sdk.exceptions import TaskAwaitingInput

from airflow_dataops.core import ticket
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.product import Product
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.policy import Action, Policy, PolicyAction
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.operators.approve import approval, approve
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from airflow_dataops.operators.approval import ApproveOperator

NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
STAGED = StagedBatch(
    landing=Landing(
        batch=BATCH,
        origin="/drops/orders-2026-03-03.csv",
        uri="/raw/x",
        sha256="a" * 64,
        bytes=9,
        rows=2,
        dialect=Dialect(),
        landed_at=NOW,
        run_id="r",
    ),
    stage=Stage.AUDIT,
    uri="/staged/x",
    rows=2,
    content="c" * 64,
    contract="f",
)
IN_FORCE = PolicyAction(
    team="shop",
    product="orders",
    action=Action.REQUIRE_APPROVAL,
    subject="orders",
    slo="right",
    since=NOW,
    why="3 % of the budget of `right` was left, less than 20 %",
)
CONTEXT = {"task_instance": type("Ti", (), {"id": "1"}), "ti": None}


@pytest.fixture
def levels(deployment) -> SqlServiceLevels:
    """What is in force."""
    return SqlServiceLevels(f"sqlite:///{deployment}/store.db")


@pytest.fixture
def asked(monkeypatch) -> list[dict[str, object]]:
    """What people were asked."""
    heard: list[dict[str, object]] = []
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **given: heard.append(given))
    return heard


def task(**given) -> ApproveOperator:
    """Return the task of the batch."""
    return approve(ticket.written(STAGED), **given)


@pytest.mark.usefixtures("levels")
def test_it_passes_while_no_policy_asks_for_it(asked) -> None:
    """Nobody is asked."""
    assert {"chosen_options": [], "approved": True} == task().execute(CONTEXT)
    assert [] == asked


@pytest.mark.parametrize(
    "other",
    [
        replace(IN_FORCE, action=Action.BLOCK_PUBLISH),
        replace(IN_FORCE, product="sales", subject="sales"),
        replace(IN_FORCE, team="store"),
    ],
)
def test_it_passes_while_another_policy_is_in_force(levels, asked, other) -> None:
    """`block_publish` is the affair of `publish`."""
    levels.enforce(other)

    assert task().execute(CONTEXT)["approved"]
    assert [] == asked


def test_it_asks_with_what_a_person_has_to_know(levels, asked) -> None:
    """And no row is in it."""
    levels.enforce(IN_FORCE)

    with pytest.raises(TaskAwaitingInput):
        task(body="See the runbook.").execute(CONTEXT)

    (one,) = asked
    assert "Publish orders/2026-03-03?" == one["subject"]
    assert (
        "**3 % of the budget of `right` was left, less than 20 %** (policy `require_approval`, in force "
        "since 2026-03-04T06:00+00:00).\n\nThe rows passed their audit: 2 of `orders/2026-03-03`, from "
        "`/drops/orders-2026-03-03.csv`.\n\n`Approve` publishes them. `Reject` leaves readers on what they "
        "have.\n\nSee the runbook."
    ) == one["body"]
    assert ["Approve", "Reject"] == one["options"]


def test_it_says_that_publishing_is_blocked_whatever_is_said(levels, asked) -> None:
    """Else a person's word would be followed by a failure that nobody expects."""
    levels.enforce(IN_FORCE)
    levels.enforce(replace(IN_FORCE, action=Action.BLOCK_PUBLISH))

    with pytest.raises(TaskAwaitingInput):
        task().execute(CONTEXT)

    assert asked[0]["body"].endswith(
        "(policy `block_publish`, in force since 2026-03-04T06:00+00:00). While that is so, `publish` fails "
        "even when they are approved; clear it once the policy is lifted."
    )


@pytest.mark.parametrize(
    ("answer", "user", "record"),
    [
        ("Approve", {"id": "7", "name": "ada"}, ("approve", "ada")),
        ("Approve", {"id": "7", "name": ""}, ("approve", "7")),
        ("Reject", {"id": "7", "name": "ada"}, ("reject", "ada")),
        ("Reject", None, ("reject", "nobody in time: the default")),
    ],
)
def test_what_a_person_says_is_put_down(levels, deployment, answer, user, record) -> None:
    """With the name, and the reason why it was asked."""
    levels.enforce(IN_FORCE)
    event = {
        "chosen_options": [answer],
        "params_input": {},
        "responded_at": NOW,
        "responded_by_user": user,
    }

    came = task().execute_complete(CONTEXT, event)

    assert [answer] == came["chosen_options"]
    (told,) = SqlStore(f"sqlite:///{deployment}/store.db").facts(AuditRecord)
    assert (*record, IN_FORCE.why, BATCH) == (told.action, told.who, told.why, told.batch)
    assert f"content {'c' * 12}, since {NOW.isoformat()}" == told.subject


def test_that_nobody_answered_is_no_word(levels, deployment) -> None:
    """Without a default the task fails."""
    levels.enforce(IN_FORCE)

    with pytest.raises(hitl.HITLTimeoutError):
        task().execute_complete(CONTEXT, {"error": "x", "error_type": "timeout"})
    assert () == SqlStore(f"sqlite:///{deployment}/store.db").facts(AuditRecord)


@pytest.mark.parametrize("action", Action)
def test_a_product_has_the_task_where_its_policy_asks_for_it(action) -> None:
    """Others don't pay for it."""
    product = Product(
        name="orders", template="batch@2", policies=(Policy(action=action, below=Fraction(1, 5)),)
    )

    found = approval(product, staged=ticket.written(STAGED))

    assert (action is Action.REQUIRE_APPROVAL) == (1 == len(found))
    assert [] == approval(replace(product, policies=()), staged={})
