from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.cli.contract.commands import RENDERED, RUN
from airflow_dataops.cli.main import main
from airflow_dataops.engines.sql.queries import TITLES
from airflow_dataops.engines.sql.rendered.databases import RENDERED as DATABASES

SAMPLE = Path(__file__).parents[3] / "dag_templates" / "batch" / "orders" / "orders_landing.odcs.yaml"
PUBLISHED = SAMPLE.with_name("orders.odcs.yaml")

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, primaryKey: true}
    quality:
      - {type: custom, engine: soda, implementation: 'x: 1'}
      - {type: custom, engine: pandera, implementation: 'rules:Model'}
      - {metric: rowCount, mustBeGreaterThan: 3, severity: warning, name: Enough,
         description: '[Fewer] than four were never sent.'}
  - name: items
    properties:
      - {name: order, logicalType: integer, required: true}
slaProperties:
  - {property: happiness, value: 3}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a contract of two datasets, in which the program is started."""
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def squeezed(text: str) -> str:
    """Return a text without the blanks that fill its lines."""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


@pytest.mark.usefixtures("here")
def test_explain_says_every_check_and_what_nothing_checks(capsys):
    """Each check has its words, what becomes of rows, and its SQL or why there is none."""
    assert main(["contract", "explain", "shop.odcs.yaml"]) == 0
    text = capsys.readouterr().out
    assert "shop@1.0.0 · orders · 5 checks" in text
    assert "shop@1.0.0 · items · 3 checks" in text
    assert (
        "id.required  `id` has a value\n"
        "    → rows that break it go to quarantine\n"
        "    SELECT\n"
        "      COUNT(*)\n"
        '    FROM "orders"\n'
        "    WHERE\n"
        '      "id" IS NULL\n'
    ) in text
    assert "    Enough: [Fewer] than four were never sent.\n    → a warning, nothing stops\n" in squeezed(
        text
    )
    assert "    no SQL: pandera judges the rows: there is no SQL\n" in text
    last = text[text.index("Promised, and not enforced\n") :]
    assert "shop.odcs.yaml:11:9: a custom rule of `soda` is not enforced yet." in last
    assert 1 == text.count("happiness")  # once: it is no indicator that anything could judge
    assert "judged by nothing yet" not in text


@pytest.mark.usefixtures("here")
def test_explain_as_json_holds_the_same(capsys):
    """Programs get every check with all that is known of it, of the datasets that are asked for."""
    assert (
        main(["contract", "explain", "shop.odcs.yaml", "--dataset", "items", "--output-format", "json"]) == 0
    )
    document = json.loads(capsys.readouterr().out)
    (dataset,) = document["datasets"]
    assert dataset["dataset"] == "items"
    assert ["schema.missing", "order.required", "order.type"] == [one["rule"] for one in dataset["checks"]]
    assert {
        "rule": "order.required",
        "words": "`order` has a value",
        "consequence": "rows that break it go to quarantine",
        "severity": "error",
        "description": None,
        "dimension": "completeness",
        "sql": 'SELECT\n  COUNT(*)\nFROM "items"\nWHERE\n  "order" IS NULL',
        "reason": None,
        "place": "shop.odcs.yaml:17:9",
    } == dataset["checks"][1]
    assert [11, 19] == [one["line"] for one in document["not_enforced"]]


def test_explain_writes_postgres(capsys):
    """Another dialect has its own words for the same rule."""
    assert main(["contract", "explain", str(SAMPLE), "--dialect", "postgres"]) == 0
    assert """NOT "country" ~ '^[A-Z]{2}$'""" in capsys.readouterr().out


@pytest.mark.parametrize("dialect", RENDERED)
def test_explain_says_what_is_rendered_and_not_run(dialect, capsys):
    """Another database's words stand below a line that says that they were never tried there."""
    command = ["contract", "explain", str(SAMPLE), "--dialect", dialect]
    assert main(command) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert f"SQL of {DATABASES[dialect].title}, over a table" in text
    assert "Rendered, not run" in text
    assert main([*command, "--output-format", "json"]) == 0
    (dataset, *_) = json.loads(capsys.readouterr().out)["datasets"]
    assert "Rendered, not run" in dataset["over"]
    assert any(one["sql"] for one in dataset["checks"])


def test_explain_says_why_a_database_can_not_say_it(capsys):
    """The reason stands where the SQL would."""
    assert main(["contract", "explain", str(SAMPLE), "--dialect", "sqlserver"]) == 0
    assert "SQL Server has no regular expressions before 2025" in " ".join(capsys.readouterr().out.split())


