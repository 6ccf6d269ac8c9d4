"""The signals that ask a program to stop, as exceptions."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object] | int | None

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Makes Ctrl-C, SIGTERM and SIGHUP unwind the program, so that `with` blocks clean up.

    SIGINT raises `KeyboardInterrupt`, the others `SystemExit` with the shell's exit code for the signal.
    Outside of the main thread Python hands out no signals, and this does nothing.
    """

    def __init__(self) -> None:
        self._former: dict[int, Handler] = {}
        self._holding = False
        self._held: int | None = None

    def install(self) -> None:
        """Take the signals over."""
        if threading.current_thread() is threading.main_thread():
            for number in STOP:
                self._former[number] = signal.signal(number, self._receive)

    def restore(self) -> None:
        """Give the signals back to who had them before."""
        for number, handler in self._former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._former = {}

    @contextmanager
    def held(self, *, forget: bool = False) -> Generator[None]:
        """Let nothing interrupt the block.

        Args:
            forget: Whether a signal that came in the meantime is dropped, and not raised at the end.
        """
        outer, self._holding = self._holding, True
        try:
            yield
        finally:
            self._holding = outer
        if not outer:
            number, self._held = self._held, None
            if number is not None and not forget:
                self._raise(number)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._holding:
            self._held = number
        else:
            self._raise(number)

    def _raise(self, number: int) -> None:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)
