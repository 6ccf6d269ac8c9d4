"""Pandera in DAGs: a batch on its way through `PanderaOperator`, and frames of `@task.pandera`."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from airflow_dataops.core.verification import Verification
from airflow_dataops.store.sql import SqlStore

LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERS = itertools.count(1)

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: amount, logicalType: number}
"""
PIPELINE = """\
template: batch@1
contract: things.odcs.yaml
schedule: "@daily"
start_date: 2026-03-01
retries: 0
source: {folder: drops, path: "things-{partition}.csv"}
params: {max_quarantined: 0.5}
"""
CHECKS = {
    "pandas": """
import pandera.pandas as pa

class Things(pa.DataFrameModel):
    id: int = pa.Field(unique=True)
    amount: float = pa.Field(gt=0)
""",
    "polars": """
import pandera.polars as pa

Things = pa.DataFrameSchema(
    {"id": pa.Column(int, unique=True), "amount": pa.Column(float, pa.Check.gt(0))}
)
""",
}
DROP = b"id,amount\n1,1.5\n2,-7654321\n3,2.5\n3,3.5\n4,4.5\n"
GOOD = [(1, 1.5), (4, 4.5)]
BAD = [
    (3, ["schema", "schema.amount.greater_than(0)"]),
    (4, ["schema", "schema.id.field_uniqueness"]),
    (5, ["schema", "schema.id.field_uniqueness"]),
]


@pytest.fixture
def folder(deployment):
    """A product's folder with a contract and a drop."""
    made = deployment / "things"
    (made / "drops").mkdir(parents=True)
    (made / "things.odcs.yaml").write_text(CONTRACT)
    (made / "drops" / "things-2026-03-01.csv").write_bytes(DROP)
    return made


@pytest.fixture
def told(deployment):
    """Return the recorded verdicts: stage -> rules that are not kept."""

    def tell() -> dict[str, list[str]]:
        found = SqlStore(f"sqlite:///{deployment}/store.db").facts(Verification)
        return {
            verdict.stage.value: [o.rule for o in verdict.outcomes if o.status != "passed"]
            for verdict in found
        }

    return tell


def published(deployment, name):
    """Return the rows that readers see."""
    table = pl.read_delta(str(deployment / "lake" / name))
    return sorted(table.select("id", "amount").rows())


def quarantines(deployment):
    """Return the frames in the quarantine zone."""
    return [
        pl.read_parquet(file) for file in sorted((deployment / "zones" / "quarantine").rglob("*.parquet"))
    ]


SAID = {
    "the product's schema": ("schema: checks:Things\n", "", "schema"),
    "a rule of the contract": (
        "",
        "    quality: [{id: ours, type: custom, engine: pandera, implementation: 'checks:Things'}]\n",
        "ours",
    ),
}


@pytest.mark.parametrize("library", CHECKS)
@pytest.mark.parametrize("case", SAID)
def test_a_product_s_schema_judges_its_drops(
    library, case, folder, run_dag, deployment, told, caplog
) -> None:
    """Bad rows go to quarantine with what they broke, the rest is published, and no value is told."""
    from airflow_dataops.factory.dags import load_dag

    pipeline, contract, rule = SAID[case]
    name = f"pandera{next(NUMBERS)}"
    source = "source: {schema: checks:Things, " if pipeline else "source: {"
    (folder / "checks.py").write_text(CHECKS[library])
    (folder / "things.odcs.yaml").write_text(CONTRACT + contract)
    (folder / "things.dag.yaml").write_text(
        PIPELINE.replace("source: {", source).replace("0.5", "0.7") + f"name: {name}\n{pipeline}"
    )

    done = run_dag(load_dag(str(folder / "dag.py")), logical_date=LOGICAL)

    assert "success" == str(done.state)
    assert GOOD == published(deployment, name)
    (bad,) = quarantines(deployment)
    expected = [(line, [found.replace("schema", rule, 1) for found in rules]) for line, rules in BAD]
    assert expected == bad.select("dataops_line", "dataops_rules").rows()
    assert {rule, f"{rule}.amount.greater_than(0)", f"{rule}.id.field_uniqueness"} == set(told()["verify"])
    assert "7654321" not in caplog.text


def test_a_rule_about_the_batch_stops_it_by_name(folder, run_dag, told) -> None:
    """What names no row fails the batch, and nothing is published."""
    from airflow_dataops.factory.dags import load_dag

    (folder / "checks.py").write_text(
        "import pandera.polars as pa\nimport polars as pl\n"
        "Things = pa.DataFrameSchema(checks=pa.Check("
        "lambda d: d.lazyframe.select(pl.col('amount').sum() > 99), name='earns'))\n"
    )
    (folder / "things.dag.yaml").write_text(
        PIPELINE + f"name: pandera{next(NUMBERS)}\nschema: checks:Things\n"
    )

    done = run_dag(load_dag(str(folder / "dag.py")), logical_date=LOGICAL)

    states = {task.task_id: str(task.state) for task in done.get_task_instances()}
    assert ("success", "failed") == (states["verify"], states["audit"])
    assert ["schema", "schema.earns"] == told()["audit"]


