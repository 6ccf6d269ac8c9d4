"""The query of a SQL rule: placeholders resolved, and proof that it is one SELECT over the batch alone.

Placeholders: ODCS v3.1, "Data Quality", SQL: `{object}` and `{property}`; v3.0: `${table}` and `${column}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.naming import RESERVED_PREFIX
from airflow_dataops.documents.query_columns import unknown_column
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

OBJECT = "{object}"
STAND_IN = "dataops_object"
PLACEHOLDER = re.compile(
    r"""(?P<text>'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/)|"\$?\{(?P<quoted>\w+)\}"|\$?\{(?P<bare>[A-Za-z_]\w*)\}""",
    re.DOTALL,
)
"""A placeholder; or a text in quotes, or a comment, in which nothing is one."""

NO_OTHERS: Mapping[str, str] = {}
NO_COLUMNS: Mapping[str, tuple[str, ...]] = {}
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
        unknown: A column that it names and no dataset that it reads has; empty where there is none.
    """

    sql: str
    fault: str = ""
    hint: str = ""
    allowed: bool = False
    counts_rows: bool = False
    reads: tuple[str, ...] = ()
    unknown: str = ""


def resolve(
    query: str,
    *,
    names: frozenset[str],
    others: Mapping[str, str] = NO_OTHERS,
    column: str | None,
    columns: Mapping[str, tuple[str, ...]] = NO_COLUMNS,
) -> Resolved:
    """Return the query of a rule with its placeholders resolved.

    Args:
        query: The query, as the contract has it.
        names: The dataset's own names, in lower case: a query may also call it by one of them.
        others: What a query may call another dataset, in lower case -> its name.
        column: The column that the rule belongs to, or None.
        columns: The name of each dataset of the contract, `{object}` for its own -> its columns in the data;
            empty where they aren't all known.
    """
    for found in PLACEHOLDER.finditer(query):
        if found["text"]:
            continue
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

    def filled(found: re.Match[str]) -> str:
        return found["text"] or stand_ins[MEANINGS[found["quoted"] or found["bare"]]]

    sql = PLACEHOLDER.sub(filled, query)
    resolved, select = _checked(sql, names=names, others=others)
    if select is None or not columns:
        return resolved
    tables = dict.fromkeys((STAND_IN, *names), columns[OBJECT])
    tables |= {called: columns[name] for called, name in others.items()}
    return replace(resolved, unknown=unknown_column(select, tables))


def _checked(
    sql: str, *, names: frozenset[str], others: Mapping[str, str]
) -> tuple[Resolved, exp.Select | None]:
    select = _parsed(sql)
    if isinstance(select, Resolved):
        return select, None
    found = _of_batch(sql, select, names=names, others=others)
    return found, select if found.sql else None


def _parsed(sql: str) -> exp.Select | Resolved:
    """Return the one SELECT that a text is, or what is wrong with it."""
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
    return select


def _of_batch(sql: str, select: exp.Select, *, names: frozenset[str], others: Mapping[str, str]) -> Resolved:
    """Put `{object}` where the query reads the dataset, and see that it reads nothing that isn't known."""
    if ours := next((name for name in map(_name, select.find_all(exp.Identifier)) if _is_ours(name)), ""):
        return Resolved(
            "", f"the query names `{shown(ours)}`", f"Names that start with {RESERVED_PREFIX} are ours."
        )
    reads: dict[str, None] = {}
    own = {cte.alias.lower() for cte in select.find_all(exp.CTE)}
    spans = []
    for table in select.find_all(exp.Table):
        name = table.name.lower() if isinstance(table.this, exp.Identifier) and not table.db else ""
        if name in names | {STAND_IN} and name not in own:
            spans.append((*_span(table), OBJECT))
        elif name in others and name not in own:
            reads[others[name]] = None
            if others[name].lower() != name:
                spans.append((*_span(table), _called(table, others[name])))
        elif name not in own or not name:
            other = shown(table.name) or "something"
            return Resolved(
                "",
                f"a query that reads `{other}` and not only {OBJECT}",
                f"Write FROM {OBJECT}; besides, only other datasets of the contract can be read.",
                allowed=True,
            )
    if OBJECT not in {text for _, _, text in spans}:
        return Resolved("", f"the query doesn't read {OBJECT}", f"Write FROM {OBJECT}.")
    for start, end, text in sorted(spans, reverse=True):
        sql = f"{sql[:start]}{text}{sql[end:]}"
    counts_rows = _counts_rows(select, (names | {STAND_IN}) - own)
    return Resolved(sql.strip().removesuffix(";").rstrip(), counts_rows=counts_rows, reads=tuple(reads))


def _name(identifier: exp.Identifier) -> str:
    return str(identifier.this)


def _is_ours(name: str) -> bool:
    return name.lower().startswith(RESERVED_PREFIX) and name != STAND_IN


def _span(table: exp.Table) -> tuple[int, int]:
    """Return where the name of a table stands in the text."""
    return table.this.meta["start"], table.this.meta["end"] + 1


def _called(table: exp.Table, name: str) -> str:
    """Return a dataset's name for a table that is called otherwise, and called so from then on."""
    quoted = exp.to_identifier(name, quoted=True).sql("duckdb")
    return quoted if table.alias else f"{quoted} AS {table.this.sql('duckdb')}"


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
