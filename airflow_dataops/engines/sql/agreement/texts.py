"""What databases agree about when they take texts apart and look into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import TEXT, WHOLE, Differs, of
from airflow_dataops.engines.sql.agreement.letters import lowered, uppered
from airflow_dataops.engines.sql.agreement.way import SAME, Construct, Way, never, ways
from airflow_dataops.engines.sql.agreement.words import collated, fails_in_sqlite, integer, literal
from airflow_dataops.engines.sql.sqlite import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.engines.sql.agreement.kind import Kind

    Kinds = tuple[Kind, ...]

BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What DuckDB trims: the characters of Unicode's class Zs."""


def _text(_: exp.Expr, kinds: Kinds) -> Kind:
    return of(kinds, TEXT)


def _length(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, TEXT)
    return WHOLE


def _piece(node: exp.Expr, kinds: Kinds) -> Kind:
    numbers = [node.args.get(name) for name in ("start", "length", "expression")]
    if not all(one is None or (one.is_int and not isinstance(one, exp.Neg)) for one in numbers):
        raise Differs("it is agreed on for numbers that are written out, and not below 0, alone")
    if node.args.get("start") is not None and int(node.args["start"].name) < 1:
        raise Differs("positions are agreed on from 1 on")
    return of(kinds[:1], TEXT)


def _replaced(node: exp.Expr, kinds: Kinds) -> Kind:
    if not literal(node.expression, "a text to look for"):
        raise Differs("nothing is looked for")
    return of(kinds, TEXT)


def _position(node: exp.Expr, kinds: Kinds) -> Kind:
    literal(node.args["substr"], "a text to look for")
    return _length(node, kinds)


def _trimmed(node: exp.Expr, kinds: Kinds) -> Kind:
    if node.args.get("expression") is not None:
        literal(node.expression, "the characters to trim")
    return of(kinds, TEXT)


def in_lower(text: exp.Expr) -> exp.Expr:
    """Return a text in lower case, as PostgreSQL is told."""
    return _translated(text, exp.Lower, *lowered())


def _translated(text: exp.Expr, plain: type[exp.Expr], source: str, target: str) -> exp.Expr:
    """Return a text in another case: of ASCII fast, and else character by character."""
    same = exp.EQ(
        this=exp.Anonymous(this="OCTET_LENGTH", expressions=[text.copy()]),
        expression=exp.Anonymous(this="CHAR_LENGTH", expressions=[text.copy()]),
    )
    letters = [exp.Literal.string(source), exp.Literal.string(target)]
    each = exp.Anonymous(this="TRANSLATE", expressions=[text.copy(), *letters])
    return exp.case().when(same, plain(this=collated(text, "C"))).else_(each)


def _joined(node: exp.Expr, _: Kinds) -> exp.Expr:
    """Return texts one after another, in which null is nothing."""
    empty = exp.Literal.string("")
    found, *rest = (exp.Coalesce(this=one.copy(), expressions=[empty.copy()]) for one in node.expressions)
    joined: exp.Expr = found
    for one in rest:
        joined = exp.DPipe(this=joined, expression=one, safe=False)
    return joined


def _trim(function: str) -> Callable[[exp.Expr, Kinds], exp.Expr]:
    names = {"": function, "LEADING": "LTRIM", "TRAILING": "RTRIM"}

    def said(node: exp.Expr, _: Kinds) -> exp.Expr:
        characters = node.args.get("expression") or exp.Literal.string(BLANKS)
        name = names[str(node.args.get("position") or "")]
        return exp.Anonymous(this=name, expressions=[node.this.copy(), characters.copy()])

    return said


def _piece_in_sqlite(node: exp.Expr, _: Kinds) -> exp.Expr:
    """Return a piece of a text; SQLite would look no further than to a NUL, and there the statement ends."""
    start, length = node.args.get("start") or integer(1), node.args.get("length") or node.expression
    piece = exp.Substring(this=node.this.copy(), start=start.copy(), length=length and length.copy())
    nul = exp.Anonymous(this="CHAR", expressions=[integer(0)])
    cut = exp.Anonymous(this="INSTR", expressions=[node.this.copy(), nul])
    return exp.case().when(cut, fails_in_sqlite()).else_(piece)


def _ours(name: str) -> Way:
    return Way(f"`{name}`", lambda node, _: exp.Anonymous(this=name, expressions=[node.this.copy()]))


CASES = "MariaDB has the letters of its collation, which are not all of Unicode's"
PIECE = Way("`SUBSTRING`; ends at a text with a NUL", _piece_in_sqlite)

CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Lower: (
        Construct(
            "lower(a)",
            _text,
            ways(
                Way("letters of Unicode, one by one", lambda node, _: in_lower(node.this)),
                never(CASES),
                _ours(names.LOWER),
            ),
            ("this",),
        ),
    ),
    exp.Upper: (
        Construct(
            "upper(a)",
            _text,
            ways(
                Way(
                    "letters of Unicode, one by one",
                    lambda node, _: _translated(node.this, exp.Upper, *uppered()),
                ),
                never(CASES),
                _ours(names.UPPER),
            ),
            ("this",),
        ),
    ),
    exp.Length: (Construct("length(a)", _length, ways(SAME, Way("`CHAR_LENGTH(a)`")), ("this",)),),
    exp.DPipe: (Construct("a || b", _text, ways(), besides=frozenset({"safe"})),),
    exp.Concat: (
        Construct(
            "concat(a, b)",
            _text,
            ways(SAME, Way("of `coalesce(a, '')`"), Way("`||` of `coalesce(a, '')`", _joined)),
            ("expressions",),
            frozenset({"safe", "coalesce"}),
        ),
    ),
    exp.Substring: (
        Construct(
            "substring(a, 2, 3)",
            _piece,
            ways(sqlite=PIECE),
            ("this",),
            frozenset({"start", "length"}),
        ),
    ),
    exp.Left: (
        Construct(
            "left(a, 2)",
            _piece,
            ways(sqlite=PIECE),
            ("this",),
            frozenset({"expression"}),
        ),
    ),
    exp.Right: (
        Construct(
            "right(a, 2)",
            _piece,
            ways(sqlite=never("it has no such function")),
            ("this",),
            frozenset({"expression"}),
        ),
    ),
    exp.Replace: (
        Construct(
            "replace(a, 'x', 'y')",
            _replaced,
            ways(),
            ("this", "replacement"),
            frozenset({"expression"}),
        ),
    ),
    exp.StrPosition: (
        Construct("strpos(a, 'x'), instr(a, 'x')", _position, ways(), ("this",), frozenset({"substr"})),
    ),
    exp.Trim: (
        Construct(
            "trim(a), ltrim(a), rtrim(a, 'x')",
            _trimmed,
            ways(
                Way("of Unicode's blanks", _trim("BTRIM")),
                never("MariaDB trims a text, and not characters"),
                Way("of Unicode's blanks", _trim("TRIM")),
            ),
            ("this",),
            frozenset({"expression", "position"}),
        ),
    ),
}
"""Class of sqlglot -> what is agreed on."""
