from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "airflow_dataops" / "core"
MODULES = sorted(CORE.rglob("*.py"))

# What values may be made of. No clock, no chance, no file, no process, no log: those come in as arguments.
ALLOWED = {
    "__future__",
    "abc",
    "base64",
    "bisect",
    "codecs",
    "collections",
    "collections.abc",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fnmatch",
    "fractions",
    "functools",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "io",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "shlex",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "urllib.parse",
    "uuid",
    "zipfile",
    "zlib",
    "zoneinfo",
}
CLOCKS = {"now", "today", "utcnow", "uuid1", "uuid4"}


def imports(tree: ast.AST) -> set[str]:
    """Name every module that is imported anywhere in a file, in functions and for types alike."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def is_allowed(name: str) -> bool:
    """Tell whether core may import a module."""
    own = ("airflow_dataops.core", "airflow_dataops.errors")
    return name in ALLOWED or name in own or name.startswith("airflow_dataops.core.")


def clocks(tree: ast.AST) -> list[str]:
    """Name every call that answers differently each time."""
    return [
        f"{node.func.attr}() in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]


def test_core_is_there() -> None:
    """The checks of this file must have something to check."""
    assert len(MODULES) > 5


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_only_allowed_modules(module: Path) -> None:
    """Core must import nothing but itself, the errors and the named modules of the standard library."""
    tree = ast.parse(module.read_text(encoding="utf-8"))

    assert [] == sorted(name for name in imports(tree) if not is_allowed(name))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_reads_no_clock(module: Path) -> None:
    """Time and chance must come into core as arguments."""
    tree = ast.parse(module.read_text(encoding="utf-8"))

    assert [] == clocks(tree)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os", {"os"}),
        ("def f():\n    import polars as pl", {"polars"}),
        ("if TYPE_CHECKING:\n    from pathlib import Path", {"pathlib"}),
        ("from ..usecases import land", {"..usecases"}),
        ("import os.path, re", {"os.path", "re"}),
    ],
)
def test_imports_are_found_wherever_they_stand(source: str, expected: set[str]) -> None:
    """The check itself must see imports of every form."""
    assert expected == imports(ast.parse(source))


def test_forbidden_modules_are_not_allowed() -> None:
    """None of what touches the world, and no layer above, may be on the list."""
    forbidden = ["os", "socket", "random", "logging", "time", "pathlib", "subprocess", "secrets", "yaml"]

    assert [] == [name for name in [*forbidden, "airflow_dataops.usecases", "..usecases"] if is_allowed(name)]


def test_clocks_are_found() -> None:
    """The check itself must see a clock that is read."""
    source = "a = datetime.now(UTC)\nb = date.today()\nc = datetime.datetime.utcnow()\nd = now"

    assert ["now() in line 1", "today() in line 2", "utcnow() in line 3"] == sorted(
        clocks(ast.parse(source)), key=lambda found: found[-1]
    )
