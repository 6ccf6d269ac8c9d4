from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "airflow_dataops"
FILES = sorted(PACKAGE.rglob("*.py"))

BANNED_MODULES = re.compile(r"(utils?|helpers?|common|misc|base|manager|abstract|types)")
BANNED_CLASSES = re.compile(r"(Base|Abstract)[A-Z].*|.*(Manager|Impl|Helper|Utils?|Data|Info)")


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_named_for_what_they_hold(file: Path) -> None:
    """A module must be named for its noun or verb, not for being shared."""
    assert None is BANNED_MODULES.fullmatch(file.stem)


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_classes_are_bare_nouns(file: Path) -> None:
    """A class must be named for what it is, without a word that says nothing."""
    classes = [node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)]

    assert [] == [name for name in classes if BANNED_CLASSES.fullmatch(name)]


def test_init_files_are_empty() -> None:
    """Nothing is re-exported, since that is where import cycles come from."""
    inits = [file for file in FILES if file.name == "__init__.py"]

    assert inits
    assert [] == [file for file in inits if file.read_text()]
