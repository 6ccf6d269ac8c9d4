from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from airflow_dataops.cli.local.api import AirflowApi
from airflow_dataops.errors import BrokenWorldError


class Server(BaseHTTPRequestHandler):
    """Answers as Airflow's API server does, with tokens that serve for a few requests each."""

    serves: ClassVar[int] = 2
    tokens: ClassVar[dict[str, int]] = {}
    locked: ClassVar[list[str]] = []
    runs: ClassVar[list[dict[str, str]]] = [{"dag_run_id": str(number)} for number in range(250)]

    def answer(self, status: int, body: object) -> None:
        """Send JSON."""
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_POST(self) -> None:
        """Hand out a token, and fail at all else."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/auth/token":
            self.locked.append(self.path)
            self.answer(500, {"detail": "database is locked"})
            return
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = self.serves
        self.answer(201, {"access_token": token})

    def do_GET(self) -> None:
        """Answer a page of runs, no DAG, one import error; and what is locked so many times."""
        token = self.headers["Authorization"].removeprefix("Bearer ")
        if self.tokens[token] == 0:
            self.answer(401, {"detail": "the token has run out"})
            return
        self.tokens[token] -= 1
        path, _, query = self.path.partition("?")
        if path.endswith("/dagRuns"):
            offset = int(query.rpartition("offset=")[2])
            self.answer(200, {"dag_runs": self.runs[offset : offset + 100], "total_entries": len(self.runs)})
        elif path.endswith("/importErrors"):
            self.answer(200, {"import_errors": [{"filename": "orders/dag.py"}]})
        elif "locked" in path:
            self.locked.append(self.path)
            times = int(path.rpartition("/")[2])
            if len(self.locked) > times:
                self.answer(200, {"times": times})
            else:
                self.answer(500, {"detail": "database is locked"})
        else:
            self.answer(404, {"detail": f"no {path}"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Stay quiet."""


@pytest.fixture
def api():
    """A client of a server on this machine."""
    Server.tokens.clear()
    Server.locked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield AirflowApi(f"http://127.0.0.1:{server.server_port}", username="admin", password="x")
        server.shutdown()
        thread.join()


def test_every_page_is_read(api: AirflowApi) -> None:
    """More runs than one page holds must all come, and a token that ran out must be renewed."""
    assert Server.runs == api.dag_runs("orders")
    assert 2 == len(Server.tokens)


def test_an_error_of_the_server_names_the_request(api: AirflowApi) -> None:
    """What was asked and what the server said must be in one line."""
    with pytest.raises(BrokenWorldError, match="Airflow answered 404 to GET /api/v2/nothing") as caught:
        api.request("GET", "/api/v2/nothing")

    assert "no /api/v2/nothing" in str(caught.value)


def test_a_question_that_airflow_fails_to_answer_is_asked_again(api: AirflowApi, monkeypatch) -> None:
    """Its SQLite may be locked for a moment; what is no question may have been done, and is sent once."""
    monkeypatch.setattr("airflow_dataops.cli.local.api.PAUSES", (0, 0))
    monkeypatch.setattr(Server, "serves", 99)

    assert {"times": 2} == api.request("GET", "/locked/2")
    Server.locked.clear()
    with pytest.raises(BrokenWorldError, match=r"500 to GET /locked/9: .*database is locked"):
        api.request("GET", "/locked/9")
    assert 3 == len(Server.locked)
    Server.locked.clear()
    with pytest.raises(BrokenWorldError, match="Airflow answered 500 to POST /locked"):
        api.request("POST", "/locked", {})
    assert 1 == len(Server.locked)


def test_a_dag_that_does_not_come_names_the_broken_files(api: AirflowApi) -> None:
    """Who waits in vain must be told which files Airflow can't import."""
    with pytest.raises(BrokenWorldError, match=r"the DAG orders was not read.*orders/dag\.py"):
        api.wait_for_dag("orders", timeout=0)


def test_an_absent_server_is_one_line() -> None:
    """A server that does not answer must be named, with where to look."""
    with pytest.raises(
        BrokenWorldError, match=r"http://127\.0\.0\.1:9: Airflow's API server does not answer"
    ):
        AirflowApi("http://127.0.0.1:9", username="admin", password="x").health()
