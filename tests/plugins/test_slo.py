"""`airflow dataops slo …` over a real store, as Airflow's parser finds it."""

from __future__ import annotations

import argparse
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.bridge.settings import AIRFLOW_CONN_ID
from airflow_dataops.cli.slo.of_deployment import STATES
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.policy import Action, Policy, PolicyAction
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import State
from airflow_dataops.plugins.commands import get_cli_commands
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.wiring import clocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 8, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
PAGE = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(2), long=Fraction(4 * 86_400), short=Fraction(86_400))
FRESH = Objective(
    name="fresh",
    sli=Sli.FRESHNESS,
    target=Fraction("0.9"),
    threshold=Fraction(6 * 3600),
    alerts=(PAGE,),
    place="orders/orders.odcs.yaml:40:5",
)
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", start=START),
    objectives=(FRESH,),
    since=START,
)


def call(*words: str) -> int:
    """Run `airflow dataops slo …` as Airflow's parser would, and return its exit code."""
    (group,) = get_cli_commands()
    (slo,) = (one for one in group.subcommands if one.name == "slo")
    (command,) = (one for one in slo.subcommands if one.name == words[0])
    parser = argparse.ArgumentParser()
    for argument in command.args:
        argument.add_to_parser(parser)
    try:
        command.func(parser.parse_args(list(words[1:])))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def observation(day: datetime) -> Observation:
    """What is seen of a day, three hours after it."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition=f"{day:%F}")
    return Observation(
        batch=batch,
        sli=Sli.FRESHNESS,
        subject="1",
        end=day + DAY,
        good=None,
        total=None,
        value=Fraction(3 * 3600),
        at=day + DAY + 3 * HOUR,
    )


@pytest.fixture
def url(request, new_store_url, new_store, monkeypatch) -> str:
    """A store with tables, which the deployment's settings name; on PostgreSQL for tests that ask for it."""
    store_url = new_store_url(getattr(request, "param", "sqlite"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", store_url)
    monkeypatch.setattr(clocks, "clock", lambda: FrozenClock(NOW))
    new_store(store_url)
    return store_url


@pytest.fixture
def levels(url) -> SqlServiceLevels:
    """Service levels of a product that delivered each day but on 10 October and on two in November."""
    found = SqlServiceLevels(url)
    found.declare(ORDERS)
    missing = {datetime(2026, 10, 10, tzinfo=UTC), *(datetime(2026, 11, at, tzinfo=UTC) for at in (3, 4))}
    days = (START + at * DAY for at in range((NOW - START).days))
    SqlStore(url).record(*(observation(day) for day in days if day not in missing))
    return found


@pytest.mark.usefixtures("levels")
def test_before_an_evaluation_a_list_says_so(capsys) -> None:
    """And what to run."""
    assert 0 == call("list")

    assert "? not evaluated yet" in (told := capsys.readouterr().out)
    assert told.endswith("1 of 1 not evaluated yet: run `airflow dataops slo evaluate`.\n")


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_a_dry_run_says_the_same_and_remembers_nothing(levels, capsys) -> None:
    """Exit code 1: an alert fires."""
    assert 1 == call("evaluate", "--dry-run")
    dry = capsys.readouterr().out
    assert {} == levels.kept()
    assert 1 == call("evaluate")
    done = capsys.readouterr().out

    assert dry.splitlines()[:-1] == done.splitlines()[:-1]
    assert done.startswith("✗ orders / fresh: exhausted, -7.2 % of the budget left; fires: page at 2x over ")
    assert "1 objective: 1 exhausted; 1 changed\n" == done.splitlines(keepends=True)[-1]


def test_what_could_not_be_told_is_no_pass(levels, capsys) -> None:
    """Exit code 3, and a line on stderr that says what to do."""
    levels.declare(replace(ORDERS, product="refunds", expectation=Expectation()))

    assert 3 == call("evaluate", "--product", "refunds")
    out, err = capsys.readouterr()
    assert "? refunds / fresh: unknown\n" in out
    assert err.startswith("warning: ")
    assert "`expected:`" in err


def test_what_a_clock_far_ahead_declared_is_named_and_left_out(levels, capsys) -> None:
    """Wherever people look."""
    levels.declare(replace(ORDERS, objectives=(replace(FRESH, name="other"),), since=NOW + 9 * DAY))
    warning = "warning: shop/orders: its declaration of 2026-11-14 12:00 UTC is of an instant"

    for words in (("evaluate",), ("list",), ("show", "orders"), ("report", "--month", "2026-10")):
        call(*words)
        out, err = capsys.readouterr()
        assert err.startswith(warning), words
        assert "fresh" in out
        assert "other" not in out


@pytest.mark.usefixtures("levels")
def test_an_evaluation_without_news_changes_nothing(capsys) -> None:
    """It fires still."""
    call("evaluate")
    capsys.readouterr()

    assert 1 == call("evaluate", "--output-format", "json")
    document = json.loads(capsys.readouterr().out)
    assert [False] == [one["changed"] for one in document["objectives"]]


def test_policies_act_and_are_told(levels, capsys) -> None:
    """As the operator does; a dry run says nothing of them, and does nothing."""
    policy = Policy(action=Action.BLOCK_PUBLISH, below=Fraction(1, 5))
    levels.declare(replace(ORDERS, policies=(policy,), since=NOW - DAY))

    assert 1 == call("evaluate", "--dry-run")
    assert () == levels.in_force()
    assert 1 == call("evaluate")
    assert "\ndid block_publish of orders: " in capsys.readouterr().out
    assert 0 == call("show", "orders")
    assert "nothing of orders is published since 2026-11-05 12:00 UTC" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_what_is_in_force_is_shown(levels, capsys) -> None:
    """Beside what burnt the budget."""
    call("evaluate")
    action = PolicyAction(
        team="shop",
        product="orders",
        action=Action.PAUSE,
        subject="orders",
        slo="fresh",
        since=NOW - HOUR,
        why="less than 20 % is left",
    )
    levels.enforce(action)
    capsys.readouterr()

    assert 0 == call("show", "orders", "fresh")
    told = capsys.readouterr().out
    assert "the DAG orders is paused since 2026-11-05 11:00 UTC: less than 20 % is left" in told
    assert re.search(r"2026-11-03 +2026-11-04 06:00 +1 +35.7 % +no delivery", told)
    assert "were bad     3" in told
    assert 0 == call("show", "orders", "--output-format", "json")
    (document,) = json.loads(capsys.readouterr().out)["objectives"]
    assert ("14/5", "-1/14") == (document["exact"]["allowed"], document["exact"]["remaining"])


@pytest.mark.usefixtures("levels")
def test_a_list_can_be_asked_for_a_state(capsys) -> None:
    """None is an answer, too."""
    call("evaluate")
    capsys.readouterr()

    assert 0 == call("list", "--state", "ok")
    assert "1 objective is declared, and none is ok.\n" == capsys.readouterr().out
    assert 0 == call("list", "--state", "exhausted", "--output-format", "json")
    assert ["fresh"] == [one["slo"] for one in json.loads(capsys.readouterr().out)["objectives"]]


@pytest.mark.usefixtures("levels")
def test_a_report_is_written_once(tmp_path, capsys) -> None:
    """A file that is there is replaced when that is asked for."""
    page = tmp_path / "october.html"
    words = ("report", "--month", "2026-10", "--output", str(page))

    assert 0 == call(*words)
    assert (f"wrote {page}: the report on October 2026, 1 objective\n", "") == capsys.readouterr()
    assert "<h1>Service levels, October 2026</h1>" in page.read_text()
    assert 3 == call(*words)
    assert "the file is there already" in capsys.readouterr().err
    assert 0 == call(*words, "--force")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("levels")
def test_a_report_for_programs(capsys) -> None:
    """30 of 31 deliveries of October were good, of which 31/10 might be bad."""
    assert 0 == call("report", "--month", "2026-10", "--output-format", "json", "--team", "shop")

    out, err = capsys.readouterr()
    assert "wrote the report on October 2026, 1 objective\n" == err
    (one,) = json.loads(out)["objectives"]
    assert ("30", "31", "31/10", "21/31") == tuple(
        one["exact"][name] for name in ("good", "total", "allowed", "remaining")
    )


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.usefixtures("levels")
def test_what_is_in_force_is_replayed_and_drawn(tmp_path, capsys) -> None:
    """As a table, and as a picture of each budget."""
    assert 0 == call("backtest", "orders", "--since", "30d", "--plots", str(tmp_path / "plots"))

    out, err = capsys.readouterr()
    assert "would have told" in out
    assert f"wrote {tmp_path}/plots/orders.fresh.svg\n" == err
    assert (tmp_path / "plots" / "orders.fresh.svg").read_text().startswith("<svg")


PIPELINE = """\
template: batch@1
team: shop
owner: ann
start_date: 2026-08-01
schedule: "@daily"
source: {folder: drops, path: "orders-{partition}.csv"}
target: {type: delta, path: orders}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, required: true}
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: sooner}
spec:
  service: orders
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    metadata: {name: sooner}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Airflow, spec: {product: orders, sli: freshness, threshold: 2h}}}
        total: {metricSource: {type: Airflow, spec: {product: orders}}}
  objectives: [{displayName: sooner, target: 0.9}]
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """A product whose files promise something else than what is in force."""
    home = tmp_path / "orders"
    home.mkdir()
    (home / "orders.dag.yaml").write_text(PIPELINE)
    (home / "orders.odcs.yaml").write_text(CONTRACT)
    (home / "orders.openslo.yaml").write_text(OPENSLO)
    return home


@pytest.mark.usefixtures("levels")
def test_files_that_are_not_in_force_are_replayed(folder, capsys) -> None:
    """Before they are merged: two hours would never have been kept."""
    assert 0 == call("backtest", str(folder), "--since", "60d", "--output-format", "json"), (
        capsys.readouterr()
    )

    (one,) = json.loads(capsys.readouterr().out)["objectives"]
    assert ("sooner", "0", "60") == (one["slo"], one["good"], one["total"])


@pytest.mark.usefixtures("levels")
def test_a_folder_that_is_no_product_in_force_is_told(folder, monkeypatch, capsys) -> None:
    """A name is a product's; the files of one end with a stroke."""
    folder.rename(folder.with_name("refunds"))
    monkeypatch.chdir(folder.parent)

    assert 3 == call("backtest", "refunds")
    assert "The files that lie here are `refunds/`." in capsys.readouterr().err


@pytest.mark.usefixtures("levels")
def test_a_file_for_a_dag_that_is_no_product_is_replayed(tmp_path, capsys) -> None:
    """Of a DAG that nobody has watched, nothing can be said, and that is said."""
    file = tmp_path / "billing.openslo.yaml"
    watched = OPENSLO.replace("sli: freshness, threshold: 2h", "sli: success")
    watched = watched.replace("product: orders", "dag: billing")
    file.write_text(watched.replace("service: orders", "service: billing"))

    assert 0 == call("backtest", str(file)), capsys.readouterr().err
    assert "Nothing was expected in this time, so nothing can be said." in capsys.readouterr().out


BAD = [
    (("list", "--product", "ordres"), "Did you mean `orders`?"),
    (("show", "ordres"), "Did you mean `orders`?"),
    (("show", "orders", "frsh"), "Did you mean `fresh`?"),
    (("evaluate", "--product", "ordres"), "Did you mean `orders`?"),
    (("backtest", "ordres"), "Did you mean `orders`?"),
    (("backtest", "nowhere/orders.dag.yaml"), "nowhere/orders.dag.yaml"),
]


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize(("words", "says"), BAD, ids=str)
def test_what_is_wrong_is_one_line(capsys, words, says) -> None:
    """On stderr, with exit code 3, and nothing on stdout."""
    assert 3 == call(*words)

    out, err = capsys.readouterr()
    assert "" == out
    assert says in err
    assert 1 == len(err.splitlines()), err


WRONG = [
    (("report", "--month", "2026-12"), "--month: December 2026 has not begun"),
    (("report", "--month", "2026-13"), "--month: `2026-13` is no month"),
    (("report", "--month", "October"), "--month: `October` is no month"),
    (("backtest", "orders", "--since", "yesterday"), "--since: `yesterday` is no number of days"),
    (("backtest", "orders", "--since", "90x"), "--since: `90x` is no number of days"),
    (("backtest", "orders", "--since", "99999d"), "--since: `99999d` is more than ten years"),
]


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize(("words", "says"), WRONG, ids=str)
def test_a_call_that_is_wrong_is_one_line(capsys, words, says) -> None:
    """On stderr, with argparse's own exit code, so that nobody takes it for a store that is down."""
    assert 2 == call(*words)

    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith(says)
    assert 1 == len(err.splitlines()), err


EVERY = [
    ("list",),
    ("show", "orders"),
    ("evaluate",),
    ("report", "--month", "2026-10"),
    ("backtest", "orders"),
]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_where_nothing_is_declared_people_are_told_how(capsys, words) -> None:
    """An empty list would look like one on which all is well."""
    assert 3 == call(*words)

    out, err = capsys.readouterr()
    assert ("", 1) == (out, len(err.splitlines()))
    assert "Products declare service levels in their contract" in err


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_store_without_tables_says_what_to_do(new_store_url, monkeypatch, capsys, words) -> None:
    """As every command of a deployment does."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", new_store_url("sqlite"))

    assert 3 == call(*words)
    out, err = capsys.readouterr()
    assert ("", 1) == (out, len(err.splitlines()))
    assert "airflow dataops db migrate" in err


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_store_that_is_down_is_one_line(monkeypatch, capsys, words) -> None:
    """Without its password."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql+psycopg://u:zq7@127.0.0.1:1/d")

    assert 3 == call(*words)
    out, err = capsys.readouterr()
    assert ("", 1) == (out, len(err.splitlines()))
    assert "zq7" not in err


def test_several_teams_are_told_apart(levels, capsys) -> None:
    """A name may be that of two teams."""
    levels.declare(replace(ORDERS, team="mill"))
    call("evaluate")
    assert "✗ mill / orders / fresh: " in capsys.readouterr().out

    assert 0 == call("list", "--output-format", "json")
    assert ["mill", "shop"] == [one["team"] for one in json.loads(capsys.readouterr().out)["objectives"]]
    assert 0 == call("show", "orders", "--team", "shop", "--output-format", "json")
    assert 1 == len(json.loads(capsys.readouterr().out)["objectives"])


def test_every_state_can_be_asked_for() -> None:
    """The words of the command are those of the values."""
    assert STATES == tuple(state.value for state in State)


@pytest.fixture
def airflow(monkeypatch) -> Iterator[None]:
    """An Airflow's REST API with the runs of `billing`: one a day; one failed and one was retried."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            run = re.search(r"dagRuns/(\d+)/taskInstances", self.path)
            if run:
                said = {"task_instances": [{"try_number": 1 + (run[1] == "80")}], "total_entries": 1}
            else:
                runs = [billing(at) for at in range(90)]
                first = int(re.search(r"offset=(\d+)", self.path)[1])
                said = {"dag_runs": runs[first : first + 50], "total_entries": len(runs)}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    connection = {
        "conn_type": "http",
        "host": "127.0.0.1",
        "port": server.server_port,
        "password": "token",
    }
    monkeypatch.setenv(f"AIRFLOW_CONN_{AIRFLOW_CONN_ID.upper()}", json.dumps(connection))
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def billing(at: int) -> dict[str, object]:
    """Return a run of a DAG that nobody watches, as Airflow's API describes it."""
    end = NOW - (90 - at) * DAY
    return {
        "dag_id": "billing",
        "dag_run_id": str(at),
        "run_type": "scheduled",
        "state": "failed" if at == 70 else "success",
        "data_interval_start": (end - DAY).isoformat(),
        "data_interval_end": end.isoformat(),
        "start_date": end.isoformat(),
        "end_date": (end + HOUR).isoformat(),
    }


@pytest.mark.usefixtures("levels", "airflow")
def test_runs_come_from_airflow(tmp_path, capsys) -> None:
    """Of a DAG that was never watched: how it would have done."""
    file = tmp_path / "billing.openslo.yaml"
    words = ("backtest", str(file), "--since", "60d", "--runs-from-airflow", "--output-format", "json")
    bad = {}
    for sli in ("success", "first_attempt"):
        text = OPENSLO.replace("sli: freshness, threshold: 2h", f"sli: {sli}")
        file.write_text(
            text.replace("product: orders", "dag: billing").replace("service: orders", "service: b")
        )
        assert 0 == call(*words), capsys.readouterr().err
        (one,) = json.loads(capsys.readouterr().out)["objectives"]
        bad[sli] = [why["why"] for why in one["incidents"]]

    assert {
        "success": ["the run failed"],
        "first_attempt": ["the run failed", "failed at first, took 2 tries"],
    } == bad


@pytest.mark.usefixtures("levels")
def test_an_airflow_that_is_not_named_is_one_line(tmp_path, capsys) -> None:
    """With the command that names it."""
    file = tmp_path / "billing.openslo.yaml"
    text = OPENSLO.replace("sli: freshness, threshold: 2h", "sli: success")
    file.write_text(text.replace("product: orders", "dag: billing"))

    assert 3 == call("backtest", str(file), "--runs-from-airflow")
    out, err = capsys.readouterr()
    assert ("", 1) == (out, len(err.splitlines()))
    assert "airflow connections add" in err
