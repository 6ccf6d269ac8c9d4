"""A product goes over to another version of its template whole, wherever `dag upgrade` is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import ours

MORTAL = """
import os, signal, sys
from pathlib import Path

point, seen = int(sys.argv[1]), 0

def mortal(name):
    done = getattr(Path, name)
    def call(self, *args, **kwargs):
        global seen
        die()
        result = done(self, *args, **kwargs)
        die()
        return result
    setattr(Path, name, call)

def die():
    global seen
    seen += 1
    if seen == point:
        os.kill(os.getpid(), signal.SIGKILL)

from airflow_dataops.cli.main import main
mortal("replace"), mortal("unlink")
sys.exit(main(["dag", "upgrade", "orders"]))
"""
"""Kills itself before or after the first, second, … file that takes another's place, or goes."""

MOST = 60
FILES = ("orders.dag.yaml", "orders.dag.prod.yaml", "orders.dag.test.yaml")


def product(home: Path) -> Path:
    """Write a product on the older version, with what two environments change."""
    (home / ".schemas").mkdir(parents=True)
    (home / "defaults.yaml").write_text("root: true\n")
    folder = Path(shutil.copytree(ours() / "batch" / "orders", home / "orders"))
    (folder / FILES[0]).write_text(
        "# yaml-language-server: $schema=../.schemas/batch@1.json\n"
        "template: batch@1\nsource: {folder: drops, path: 'o-{partition}.csv', contract: orders.odcs.yaml}\n"
    )
    (folder / FILES[1]).write_text("params:\n  extra_columns: fail  # here\n")
    (folder / FILES[2]).write_text("params: {extra_columns: fail, max_quarantined: 1%}\n")
    return folder


def texts(folder: Path) -> dict[str, str]:
    """Return what is said."""
    return {file.name: file.read_text() for file in (*(folder / name for name in FILES),)}


@pytest.mark.usefixtures("capsys")
def test_a_product_goes_over_whole_or_the_next_command_takes_it_there(tmp_path, monkeypatch) -> None:
    """No file is ever torn, and where some have changed, the rest follows."""
    monkeypatch.chdir(tmp_path)
    old = texts(product(tmp_path / "whole"))
    monkeypatch.chdir(tmp_path / "whole")
    assert 0 == main(["dag", "upgrade", "orders"])
    new = texts(Path("orders"))
    assert all(old[name] != new[name] for name in FILES)
    halves = 0
    for point in range(1, MOST):
        home = tmp_path / str(point)
        folder = product(home)
        ran = subprocess.run(
            [sys.executable, "-c", MORTAL, str(point)],
            check=False,
            capture_output=True,
            text=True,
            cwd=home,
            env=os.environ,
        )
        if ran.returncode == 0:
            break
        assert -signal.SIGKILL == ran.returncode, ran.stderr
        found = texts(folder)
        assert all(text in {old[name], new[name]} for name, text in found.items())
        halves += found not in (old, new)
        monkeypatch.chdir(home)
        over = found == new and not (folder / ".orders.dag.yaml.upgrade").exists()

        assert (3 if over else 0) == main(["dag", "upgrade", "orders"])

        assert new == texts(folder)
        assert not (folder / ".orders.dag.yaml.upgrade").exists()
        assert (home / ".schemas" / "batch@2.json").is_file()
    else:
        pytest.fail("it never came to its end")
    assert halves, "no point lay between two files"
