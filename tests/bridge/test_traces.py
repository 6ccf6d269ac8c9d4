"""Spans of ours, as a collector gets them."""

from __future__ import annotations

import pytest
from airflow.sdk.observability import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from airflow_dataops.bridge.traces import attributes, span
from airflow_dataops.errors import BadDataError
from airflow_dataops.operators.publish import PublishOperator
from airflow_dataops.operators.verify_contract import VerifyContractOperator


@pytest.fixture
def spans(monkeypatch) -> InMemorySpanExporter:
    """What was traced."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


def test_a_span_has_what_is_known_of_it(spans) -> None:
    """By names of ours; what is empty is left out."""
    with span("dataops.evaluate") as made:
        attributes(made, product="orders", team="", objectives=3)

    (one,) = spans.get_finished_spans()
    assert ("dataops.evaluate", {"dataops.product": "orders", "dataops.objectives": 3}) == (
        one.name,
        dict(one.attributes),
    )
    assert one.status.is_ok


@pytest.mark.parametrize("error", [BadDataError("a value"), ValueError("a value")])
def test_a_span_that_fails_tells_the_type_of_its_error_alone(spans, error) -> None:
    """Errors of libraries quote values."""
    with pytest.raises(type(error)), span("dataops.verify"):
        raise error

    (one,) = spans.get_finished_spans()
    assert (False, type(error).__name__, ()) == (one.status.is_ok, one.status.description, one.events)


@pytest.mark.parametrize(
    ("operator", "stage"), [(PublishOperator, "publish"), (VerifyContractOperator, "verify_contract")]
)
def test_a_stage_is_called_as_its_operator(operator, stage) -> None:
    """In small letters."""
    assert stage == operator.stage.fget(operator.__new__(operator))


def test_a_stage_is_a_span_with_its_batch(spans, in_dag, deployment) -> None:
    """So that a trace is found by product and partition, also where the task fails."""
    (deployment / "orders.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: orders\nversion: 1.0.0\nstatus: active\nschema:\n"
        "  - name: orders\n    properties:\n      - {name: id, logicalType: integer, required: true}\n"
    )
    (deployment / "orders.csv").write_text("id\n1\n\n")

    ended = in_dag(
        lambda: VerifyContractOperator(
            task_id="verify",
            contract=str(deployment / "orders.odcs.yaml"),
            path=str(deployment / "orders.csv"),
            product="orders",
            retries=0,
        )
    )

    assert "success" == ended.state(), ended.lines
    found = {one.name: dict(one.attributes) for one in spans.get_finished_spans()}["dataops.verify_contract"]
    assert {"dataops.product": "orders", "dataops.partition": "2026-03-01"}.items() <= found.items()
    assert found["dataops.correlation_id"]
