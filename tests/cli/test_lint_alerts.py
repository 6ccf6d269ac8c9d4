"""Who is told of what is held against the products that there are."""

from __future__ import annotations

import pytest

from airflow_dataops.cli.main import main

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
customProperties: [{property: tier, value: gold}]
team: {name: shop}
support: [{channel: "#shop-data"}]
schema:
  - name: lines
    properties:
      - {name: id, logicalType: string, required: true}
"""
PIPELINE = (
    "template: batch@1\nteam: web\nschedule: '@daily'\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"
)


@pytest.fixture
def dags(tmp_path, monkeypatch):
    """A folder of DAGs with the product `orders`, in which the program is started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "orders.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "orders" / "orders.dag.yaml").write_text(PIPELINE)
    return tmp_path


def lint(capsys, *words: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines."""
    code = main(["lint", *(words or ["."])])
    return code, capsys.readouterr().out.splitlines()


def matching(*matchers: str) -> str:
    """Return a file with a route for each of some matchers."""
    listed = "".join(f"    - {{matchers: ['{one}'], continue: true}}\n" for one in matchers)
    return f"route:\n  receiver: log\n  routes:\n{listed}"


def test_all_is_well(dags, capsys):
    """Each label that the product has may be asked for."""
    asked = ('team="web"', 'product=~"ord.*"', 'tier="gold"', 'owner="shop"', 'dataset="lines"', 'tier=""')
    (dags / "alerts.yaml").write_text(matching(*asked, 'slo!="x"', 'partition="2026-03-01"'))
    assert (0, ["3 files checked: all well."]) == lint(capsys)
    assert (0, ["1 file checked: all well."]) == lint(capsys, "alerts.yaml")


UNKNOWN = {
    'team="wbe"': 'no product here has `team="wbe"`. Did you mean `web`?',
    'product=~"returns|visits"': 'no product here has `product=~"returns|visits"`. It may be one that',
    'tier="critical"': 'no product here has `tier="critical"`',
    'owner="x"': 'no product here has `owner="x"`',
    'dataset="orders"': 'no product here has `dataset="orders"`',
    'slo="x"': 'no product here has `slo="x"`',
}


@pytest.mark.parametrize(("matcher", "expected"), UNKNOWN.items())
def test_a_value_that_no_product_has(dags, capsys, matcher, expected):
    """A warning: it may be meant for what comes."""
    (dags / "alerts.yaml").write_text(matching(matcher))
    code, (line, _) = lint(capsys)
    assert 2 == code
    assert line.startswith(f"alerts.yaml:4:7: warning: {expected}")


def test_a_team_is_known_where_each_product_says_whose_it_is(dags, capsys):
    """Else it may be that of its bundle."""
    (dags / "alerts.yaml").write_text(matching('team="x"'))
    (dags / "orders" / "orders.dag.yaml").write_text(PIPELINE.replace("team: web\n", ""))
    assert 0 == lint(capsys)[0]


def test_names_that_nothing_uses(dags, capsys):
    """A receiver that a product's support names is used."""
    (dags / "alerts.yaml").write_text(
        "route: {receiver: log}\n"
        "receivers:\n  - {name: one, webhook: [{conn_id: a}]}\n"
        "  - {name: '#shop-data', webhook: [{conn_id: b}]}\n"
        "time_intervals:\n  - {name: nights, time_intervals: [{}]}\n"
    )
    code, lines = lint(capsys)
    assert (2, 3) == (code, len(lines))
    assert lines[0].startswith("alerts.yaml:3:5: warning: nothing is told to the receiver `one`")
    assert lines[1].startswith("alerts.yaml:6:5: warning: no route uses the time interval `nights`")


def test_what_is_wrong_is_said_beside_what_is_wrong_with_products(dags, capsys):
    """In one round."""
    (dags / "alerts.yaml").write_text("route: {receiver: nobody}\n")
    (dags / "orders" / "orders.odcs.yaml").write_text(CONTRACT.replace("required", "requird"))
    code, lines = lint(capsys)
    assert 1 == code
    assert ["alerts.yaml:1:19", "orders/orders.odcs.yaml:11:41"] == sorted(
        one.split(": ")[0] for one in lines[:-1]
    )


def test_a_file_of_somebody_else(dags, capsys):
    """Rules of Prometheus are called so, too; what lies in the folder that is named is ours."""
    (dags / "monitoring").mkdir()
    (dags / "monitoring" / "alerts.yaml").write_text("groups: []\n")
    (dags / "my-alerts.yaml").write_text("groups: []\n")
    assert (0, ["2 files checked: all well."]) == lint(capsys)
    assert 1 == lint(capsys, "monitoring")[0]


@pytest.mark.parametrize("name", ["alerts-prod.yaml", "prod.alerts.yaml", "alerts.yml"])
def test_a_file_of_another_name_that_is_named(dags, capsys, name):
    """`[dataops] alerts_path` may name any."""
    (dags / name).write_text("route: {receiver: nobody}\n")
    code, (line, _) = lint(capsys, name)
    assert 1 == code
    assert line.startswith(f"{name}:1:19: error: there is no receiver `nobody`")


def test_the_other_suffix(dags, capsys):
    """Nothing reads it."""
    (dags / "alerts.yml").write_text("route: {receiver: log}\n")
    code, (line, _) = lint(capsys)
    assert 2 == code
    assert (
        line == "alerts.yml: warning: nothing reads this: it doesn't end in `.yaml`. Call it `alerts.yaml`."
    )


def test_the_schema(capsys):
    """It is printed; it is of no template."""
    assert 0 == main(["dag", "schema", "--alerts"])
    assert '"inhibit_rules"' in capsys.readouterr().out
    assert 3 == main(["dag", "schema", "batch@1", "--alerts"])
    assert "`--alerts` is about no template" in capsys.readouterr().err
