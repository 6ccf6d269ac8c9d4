"""Our errors -> Airflow's: what may be tried again, and what may not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_dataops.errors import (
    BadDataError,
    BrokenWorldError,
    DataOpsError,
    NotEvaluatedError,
    WithheldError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def failing_as_airflow() -> Iterator[None]:
    """Fail a task in one of three ways, each with one line.

    Bad data and wrong files are not tried again; a broken world is, as often as the task's `retries` say;
    what could not be evaluated fails as an error, and counts neither as a pass nor as bad data. What a policy
    withholds is not tried again either, and is no bad data.

    Raises:
        AirflowFailException: For everything that another try can't heal.
        AirflowException: For a broken world.
    """
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    try:
        yield
    except BrokenWorldError as error:
        raise AirflowException(f"Broken world: {error}") from None
    except BadDataError as error:
        raise AirflowFailException(f"Bad data: {error}") from None
    except WithheldError as error:
        raise AirflowFailException(f"Withheld: {error}") from None
    except NotEvaluatedError as error:
        raise AirflowFailException(f"Could not evaluate: {error}") from None
    except DataOpsError as error:
        raise AirflowFailException(str(error)) from None
