"""The file by which one finds the rows that broke a rule, where there is no quarantine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.operators.contract_decorator import contract_task
from airflow_dataops.operators.stage import StageOperator
from airflow_dataops.operators.verify_contract import VerifyContractOperator

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "geheim4711"  # noqa: S105 - the value of a row, which must be in the file alone
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: string, required: true, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
    quality:
      - {id: few, metric: rowCount, mustBeLessThan: 2, severity: warning}
"""
ROWS = {"id": ["a", TOKEN, "c", "c"], "amount": [1.0, -7654321.0, -2.0, 1.0]}
NAMED = [
    ({"id": "a"}, None),
    ({"id": TOKEN}, ["amount.minimum"]),
    ({"id": "c"}, ["amount.minimum", "things.primaryKey"]),
    ({"id": "c"}, ["things.primaryKey"]),
]


@pytest.fixture
def contract(deployment) -> Path:
    """The file of the contract."""
    file = deployment / "things.odcs.yaml"
    file.write_text(CONTRACT)
    return file


@pytest.fixture
def table(postgresql, monkeypatch, request) -> str:
    """A table in PostgreSQL that breaks the contract."""
    url = postgresql.replace("+psycopg", "")
    monkeypatch.setenv("AIRFLOW_CONN_MART_DB", url.replace("postgresql://", "postgres://"))
    schema = re.sub(r"\W", "_", request.node.name)[-40:]
    with psycopg.connect(url) as connection:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
        name = Identifier(schema, "things")
        connection.execute(SQL("CREATE TABLE {} (id text, amount numeric)").format(name))
        insert = SQL("INSERT INTO {} VALUES (%s, %s)").format(name)
        connection.cursor().executemany(insert, list(zip(*ROWS.values(), strict=True)))
    return f"{schema}.things"


@pytest.fixture
def verify(in_dag, contract):
    """Run one task over a table or files, and return how it ended."""

    def run(**given):
        given = {"contract": str(contract), "retries": 0} | given
        return in_dag(lambda: VerifyContractOperator(task_id="verify", **given))

    return run


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """What tasks say in their logs."""
    lines: list[str] = []
    monkeypatch.setattr(StageOperator, "say", lambda *arguments: lines.append(arguments[-1]))
    return lines


