"""A small client of Airflow's public REST API."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

PAGE = 100  # the most that Airflow answers at once, see [api] maximum_page_limit
PAUSES = (0.5, 1, 2, 4)
"""Seconds before a question is asked again that Airflow failed to answer, as where its SQLite was locked."""


class AirflowApi:
    """Talks JSON with one Airflow, as one user.

    Args:
        url: Where the API server answers, such as `http://127.0.0.1:8080`.
        username: Who signs in.
        password: With which password.
    """

    def __init__(self, url: str, *, username: str, password: str) -> None:
        self._url = url
        self._credentials = {"username": username, "password": password}
        self._token = ""
        # The server is on this machine: a proxy of the environment must not come between.
        self._opener: OpenerDirector = build_opener(ProxyHandler({}))

    def health(self) -> dict[str, Any]:
        """Return the health of each component; this needs no token.

        Raises:
            BrokenWorldError: The server can't be reached, or answers with an error.
        """
        health: dict[str, Any] = self._send("GET", "/api/v2/monitor/health", None)
        return health

    def request(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - it is JSON
        """Send one request and return the JSON of its answer, None where it has none.

        A GET that the server fails to answer (5xx) is sent again, a few times.

        Args:
            method: The HTTP method.
            path: From the root of the server, such as `/api/v2/dags`, with its query.
            body: Sent as JSON, unless it is None.

        Raises:
            BrokenWorldError: The server can't be reached, or answers with an error.
        """
        fresh = not self._token
        if fresh:
            self._sign_in()
        try:
            return self._ask(method, path, body)
        except AnsweredError as error:
            if fresh or error.status != HTTPStatus.UNAUTHORIZED:
                raise
        self._sign_in()  # the token has run out
        return self._ask(method, path, body)

    def dag_runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return every run of a DAG as Airflow describes it, the oldest first."""
        runs: list[dict[str, Any]] = []
        while True:
            query = f"order_by=run_after&limit={PAGE}&offset={len(runs)}"
            page = self.request("GET", f"/api/v2/dags/{quote(dag_id, safe='')}/dagRuns?{query}")
            runs += page["dag_runs"]
            if not page["dag_runs"] or len(runs) >= page["total_entries"]:
                return runs

    def wait_for_dag(self, dag_id: str, *, timeout: float = 240) -> dict[str, Any]:
        """Wait until Airflow has read a DAG, and return what it says of it.

        Args:
            dag_id: Which DAG.
            timeout: Seconds to wait.

        Raises:
            BrokenWorldError: It isn't there in time; the message names the files that Airflow can't import.
        """
        deadline = time.monotonic() + timeout
        while True:
            try:
                dag: dict[str, Any] = self.request("GET", f"/api/v2/dags/{quote(dag_id, safe='')}")
            except AnsweredError as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise
            else:
                return dag
            if time.monotonic() > deadline:
                errors = self.request("GET", f"/api/v2/importErrors?limit={PAGE}")["import_errors"]
                broken = ", ".join(sorted(str(error["filename"]) for error in errors))
                raise BrokenWorldError(
                    f"the DAG {dag_id} was not read within {timeout:.0f} s",
                    where=self._url,
                    hint=f"Airflow can't import {broken}" if broken else "See the log of the dag-processor",
                )
            time.sleep(0.25)

    def _sign_in(self) -> None:
        self._token = ""
        self._token = self._send("POST", "/auth/token", self._credentials)["access_token"]

    def _ask(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - it is JSON
        for pause in PAUSES if method == "GET" else ():
            try:
                return self._send(method, path, body)
            except AnsweredError as error:
                if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
            time.sleep(pause)
        return self._send(method, path, body)

    def _send(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - it is JSON
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        # The scheme is http, by the constructor of the one class that makes the address.
        request = Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except HTTPError as error:
            with error:
                detail = error.read().decode(errors="replace")
            raise AnsweredError(method, path, status=error.code, detail=detail) from None
        except (URLError, OSError) as error:
            raise BrokenWorldError(
                f"Airflow's API server does not answer ({type(error).__name__})",
                where=self._url,
                hint="Is it running? Its log is logs/api-server.log in the Airflow home",
            ) from None
        return json.loads(text) if text else None


class AnsweredError(BrokenWorldError):
    """The API server answered a request with an error.

    Args:
        method: The request's method.
        path: The request's path.
        status: The HTTP status of the answer.
        detail: The text of the answer.
    """

    def __init__(self, method: str, path: str, *, status: int, detail: str) -> None:
        self.status = status
        super().__init__(f"Airflow answered {status} to {method} {path}: {detail[:500]}")
