"""Tables and files of a team's own, held against a contract in a DAG of its own."""

from __future__ import annotations

import gzip
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import psycopg
import pytest
from airflow.sdk import Asset
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.naming import QUALITY_RESULT
from airflow_dataops.operators.require_contract import require_contract
from airflow_dataops.operators.verify_contract import VerifyContractOperator

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
authoritativeDefinitions:
  - {type: canonicalUrl, url: "https://example.com/things"}
  - {type: runbook, url: "https://example.com/runbooks/things"}
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
    quality:
      - {id: several, metric: rowCount, mustBeGreaterThan: 2, severity: warning, dimension: completeness}
"""
THINGS = Asset("things", uri="dataops://things/things")
GOOD = "id,amount\n1,1.5\n2,2.5\n3,0\n"
BAD = "id,amount\n1,-7654321\n2,-2\nx,3\n"


@pytest.fixture
def contract(deployment) -> str:
    """The file of the contract."""
    file = deployment / "things.odcs.yaml"
    file.write_text(CONTRACT)
    return str(file)


@pytest.fixture
def verify(in_dag, contract):
    """Run one task over a table or files, and return how it ended."""

    def run(*, runs=None, **given):
        given = {"contract": contract, "retries": 0} | given
        return in_dag(lambda: VerifyContractOperator(task_id="verify", **given), **(runs or {}))

    return run


@pytest.fixture
def file(deployment):
    """Write a file, and return its path."""

    def write(content: str | bytes, name: str = "things.csv") -> str:
        place = deployment / "files" / name
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(place)

    return write


@pytest.fixture
def table(postgresql, monkeypatch, request) -> str:
    """A table of two days in PostgreSQL: one keeps the contract, the other doesn't."""
    url = postgresql.replace("+psycopg", "")
    monkeypatch.setenv("AIRFLOW_CONN_MART_DB", url.replace("postgresql://", "postgres://"))
    schema = re.sub(r"\W", "_", request.node.name)[-40:]
    with psycopg.connect(url) as connection:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
        name = Identifier(schema, "things")
        connection.execute(SQL("CREATE TABLE {} (day date, id text, amount numeric)").format(name))
        connection.execute(
            SQL(
                "INSERT INTO {} VALUES ('2026-03-01', '1', 1), ('2026-03-01', '2', 0),"
                " ('2026-03-01', '3', 2), ('2026-03-02', '4', -7654321), ('2026-03-02', '4', 1)"
            ).format(name)
        )
    return f"{schema}.things"


def test_a_file_that_keeps_its_contract(verify, file, deployment) -> None:
    """The task succeeds, hands on counts, and the store knows the verdict by the run's partition."""
    ended = verify(path=file(GOOD))

    assert ("success", []) == (ended.state(), ended.lines)
    (verdict,) = ended.verdicts
    assert ("things", "things", "2026-03-01", "check") == (
        verdict.batch.product,
        verdict.batch.dataset,
        verdict.batch.partition,
        verdict.stage,
    )
    assert (3, 3, 0, True) == (verdict.rows, verdict.good, verdict.bad, verdict.passes)
    assert ("things@1.0.0", 3, 0, 1.0) == (
        ended.returned()["contract"],
        ended.returned()["rows"],
        ended.returned()["bad"],
        ended.returned()["quality"]["score"],
    )
    assert [] == [path for path in (deployment / "zones").rglob("*") if path.is_file()]


def test_a_file_that_breaks_its_contract(verify, file) -> None:
    """One line: each rule with what was expected and observed, and the runbook; it isn't tried again."""
    path = file(BAD)

    ended = verify(path=path, retries=3)

    assert "failed" == ended.state()
    assert 1 == len(ended.lines)
    assert ended.lines[0].startswith(
        f"Bad data: {path} (things/2026-03-01, things@1.0.0): 3 of 3 rows (100.00%)"
    )
    assert ended.lines[0].endswith("Runbook: https://example.com/runbooks/things")
    for told in ("amount.minimum: expected rows that break it = 0, observed 2", "id.type: expected"):
        assert told in ended.lines[0]
    assert "7654321" not in ended.lines[0]
    assert {"id.type": "failed", "amount.minimum": "failed", "several": "warning"} == ended.statuses(
        "failed", "warning"
    )
    assert BAD == Path(path).read_text()


