"""Text that is broken into lines where people would break it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.measure import Measurement
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions

PERCENT = re.compile(r"(?<=\d) (?=%)")
"""A space at which no line ends: that between a number and its sign."""

GLUE = "\ue000"
"""What stands there while lines are broken: Rich breaks them at any space, and so at one that says not to."""


class Paragraph:
    """A text whose numbers stay beside their `%`.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._glued = Text(PERCENT.sub(GLUE, text))

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield its lines."""
        for line in self._glued.wrap(on, options.max_width):
            yield Text(line.plain.replace(GLUE, " "), no_wrap=True)

    def __rich_measure__(self, on: Console, options: ConsoleOptions) -> Measurement:
        """Return how wide it is at least and at most."""
        return Measurement.get(on, options, self._glued)
