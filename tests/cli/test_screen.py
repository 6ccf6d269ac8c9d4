from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from airflow_dataops.cli.output import say
from airflow_dataops.cli.screen import PLAIN_WIDTH, Screen, console


def on(*, terminal: bool) -> Screen:
    """A screen whose output can be read."""
    return Screen(Console(file=io.StringIO(), width=60, force_terminal=terminal, legacy_windows=False))


def test_without_a_terminal_there_are_plain_lines() -> None:
    """Every detail is a line, no picture is drawn, and no escape sequence is written."""
    screen = on(terminal=False)

    with screen.step("Started"):
        screen.detail("Starting")
        screen.show(Text("a picture"))
        screen.log("a day")

    assert "  Starting\na day\n✓ Started  0 s\n" == screen.console.file.getvalue()


def test_in_a_terminal_the_picture_goes_and_the_step_stays() -> None:
    """What is at work is drawn, lines for a log are not, and the end is one line."""
    screen = on(terminal=True)

    with screen.step("Started"):
        screen.detail("Starting")
        screen.log("a day")
    seen = screen.console.file.getvalue()

    assert "Starting" in seen
    assert "a day" not in seen
    assert seen.endswith("Started\x1b[2m  0 s\x1b[0m\n")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_step_that_fails_is_not_told_as_done(terminal) -> None:
    """The error that follows is what is read; the terminal is as it was."""
    screen = on(terminal=terminal)

    with pytest.raises(KeyboardInterrupt), screen.step("Started"):
        raise KeyboardInterrupt

    assert "Started" not in screen.console.file.getvalue()
    screen.log("a day")
    assert screen.console.file.getvalue().endswith("a day\n")


def test_texts_are_not_wrapped() -> None:
    """A command of any length can be pasted."""
    screen = on(terminal=False)

    screen.say(Text("word " * 40))

    assert 1 == screen.console.file.getvalue().count("\n")


def test_console_of_a_pipe_has_a_width_and_no_colour(monkeypatch) -> None:
    """Nobody tells the width of a pipe; COLUMNS does, where it is set."""
    monkeypatch.delenv("COLUMNS", raising=False)
    stream = io.StringIO()
    page = console(stream)
    page.print("[red]x[/red]")

    assert (PLAIN_WIDTH, "x\n") == (page.width, stream.getvalue())
    monkeypatch.setenv("COLUMNS", "70")
    assert 70 == console(stream).width


def test_console_writes_to_a_stream_that_lacks_the_marks() -> None:
    """A log in ASCII gets question marks, and the command goes on."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    console(stream).print("✓ done")
    stream.flush()

    assert b"? done\n" == raw.getvalue()


@pytest.mark.parametrize("what", [Text("a\x1b[31mb\x9b2J"), "a\x1b[31mb\x9b2J"], ids=["text", "markup"])
def test_a_name_never_commands_the_terminal(what) -> None:
    """Styles do."""
    stream = io.StringIO()
    page = console(stream)
    table = Table("head", show_header=False)
    table.add_row(what)

    page.print(what, style="bold")
    page.print(table)
    page.rule(what)
    say(stream, ["a\x1b[31mb"])

    seen = stream.getvalue()
    assert "\x1b" not in seen
    assert "\x9b" not in seen
    assert seen.count("a�[31mb") == 4


def test_styles_are_written_where_there_is_a_terminal(monkeypatch) -> None:
    """What is shown as a mark lies between them."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    stream = io.StringIO()

    console(stream).print(Text("a\x1b[5mb", style="bold"))

    assert "\x1b[1ma�[5mb\x1b[0m\n" == stream.getvalue()