def test_a_table_is_judged_by_its_partition(verify, table) -> None:
    """The condition is a template; what it leaves is judged, and nothing becomes of the table."""
    given = {
        "conn_id": "mart_db",
        "table": table,
        "partition_clause": "day = '{{ data_interval_start | ds }}'",
    }

    ended = verify(**given)

    assert ("success", []) == (ended.state(), ended.lines)
    assert (3, True) == (ended.verdicts[0].rows, ended.verdicts[0].passes)


def test_a_table_that_breaks_its_contract(verify, table) -> None:
    """As a file does; the message names the connection, and no value."""
    ended = verify(conn_id="mart_db", table=table)

    assert "failed" == ended.state()
    assert f"Bad data: postgres://mart_db/{table} (things/2026-03-01" in ended.lines[0]
    assert "things.primaryKey: expected rows that break it = 0, observed 2" in ended.lines[0]
    assert "7654321" not in ended.lines[0]


WRITTEN = {
    "things.csv": GOOD.encode(),
    "things.CSV.gz": gzip.compress(GOOD.encode()),
    "things.jsonl": b'{"id": 1, "amount": 1.5}\n{"id": 2}\n{"id": 3, "amount": 0}\n',
    "things.ndjson": b'{"id": 1}\n{"id": 2}\n{"id": 3}\n',
    "part-1.parquet": b"",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_name_of_a_file_tells_its_format(verify, file, name) -> None:
    """CSV, JSON lines and Parquet, packed or not."""
    path = file(WRITTEN[name], name)
    if not WRITTEN[name]:
        pl.DataFrame({"id": [1, 2, 3], "amount": [0.0, 1.0, None]}).write_parquet(path)

    ended = verify(path=path)

    assert ("success", [], 3) == (ended.state(), ended.lines, ended.returned()["rows"])


def test_several_files_are_one(verify, file) -> None:
    """What is unique, is so in all of them."""
    first, _ = file(GOOD, "2026-03-01/a.csv"), file(GOOD, "2026-03-01/b.csv")

    ended = verify(path=f"{Path(first).parents[1]}/{{partition}}/*.csv")

    assert "failed" == ended.state()
    assert {"things.primaryKey": "failed"} == ended.statuses("failed")


def test_a_file_in_object_storage_is_judged(verify, bucket) -> None:
    """It is copied for that, and the copy doesn't stay."""
    from airflow.sdk import ObjectStoragePath

    bucket.put("things.csv", GOOD.encode())
    address = f"{bucket.address}/things.csv"

    for given in (
        {"path": address, "conn_id": bucket.conn_id},
        {"path": ObjectStoragePath(address, conn_id=bucket.conn_id)},
    ):
        ended = verify(**given)
        assert ("success", [], 3) == (ended.state(), ended.lines, ended.returned()["rows"])
        assert address == ended.returned()["quality"]["table"]


def test_bad_rows_of_files_may_be_copied(verify, file, deployment) -> None:
    """With the rules that they broke; the file itself stays, and the task fails all the same."""
    place = deployment / "bad" / "things-2026-03-01.parquet"

    ended = verify(path=file(BAD), quarantine=str(deployment / "bad" / "things-{partition}.parquet"))

    assert "failed" == ended.state()
    assert str(place) == ended.verdicts[0].quarantine
    bad = pl.read_parquet(place)
    assert [(2, ["amount.minimum"]), (3, ["amount.minimum"]), (4, ["id.type"])] == bad.select(
        "dataops_line", "dataops_rules"
    ).rows()
    assert [] == list((deployment / "zones").rglob("*.parquet"))


def test_rows_of_a_table_are_copied_where_tables_are_named(verify, table, postgresql) -> None:
    """In the database, good and bad ones apart; the table itself stays, and the task fails all the same."""
    schema = table.removesuffix(".things")

    ended = verify(
        conn_id="mart_db", table=table, quarantine=f"{schema}.bad {{partition}}", good=f"{schema}.good"
    )

    assert "failed" == ended.state()
    assert f"postgres://mart_db/{schema}.bad 2026-03-01" == ended.verdicts[0].quarantine
    assert (3, 2) == (ended.verdicts[0].good, ended.verdicts[0].bad)
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        good = SQL("SELECT id, amount FROM {} ORDER BY id").format(Identifier(schema, "good"))
        assert [(1, 1), (2, 0), (3, 2)] == connection.execute(good).fetchall()
        bad = SQL("SELECT day, dataops_rules FROM {} ORDER BY amount").format(
            Identifier(schema, "bad 2026-03-01")
        )
        assert [
            ("2026-03-02", ["amount.minimum", "things.primaryKey"]),
            ("2026-03-02", ["things.primaryKey"]),
        ] == connection.execute(bad).fetchall()


def test_rows_that_could_not_be_judged_are_copied_nowhere(
    verify, table, deployment, in_dag, postgresql
) -> None:
    """Nor does a rule about good rows pass: it is not met by who asks for it alone."""
    schema, odd = table.removesuffix(".things"), deployment / "odd.odcs.yaml"
    day = "      - {name: day, logicalType: string, logicalTypeOptions: {pattern: '(?i)^2026'}}\n"
    odd.write_text(CONTRACT.replace("    quality:\n", f"{day}    quality:\n"))

    ended = verify(
        conn_id="mart_db", table=table, contract=str(odd), quarantine=f"{schema}.bad", good=f"{schema}.good"
    )
    gate = in_dag(
        lambda: require_contract(THINGS, rules=["several"], on_fail="fail", task_id="gate", retries=0)
    )

    assert ended.lines[0].startswith("Could not evaluate: ")
    assert "could not evaluate several: rows could not be judged: day.pattern" in ended.lines[0]
    assert {"day.pattern", "several"} == set(ended.statuses("error"))
    (verdict,) = ended.verdicts
    assert (5, 0, 0, "") == (verdict.rows, verdict.good, verdict.bad, verdict.quarantine)
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        there = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        assert [("things",)] == there.fetchall()
    assert "failed" == gate.state("gate")
    assert "several: expected rows > 2, observed rows could not be judged: day.pattern" in gate.lines[0]


CHOICES = {
    ("error", GOOD): "success",
    ("error", "id\n1\n"): "failed",
    ("error", "id,amount\n1,1\n"): "success",
    ("warn", GOOD): "success",
    ("warn", "id,amount\n1,1\n"): "failed",
    ("warn", "id,amount\n"): "failed",
    ("error", "id,amount\n"): "success",
    ("never", BAD): "success",
    ("never", "id\n1\n"): "success",
}


@pytest.mark.parametrize(("choice", "content"), CHOICES)
def test_the_task_says_which_verdicts_fail_it(verify, file, choice, content) -> None:
    """`fail_on` is the task's own: what the store knows of the rows doesn't hang on it."""
    state = CHOICES[choice, content]

    ended = verify(path=file(content), fail_on=choice)

    assert state == ended.state(), ended.lines
    broken = content in {BAD, "id\n1\n"}
    assert [not broken] == [verdict.passes for verdict in ended.verdicts]


def test_a_part_of_the_rules_may_be_judged(verify, file) -> None:
    """The others are skipped, by name."""
    ended = verify(path=file(BAD), dimensions=["completeness"], rules=["id.required", "several"])

    assert ("success", []) == (ended.state(), ended.lines)
    # With no rule that sends rows away, all three are there.
    assert {"id.required": "passed", "several": "passed"} == {
        rule: status
        for rule, status in ended.statuses("passed", "warning", "failed").items()
        if "schema" not in rule
    }
    assert {"id.type", "amount.type", "amount.minimum", "things.primaryKey"} == set(ended.statuses("skipped"))


def test_a_rule_that_can_t_be_evaluated_is_an_error(verify, file, deployment) -> None:
    """It is neither a pass nor bad data, whatever the task fails on."""
    odd = deployment / "odd.odcs.yaml"
    rule = "{id: odd, type: sql, query: 'SELECT nope FROM {object}', mustBe: 0}"
    odd.write_text(CONTRACT + f"      - {rule}\n")

    ended = verify(path=file(GOOD), contract=str(odd), fail_on="never")

    assert "failed" == ended.state()
    assert ended.lines[0].startswith("Could not evaluate: ")
    assert "could not evaluate odd: " in ended.lines[0]
    assert ended.lines[0].endswith("Runbook: https://example.com/runbooks/things")
    assert {"odd": "error"} == ended.statuses("error")


NIGHTLY = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: string}
    quality:
      - {id: nightly, metric: rowCount, mustBeGreaterThan: 2, scheduler: cron, schedule: "0 3 * * *"}
