from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.cli.commands import COMMANDS
from airflow_dataops.cli.main import UNREADABLE, main
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.errors import SettingsError
from airflow_dataops.plugins.commands import get_cli_commands
from airflow_dataops.store.sql import SqlStore


@pytest.fixture
def store(tmp_path, monkeypatch) -> str:
    """The URL of a store that the deployment's settings name, and nobody has made yet."""
    url = f"sqlite:///{tmp_path / 'deep' / 'store.db'}"
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", url)
    return url


def call(*words: str) -> None:
    """Run a command as Airflow's parser would find it."""
    commands = {command.name: command for command in get_cli_commands()}
    rest = list(words)
    while hasattr(command := commands[rest.pop(0)], "subcommands"):
        commands = {command.name: command for command in command.subcommands}
    parser = argparse.ArgumentParser()
    for argument in command.args:
        argument.add_to_parser(parser)
    command.func(parser.parse_args(rest))


def test_the_store_is_made_checked_and_taken_back(store, capsys) -> None:
    """The three commands must do their work on the store of the settings, with one line each."""
    call("dataops", "db", "migrate")
    call("dataops", "db", "check")
    call("dataops", "db", "downgrade", "--to-revision", "base", "--yes")

    out, err = capsys.readouterr()
    assert [
        f"store at {store} migrated from nothing to 0005",
        f"store at {store} is current: 0005",
        f"store at {store} downgraded from 0005 to nothing",
    ] == out.splitlines()
    assert "" == err


def test_an_error_is_one_line_and_a_failure(store) -> None:
    """A command that fails must say so in one line, which Python prints on stderr with exit code 1."""
    with pytest.raises(SystemExit) as caught:
        call("dataops", "db", "check")

    assert f"the store at {store} has no schema. Run `airflow dataops db migrate`." == caught.value.code


def test_a_wrong_setting_is_one_line_without_its_password(monkeypatch) -> None:
    """What stands in a wrong URL must not end on the screen."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql://u:zq7@h:zq7/d")
    with pytest.raises(SystemExit) as caught:
        call("dataops", "db", "migrate")

    assert caught.value.code.startswith("[dataops] sql_alchemy_conn: ")
    assert "zq7" not in caught.value.code


@pytest.mark.parametrize(
    ("answer", "line"),
    [("yes", "from 0005 to nothing"), (" Y ", "from 0005 to nothing"), ("", ""), ("no", "")],
)
def test_downgrade_asks_first(store, monkeypatch, capsys, answer, line) -> None:
    """What is lost by a downgrade must be agreed to by a person, or by `--yes`."""
    call("dataops", "db", "migrate")
    capsys.readouterr()
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if line:
        call("dataops", "db", "downgrade", "--to-revision", "base")
    else:
        with pytest.raises(SystemExit, match=r"was not changed\. Add --yes"):
            call("dataops", "db", "downgrade", "--to-revision", "base")
        call("dataops", "db", "check")

    assert (line or f"store at {store} is current: 0005") in capsys.readouterr().out


def test_downgrade_without_a_person_changes_nothing(store, monkeypatch) -> None:
    """Where nobody can answer, as in a script, nothing is lost."""
    call("dataops", "db", "migrate")

    def closed(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    with pytest.raises(SystemExit, match="was not changed"):
        call("dataops", "db", "downgrade", "--to-revision", "base")
    call("dataops", "db", "check")
    assert store


def old_event() -> SliEvent:
    """Return a fact of last year."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    at = datetime.now(UTC) - timedelta(days=400)
    return SliEvent(batch=batch, sli=Sli.FRESHNESS, good=1, total=1, value=None, at=at)


@pytest.mark.parametrize(
    ("words", "answer", "stays"),
    [
        (("--yes",), "never asked", False),
        ((), "yes", False),
        ((), "no", True),
        (("--dry-run",), "never asked", True),
        (("--dry-run", "--yes"), "never asked", True),
    ],
)
def test_clean_shows_counts_and_asks_first(store, monkeypatch, capsys, words, answer, stays) -> None:
    """What is lost by cleaning must be shown and agreed to by a person, or by `--yes`."""
    call("dataops", "db", "migrate")
    SqlStore(store).record(old_event())
    monkeypatch.setattr("builtins.input", lambda _: answer)
    ends = []
    try:
        call("dataops", "db", "clean", "--before", "180d", *words)
    except SystemExit as end:
        ends.append(end.code)

    assert (
        ["The store was not changed. Add --yes to agree without being asked."] if answer == "no" else []
    ) == ends
    assert (SqlStore(store).facts(SliEvent) != ()) is stays
    assert "  sli events               1" in capsys.readouterr().out


def test_clean_does_not_ask_when_nothing_would_go(store, monkeypatch, capsys) -> None:
    """A question without an object is none."""
    call("dataops", "db", "migrate")
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked"))
    call("dataops", "db", "clean", "--before", "180d")

    assert f"store at {store}: of what is older than 180d would go" in capsys.readouterr().out


