"""A file that a command writes: whole, or as it was."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from airflow_dataops.cli import output
from airflow_dataops.cli.output import say, write
from airflow_dataops.errors import BrokenWorldError, SettingsError


@pytest.fixture
def file(tmp_path) -> Path:
    """A file that people wrote, and that they alone may read."""
    found = tmp_path / "orders.dag.yaml"
    found.write_text("old")
    found.chmod(0o640)
    return Path(found)


def test_what_is_replaced_keeps_its_rights_and_its_links(file, tmp_path) -> None:
    """A link leads where it led."""
    link = tmp_path / "link.yaml"
    link.symlink_to(file)

    write("new", str(link), replace=True)

    assert ("new", 0o640) == (file.read_text(), stat.S_IMODE(file.stat().st_mode))
    assert link.is_symlink()
    assert [file, link] == sorted(tmp_path.iterdir(), reverse=True)


def test_a_disk_that_is_full_costs_nothing(file, tmp_path, monkeypatch) -> None:
    """What people wrote is there, and nothing else."""

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(output.os, "fsync", full)
    for name in (file.name, "other"):
        with pytest.raises(BrokenWorldError, match="No space left"):
            write("new", str(tmp_path / name), replace=True)

    assert "old" == file.read_text()
    assert [file] == list(tmp_path.iterdir())


def test_what_is_no_file_is_written_to() -> None:
    """A device is not replaced."""
    write("new", "/dev/null", replace=True)

    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_file_is_not_replaced_unasked(file) -> None:
    """The hint says how."""
    with pytest.raises(SettingsError, match="--force"):
        write("new", str(file), replace=False)

    assert "old" == file.read_text()


def test_a_terminal_of_few_characters_shows_what_it_can(monkeypatch) -> None:
    """In the locale C a report was a traceback."""
    shown = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(shown, encoding="ascii", write_through=True))
    write("orders \N{EM DASH} late\n", None, replace=False)
    say(sys.stdout, ["\N{FIRE}"])

    assert b"orders ? late\n?\n" == shown.getvalue()