"""


def test_rules_with_a_schedule_are_judged_when_they_are_asked_for(verify, file, deployment) -> None:
    """By name or as all; where they are all there are, a verdict without them would be one on nothing."""
    nightly = deployment / "nightly.odcs.yaml"
    nightly.write_text(NIGHTLY)
    given = {"path": file(GOOD), "contract": str(nightly)}

    assert "not one of the rules is judged" in verify(**given).lines[0]
    assert {"nightly": "passed"} == {
        rule: status
        for rule, status in verify(**given, scheduled=True).statuses("passed").items()
        if rule == "nightly"
    }
    assert "success" == verify(**given, rules=["nightly"]).state()


def test_the_whole_of_a_table_is_known_where_all_of_it_is_judged(verify, table, deployment) -> None:
    """A rule that looks at the whole table is judged then, and skipped where a condition leaves a part."""
    whole = deployment / "whole.odcs.yaml"
    scope = "customProperties: [{property: scope, value: table}]"
    whole.write_text(CONTRACT.replace("mustBeGreaterThan: 2,", f"mustBeGreaterThan: 2, {scope},"))
    given = {"conn_id": "mart_db", "table": table, "contract": str(whole), "fail_on": "never"}

    assert "several" not in verify(**given).statuses("skipped")
    assert "several" in verify(**given, partition_clause="day = '2026-03-01'").statuses("skipped")


def test_the_newest_version_of_a_delta_table_is_judged(verify, deployment) -> None:
    """All of it, as readers see it: no row of an older version, and rules that look at the whole table."""
    table = str(deployment / "lake" / "things")
    whole = deployment / "whole.odcs.yaml"
    scope = "customProperties: [{property: scope, value: table}]"
    nightly = f"{scope}, scheduler: cron, schedule: 0 3 * * *,"
    whole.write_text(CONTRACT.replace("mustBeGreaterThan: 2,", f"mustBeGreaterThan: 2, {nightly}"))
    for day, ids in (("a", [7, 7]), ("a", [1, 2]), ("b", [3])):
        rows = pl.DataFrame({"id": ids, "amount": [1.0] * len(ids), "dataops_partition": [day] * len(ids)})
        options = {"partition_by": ["dataops_partition"], "predicate": f"dataops_partition = '{day}'"}
        rows.write_delta(table, mode="overwrite", delta_write_options=options)

    ended = verify(path=table, format="delta", contract=str(whole), scheduled=True)

    assert ("success", []) == (ended.state(), ended.lines)
    (verdict,) = ended.verdicts
    assert (3, 3, 0) == (verdict.rows, verdict.good, verdict.bad)
    assert "several" in ended.statuses("passed")


def test_a_delta_table_by_any_column_is_judged(verify, deployment) -> None:
    """With the values of its paths, and its bad rows may be copied as those of files are."""
    table, place = str(deployment / "lake" / "things"), str(deployment / "bad.parquet")
    for ids, amounts in (([1, 2], [1.0, 1.0]), ([3], [-7654321.0])):
        rows = pl.DataFrame({"id": ids, "amount": amounts})
        rows.write_delta(table, mode="append", delta_write_options={"partition_by": ["amount"]})

    ended = verify(path=table, format="delta", quarantine=place)

    assert "failed" == ended.state()
    assert f"Bad data: {table} (things/2026-03-01, things@1.0.0): 1 of 3 rows" in ended.lines[0]
    assert "7654321" not in ended.lines[0]
    bad = pl.read_parquet(place)
    assert [(table, ["amount.minimum"], "3")] == bad.select("dataops_file", "dataops_rules", "id").rows()


def test_a_delta_table_in_object_storage_is_judged(verify, bucket) -> None:
    """By the connection of the task."""
    from airflow_dataops.bridge.delta_storage import storage_of

    address, options = f"{bucket.address}/things", storage_of(bucket.conn_id)
    rows = pl.DataFrame({"id": [1, 2, 3], "amount": [1.0, 2.0, 3.0]})
    rows.write_delta(address, storage_options=options | {"conditional_put": "etag"})

    ended = verify(path=address, format="delta", conn_id=bucket.conn_id)

    assert ("success", [], 3) == (ended.state(), ended.lines, ended.returned()["rows"])
    assert address == ended.returned()["quality"]["table"]


NO_SERVER = "connection `down`: connecting failed: no server answers (OperationalError). Check the "

REFUSED = {
    "a missing file": (
        {"path": "files/none.csv"},
        "Bad data: ",
        "): drop.missing: expected a file with rows, observed none; new: drop.missing. Have it ",
    ),
    "a missing Delta table": (
        {"path": "nowhere", "format": "delta"},
        "Bad data: ",
        "/nowhere (things/2026-03-01, things@1.0.0): drop.missing: expected a file with rows, observed ",
    ),
    "a Delta table without its format": (
        {"path": "by_day"},
        "",
        '/by_day: this is a Delta table, which isn\'t judged as files. Set format="delta".',
    ),
    "a Delta table as Parquet": ({"path": "by_d*", "format": "parquet"}, "Bad data: ", "drop.missing"),
    "a missing folder": ({"path": "nowhere/none.csv"}, "", "/nowhere: there is no such folder"),
    "a file of no known name": ({"path": "files/things"}, "", "the name of the file doesn't tell its format"),
    "a format that is none": (
        {"path": "files/things.csv", "format": "xml"},
        "",
        "`format` can't be `xml`. Use one of csv, jsonl, parquet, delta",
    ),
    "a folder that is no Delta table": (
        {"path": "files", "format": "delta"},
        "",
        "/files: this is no Delta table",
    ),
    "a Delta table that lacks a column": (
        {"path": "by_day", "format": "delta"},
        "Bad data: ",
        "schema.missing: expected every column",
    ),
    "a Delta table in another storage": (
        {"path": "gs://bucket/things", "format": "delta", "conn_id": "fs"},
        "",
        "is read through a connection of the type `aws`; `fs` is of `fs`",
    ),
    "a Delta table without a connection": (
        {"path": "s3://bucket/things", "format": "delta", "conn_id": "nowhere"},
        "",
        "there is no connection `nowhere`",
    ),
    "an empty file": ({"path": "files/empty.csv"}, "Bad data: ", "the file is empty: it has no header"),
    "a file of another format": (
        {"path": "files/binary.csv"},
        "Bad data: ",
        "schema.header: expected a header",
    ),
    "a Parquet file that is none": (
        {"path": "files/binary.parquet"},
        "Bad data: ",
        "the file is no Parquet file",
    ),
    "a column that is missing": (
        {"path": "files/short.csv"},
        "Bad data: ",
        "schema.missing: expected every column",
    ),
    "a missing contract": (
        {"path": "files/things.csv", "contract": "none.odcs.yaml"},
        "",
        "none.odcs.yaml: ",
    ),
    "a contract that is wrong": (
        {"path": "files/things.csv", "contract": "wrong.odcs.yaml"},
        "",
        "wrong.odcs.yaml:1:1",
    ),
    "a dataset that isn't there": (
        {"path": "files/things.csv", "dataset": "orders"},
        "",
        "the contract things@1.0.0 has no dataset `orders`. It has: things.",
    ),
    "a rule that isn't there": (
        {"path": "files/things.csv", "rules": ["id.requird"]},
        "",
        "the contract has no rule `id.requird`. Did you mean `id.required`?",
    ),
    "a dimension that isn't there": (
        {"path": "files/things.csv", "dimensions": ["beauty"]},
        "",
        "the contract has no dimension `beauty`. It has: completeness, conformity, uniqueness.",
    ),
    "no rule left": (
        {"path": "files/things.csv", "dimensions": ["uniqueness"], "rules": ["id.required"]},
        "",
        "no rule is of the rules and dimensions",
    ),
    "a word that is none": (
        {"path": "files/things.csv", "fail_on": "always"},
        "",
        "`fail_on` can't be `always`",
    ),
    "neither table nor file": ({}, "", "Set one of `table` and `path`"),
    "both": (
        {"path": "files/things.csv", "table": "a.b", "conn_id": "mart_db"},
        "",
        "Set one of `table` and `path`",
    ),
    "a table without a connection": ({"table": "a.b"}, "", "Set `conn_id`"),
    "a condition of a file": ({"path": "files/things.csv", "partition_clause": "1=1"}, "", "not of files"),
    "a quarantine of a table that is the table": (
        {"table": "{table}", "conn_id": "mart_db", "quarantine": "{table}"},
        "",
        "is named twice",
    ),
    "a quarantine of a table that is a path": (
        {"table": "{table}", "conn_id": "mart_db", "quarantine": "files/bad.2026.parquet"},
        "",
        "`files/bad.2026.parquet` is no table",
    ),
    "good rows of a table alone": (
        {"table": "a.b", "conn_id": "mart_db", "good": "a.c"},
        "",
        "nothing says where the bad ones go",
    ),
    "good rows of files": (
        {"path": "files/things.csv", "good": "a.c", "quarantine": "bad.parquet"},
        "",
        "good rows of files are not written",
    ),
    "a wrong connection": ({"table": "a.b", "conn_id": "nowhere"}, "", "there is no connection `nowhere`"),
    "a connection of another type": ({"table": "a.b", "conn_id": "fs"}, "", "is of the type `fs`"),
    "a database that is down": ({"table": "a.b", "conn_id": "down"}, "Broken world: ", NO_SERVER),
    "a login that is refused": (
        {"table": "a.b", "conn_id": "stranger"},
        "connection `stranger`: connecting failed: the server refuses the login (OperationalError). Check ",
        "user and password",
    ),
    "a database that isn't there": (
        {"table": "a.b", "conn_id": "elsewhere"},
        "connection `elsewhere`: connecting failed: the server has no such database (OperationalError). ",
        "Check the database",
    ),
    "a missing table": (
        {"table": "a.b", "conn_id": "mart_db"},
        "Bad data: ",
        "observed there is no table `a.b` (connection `mart_db`); new: schema.header. Check the name",
    ),
    "a condition that is none": (
        {"table": "{table}", "conn_id": "mart_db", "partition_clause": "day ="},
        "Could not evaluate: ",
        "it is no condition of SQL",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line(case, verify, file, table, deployment, monkeypatch) -> None:
    """It says what, where and what to do next; what is no verdict on the rows is not recorded as one."""
    given, start, told = REFUSED[case]
    for name, content in {
        "things.csv": GOOD.encode(),
        "things": GOOD.encode(),
        "empty.csv": b"",
        "binary.csv": b"\x89PNG\r\n\x1a\n\0\0\0",
        "binary.parquet": b"\x89PNG\r\n\x1a\n\0\0\0",
        "short.csv": b"id\n1\n",
    }.items():
        file(content, name)
    (deployment / "wrong.odcs.yaml").write_text("nothing: here\n")
    by_day = pl.DataFrame({"id": [1], "day": ["monday"]})
    by_day.write_delta(deployment / "by_day", delta_write_options={"partition_by": ["day"]})
    monkeypatch.setenv("AIRFLOW_CONN_FS", json.dumps({"conn_type": "fs"}))
    monkeypatch.setenv("AIRFLOW_CONN_DOWN", "postgres://nobody:geheim@127.0.0.1:1/nothing")
    mart = os.environ["AIRFLOW_CONN_MART_DB"]
    monkeypatch.setenv("AIRFLOW_CONN_ELSEWHERE", f"{mart.rpartition('/')[0]}/geheim_base")
    server = mart.rpartition("@")[2]
    monkeypatch.setenv("AIRFLOW_CONN_STRANGER", f"postgres://geheim_user:geheim@{server}")
    tables = {"table", "quarantine"}
    given = {key: value.format(table=table) if key in tables else value for key, value in given.items()}
    for key in {"path", "contract"} & set(given):
        given[key] = given[key] if "://" in given[key] else str(deployment / given[key])

    ended = verify(**given)

    assert "failed" == ended.state()
    assert 1 == len(ended.lines), ended.lines
    assert "a contract that is wrong" == case or "\n" not in ended.lines[0]
    assert ended.lines[0].startswith(start)
    assert told in ended.lines[0]
    assert "geheim" not in ended.lines[0]
    assert (start == "Bad data: ") == bool(ended.verdicts)


def test_a_broken_world_is_tried_again(verify, monkeypatch) -> None:
    """As often as the task's retries say; nothing else is."""
    monkeypatch.setenv("AIRFLOW_CONN_DOWN", "postgres://nobody@127.0.0.1:1/nothing")

    ended = verify(table="a.b", conn_id="down", retries=1, retry_delay=timedelta(milliseconds=1))

    assert ("failed", 2) == (ended.state(), len(ended.lines))


