"""`dag eject`: a product leaves its template, and takes the code along."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import definition
from airflow_dataops.cli.dag.render import rendered
from airflow_dataops.cli.output import say, write
from airflow_dataops.documents.pipeline.layers import environments, overlay_of
from airflow_dataops.documents.yaml.text import read_text
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from argparse import Namespace

ASIDE = ".ejected"
"""What is put behind the name of a pipeline file that nothing reads any more."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `path`, `environment` and `force`.

    Raises:
        DocumentError: If a file of the product is wrong, or `dag.py` does more than load it.
        SettingsError: If the environment is wrong.
        BrokenWorldError: If the file can't be written.
    """
    found = definition(args.path, environment=args.environment)
    file, text = Path(found.path("dag.py")), rendered(found)
    if file.exists() and not args.force and not is_stub(read_text(file)):
        what = "this file does more than `load_dag`"
        raise DocumentError((Problem(str(file), what, "Nothing was changed; --force replaces it."),))
    aside = Path(f"{found.file}{ASIDE}")
    if aside.exists():
        what, hint = "what was put aside before lies here", "Nothing was changed; move it, or delete it."
        raise DocumentError((Problem(str(aside), what, hint),))
    write(text, str(file), replace=True)
    Path(found.file).rename(aside)
    print(f"{file} is the DAG now; {aside} is what it was made of.")
    for environment in environments(Path(found.file)):
        if environment != args.environment:
            lost = overlay_of(Path(found.file), environment)
            say(sys.stderr, [f"{lost}: what it changes in {environment} is not in {file}."])
    return 0


def is_stub(text: str) -> bool:
    """Say whether a DAG file does nothing but load its product."""
    try:
        lines = ast.parse(text).body
    except SyntaxError:
        return False
    return [type(line) for line in lines] == [ast.ImportFrom, ast.Assign] and "load_dag(__file__)" in text
