from __future__ import annotations

import pytest

from airflow_dataops.core.contract.pattern import ascii_only


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^\w\d+$", r"^[0-9A-Za-z_][0-9]+$"),
        (r"[\d\-x]\s", r"[0-9\-x][\t\n\f\r ]"),
        (r"\D\\d[]\w]\bx", r"[^0-9]\\d[]0-9A-Za-z_]\bx"),
        (r"[^]a^]\[\d", r"[^]a^]\[[0-9]"),
    ],
)
def test_classes_of_a_pattern_mean_ascii(pattern, expected) -> None:
    """What RE2 takes for ASCII alone is written out where the other engine takes all of Unicode."""
    assert expected == ascii_only(pattern)


def test_the_edge_of_a_word_is_said_in_the_other_syntax() -> None:
    """A reader that has another word for it gets that; inside of a set it is a backspace and stays."""
    assert r"(?-u:\b)x[\b]" == ascii_only(r"\bx[\b]", boundary=r"(?-u:\b)")
