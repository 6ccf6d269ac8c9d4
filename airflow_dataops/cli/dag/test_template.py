"""`dag test-template`: whether a template does what every template must."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf
from airflow_dataops.cli.output import say
from airflow_dataops.documents.templates.shelf import FOLDER, VERSION, shelf_of
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

OK, WRONG = 0, 1
"""Exit codes."""


def run(args: Namespace, *, paths: Sequence[Path] = ()) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `template`: a name, or a folder of one or of several.
        paths: Folders of templates that the deployment knows.

    Raises:
        SettingsError: If there is no such template.
    """
    from airflow_dataops.testing.template import template_trials

    names, folders = named(args.template)
    trials = template_trials(names, folders=(*paths, *folders))
    for trial in trials:
        print(f"{trial.name}: {', '.join(trial.passed) or 'nothing'} passed")
        for problem in trial.problems:
            say(sys.stderr, [f"{trial.name}: {problem}"])
    return WRONG if any(trial.problems for trial in trials) else OK


def named(given: str) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Return the template versions that are meant, and the folder in which they lie, if it is one.

    Raises:
        SettingsError: If a folder has none.
    """
    folder = Path(given)
    if not folder.is_dir():
        return (given,), ()
    folder = folder.absolute()
    alone = any(VERSION.fullmatch(file.stem) for file in folder.glob("v*.py"))
    if alone and not FOLDER.fullmatch(folder.name):
        hint = "Use lower-case letters, digits and `_`."
        raise SettingsError("this can't be the name of a template", where=given, hint=hint)
    above = folder.parent if alone else folder
    known = any(shelf().file(name).parent.parent == above for name in shelf().names())
    mine = [
        name
        for name in shelf_of((above,)).names()
        if (not alone or name.partition("@")[0] == folder.name)
        and shelf_of((above,)).file(name).parent.parent == above
    ]
    if not mine:
        raise SettingsError("there is no template here", where=given, hint="It is a folder with a `v1.py`.")
    return tuple(mine), () if known else (above,)
