from __future__ import annotations

from io import BytesIO

import pytest

from airflow_dataops.core.rows import lines as module
from airflow_dataops.core.rows.lines import is_piece, lines


@pytest.fixture(autouse=True)
def short(monkeypatch) -> None:
    """Let a line have eight bytes."""
    monkeypatch.setattr(module, "LONGEST_LINE", 8)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a\r\nb\n\nc", [(b"a\r\n", False), (b"b\n", False), (b"\n", False), (b"c", False)]),
        (b"1234567\n8\n", [(b"1234567\n", False), (b"8\n", False)]),
        (b"12345678\n", [(b"12345678", True), (b"\n", False)]),
        (b"1234567812345678x", [(b"12345678", True), (b"12345678", True), (b"x", False)]),
    ],
)
def test_lines_are_bounded(content: bytes, expected: list[tuple[bytes, bool]]) -> None:
    """Nothing is lost and nothing is longer than allowed; what was cut is known as such."""
    found = list(lines(BytesIO(content)))

    assert expected == [(line, is_piece(line)) for line in found]
    assert content == b"".join(found)
