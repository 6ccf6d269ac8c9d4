from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.plugins.commands import get_cli_commands
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore


@pytest.fixture
def landed(tmp_path, monkeypatch) -> Landing:
    """A drop that has landed, in the store that the settings name."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", url)
    copy = tmp_path / "data"
    copy.write_bytes(b"a\n1\n2\n")
    made = Landing(
        batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
        origin="/drops/x.csv",
        uri=str(copy),
        sha256="a" * 64,
        bytes=6,
        rows=2,
        dialect=Dialect(),
        landed_at=datetime(2026, 3, 4, 6, tzinfo=UTC),
        run_id="first",
    )
    migrate(url)
    SqlStore(url).record(made)
    return made


def call(*words: str) -> int:
    """Run `airflow dataops reconcile` as Airflow's parser would, and return its exit code."""
    (group,) = get_cli_commands()
    (command,) = (one for one in group.subcommands if one.name == "reconcile")
    parser = argparse.ArgumentParser()
    for argument in command.args:
        argument.add_to_parser(parser)
    try:
        command.func(parser.parse_args(list(words)))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.usefixtures("landed")
def test_every_product_is_reconciled_where_none_is_named(capsys) -> None:
    """What has landed and is on its way is withheld, and that is no leak."""
    assert 0 == call("--output-format", "json")

    (row,) = json.loads(capsys.readouterr().out)["partitions"]
    assert ("balanced", 2, 2) == (row["state"], row["landed"], row["withheld"])


def test_a_leak_is_exit_code_one_and_a_line(landed, tmp_path, capsys) -> None:
    """The line says where it leaks, and what to do."""
    (tmp_path / "data").unlink()

    assert 1 == call("orders", "--team", "shop")

    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("leak: ")]
    assert line.startswith(f"leak: {landed.uri}: the raw copy of orders/2026-03-03 is missing. ")


def test_connections_of_airflows_database_are_found(landed, airflow_db, postgresql, tmp_path) -> None:
    """A command is no task: what `airflow connections add` has kept is there for it."""
    publication = Publication(
        batch=landed.batch,
        version=1,
        content="c",
        rows=2,
        target="postgres://kept_db/reconciled.orders",
        contract="orders@1.0.0",
        manifest=landed.sha256,
        run_id="first",
        at=landed.landed_at,
    )
    SqlStore(f"sqlite:///{tmp_path / 'store.db'}").record(publication)

    def airflow(*words: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "airflow", *words]
        return subprocess.run(program, check=False, capture_output=True, text=True)

    uri = postgresql.replace("postgresql+psycopg", "postgres")
    assert airflow_db.is_dir()
    assert 0 == airflow("connections", "add", "kept_db", "--conn-uri", uri).returncode
    told = airflow("dataops", "reconcile", "orders", "--output-format", "json")

    assert 1 == told.returncode, told.stderr
    (row,) = json.loads(told.stdout)["partitions"]
    assert [] == row["not_evaluated"]
    assert "readers see 0 rows, 2 were published" in [leak["what"] for leak in row["leaks"]]


def test_a_team_that_has_no_such_product_is_told_who_has(landed, capsys) -> None:
    """The team of a product is not that of its contract."""
    assert 3 == call("orders", "--team", landed.batch.team + "s")

    assert "There is one of shop: `team` of the pipeline file, or the DAG bundle." in capsys.readouterr().err


@pytest.mark.usefixtures("landed")
def test_an_unknown_product_is_exit_code_three(capsys) -> None:
    """One line on stderr, and never a pass."""
    assert 3 == call("orders", "ordres")

    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith("the store knows no product `ordres`. ")
    assert 1 == len(err.splitlines())
