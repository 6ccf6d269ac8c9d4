from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.documents.pattern import pattern_fault

ACCEPTED = [
    r"^ORD-[0-9]{8}$",
    r"(?i)abc",
    r"(?P<year>\d{4})-(?:a|b)?",
    r"[]a]",
    r"[^]a-z\]\\]+",
    r"\(?!x",
    r"[(?=]",
    r"a{2,}b{0,1000}",
    r"\.\*\+\?\[\{\|\$",
    r"\x41\d\W\bé",
    r"",
    r"a*?b+?c??d{1,2}?",
    r"{",
]

REFUSED = {
    "(ab": "the pattern doesn't compile: missing ), unterminated subpattern at character 1",
    "a**": "the pattern doesn't compile: multiple repeat at character 3",
    r"\p{L}": r"the pattern doesn't compile: bad escape \p at character 1",
    "[a": "the pattern doesn't compile: unterminated character set at character 1",
    "(?=a)": "the pattern uses the lookaround `(?=…)`, which RE2 doesn't have",
    "(?<!a)b": "the pattern uses the lookaround `(?<!…)`, which RE2 doesn't have",
    r"(a)\1": r"the pattern uses the backreference `\1`, which RE2 doesn't have",
    "(?P<n>a)(?P=n)": "the pattern uses the backreference `(?P=…)`, which RE2 doesn't have",
    "(a)(?(1)b|c)": "the pattern uses the condition `(?(…)`, which RE2 doesn't have",
    "(?>a)": "the pattern uses the atomic group `(?>…)`, which RE2 doesn't have",
    "a*+": "the pattern uses the possessive `*+`, which RE2 doesn't have",
    "a{2,3}+": "the pattern uses the possessive `{2,3}+`, which RE2 doesn't have",
    "(?#x)a": "the pattern uses the comment `(?#…)`, which RE2 doesn't have",
    "(?x)a": "the pattern uses the flag `(?x)`, which RE2 doesn't have",
    "(?a:b)": "the pattern uses the flag `(?a:`, which RE2 doesn't have",
    r"a\Z": r"the pattern uses the escape `\Z`, which RE2 doesn't have",
    r"\u00e9": r"the pattern uses the escape `\u`, which RE2 doesn't have",
    r"\é": r"the pattern uses the escape `\é`, which RE2 doesn't have",
    r"\07": r"the pattern uses the octal escape `\0`, which RE2 doesn't have",
    r"[a\b]": r"the pattern uses an escape in `[a\b]`, which RE2 doesn't have",
    r"[\u00e9]": r"the pattern uses an escape in `[\u00e9]`, which RE2 doesn't have",
    "a{,3}": "the pattern uses the repetition `{,3}` without a start, which RE2 doesn't have",
    "a{1001}": "the pattern repeats 1001 times, which RE2 refuses",
    "a{2,2000}": "the pattern repeats 2000 times, which RE2 refuses",
    "[[:alpha:]]": "the pattern doesn't mean the same in every engine",
    "a{99999999999}": "the pattern doesn't mean the same in every engine",
    "(" * 5000: "the pattern is nested too deep",
}


def run_by_duckdb(pattern: str) -> bool:
    """Say whether an engine on RE2 takes a pattern."""
    try:
        duckdb.execute("SELECT regexp_matches('x', ?)", [pattern]).fetchall()
    except duckdb.Error:
        return False
    return True


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_pattern_fault_accepts_what_both_engines_take(pattern):
    """A pattern without fault is run by RE2."""
    assert pattern_fault(pattern) is None
    assert run_by_duckdb(pattern)


@pytest.mark.parametrize(("pattern", "expected"), REFUSED.items(), ids=[p[:20] for p in REFUSED])
def test_pattern_fault_names_what_an_engine_lacks(pattern, expected):
    """A pattern that an engine lacks or reads otherwise is refused, and the message names the part."""
    what, hint = pattern_fault(pattern)
    assert what.startswith(expected)
    assert hint


PIECES = st.sampled_from(
    [
        *"ab09^$.|()[]{}*+?-,=!<>:#& \\",
        "(?",
        "(?P<n>",
        "(?:",
        "[^",
        "\\d",
        "\\b",
        "\\A",
        "{2,3}",
        "{,2}",
        "\\1",
        "é",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_pattern_without_fault_runs_in_re2(pattern):
    """Whatever has no fault is taken by an engine on RE2: nothing fails when rows are there."""
    if pattern_fault(pattern) is None:
        assert run_by_duckdb(pattern)
