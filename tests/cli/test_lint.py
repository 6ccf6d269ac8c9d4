from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from airflow_dataops.cli.main import main

PRODUCTS = Path(__file__).parents[2] / "dag_templates"

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: a
version: 1.0.0
status: active
schema:
  - name: a
    properties:
      - {name: id, logicalType: string, required: true}
"""
ENFORCED = "Enforced are: byte, email, hostname, ipv4, ipv6, uri, uuid."
PIPELINE = "template: batch@1\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A product's folder, in which the program is started."""
    (tmp_path / "a.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "a.dag.yaml").write_text(PIPELINE + "name: a\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def broken(folder: Path) -> None:
    """Misspell a key of the contract."""
    (folder / "a.odcs.yaml").write_text(CONTRACT.replace("required", "requird"))


def warned(folder: Path) -> None:
    """Let the contract promise what nothing checks."""
    (folder / "a.odcs.yaml").write_text(
        CONTRACT.replace("string", "string, logicalTypeOptions: {format: odd}")
    )


@pytest.mark.usefixtures("here")
def test_lint_says_that_all_is_well(capsys):
    """A product without a problem is one line and exit code 0."""
    assert main(["lint", "."]) == 0
    assert capsys.readouterr().out == "2 files checked: all well.\n"


def test_lint_prints_errors(here, capsys):
    """An error is a line with file, line, column and hint, once, and exit code 1."""
    broken(here)
    assert main(["lint", "."]) == 1
    assert capsys.readouterr().out == (
        "a.odcs.yaml:9:41: error: the key `requird` is not known here. Did you mean `required`?\n"
        "2 files checked: 1 error.\n"
    )


def test_lint_prints_warnings(here, capsys):
    """A warning is a line, and exit code 2 where there is nothing worse."""
    warned(here)
    assert main(["lint", "a.dag.yaml"]) == 2
    assert capsys.readouterr().out == (
        f"a.odcs.yaml:9:70: warning: the format `odd` is not enforced yet. {ENFORCED}\n"
        "1 file checked: 1 warning.\n"
    )


def test_lint_prints_json(here, capsys):
    """For programs there is one JSON document with the same problems, and counts."""
    broken(here)
    (here / "b.odcs.yaml").write_text(CONTRACT.replace("string", "string, logicalTypeOptions: {format: odd}"))
    assert main(["lint", ".", "--output-format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "problems": [
            {
                "file": "a.odcs.yaml",
                "line": 9,
                "column": 41,
                "severity": "error",
                "message": "the key `requird` is not known here",
                "hint": "Did you mean `required`?",
            },
            {
                "file": "b.odcs.yaml",
                "line": 9,
                "column": 70,
                "severity": "warning",
                "message": "the format `odd` is not enforced yet",
                "hint": ENFORCED,
            },
        ],
        "summary": {"files": 3, "errors": 1, "warnings": 1},
    }


def test_lint_prints_annotations(here, capsys):
    """For GitHub each problem is an annotation, with signs that mean something there written otherwise."""
    (here / "a,b.odcs.yaml").write_text("'100%': 1\nkind: 7\n")
    assert main(["lint", "a,b.odcs.yaml", "no.odcs.yaml", "--output-format", "github"]) == 3
    assert [line for line in capsys.readouterr().out.splitlines() if "100" in line or "no.odcs" in line] == [
        "::error file=no.odcs.yaml::can't be read: No such file or directory.",
        (
            "::error file=a%2Cb.odcs.yaml,line=1,col=1::the key `100%25` is not known here. "
            "Known here: apiVersion, "
            "kind, id, name, version, status, schema, tenant, domain, dataProduct, description, tags, …."
        ),
    ]


UNREADABLE = {
    "nothing there": ("no.dag.yaml", "no.dag.yaml: error: can't be read: No such file or directory."),
    "no folder there": ("nowhere", "nowhere: error: can't be read: No such file or directory."),
    "another file": (
        "README.md",
        (
            "README.md: error: this is no file of a data product. "
            "It must be a folder, a `*.dag.yaml`, a `*.odcs.yaml` or a `*.openslo.yaml`."
        ),
    ),
    "empty folder": ("empty", "empty: error: there is no `*.dag.yaml` and no `*.odcs.yaml` below."),
    "long name": ("x" * 300 + ".dag.yaml", "x.dag.yaml: error: can't be read: File name too long."),
}


@pytest.mark.parametrize(("path", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_lint_says_what_it_cannot_read(path, expected, here, capsys):
    """What can't be looked at is never green: it is a line and exit code 3, whatever else was found."""
    (here / "README.md").touch()
    (here / "empty").mkdir()
    warned(here)
    assert main(["lint", path, "a.dag.yaml"]) == 3
    assert expected == capsys.readouterr().out.splitlines()[0].replace("x" * 300, "x")


def test_lint_looks_at_each_file_once(here, capsys):
    """A file that is named twice, or that a pipeline names too, is reported once."""
    broken(here)
    assert main(["lint", "a.dag.yaml", ".", "a.odcs.yaml"]) == 1
    assert capsys.readouterr().out.count("requird") == 1


def test_lint_finds_products_at_any_depth(here, capsys):
    """A folder of many products is one call; a wrong one hides no other."""
    for name in ("x/b", "y/c"):
        (here / name).mkdir(parents=True)
        (here / name / "p.dag.yaml").write_text(PIPELINE)
    (here / "y/c/c.odcs.yaml").write_text("- 1\n")
    assert main(["lint", "."]) == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "x/b/p.dag.yaml:1:1: error: there is no contract `b.odcs.yaml`. "
            "Write it, or name another one with `contract:`."
        ),
        "y/c/c.odcs.yaml:1:1: error: the file must be a mapping of keys, it is a list.",
        "5 files checked: 2 errors.",
    ]


def test_lint_checks_template_parameters_and_files_at_once(here, capsys):
    """A product that no template would build is not well, whatever else is wrong with it."""
    (here / "a.dag.yaml").write_text(PIPELINE + "name: a\nparams:\n  grain: week\n  grian: day\n")
    (here / "b.dag.yaml").write_text(PIPELINE.replace("@1", "@99") + "name: b\ncontract: a.odcs.yaml\n")
    broken(here)
    assert main(["lint", "."]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.odcs.yaml:9:41: error: the key `requird` is not known here. Did you mean `required`?",
        'a.dag.yaml:5:3: error: `grain` must be `hour`, `day`, `month` or `year`, it is the text "week".',
        "a.dag.yaml:6:3: error: the key `grian` is not known here. Did you mean `grain`?",
        "b.dag.yaml:1:11: error: there is no template `batch@99`. Did you mean `batch@2`?",
        "3 files checked: 4 errors.",
    ]


SQL = {
    "a column that isn't there": (
        "SELECT\n  id,\n  nope\nFROM {{ source }}\n",
        "sql/a.sql:3:3: error: Column 'nope' could not be resolved. Check the names of the columns.",
    ),
    "no SQL": (
        "SELECT FROM WHERE {{ source }}\n",
        "sql/a.sql:1:1: error: the SQL doesn't parse. Write one SELECT as DuckDB reads it.",
    ),
    "no template": (
        "SELECT id\nFROM {{ sauce }}\n",
        (
            "sql/a.sql:2:1: error: 'sauce' is undefined. A template knows `source`, `partition` and the "
            "filters `identifier` and `literal`."
        ),
    ),
}


@pytest.mark.parametrize(("sql", "expected"), SQL.values(), ids=SQL)
def test_lint_checks_the_sql(sql, expected, here, monkeypatch, capsys):
    """SQL that could not run over what the landing's contract promises is not well."""
    (here / "a" / "sql").mkdir(parents=True)
    (here / "a" / "a.dag.yaml").write_text(
        PIPELINE.replace("{folder", "{contract: ../a.odcs.yaml, folder") + "transform: sql/a.sql\n"
    )
    (here / "a" / "a.odcs.yaml").write_text(CONTRACT)
    (here / "a" / "sql" / "a.sql").write_text("SELECT * FROM {{ source }}\n")
    monkeypatch.chdir(here / "a")
    assert main(["lint", "."]) == 0
    capsys.readouterr()
    (here / "a" / "sql" / "a.sql").write_text(sql)
    assert main(["lint", "."]) == 1
    assert capsys.readouterr().out.splitlines() == [expected, "2 files checked: 1 error."]


def test_lint_reads_the_sql_of_a_table_as_its_database_does(here, monkeypatch, capsys):
    """Where rows stay in PostgreSQL their SQL is PostgreSQL's."""
    (here / "a").mkdir()
    (here / "a" / "a.dag.yaml").write_text(
        "template: batch@1\ncontract: a.odcs.yaml\ntransform: a.sql\n"
        "source: {table: shop.a, conn_id: shop_db, contract: a.odcs.yaml}\n"
        "target: {type: postgres, conn_id: shop_db, table: mart.a}\n"
    )
    (here / "a" / "a.odcs.yaml").write_text(CONTRACT)
    monkeypatch.chdir(here / "a")
    (here / "a" / "a.sql").write_text("SELECT id FROM {{ source }} WHERE id::text ~ $$^1$$ AND '\\' <> ''\n")
    assert main(["lint", "."]) == 0
    capsys.readouterr()
    (here / "a" / "a.sql").write_text("SELECT id FROM\n")
    assert main(["lint", "."]) == 1
    assert "Write one SELECT as PostgreSQL reads it." in capsys.readouterr().out


def test_lint_finds_two_products_on_one_table(here, capsys):
    """The second would be refused when it publishes, so its file is named, at the key where there is one."""
    more = "contract: a.odcs.yaml\n"
    (here / "b.dag.yaml").write_text(PIPELINE + more + "name: b\ntarget:\n  path: ./x/../a\n")
    (here / "c.dag.yaml").write_text(PIPELINE + more + "name: a\n")
    (here / "d.dag.yaml").write_text(PIPELINE + more + "name: d\n")
    assert main(["lint", ".", "a.dag.yaml"]) == 1
    hint = "is that of a.dag.yaml already. Give this product a table of its own."
    two = "there are two products `a`: the other is a.dag.yaml. Airflow has one DAG of a name: rename one."
    assert capsys.readouterr().out.splitlines() == [
        f"b.dag.yaml:6:3: error: the table `a` {hint}",
        f"c.dag.yaml:4:1: error: {two}",
        f"c.dag.yaml:1:1: error: the table `a` {hint}",
        "5 files checked: 3 errors.",
    ]


def test_lint_goes_on_after_a_link_to_itself(here, capsys):
    """A link that leads nowhere can't be read, and hides no other file."""
    broken(here)
    (here / "b.dag.yaml").symlink_to("b.dag.yaml")
    (here / "c.odcs.yaml").symlink_to("d.odcs.yaml")
    (here / "loop").symlink_to("loop")
    assert main(["lint", ".", "loop"]) == 3
    assert capsys.readouterr().out.splitlines() == [
        "b.dag.yaml: error: can't be read: Too many levels of symbolic links.",
        "c.odcs.yaml: error: can't be read: No such file or directory.",
        "loop: error: can't be read: Too many levels of symbolic links.",
        "a.odcs.yaml:9:41: error: the key `requird` is not known here. Did you mean `required`?",
        "4 files checked: 4 errors.",
    ]


def test_lint_finds_nothing_in_the_sample(capsys):
    """The products that come with the templates are without fault."""
    assert main(["lint", str(PRODUCTS)]) == 0
    assert capsys.readouterr().out.endswith("checked: all well.\n")


def test_lint_finds_two_products_on_one_table_of_a_database(here, capsys):
    """A table without a schema is in `public`; another connection, or a path alike, is another table."""
    for name, target in {
        "b": "{type: postgres, conn_id: shop, table: mart.orders}",
        "c": "{type: postgres, conn_id: shop, table: public.b}",
        "d": "{type: postgres, conn_id: shop, table: mart.orders}",
        "e": "{type: postgres, conn_id: other, table: mart.orders}",
        "f": "{type: postgres, conn_id: shop, table: b}",
        "g": "{path: 'postgres://shop/mart.orders'}",
    }.items():
        text = f"{PIPELINE}contract: a.odcs.yaml\nname: {name}\ntarget: {target}\n"
        (here / f"{name}.dag.yaml").write_text(text)
    assert main(["lint", "."]) == 1
    hint = "already. Give this product a table of its own."
    assert capsys.readouterr().out.splitlines() == [
        f"d.dag.yaml:5:41: error: the table `postgres://shop/mart.orders` is that of b.dag.yaml {hint}",
        f"f.dag.yaml:5:41: error: the table `postgres://shop/public.b` is that of c.dag.yaml {hint}",
        "8 files checked: 2 errors.",
    ]


def test_contract_lint_takes_files_and_folders_of_contracts(here, capsys):
    """Pipeline files are passed over, a contract may have any name, and it is read as `lint` reads it."""
    broken(here)
    (here / "a.dag.yaml").write_text("nonsense: [\n")
    (here / "any.yml").write_text(CONTRACT)
    assert main(["contract", "lint", ".", "any.yml"]) == 1
    assert capsys.readouterr().out == (
        "a.odcs.yaml:9:41: error: the key `requird` is not known here. Did you mean `required`?\n"
        "2 files checked: 1 error.\n"
    )
    (here / "empty").mkdir()
    assert main(["contract", "lint", "empty", "none.odcs.yaml"]) == 3
    assert capsys.readouterr().out == (
        "empty: error: there is no `*.odcs.yaml` below.\n"
        "none.odcs.yaml: error: can't be read: No such file or directory.\n"
        "1 file checked: 2 errors.\n"
    )


def test_lint_writes_what_junit_writes(here, capsys):
    """A case for each file: one that passed, one with a warning, one that failed, one that can't be read."""
    warned(here)
    (here / "b.odcs.yaml").write_text(CONTRACT)
    (here / "c.odcs.yaml").write_text(CONTRACT.replace("id: a", "id: a\nx<: 1"))
    assert main(["lint", ".", "d.odcs.yaml", "--output-format", "junit"]) == 3
    suite = ET.fromstring(capsys.readouterr().out)[0]  # noqa: S314 - we wrote it
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors")}
    assert {"tests": "5", "failures": "1", "errors": "1"} == counts
    cases = {case.get("name"): case for case in suite}
    assert {
        "a.dag.yaml": [],
        "a.odcs.yaml": ["system-out"],
        "b.odcs.yaml": [],
        "c.odcs.yaml": ["failure"],
        "d.odcs.yaml": ["error"],
    } == {name: [part.tag for part in case] for name, case in cases.items()}
    assert "a.odcs.yaml:9:70: the format `odd` is not enforced yet." in cases["a.odcs.yaml"][0].text
    assert "c.odcs.yaml:4:1: the key `x<` is not known here." in cases["c.odcs.yaml"][0].text
