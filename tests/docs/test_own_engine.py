"""The engine of the how-to: it is found, it opens its connections, and it comes to what DuckDB comes to."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
PAGE = (HOWTO / "own-engine.md").read_text()
MODULES = ("shelf.py", "shelf_hook.py", "shelf_info.py", "shelf_test.py")
TOML = re.compile(r'\[project\.entry-points\."([\w.]+)"\]\n(\w+) = "([\w.:]+)"')
FOUND = """
import json
from airflow_dataops.bridge.hooks import database
from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.wiring import engines
from airflow_dataops.wiring.settings import Settings

shelf = database("my_shelf")
engine = engines.engine(Settings(store_url="", zones_path="", lake_path=""), shelf)
print(json.dumps(engine.types(InPlace("shelf://my_shelf/rides"))))
try:
    database("no_shelf").connect()
except Exception as error:
    print(error)
"""


def _loaded(name: str) -> Any:
    """Return a module of the how-to."""
    spec = importlib.util.spec_from_file_location(name, HOWTO / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_loaded("shelf")


class TestShelf(_loaded("shelf_test").TestShelf):
    """The tests that the page runs, with fewer examples."""

    examples = 8


def test_what_the_page_shows_is_in_the_files() -> None:
    """Its Python is that of the package and of its tests; the call of the operator apart."""
    files = "".join((HOWTO / name).read_text() for name in MODULES)
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    assert 5 < len(blocks)
    assert ["VerifyContractOperator"] == [block.partition("(")[0] for block in blocks if block not in files]


def test_a_connection_of_the_type_leads_to_the_engine(tmp_path) -> None:
    """By the entry points of the page, Airflow's hook, and the address of the table."""
    info = tmp_path / "airflow_provider_shelf-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: airflow-provider-shelf\nVersion: 1.0.0\n")
    points = "".join(f"[{group}]\n{name} = {value}\n" for group, name, value in TOML.findall(PAGE))
    assert 2 == points.count("[")
    (info / "entry_points.txt").write_text(points)
    with closing(sqlite3.connect(tmp_path / "shelf.db")) as shelf:
        shelf.execute("CREATE TABLE rides (id INTEGER, city TEXT)")

    told = subprocess.run(
        [sys.executable, "-c", FOUND],
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join((str(tmp_path), str(HOWTO), str(HOWTO.parents[1]))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW_CONN_MY_SHELF": json.dumps({"conn_type": "shelf", "host": str(tmp_path / "shelf.db")}),
            "AIRFLOW_CONN_NO_SHELF": json.dumps({"conn_type": "shelf", "host": str(tmp_path / "no.db")}),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == told.returncode, told.stderr
    types, refused = told.stdout.splitlines()[-2:]
    assert {"id": "INTEGER", "city": "TEXT"} == json.loads(types)
    assert refused.startswith("connection `no_shelf`: connecting failed: the server has no such database (")