def test_a_file_that_changes_meanwhile_is_no_verdict(verify, file, monkeypatch) -> None:
    """It is tried again."""
    from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

    path, scan = file(GOOD), DuckEngine.scan

    def meanwhile(self, *args, **more):
        found = scan(self, *args, **more)
        Path(path).write_text(BAD)
        return found

    monkeypatch.setattr(DuckEngine, "scan", meanwhile)

    ended = verify(path=path)

    assert ("failed", ()) == (ended.state(), ended.verdicts)
    assert "Broken world: " in ended.lines[0]
    assert "the file changed while it was judged" in ended.lines[0]


def test_an_undated_run_is_a_partition_of_its_own(verify, file) -> None:
    """A run of a DAG without a schedule has no interval; its id stands for it."""
    ended = verify(path=file(GOOD), runs={"daily": False, "logical_date": None})

    assert [ended.run.run_id] == [verdict.batch.partition for verdict in ended.verdicts]


def test_a_verdict_on_the_same_partition_replaces_it(verify, file) -> None:
    """A re-run of 1 March replaces 1 March."""
    verify(path=file(BAD))
    ended = verify(path=file(GOOD))

    assert [True] == [verdict.passes for verdict in ended.verdicts]


def test_relative_paths_begin_at_the_dag_file(verify, file, contract) -> None:
    """Wherever the worker runs."""
    file(GOOD)
    here = Path(__file__).parent
    up = "/".join([".."] * (len(here.parts) - 1))

    ended = verify(path=f"{up}{Path(contract).parent}/files/things.csv", contract=f"{up}{contract}")

    assert ("success", []) == (ended.state(), ended.lines)


