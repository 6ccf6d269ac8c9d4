from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Exclusion, Expectation
from airflow_dataops.core.slo.objective import Source
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.declared import declared, watched
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import DocumentError

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
PIPELINE = """\
template: batch@1
schedule: "@daily"
timezone: Europe/Paris
start_date: 2026-03-01
source: {folder: drops, path: "{partition}.csv"}
"""
CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: lines
    properties:
      - {name: id, logicalType: string, required: true}
support:
  - {channel: "#shop"}
team: {name: shop}
slaProperties:
  - id: fresh
    property: freshness
    value: 2
    unit: h
    customProperties: [{property: target, value: 0.95}]
  - {id: right, property: errorRate, value: 1, unit: percent}
"""


def slo(name: str = "fresh-too", sli: str = "freshness, threshold: 1h", **more: str) -> str:
    """Return an OpenSLO file."""
    of = {"service": "orders", "source": "", "counted": "partitions"} | more
    return (
        f"apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: {name}}}\nspec:\n  service: {of['service']}\n"
        "  budgetingMethod: Occurrences\n  timeWindow: [{duration: 30d, isRolling: true}]\n"
        "  indicator:\n    spec:\n      ratioMetric:\n"
        f"        good: {{metricSource: {{type: Airflow, spec: {{{of['source']}sli: {sli}}}}}}}\n"
        f"        total: {{metricSource: {{type: Airflow, spec: {{expected: {of['counted']}}}}}}}\n"
        "  objectives: [{target: 0.9}]\n"
    )


@pytest.fixture
def product(tmp_path):
    """Write the files of the product `orders`, and return its pipeline file."""
    folder = tmp_path / "orders"
    folder.mkdir()

    def write(more: str = "", contract: str = CONTRACT, **levels: str):
        (folder / "orders.odcs.yaml").write_text(contract)
        (folder / "orders.dag.yaml").write_text(PIPELINE + more)
        for name, text in levels.items():
            (folder / f"{name}.openslo.yaml").write_text(text)
        return folder / "orders.dag.yaml"

    return write


def told(file):
    """Return the declaration, the errors and the warnings of a product, without its folder."""
    found = read_definition(file)
    strip = lambda problem: str(problem).replace(f"{file.parent}/", "")  # noqa: E731 - two lines use it
    try:
        declaration, warnings = declared(found, since=NOW, team="bundle")
    except DocumentError as error:
        return None, [strip(problem) for problem in error.problems], []
    return declaration, [], [strip(problem) for problem in warnings]


def test_what_a_product_declares(product):
    """Who it is, what is expected of it and when, and what its contract promises."""
    found, errors, warnings = told(product())
    assert ([], []) == (errors, warnings)
    assert ["fresh", "right"] == [one.name for one in found.objectives]
    assert [name for name, _ in found.code] == ["orders.odcs.yaml", "the pipeline file", "the template"]
    assert replace(found, objectives=(), code=()) == Declaration(
        team="bundle",
        product="orders",
        dataset="lines",
        expectation=Expectation(
            schedule="@daily",
            timezone="Europe/Paris",
            start=datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Paris")),
        ),
        owner="shop",
        channels=("#shop",),
        contract="orders@1.0.0",
        since=NOW,
    )


def test_a_declaration_is_json(product):
    """It comes back as it was."""
    file = product("policy: [{do: pause, below: 20%}]\nexpected: {exclude: [2026-12-25]}\n", a=slo())
    found, _, _ = told(file)
    kind = TypeAdapter(Declaration)
    assert found == kind.validate_python(json.loads(kind.dump_json(found)))


def test_a_team_of_its_own(product):
    """A product that says whose it is doesn't belong to its bundle."""
    found, _, _ = told(product("team: sales\n"))
    assert "sales" == found.team


EXPECTED = {
    "grain": ("params: {grain: hour}\n", {"grain": Grain.HOUR}),
    "end": ("end_date: 2026-03-14\n", {"end": datetime(2026, 3, 14, tzinfo=ZoneInfo("Europe/Paris"))}),
    "said beside": (
        'expected: {schedule: "0 6 * * 1-5", timezone: UTC, grain: month, exclude: [2026-12-25]}\n',
        {
            "schedule": "0 6 * * 1-5",
            "timezone": "UTC",
            "grain": Grain.MONTH,
            "exclusions": (Exclusion(first=date(2026, 12, 25), last=date(2026, 12, 25)),),
        },
    ),
}


@pytest.mark.parametrize(("more", "expected"), EXPECTED.values(), ids=EXPECTED)
def test_what_is_expected(product, more, expected):
    """By the product's own keys, and by `expected` where it says more."""
    found, _, _ = told(product(more))
    assert expected == {key: getattr(found.expectation, key) for key in expected}


def test_what_follows_other_products_expects_what_they_do(product):
    """Unless it says by itself when it is expected."""
    file = product()
    file.write_text(file.read_text().replace('schedule: "@daily"', "depends_on: [a, b]"))
    found, _, _ = told(file)
    assert ("", ("a", "b")) == (found.expectation.schedule, found.expectation.upstreams)
    file.write_text(file.read_text() + 'expected: {schedule: "@weekly"}\n')
    found, _, _ = told(file)
    assert ("@weekly", ()) == (found.expectation.schedule, found.expectation.upstreams)
    assert ("a", "b") == found.expectation.reads == found.expectation.read


