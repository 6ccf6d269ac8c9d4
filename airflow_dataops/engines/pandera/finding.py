"""Where a schema is: `module:Object`, in a file of its own or on the import path."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from types import ModuleType

    from airflow_dataops.errors import DataOpsError

SUFFIX = ".py"


def find(implementation: str) -> object:
    """Return what an implementation names.

    A file is loaded anew each time, under a name that no other file has, and its folder doesn't come onto the
    import path: two products may both have a `checks.py`.

    Args:
        implementation: `/folder/module.py:Object`, or `module:Object`.

    Raises:
        NotEvaluatedError: If there is no such module or object, or the module fails when it is imported.
        SettingsError: If the module needs pandas, and it isn't installed.
    """
    module, _, name = implementation.rpartition(":")
    failure: DataOpsError
    try:
        loaded = _from_file(Path(module)) if module.endswith(SUFFIX) else importlib.import_module(module)
    except ModuleNotFoundError as error:
        failure = _missing(module, error)
    except SyntaxError as error:
        failure = NotEvaluatedError("the file is no Python", where=f"{module}:{error.lineno or 1}")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a module does while it is imported
        failure = NotEvaluatedError(
            f"{type(error).__name__} is raised when it is imported", where=_line(module, error)
        )
    else:
        if hasattr(loaded, name):
            return getattr(loaded, name)
        failure = NotEvaluatedError(f"there is no `{name}`", where=module, hint="Check the name.")
    raise failure


def _from_file(file: Path) -> ModuleType:
    name = f"{file.stem}_{hashlib.sha256(str(file).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ModuleNotFoundError(name=str(file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # annotations of models are looked up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _missing(module: str, error: ModuleNotFoundError) -> DataOpsError:
    missing = error.name or "a module"
    if missing == module:
        return NotEvaluatedError(
            f"there is no module `{module}`",
            hint="Put it beside the file that names it, or install it where tasks run.",
        )
    where = _line(module, error)
    if missing == "pandas":
        return SettingsError(
            "the module `pandas` is not installed",
            where=where,
            hint="Install pandas where tasks run, or write the schema with pandera.polars.",
        )
    return NotEvaluatedError(
        f"it needs the module `{missing}`, which is not there",
        where=where,
        hint="Install it where tasks run; a module that lies beside it is not found.",
    )


def _line(module: str, error: BaseException) -> str:
    """Return the last line of the module that the error came through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == module]
    return f"{module}:{lines[-1]}" if lines else module
