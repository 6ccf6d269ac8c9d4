"""Patterns of RE2 in the flavours of others: both find the same, or the pattern is refused."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import duckdb
import pytest

from airflow_dataops.engines.sql.rendered.pattern import java, posix, translated
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.rendered.pattern import Flavour

JAVA, POSIX = java("Java"), posix("POSIX")

PATTERNS = [
    "^[A-Z]",
    r"^\w+-\d{2,4}$",
    r"^\W\D\S$",
    "a.b",
    "(a|bc)+?d??",
    "(?:a|b){2}",
    "(?P<name>a)b",
    r"[\w.]+@[^\s@]+",
    "[]a]",
    "[^]a]",
    "[a^]",
    "[-a]",
    "[a-]",
    r"[\-a]",
    "[^^]",
    r"[\^]",
    r"[\^\-]",
    r"[a\]\^\-]",
    "[a-c&&b-d]",
    r"\x41|\x{42}",
    r"\.\*\\\$",
    r"a\tb|a\nb",
    r"[\t\n]",
    "^$",
    "a$|^b",
    "it's",
    "[0-9&~#]",
    "é+",
]
REFUSED = [
    *("(?i)a", r"\bword", r"\pL", "[[:alpha:]]", r"\Aa", r"\z", "*a", r"[\d-x]", r"[a-\d]", r"\Qa\E"),
    r"\x00",
]
OF_POSIX = [r"[\\a]", r"[\[a]", "a{256}", "(|a)", "a||b", "a|", "(a|)", "()"]


@pytest.fixture(scope="module")
def found():
    """Return how RE2 answers: whether it finds a pattern in texts."""
    with duckdb.connect(":memory:") as connection:

        def ask(pattern: str, texts: list[str]) -> list[bool]:
            query = "SELECT regexp_matches(text, ?) FROM unnest(?::VARCHAR[]) AS t(text)"
            return [one for (one,) in connection.execute(query, [pattern, texts]).fetchall()]

        yield ask


def texts() -> list[str]:
    """Short texts of the characters that the patterns speak of, and of those that readers differ about."""
    drawn = Random(3)  # noqa: S311
    alphabet = "aAbBcdxz019_-^]&~#'. \t\n\r\v\f\\$*@éä\u0085\u2028"
    return ["", *("".join(drawn.choices(alphabet, k=drawn.randint(1, 6))) for _ in range(3000))]


@pytest.mark.parametrize("flavour", [JAVA, POSIX], ids=lambda flavour: flavour.title)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_re2_finds_both_in_the_same_texts(pattern, flavour, found) -> None:
    """What is written for others is still read by RE2, and means the same there."""
    assert found(pattern, texts()) == found(translated(pattern, flavour), texts())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_reader_of_perls_kind_finds_both_in_the_same_texts(pattern, found) -> None:
    """Python reads as Java does, but for the name of the end: what RE2 means by a class is written out."""
    written = re.compile(translated(pattern, JAVA).replace(r"\z", r"\Z"))
    assert found(pattern, texts()) == [written.search(text) is not None for text in texts()]


@pytest.mark.parametrize("pattern", [one for one in PATTERNS if "\\\\" not in one])
def test_a_reader_of_posix_finds_both_in_the_same_texts(pattern, found, postgresql) -> None:
    """PostgreSQL reads POSIX's extended regular expressions, and no backslash is in their brackets."""
    import psycopg

    with psycopg.connect(postgresql.replace("postgresql+psycopg://", "postgresql://")) as connection:
        query = "SELECT t ~ %s FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, at) ORDER BY at"
        answers = connection.execute(query, [translated(pattern, POSIX), texts()]).fetchall()
    assert found(pattern, texts()) == [one for (one,) in answers]


@pytest.mark.parametrize(
    ("pattern", "flavour"),
    [*((one, flavour) for one in REFUSED for flavour in (JAVA, POSIX)), *((one, POSIX) for one in OF_POSIX)],
)
def test_what_others_may_read_otherwise_is_refused(pattern: str, flavour: Flavour) -> None:
    """A part that isn't known to mean the same is named, never written."""
    with pytest.raises(NotEvaluatedError, match="the pattern"):
        translated(pattern, flavour)


def test_no_backslash_stands_in_brackets_of_posix() -> None:
    """POSIX takes it for itself there, others don't."""
    for pattern in PATTERNS:
        brackets = re.findall(r"\[\^?\]?[^\]]*\]", translated(pattern, POSIX).replace(r"\\", ""))
        assert not [one for one in brackets if "\\" in one]