def test_the_outlet_s_event_has_the_verdict(verify, file) -> None:
    """The keys that Airflow's common.dataquality provider reads stand beside ours, also of rows that fail."""
    from airflow.models.asset import AssetEvent
    from airflow.sdk import Asset
    from airflow.utils.session import create_session
    from sqlalchemy import select

    asset = Asset("things_of_bad_name", uri="dataops://tests/things_of_bad_name")

    ended = verify(path=file(BAD), fail_on="never", outlets=[asset])

    assert ["things_of_bad_name"] == [verdict.batch.product for verdict in ended.verdicts]
    with create_session() as session:
        events = session.scalars(select(AssetEvent).where(AssetEvent.source_run_id == ended.run.run_id)).all()
        (extra,) = [event.extra for event in events if event.source_dag_id == ended.run.dag_id]
    assert {"partition": "2026-03-01", "contract": "things@1.0.0", "rows": 3, "good": 0, "bad": 3} == {
        key: value for key, value in extra["dataops"].items() if key != "quarantine"
    }
    result = extra[QUALITY_RESULT]
    assert (["amount.minimum", "id.type"], ["several"]) == (
        sorted(result["failed_rules"]),
        result["warned_rules"],
    )
    # Seven rules: two are broken, one warns.
    assert (2, 1, 3) == (result["failed"], result["warned"], result["passed"])


