"""The tools that are compared, each in an environment of its own."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
ENVIRONMENTS = Path(os.environ.get("DATAOPS_BENCH_ENVIRONMENTS", PROJECT / ".airflow" / "comparison"))
SERVER = os.environ.get("DATAOPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
LONGEST = 1800
"""Seconds that one environment may take to be made."""

SILENT = {
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "SCARF_NO_ANALYTICS": "true",
    "SODA_CORE_TELEMETRY_ENABLED": "false",
}
"""No tool may report anything to anybody."""


class UnavailableError(Exception):
    """A tool can't be run here."""


@dataclass(frozen=True)
class Tool:
    """A tool that is compared.

    Args:
        key: Its name in files: `run_KEY.py`.
        title: Its name for people.
        environment: The name of its environment: `requirements/ENVIRONMENT.txt`.
        database: Whether it looks at a table in PostgreSQL.
    """

    key: str
    title: str
    environment: str
    database: bool = False

    @property
    def requirements(self) -> Path:
        """The exact versions that its environment has; ours runs in this very one."""
        return HERE / "requirements" / f"{self.environment}.txt"


OURS = Tool("ours", "airflow-dataops", "")
TOOLS = (
    OURS,
    Tool("datacontract", "datacontract-cli", "datacontract"),
    Tool("soda", "Soda", "soda"),
    Tool("great_expectations", "Great Expectations", "great_expectations", database=True),
    Tool("common_sql", "common.sql", "common_sql", database=True),
    Tool("pandera", "pandera, coercing", "pandera"),
    Tool("pandera_text", "pandera, text and value", "pandera"),
)


def python_of(tool: Tool) -> Path:
    """Return the Python of a tool's environment; the environment is made where it is missing.

    Raises:
        UnavailableError: If it can't be made: without a package index, for example.
    """
    if tool is OURS:
        return Path(sys.executable)
    stamp = hashlib.sha256(tool.requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = ENVIRONMENTS / f"{tool.environment}-{stamp}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--retries", "1")
    for command in (
        (sys.executable, "-m", "venv", folder),
        (python, *pip, "-r", tool.requirements),
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"{tool.title}: its environment took over {LONGEST} s to make") from None
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise UnavailableError(f"{tool.title}: its environment can't be made: {said[-1] if said else ''}")
    (folder / "complete").touch()
    return python


def run(tool: Tool, deliveries: Path) -> dict[str, Any]:
    """Let a tool judge every delivery of a folder; return what it says, as `report.py` has it.

    Raises:
        UnavailableError: If the tool can't be run here.
    """
    python = python_of(tool)
    path = {"PYTHONPATH": str(PROJECT) if tool is OURS else ""}
    with tempfile.TemporaryDirectory() as home, _database(tool) as database:
        environment = os.environ | SILENT | path | database | {"AIRFLOW_HOME": home}
        done = subprocess.run(
            [python, HERE / f"run_{tool.key}.py", deliveries],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    if done.returncode:
        raise AssertionError(f"{tool.title} did not come to an end:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def _database(tool: Tool) -> Iterator[dict[str, str]]:
    """Make a database for a tool that needs one, and drop it again."""
    if not tool.database:
        yield {}
        return
    import psycopg
    from psycopg import sql

    name = f"dataops_comparison_{uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        raise UnavailableError(f"{tool.title}: there is no PostgreSQL, see DATAOPS_TEST_POSTGRES") from None
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield {"COMPARISON_DATABASE": f"{SERVER.rpartition('/')[0]}/{name}"}
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