def test_openslo_counts_over_the_contract(product):
    """Where both speak of one indicator: it is said, and the other one of the contract stays."""
    found, errors, warnings = told(product(a=slo(), b=slo("again", "success")))
    assert [] == errors
    names = [(one.name, one.sli, one.source) for one in found.objectives]
    assert [
        ("right", Sli.CORRECTNESS, Source.ODCS),
        ("fresh-too", Sli.FRESHNESS, Source.OPENSLO),
        ("again", Sli.SUCCESS, Source.OPENSLO),
    ] == names
    assert [
        (
            "orders.odcs.yaml:13:5: `fresh` doesn't count: a.openslo.yaml:13:16 speaks of freshness, too."
            " Leave out the target of one of them."
        )
    ] == warnings


def test_the_only_dataset_has_no_name(product):
    """An OpenSLO file that names it speaks of what the contract speaks of."""
    found, _, warnings = told(product(a=slo(sli="freshness, threshold: 1h, dataset: lines")))
    assert ["", ""] == [one.dataset for one in found.objectives]
    assert 1 == len(warnings)


def test_policies_come_along(product):
    """As the pipeline file has them."""
    found, errors, _ = told(product("policy: [{do: pause, below: 20%, slo: fresh}]\n"))
    assert [] == errors
    assert (Policy(action=Action.PAUSE, below=Fraction(1, 5), slo="fresh"),) == found.policies


WRONG = {
    "another product": (
        {"a": slo(service="order")},
        "",
        ["a.openslo.yaml:13:16: there is no product `order` here. Did you mean `orders`?"],
    ),
    "a dag": (
        {"a": slo(sli="success", source="dag: nightly, ")},
        "",
        [
            (
                "a.openslo.yaml:13:16: `nightly` is a DAG that is no product, and this is the folder of one."
                " Put it into a folder that is no product's."
            )
        ],
    ),
    "another dataset": (
        {"a": slo(sli="freshness, threshold: 1h, dataset: line")},
        "",
        ["a.openslo.yaml:13:16: the contract has no dataset `line`. Did you mean `lines`?"],
    ),
    "a name twice": (
        {"a": slo("right", "success")},
        "",
        [
            (
                "a.openslo.yaml:13:16: the objective `right` is there already, at orders.odcs.yaml:18:5."
                " Rename one of them."
            )
        ],
    ),
    "a policy on nothing": (
        {},
        "policy: [{do: pause, below: 20%, slo: frsh}]\n",
        ["orders.dag.yaml:6:1: `policy` names no objective by `slo: frsh`. Did you mean `fresh`?"],
    ),
    "a broken file, of which a policy may speak": (
        {"a": "a: ["},
        "policy: [{do: pause, below: 20%, slo: none}]\n",
        [
            "a.openslo.yaml:2:1: a value was expected here. Write one, or leave the key out.",
        ],
    ),
}


@pytest.mark.parametrize(("levels", "more", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_once(product, levels, more, expected):
    """Each is a line with its place."""
    found, errors, _ = told(product(more, **levels))
    assert (None, sorted(expected)) == (found, sorted(errors))


def test_a_policy_without_any_objective_never_acts(product):
    """That is said, since somebody counts on it."""
    contract = CONTRACT[: CONTRACT.index("slaProperties")]
    _, errors, _ = told(product("policy: [{do: pause, below: 20%}]\n", contract))
    assert ["orders.dag.yaml:6:1: `pause below 20 %` never happens: the product has no objective"] == errors


def test_dags_that_are_no_products(tmp_path):
    """Each is declared by its runs; the service is the DAG where the source says nothing."""
    named, by_service = tmp_path / "a.openslo.yaml", tmp_path / "b.openslo.yaml"
    named.write_text(slo("a", "success", source="dag: nightly, "))
    by_service.write_text(slo("b", "first_attempt", service="hourly"))
    found, warnings = watched([named, by_service], since=NOW, team="bundle")
    assert () == warnings
    assert {"nightly": ["a"], "hourly": ["b"]} == {
        one.product: [objective.name for objective in one.objectives] for one in found
    }
    assert {Expectation(runs=True)} == {one.expectation for one in found}
    assert {("bundle", NOW)} == {(one.team, one.since) for one in found}


def test_of_a_dag_only_runs_are_seen(tmp_path):
    """Nothing says when it published what; and a product has a folder of its own."""
    (tmp_path / "a.openslo.yaml").write_text(slo("a"))
    (tmp_path / "b.openslo.yaml").write_text(slo("b", "success", source="product: orders, "))
    with pytest.raises(DocumentError) as told_of:
        watched(sorted(tmp_path.iterdir()), since=NOW)
    assert [
        (
            "a.openslo.yaml:13:16: nothing is seen of freshness of a DAG that is no product."
            " There are: first_attempt, success."
        ),
        (
            "b.openslo.yaml:13:16: `orders` is a product, and this folder is not its."
            " Put the file into the product's folder, or write `dag:`."
        ),
    ] == [str(problem).replace(f"{tmp_path}/", "") for problem in told_of.value.problems]


def test_what_commands_a_terminal_is_no_word(tmp_path):
    """No database holds a NUL, and whoever lists objectives wants no red screen."""
    file = tmp_path / "nightly.openslo.yaml"
    told = slo("nightly", "success", source="dag: nightly, ")
    file.write_text(told.replace("spec:\n", 'spec:\n  description: "a\\e[31m b\\0 \\n c\\_ü"\n', 1))
    ((found,), _) = watched([file], since=NOW, team="bundle")

    assert "a\ufffd[31m b\ufffd \n c\xa0ü" == found.objectives[0].description
