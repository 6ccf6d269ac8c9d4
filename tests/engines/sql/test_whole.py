from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from airflow_dataops.engines.sql.whole import part_of, whole


def test_whole_shows_a_file_when_it_is_complete(tmp_path: Path) -> None:
    """Readers see the old file until the block has ended, then the new one, and nothing is left beside it."""
    file = tmp_path / "rows [1].parquet"
    file.write_text("old")
    part = part_of(str(file))

    with whole(str(file), part=part):
        Path(part).write_text("new")
        assert "old" == file.read_text()

    assert "new" == file.read_text()
    assert [file] == list(tmp_path.iterdir())


def test_whole_keeps_the_old_file_when_the_block_fails(tmp_path: Path) -> None:
    """A block that fails changes nothing and leaves nothing."""
    file = tmp_path / "rows"
    file.write_text("old")
    part = part_of(str(file))

    def fail() -> None:
        with whole(str(file), part=part):
            Path(part).write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert "old" == file.read_text()
    assert [file] == list(tmp_path.iterdir())


def test_whole_removes_what_killed_attempts_left(tmp_path: Path) -> None:
    """A process that was killed while it wrote leaves its half; the next attempt removes it."""
    file = tmp_path / "rows"
    Path(part_of(str(tmp_path / "other"))).parent.mkdir()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert (-signal.SIGKILL, 2) == (killed.returncode, len(list(tmp_path.iterdir())))

    part = part_of(str(file))
    with whole(str(file), part=part):
        Path(part).write_text("second")

    assert "second" == file.read_text()
    assert 2 == len(list(tmp_path.iterdir()))


KILLED = """
import os, signal, sys
from pathlib import Path
from airflow_dataops.engines.sql.whole import part_of, whole
part = part_of(sys.argv[1])
with whole(sys.argv[1], part=part):
    Path(part).write_text("first")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_attempts_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Each ends with a whole file in place, whichever comes last; no attempt loses what it writes."""
    file = tmp_path / "rows"

    def write(number: int) -> None:
        for _ in range(20):
            part = part_of(str(file))
            with whole(str(file), part=part):
                Path(part).write_text(f"{number}" * 100_000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))

    assert [file] == list(tmp_path.iterdir())
    assert (1, 100_000) == (len(set(file.read_text())), len(file.read_text()))


def test_part_of_is_never_the_same(tmp_path: Path) -> None:
    """Two attempts at one file write into two folders, beside it, hidden."""
    folders = {Path(part_of(str(tmp_path / "rows"))).parent for _ in range(3)}

    assert 3 == len(folders)
    assert {(tmp_path, True)} == {(folder.parent, folder.name.startswith(".rows.")) for folder in folders}
