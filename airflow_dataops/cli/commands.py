"""The commands that need no Airflow, as values: argparse shows them here, `airflow dataops` may do so there.

To add one, add a record to `COMMANDS`. Its function is named by its import path, so that nothing is loaded
before it runs: it takes the parsed arguments and returns the exit code.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a command; the fields are those of `argparse.ArgumentParser.add_argument`.

    Args:
        flags: Its name, or its options such as `-o` and `--output-format`.
        help: What it is, in one line.
        metavar: What stands for its value in the help.
        nargs: `+`, `*`, `?`, or None for one.
        choices: The only values, or empty for any.
        default: Its value when it is not given.
        action: Such as `store_true`, or None.
    """

    flags: tuple[str, ...]
    help: str
    metavar: str | None = None
    nargs: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Args:
        name: What is typed.
        help: What it does, in one line.
        arguments: What it takes.
        run: `module:function`; takes an `argparse.Namespace`, returns the exit code.
        notes: What else its help says, such as its exit codes.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...]
    run: str
    notes: str = ""


COMMANDS: tuple[Command, ...] = (
    Command(
        name="lint",
        help="Check data products and contracts: every problem with its file, line and column",
        arguments=(
            Argument(
                flags=("paths",),
                metavar="PATH",
                nargs="+",
                help="A product's folder, a *.dag.yaml, a *.odcs.yaml, or a folder of many",
            ),
            Argument(
                flags=("--output-format",),
                choices=("text", "json", "github"),
                default="text",
                help="Lines for people, one JSON document, or annotations for GitHub (default: text)",
            ),
        ),
        run="airflow_dataops.cli.lint:run",
        notes="Exit codes: 0 all well, 1 errors, 2 warnings only, 3 something could not be read.",
    ),
)
