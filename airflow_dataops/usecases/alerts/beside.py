"""Calls that go on beside each other, each in a thread of its own, and a few at most."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

What = TypeVar("What")
Came = TypeVar("Came")


class Beside(Generic[What, Came]):
    """Calls, each with what it is about; who begins them waits for them, and they do nothing else.

    Args:
        most: How many go on at once; of those that are not urgent, half as many, so that what is urgent never
            waits for them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="dataops-beside")
        self._going: dict[Future[Came], tuple[What, bool]] = {}

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what goes on."""
        self._pool.shutdown()

    def __len__(self) -> int:
        """Return how many go on, or have ended and were not asked for."""
        return len(self._going)

    @property
    def about(self) -> list[What]:
        """What those are about that go on."""
        return [what for what, _ in self._going.values()]

    def free(self, *, urgent: bool) -> bool:
        """Tell whether another one may begin."""
        others = sum(not each for _, each in self._going.values())
        return len(self) < self._most and (urgent or others < self._most // 2)

    def begin(self, what: What, call: Callable[[], Came], *, urgent: bool) -> None:
        """Begin a call, in a copy of the context of who asks for it."""
        self._going[self._pool.submit(copy_context().run, call)] = what, urgent

    def ended(self) -> list[tuple[What, Future[Came]]]:
        """Wait until one has ended that goes on; return those that have, as they were begun."""
        done = wait(self._going, return_when=FIRST_COMPLETED).done
        return [(self._going.pop(each)[0], each) for each in [*self._going] if each in done]
