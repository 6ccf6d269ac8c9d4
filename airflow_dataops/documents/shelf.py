"""Where the templates that this package brings lie, and how a module among them is loaded."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = Path(__file__).parent.parent


def shelf() -> Path:
    """Return the folder of the templates: inside the wheel, or beside the package in a checkout."""
    packaged = PACKAGE / "dag_templates"
    return packaged if packaged.is_dir() else PACKAGE.parent / "dag_templates"


def names() -> tuple[str, ...]:
    """Return every template version, such as `batch@1`. None is loaded: a template may need Airflow."""
    return tuple(
        f"{file.parent.name}@{file.stem.removeprefix('v')}" for file in sorted(shelf().glob("*/v[0-9]*.py"))
    )


def module(template: str, stem: str) -> ModuleType:
    """Return a module of a template's folder, which is no package; it is executed once.

    Args:
        template: The template, such as `batch`.
        stem: The module's file without its suffix, such as `v1`.

    Raises:
        ImportError: If there is no such module.
    """
    name = f"airflow_dataops_templates.{template}.{stem}"
    if name in sys.modules:
        return sys.modules[name]
    file = shelf() / template / f"{stem}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ImportError(f"there is no {file}")
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found  # before it runs: its dataclasses look themselves up
    try:
        spec.loader.exec_module(found)
    except BaseException:
        del sys.modules[name]
        raise
    return found
