"""Rules that are written in Python, `module:Object`: beside the file that names them, or to be imported."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_dataops.documents.yaml.text import is_there

FORM = r"[A-Za-z_][\w.]*:[A-Za-z_]\w*"
MEANING = "a module and an object in it, such as `orders_schema:OrdersModel`"


def is_implementation(value: object) -> bool:
    """Say whether a value is of the form `module:Object`."""
    return isinstance(value, str) and re.fullmatch(FORM, value) is not None


def located(implementation: str, folder: str | Path) -> str:
    """Return `/folder/module.py:Object` where that file is there, else what was given, to be imported.

    Args:
        implementation: Such as `module:Object`; one that is located already stays as it is.
        folder: The folder of the file that names it.
    """
    module, _, name = implementation.rpartition(":")
    file = Path(folder).absolute().joinpath(*module.split(".")).with_suffix(".py")
    return f"{file}:{name}" if is_implementation(implementation) and is_there(file) else implementation
