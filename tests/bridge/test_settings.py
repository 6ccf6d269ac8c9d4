from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_dataops.bridge.settings import settings
from airflow_dataops.errors import SettingsError
from airflow_dataops.wiring.receivers import alert_rules


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch):
    """Set options of Airflow for one test."""

    def configure(**options: str) -> None:
        for name, value in options.items():
            monkeypatch.setenv(f"AIRFLOW__{name.upper()}", value)

    monkeypatch.setenv("AIRFLOW_HOME", "/srv/airflow")
    return configure


def test_settings_lie_under_the_airflow_home_by_default(configured) -> None:
    """With nothing set, a local executor gets SQLite and folders of its own."""
    configured(core__executor="LocalExecutor")

    found = settings()

    assert "sqlite:////srv/airflow/dataops/store.db" == found.store_url
    assert "/srv/airflow/dataops/zones" == found.zones_path
    assert "/srv/airflow/dataops/lake" == found.lake_path


def test_who_is_told_stands_in_the_folder_of_dags(configured, tmp_path) -> None:
    """Where there is such a file, unless another one is named; where there is none, nothing is set up."""
    configured(core__executor="LocalExecutor", core__dags_folder=str(tmp_path))
    assert "" == settings().alerts_path

    (tmp_path / "alerts.yaml").write_text("route: {receiver: log}\n")
    assert str(tmp_path / "alerts.yaml") == settings().alerts_path

    configured(dataops__alerts_path="/srv/alerts.yaml")
    assert "/srv/alerts.yaml" == settings().alerts_path


@pytest.mark.parametrize("make", [Path.mkdir, lambda file: file.symlink_to("nowhere")])
def test_what_is_no_file_of_that_name_is_not_taken_for_nothing(configured, tmp_path, make) -> None:
    """A mount makes a folder of a file that isn't there: nobody would be told, and nothing said."""
    configured(core__executor="LocalExecutor", core__dags_folder=str(tmp_path))
    make(tmp_path / "alerts.yaml")

    _, (problem,) = alert_rules(settings())

    assert str(tmp_path / "alerts.yaml") == problem.place


@pytest.mark.parametrize(
    "executor",
    [
        "CeleryExecutor",
        "airflow.providers.celery.executors.celery_executor.CeleryExecutor",
        "LocalExecutor,KubernetesExecutor",
        "LocalExecutor;team_a=CeleryExecutor",
        "fast:CeleryExecutor",
        "my.company.executors.SpecialExecutor",
    ],
)
def test_settings_refuse_a_store_in_a_file_of_one_machine(configured, executor) -> None:
    """With tasks on other machines each of them would have a private SQLite file."""
    configured(core__executor=executor)

    with pytest.raises(SettingsError, match="sql_alchemy_conn is empty"):
        settings()


def test_settings_take_any_executor_with_a_store(configured) -> None:
    """A server's URL is one store for all; the line feed of a `_CMD` is cut off."""
    configured(
        core__executor="CeleryExecutor", dataops__sql_alchemy_conn="postgresql+psycopg://db.example/dataops\n"
    )

    assert "postgresql+psycopg://db.example/dataops" == settings().store_url


def test_settings_page_and_provider_list_the_same_options() -> None:
    """Every option that Airflow is told of stands in the reference, and no other."""
    from airflow_dataops.provider_info import get_provider_info

    page = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
    listed = re.findall(r"^\| `(\w+)` \|", page.read_text(), re.MULTILINE)

    assert sorted(get_provider_info()["config"]["dataops"]["options"]) == sorted(listed)


def test_settings_default_memory_limit_is_the_providers(configured) -> None:
    """What Airflow shows as the default is what a task takes."""
    from airflow_dataops.provider_info import get_provider_info

    configured(core__executor="LocalExecutor")
    options = get_provider_info()["config"]["dataops"]["options"]

    assert options["duckdb_memory_limit"]["default"] == settings().memory_limit


def test_settings_have_the_time_limit_of_the_provider_or_the_one_that_is_set(configured) -> None:
    """What is set without a unit is refused in one line."""
    from airflow_dataops.provider_info import get_provider_info

    configured(core__executor="LocalExecutor")
    options = get_provider_info()["config"]["dataops"]["options"]
    assert options["duckdb_time_limit"]["default"] == settings().time_limit.written == "1h"

    configured(core__executor="LocalExecutor", dataops__duckdb_time_limit="10m")
    assert settings().time_limit.seconds == 600

    configured(core__executor="LocalExecutor", dataops__duckdb_time_limit="10")
    with pytest.raises(SettingsError, match=r"`\[dataops\] duckdb_time_limit` can't be `10`\. Write"):
        settings()


@pytest.mark.parametrize(
    ("word", "expected"), [("", False), ("True", True), ("false", False), ("1", True), ("True\n", True)]
)
def test_settings_let_a_store_migrate_itself_only_when_told_to(configured, word, expected) -> None:
    """Tables are altered by those who asked for it."""
    configured(core__executor="LocalExecutor", dataops__auto_migrate=word)

    assert expected is settings().auto_migrate


def test_settings_refuse_a_word_that_is_neither_true_nor_false(configured) -> None:
    """A slip of the pen must be one line that names the option."""
    configured(core__executor="LocalExecutor", dataops__auto_migrate="perhaps")

    with pytest.raises(SettingsError, match=r"\[dataops\] auto_migrate is neither true nor false"):
        settings()
