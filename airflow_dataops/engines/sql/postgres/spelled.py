"""SQL rules, which are written as DuckDB reads them, in PostgreSQL's spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterable


def written(tree: exp.Query, *, columns: Iterable[str], pretty: bool = False) -> str:
    """Return a tree of DuckDB's dialect as PostgreSQL writes it.

    DuckDB finds a name whatever its upper and lower case, in quotes or not; so every name is quoted here, as
    the table has it, or else in lower case.

    Args:
        tree: The tree.
        columns: The names of the table's columns, as it has them.
        pretty: Whether it is for people, on several lines.

    Raises:
        SqlglotError: If PostgreSQL has no words for a part of it.
    """
    known = {name.casefold(): name for name in columns}
    spelled = tree.copy()
    for name in list(spelled.find_all(exp.Identifier)):
        folded = name.this.casefold()
        name.replace(exp.to_identifier(known.get(folded, folded), quoted=True))
    for like in list(spelled.find_all(exp.Like, exp.ILike)):
        if not isinstance(like.parent, exp.Escape):  # DuckDB has no sign that escapes, unless one is named
            like.replace(exp.Escape(this=like.copy(), expression=exp.Literal.string("")))
    if spelled.find(exp.SimilarTo):
        raise UnsupportedError("SIMILAR TO means something else in PostgreSQL")
    return spelled.sql("postgres", unsupported_level=ErrorLevel.RAISE, comments=False, pretty=pretty)
