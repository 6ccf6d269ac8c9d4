from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
OURS = "airflow_provider_dataops"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with the installed build backend."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, check=True, cwd=PROJECT, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheel, and every dependency, but not this checkout."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if OURS not in entry.name:  # the editable install's two entries
            (site / entry.name).symlink_to(entry)
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*command, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    return python


def run(python: Path, *arguments: str) -> str:
    """Run the environment's Python away from this checkout, and return what it prints."""
    folder = python.parents[1]
    environment = os.environ | {"AIRFLOW_HOME": str(folder / "airflow")}
    environment.pop("PYTHONPATH", None)
    answer = subprocess.run(
        [python, *arguments], check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert 0 == answer.returncode, answer.stderr
    return answer.stdout


def test_wheel_holds_templates_and_migrations(wheel: Path) -> None:
    """What is not Python of the package must be in the wheel, too."""
    names = zipfile.ZipFile(wheel).namelist()

    assert "airflow_dataops/dag_templates/batch/v1.py" in names
    assert "airflow_dataops/dag_templates/maintenance/v1.py" in names
    assert "airflow_dataops/store/migrations/env.py" in names
    assert [name for name in names if name.startswith("airflow_dataops/store/migrations/versions/")]


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    """Tests, docs and what tools leave behind must stay out."""
    names = zipfile.ZipFile(wheel).namelist()

    assert {"airflow_dataops", f"{OURS}-0.1.0.dist-info"} == {name.split("/")[0] for name in names}
    assert [] == [name for name in names if "__pycache__" in name]


def test_installed_package_is_the_wheel(python: Path) -> None:
    """The checks below must not see this checkout."""
    place = run(python, "-c", "import airflow_dataops; print(airflow_dataops.__file__)")

    assert Path(place.strip()).is_relative_to(python.parents[1])


def test_entry_points_are_found(python: Path) -> None:
    """Airflow finds the provider and its plugin through the metadata of the installed wheel."""
    program = (
        "import json; from importlib.metadata import entry_points;"
        "groups = ('apache_airflow_provider', 'airflow.plugins', 'console_scripts');"
        "print(json.dumps([p.value for g in groups for p in entry_points(group=g) if 'dataops' in p.value]))"
    )

    assert [
        "airflow_dataops.provider_info:get_provider_info",
        "airflow_dataops.plugins.dataops:DataOpsPlugin",
        "airflow_dataops.cli.main:main",
    ] == json.loads(run(python, "-c", program))


def test_airflow_knows_the_provider(python: Path) -> None:
    """`airflow providers get` must answer for the installed wheel."""
    answer = run(python, "-m", "airflow", "providers", "get", "airflow-provider-dataops", "--output", "json")

    assert "0.1.0" in answer


def test_airflow_knows_the_settings(python: Path) -> None:
    """`airflow config list` must show our section with its defaults."""
    answer = run(python, "-m", "airflow", "config", "list", "--section", "dataops", "--show-values")

    assert "duckdb_memory_limit = 2GB" in answer


def test_airflow_knows_the_commands(python: Path) -> None:
    """`airflow dataops` must be a group of commands."""
    assert "migrate" in run(python, "-m", "airflow", "dataops", "db", "--help")


def test_airflow_knows_the_plugin(python: Path) -> None:
    """`airflow plugins` must list the plugin, which provider information alone does not bring about."""
    answer = run(python, "-m", "airflow", "plugins", "--output", "json")

    assert "dataops" in {plugin["name"] for plugin in json.loads(answer)}