@pytest.fixture
def by_hand(folder):
    """Wire the stages with `PanderaOperator` between verify and audit."""

    def wire(text: str, **said: object):
        from airflow.sdk import DAG, CronDataIntervalTimetable

        from airflow_dataops.operators.audit import AuditOperator
        from airflow_dataops.operators.land import LandOperator
        from airflow_dataops.operators.pandera import PanderaOperator
        from airflow_dataops.operators.publish import PublishOperator
        from airflow_dataops.operators.verify import VerifyOperator

        (folder / "checks.py").write_text(text)
        name, contract = f"pandera{next(NUMBERS)}", str(folder / "things.odcs.yaml")
        with DAG(name, schedule=CronDataIntervalTimetable("@daily", timezone="UTC"), start_date=START) as dag:
            land = LandOperator(
                task_id="land",
                product=name,
                dataset="things",
                folder=str(folder / "drops"),
                path="things-{partition}.csv",
            )
            verify = VerifyOperator(task_id="verify", landing=land.output, contract=contract)
            judge = PanderaOperator(
                task_id="judge",
                staged=verify.output,
                **{"schema": "checks:Things", "folder": str(folder), "max_quarantined": 0.7, **said},
            )
            audit = AuditOperator(task_id="audit", staged=judge.output, contract=contract)
            PublishOperator(task_id="publish", staged=audit.output, contract=contract, table=name)
        return dag

    return wire


@pytest.mark.parametrize("library", CHECKS)
def test_pandera_operator_parts_a_batch_on_its_way(library, by_hand, run_dag, deployment, told) -> None:
    """The good rows are audited and published, the bad ones lie beside the quarantine with their rules."""
    dag = by_hand(CHECKS[library])

    done = run_dag(dag, logical_date=LOGICAL)

    assert "success" == str(done.state)
    assert GOOD == published(deployment, dag.dag_id)
    bad, empty = sorted(quarantines(deployment), key=lambda frame: -frame.height)
    assert [(line - 1, rules) for line, rules in BAD] == bad.select("dataops_line", "dataops_rules").rows()
    assert ([-7654321, 2.5, 3.5], 0) == (bad["amount"].to_list(), empty.height)
    assert ["schema", "schema.id.field_uniqueness", "schema.amount.greater_than(0)"] == told()["transform"]