@pytest.mark.parametrize("when", ["9999-12-31", "soon", "180"])
def test_clean_refuses_nonsense_in_one_line(store, when) -> None:
    """A time that can't be meant must remove nothing."""
    call("dataops", "db", "migrate")
    SqlStore(store).record(old_event())
    with pytest.raises(SystemExit) as caught:
        call("dataops", "db", "clean", "--before", when, "--yes")

    assert caught.value.code.startswith(f"before: `{when}` is ")
    assert (old_event().batch,) == tuple(event.batch for event in SqlStore(store).facts(SliEvent))


@pytest.mark.parametrize("words", [("--output-format", "json"), ("--output-format=github",), ()])
def test_a_command_of_the_console_program_answers_alike(tmp_path, capsys, words) -> None:
    """`airflow dataops lint` must print what `airflow-dataops lint` prints, and exit with the same code."""
    (tmp_path / "x.odcs.yaml").write_text("a: 1\na: 2\n")
    expected = main(["lint", str(tmp_path), *words]), capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        call("dataops", "lint", str(tmp_path), *words)

    assert expected == (caught.value.code, capsys.readouterr())
    assert expected[0] == 1


def test_airflow_has_every_command_of_the_console_program() -> None:
    """Whoever types `airflow dataops` must find all there is, each with its help."""
    (group,) = get_cli_commands()
    found = {command.name: command.help for command in group.subcommands}

    assert {command.name: command.help for command in COMMANDS}.items() < found.items()


def test_an_error_of_a_shared_command_is_one_line(monkeypatch, capsys) -> None:
    """An error of ours must end as it does in the console program: one line on stderr, and its exit code."""

    def broken(_: argparse.Namespace) -> int:
        raise SettingsError("it broke", hint="Mend it.")

    monkeypatch.setattr("airflow_dataops.factory.linting.run", broken)
    with pytest.raises(SystemExit) as caught:
        call("dataops", "lint", "x")

    assert (UNREADABLE, "it broke. Mend it.\n") == (caught.value.code, capsys.readouterr().err)


def test_airflow_has_more_to_say_where_it_is_there(capsys) -> None:
    """A command that the console program can't do alone is done here: it builds the DAG."""
    sample = str(ours() / "batch" / "orders")
    with pytest.raises(SystemExit) as caught:
        call("dataops", "dag", "graph", sample)
    assert 0 == caught.value.code
    assert "publish    PublishOperator  → announce\n" in capsys.readouterr().out

    with pytest.raises(SystemExit) as caught:
        call("dataops", "dag", "diff", sample, "batch@2")
    assert 1 == caught.value.code
    assert "dag:\n  ~ doc_md.12: " in capsys.readouterr().out


def test_naming_the_commands_loads_no_library() -> None:
    """Every call of `airflow` asks for the commands, so that must load nothing but the lists of them."""
    program = (
        "import sys; import airflow.cli.cli_config, airflow_dataops.plugins; before = set(sys.modules);"
        "from airflow_dataops.plugins.commands import get_cli_commands; get_cli_commands();"
        "print(*sorted(set(sys.modules) - before))"
    )
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    expected = [
        "cli",
        "cli.alert",
        "cli.alert.commands",
        "cli.alert.of_deployment",
        "cli.arguments",
        "cli.command",
        "cli.commands",
        "cli.contract",
        "cli.contract.commands",
        "cli.dag",
        "cli.dag.commands",
        "cli.incident",
        "cli.incident.of_deployment",
        "cli.main",
        "cli.render",
        "cli.render.commands",
        "cli.slo",
        "cli.slo.commands",
        "cli.slo.of_deployment",
        "cli.wrong_call",
        "errors",
        "plugins.answer",
        "plugins.commands",
        "plugins.database",
        "plugins.outbox",
        "plugins.reconcile",
        "plugins.report",
    ]
    assert [f"airflow_dataops.{name}" for name in expected] == answer.stdout.split()


def test_airflow_knows_the_commands(store) -> None:
    """The command must be found through the installed provider, and fail there as it does here."""
    answer = subprocess.run(
        [sys.executable, "-m", "airflow", "dataops", "db", "check"],
        check=False,
        capture_output=True,
        text=True,
    )

    expected = (1, "", f"the store at {store} has no schema. Run `airflow dataops db migrate`.\n")
    assert expected == (answer.returncode, answer.stdout, answer.stderr)


def test_report_prints_what_became_of_a_product(store, capsys) -> None:
    """The command must read the store that the settings name, and print one JSON document."""
    call("dataops", "db", "migrate")
    SqlStore(store).record(
        Landing(
            batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
            origin="/drops/x.csv",
            uri="/raw/x",
            sha256="a" * 64,
            bytes=9,
            rows=2,
            dialect=Dialect(),
            landed_at=datetime(2026, 3, 4, 6, tzinfo=UTC),
            run_id="first",
        )
    )
    capsys.readouterr()

    call("dataops", "report", "orders", "--output-format", "json")

    assert ["2026-03-03"] == [row["partition"] for row in json.loads(capsys.readouterr().out)["partitions"]]


@pytest.mark.usefixtures("store")
def test_report_of_an_unknown_product_is_one_line_and_a_failure() -> None:
    """A misspelt product must not look like one without a problem."""
    call("dataops", "db", "migrate")

    with pytest.raises(SystemExit) as caught:
        call("dataops", "report", "ordres", "--team", "shop")

    assert str(caught.value.code).startswith("the store knows no product `ordres` of the team `shop`. ")