def test_lineage_names_the_rows_and_the_verdicts(contract, file, deployment) -> None:
    """The file is an input with its assertions, also where the task fails."""
    from airflow.sdk import DAG

    with DAG(dag_id="lineage_of_a_file", schedule=None):
        task = VerifyContractOperator(task_id="verify", contract=contract, path=file(BAD), fail_on="never")
    context = {
        "dag_run": SimpleNamespace(
            run_id="r", dag_id="d", partition_key="p", data_interval_start=None, data_interval_end=None
        ),
        "ti": SimpleNamespace(dag_id="d", run_id="r", task_id="verify", map_index=-1, try_number=1),
        "outlet_events": {},
    }

    task.execute(context)

    (read,) = task.get_openlineage_facets_on_complete(None).inputs
    assert ("file", str(deployment / "files" / "things.csv")) == (read.namespace, read.name)
    broken = {
        one.assertion for one in read.inputFacets["dataQualityAssertions"].assertions if not one.success
    }
    assert {"id.type", "amount.minimum", "several"} == broken
    assert 3 == read.inputFacets["dataQualityMetrics"].rowCount


RIDES = """\
apiVersion: v3.1.0
kind: DataContract
id: rides
version: 1.0.0
status: active
schema:
  - name: rides
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: thing, logicalType: integer, relationships: [{to: things.id}]}
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
"""


