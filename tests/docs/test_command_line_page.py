"""The page of the command line has every command, and with it every option."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airflow.cli.cli_config import GroupCommand

from airflow_dataops.cli.commands import COMMANDS
from airflow_dataops.plugins.commands import get_cli_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `airflow[ -]dataops ([a-z -]+?)(?: [^a-z`][^`]*)?`.*$", re.MULTILINE)
SECTION = re.compile(r"^## `([a-z -]+?)(?: --[a-z]+)?`\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def below(found: Iterable[object], words: str = "") -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Yield every command of `airflow dataops` with the flags of its options."""
    for command in found:
        name = f"{words} {command.name}".strip()
        if isinstance(command, GroupCommand):
            yield from below(command.subcommands, name)
        else:
            yield name, tuple(arg.flags for arg in command.args if arg.flags[0].startswith("-"))


EVERY = dict(below(get_cli_commands()[0].subcommands))


def told() -> dict[str, str]:
    """Return what the page says of each command: its rows, and the sections that are called as it."""
    found: dict[str, str] = {}
    for row in ROW.finditer(PAGE):
        found[row[1]] = found.get(row[1], "") + row[0]
    for section in SECTION.finditer(PAGE):
        if section[1] in found:
            found[section[1]] += section[2]
    return found


def test_commands_are_those_that_there_are() -> None:
    """None is missing, and none is told of that is gone."""
    assert sorted(EVERY) == sorted(told())
    assert {command.name for command in COMMANDS} <= {name.split()[0] for name in EVERY}


@pytest.mark.parametrize("command", EVERY)
def test_every_option_of_a_command(command) -> None:
    """One of its flags is said."""
    text = told().get(command, "")
    named = set(re.findall(r"(?<![a-z-])--?[a-z][a-z-]*", text))

    assert [] == [flags for flags in EVERY[command] if not named & set(flags)]
