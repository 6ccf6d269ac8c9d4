from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from airflow_dataops.errors import DocumentError
from airflow_dataops.factory import dags
from airflow_dataops.factory.dags import build, load_dag, load_dags

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "dag_templates" / "batch" / "orders"
BROKEN = PROJECT / "tests" / "e2e" / "products" / "broken"


def test_load_dag_of_the_sample_is_its_seven_stages() -> None:
    """The id is the product's name, and the graph is the way of a batch."""
    dag = load_dag(str(SAMPLE / "dag.py"))

    assert "orders" == dag.dag_id
    stages = ["land", "gate", "verify", "transform", "audit", "publish", "announce"]
    assert stages == [task.task_id for task in dag.topological_sort()]


def test_load_dag_of_a_broken_product_warns_and_is_refused_with_every_problem() -> None:
    """Airflow shows one line a problem, and so does whoever loads it in a shell."""
    with pytest.warns(UserWarning, match="did you mean|Did you mean"):
        dag = load_dag(str(BROKEN / "dag.py"))

    with pytest.raises(DocumentError) as caught:
        dag.validate()

    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems) > 1
    assert any("broken.dag.yaml:2:1: the key `schedul` is not known here" in line for line in lines)


def test_build_of_a_broken_product_raises() -> None:
    """A team's own test of its DAG fails as it should."""
    with pytest.raises(DocumentError, match="schedul"):
        build(BROKEN)


@pytest.mark.parametrize(("names", "told"), [((), "there is no"), (("a", "b"), "there are 2 files")])
def test_build_needs_one_pipeline_file_in_the_folder(names, told, tmp_path) -> None:
    """None and two are both named, with the folder."""
    for name in names:
        shutil.copy(SAMPLE / "orders.dag.yaml", tmp_path / f"{name}.dag.yaml")

    with pytest.raises(DocumentError, match=told):
        build(tmp_path)


@pytest.fixture
def many(tmp_path) -> Path:
    """A folder of products, of which the one in the middle is wrong, and its one DAG file."""
    for name in ("first", "second", "third"):
        shutil.copytree(SAMPLE, tmp_path / "products" / name)
    second = tmp_path / "products" / "second" / "orders.dag.yaml"
    second.write_text(second.read_text().replace("grain", "grian").replace("on_missing", "on_mising"))
    for name in ("first", "third"):
        file = tmp_path / "products" / name / "orders.dag.yaml"
        file.write_text(f"name: {name}\ncontract: orders.odcs.yaml\n{file.read_text()}")
    return tmp_path / "dags.py"


def test_load_dags_makes_a_dag_that_says_so_of_a_product_that_is_wrong(many) -> None:
    """The others run, and it is found by its tag."""
    found = load_dags(str(many), "products")

    assert ["first", "second", "third"] == sorted(found)
    assert [7, 0, 7] == [len(found[name].tasks) for name in sorted(found)]
    assert {"dataops", "error"} == found["second"].tags
    assert "second/orders.dag.yaml:12:3: the key `on_mising` is not known here" in found["second"].doc_md
    assert found["second"].timetable.can_be_scheduled is False


@pytest.mark.parametrize(
    ("wanted", "read", "tasks"),
    [("third", ["third"], 7), ("second", ["second", "first", "third"], 0), ("gone", [], 0)],
)
def test_load_dags_reads_one_product_for_a_task(many, monkeypatch, wanted, read, tasks) -> None:
    """The one in the folder of its name; the others only where that isn't it."""
    looked_at = []
    really = dags.read
    monkeypatch.setattr(dags, "read", lambda file: (looked_at.append(file.parent.name), really(file))[1])
    monkeypatch.setattr(dags, "get_parsing_context", lambda: SimpleNamespace(dag_id=wanted))

    found = load_dags(str(many), "products")

    assert [wanted] == list(found)
    assert tasks == len(found[wanted].tasks)
    assert not read or read == looked_at


def test_load_dags_finds_a_product_by_another_name_than_its_folders(many, monkeypatch) -> None:
    """A task of it reads the others as well."""
    file = many.parent / "products" / "third" / "orders.dag.yaml"
    file.write_text(file.read_text().replace("name: third", "name: third_one"))
    monkeypatch.setattr(dags, "get_parsing_context", lambda: SimpleNamespace(dag_id="third_one"))

    assert "third_one" == load_dags(str(many), "products")["third_one"].dag_id


STRANGE = ("my orders", "é bad!", "a" * 250, "orders")


