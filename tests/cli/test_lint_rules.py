from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: a
version: 1.0.0
status: active
schema:
  - name: a
    properties:
      - {name: city, logicalType: string, required: true}
      - {name: weight, logicalType: number}
      - {name: price, logicalType: number, physicalType: "numeric(9,2)"}
    quality:
      - {id: usual, type: sql, unit: rows, mustBe: 0,
         query: "SELECT COUNT(*) FROM {object} WHERE city <> (SELECT mode(city) FROM {object})"}
      - {id: odd, type: sql, mustBe: 0, query: "SELECT soundex(max(city)) FROM {object}"}
      - {id: fine, type: sql, mustBe: 0, query: "SELECT count(*) FROM {object} WHERE city < 'a'"}
      - {id: whole, type: sql, mustBe: 1, query: "SELECT sum(weight) FROM {object}"}
      - {id: range, type: sql, mustBeGreaterThan: 1, query: "SELECT sum(weight) FROM {object}"}
      - {id: exact, type: sql, mustBe: 1, query: "SELECT sum(price) FROM {object}"}
      - {metric: rowCount, mustBeGreaterThan: 0}
"""

WAREHOUSE = """\
template: batch@1
source: {table: shop.a, conn_id: shop_db, delivery: snapshot}
target: {type: postgres, conn_id: shop_db, table: mart.a}
"""

FILES = "template: batch@1\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"

SUM = (
    "a.odcs.yaml:17:9: warning: the rule `whole` compares a sum of doubles exactly: its last digits hang on"
    " the order in which they are added up. Write `physicalType: numeric(p,s)` for `weight`, or ask for a"
    " range."
)
MODE = (
    "a.odcs.yaml:13:9: warning: the rule `usual` will not be evaluated where the rows lie: `mode(a)` does not"
    " mean the same in PostgreSQL: of values that are as frequent each database takes another."
)
FURTHER = (
    "a.odcs.yaml:13:9: warning: the rule `usual` will not be evaluated where the rows lie: in MariaDB a rule"
    " that names rows looks at the row alone, and this one looks further."
)
SOUNDEX = (
    "a.odcs.yaml:15:9: warning: the rule `odd` will not be evaluated where the rows lie: nothing says that"
    " `soundex` means the same in PostgreSQL."
)


@pytest.mark.parametrize(
    ("pipeline", "expected"),
    [(FILES, [SUM]), (WAREHOUSE, [SUM, MODE, SOUNDEX]), ("", [SUM])],
    ids=["files", "a database", "a contract alone"],
)
def test_lint_warns_of_rules_that_mean_something_else(
    pipeline: str,
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At its place, with the database, where the rows lie in one; of sums of doubles everywhere."""
    (tmp_path / "a.odcs.yaml").write_text(CONTRACT)
    if pipeline:
        (tmp_path / "a.dag.yaml").write_text(pipeline + "name: a\n")
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "."]) == 2

    *lines, _ = capsys.readouterr().out.splitlines()
    assert sorted(expected) == sorted(lines)


SERVERS = {
    "mysql": ("port: 3306, database: shop", "MariaDB", [FURTHER]),
    "postgres": ("port: 5432, database: shop, schema: public", "PostgreSQL", [MODE]),
    "postgresql": ("port: 5432, database: shop, schema: public", "PostgreSQL", [MODE]),
}


@pytest.mark.parametrize("server", SERVERS)
def test_lint_warns_by_the_servers_of_a_contract(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table there is judged where it lies, and nothing else says of a contract alone where that is."""
    keys, title, more = SERVERS[server]
    written = f"servers:\n  - {{server: shop, type: {server}, host: db, {keys}}}\n"
    (tmp_path / "a.odcs.yaml").write_text(CONTRACT + written)
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "."]) == 2

    *lines, _ = capsys.readouterr().out.splitlines()
    expected = [SUM, SOUNDEX.replace("PostgreSQL", title), *more]
    assert sorted(expected) == sorted(lines)


PATTERNS = """\
apiVersion: v3.1.0
kind: DataContract
id: a
version: 1.0.0
status: active
schema:
  - name: a
    properties:
      - {name: code, logicalType: string, logicalTypeOptions: {pattern: '(?i)^r'}}
      - {name: word, logicalType: string, logicalTypeOptions: {pattern: '\\bx'}}
      - {name: plain, logicalType: string, logicalTypeOptions: {pattern: '^x$'}}
      - {name: tags, logicalType: array, items: {logicalType: string, logicalTypeOptions: {pattern: '\\bx'}}}
    quality:
      - {id: mixed, type: sql, unit: rows, mustBe: 0, query: "SELECT COUNT(*) FROM {object} WHERE code > 5"}
      - {id: theirs, type: custom, engine: pandera, implementation: 'rules:Model'}
"""
MIXED = (
    "`a > b` does not mean the same in PostgreSQL: integer and text are mixed, which each database converts"
    " in its own way: write a CAST"
)
REFUSED = {
    "code.pattern": "the pattern uses `(?`, which PostgreSQL reads otherwise than RE2",
    "word.pattern": r"the pattern uses `\b`, which PostgreSQL reads otherwise than RE2",
    "tags[].pattern": r"the pattern uses `\b`, which PostgreSQL reads otherwise than RE2",
    "mixed": MIXED,
    "theirs": "the rules of pandera can't run where rows stay in the database: write them as SQL rules",
}


@pytest.mark.parametrize("product", [True, False], ids=["a product", "a server"])
def test_lint_warns_of_all_that_a_database_refuses(
    product: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not of SQL alone: patterns that it reads otherwise, and rules that need the rows in Python."""
    server = "servers:\n  - {server: s, type: postgres, host: db, port: 1, database: d, schema: s}\n"
    (tmp_path / "a.odcs.yaml").write_text(PATTERNS + ("" if product else server))
    if product:
        (tmp_path / "a.dag.yaml").write_text(WAREHOUSE + "name: a\n")
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "."]) == 2

    *lines, _ = capsys.readouterr().out.splitlines()
    expected = [f"{rule}` will not be evaluated where the rows lie: {why}." for rule, why in REFUSED.items()]
    assert sorted(expected) == sorted(line.partition("the rule `")[2] for line in lines)


@pytest.mark.parametrize(
    ("dialect", "title", "less", "usual"),
    [
        (
            "postgres",
            "PostgreSQL",
            'COLLATE \\"C\\" < ',
            "`mode(a)` does not mean the same in PostgreSQL",
        ),
        (
            "mysql",
            "MariaDB",
            "COLLATE utf8mb4_nopad_bin < ",
            "in MariaDB a rule that names rows looks",
        ),
        ("sqlite", "SQLite", "COLLATE BINARY < ", "in SQLite a rule that names rows looks"),
    ],
)
def test_explain_says_why_a_rule_is_no_query_there(
    dialect: str, title: str, less: str, usual: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A contract alone is asked for one database, and says which of its rules that would refuse."""
    file = tmp_path / "a.odcs.yaml"
    file.write_text(CONTRACT)

    assert main(["contract", "explain", str(file), "--dialect", dialect, "--output-format", "json"]) == 0

    told = capsys.readouterr().out
    assert usual in told
    assert f"nothing says that `soundex` means the same in {title}" in told
    assert less in told
