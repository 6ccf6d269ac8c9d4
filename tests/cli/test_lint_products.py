from __future__ import annotations

import json
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
      - {name: id, logicalType: string, required: true}
"""
PIPELINE = "template: batch@1\nsource: {folder: drops, path: '{partition}.csv'}\n"
CYCLE = "products wait for each other:"
MEND = "Leave out one `depends_on` of these."
COARSER = "Write `params: {grain: month}`, or run it by a `schedule`."
BOTH = (
    "`batch@1` can't run by the clock and after other products: Airflow has no schedule for both. "
    "Leave out `schedule`, or `depends_on`; `schedule: null` takes back one that is inherited."
)
RENAME = "Airflow has one DAG of a name: rename one."
INLET = "no product `{}` can be read in a folder beside this one, so it is no inlet"
UNSEEN = "Airflow and lineage don't show that it is read."
ELSEWHERE = "It may be one that isn't looked at here."

CASES: dict[str, tuple[dict[str, str], int, list[str]]] = {
    "all are there": ({"a": "", "b": "depends_on: [a]\nconsumes: [a]\n"}, 0, []),
    "a name that is like another": (
        {"orders": "", "b": "depends_on: [order]\n"},
        2,
        ["b/b.dag.yaml:3:1: warning: there is no product `order` here. Did you mean `orders`?"],
    ),
    "a name that is like none": (
        {"a": "", "b": "depends_on: [payments]\n"},
        2,
        [f"b/b.dag.yaml:3:1: warning: there is no product `payments` here. {ELSEWHERE}"],
    ),
    "one that is read lies elsewhere": (
        {"b": "consumes: [payments]\n"},
        2,
        [f"b/b.dag.yaml:3:12: warning: {INLET.format('payments')}. {UNSEEN}"],
    ),
    "one that is read is like another": (
        {"orders": "", "b": "consumes: [orders, order]\n"},
        2,
        [f"b/b.dag.yaml:3:20: warning: {INLET.format('order')}. Did you mean `orders`?"],
    ),
    "one alone may run after any": ({"b": "depends_on: [payments]\n"}, 0, []),
    "one after itself": (
        {"a": "depends_on: [a]\n"},
        1,
        [f"a/a.dag.yaml:3:1: error: {CYCLE} `a` → `a`. {MEND}"],
    ),
    "a ring, named from its least": (
        {
            "c": "depends_on: [b]\n",
            "b": "depends_on: [a]\n",
            "a": "depends_on: [c]\n",
            "d": "depends_on: [a]\n",
        },
        1,
        [f"a/a.dag.yaml:3:1: error: {CYCLE} `a` → `c` → `b` → `a`. {MEND}"],
    ),
    "every ring": (
        {name: f"depends_on: [{other}]\n" for name, other in ("ab", "ba", "cd", "dc")},
        1,
        [
            f"a/a.dag.yaml:3:1: error: {CYCLE} `a` → `b` → `a`. {MEND}",
            f"c/c.dag.yaml:3:1: error: {CYCLE} `c` → `d` → `c`. {MEND}",
        ],
    ),
    "two of one name": (
        {"a": "", "b": "name: a\ncontract: b.odcs.yaml\ntarget: {path: b}\n"},
        1,
        [f"b/b.dag.yaml:3:1: error: there are two products `a`: the other is a/a.dag.yaml. {RENAME}"],
    ),
    "one name in two teams": (
        {"a": "", "b": "name: a\nteam: b\ncontract: b.odcs.yaml\ntarget: {path: b}\n"},
        0,
        [],
    ),
    "months after days": ({"a": "", "b": "depends_on: [a]\nparams: {grain: month}\n"}, 0, []),
    "days after months": (
        {"a": "params: {grain: month}\n", "b": "depends_on: [a]\n"},
        1,
        [
            f"b/b.dag.yaml:3:1: error: no month of `a` lies in a day: this would never run. {COARSER}",
        ],
    ),
    "after a product that is wrong": (
        {"a": "scedule: x\n", "b": "depends_on: [a]\n"},
        1,
        ["a/a.dag.yaml:3:1: error: the key `scedule` is not known here. Did you mean `schedule`?"],
    ),
    "by the clock and after others": (
        {"a": "", "b": 'depends_on: [a]\nschedule: "@daily"\n'},
        1,
        [
            f"b/b.dag.yaml:3:1: error: {BOTH}",
        ],
    ),
}


@pytest.mark.parametrize(("products", "code", "lines"), CASES.values(), ids=CASES)
def test_products_fit_together(products, code, lines, tmp_path: Path, monkeypatch, capsys) -> None:
    """What can be said of all products at once is said with the place in the file that says otherwise."""
    for name, more in products.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.dag.yaml").write_text(PIPELINE + more)
        (tmp_path / name / f"{name}.odcs.yaml").write_text(CONTRACT)
    monkeypatch.chdir(tmp_path)

    assert code == main(["lint", "."])
    assert lines == capsys.readouterr().out.splitlines()[:-1]


def test_an_environment_is_looked_at_as_a_whole(tmp_path, monkeypatch, capsys) -> None:
    """What an overlay adds closes a ring with what the other files say in all environments."""
    for name, more in {"a": "", "b": "depends_on: [a]\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.dag.yaml").write_text(PIPELINE + more)
        (tmp_path / name / f"{name}.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "a" / "a.dag.prod.yaml").write_text("depends_on: [b]\n")
    monkeypatch.chdir(tmp_path)

    assert 1 == main(["lint", "."])
    assert f"a/a.dag.prod.yaml:1:1: error: {CYCLE} `a` → `b` → `a`. {MEND}" in capsys.readouterr().out


def test_defaults_are_named_as_products_are(tmp_path, monkeypatch, capsys) -> None:
    """By the way from the current folder, so that a line of GitHub's stands at the file."""
    (tmp_path / "shop" / "a").mkdir(parents=True)
    (tmp_path / "shop" / "a" / "a.dag.yaml").write_text(PIPELINE)
    (tmp_path / "shop" / "a" / "a.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "shop" / "defaults.yaml").write_text("root: true\nretires: 3\n")
    monkeypatch.chdir(tmp_path)

    assert 1 == main(["lint", "shop"])
    assert capsys.readouterr().out.startswith("shop/defaults.yaml:2:1: error: the key `retires`")
    assert 1 == main(["lint", str(tmp_path / "shop")])
    assert f"{tmp_path}/shop/defaults.yaml:2:1: error: the key `retires`" in capsys.readouterr().out


def test_a_scan_publishes_nothing(tmp_path, monkeypatch, capsys) -> None:
    """Its name is no table, so another product may publish one that is called so."""
    scan = "template: contract_scan@1\nname: other\ncontract: b.odcs.yaml\n"
    for name, text in {"a": f"{PIPELINE}target: {{path: other}}\n", "b": scan}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.dag.yaml").write_text(text)
        (tmp_path / name / f"{name}.odcs.yaml").write_text(CONTRACT)
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "."]) in {0, 2}, capsys.readouterr().out
    capsys.readouterr()
    assert 0 == main(["dag", "list", "--output-format", "json"])
    assert ["other", ""] == [one["table"] for one in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("a.dag.yml", "Is it a.dag.yml? Its name must end with `.dag.yaml`."),
        ("a.yaml", "Is it a.yaml? Its name must end with `.dag.yaml`."),
        ("", "Write a/a.dag.yaml, or remove this file."),
    ],
)
def test_a_dag_file_needs_a_pipeline_file(tmp_path, monkeypatch, capsys, named, hint) -> None:
    """Else Airflow alone would say so, as an import error; a DAG file of another kind needs none."""
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "dag.py").write_text("dag = load_dag(__file__)\n")
        (tmp_path / name / f"{name}.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "b" / "b.dag.yaml").write_text(PIPELINE)
    (tmp_path / "c" / "dag.py").write_text("dag = build()\n")
    if named:
        (tmp_path / "a" / named).write_text(PIPELINE)
    monkeypatch.chdir(tmp_path)

    assert 1 == main(["lint", "."])
    lines = [line for line in capsys.readouterr().out.splitlines() if "dag.py" in line]
    assert [
        f"a/dag.py: error: there is no `*.dag.yaml` beside it that it could make a DAG of. {hint}"
    ] == lines
    assert 0 == main(["contract", "lint", "a"])


UNREAD = {
    "defaults.yml": "it doesn't end in `.yaml`. Call it `defaults.yaml`.",
    "a/a.dag.prod.yml": "it doesn't end in `.yaml`. Call it `a.dag.prod.yaml`.",
    "a/b.odcs.yml": "it doesn't end in `.yaml`. Call it `b.odcs.yaml`.",
    "a/a.dag.pr od.yaml": "no environment can be called `pr od`. Use letters, digits, `_` and `-`.",
    "a/b.dag.prod.yaml": (
        "there is no `b.dag.yaml` beside it, of which it would change something. "
        "Call both alike; what counts for several stands in `defaults.yaml`."
    ),
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_file_that_nothing_reads_is_named(name, tmp_path, monkeypatch, capsys) -> None:
    """It would be taken for one that counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.dag.yaml").write_text(PIPELINE)
    (tmp_path / "a" / "a.odcs.yaml").write_text(CONTRACT)
    for other in ("a/notes.yml", "a/a.dag.test.yaml"):
        (tmp_path / other).write_text("retries: 1\n")
    assert 0 == main(["lint", "."])
    capsys.readouterr()
    (tmp_path / name).write_text("retries: 1\n")

    assert 2 == main(["lint", "."])

    assert [f"{name}: warning: nothing reads this: {UNREAD[name]}"] == capsys.readouterr().out.splitlines()[
        :-1
    ]
