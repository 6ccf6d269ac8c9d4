from __future__ import annotations

import errno

import pytest

from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones.refusal import HINTS, refusal


def test_a_refusal_names_reason_path_and_what_to_do() -> None:
    """What the system says, the path that it names, and a hint must stand in one line."""
    with pytest.raises(BrokenWorldError) as caught, refusal("it can't be written", where="/other"):
        raise OSError(errno.ENOSPC, "No space left on device", "/lake/raw")

    expected = (
        "/lake/raw: it can't be written: No space left on device. "
        "Free or add space there, then run the task again."
    )
    assert expected == str(caught.value)
    assert caught.value.__suppress_context__


def test_a_refusal_without_a_path_names_the_given_one() -> None:
    """The system names no path where it works on an open file."""
    words = r"^/lake: it can't be read: Input/output error\. Check"
    with pytest.raises(BrokenWorldError, match=words), refusal("it can't be read", where="/lake"):
        raise OSError(errno.EIO, "Input/output error")


def test_a_refusal_without_words_names_its_class() -> None:
    """An error of the system without a text is still named."""
    words = "it can't be read: BlockingIOError"
    with pytest.raises(BrokenWorldError, match=words), refusal("it can't be read", where="/lake"):
        raise BlockingIOError


def test_other_errors_pass() -> None:
    """A mistake of ours must not look like a broken disk."""
    with pytest.raises(KeyError), refusal("it can't be read", where="/lake"):
        raise KeyError


@pytest.mark.parametrize("number", sorted(HINTS))
def test_every_hint_is_a_sentence(number) -> None:
    """A hint must be a sentence of its own."""
    assert HINTS[number][0].isupper()
    assert HINTS[number].endswith(".")
