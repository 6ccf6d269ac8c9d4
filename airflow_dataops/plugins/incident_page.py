"""The page to which the link of a failed task leads, behind Airflow's own login.

Every process of Airflow loads this module, so what the page is made of is loaded when it is asked for first,
which only the API server does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from fastapi import FastAPI

    Scope = MutableMapping[str, Any]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""The page loads nothing and runs nothing, and nobody keeps it."""

NONE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>No incident</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em">
<h1>No incident is known of it</h1>
<p>Incidents are made when alerts are routed: by the task <code>route</code> of the DAG of the template
<code>slo_monitor@1</code>, or by <code>airflow dataops alert route</code>. Look again after its next run.</p>
<p>A task that is going to be tried again makes none, nor does a run that ended well in the end.</p>
"""


async def incident_page(
    scope: Scope,
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer a request, as an application of ASGI."""
    await _app()(scope, receive, send)


@cache
def _app() -> FastAPI:
    """Return the application: nobody is answered who isn't logged in, or may not read the DAG."""
    from airflow.api_fastapi.core_api.security import get_user, requires_access_dag
    from fastapi import Depends, FastAPI
    from fastapi.responses import HTMLResponse, PlainTextResponse

    from airflow_dataops.bridge.incident_page import page
    from airflow_dataops.errors import DataOpsError

    app = FastAPI(dependencies=[Depends(get_user)], docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/incident/", dependencies=[Depends(requires_access_dag(method="GET"))])
    def incident(dag_id: str, partition: str = "", run_id: str = "", number: int = 0) -> HTMLResponse:
        found = page(dag_id, partition=partition, run_id=run_id, number=number)
        return HTMLResponse(found or NONE, status_code=200 if found else 404, headers=HEADERS)

    @app.exception_handler(DataOpsError)
    def broken(_: object, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(str(error), status_code=503, headers=HEADERS)

    return app
