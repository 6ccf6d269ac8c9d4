"""The console program `airflow-dataops`: the commands that need no Airflow."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from airflow_dataops.cli.command import Group
from airflow_dataops.cli.commands import COMMANDS
from airflow_dataops.cli.wrong_call import WRONG_CALL, WrongCallError
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow_dataops.cli.command import Argument, Command

DISTRIBUTION = "airflow-provider-dataops"
UNREADABLE = 3
"""Exit code: the command could not do its work."""

COLLECTED = 100_000
"""After how many new objects cycles are looked for: modules and trees of SQL are many, and stay."""

LAST_STREAM = 2
"""The number of the last of the three streams, the standard error."""

INTERRUPTED = 130
"""Exit code of a program that was interrupted (128 + SIGINT)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was typed, and return its exit code; wrong arguments exit with argparse's own 2.

    Args:
        arguments: What was typed after the program's name; by default what was typed.
    """
    if arguments is None:
        import gc

        gc.set_threshold(COLLECTED)
    _open_streams()
    try:
        given = parser().parse_args(arguments)
    except OSError as error:  # the help, or the version
        return _unheard(error)
    return run(given.command, given)


def run(command: Command, given: argparse.Namespace) -> int:
    """Run one command, and return its exit code; an error of ours is one line on stderr for each problem.

    Args:
        command: The command.
        given: Its arguments.
    """
    module, _, function = command.run.partition(":")
    try:
        code: int = getattr(import_module(module), function)(given)
        sys.stdout.flush()
    except DataOpsError as error:
        from airflow_dataops.core.legible import legible

        sys.stderr.write(f"{legible(str(error))}\n")
        return WRONG_CALL if isinstance(error, WrongCallError) else UNREADABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _unheard(error)
    return code


def _open_streams() -> None:
    """Open the streams that whoever started us has closed, to nowhere.

    Else the next file that is opened would have the number of one, and be given what is meant for that.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= LAST_STREAM:
        pass
    os.close(number)
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it is open until we end


def _unheard(error: OSError) -> int:
    """Say that a command could not write what it had to say, where anybody listens; return its exit code."""
    # What is left in the buffer can't be written either, and Python would try again at its end.
    sys.stdout = _nowhere()
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has closed it, as `| head` does: nobody is left to talk to.
        return 0
    place = f" {error.filename}" if error.filename else " its output"
    with suppress(OSError):
        sys.stderr.write(f"can't write{place}: {error.strerror or type(error).__name__}\n")
    return UNREADABLE


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    made = Parser(
        prog="airflow-dataops",
        description="Data products on Airflow: what needs no Airflow to run.",
        epilog="The commands that need a deployment's settings are under `airflow dataops`.",
    )
    made.add_argument("--version", action=Version, help="Print the version and exit")
    _add(made, COMMANDS)
    return made


def _add(above: argparse.ArgumentParser, commands: Iterable[Command | Group]) -> None:
    """Let a parser know commands, and those of groups below theirs."""
    known = above.add_subparsers(metavar="COMMAND", required=True)
    for command in commands:
        sub = known.add_parser(
            command.name, help=command.help, description=command.help, epilog=command.notes or None
        )
        if isinstance(command, Group):
            _add(sub, command.commands)
            continue
        sub.set_defaults(command=command)
        for argument in command.arguments:
            sub.add_argument(*argument.flags, **options(argument))


def options(argument: Argument) -> dict[str, Any]:
    """Return what `add_argument` takes beside the flags: what is given, and nothing else."""
    fields = ("help", "metavar", "nargs", "choices", "default", "action", "dest", "required")
    return {field: value for field in fields if (value := getattr(argument, field)) not in {None, ()}}


class Parser(argparse.ArgumentParser):
    """Tells whoever asks for a command that isn't here where the others are."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a call, and end with argparse's own 2."""
        if message.startswith("argument COMMAND:") and self.epilog:
            message = f"{message}. {self.epilog}"
        super().error(message)

    def print_help(self, file: Any = None) -> None:  # noqa: ANN401 - as argparse has it
        """Print the help; argparse would pass over that it can't be written."""
        (file or sys.stdout).write(self.format_help())

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End, once what was said is written: at its own end Python could only complain."""
        sys.stdout.flush()
        super().exit(status, message)


class Version(argparse.Action):
    """Prints the version; it is looked up only when somebody asks."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=kwargs.get("help"))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and exit."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version(DISTRIBUTION)
        except PackageNotFoundError:
            found = "(not installed)"
        sys.stdout.write(f"{parser.prog} {found}\n")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
