"""The gate that a consumer puts first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk import Asset, task

from airflow_dataops.bridge.requiring import partitions_of
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.require_contract import require_contract
from airflow_dataops.operators.verify_contract import VerifyContractOperator
from airflow_dataops.sensors.contract import ContractSensor
from airflow_dataops.sensors.require_contract import RequireContractSensor
from airflow_dataops.store.sql import SqlStore

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: email, logicalType: string, required: true}
"""
ORDERS = Asset("orders", uri="dataops://orders/orders")
DAY = "2026-03-01"


@pytest.fixture
def store(deployment) -> SqlStore:
    """The store of the deployment."""
    return SqlStore(f"sqlite:///{deployment}/store.db")


@pytest.fixture
def known(store):
    """Let the store know a verdict."""

    def record(
        partition: str = DAY, status: str = "passed", *, ago: timedelta = timedelta(), **owner: str
    ) -> None:
        outcome = Outcome(
            rule="id.required",
            status=Status(status),
            severity=Severity.ERROR,
            dimension="completeness",
            column="id",
            expected="rows that break it = 0",
            observed="3",
            failing=3,
            checked=9,
            quarantines=True,
        )
        batch = {"team": "shop", "product": "orders", "dataset": "orders", "partition": partition} | owner
        store.record(
            Verification(
                batch=Batch(**batch),
                stage=Stage.CHECK,
                run_id="r",
                contract="orders@1.0.0",
                at=datetime.now(UTC) - ago,
                rows=9,
                good=6,
                bad=3,
                unparsable=0,
                outcomes=(outcome,),
                blocks=("id.required",) if status == "failed" else (),
            )
        )

    return record


@pytest.fixture
def consume(in_dag):
    """Run a consumer behind a gate, and return how it ended."""

    def run(asset=ORDERS, *, runs=None, **asked):
        def wire():
            @task
            def report():
                return "read"

            gate = require_contract(asset, task_id="gate", retries=0, **asked)
            gate >> report()

        return in_dag(wire, **(runs or {}))

    return run


def test_one_consumer_is_stopped_and_another_goes_on(in_dag, consume, deployment) -> None:
    """The producer's rows lack e-mails: that stops who needs them, and not who counts orders."""
    (deployment / "orders.odcs.yaml").write_text(CONTRACT)
    (deployment / "orders.csv").write_text("id,email\n1,a@b\n2,\n3,\n")
    given = {"contract": str(deployment / "orders.odcs.yaml"), "path": str(deployment / "orders.csv")}
    produced = in_dag(
        lambda: VerifyContractOperator(task_id="verify", fail_on="never", outlets=[ORDERS], **given)
    )
    assert ("success", False) == (produced.state(), produced.verdicts[0].passes)

    mails = consume(dimensions=["completeness"], on_fail="fail")
    counts = consume(dimensions=["uniqueness", "conformity"], on_fail="fail")

    assert ("failed", "upstream_failed") == (mails.state("gate"), mails.state("report"))
    assert (
        "Bad data: orders/2026-03-01: email.required: expected rows that break it = 0, observed 2. "
        "Ask the producer for better data; or ask for less here, if this consumer can do with it."
    ) == mails.lines[0]
    assert ("success", "success") == (counts.state("gate"), counts.state("report"))
    assert {"scores": {"orders/2026-03-01": 1.0}} == counts.returned("gate")


@pytest.mark.parametrize(
    ("on_fail", "states"), [("skip", ("skipped", "skipped")), ("fail", ("failed", "upstream_failed"))]
)
def test_a_consumer_is_skipped_or_fails(known, consume, on_fail, states) -> None:
    """As it says itself; it is not tried again."""
    known(status="failed")

    ended = consume(on_fail=on_fail)

    assert states == (ended.state("gate"), ended.state("report"))


def test_a_consumer_is_skipped_where_it_doesn_t_say(known, consume) -> None:
    """As by the gate of Airflow's common.dataquality provider."""
    known(status="failed")

    assert "skipped" == consume().state("gate")


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ({"max_age": "2h"}, "failed"),
        ({"max_age": timedelta(hours=4)}, "success"),
        ({"min_score": 0.5}, "success"),
        ({"dimensions": ["accuracy"]}, "failed"),
        ({"rules": ["id.required"]}, "success"),
        ({"partition": DAY}, "success"),
        ({"partition": "2026-03-02"}, "failed"),
        ({"team": "shop", "dataset": "orders"}, "success"),
        ({"asset": "orders"}, "success"),
    ],
)
def test_what_is_asked_decides(known, consume, asked, state) -> None:
    """Each part of it."""
    known(ago=timedelta(hours=3))

    ended = consume(**{"on_fail": "fail", **asked})

    assert state == ended.state("gate"), ended.lines
    assert ("success" == state) or ended.lines[0].startswith("Bad data: ")


def test_a_partition_that_is_named_is_the_one_that_counts(known, consume) -> None:
    """A newer verdict on another one doesn't stop it; where none is named, the newest counts."""
    known("2026-03-01")
    known("2026-02-01", "failed")

    assert "success" == consume(partition="{{ data_interval_start | ds }}", on_fail="fail").state("gate")
    assert "failed" == consume(partition="2026-02-01", on_fail="fail").state("gate")
    assert "failed" == consume(on_fail="fail").state("gate")


