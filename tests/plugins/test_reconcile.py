from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
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
    assert 0 == call("--output", "json")

    (row,) = json.loads(capsys.readouterr().out)["partitions"]
    assert ("balanced", 2, 2) == (row["state"], row["landed"], row["withheld"])


def test_a_leak_is_exit_code_one_and_a_line(landed, tmp_path, capsys) -> None:
    """The line says where it leaks, and what to do."""
    (tmp_path / "data").unlink()

    assert 1 == call("orders", "--team", "shop")

    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("leak: ")]
    assert line.startswith(f"leak: {landed.uri}: the raw copy of orders/2026-03-03 is missing. ")


@pytest.mark.usefixtures("landed")
def test_an_unknown_product_is_exit_code_three(capsys) -> None:
    """One line on stderr, and never a pass."""
    assert 3 == call("orders", "ordres")

    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith("the store knows no product `ordres`. ")
    assert 1 == len(err.splitlines())
