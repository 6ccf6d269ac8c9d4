from __future__ import annotations

import sys

import pytest

from airflow_dataops.engines.pandera.finding import find
from airflow_dataops.errors import NotEvaluatedError, SettingsError


@pytest.fixture
def module(tmp_path):
    """Write a module, and return what names an object in it."""

    def write(text: str, name: str = "Rules", folder: str = "a") -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        file = tmp_path / folder / "checks.py"
        file.write_text(text)
        return f"{file}:{name}"

    return write


def test_find_loads_a_file_under_a_name_of_its_own(module) -> None:
    """Two products may both have a `checks.py`; neither comes onto the import path."""
    before = list(sys.path)
    first, second = module("Rules = 1\n"), module("Rules = 2\n", folder="b")

    assert (1, 2, 1) == (find(first), find(second), find(first))
    assert (before, False) == (sys.path, "checks" in sys.modules)


def test_find_reads_a_file_anew(module) -> None:
    """What was mended counts at the next run, also in the same process."""
    assert 1 == find(module("Rules = 1\n"))
    assert 2 == find(module("Rules = 22 - 20\n"))


def test_find_takes_what_can_be_imported() -> None:
    """A module that lies in no folder of ours is imported as any other."""
    assert find is find("airflow_dataops.engines.pandera.finding:find")


def test_find_lets_annotations_be_looked_up(module) -> None:
    """Models whose annotations are texts find their names in their module."""
    model = find(
        module(
            "from __future__ import annotations\n"
            "import pandera.polars as pa\n"
            "Number = int\n"
            "class Rules(pa.DataFrameModel):\n"
            "    a: Number = pa.Field(gt=0)\n"
        )
    )

    assert ["a"] == list(model.to_schema().columns)


BROKEN = {
    "no object": ("Other = 1\n", "checks.py: there is no `Rules`. Check the name."),
    "no Python": ("x = 1\ndef (\n", "checks.py:2: the file is no Python"),
    "raises": (
        "x = 1\n\nraise ValueError('secret')\n",
        "checks.py:3: ValueError is raised when it is imported",
    ),
    "raises below": (
        "import json\ndef f():\n    json.loads('secret')\nf()\n",
        "checks.py:3: JSONDecodeError is raised when it is imported",
    ),
    "ends the process": ("raise SystemExit\n", "checks.py:1: SystemExit is raised when it is imported"),
    "needs what isn't there": (
        "import nowhere_at_all\n",
        (
            "checks.py:1: it needs the module `nowhere_at_all`, which is not there. "
            "Install it where tasks run; a module that lies beside it is not found."
        ),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_find_says_in_one_line_what_is_wrong_and_where(case, module, tmp_path) -> None:
    """Whatever a team's module does, the message is one line with the place, and quotes nothing."""
    text, expected = BROKEN[case]

    with pytest.raises(NotEvaluatedError) as caught:
        find(module(text))

    assert expected == str(caught.value).replace(f"{tmp_path}/a/", "")
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)


@pytest.mark.parametrize("where", ["nowhere_at_all:Rules", "/nowhere/checks.py:Rules"])
def test_find_says_that_there_is_no_module(where) -> None:
    """A module that is neither beside the contract nor on the import path is named."""
    with pytest.raises(NotEvaluatedError, match=f"there is no module `{where.rpartition(':')[0]}`"):
        find(where)


def test_find_tells_that_pandas_is_not_installed(module, monkeypatch) -> None:
    """A schema of pandas on a machine without it is a matter of the deployment."""
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(SettingsError, match=r"checks.py:1: the module `pandas` is not installed\. Install"):
        find(module("import pandas\n"))
