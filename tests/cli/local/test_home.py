from __future__ import annotations

import configparser
import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.local.home import AirflowHome
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def settings(home: AirflowHome) -> dict[str, dict[str, str]]:
    """Read the settings as Airflow does, with interpolation."""
    parser = configparser.ConfigParser()
    parser.read(home.settings)
    return {name: dict(parser[name]) for name in parser.sections()}


def test_secrets_are_kept_and_private(tmp_path: Path) -> None:
    """A second start must use the same secrets, and nobody else may read the files that hold them."""
    home = AirflowHome(tmp_path / "home")
    home.prepare(tmp_path, port=8080)
    first = settings(home), home.password
    home.prepare(tmp_path, port=8080)
    private = ("airflow.cfg", "passwords.json", "secrets.json")

    assert first == (settings(home), home.password)
    assert {0o600} == {stat.S_IMODE((home.path / name).stat().st_mode) for name in private}


def test_secrets_differ_between_homes(tmp_path: Path) -> None:
    """No two homes may share a secret or a password."""
    homes = [AirflowHome(tmp_path / name) for name in "ab"]
    for home in homes:
        home.prepare(tmp_path, port=8080)

    assert 2 == len({home.password for home in homes})
    assert 2 == len({settings(home)["api_auth"]["jwt_secret"] for home in homes})


def test_a_changed_password_is_kept(tmp_path: Path) -> None:
    """Who writes another password into the file must be able to sign in with it."""
    home = AirflowHome(tmp_path)
    home.prepare(tmp_path, port=8080)
    (tmp_path / "passwords.json").write_text(json.dumps({"admin": "changed"}))
    home.prepare(tmp_path, port=8080)

    assert "changed" == home.password


DAMAGED = ["", "{", "[]", '{"jwt_secret": "s3cret"}', '{"admin": 1, "jwt_secret": 1}', "\\xff"]


@pytest.mark.parametrize("content", DAMAGED)
@pytest.mark.parametrize("name", ["secrets.json", "passwords.json"])
def test_a_damaged_file_of_secrets_is_named(tmp_path: Path, name, content) -> None:
    """Whoever finds half a file is told which, and what is lost without it, and sees nothing of it."""
    home = AirflowHome(tmp_path)
    home.prepare(tmp_path, port=8080)
    (tmp_path / name).write_text(content)

    def started() -> str:
        home.prepare(tmp_path, port=8080)
        return home.password

    with pytest.raises(SettingsError) as caught:
        started()
    assert str(caught.value).startswith(f"{tmp_path / name}: the file can't be read, or holds something else")
    assert "s3cret" not in str(caught.value)
    (tmp_path / name).unlink()
    assert started()


def test_secrets_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch) -> None:
    """A start that is killed while it writes must leave nothing that the next one would trip over."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    home = AirflowHome(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            home.prepare(tmp_path, port=8080)

    assert [] == list(tmp_path.glob("*.json"))
    home.prepare(tmp_path, port=8080)
    assert ["passwords.json", "secrets.json"] == sorted(file.name for file in tmp_path.glob("*.json"))
    assert [] == list(tmp_path.glob(".*"))


@pytest.mark.parametrize("place", ["file", "file/home", "/proc/home"])
def test_a_place_that_can_be_no_home_is_refused(tmp_path: Path, place) -> None:
    """A file, a folder below a file, or one where nobody may write is one line, and no traceback."""
    (tmp_path / "file").touch()
    home = AirflowHome(tmp_path / place)

    for attempt in (home.lock, lambda: home.prepare(tmp_path, port=8080)):
        with pytest.raises(SettingsError, match=r"this can't be an Airflow home: .* --home$"):
            attempt()


def test_settings_name_the_port_and_the_folder(tmp_path: Path) -> None:
    """The components must find each other, and a percent sign in a path must not confuse Airflow."""
    home = AirflowHome(tmp_path / "100%")
    home.prepare(tmp_path / "50%", port=1234)
    read = settings(home)

    assert "http://127.0.0.1:1234/execution/" == read["core"]["execution_api_server_url"]
    assert str(tmp_path / "50%") == read["core"]["dags_folder"]
    assert ("127.0.0.1", "1234") == (read["api"]["host"], read["api"]["port"])


def test_a_home_is_used_by_one_airflow_at_a_time(tmp_path: Path) -> None:
    """The second must be refused and told how to end the first."""
    first, second = AirflowHome(tmp_path), AirflowHome(tmp_path)
    first.lock()
    with pytest.raises(SettingsError, match=r"runs in this folder already\. Stop it first$"):
        second.lock()

    first.record_groups([17, 18])

    with pytest.raises(SettingsError, match=r"runs in this folder already.*kill -- -17 -18"):
        second.lock()

    first.unlock()
    second.lock()
    second.unlock()


def test_databases_are_migrated_once(tmp_path: Path) -> None:
    """A second start must not migrate again, unless the database is another one or is gone."""
    home = AirflowHome(tmp_path)
    (tmp_path / "airflow.db").touch()
    before = home.is_migrated({})
    home.record_migrated({})
    after = home.is_migrated({})
    elsewhere = home.is_migrated({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://db/airflow"})
    (tmp_path / "airflow.db").unlink()

    assert (False, True, False, False) == (before, after, elsewhere, home.is_migrated({}))


def test_the_marker_holds_no_address(tmp_path: Path) -> None:
    """The address of a database may hold a password, so it must not be written down."""
    home = AirflowHome(tmp_path)
    home.record_migrated({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://me:secret@db/airflow"})

    assert [] == [file for file in tmp_path.iterdir() if "secret" in file.read_text()]
