"""What a command shows while it works: steps that end, and one picture that changes."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, RenderHook
from rich.live import Live
from rich.segment import Segment
from rich.spinner import Spinner
from rich.text import Text

from airflow_dataops.core.legible import legible
from airflow_dataops.render.quantity import duration

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from rich.console import ConsoleOptions, ConsoleRenderable, RenderableType

PLAIN_WIDTH = 120
"""Characters of a line where nobody tells the width, as in a pipe."""


def console(stream: TextIO) -> Console:
    """Return a console on a stream; characters that its encoding lacks become question marks.

    What a name, a message or a file says is never a command to the terminal: a control character in it is
    shown as a mark. (Rich takes out five of them, and the one that begins escape sequences isn't among them.)
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    plain = not stream.isatty() and "COLUMNS" not in os.environ
    made = Console(file=stream, width=PLAIN_WIDTH if plain else None, highlight=False, soft_wrap=False)
    made.push_render_hook(_Shown())
    return made


class _Shown(RenderHook):
    """Lets nothing that is printed command the terminal; only styles do."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Return what is printed, each as it is shown."""
        return [_Legible(each) for each in renderables]


class _Legible:
    """Something that is printed, as it is shown."""

    def __init__(self, what: ConsoleRenderable) -> None:
        self._what = what

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> Iterable[Segment]:
        """Yield its segments; those of Rich itself that command the terminal stay."""
        for text, style, control in on.render(self._what, options):
            yield Segment(text if control else legible(text), style, control)


class Screen:
    """Shows steps and a changing picture in a terminal, and plain lines elsewhere.

    Args:
        on: Where it is shown.
    """

    def __init__(self, on: Console) -> None:
        self.console = on
        self._live: Live | None = None

    @property
    def width(self) -> int:
        """Characters of a line."""
        return self.console.width

    @contextmanager
    def step(self, done: str) -> Generator[None]:
        """Show a picture while something is done, and then for good what was done and how long it took.

        Args:
            done: What was done, as it is told afterwards.
        """
        started = time.monotonic()
        with self._picture():
            yield
        took = duration(time.monotonic() - started)
        self.say(Text.assemble(("✓ ", "green"), done, (f"  {took}", "dim")))

    def detail(self, what: str) -> None:
        """Say in a few words what a step is at."""
        self.show(Spinner("dots", Text(what), style="cyan"))
        self.log(f"  {what}")

    def show(self, picture: RenderableType) -> None:
        """Change the picture of a step; where there is no terminal, there is none."""
        if self._live is not None:
            self._live.update(picture)

    def say(self, line: RenderableType) -> None:
        """Print what stays; a text is not wrapped, so that it can be pasted."""
        self.console.print(line, soft_wrap=isinstance(line, Text))

    def log(self, line: RenderableType) -> None:
        """Print what a picture would show, where there is no picture."""
        if self._live is None:
            self.console.print(line)

    @contextmanager
    def _picture(self) -> Generator[None]:
        if not self.console.is_terminal:
            yield
            return
        self._live = Live(Text(), console=self.console, refresh_per_second=6, transient=True)
        try:
            with self._live:
                yield
        finally:
            self._live = None
