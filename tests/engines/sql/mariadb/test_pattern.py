"""Patterns of RE2 in MariaDB: they find the same, or are refused."""

from __future__ import annotations

import itertools
from contextlib import closing

import duckdb
import mysql.connector
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from airflow_dataops.documents.pattern import pattern_fault
from airflow_dataops.engines.sql.mariadb.dialect import DIALECT
from airflow_dataops.engines.sql.mariadb.failures import GAVE_UP
from airflow_dataops.engines.sql.mariadb.pattern import translated
from airflow_dataops.engines.sql.mariadb.reading import MARIADB
from airflow_dataops.engines.sql.mariadb.session import settled
from airflow_dataops.errors import NotEvaluatedError

PATTERNS = (
    *(
        "",
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
        "|a",
    ),
    *(
        r"\d",
        r"^\d+$",
        r"\D",
        r"\w",
        r"^\w+$",
        r"\W",
        r"\s",
        r"\S",
        r"[\d.]",
        r"[^\s]",
        r"^[^a]$",
        r"[^\n]",
        r"^\W$",
    ),
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
    *(
        "[a-c-e]",
        r"[\D]",
        r"[^\W]",
        r"[\S\n]",
        r"[^\D\n]",
        "[ -~]",
        r"[\x00-\x1f]",
        r"\x00",
        "[#&&a]",
        "[[a]",
    ),
    *(
        "a{2}",
        "a{2,}",
        "^a{1,2}$",
        "a*?b",
        "a+?",
        "a??b",
        "{",
        "a{",
        "a{x",
        "}",
        "]",
        "a,b",
        "a{0}",
        "^a{0,1}$",
        "(a{2}){2}",
    ),
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
        r"\a",
        r"\v",
        r"\x41",
        r"[\x41-\x43]",
        "é",
        "[é-ü]",
    ),
    *(
        "(?i)a",
        "(?i)^ab$",
        "(?i)[a-c]",
        "(?i)[^a]",
        "(?i)k",
        "(?i)s",
        "(?i)ss",
        "(?i)ß",
        "(?i:a)b",
        "(?s).",
        "(?s)^.$",
        "(?s)a.b",
    ),
    *(
        "(?m)^a",
        "(?m)a$",
        "(?m)^$",
        "(?m)^b",
        "(?ms)^.$",
        "(?-i:a)",
        "(?i:a(?-i:b))",
        "(?s:.)b",
        "(?i)(a|B)$",
        r"(?i)[\w]",
        r"(?i)\w",
    ),
    *(
        r"\b",
        r"\ba\b",
        r"\B",
        r"^\B",
        r"\Ba",
        r"\A",
        r"\Aa",
        r"a\b",
        r"(?i)\bk\b",
        r"(?i)[k-s]",
        r"(?i)[^k-s]",
        r"(?i)\W",
    ),
    *(
        "'",
        '"',
        "%",
        "%s",
        "$1",
        "😀",
        "^[A-Z]{2}-[0-9]{4}$",
        r"^[\w.+-]+@[\w-]+\.[\w.]+$",
        "^*a",
        "$a",
        "a$b",
        "(^a|b$)",
        "#",
        " ",
    ),
    *(
        "(*UTF)a",
        "(*FAIL)",
        "a(*ACCEPT)b",
        "(?#x)",
        "a b # c",
        "(?i)é",
        "(?i)É",
        "(?i)ǆ",
        "(?i)µ",
        "(?i)i",
        "(?i)İ",
        "(?i)ı",  # noqa: RUF001
        "(?i)Σ",
    ),
)

TEXTS = (
    *(
        "",
        "a",
        "b",
        "ab",
        "\n",
        "a\n",
        "k",
        "s",
        " ",
        "aa",
        "aab",
        "A",
        "AB-1234",
        "a b",
        "a\nb",
        "a\r\n",
        "\r",
        "\t",
        "5",
        "55",
    ),
    *(
        "\u0665",
        "é",
        "ö",
        "É",
        "e\u0301",
        "ABC",
        "AB",
        "\u212a",
        "\u017f",
        "ß",
        "ẞ",
        "SS",
        "K",
        "S",
        ".",
        "\\",
        "*",
        "$",
        "(",
        "-",
    ),
    *(
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
        "x@y.zz",
        "😀",
        "_",
        "\x0b",
        "\x0c",
        "\x00",
        "a\x00b",
        "\x85",
    ),
    *(
        "\u2028",
        "\u00a0",
        "=a",
        "/",
        "a{,2",
        "|",
        ",",
        "$1",
        "a ",
        "ǅ",
        "Ǆ",
        "μ",
        "µ",
        "ı",  # noqa: RUF001
        "İ",
        "i",
        "I",
        "σ",  # noqa: RUF001
        "ς",
        "Σ",
        "\ufeff",
    ),
)


def lines(pattern: str, texts: list[str]) -> list[bool] | None:
    """Return in which texts DuckDB finds a pattern; None where it reads none."""
    with duckdb.connect() as duck:
        try:
            rows = duck.execute(
                "SELECT regexp_matches(text, $1) FROM unnest($2) AS t(text)", [pattern, texts]
            ).fetchall()
        except duckdb.Error:
            return None
    return [bool(found) for (found,) in rows]