@pytest.fixture
def rides(verify, deployment, file):
    """Judge two rides, of which one is of a thing that isn't there."""
    (deployment / "rides.odcs.yaml").write_text(RIDES)
    place = file("id,thing\n1,1\n2,9\n", "rides.csv")

    def run(**given):
        return verify(**{"contract": str(deployment / "rides.odcs.yaml"), "path": place} | given)

    return run


@pytest.mark.parametrize("form", ["address", "mapping", "list"])
def test_another_table_is_named_as_in_a_pipeline_file(rides, table, form) -> None:
    """Or by its address: all come to the same verdict."""
    keys = {"conn_id": "mart_db", "table": table}
    lookups = {
        "address": {"things": f"postgres://mart_db/{table}"},
        "mapping": {"things": keys},
        "list": [{"dataset": "things", **keys}],
    }[form]

    ended = rides(dataset="rides", lookups=lookups)

    assert ("failed", {"thing.relationships": "failed"}) == (ended.state(), ended.statuses("failed"))


def test_a_table_at_which_no_rule_looks_is_a_typo(rides) -> None:
    """The rule that needs it would be skipped in silence."""
    ended = rides(dataset="rides", lookups={"thing": "things"})

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert (
        "rides@1.0.0: no rule looks at a dataset `thing`, which `lookups` names. Did you mean `things`?"
    ) == ended.lines[0]


