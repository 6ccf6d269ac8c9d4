"""The folder that one local Airflow lives in."""

from __future__ import annotations

import base64
import configparser
import fcntl
import hashlib
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, TextIO

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

USER = "admin"

# What makes one machine with two cores enough; the reasons are in docs/decisions/0003-local-airflow.md.
SETTINGS = {
    "core": {
        "executor": "LocalExecutor",
        "parallelism": "4",
        "load_examples": "False",
        "dags_are_paused_at_creation": "False",
        "simple_auth_manager_users": f"{USER}:admin",
        "min_serialized_dag_update_interval": "1",
    },
    "api": {"host": "127.0.0.1", "workers": "1"},
    "dag_processor": {
        "parsing_processes": "1",
        "refresh_interval": "2",
        "bundle_refresh_check_interval": "1",
        "min_file_process_interval": "5",
    },
    "scheduler": {"scheduler_heartbeat_sec": "2"},
    "workers": {"min_heartbeat_interval": "1"},
    "usage_data_collection": {"enabled": "False"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What the components of one Airflow share and nobody else may know.

    Args:
        jwt_secret: Signs the tokens of users and of tasks.
        api_secret_key: Signs the sessions of the UI.
        fernet_key: Encrypts connections and variables in the database.
    """

    jwt_secret: str
    api_secret_key: str
    fernet_key: str


class AirflowHome:
    """The folder of one local Airflow: its settings, secrets, logs and databases.

    Args:
        path: The folder; it is made when it isn't there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.settings = self.path / "airflow.cfg"
        self._lock: int | None = None

    def prepare(self, dags_folder: Path, *, port: int) -> None:
        """Write the folder's settings, and its secrets the first time.

        The settings are an `airflow.cfg`, so `AIRFLOW_HOME=… airflow dags list` sees the same Airflow.

        Args:
            dags_folder: Where Airflow looks for DAG files.
            port: Where its API server listens on 127.0.0.1.

        Raises:
            SettingsError: If the folder can't be written, or its secrets can't be read.
        """
        with usable(self.path):
            self._prepare(dags_folder, port=port)

    def _prepare(self, dags_folder: Path, *, port: int) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        if not self._passwords.exists():
            _write_private(self._passwords, {USER: secrets.token_urlsafe(12)})
        own = self._secrets()
        url = f"http://127.0.0.1:{port}"
        settings = configparser.ConfigParser(interpolation=None)
        settings.read_dict(SETTINGS)
        settings.read_dict(
            {
                "core": {
                    "dags_folder": dags_folder.absolute(),
                    "execution_api_server_url": f"{url}/execution/",
                    "fernet_key": own.fernet_key,
                    "simple_auth_manager_passwords_file": self._passwords,
                },
                "api": {"port": port, "base_url": url, "secret_key": own.api_secret_key},
                "api_auth": {"jwt_secret": own.jwt_secret},
            }
        )
        for section in settings.values():
            for option, value in section.items():
                section[option] = value.replace("%", "%%")  # Airflow interpolates what it reads
        with _private(self.settings) as file:
            settings.write(file)

    @property
    def password(self) -> str:
        """The password of the user `admin`, once the folder is prepared.

        Raises:
            SettingsError: If its file can't be read.
        """
        return _read_private(self._passwords, {USER}, hint="Remove it: a new password is made.")[USER]

    def lock(self) -> int:
        """Keep a second Airflow off the folder; return the descriptor that its programs shall inherit.

        The lock lasts as long as anybody holds the descriptor: an Airflow whose parent was killed is noticed.

        Raises:
            SettingsError: An Airflow runs here already, or the folder can't be made or written.
        """
        with usable(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            groups = os.read(self._lock, 1000).decode()
            hint = f"; if the program that started it is gone, say: kill -- {groups}" if groups else ""
            self.unlock()
            raise SettingsError(
                "an Airflow runs in this folder already",
                where=str(self.path),
                hint=f"Stop it first{hint}",
            ) from None
        os.truncate(self._lock, 0)
        return self._lock

    def record_groups(self, groups: list[int]) -> None:
        """Note which process groups run here, for whoever finds the folder locked."""
        if self._lock is not None:
            os.pwrite(self._lock, " ".join(f"-{group}" for group in groups).encode(), 0)

    def unlock(self) -> None:
        """Let the next Airflow in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def is_migrated(self, environment: Mapping[str, str]) -> bool:
        """Tell whether the databases have the tables of the installed versions already."""
        marker = self._marker
        return marker.exists() and marker.read_text(encoding="utf-8") == self._schema(environment)

    def record_migrated(self, environment: Mapping[str, str]) -> None:
        """Note that the databases have the tables of the installed versions."""
        self._marker.write_text(self._schema(environment), encoding="utf-8")

    @property
    def _marker(self) -> Path:
        return self.path / "migrated.txt"

    @property
    def _passwords(self) -> Path:
        return self.path / "passwords.json"

    def _schema(self, environment: Mapping[str, str]) -> str:
        """Name what the tables depend on: the versions, our migrations, and which databases they are."""
        migrations = files("airflow_dataops") / "store" / "migrations" / "versions"
        names = sorted(file.name for file in migrations.iterdir()) if migrations.is_dir() else []
        urls = sorted(f"{key}={value}" for key, value in environment.items() if "SQL_ALCHEMY_CONN" in key)
        present = sorted(file.name for pattern in ("*.db", "*/*.db") for file in self.path.glob(pattern))
        digest = hashlib.sha256(json.dumps([names, urls, present]).encode()).hexdigest()
        distributions = ("apache-airflow-core", "airflow-provider-dataops")
        return "\n".join([*(f"{name} {version(name)}" for name in distributions), digest])

    def _secrets(self) -> Secrets:
        file = self.path / "secrets.json"
        if file.exists():
            hint = "Remove it: new secrets are made; connections and variables in the database are lost then."
            return Secrets(**_read_private(file, {field.name for field in fields(Secrets)}, hint=hint))
        own = Secrets(
            jwt_secret=secrets.token_hex(32),
            api_secret_key=secrets.token_hex(32),
            fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        )
        _write_private(file, asdict(own))
        return own


@contextmanager
def usable(home: Path) -> Iterator[None]:
    """Turn what the file system refuses in a home into an error of ours.

    Args:
        home: The folder.

    Raises:
        SettingsError: If the block raises an OSError.
    """
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else str(home)
        raise SettingsError(
            f"this can't be an Airflow home: {error.strerror or type(error).__name__}",
            where=place,
            hint="Choose a folder that can be written with --home",
        ) from None


@contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    """Write a file that only its owner may read, from its first byte on; it appears whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _write_private(path: Path, content: dict[str, str]) -> None:
    with _private(path) as file:
        file.write(json.dumps(content) + "\n")


def _read_private(path: Path, keys: set[str], *, hint: str) -> dict[str, str]:
    """Return what such a file holds: texts under these keys.

    Raises:
        SettingsError: If it holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if isinstance(found, dict) and all(isinstance(found.get(key), str) and found[key] for key in keys):
        return {key: found[key] for key in keys}
    # Not a word of what it does hold: that may be half a secret.
    raise SettingsError("the file can't be read, or holds something else", where=str(path), hint=hint)
