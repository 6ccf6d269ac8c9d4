"""What every template must do, and that templates that don't are caught."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.dag.given import definition
from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import shelf_of
from airflow_dataops.testing.template import template_trials
from airflow_dataops.testing.template_values import others

if TYPE_CHECKING:
    from pathlib import Path

OURS = shelf_of().names()

PARAMS = """\
from pydantic import BaseModel, Field
NEEDS = ()
class Params(BaseModel):
    many: int = Field(1, description="How many.")
"""

BUILD = """\
from __future__ import annotations
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from airflow_dataops.bridge.dag import arguments, timetable

def build(product, params):
    with DAG(product.name, schedule=timetable(product.schedule), **arguments(product)) as dag:
        BashOperator(task_id="say", bash_command=f"echo {params.many}")
    return dag
"""

TOGETHER = """\
from pydantic import BaseModel, Field, model_validator
EXAMPLES = [{"one": "", "other": "a"}]
class Params(BaseModel):
    many: str = Field("", description="Nothing.", examples=["b"])
    one: str = Field("a", description="This one.")
    other: str = Field("", description="Or this one.")
    @model_validator(mode="after")
    def alone(self):
        if bool(self.one) is bool(self.other):
            raise ValueError("one of them")
        return self
"""

TEMPLATES = {
    "good": (PARAMS, BUILD, []),
    "foreign": (
        PARAMS,
        BUILD.replace(
            "airflow.sdk import DAG\n",
            "airflow.sdk import DAG\nimport sys, yaml\nfrom airflow_dataops.documents import below\n",
        ),
        [
            "imports: v1.py:3 imports yaml; an ejected file would not have it",
            "imports: v1.py:4 imports airflow_dataops.documents; an ejected file would not have it",
            "parity: ModuleNotFoundError: ",
        ],
    ),
    "relative": (
        PARAMS,
        BUILD.replace(
            "def build(product, params):\n", "def build(product, params):\n    from .more import x\n"
        ),
        ["imports: v1.py:7 imports a module beside it; an ejected file would not have it", "build: "],
    ),
    "silent": (
        "from pydantic import BaseModel\nclass Params(BaseModel):\n    many: int = 1\n",
        BUILD,
        ["params: `many` has no description; give its Field one"],
    ),
    "clock": (
        PARAMS,
        BUILD.replace("echo ", "echo {__import__('os').getpid()} "),
        ["stable: it makes another DAG;", "parity: it makes another DAG;"],
    ),
    "place": (
        PARAMS,
        BUILD.replace("echo ", "echo {__import__('os').getcwd()} "),
        ["stable: it makes another DAG;", "parity: it makes another DAG;"],
    ),
    "dropped": (
        PARAMS,
        BUILD.replace("{params.many}", "1"),
        ["versioned: another `many` makes the same DAG; hand it to an operator"],
    ),
    "strange": (
        PARAMS.replace("many: int = Field(1,", 'many: str = Field("<1>", pattern="<.>",'),
        BUILD,
        ["versioned: no other value of `many` could be tried; give its Field `examples=[…]`, or EXAMPLES"],
    ),
    "raising": ("1 / 0\n", BUILD, ["params: `raising@1` raises ZeroDivisionError: division by zero"]),
    "quitting": ("raise SystemExit(0)\n", BUILD, ["params: `quitting@1` raises SystemExit: 0"]),
    "leaving": (
        PARAMS,
        BUILD.replace("    with DAG", "    raise SystemExit(0)\n    with DAG"),
        ["build: DocumentError: "],
    ),
    "talking": (
        PARAMS,
        BUILD.replace(
            "    return dag",
            "    print('{}')\n    __import__('atexit').register(print, '[]')\n    return dag",
        ),
        [],
    ),
    "together": (
        TOGETHER,
        BUILD.replace("{params.many}", "{params.many} {params.one} {params.other}"),
        [],
    ),
    "lonely": (PARAMS, BUILD, ["sample: there is no product on `lonely@1` in a folder beside it;"]),
    "broken": (PARAMS, BUILD.replace("product.name", "product.nam"), ["build: DocumentError: "]),
}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> Path:
    """A folder of templates, each with its own defect."""
    folder = tmp_path_factory.mktemp("templates")
    for name, (params, build, _) in TEMPLATES.items():
        sample = folder / name / "sample"
        sample.mkdir(parents=True)
        (folder / name / "params_v1.py").write_text(params)
        (folder / name / "v1.py").write_text(build)
        if name != "lonely":
            (sample / "sample.dag.yaml").write_text(f"template: {name}@1\n")
    return folder


@pytest.fixture(scope="module")
def trials(theirs) -> dict[str, list[str]]:
    """What is wrong with each of them, and with ours; they are built together."""
    names = [f"{name}@1" for name in TEMPLATES]
    found = template_trials([*names, *OURS], folders=[theirs])
    return {trial.name: trial.problems for trial in found}


@pytest.mark.parametrize("name", OURS)
def test_every_template_of_the_shelf_passes(trials, name) -> None:
    """Ours are held to what others are held to."""
    assert [] == trials[name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_defect_is_named(trials, name) -> None:
    """With what to do, and nothing else beside it."""
    expected, found = TEMPLATES[name][2], trials[f"{name}@1"]

    assert len(expected) == len(found), found
    for start, problem in zip(expected, found, strict=True):
        assert problem.startswith(start)


def test_what_a_template_raises_is_told_with_its_line(trials) -> None:
    """Which file of the template, and what it was."""
    (problem,) = trials["broken@1"]

    assert "`broken@1` raises AttributeError: " in problem
    assert "/broken/v1.py:" in problem


def test_a_parameter_that_names_a_folder_of_the_sample_gets_another_one(theirs, monkeypatch) -> None:
    """A name that nothing has would be refused before a DAG is built."""
    sample = theirs / "folders" / "sample"
    (sample / "sql").mkdir(parents=True)
    (sample / "sql" / "orders.sql").write_text("SELECT 1")
    (sample / "sample.dag.yaml").write_text("template: folders@1\n")
    (theirs / "folders" / "params_v1.py").write_text(PARAMS.replace("int = Field(1,", 'str = Field("sql",'))
    (theirs / "folders" / "v1.py").write_text(BUILD)
    monkeypatch.setenv("AIRFLOW__DATAOPS__TEMPLATE_PATHS", str(theirs))

    shelf_of.cache_clear()
    found = definition(str(sample))

    assert [{"many": "again_sql"}, {"many": "orders"}] == list(others(found, "many"))[:2]


def test_the_command_takes_a_folder(theirs, capsys) -> None:
    """Of one template; what it says is one line, and the exit code is whether it passed."""
    assert 1 == main(["dag", "test-template", str(theirs / "lonely")])

    told = capsys.readouterr()
    assert "lonely@1: imports, params passed\n" == told.out
    assert told.err.startswith("lonely@1: sample: there is no product")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("nothing@1", "there is no template `nothing@1`."), (".", "there is no template here.")],
)
def test_the_command_says_that_there_is_none(given, expected, tmp_path, monkeypatch, capsys) -> None:
    """By name or by folder."""
    monkeypatch.chdir(tmp_path)

    assert 3 == main(["dag", "test-template", given])
    assert expected in capsys.readouterr().err
