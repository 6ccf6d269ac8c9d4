"""The page on templates of one's own, taken step by step."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import shelf_of

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "own-template.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILE = re.compile(r"`(templates/[\w./]+)`[^`]*\n\n```python\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)```", re.DOTALL | re.MULTILINE)


def steps():
    """Yield each command of the page with what it prints there."""
    for block in CONSOLE.findall(TEXT):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            yield command, printed


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder with the files of the page."""
    files = FILE.findall(re.sub(r"which\nloads[^:]*:", "", TEXT))
    assert 2 == len(files)
    for name, text in files:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def squeezed(text: str) -> str:
    """Return a text without the widths of a table."""
    lines = (re.sub(r" +", " ", re.sub(r"─+", "─", line)).rstrip() for line in text.splitlines())
    return "\n".join(lines)


@pytest.mark.usefixtures("here")
def test_every_command_prints_what_the_page_shows(capsys, monkeypatch) -> None:
    """One after the other, as a reader would type them."""
    ran = 0
    for command, expected in steps():
        words = shlex.split(command)
        if words[0] == "export":
            monkeypatch.setenv("AIRFLOW__DATAOPS__TEMPLATE_PATHS", f"{os.getcwd()}/templates")  # noqa: PTH109
            continue
        assert "airflow-dataops" == words[0]
        assert 0 == main(words[1:]), capsys.readouterr()
        if expected != "…\n":
            assert squeezed(expected) == squeezed(capsys.readouterr().out)
        capsys.readouterr()
        ran += 1
    assert 4 == ran


def test_a_package_brings_it(here, capsys, monkeypatch) -> None:
    """By the entry point of the page, in the metadata that an installation leaves, and without a setting."""
    (project,) = re.findall(r"^```toml\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    points = tomllib.loads(project)["project"]["entry-points"]
    (here / "templates").rename(here / "acme_templates")
    (here / "acme_templates" / "__init__.py").touch()
    metadata = here / "acme_templates-1.0.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.4\nName: acme-templates\nVersion: 1.0.0\n")
    (metadata / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in named.items())
            for group, named in points.items()
        )
    )
    monkeypatch.syspath_prepend(here)
    shelf_of.cache_clear()

    try:
        assert 0 == main(["dag", "describe", "watch@1"]), capsys.readouterr()
    finally:
        shelf_of.cache_clear()
    assert capsys.readouterr().out.startswith("template:   watch@1")
