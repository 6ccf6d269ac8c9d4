"""A disk without room: the stage fails with one line, readers see the old version, and room heals it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable

from airflow_dataops.store.schema import migrate

PROGRAM = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from way import STAGES, Way
from airflow_dataops.errors import BrokenWorldError
way = Way(Path(sys.argv[2]), "2026-03-03", "r", "")
for stage in STAGES:
    if stage == sys.argv[3]:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))
        try:
            way.take(stage)
        except BrokenWorldError as error:
            sys.exit(f"BrokenWorld {error}")
    else:
        way.take(stage)
"""
"""Takes a batch its way; in one stage no file can grow beyond 512 bytes."""

PIPELINE = """\
template: batch@1
source: {contract: landing.odcs.yaml, folder: drops, path: "things-{partition}.csv"}
transform: transform.sql
"""

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: text, logicalType: string}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A product with a drop that fits into no 512 bytes, whatever it is written as."""
    folder = tmp_path / "things"
    (folder / "drops").mkdir(parents=True)
    (folder / "things.dag.yaml").write_text(PIPELINE)
    (folder / "things.odcs.yaml").write_text(CONTRACT)
    (folder / "landing.odcs.yaml").write_text(CONTRACT)
    (folder / "transform.sql").write_text("SELECT id, text FROM {{ source }}")
    rows = (f"{number},{number**9:x}" for number in range(1000))
    (folder / "drops" / "things-2026-03-03.csv").write_text("\n".join(["id,text", *rows, ""]))
    migrate(f"sqlite:///{tmp_path}/store.db")
    return tmp_path


def go(home: Path, stage: str) -> subprocess.CompletedProcess[str]:
    """Take the batch its way; the disk is full in one stage, or in none."""
    here = str(Path(__file__).parent)
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, here, str(home), stage], check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("stage", ["land", "gate", "verify", "transform", "audit", "publish"])
def test_a_full_disk_is_one_line_and_heals(home, stage) -> None:
    """What can't be written is a broken world; nothing is published, and with room the same batch is."""
    full = go(home, stage)

    assert 1 == full.returncode
    assert full.stderr.startswith("BrokenWorld "), full.stderr
    assert 1 == len(full.stderr.splitlines())
    assert not (home / "lake" / "things" / "_delta_log" / "00000000000000000001.json").exists()
    again = go(home, "")
    assert (0, "") == (again.returncode, again.stderr)
    published = json.loads((home / "xcom" / "r" / "2026-03-03" / "publish.json").read_text())
    assert 1000 == published["rows"]
    assert [] == [left for left in (home / "zones").rglob("*") if left.name.endswith(".part")]
    assert 1000 == sum(
        DeltaTable(str(home / "lake" / "things")).get_add_actions().column("num_records").to_pylist()
    )