def named(file: Path) -> list[dict[str, Any]]:
    """Return the rows that a file names."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_rows_of_a_table_in_place_are_named(verify, table, deployment, said, capfd) -> None:
    """By their keys, in the order of those; the log says how many and where, and no value leaves the file."""
    given = {"conn_id": "mart_db", "table": table, "keys": str(deployment / "new" / "{partition}.jsonl")}

    failed, ended = verify(**given), verify(**given, fail_on="never")

    place = deployment / "new" / "2026-03-01.jsonl"
    assert ("failed", "success") == (failed.state(), ended.state())
    expected = [
        {"dataset": "things", "key": key, "rules": rules, "line": None, "file": None}
        for key, rules in NAMED[1:]
    ]
    assert sorted(map(repr, expected)) == sorted(map(repr, named(place)))
    assert ["c", "c", TOKEN] == [row["key"]["id"] for row in named(place)]
    assert 2 == said.count(f"3 rows that broke a rule are named in {place}.")
    shown = [*said, *failed.lines, *capfd.readouterr(), repr(ended.verdicts), json.dumps(ended.returned())]
    stores = list(deployment.glob("store.db*"))
    assert stores
    shown += [path.read_bytes().decode("latin-1") for path in stores]
    assert [] == [text for text in shown if TOKEN in text or "7654321" in text]


def test_there_may_be_more_rows_than_are_named(verify, table, deployment, said) -> None:
    """The bound is a template, too; which rows are named is the same each time."""
    given = {"conn_id": "mart_db", "table": table, "keys": str(deployment / "keys.jsonl")}

    verify(**given, most_keys="{{ 1 + 1 }}")

    assert ["c", "c"] == [row["key"]["id"] for row in named(deployment / "keys.jsonl")]
    assert any("keys.jsonl. There are more: raise `most_keys` to have them named." in one for one in said)


def test_rows_of_files_are_named_beside_their_quarantine(verify, deployment) -> None:
    """By their lines and files, too; a later run on good rows leaves a file without any."""
    (deployment / "a.csv").write_text("id,amount\na,1\nb\n")
    (deployment / "b.csv").write_text(f"id,amount\n{TOKEN},-1\n")
    keys, bad = deployment / "keys.jsonl", deployment / "bad.parquet"

    verify(path=str(deployment / "?.csv"), keys=str(keys), quarantine=str(bad))

    assert [
        ("a.csv", 3, {}, ["unparsable"]),
        ("b.csv", 2, {"id": TOKEN}, ["amount.minimum"]),
    ] == [(row["file"], row["line"], row["key"], row["rules"]) for row in named(keys)]
    assert 2 == pl.read_parquet(bad).height
    assert (
        "success"
        == verify(path=str(deployment / "a.csv"), rules=["few"], fail_on="never", keys=str(keys)).state()
    )
    verify(path=str(deployment / "b.csv"), rules=["id.required"], keys=str(keys))
    assert [] == named(keys)


def test_where_no_row_is_judged_none_is_named(verify, deployment, said) -> None:
    """What an earlier run wrote stays, and the log says so."""
    (deployment / "short.csv").write_text("id\na\n")
    keys = deployment / "keys.jsonl"
    keys.write_text("of before\n")

    verify(path=str(deployment / "short.csv"), keys=str(keys))

    assert "of before\n" == keys.read_text()
    assert f"No row was judged, so none is named in {keys}, which is left as it was." in said


def test_a_relative_path_begins_at_the_dag_file(verify, deployment, monkeypatch) -> None:
    """As that of the contract does, wherever the worker runs."""
    from airflow_dataops.operators import verdict

    (deployment / "b.csv").write_text("id,amount\nb,-1\n")
    monkeypatch.setattr(verdict, "folder_of", lambda _: deployment)

    verify(path=str(deployment / "b.csv"), keys="own/keys.jsonl")

    assert ["b"] == [row["key"]["id"] for row in named(deployment / "own" / "keys.jsonl")]


def test_rows_of_a_frame_are_named(in_dag, contract, deployment, said) -> None:
    """By the numbers of its rows; no value goes on."""
    keys = deployment / "keys.jsonl"

    def wire():
        @contract_task(contract=str(contract), keys=str(keys))
        def verify():
            return pl.DataFrame(ROWS)

        verify()

    ended = in_dag(wire)

    assert [(row, key, rules) for row, (key, rules) in enumerate(NAMED, start=1) if rules] == [
        (row["line"], row["key"], row["rules"]) for row in named(keys)
    ]
    assert TOKEN not in json.dumps(ended.returned()) + "".join((*said, *ended.lines))


PATHS = {"path", "contract", "keys", "quarantine"}
REFUSED = {
    "a table without a primary key": (
        {"table": "{table}", "conn_id": "mart_db", "contract": "keyless.odcs.yaml", "keys": "keys.jsonl"},
        "rows of a table are named by their primary key, and `things` has none. Give its columns",
    ),
    "a bound that is none": (
        {"path": "b.csv", "keys": "keys.jsonl", "most_keys": "all"},
        "`most_keys` can't be",
    ),
    "no bound": ({"path": "b.csv", "keys": "keys.jsonl", "most_keys": 0}, "`most_keys` can't be `0`"),
    "a folder": ({"path": "b.csv", "keys": "folder"}, "/folder: the keys of failing rows can't be written: "),
    "below a file": ({"path": "b.csv", "keys": "b.csv/keys"}, "Broken world: "),
    "the data": (
        {"path": "?.csv", "keys": "b.csv"},
        "/b.csv: the keys of failing rows can't be written: it is",
    ),
    "the contract": (
        {"path": "b.csv", "keys": "things.odcs.yaml"},
        "it is a file that is read: the data, or",
    ),
    "a file of others": ({"path": "b.csv", "keys": "keyless.odcs.yaml"}, "that no earlier run wrote. "),
    "bad rows over the data": (
        {"path": "d.parquet", "quarantine": "d.parquet"},
        "/d.parquet: the bad rows can't be kept: it is a file that is read: the data, or the contract. ",
    ),
    "bad rows over others": (
        {"path": "b.csv", "quarantine": "d.parquet"},
        "/d.parquet: the bad rows can't be kept: a file lies there that no earlier run wrote. ",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_t_be_named_is_one_line(verify, table, deployment, case) -> None:
    """A table without a key is refused before anything runs; a verdict isn't lost for the file beside it."""
    given, told = REFUSED[case]
    (deployment / "b.csv").write_text("id,amount\nb,-1\n")
    (deployment / "folder").mkdir()
    (deployment / "keyless.odcs.yaml").write_text(CONTRACT.replace(", primaryKey: true", ""))
    pl.DataFrame({"id": ["b"], "amount": [-1.0]}).write_parquet(deployment / "d.parquet")
    before = {file: file.read_bytes() for file in deployment.glob("*.*") if "store" not in file.name}
    given = {key: value.format(table=table) if key == "table" else value for key, value in given.items()}
    given |= {key: str(deployment / given[key]) for key in PATHS & set(given)}

    ended = verify(**given)

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert told in ended.lines[0]
    assert "\n" not in ended.lines[0]
    recorded = "keys" in given and "written" in ended.lines[0]
    assert recorded == bool(ended.verdicts)
    assert not (deployment / "keys.jsonl").exists()
    assert before == {file: file.read_bytes() for file in before}