REFUSED = {
    "too many bad rows": ({"max_quarantined": 0.5}, CHECKS["polars"], "3 of 5 rows (60.00%) break"),
    "no such object": ({"schema": "checks:Nope"}, CHECKS["polars"], "could not evaluate schema: "),
    "no such module": ({"folder": ""}, CHECKS["polars"], "there is no module `checks`"),
    "a schema that can't be": ({}, "Things = 7\n", "checks.py:Things: it is no schema of pandera"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_pandera_operator_fails_with_one_line(case, by_hand, run_dag, deployment, monkeypatch) -> None:
    """A batch that may not go on, and a schema that can't be asked, stop here; nothing is published."""
    said, text, words = REFUSED[case]
    lines = listened(monkeypatch, "airflow_dataops.operators.stage.failing_as_airflow")

    done = run_dag(by_hand(text, **said), logical_date=LOGICAL)

    states = {task.task_id: str(task.state) for task in done.get_task_instances()}
    assert ("failed", "upstream_failed") == (states["judge"], states["audit"])
    assert words in lines[0]
    assert "\n" not in lines[0]
    assert not (deployment / "lake").exists()


def listened(monkeypatch, place: str) -> list[str]:
    """Return the lines with which tasks fail, as they come."""
    from contextlib import contextmanager

    from airflow_dataops.bridge.failure import failing_as_airflow

    lines: list[str] = []

    @contextmanager
    def listening():
        try:
            with failing_as_airflow():
                yield
        except Exception as error:
            lines.append(str(error))
            raise

    monkeypatch.setattr(place, listening)
    return lines


@pytest.fixture
def decorated(run_dag):
    """Run a function as `@task.pandera`, and return its run and what it hands on."""

    def run(function, **said: object):
        from airflow.sdk import DAG, task

        with DAG(f"pandera{next(NUMBERS)}", schedule=None, start_date=START) as dag:
            task.pandera(**said)(function)()
        done = run_dag(dag, logical_date=LOGICAL)
        (instance,) = done.get_task_instances()
        return str(done.state), instance.xcom_pull(task_ids=instance.task_id)

    return run


def of_pandas():
    """Make a frame of pandas, which has other types than the schema asks for."""
    import pandas as pd

    return pd.DataFrame({"id": ["1", "2", "x", "4"], "name": ["a", None, "c", "d"]}, index=[7, 7, 8, 9])


def of_polars():
    """Make the same frame of polars, lazily."""
    return pl.LazyFrame({"id": ["1", "2", "x", "4"], "name": ["a", None, "c", "d"]})


def rules(library):
    """Return a schema that coerces."""
    import pandera.pandas
    import pandera.polars

    pa = pandera.pandas if library == "pandas" else pandera.polars
    return pa.DataFrameSchema(
        {"id": pa.Column(int, pa.Check.lt(4), coerce=True), "name": pa.Column(str, nullable=True)}
    )


@pytest.mark.parametrize(("function", "library"), [(of_pandas, "pandas"), (of_polars, "polars")])
def test_task_pandera_hands_on_where_the_good_rows_are(function, library, decorated) -> None:
    """The good rows have the coerced types, the bad ones their own and their rules; no frame goes by XCom."""
    state, handed = decorated(function, schema=rules(library))

    assert "success" == state
    assert json.loads(json.dumps(handed)) == handed
    assert (2, 2) == (handed["rows"], handed["bad"])
    assert {"id.coerce_dtype": 1, "id.less_than(4)": 1} == handed["rules"]
    good = pl.read_parquet(handed["uri"])
    assert ([(1, "a"), (2, None)], pl.Int64) == (good.rows(), good.schema["id"])
    assert [
        (3, ["schema", "schema.id.coerce_dtype"], "x", "c"),
        (4, ["schema", "schema.id.less_than(4)"], "4", "d"),
    ] == pl.read_parquet(handed["quarantine"]).rows()


def test_task_pandera_finds_a_schema_by_its_name(decorated, tmp_path, monkeypatch) -> None:
    """`module:Object` is imported when the task runs, so that the DAG file doesn't pay for it."""
    (tmp_path / "rules_of_a_team.py").write_text(
        "import pandera.polars as pa\nRules = pa.DataFrameSchema({'id': pa.Column(str)}, strict='filter')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    state, handed = decorated(of_polars, schema="rules_of_a_team:Rules")

    assert ("success", 4, 0, "", {}) == (
        state,
        handed["rows"],
        handed["bad"],
        handed["quarantine"],
        handed["rules"],
    )
    assert ["id"] == pl.read_parquet(handed["uri"]).columns


def indexed():
    """Make a frame whose index says something."""
    return of_pandas().rename_axis("key")


FAILING = {
    "a bad row": (of_polars, {"on_bad": "fail"}, "2 of 4 rows (50.00%) break the contract, none may"),
    "another library": (of_pandas, {}, "a DataFrame is no frame of the schema's library"),
    "no frame": (lambda: 7, {}, "a int is no frame"),
    "an unknown word": (of_polars, {"on_bad": "drop"}, "`on_bad` can't be `drop`"),
    "no schema": (of_polars, {"schema": 7}, "it is no schema of pandera"),
    "no module": (of_polars, {"schema": "nowhere_at_all:Rules"}, "there is no module `nowhere_at_all`"),
    "an index": (indexed, {"schema": "pandas"}, "the frame has the index key"),
}


@pytest.mark.parametrize("case", FAILING)
def test_task_pandera_fails_with_one_line(case, decorated, monkeypatch) -> None:
    """Bad rows where none may be, and what can't be judged, fail the task by name."""
    function, said, words = FAILING[case]
    said = {"schema": rules("polars"), **said}
    if said["schema"] == "pandas":
        said["schema"] = rules("pandas")
    lines = listened(monkeypatch, "airflow_dataops.operators.pandera_decorator.failing_as_airflow")

    def made():
        return function()

    state, handed = decorated(made, **said)

    assert ("failed", None) == (state, handed)
    assert words in lines[0]
    assert "\n" not in lines[0]


def test_task_pandera_fails_where_the_good_rows_break_it_on_their_own(decorated, monkeypatch) -> None:
    """What goes on keeps the schema as it goes on: without the bad rows a sum may be too small."""
    import pandera.polars as pa

    lines = listened(monkeypatch, "airflow_dataops.operators.pandera_decorator.failing_as_airflow")
    earns = pa.Check(lambda d: d.lazyframe.select(pl.col("a").sum() > 9), name="earns")
    schema = pa.DataFrameSchema({"a": pa.Column(int, pa.Check.lt(9))}, checks=earns)

    def made():
        return pl.DataFrame({"a": [1, 9]})

    state, _ = decorated(made, schema=schema)

    assert "failed" == state
    assert "schema.good_rows_alone" in lines[0]
