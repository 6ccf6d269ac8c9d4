from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli import main as program
from airflow_dataops.cli.command import Argument, Command, Group
from airflow_dataops.cli.commands import COMMANDS
from airflow_dataops.errors import BrokenWorldError, DocumentError, Problem

if TYPE_CHECKING:
    from argparse import Namespace

TOO_HEAVY = (
    "airflow",
    "yaml",
    "pydantic",
    "sqlglot",
    "duckdb",
    "deltalake",
    "polars",
    "sqlalchemy",
    "jinja2",
    "rich",
)


def raises(error: BaseException):
    """Return a command's function that fails."""

    def run(_: Namespace) -> int:
        raise error

    return run


@pytest.fixture
def failing(monkeypatch):
    """Make `lint` fail in a given way."""

    def arrange(error: BaseException) -> None:
        monkeypatch.setattr("airflow_dataops.cli.lint.run.run", raises(error))

    return arrange


def test_main_prints_an_error_as_one_line(failing, capsys):
    """An error of ours is one line on stderr and exit code 3, with no traceback."""
    failing(BrokenWorldError("the lake is gone", where="lake", hint="Mount it."))
    assert program.main(["lint", "x"]) == 3
    assert ("", "lake: the lake is gone. Mount it.\n") == capsys.readouterr()


def test_main_prints_each_problem_of_a_document(failing, capsys):
    """A document that is wrong in two places is two lines."""
    failing(DocumentError((Problem("f:1:1", "a"), Problem("f:2:1", "b", "C."))))
    assert program.main(["lint", "x"]) == 3
    assert capsys.readouterr().err == "f:1:1: a\nf:2:1: b. C.\n"


def test_main_ends_quietly_when_it_is_interrupted(failing, capsys):
    """Ctrl-C is exit code 130, with no traceback."""
    failing(KeyboardInterrupt())
    assert program.main(["lint", "x"]) == 130
    assert capsys.readouterr() == ("", "")


def test_main_hands_the_exit_code_on(tmp_path, capsys):
    """The command's own exit code is the program's."""
    (tmp_path / "a.odcs.yaml").write_text("a: 1\n")
    assert program.main(["lint", str(tmp_path)]) == 1
    assert "a.odcs.yaml:1:1: error: the key `a` is not known here." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["lnit"], "invalid choice: 'lnit'"),
        ([], "the following arguments are required: COMMAND"),
        (["lint"], "the following arguments are required: PATH"),
        (["slo", "show"], "need a deployment's settings, such as `show`, are under `airflow dataops slo`."),
        (["lint", "x", "--output-format", "xml"], "invalid choice: 'xml'"),
    ],
)
def test_main_refuses_what_it_does_not_know(arguments, expected, capsys):
    """Wrong arguments are argparse's own exit code 2, and a line that says which."""
    with pytest.raises(SystemExit) as caught:
        program.main(arguments)
    assert caught.value.code == 2
    assert expected in capsys.readouterr().err


def installed() -> str:
    """Return the version that there is to print."""
    try:
        return version("airflow-provider-dataops")
    except PackageNotFoundError:
        return "(not installed)"


def test_main_prints_its_version(capsys):
    """The version is that of the distribution, and a checkout without one says so."""
    with pytest.raises(SystemExit) as caught:
        program.main(["--version"])
    assert caught.value.code == 0
    assert f"airflow-dataops {installed()}\n" == capsys.readouterr().out


def words_of(commands, before=()):
    """Return every command with the words that are typed for it."""
    for command in commands:
        words = (*before, command.name)
        if isinstance(command, Group):
            yield from words_of(command.commands, words)
        else:
            yield words, command


@pytest.mark.parametrize(
    ("words", "command"),
    [pytest.param(*found, id=" ".join(found[0])) for found in words_of(COMMANDS)],
)
def test_commands_can_be_run(words, command):
    """Every command names a function that is there, and its help can be printed."""
    module, _, function = command.run.partition(":")
    assert callable(getattr(import_module(module), function))
    with pytest.raises(SystemExit) as caught:
        program.main([*words, "--help"])
    assert caught.value.code == 0


def test_commands_have_names_of_their_own():
    """No command hides another."""
    for commands in (COMMANDS, *(one.commands for one in COMMANDS if isinstance(one, Group))):
        names = [command.name for command in commands]
        assert sorted(set(names)) == sorted(names)


def test_a_command_of_a_group_has_the_word_of_the_group_before_it(monkeypatch):
    """The parsed arguments hold the command below the group, and the group alone is no command."""
    verb = Command(name="lint", help="Lint", arguments=(), run="x:y")
    monkeypatch.setattr(program, "COMMANDS", (Group(name="contract", help="Contracts", commands=(verb,)),))
    assert program.parser().parse_args(["contract", "lint"]).command == verb
    with pytest.raises(SystemExit) as caught:
        program.parser().parse_args(["contract"])
    assert caught.value.code == 2


def test_parser_takes_every_kind_of_argument(monkeypatch):
    """A record's flags, choices, defaults and actions arrive in the parsed arguments."""
    flags = Argument(flags=("-y", "--yes"), help="Yes", action="store_true")
    days = Argument(flags=("--days",), help="Days", metavar="N", default="14", choices=("7", "14"))
    command = Command(name="demo", help="Demo", arguments=(flags, days), run="x:y")
    monkeypatch.setattr(program, "COMMANDS", (command,))
    given = program.parser().parse_args(["demo", "-y", "--days", "7"])
    assert (True, "7", command) == (given.yes, given.days, given.command)
    assert program.parser().parse_args(["demo"]).days == "14"


def test_main_loads_only_what_a_command_needs():
    """Starting the program loads no library: they come in when a command runs."""
    look = f"print([name for name in {TOO_HEAVY!r} if name in sys.modules])"
    code = f"import sys; import airflow_dataops.cli.main; {look}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_main_survives_a_reader_that_leaves(tmp_path):
    """`airflow-dataops lint … | head -1` ends without a traceback."""
    contract = "".join(f"key{number}: 1\n" for number in range(2_000))
    (tmp_path / "a.odcs.yaml").write_text(contract)
    start = f"{sys.executable} -m airflow_dataops.cli.main lint {tmp_path} | head -1"
    ran = subprocess.run(["/bin/sh", "-c", start], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.count("\n") == 1


def test_output_that_can_not_be_written_is_one_line() -> None:
    """As where the disk is full; the exit code says that the work could not be done."""
    contract = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders" / "orders.odcs.yaml"
    command = [sys.executable, "-m", "airflow_dataops.cli.main", "contract", "explain", str(contract)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (3, "can't write its output: No space left on device\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize("asked", [["--version"], ["lint", "--help"]])
def test_help_that_can_not_be_written_is_one_line(asked) -> None:
    """As any other output."""
    command = [sys.executable, "-m", "airflow_dataops.cli.main", *asked]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (3, "can't write its output: No space left on device\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("streams", "code"), [(">&-", 0), ("<&- >&- 2>&-", 0), ("nowhere.yaml >&-", 3), ("nowhere.yaml 2>&-", 3)]
)
def test_closed_streams_take_nothing(streams, code) -> None:
    """A service may start us so; what is said is lost, and the exit code tells the rest."""
    contract = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders" / "orders.odcs.yaml"
    program = f"{sys.executable} -m airflow_dataops.cli.main"
    start = f"{program} contract lint {contract} {streams}"
    done = subprocess.run(["/bin/sh", "-c", start], capture_output=True, text=True, check=False)

    assert code == done.returncode
    assert "Traceback" not in done.stderr
