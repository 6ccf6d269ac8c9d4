"""The names in a SELECT, as databases find them that have other rules for names than DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterable


def quote(tree: exp.Query, tables: Iterable[str]) -> None:
    """Quote all names, and write those of tables in one way: MariaDB tells their upper and lower case apart.

    Args:
        tree: The SELECT.
        tables: The tables that it reads, as the database has their names.
    """
    known = {name.casefold(): name for name in tables}
    for name in list(tree.find_all(exp.Identifier)):
        if isinstance(name.parent, exp.Collate | exp.DataType):
            continue
        of_table = isinstance(name.parent, exp.Table | exp.TableAlias) or name.arg_key == "table"
        folded = name.this.casefold()
        text = known.get(folded, folded) if of_table and name.arg_key != "columns" else name.this
        name.replace(exp.to_identifier(text, quoted=True))


def take_in(tree: exp.Query) -> None:
    """Put the tables of each WITH where they are read: in MariaDB one inside of another doesn't see them."""
    for made in reversed(list(tree.find_all(exp.With))):
        query = made.parent
        for cte in made.expressions:
            for read in list(query.find_all(exp.Table)) if query is not None else ():
                if read.name.casefold() == cte.alias.casefold():
                    alias = read.args.get("alias") or exp.TableAlias(this=read.this.copy())
                    read.replace(exp.Subquery(this=cte.this.copy(), alias=alias.copy()))
        made.pop()
