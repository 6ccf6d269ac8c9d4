"""Patterns: what every engine understands in the same way.

A pattern is run by RE2 (DuckDB, and most warehouses) and by Python (pandera). What only one of them has, or
reads differently, is refused when the contract is read. Source: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
import warnings

MOST_REPEATS = 1000
"""RE2's own limit for `{n}`."""

TOKEN = re.compile(
    r"""
      \\[QEzZCGXRKk] (?P<anchor>)                        # \Z is the end in Python, RE2 has \z
    | \\[1-9] (?P<reference>)
    | \\(?:[uUN]|[^\x00-\x7f]) (?P<code>)
    | \\[0-7] (?P<octal>)
    | \\. | \\$
    | \[ \^? \]? (?: \\(?:[buUN0-7]|[^\x00-\x7f]) (?P<in_class>) | \\. | [^\]\\] )* (?: \] | $ )
    | \(\?P= (?P<named_reference>)
    | \(\? <?[=!] (?P<lookaround>)
    | \(\?> (?P<atomic>)
    | \(\?\( (?P<conditional>)
    | \(\?\# (?P<comment>)
    | \(\?P<
    | \(\?[a-zA-Z-]*[axuL][a-zA-Z-]*[:)] (?P<flag>)
    | (?: [*+?] | \{[0-9]*,?[0-9]*\} ) \+ (?P<possessive>)
    | \{,[0-9]*\} (?P<open_repeat>)
    | \{(?P<repeats>[0-9]+)(?:,(?P<up_to>[0-9]*))?\}
    | .
    """,
    re.VERBOSE | re.DOTALL,
)

REFUSED: dict[str, str] = {
    "anchor": r"the escape `{0}`",
    "reference": "the backreference `{0}`",
    "code": r"the escape `{0}`",
    "octal": r"the octal escape `{0}`",
    "in_class": "an escape in `{0}`",
    "named_reference": "the backreference `{0}…)`",
    "lookaround": "the lookaround `{0}…)`",
    "atomic": "the atomic group `(?>…)`",
    "conditional": "the condition `(?(…)`",
    "comment": "the comment `(?#…)`",
    "flag": "the flag `{0}`",
    "possessive": "the possessive `{0}`",
    "open_repeat": "the repetition `{0}` without a start",
}
"""Group of the token -> what it is called."""


def pattern_fault(pattern: str) -> tuple[str, str] | None:
    """Return what is wrong with a pattern and what to do about it, or None when it is fine."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except re.error as error:
        where = f" at character {error.pos + 1}" if error.pos is not None else ""
        return f"the pattern doesn't compile: {error.msg}{where}", "Check the brackets and the escapes."
    except RecursionError:
        return "the pattern is nested too deep", "Write it with fewer brackets."
    except (OverflowError, Warning):
        return (
            "the pattern doesn't mean the same in every engine",
            "Write it with plainer classes and repeats.",
        )
    return next((fault for token in TOKEN.finditer(pattern) if (fault := _fault(token)) is not None), None)


def _fault(token: re.Match[str]) -> tuple[str, str] | None:
    for group, words in REFUSED.items():
        if token[group] is not None:
            return (
                f"the pattern uses {words.format(token[0])}, which RE2 doesn't have",
                "Patterns run in RE2: https://github.com/google/re2/wiki/Syntax.",
            )
    highest = max(int(token["repeats"] or 0), int(token["up_to"] or 0))
    if highest > MOST_REPEATS:
        return (
            f"the pattern repeats {highest} times, which RE2 refuses",
            f"Use at most {MOST_REPEATS}; check the length with a rule of its own.",
        )
    return None
