from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from airflow_dataops.engines.sql.duckdb.spill import spill_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from airflow_dataops.engines.sql.duckdb.spill import spill_folder
with spill_folder(sys.argv[1]) as folder:
    Path(folder).mkdir()
    Path(folder, "rows").write_text("spilled")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_spill_folder_is_removed_with_all_in_it(tmp_path: Path) -> None:
    """What a session spilled goes with the session; the parent is made where it is missing."""
    parent = tmp_path / "a" / "b"

    with spill_folder(str(parent)) as folder:
        Path(folder).mkdir()
        (Path(folder) / "rows").write_text("spilled")

    assert [] == list(parent.iterdir())


def test_spill_folder_of_a_living_session_is_left_alone(tmp_path: Path) -> None:
    """Two sessions have two folders, and the second one doesn't remove the first one's."""
    with spill_folder(str(tmp_path)) as first:
        Path(first).mkdir()
        with spill_folder(str(tmp_path)) as second:
            assert first != second
            assert Path(first).is_dir()
        assert Path(first).is_dir()


def test_spill_folder_of_a_killed_process_is_removed_by_the_next(tmp_path: Path) -> None:
    """What a process left that was killed is removed when the next session starts."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    assert -9 == killed.returncode
    assert ["rows"] == [path.name for path in tmp_path.glob("duckdb-*/*")]
    with spill_folder(str(tmp_path)) as folder:
        assert [Path(folder).name + ".lock"] == [path.name for path in tmp_path.iterdir()]
    assert [] == list(tmp_path.iterdir())
