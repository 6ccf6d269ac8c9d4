"""Commands as values: argparse shows them, `airflow dataops` may do so as well."""

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
        action: Such as `store_true` and `append`, or None.
        dest: What the parsed arguments call it, or None for its longest flag.
        required: True for an option that must be given, else None.
    """

    flags: tuple[str, ...]
    help: str
    metavar: str | None = None
    nargs: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    action: str | None = None
    dest: str | None = None
    required: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Args:
        name: What is typed.
        help: What it does, in one line.
        arguments: What it takes.
        run: `module:function`; takes an `argparse.Namespace`, returns the exit code.
        notes: What else its help says, such as its exit codes.
        in_airflow: What `airflow dataops` runs in place of it, where it has more to say; or empty.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...]
    run: str
    notes: str = ""
    in_airflow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Commands that have a word before their own.

    Args:
        name: That word.
        help: What they are about, in one line.
        commands: The commands.
        notes: What is said below the help, and to whom asks for a command that isn't there; or nothing.
    """

    name: str
    help: str
    commands: tuple[Command, ...]
    notes: str = ""
