"""The query of a SQL rule: placeholders resolved, and proof that it is one SELECT over the batch alone.

Placeholders: ODCS v3.1, "Data Quality", SQL: `{object}` and `{property}`; v3.0: `${table}` and `${column}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.documents.node import shown
from airflow_dataops.documents.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

OBJECT = "{object}"
STAND_IN = "dataops_object"
PLACEHOLDER = re.compile(r'"\$?\{(?P<quoted>\w+)\}"|\$?\{(?P<bare>[A-Za-z_]\w*)\}')
NO_OTHERS: Mapping[str, str] = {}
MEANINGS = {"object": "object", "table": "object", "property": "property", "column": "property"}

COUNTING = frozenset({"with", "expressions", "from", "where"})
NAMED = frozenset({"this", "alias"})
"""The parts that a query which counts rows may have, and those of the table that it reads."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a query.

    Args:
        sql: The SELECT, in which `{object}` stands for the rows; empty when it can't be used.
        fault: Why it can't be used; empty when it can.
        hint: What to do.
        allowed: Whether the standard allows what we can't do.
        counts_rows: Whether it is `SELECT COUNT(*) FROM {object} WHERE …`: it tells which rows it counts.
        reads: The other datasets that it reads.
    """

    sql: str
    fault: str = ""
    hint: str = ""
    allowed: bool = False
    counts_rows: bool = False
    reads: tuple[str, ...] = ()


def resolve(
    query: str, *, names: frozenset[str], others: Mapping[str, str] = NO_OTHERS, column: str | None
) -> Resolved:
    """Return the query of a rule with its placeholders resolved.

    Args:
        query: The query, as the contract has it.
        names: The dataset's own names, in lower case: a query may also call it by one of them.
        others: What a query may call another dataset, in lower case -> its name.
        column: The column that the rule belongs to, or None.
    """
    for found in PLACEHOLDER.finditer(query):
        meaning = MEANINGS.get(found["quoted"] or found["bare"])
        if meaning is None:
            hint = (
                did_you_mean(found["quoted"] or found["bare"], MEANINGS)
                or "There are {object} and {property}."
            )
            return Resolved("", f"the query has the unknown placeholder `{shown(found[0])}`", hint)
        if meaning == "property" and column is None:
            return Resolved(
                "", f"`{found[0]}` has no meaning in a rule of the whole dataset", "Write the column's name."
            )
    quoted = f'"{(column or "").replace(chr(34), chr(34) * 2)}"'
    stand_ins = {"object": STAND_IN, "property": quoted}
    sql = PLACEHOLDER.sub(lambda found: stand_ins[MEANINGS[found["quoted"] or found["bare"]]], query)
    return _checked(sql, names=names, others=others)


def _checked(sql: str, *, names: frozenset[str], others: Mapping[str, str]) -> Resolved:
    try:
        statements = [
            statement for statement in sqlglot.parse(sql, dialect="duckdb") if statement is not None
        ]
    except SqlglotError as error:
        return Resolved("", f"the query can't be parsed{_where(error, sql)}", "It must be one SELECT.")
    except RecursionError:
        return Resolved("", "the query is nested too deep", "Write it with WITH.")
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        return Resolved("", "the query is not one SELECT", "It must be one SELECT that comes to one number.")
    select = statements[0]
    if len(select.expressions) != 1:
        return Resolved(
            "",
            f"the query returns {len(select.expressions)} columns",
            "It must come to one number, such as COUNT(*).",
        )
    return _of_batch(sql, select, names=names, others=others)


def _of_batch(sql: str, select: exp.Select, *, names: frozenset[str], others: Mapping[str, str]) -> Resolved:
    """Put `{object}` where the query reads the dataset, and see that it reads nothing that isn't known."""
    reads: dict[str, None] = {}
    own = {cte.alias.lower() for cte in select.find_all(exp.CTE)}
    spans = []
    for table in select.find_all(exp.Table):
        name = table.name.lower() if isinstance(table.this, exp.Identifier) and not table.db else ""
        if name in names | {STAND_IN} and name not in own:
            spans.append((table.this.meta["start"], table.this.meta["end"] + 1))
        elif name in others and name not in own:
            reads[others[name]] = None
        elif name not in own or not name:
            other = shown(table.name) or "something"
            return Resolved(
                "",
                f"a query that reads `{other}` and not only {OBJECT}",
                f"Write FROM {OBJECT}; besides, only other datasets of the contract can be read.",
                allowed=True,
            )
    if not spans:
        return Resolved("", f"the query doesn't read {OBJECT}", f"Write FROM {OBJECT}.")
    for start, end in sorted(spans, reverse=True):
        sql = f"{sql[:start]}{OBJECT}{sql[end:]}"
    counts_rows = _counts_rows(select, (names | {STAND_IN}) - own)
    return Resolved(sql.strip().removesuffix(";").rstrip(), counts_rows=counts_rows, reads=tuple(reads))


def _counts_rows(select: exp.Select, names: frozenset[str]) -> bool:
    (counted,) = (found.unalias() for found in select.expressions)
    source = select.find(exp.From)  # its own: those of queries within it lie deeper
    return (
        isinstance(counted, exp.Count)
        and isinstance(counted.this, exp.Star)
        and _has_only(select, COUNTING)
        and source is not None
        and isinstance(source.this, exp.Table)
        and _has_only(source.this, NAMED)
        and not source.this.alias_column_names
        and source.this.name.lower() in names
    )


def _has_only(tree: exp.Expr, parts: frozenset[str]) -> bool:
    return parts.issuperset(part.removesuffix("_") for part, found in tree.args.items() if found)


def _where(error: SqlglotError, sql: str) -> str:
    details = getattr(error, "errors", None) or [{}]
    line = details[0].get("line")
    return f": see its line {line}" if line and "\n" in sql else ""