def test_a_table_that_is_nowhere_is_no_wrong_rule(rides) -> None:
    """The advice is where to get it."""
    ended = rides(dataset="rides", lookups={"things": "nowhere"})

    assert "Run the product that publishes it first, or name its table with `lookups`" in ended.lines[0]
    assert "Mend the rule" not in ended.lines[0]


def test_one_of_several_datasets_has_to_be_named(rides) -> None:
    """The line says with what, and which there are."""
    ended = rides()

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert ended.lines[0].endswith(
        "the contract rides@1.0.0 has several datasets, and nothing says which one is meant. "
        "Name one with `dataset=`: rides, things."
    )


def test_messages_name_the_files_of_the_partition(verify, file) -> None:
    """As they were looked for: whoever reads the line can open them."""
    place = file(BAD, "things-2026-03-01.csv")

    ended = verify(path=place.replace("2026-03-01", "{partition}"))
    gone = verify(path=place.replace("2026-03-01", "{partition}-x"))

    assert ended.lines[0].startswith(f"Bad data: {place} (")
    assert gone.lines[0].startswith(f"Bad data: {place.replace('2026-03-01', '2026-03-01-x')} (")


def test_the_summary_names_them_too(verify, file) -> None:
    """Its `table` is where the rows are."""
    place = file(GOOD, "things-2026-03-01.csv")

    assert place == verify(path=place.replace("2026-03-01", "{partition}")).returned()["quality"]["table"]


def test_rules_that_nobody_asked_for_are_one_line(verify, file, monkeypatch) -> None:
    """A contract may have hundreds of them."""
    told = []
    monkeypatch.setattr(VerifyContractOperator, "say", lambda _, __, ___, what: told.append(what))

    assert "success" == verify(path=file(GOOD), rules=["id.required"]).state()

    left = len(verify(path=file(GOOD), rules=["id.required"]).statuses("skipped"))
    assert [f"{left} rules were not asked for, and are skipped"] == [
        line for line in told[: len(told) // 2] if "asked for" in line
    ]


def test_a_table_that_is_missing_is_no_wrong_header(verify, table) -> None:
    """What is expected is the table."""
    line = verify(conn_id="mart_db", table=table.replace("things", "nope")).lines[0]

    assert "schema.header: expected a table, observed there is no table `" in line