def test_load_dags_says_what_is_wrong_with_folders_of_any_name(tmp_path) -> None:
    """Airflow takes no such id, and the names of products that are right stay theirs."""
    for name in STRANGE:
        shutil.copytree(SAMPLE, tmp_path / name)
        (tmp_path / name / "orders.dag.yaml").write_text("templat: batch@1\n")
    right = shutil.copytree(SAMPLE, tmp_path / "right") / "orders.dag.yaml"
    right.write_text(f"name: orders\n{right.read_text()}")

    found = load_dags(str(tmp_path / "dags.py"))

    wrong = {"my_orders", "é_bad_", "a" * dags.LONGEST_ID, "orders_wrong"}
    assert {"orders": 7, **dict.fromkeys(wrong, 0)} == {name: len(dag.tasks) for name, dag in found.items()}


def test_load_dag_of_a_folder_that_can_be_no_product_is_refused_in_one_line(tmp_path) -> None:
    """Also where Airflow would take no DAG of its name."""
    folder = shutil.copytree(SAMPLE, tmp_path / "my orders")
    with pytest.warns(UserWarning, match="can't be that of a product"):
        dag = load_dag(str(folder / "dag.py"))

    with pytest.raises(DocumentError, match="can't be that of a product"):
        dag.validate()


def of_a_team(folder: Path, build_text: str, params: str = "class Params(BaseModel): ...\n") -> None:
    """Write a template of a team."""
    folder.mkdir(parents=True)
    (folder / "v1.py").write_text(build_text)
    (folder / "params_v1.py").write_text(f"from pydantic import BaseModel\n{params}")


CHECKING = """\
from pydantic import model_validator
class Params(BaseModel):
    @model_validator(mode="before")
    def _(_, values): return {}["x"]
"""

BROKEN_TEMPLATES = {
    "its build raises": (
        "def build(product, params):\n    return {}['x']\n",
        "class Params(BaseModel): ...\n",
        r"raises KeyError: 'x' \(.*/feed/v1\.py:2\)",
    ),
    "it can't be imported": (
        "import nothing_like_it\n",
        "class Params(BaseModel): ...\n",
        r"raises ModuleNotFoundError: No module named 'nothing_like_it' \(.*/feed/v1\.py:1\)",
    ),
    "it is no Python": (
        "def build(:\n",
        "class Params(BaseModel): ...\n",
        r"raises SyntaxError: .*v1\.py:1\)",
    ),
    "its build makes no DAG": (
        "def build(product, params): ...\n",
        "class Params(BaseModel): ...\n",
        "raises TypeError: build returns NoneType, it must return a DAG",
    ),
    "it has no build": ("x = 1\n", "class Params(BaseModel): ...\n", r"raises AttributeError: .*'build'"),
    "its params can't be imported": ("", "1 / 0\n", r"raises ZeroDivisionError: .*/feed/params_v1\.py:2\)"),
    "its build wants to end the process": (
        "def build(product, params):\n    raise SystemExit(0)\n",
        "class Params(BaseModel): ...\n",
        r"raises SystemExit: 0 \(.*/feed/v1\.py:2\)",
    ),
    "its params want to end the process": ("", "raise SystemExit(0)\n", "raises SystemExit: 0"),
    "its params check themselves, and raise": (
        "",
        CHECKING,
        r"raises KeyError: 'x' \(.*/feed/params_v1\.py:5\)",
    ),
    "it has no params": ("", "", r"raises AttributeError: .*'Params'"),
}


@pytest.mark.parametrize(("text", "params", "told"), BROKEN_TEMPLATES.values(), ids=BROKEN_TEMPLATES)
def test_a_template_that_raises_is_one_line(text, params, told, tmp_path, monkeypatch) -> None:
    """With the place in the pipeline file that names it, and the line of the template."""
    of_a_team(tmp_path / "templates" / "feed", text, params)
    monkeypatch.setenv("AIRFLOW__DATAOPS__TEMPLATE_PATHS", str(tmp_path / "templates"))
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "x.dag.yaml").write_text("template: feed@1\n")

    with pytest.raises(DocumentError, match=rf"x\.dag\.yaml:1:1\d?: `feed@1` {told}") as caught:
        build(tmp_path / "x")

    assert 1 == sum("feed@1" in line for line in str(caught.value).splitlines())


CALLBACKS = {
    "a module that isn't there": ("nothing.like_it", "ModuleNotFoundError: No module named 'nothing'"),
    "nothing in a module": ("builtins.nothing", "AttributeError"),
    "nothing that can be called": ("sys.path", "is nothing that can be called"),
    "a class": ("builtins.dict", "is nothing that can be called"),
}


@pytest.mark.parametrize(("path", "told"), CALLBACKS.values(), ids=CALLBACKS)
def test_a_callback_that_is_none_is_found_by_its_place(path, told, tmp_path) -> None:
    """The line is that of its key, also where it is inherited."""
    shutil.copytree(SAMPLE, tmp_path / "orders")
    (tmp_path / "defaults.yaml").write_text(f"root: true\non_failure_callback: [builtins.print, {path}]\n")

    with pytest.raises(DocumentError, match=rf"defaults\.yaml:2:1: `{path}` .*{told}"):
        build(tmp_path / "orders")
