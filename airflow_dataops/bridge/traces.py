"""Spans of what we do, under those that Airflow makes of a task; nothing where traces are off."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACER = "airflow_dataops"
"""By which our spans are told from others: the name of the instrumentation."""


@contextmanager
def span(name: str) -> Iterator[Any]:
    """Trace what a block does; what it raises makes the span one that failed.

    Our errors quote no row, and a span says no more than the type of any other.

    Args:
        name: What is done, such as `dataops.publish`.

    Yields:
        The span, on which `attributes` puts more.
    """
    from airflow.sdk.observability import trace

    tracer = trace.get_tracer(TRACER)
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as made:
        try:
            yield made
        except Exception as error:
            made.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
            raise


def attributes(made: Any, **values: str | int) -> None:  # noqa: ANN401 - a span, whose types Airflow hides
    """Put attributes on a span, such as `dataops.product`; empty ones are left out."""
    for name, value in values.items():
        if value != "":
            made.set_attribute(f"dataops.{name}", value)
