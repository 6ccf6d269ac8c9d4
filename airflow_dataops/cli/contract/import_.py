"""`contract import`: a contract from a properties file of dbt, or from a rule set."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say, write
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.yaml.writer import yaml_text
from airflow_dataops.errors import DocumentError, NotEvaluatedError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from airflow_dataops.documents.odcs.draft import Keys
    from airflow_dataops.errors import Problem

ALL_SAID, LEFT_OUT = 0, 2
"""Exit codes."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `file`, `source`, `name`, `output` and `force`.

    Raises:
        DocumentError: If the file can't be read, is wrong, or holds nothing to import.
        NotEvaluatedError: If what it says makes no contract.
        SettingsError: If the output is there already.
        BrokenWorldError: If the contract can't be written.
    """
    keys, problems = READERS[args.source](args.file, args.name or "")
    file = " ".join(Path(args.file).name.split())
    head = f"Imported from {file if file.isprintable() else 'a file'} ({args.source})."
    text = yaml_text(keys, head=(head,))
    check(text, args.file)
    write(text, args.output, replace=args.force)
    for problem in problems:
        say(sys.stderr, [str(problem)])
    return LEFT_OUT if problems else ALL_SAID


def check(text: str, source: str) -> None:
    """See that what was made is a contract that can be read.

    Raises:
        NotEvaluatedError: If it isn't: what the file says can't be promised.
    """
    with tempfile.TemporaryDirectory(prefix="dataops-") as folder:
        made = Path(folder, "made.odcs.yaml")
        made.write_text(text, encoding="utf-8", newline="")
        try:
            read_contract(made)
        except DocumentError as error:
            why = "; ".join(problem.what for problem in error.problems)
        else:
            return
    raise NotEvaluatedError(
        f"it makes no contract: {why}", where=source, hint="Mend it there, and try again."
    )


def of_dbt(file: str, name: str) -> tuple[Keys, tuple[Problem, ...]]:
    """Read a properties file of dbt."""
    from airflow_dataops.documents.dbt.properties import read_dbt

    return read_dbt(file, name or Path(file).stem)


def of_rule_set(file: str, name: str) -> tuple[Keys, tuple[Problem, ...]]:
    """Read a rule set."""
    from airflow_dataops.documents.ruleset.contract import read_as_contract

    return read_as_contract(file, name)


READERS: dict[str, Callable[[str, str], tuple[Keys, tuple[Problem, ...]]]] = {
    "dbt": of_dbt,
    "ruleset": of_rule_set,
}
