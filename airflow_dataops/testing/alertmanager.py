"""A real Alertmanager on this machine, for tests and drills: `make alertmanager` brings the program."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

from airflow_dataops.cli.local.component import Component, end
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from types import TracebackType

PROGRAMS = ("alertmanager", "prometheus-alertmanager")
"""What it is called: by Prometheus, and by Debian."""

CONFIGURATION: dict[str, Any] = {
    "route": {
        "receiver": "receiver",
        "group_by": ["alertname", "environment", "team", "product", "partition"],
        "group_wait": "200ms",
        "group_interval": "1s",
        "repeat_interval": "4h",
    },
    "receivers": [{"name": "receiver", "webhook_configs": [{"url": "", "send_resolved": True}]}],
}
"""One group for each incident. It is hurried: Alertmanager's own defaults are 30 s and 5 min."""

SECONDS = 20
"""How long it may take to be ready, or to end."""


def alertmanager_program() -> Path | None:
    """Return the program, beside this Python or on the path; None where it isn't there."""
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    found = next(filter(None, (shutil.which(name, path=places) for name in PROGRAMS)), None)
    return Path(found) if found else None


class Alertmanager:
    """An Alertmanager that runs while it is entered, in a folder of its own; it sends to one webhook.

    Args:
        folder: For its configuration, its state and its log; what is there from before is taken up.
        webhook: Where it sends, such as the address of an `HttpReceiver`.
        group_by: Another way to group.
        port: Where it answers on 127.0.0.1; 0 for any that is free.
    """

    def __init__(self, folder: Path, *, webhook: str, group_by: tuple[str, ...] = (), port: int = 0) -> None:
        self._folder = folder
        self._webhook = webhook
        self._group_by = group_by
        self.port = port or _free_port()
        self._component: Component | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Start it.

        Raises:
            SettingsError: If the program isn't there.
            BrokenWorldError: If it doesn't become ready.
        """
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.stop()

    def start(self) -> None:
        """Start it, and return when it is ready; as `__enter__`."""
        program = alertmanager_program()
        if program is None:
            raise SettingsError("there is no Alertmanager", hint="Say make alertmanager.")
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "alertmanager.yml"
        file.write_text(json.dumps(self._configuration()), "utf-8")  # JSON is YAML
        self._component = Component(
            "alertmanager",
            arguments=(
                program,
                f"--config.file={file}",
                f"--storage.path={self._folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
            ),
            log=self._folder / "alertmanager.log",
        )
        self._component.start({"PATH": os.environ.get("PATH", "")})
        self._wait(self._component)

    def stop(self) -> None:
        """End it, as a machine that goes down in good order does."""
        if self._component is not None:
            end([self._component], grace=SECONDS)
            self._component = None

    def ask(self, path: str, body: object = None) -> Any:  # noqa: ANN401 - it is JSON
        """Speak to its API v2: POST where there is a body, otherwise GET.

        Args:
            path: Below `/api/v2`: `/alerts`, `/silences`.
            body: What to send.
        """
        data = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310 - it is http, and this machine
            f"{self.url}/api/v2{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            text = answer.read()
        return json.loads(text) if text else None

    def _configuration(self) -> dict[str, Any]:
        (receiver,) = CONFIGURATION["receivers"]
        (webhook,) = receiver["webhook_configs"]
        return {
            "route": CONFIGURATION["route"] | ({"group_by": [*self._group_by]} if self._group_by else {}),
            "receivers": [receiver | {"webhook_configs": [webhook | {"url": self._webhook}]}],
        }

    def _wait(self, component: Component) -> None:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and component.exit_code() is None:
            with suppress(URLError, OSError):
                self.ask("/status")
                return
            time.sleep(0.05)
        self.stop()
        raise BrokenWorldError("Alertmanager doesn't become ready", where=str(component.log))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
