from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.errors import (
    BadDataError,
    BrokenWorldError,
    DocumentError,
    NotEvaluatedError,
    Problem,
    SettingsError,
    WithheldError,
)


@pytest.mark.parametrize(
    ("error", "retried", "line"),
    [
        (BadDataError("x", where="w", hint="h."), False, "Bad data: w: x. h."),
        (WithheldError("x", hint="h."), False, "Withheld: x. h."),
        (NotEvaluatedError("x"), False, "Could not evaluate: x"),
        (SettingsError("x"), False, "x"),
        (DocumentError((Problem("f:1:2", "x", "h."),)), False, "f:1:2: x. h."),
        (BrokenWorldError("x"), True, "Broken world: x"),
    ],
)
def test_failing_as_airflow_fails_in_one_of_three_ways(error, retried, line) -> None:
    """Only a broken world is tried again, and every failure is one line."""
    with pytest.raises(AirflowException) as caught, failing_as_airflow():
        raise error

    assert retried != isinstance(caught.value, AirflowFailException)
    assert line == str(caught.value)


def test_failing_as_airflow_hides_what_caused_the_error() -> None:
    """The cause may quote a row's value, so it is not shown with ours."""
    with pytest.raises(AirflowException) as caught, failing_as_airflow():
        raise BadDataError("x") from ValueError("a secret value")

    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