def test_help_lists_what_is_rendered_only(capsys):
    """The dialects of the command line are those that there are, and help tells them apart."""
    assert RENDERED == tuple(DATABASES)
    assert (*RUN, *RENDERED) == tuple(TITLES)
    for verb in ("explain", "export"):
        with pytest.raises(SystemExit):
            main(["contract", verb, "--help"])
        assert f"Rendered, not run: {', '.join(RENDERED)}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["none.odcs.yaml"], "none.odcs.yaml: can't be read: No such file or directory\n"),
        (["old.odcs.yaml"], "old.odcs.yaml:1:13: `apiVersion` must be `v3.0.0`, `v3.0.1`,"),
        (["shop.odcs.yaml", "--dataset", "item"], "there is no dataset `item`. Did you mean `items`?\n"),
    ],
)
def test_explain_refuses_in_one_line(words, expected, here, capsys):
    """What can't be explained is a line on stderr with its place, and exit code 3; 2 of a wrong call."""
    (here / "old.odcs.yaml").write_text(CONTRACT.replace("v3.1.0", "v2.2.2"))
    assert main(["contract", "explain", *words]) == (2 if "--dataset" in words else 3)
    told = capsys.readouterr()
    assert told.out == ""
    assert expected in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("width", [80, 140])
def test_explain_cuts_nothing(width, monkeypatch, capsys):
    """Whatever the width, every query is there as it is, to be copied."""
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["contract", "explain", str(SAMPLE)]) == 0
    text = capsys.readouterr().out
    assert "…" not in text
    assert main(["contract", "explain", str(SAMPLE), "--output-format", "json"]) == 0
    for check in json.loads(capsys.readouterr().out)["datasets"][0]["checks"]:
        for line in (check["sql"] or "").splitlines():
            assert f"    {line}\n" in text


@pytest.mark.parametrize("verb", ["lint", "explain"])
def test_the_whole_program_takes_less_than_a_second(verb):
    """Lint and explain load neither DuckDB nor polars nor Airflow, and are done at once."""
    code = (
        "import sys; from airflow_dataops.cli.main import main; "
        f"code = main(['contract', '{verb}', {str(SAMPLE)!r}]); "
        "heavy = {'airflow', 'duckdb', 'polars', 'sqlalchemy', 'pandera'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    started = os.times().children_user
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (0, "") == (ran.returncode, ran.stderr)
    assert os.times().children_user - started < 3  # of the processor; alone it is half a second


def test_explain_lists_the_service_levels_that_nothing_judges(capsys):
    """What the contract promises of its delivery is there, and that nothing holds it to that."""
    assert main(["contract", "explain", str(PUBLISHED)]) == 0
    text = capsys.readouterr().out
    told = " ".join(text[text.index("Promised, read, and judged by nothing yet\n") :].split())
    assert "freshness 24 hours on orders.ordered_at: from the end of the interval until its batch" in told

    assert main(["contract", "explain", str(PUBLISHED), "--output-format", "json"]) == 0
    levels = json.loads(capsys.readouterr().out)["service_levels"]
    assert ["freshness", "latency", "retention"] == [one["indicator"] for one in levels]


ELSEWHERE = """\
apiVersion: v3.1.0
kind: DataContract
id: customers
version: 1.0.0
status: active
schema:
  - id: customers_obj
    name: customers
    physicalName: dim_customers
    properties:
      - {id: id_prop, name: id, physicalName: customer_id, logicalType: string, primaryKey: true}
"""

POINTING = """\
apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema:
  - name: sales
    physicalName: fct_sales
    properties:
      - name: customer
        logicalType: string
        relationships: [{to: customers.odcs.yaml#schema/customers_obj/properties/id_prop}]
"""


@pytest.mark.parametrize(
    "words", [["explain"], ["explain", "--dialect", "postgres"], ["export", "--to", "sql"]]
)
def test_queries_read_tables_by_the_names_that_databases_have(words, here, capsys):
    """A dataset's physicalName is its table, of the contract itself and of another that a key leads to."""
    (here / "customers.odcs.yaml").write_text(ELSEWHERE)
    (here / "sales.odcs.yaml").write_text(POINTING)
    assert main(["contract", *words, "sales.odcs.yaml"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert 'FROM "fct_sales" AS near' in text
    assert 'FROM "dim_customers" AS far WHERE far."customer_id" = near."customer"' in text
    assert '"sales"' not in text
    assert '#customers"' not in text


@pytest.mark.parametrize(
    ("dialect", "over"),
    [
        ("duckdb", "SQL of DuckDB, over a table `orders` with the texts of a file, each column VARCHAR"),
        ("postgres", "SQL of PostgreSQL, over a table `orders` whose columns have the contract's types"),
    ],
)
@pytest.mark.usefixtures("here")
def test_explain_says_what_its_queries_are_asked_of(dialect, over, capsys):
    """What table a query runs over stands above it, for people and for programs."""
    command = ["contract", "explain", "shop.odcs.yaml", "--dialect", dialect]
    assert main(command) == 0
    assert over in " ".join(capsys.readouterr().out.split())
    assert main([*command, "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["datasets"][0]["over"].startswith(over)
