"""The task that evaluates service levels."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from airflow.sdk.observability import stats as airflow_stats

from airflow_dataops.bridge import evaluating
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.operators.evaluate_slos import EvaluateSlosOperator
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.governor import MemoryGovernor

HALF = Fraction(1, 2)
BLOCK = Policy(action=Action.BLOCK_PUBLISH, below=HALF)
PAUSE = Policy(action=Action.PAUSE, below=HALF)

FOREIGN = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: billing-runs}
spec:
  service: billing
  budgetingMethod: Occurrences
  timeWindow: [{duration: 4w, isRolling: true}]
  indicator:
    metadata: {name: billing-success}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Airflow, spec: {dag: billing, sli: success}}}
        total: {metricSource: {type: Airflow, spec: {dag: billing, expected: partitions}}}
  objectives: [{target: 0.9}]
"""


@pytest.fixture
def levels(deployment) -> SqlServiceLevels:
    """What the store remembers of service levels."""
    return SqlServiceLevels(f"sqlite:///{deployment}/store.db")


@pytest.fixture
def store(deployment) -> SqlStore:
    """The store."""
    return SqlStore(f"sqlite:///{deployment}/store.db")


@pytest.fixture
def evaluate(in_dag):
    """Run one task, and return how it ended."""

    def run(**given):
        return in_dag(lambda: EvaluateSlosOperator(task_id="verify", retries=0, **given))

    return run


@pytest.fixture
def airflow(monkeypatch) -> MemoryGovernor:
    """What policies act on."""
    found = MemoryGovernor(dags={"orders": False})
    monkeypatch.setattr(evaluating, "_governor", lambda _: found)
    return found


def test_it_says_in_short_how_objectives_stand(evaluate, rows_seen) -> None:
    """As plain JSON, whatever their number."""
    rows_seen(100)
    rows_seen(80, product="sales", dataset="sales")

    ended = evaluate()

    assert ("success", []) == (ended.state(), ended.lines)
    assert {
        "objectives": 2,
        "changed": 2,
        "repaired": 0,
        "ok": 1,
        "burning": 0,
        "exhausted": 1,
        "unknown": 0,
        "spent": ["sales/right"],
        "enforced": [],
        "lifted": [],
        "failed": [],
    } == ended.returned()
    assert 0 == evaluate().returned()["changed"]


@pytest.mark.parametrize(
    ("given", "many"),
    [
        ({}, 3),
        ({"teams": ["shop"]}, 2),
        ({"products": ["orders"]}, 2),
        ({"teams": ["shop"], "products": ["orders"]}, 1),
        ({"teams": ["shop", "store"]}, 3),
        ({"products": ["sales", "orders"]}, 3),
    ],
)
def test_what_is_meant_is_evaluated(evaluate, rows_seen, given, many) -> None:
    """Of teams, of products, or of all."""
    rows_seen(98)
    rows_seen(98, team="store")
    rows_seen(98, product="sales", dataset="sales")

    assert many == evaluate(**given).returned()["objectives"]


def test_a_policy_comes_into_force_and_is_lifted(evaluate, rows_seen, levels, store) -> None:
    """Which needs no connection; the run is who did it."""
    rows_seen(94, policies=(BLOCK,))
    ended = evaluate()
    assert ["block_publish orders"] == ended.returned()["enforced"]
    assert 1 == len(levels.in_force())

    rows_seen(policies=())
    ended = evaluate()

    assert (["block_publish orders"], ()) == (ended.returned()["lifted"], levels.in_force())
    done, lifted = store.facts(AuditRecord)
    assert ("slo.block_publish", "40 % of the budget of `right` was left, less than 50 %") == (
        done.action,
        done.why,
    )
    assert f"{ended.run.dag_id} {ended.run.run_id}" == lifted.who


def test_a_dag_is_paused(evaluate, rows_seen, airflow) -> None:
    """Through Airflow."""
    rows_seen(94, policies=(PAUSE,))

    assert ["pause orders"] == evaluate().returned()["enforced"]
    assert airflow.dags["orders"]


def test_who_acts_often_signs_in_once(evaluate, rows_seen, airflow, monkeypatch) -> None:
    """Each client of Airflow's API signs in for itself."""
    shrink = Policy(action=Action.SHRINK_POOL, below=HALF, pool="p", slots=1)
    rows_seen(94, policies=(PAUSE, shrink))
    airflow.pools["p"] = 5
    made: list[str] = []
    monkeypatch.setattr(evaluating, "_governor", lambda conn_id: made.append(conn_id) or airflow)

    assert 2 == len(evaluate(conn_id="air").returned()["enforced"])

    assert ({"orders": True}, {"p": 1}, ["air"]) == (airflow.dags, airflow.pools, made)


