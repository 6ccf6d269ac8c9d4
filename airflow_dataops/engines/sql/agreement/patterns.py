"""What databases agree about when they look for something in a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import BOOLEAN, TEXT, Differs, of
from airflow_dataops.engines.sql.agreement.texts import CASES, in_lower
from airflow_dataops.engines.sql.agreement.way import Construct, Way, never, ways
from airflow_dataops.engines.sql.agreement.words import grouped, integer, literal

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import Kind

    Kinds = tuple[Kind, ...]

SIGNS = "\\!~^|#" + "".join(map(chr, range(1, 32)))
"""Signs of which one may escape others in a pattern of LIKE; the first that the pattern hasn't."""


def _found(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, TEXT)
    return BOOLEAN


def _pattern(node: exp.Expr, kinds: Kinds) -> Kind:
    literal(node.expression, "a pattern")
    return _found(node, kinds)


def _like(node: exp.Expr, kinds: Kinds) -> Kind:
    escape = node.args.get("escape")
    if escape is not None:
        sign, written = literal(escape, "a sign that escapes"), literal(node.expression, "a pattern")
        if len(sign) != 1 or not sign.isascii() or sign in "%_" or _ends_escaped(written, sign):
            raise Differs("it is agreed on for one sign that escapes another alone")
    elif "\\" in node.expression.name and not isinstance(node.expression, exp.Column):
        literal(node.expression, "a pattern")
    return _found(node, kinds)


def _ends_escaped(pattern: str, sign: str) -> bool:
    return pattern.replace(sign * 2, "").endswith(sign)


def _part(node: exp.Expr, kinds: Kinds) -> Kind:
    literal(node.expression, "a text to look for")
    return _found(node, kinds)


def _with_escape(like: exp.Expr, sign: exp.Expr) -> exp.Expr:
    found = like.copy()
    found.set("escape", None)
    return exp.Escape(this=found, expression=sign.copy())


def _postgres_like(node: exp.Expr, _: Kinds) -> exp.Expr:
    """Return a LIKE in which no sign escapes another, as DuckDB has it, unless it is named."""
    return _with_escape(node, node.args.get("escape") or exp.Literal.string(""))


def _mariadb_like(node: exp.Expr, _: Kinds) -> exp.Expr:
    plain = literal(node.expression.find(exp.Literal) or node.expression, "a pattern of LIKE (MariaDB)")
    unused = next((sign for sign in SIGNS if sign not in plain), "")
    if not unused:
        raise Differs("each sign that may escape another is in it")
    return _with_escape(node, node.args.get("escape") or exp.Literal.string(unused))


def _pattern_of_like(node: exp.Expr) -> str:
    """Return the pattern of RE2 that finds what a LIKE finds."""
    escape, signs = node.args.get("escape"), iter(literal(node.expression, "a pattern of LIKE"))
    found = ""
    for sign in signs:
        if escape is not None and sign == escape.name:
            found += re.escape(next(signs))
        else:
            found += {"%": ".*", "_": "."}.get(sign, re.escape(sign))
    return rf"^(?s:{found})\z"


def _ilike(node: exp.Expr, _: Kinds) -> exp.Expr:
    found = node.copy()
    like = exp.Like(
        this=grouped(in_lower(found.this)),
        expression=grouped(in_lower(found.expression)),
        negate=found.args.get("negate"),
    )
    return exp.Escape(this=like, expression=exp.Literal.string(""))


def _contains(node: exp.Expr, _: Kinds) -> exp.Expr:
    at = exp.StrPosition(this=node.this.copy(), substr=node.expression.copy())
    return exp.GT(this=at, expression=integer(0))


def _starts(node: exp.Expr, _: Kinds) -> exp.Expr:
    length = integer(len(_plain(node.expression)))
    start = exp.Substring(this=node.this.copy(), start=integer(1), length=length)
    return exp.EQ(this=start, expression=node.expression.copy())


def _ends(node: exp.Expr, _: Kinds) -> exp.Expr:
    length = integer(len(_plain(node.expression)))
    end = exp.Right(this=node.this.copy(), expression=length)
    return exp.EQ(this=end, expression=node.expression.copy())


def _plain(tree: exp.Expr) -> str:
    """Return a literal that may stand in a collation."""
    found = tree if tree.is_string else tree.find(exp.Literal)
    return found.name if found is not None else ""


WRITTEN = "a pattern of RE2 that is written out, as far as the database can have it"
FOUND = Way(WRITTEN, pattern=lambda node: node.expression.name)
WHOLE = Way(WRITTEN, pattern=lambda node: f"^(?:{node.expression.name})$")
ASCII = "SQLite knows the letters of ASCII alone"

CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Like: (
        Construct(
            "a LIKE 'x%', a LIKE 'x!%' ESCAPE '!'",
            _like,
            ways(
                Way("without a sign that escapes unless it is named", _postgres_like),
                Way("without a sign that escapes unless it is named; a written pattern", _mariadb_like),
                Way("a pattern of RE2; a written pattern", pattern=_pattern_of_like),
            ),
            besides=frozenset({"negate", "escape"}),
        ),
    ),
    exp.ILike: (
        Construct(
            "a ILIKE 'x%'",
            _found,
            ways(Way("`LIKE` of the lower cases", _ilike), never(CASES), never(ASCII)),
            besides=frozenset({"negate"}),
        ),
    ),
    exp.RegexpLike: (Construct("a ~ 'x', regexp_matches(a, 'x')", _pattern, ways(FOUND, FOUND, FOUND)),),
    exp.RegexpFullMatch: (Construct("regexp_full_match(a, 'x')", _pattern, ways(WHOLE, WHOLE, WHOLE)),),
    exp.Contains: (
        Construct(
            "contains(a, 'x')",
            _part,
            ways(*(Way("its position is above 0", _contains) for _ in range(3))),
            ("this",),
            frozenset({"expression"}),
        ),
    ),
    exp.StartsWith: (
        Construct(
            "starts_with(a, 'x')",
            _part,
            ways(*(Way("its first characters are those", _starts) for _ in range(3))),
            ("this",),
            frozenset({"expression"}),
        ),
    ),
    exp.EndsWith: (
        Construct(
            "ends_with(a, 'x')",
            _part,
            ways(
                Way("its last characters are those", _ends),
                Way("its last characters are those", _ends),
                Way("a pattern of RE2", pattern=lambda node: rf"{re.escape(_plain(node.expression))}\z"),
            ),
            ("this",),
            frozenset({"expression"}),
        ),
    ),
}
"""Class of sqlglot -> what is agreed on."""