def test_events_that_triggered_a_run_name_its_partitions() -> None:
    """All of them, for one run may answer to several events."""

    def event(partition):
        return SimpleNamespace(extra={"dataops": {"partition": partition}} if partition else {})

    other = Asset("other")
    context = {
        "dag_run": SimpleNamespace(partition_key=None),
        "triggering_asset_events": {
            ORDERS: [event("2026-03-01"), event(""), event("2026-03-02"), event("2026-03-01")],
            other: [event("2026-01-01")],
        },
    }

    assert ("2026-03-01", "2026-03-02") == partitions_of(context, "orders")
    assert () == partitions_of({**context, "triggering_asset_events": {}}, "orders")
    assert ("p",) == partitions_of({**context, "dag_run": SimpleNamespace(partition_key="p")}, "orders")


REFUSED = {
    "a word that is none": ({"on_fail": "stop"}, "`on_fail` can't be `stop`. Use one of skip, fail."),
    "no age": ({"max_age": "soon"}, "`max_age` can't be `soon`"),
    "no score": ({"min_score": 95}, "`min_score` can't be `95`"),
    "several datasets": ({}, "several datasets are called `orders`: shop/orders/orders, shop/orders/refunds"),
}


WRONG = {
    "a typo in a rule": (
        {"rules": ["id.requird"]},
        "the contract orders@1.0.0 has no rule `id.requird`: did you mean `id.required`?",
    ),
    "no such rule": (
        {"rules": ["xyz"]},
        "the contract orders@1.0.0 has no rule `xyz`: it has id.required",
    ),
    "no such product": (
        {"asset": "ordres"},
        "the store knows no product `ordres`. Did you mean `orders`? A product is known once",
    ),
    "no such team": (
        {"team": "other"},
        "the store knows no product `orders` of the team `other`. There is one",
    ),
    "no such dataset": (
        {"dataset": "order"},
        "the product `orders` has no dataset `order`. It has: orders.",
    ),
    "no such dimension": (
        {"dimensions": ["quality"]},
        "the contract orders@1.0.0 has no dimension `quality`: it has completeness",
    ),
    "a text for a list": ({"dimensions": "{{ 'completeness' }}"}, "`dimensions` is a text, not a list."),
    "a dimension of a template": (
        {"dimensions": ["{{ 'Completeness' }}"]},
        "there is no dimension `Completeness`. Did you mean `completeness`?",
    ),
}


@pytest.mark.parametrize("on_fail", ["skip", "fail"])
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_question_fails_and_blames_nobody_else(known, consume, case, on_fail) -> None:
    """Data that is mended would not answer it, and a skip would hide it."""
    asked, told = WRONG[case]
    known()

    ended = consume(**asked, on_fail=on_fail)

    assert ("failed", 1) == (ended.state("gate"), len(ended.lines))
    assert ended.lines[0].startswith(told)
    assert "producer" not in ended.lines[0]


@pytest.mark.parametrize(
    "rule", ["schema.missing", "empty", "unparsable", "drop.missing", "id.required.of_it"]
)
def test_rules_that_are_told_only_when_they_are_broken_are_no_typos(known, consume, rule) -> None:
    """Nothing is known of them here, and that is what the gate says."""
    known()

    told = consume(rules=[rule], on_fail="fail").lines[0]

    assert told.startswith("Bad data: orders/2026-03-01: no rule that matters here was judged")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"dimensions": ["Completeness"]}, "Did you mean `completeness`?"),
        ({"dimensions": "completeness"}, 'Write `dimensions=["completeness"]`.'),
        ({"rules": "id.required"}, 'Write `rules=["id.required"]`.'),
    ],
)
def test_a_typo_in_a_dimension_is_refused_with_the_dag(asked, told) -> None:
    """The standard has seven, so nothing has to run to know it; of every task that takes them."""
    for make in (
        lambda: require_contract(ORDERS, **asked),
        lambda: RequireContractSensor(task_id="ready", asset=ORDERS, **asked),
        lambda: VerifyContractOperator(task_id="verify", contract="c", path="p.csv", **asked),
        lambda: ContractSensor(task_id="wait", contract="c", path="p.csv", **asked),
    ):
        with pytest.raises(SettingsError) as caught:
            make()
        assert told in str(caught.value)


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_t_be_asked_is_one_line(known, consume, case) -> None:
    """It fails the gate whatever `on_fail` says: nothing is skipped by mistake."""
    asked, told = REFUSED[case]
    known()
    known(dataset="refunds")

    ended = consume(**asked)

    assert ("failed", 1) == (ended.state("gate"), len(ended.lines))
    assert told in ended.lines[0]


def test_a_store_that_can_t_be_reached_is_a_broken_world(consume, monkeypatch) -> None:
    """It neither opens the gate nor skips the consumer."""
    url = "postgresql+psycopg://nobody:geheim@127.0.0.1:1/nothing"
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", url)

    ended = consume()

    assert "failed" == ended.state("gate")
    assert ended.lines[0].startswith("Broken world: ")
    assert "geheim" not in ended.lines[0]


def test_the_asset_is_an_inlet_and_names_the_task() -> None:
    """So that the asset graph shows who reads it."""
    gate = require_contract(Asset("shop orders", uri="dataops://shop/orders"))

    assert ("require_shop_orders", ["shop orders"]) == (gate.task_id, [asset.name for asset in gate.inlets])
    assert "require_orders" == require_contract("orders").task_id
    other = Asset("other")
    for inlets in (other, [other]):
        gate = require_contract(ORDERS, task_id="both", inlets=inlets)
        assert ["other", "orders"] == [asset.name for asset in gate.inlets]
