from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest

from airflow_dataops.engines.sql.postgres.pattern import translated
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

PATTERNS = (
    *(
        "a",
        "^a$",
        "^a",
        "a$",
        ".",
        "^.$",
        "a.b",
        "a|b",
        "^(a|b)+$",
        "^(?:ab)*$",
        "(?P<x>a)b",
        "^$",
        "()",
        "a|",
    ),
    *(r"\d", r"^\d+$", r"\D", r"\w", r"^\w+$", r"\W", r"\s", r"\S", r"[\d.]", r"[^\s]", r"^[^a]$", r"[^\n]"),
    *(
        "[a-c]",
        "[^a-c]",
        "[-a]",
        "[a-]",
        "[]a]",
        "[^]a]",
        r"[\]a]",
        r"[a\-c]",
        "[.]",
        "[*+?]",
        "[a^]",
        "[(){}|$]",
    ),
    *("a{2}", "a{2,}", "^a{1,2}$", "a*?b", "a+?", "a??b", "{", "a{", "a{x", "}", "]", "a,b", "a{,2"),
    *(
        r"\.",
        r"\\",
        r"\*",
        r"\$",
        r"\(",
        r"\-",
        r"\/",
        r"\t",
        r"\n",
        r"\x41",
        "\\x{41}",
        r"[\x41-\x43]",
        "é",
        "[é-ü]",
    ),
    *("***=a", "***:a", "'", '"', "%", "%s", "$1", "😀", "^[A-Z]{2}-[0-9]{4}$", r"^[\w.+-]+@[\w-]+\.[\w.]+$"),
)

TEXTS = (
    *(
        "",
        "a",
        "b",
        "ab",
        "aa",
        "aab",
        "A",
        "AB-1234",
        "a b",
        "a\nb",
        "\n",
        "a\n",
        "\t",
        " ",
        "5",
        "55",
        "\u0665",
    ),
    *(
        "é",
        "ö",
        "ABC",
        ".",
        "\\",
        "*",
        "$",
        "(",
        "-",
        "]",
        "^",
        "{",
        "}",
        "a{",
        "a{x",
        "a,b",
        "'",
        '"',
        "%",
        "%s",
    ),
    *("x@y.zz", "😀", "_", "\x0b", "\u00a0", "=a", "***=a", "/", "a{,2", "|", ",", "$1"),
)


@pytest.fixture(scope="module")
def connection(database: str) -> Iterator[psycopg.Connection]:
    """A connection on which patterns are tried."""
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_finds_the_same_in_both_databases(pattern: str, connection: psycopg.Connection) -> None:
    """What RE2 finds a translated pattern finds in PostgreSQL, over every text."""
    texts = list(TEXTS) + ["".join(pair) for pair in itertools.product(TEXTS[1:9], repeat=2)]
    try:
        expected = duckdb.execute(
            "SELECT list(regexp_matches(text, $1)) FROM unnest($2) AS t(text)", [pattern, texts]
        ).fetchall()
    except duckdb.Error:
        with pytest.raises((NotEvaluatedError, psycopg.errors.InvalidRegularExpression)):
            connection.execute("SELECT '' ~ %s", [translated(pattern)])
        return
    found = connection.execute(
        "SELECT array_agg(text ~ %s ORDER BY at) FROM unnest(%s::text[]) WITH ORDINALITY AS t(text, at)",
        [translated(pattern), texts],
    ).fetchall()
    assert expected == found


@pytest.mark.parametrize(
    "pattern",
    [r"\b", r"\By", "(?i)a", "(?s).", "(?m)^a", r"\pL", "[[:alpha:]]", "a{256}", r"\A", r"[\b]", r"\01"],
)
def test_a_pattern_that_could_be_read_otherwise_is_refused(pattern: str) -> None:
    """Rather no verdict than a wrong one."""
    with pytest.raises(NotEvaluatedError, match="PostgreSQL"):
        translated(pattern)
