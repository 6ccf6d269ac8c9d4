"""A receiver of HTTP on this machine, which remembers what arrives: for tests, drills and demos."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request.

    Args:
        method: POST, GET, …
        path: With what was asked.
        headers: By their names in small letters.
        body: Byte by byte.
        answered: The status.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    answered: int

    @property
    def json(self) -> Any:  # noqa: ANN401 - it is JSON
        """The body, as what its JSON says."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered.

    Args:
        status: The status.
        body: What is said.
        headers: Headers.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpReceiver:
    """Answers on a port of 127.0.0.1 while it is entered; `answers` says how, in turn, and 200 after that.

    Args:
        port: The port; 0 for any that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def port(self) -> int:
        """Where it answers."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Where it answers, as an address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Answer no more; what was received stays."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, until: Callable[[list[Received]], bool], *, seconds: float = 20) -> list[Received]:
        """Wait until what was received is as it should be, and return it.

        Args:
            until: Whether it is.
            seconds: How long to wait at most.

        Raises:
            TimeoutError: If it isn't by then.
        """
        deadline = time.monotonic() + seconds
        while not until(self.received):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.received)} requests came, and not those that should")
            time.sleep(0.02)
        return self.received

    def take(self, handler: BaseHTTPRequestHandler) -> Answer:
        """Remember a request, and return what is answered."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._lock:
            answer = self.answers.pop(0) if self.answers else Answer()
            self.received.append(
                Received(
                    method=handler.command,
                    path=handler.path,
                    headers={name.lower(): value for name, value in handler.headers.items()},
                    body=body,
                    answered=answer.status,
                )
            )
        return answer


def _handler(receiver: HttpReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            answer = receiver.take(self)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - as http.server has it

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return Handler