def test_a_store_that_is_down_is_one_line(evaluate, monkeypatch) -> None:
    """Nothing is evaluated, nothing is done, and the next evaluation makes up for it."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql+psycopg://u:secret@127.0.0.1:1/x")

    ended = evaluate()

    assert "failed" == ended.state()
    (line,) = ended.lines
    assert re.search(r"the store at postgresql\+psycopg://u:\*\*\*@127\.0\.0\.1:1/x could not be", line)
    assert 1 == len(line.splitlines())


def test_a_policy_that_can_t_be_enforced_fails_the_task_after_all_else(evaluate, rows_seen, levels) -> None:
    """Where there is no connection to Airflow, one line says how to make it."""
    rows_seen(94, policies=(PAUSE, BLOCK))

    ended = evaluate()

    assert "failed" == ended.state()
    assert "there is no connection `dataops_airflow`" in ended.lines[0]
    assert [Action.BLOCK_PUBLISH] == [one.action for one in levels.in_force()]


def test_metrics_tell_how_objectives_stand(evaluate, rows_seen, monkeypatch) -> None:
    """And count events that came due since the evaluation before."""
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
    heard: dict[str, list[object]] = {}
    for how in ("incr", "gauge", "timing"):
        monkeypatch.setattr(
            airflow_stats, how, lambda name, number, **_: heard.setdefault(name, []).append(number)
        )
    rows_seen(94, policies=(BLOCK,))
    evaluate()
    first = {
        name: heard.get(name) for name in ("dataops.slo.remaining", "dataops.slo.good", "dataops.slo.events")
    }
    assert {"dataops.slo.remaining": [0.4], "dataops.slo.good": None, "dataops.slo.events": None} == first
    assert {1, 0} == set(heard["dataops.slo.policies"])

    rows_seen(70, days=2, policies=(BLOCK,))
    evaluate()

    assert ([70], [100]) == (heard["dataops.slo.good"], heard["dataops.slo.events"])
    assert 2 == len(heard["dataops.slo.evaluate"])


def test_definitions_declare_dags_that_are_no_products(evaluate, deployment, levels) -> None:
    """The runs that there were are what was expected of them."""
    folder = deployment / "slos"
    folder.mkdir()
    (folder / "billing.openslo.yaml").write_text(FOREIGN)
    now = datetime.now(UTC)
    for number, end in enumerate((Outcome.SUCCESS, Outcome.FAILED)):
        levels.ran(
            RunOutcome(
                team="dags-folder",
                dag_id="billing",
                run_id=f"r{number}",
                run_type="manual",
                began=now,
                ended=now,
                first=end,
                final=end,
            )
        )

    ended = evaluate(definitions=str(folder))

    assert ("success", []) == (ended.state(), ended.lines)
    (declared,) = levels.declared()
    assert ("dags-folder", "billing", True) == (
        declared.team,
        declared.product,
        declared.expectation.runs,
    )
    assert 1 == ended.returned()["objectives"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no OpenSLO file"),
        (FOREIGN.replace("target", "targt"), r"billing\.openslo\.yaml:15:17: the key `targt`"),
        (FOREIGN.replace("sli: success", "sli: freshness"), "billing.openslo.yaml"),
    ],
)
def test_a_wrong_file_is_named(evaluate, deployment, text, said) -> None:
    """With its place; nothing is tried again."""
    folder = deployment / "slos"
    folder.mkdir()
    if text:
        (folder / "billing.openslo.yaml").write_text(text)

    ended = evaluate(definitions=str(folder))

    assert "failed" == ended.state()
    assert re.search(said, "\n".join(ended.lines)), ended.lines


def test_the_summary_names_no_more_than_some() -> None:
    """What a task hands on must stay small."""
    from airflow_dataops.core.slo.standing import Standing, State

    now = datetime.now(UTC)
    spent = tuple(
        Standing(
            team="t",
            product=f"p{number}",
            slo="s",
            at=now,
            since=now,
            until=now,
            good=Fraction(0),
            total=Fraction(1),
            expected=Fraction(1),
            allowed=Fraction(1, 10),
            state=State.EXHAUSTED,
        )
        for number in range(1000)
    )

    summary = evaluating.Evaluated(standings=spent, changed=(), repaired=0).summary

    assert (1000, 20) == (summary["exhausted"], len(summary["spent"]))
    assert summary == json.loads(json.dumps(summary))
