from __future__ import annotations

import json

import pytest

from airflow_dataops.cli.contract.commands import RENDERED
from airflow_dataops.cli.main import main

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true, unique: true}
      - {name: "a [b]", logicalType: number, logicalTypeOptions: {minimum: 0}}
    quality:
      - {id: odd, type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE id % 2 = 1', unit: rows, mustBe: 0}
      - {id: enough, metric: rowCount, mustBeGreaterThan: 3}
      - {id: highest, type: sql, query: 'SELECT max(id) FROM {object}', mustBeLessThan: 9}
      - {id: lowest, type: sql, query: 'SELECT min(id) FROM {object}', mustBeGreaterThan: 0}
  - name: items
    properties:
      - {name: order, logicalType: integer}
    quality:
      - {type: custom, engine: pandera, implementation: 'rules:Model', id: ours}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a contract of two datasets, in which the program is started."""
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def planned(*words: str, contract: str = "shop.odcs.yaml") -> int:
    """Run the command."""
    return main(["contract", "explain", contract, "--plan", *words])


@pytest.mark.usefixtures("here")
def test_the_plan_is_a_tree_of_what_is_asked_together(capsys):
    """For rows with types, and for rows of text; one tree where it is the same for both."""
    assert planned() == 0
    text = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())
    assert text == TREE


TREE = """\
shop@1.0.0 · orders · 10 checks in DuckDB

rows that have types (Parquet, frames): judged where they lie, none is kept but those that break a rule
├── 1 find the keys that are there more than once: one grouping for each set of columns  once
│   └── `id`  id.unique, orders.primaryKey
├── 2 one pass over the rows where they lie: a cheap question to all, every rule to few  once
│   └── `id`                   id.required, id.type
│       `a [b]`                a [b].type, a [b].minimum
│       SQL about single rows  odd
├── 3 row counts: no query, the pass has counted  free
│   └── enough
└── 4 ask the good rows: one query for all these rules, which are aggregates  once
    └── highest, lowest

rows of text (CSV, JSON lines): judged once and kept
├── 1 one pass over the rows: each value is read once, each row is marked and kept  once
│   └── `id`     id.required, id.type
│       `a [b]`  a [b].type, a [b].minimum
├── 2 find the keys that are there more than once: one grouping for each set of columns  once
│   └── `id`  id.unique, orders.primaryKey
├── 3 find the rows that SQL counts: one query for each rule  once
│   └── odd
├── 4 row counts: no query, the pass has counted  free
│   └── enough
└── 5 ask the good rows: one query for all these rules, which are aggregates  once
    └── highest, lowest

shop@1.0.0 · items · 2 checks in DuckDB

files of any format: judged once and kept, for `ours`
├── 1 one pass over the rows: each value is read once, each row is marked and kept  once
│   └── `order`  order.type
└── 2 show all rows to other tools, which judge them by these rules  once
    └── ours  pandera rules:Model
"""


def test_the_plan_for_programs_is_one_json_document(here, capsys):
    """With the same steps; how often each asks is a number."""
    assert planned("--output-format", "json", "--dataset", "items", "--dialect", "postgres") == 0
    document = json.loads(capsys.readouterr().out)
    assert ("shop@1.0.0", "postgres", ["items"]) == (
        document["contract"],
        document["dialect"],
        [one["dataset"] for one in document["datasets"]],
    )
    typed, texts = document["datasets"][0]["plans"]
    assert (True, True, ["ours"], []) == (typed["typed"], typed["kept"], typed["because"], texts["because"])
    assert (
        ["keep", "unable"]
        == [step["step"] for step in typed["steps"]]
        == [step["step"] for step in texts["steps"]]
    )
    assert [1, 0] == [step["asks"] for step in typed["steps"]]
    assert [
        {"checks": ["order.type"], "columns": ["order"], "of": None},
        {"checks": ["ours"], "columns": [], "of": "pandera rules:Model"},
    ] == [part for step in typed["steps"] for part in step["parts"]]
    assert not (here / "rules.py").exists()


REFUSED = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: code, logicalType: string, logicalTypeOptions: {pattern: "(?i)^r-00[1-5]$"}}
    quality:
      - {id: enough, metric: rowCount, mustBeGreaterThan: 10}
"""
PLAN_OF_REFUSED = """\
shop@1.0.0 · orders · 2 checks in PostgreSQL

a table that has the contract's types: judged where they lie, none is kept but those that break a rule
├── 1 one pass over the rows where they lie: a cheap question to all, every rule to few  once
└── 2 not evaluated, each for its reason  free
    └── code.pattern  the pattern uses `(?`, which PostgreSQL reads otherwise than RE2
        enough        rows could not be judged: code.pattern
"""


def test_the_plan_says_what_the_database_refuses(capsys, here):
    """In the words of the run; where no row is known to be good, nothing is asked of the good ones."""
    (here / "refused.odcs.yaml").write_text(REFUSED)

    assert planned("--dialect", "postgres", contract="refused.odcs.yaml") == 0

    text = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())
    assert text.startswith(PLAN_OF_REFUSED)
    assert planned(contract="refused.odcs.yaml") == 0
    assert "not evaluated" not in capsys.readouterr().out


PLAN_OF_ONE_SELECT = """\
shop@1.0.0 · orders · 10 checks in {title}

tables of any types: judged where they lie, and never kept
├── 1 one SELECT over the rows: each is judged and counted in it, and none is kept  once
│   └── `id`                   id.required, id.type
│       `a [b]`                a [b].type, a [b].minimum
│       SQL about single rows  odd
│       `id`                   id.unique, orders.primaryKey
├── 2 row counts: no query, the pass has counted  free
"""


@pytest.mark.parametrize(("dialect", "title"), [("sqlite", "SQLite"), ("mysql", "MariaDB")])
@pytest.mark.usefixtures("here")
def test_where_nothing_is_kept_the_plan_is_one_select(capsys, dialect, title):
    """And what is asked of the good rows; each time all is judged anew."""
    assert planned("--dialect", dialect) == 0

    text = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())
    assert text.startswith(PLAN_OF_ONE_SELECT.format(title=title))


@pytest.mark.parametrize("dialect", RENDERED)
@pytest.mark.usefixtures("here")
def test_what_is_rendered_and_not_run_has_no_plan(capsys, dialect):
    """Nothing judges rows there."""
    assert planned("--dialect", dialect) == 3
    told = capsys.readouterr()
    assert ("", 1) == (told.out, told.err.count("\n"))
    assert "has no plan: it is rendered, not run. Use one of duckdb, postgres, mysql, sqlite." in told.err


@pytest.mark.usefixtures("here")
def test_a_narrow_terminal_cuts_nothing(monkeypatch, capsys):
    """What is longer than a line goes on in the next."""
    monkeypatch.setenv("COLUMNS", "40")
    assert planned() == 0
    text = capsys.readouterr().out
    assert "…" not in text
    assert 40 >= max(len(line) for line in text.splitlines() if not line.startswith("shop@"))
    for rule in ("orders.primaryKey", "highest", "enough"):
        assert rule in text
    assert planned("--dataset", "nothing") == 2
    assert "there is no dataset `nothing`" in capsys.readouterr().err