@pytest.fixture(scope="module")
def look(mariadb):
    """Return in which texts MariaDB finds a pattern."""
    table = "patterns"
    with closing(mariadb.cursor()) as cursor:
        cursor.execute(f"CREATE TABLE {table} (at int PRIMARY KEY, text longtext COLLATE utf8mb4_general_ci)")

    def run(pattern: str, texts: list[str]) -> list[bool]:
        with closing(mariadb.cursor()) as cursor:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", list(enumerate(texts)))  # noqa: S608
        found = MARIADB.found(exp.column("text"), pattern)
        query = exp.select(found).from_(table).order_by("at").sql(DIALECT)
        with settled(mariadb), closing(mariadb.cursor()) as cursor:
            cursor.execute(query)
            return [bool(one) for (one,) in cursor.fetchall()]

    return run


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_finds_the_same_in_both_databases(pattern: str, look) -> None:
    """What RE2 finds a translated pattern finds in MariaDB, over every text."""
    texts = [*TEXTS, *("".join(pair) for pair in itertools.product(TEXTS[1:8], repeat=2))]
    expected = lines(pattern, texts)
    if expected is None:
        assert pattern_fault(pattern) is not None or _refused(pattern)
        return
    found = look(pattern, texts)

    assert dict(zip(texts, expected, strict=True)) == dict(zip(texts, found, strict=True))


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            r"\z",
            r"\Z",
            r"\Q.\E",
            r"\C",
            r"\pL",
            r"\p{Greek}",
            r"\1",
            r"\01",
            r"\G",
            r"\K",
            r"\R",
            r"\X",
            r"\h",
            r"\N",
            r"\cA",
        ),
        *(
            "(?=a)",
            "(?<=a)",
            "(?!a)",
            "(?<!a)",
            "(?>a)",
            "(?#a)",
            "(?R)",
            "(?1)",
            "(?P=x)",
            "(?(1)a)",
            "(?|a)",
            "(?U)a",
            "(?x)a",
        ),
        *(
            "a++",
            "a*+",
            "a{2}+",
            "a**",
            "+a",
            "a|*",
            "(*a)",
            "(?i)*",
            "a{1001}",
            "[a",
            "(",
            ")",
            "a)",
            "[[:alpha:]]",
            "[[.a.]]",
        ),
        *(r"[\b]", r"[\Q]", r"[\pL]", r"(?i)[\W]", r"(?i)[\Da]", "(?)", "(?-)", "\\", r"\x{110000}"),
    ],
)
def test_a_pattern_that_could_be_read_otherwise_is_refused(pattern: str) -> None:
    """Rather no verdict than a wrong one."""
    with pytest.raises(NotEvaluatedError, match="pattern"):
        translated(pattern)


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "k",
            "S",
            "é",
            "ß",
            " ",
            "\n",
            r"\.",
            "-",
            "]",
            "{",
            ".",
            "^",
            "$",
            "|",
            "(",
            "(?:",
            ")",
            "(?i:",
            "(?s:",
            "(?m:",
        ),
        *(
            "*",
            "+",
            "?",
            "*?",
            "{2}",
            "{0,1}",
            "{1,}",
            r"\d",
            r"\w",
            r"\s",
            r"\W",
            r"\S",
            r"\D",
            r"\b",
            r"\B",
            r"\A",
        ),
        *("[a-c]", "[^a]", r"[\w-]", "[^\n]", r"[\d\s]", "[é-ü]", "[]a]", "(?i)", "(?s)", "(?m)"),
    ]
)
SIGNS = st.text(alphabet="abkKsSſéÉßẞ\u212a\n\r 5_.-]{\x00\u0301", max_size=6)  # noqa: RUF001


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=7), texts=st.lists(SIGNS, min_size=1, max_size=12))
def test_any_pattern_finds_the_same_or_is_refused(pieces: list[str], texts: list[str], look) -> None:
    """Whatever a contract may have: each verdict is RE2's."""
    pattern = "".join(pieces)
    expected = lines(pattern, texts)
    if expected is None or pattern_fault(pattern) is not None:
        return
    try:
        translated(pattern)
    except NotEvaluatedError:
        return

    assert (pattern, expected) == (pattern, look(pattern, texts))


CATASTROPHIC = {
    "^(a|aa)+$": "a" * 60 + "b",
    "^(a*)*$": "a" * 60 + "b",
    "^(([a-z])+.)+[A-Z]([a-z])+$": "a" * 200,
    "(x+x+)+y": "x" * 60,
}
"""Pattern -> a text in which PCRE2 goes back and forth until it gives up."""


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_where_pcre_gives_up_the_statement_fails(pattern: str, look) -> None:
    """It would be no match with a warning that nobody reads."""
    assert [False] == lines(pattern, [CATASTROPHIC[pattern]])

    with pytest.raises(mysql.connector.Error) as caught:
        look(pattern, [CATASTROPHIC[pattern]])

    assert caught.value.errno == GAVE_UP


def test_a_long_text_is_no_matter_of_giving_up(look) -> None:
    """Neither where a pattern is found, nor where it isn't, as far as it does not go back and forth."""
    texts = ["a" * 300_000, "a" * 300_000 + "b", "é" * 100_000 + "\n"]

    for pattern in ("^a+$", "^[a-z]*$", r"^\w+$", "b$", "[^a]"):
        assert lines(pattern, texts) == look(pattern, texts)


def _refused(pattern: str) -> bool:
    with pytest.raises(NotEvaluatedError):
        translated(pattern)
    return True
