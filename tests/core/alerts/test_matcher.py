from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.automaton import MOST_STATES, compiled, is_match
from airflow_dataops.core.alerts.matcher import Matcher, Operator, all_match, matches, parsed
from airflow_dataops.errors import SettingsError

WRITTEN = {
    'team="shop"': Matcher("team", Operator.EQUAL, "shop"),
    "team=shop": Matcher("team", Operator.EQUAL, "shop"),
    ' team != "shop" ': Matcher("team", Operator.NOT_EQUAL, "shop"),
    'team=~"a|b"': Matcher("team", Operator.REGEX, "a|b"),
    "team!~a.*": Matcher("team", Operator.NOT_REGEX, "a.*"),
    'team=""': Matcher("team", Operator.EQUAL, ""),
    "team=": Matcher("team", Operator.EQUAL, ""),
    r'team="a\"b\\c\nd\x"': Matcher("team", Operator.EQUAL, 'a"b\\c\nd\\x'),
    'team="a=b"': Matcher("team", Operator.EQUAL, "a=b"),
}


@pytest.mark.parametrize(("text", "matcher"), WRITTEN.items(), ids=WRITTEN)
def test_a_matcher_is_read_as_alertmanager_reads_it(text, matcher):
    """With quotes or without."""
    assert matcher == parsed(text)


@pytest.mark.parametrize(
    "text", ["", "team", '="shop"', 'team="shop', 'team=a"b', 'te am="x"', "1team=x", "team>x"]
)
def test_what_is_no_matcher_is_refused_in_one_line(text):
    """It says what was written, and what could be."""
    with pytest.raises(SettingsError, match=r"no matcher|quotes") as refusal:
        parsed(text)
    assert "\n" not in str(refusal.value)


@given(st.text('ab"\\\n\t= é', max_size=8), st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL]))
def test_what_is_written_is_read_back(value, operator):
    """Tabs aside: their escape is Go's, and Alertmanager's files have no such one."""
    matcher = Matcher("team", operator, value.replace("\t", ""))
    assert matcher == parsed(str(matcher))


def test_a_missing_label_is_an_empty_one():
    """Both ways."""
    assert matches(parsed('a=""'), {})
    assert matches(parsed('a=~".*"'), {})
    assert matches(parsed('a!="x"'), {})
    assert not matches(parsed('a!=""'), {})
    assert not matches(parsed('a!~".*"'), {})
    assert not all_match([parsed("a=1"), parsed("b=2")], {"a": "1"})


REFUSED = {
    "lookahead": "(?=a)",
    "negative lookahead": "(?!a)",
    "lookbehind": "(?<=a)b",
    "negative lookbehind": "(?<!a)b",
    "backreference": r"(a)\1",
    "named backreference": "(?P<n>a)(?P=n)",
    "atomic group": "(?>a)",
    "condition": "(a)?(?(1)b)",
    "comment": "(?#a)",
    "possessive": "a++",
    "repeated repetition": "a**",
    "verbose": "(?x)a",
    "end of Python": r"a\Z",
    "escape of Python": r"\u0041",
    "open bracket": "[a",
    "open group": "(a",
    "closing group": "a)",
    "nothing to repeat": "*a",
    "class of Unicode": r"\pL",
    "backslash at the end": "a\\",
    "too many": "a{1001}",
    "backwards": "a{2,1}",
    "range backwards": "[b-a]",
    "unknown class": "[[:word1:]]",
    "no character": r"\x{110000}",
    "half a code": r"\xg1",
    "too large": "(a{1000}){3}",
    "too large and empty": "(((){1000}){1000}){1000}",
    "too deep": "(" * 60 + ")" * 60,
}


@pytest.mark.parametrize("pattern", REFUSED.values(), ids=REFUSED)
def test_what_re2_does_not_have_is_refused_in_one_line(pattern):
    """Python would take most of them."""
    with pytest.raises(SettingsError, match="the pattern `") as refusal:
        parsed(f"a=~{pattern}")
    assert "\n" not in str(refusal.value)


ALIKE = {
    "a{,2}": "a\\{,2\\}",
    r"\Qa.b\E+": "a\\.b+",
    "(?i)Shop": "(?i)Shop",
    "(?i:s)hop": "(?i:s)hop",
    "(?s:.)(?-s:.)": "(?s:.).",
    "[[:alpha:]_]+": "[A-Za-z_]+",
    "[[:^digit:]]": "[^0-9]",
    "(?P<n>a)(?<m>b)": "(?P<n>a)(?P<m>b)",
    r"\x41\x{42}": "AB",
    "[]a]": "[]a]",
    "[^-a]": "[^-a]",
    r"[\d-]+": "[0-9-]+",
    "a+?": "a+?",
    "": "",
    "a||b": "a||b",
    "^a$": "^a$",
    r"a\b.\Bb": r"a\b.\Bb",
    "(?m)a$\n^b": "(?m)a$\n^b",
}


@pytest.mark.parametrize("ours", ALIKE)
def test_patterns_of_re2_are_read_as_they_are_meant(ours):
    """Beside each stands what says the same to Python."""
    theirs = re.compile(ALIKE[ours], re.ASCII)
    for text in ["", "a", "b", "A", "AB", "ab", "a.b", "a.bb", "Shop", "sHOP", "Shop\n", "a\n", "a{,2}", "]"]:
        assert bool(theirs.fullmatch(text)) is is_match(ours, text), text
    for text in ["5", "-", "_", "é", "a b", "a-bb", "ab-", "a\nb", "aa", "aaa", "\n\n", "x\n", "4-2"]:
        assert bool(theirs.fullmatch(text)) is is_match(ours, text), text


def piece(parts):
    """A pattern of parts: one after the other, one of them, or one repeated."""
    return st.one_of(
        st.tuples(parts, parts).map("".join),
        st.tuples(parts, parts).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(parts, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
    )


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\s", r"\.", "^", "$", r"\b", "(?i:A)", ""]),
    piece,
    max_leaves=8,
)


@given(PATTERNS, st.text("ab. A\n", max_size=6))
def test_a_text_matches_as_it_does_in_python(pattern, text):
    """But for `$`, which Python takes for the place before a last newline, too."""
    theirs = re.compile(pattern.replace("$", r"\Z"), re.ASCII)
    assert bool(theirs.fullmatch(text)) is is_match(pattern, text)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)b", "(a?){250}a{250}b"]
)
def test_no_pattern_makes_a_match_explode(pattern):
    """Python takes longer than the age of the world for the first ones."""
    begin = time.process_time()
    assert not is_match(pattern, "a" * 250)
    assert time.process_time() - begin < 5


def test_states_are_as_many_as_is_said_at_most():
    """Each piece of a pattern is two states at most."""
    assert len(compiled("(ab?c*|d){100}")) < 2 * MOST_STATES
