"""Rules in SQL that ask each row about itself: they need no query of their own, and join the one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.spec import RowQuery
from airflow_dataops.engines.sql.select import DUCKDB, parse_select
from airflow_dataops.engines.sql.selection import RECORDS
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import ColumnType

PARTS = frozenset({"expressions", "from_", "where", "kind", "hint", "operation_modifiers"})
"""What a SELECT may be made of."""

OTHERS = (
    *(exp.Query, exp.AggFunc, exp.Window, exp.Star, exp.Lambda, exp.Anonymous),
    *(exp.Rand, exp.Randn, exp.Uuid, exp.PositionalColumn),
)
"""What asks for more than the row, for what can't be told, or for what is another each time it is asked."""


def conditions(plan: ScanPlan, *, engine: str = "duckdb") -> Mapping[str, exp.Expr] | None:
    """Return the rules in SQL of a plan as conditions over one row each.

    None where rows have to be kept, because a rule or a filter looks at more than its row.

    Args:
        plan: The plan.
        engine: The database that is told of them, as sqlglot calls it.
    """
    if plan.nested or plan.customs or plan.lookups or plan.filters:
        return None
    known = joining(plan, engine=engine)
    return known if len(known) == len(plan.selections) else None


def joining(plan: ScanPlan, *, engine: str = "duckdb") -> Mapping[str, exp.Expr]:
    """Return those rules in SQL of a plan that are conditions over one row each.

    Args:
        plan: The plan.
        engine: The database that is told of them, as sqlglot calls it.
    """
    values = {column.name: f"v{at}" for at, column in enumerate(plan.columns)}
    types = {column.name: column.type for column in plan.columns}
    found_ = {check.id: alone(check, values, types, engine=engine) for check in plan.selections}
    return {rule: condition for rule, condition in found_.items() if condition is not None}


def alone(
    check: Check, columns: Mapping[str, str], types: Mapping[str, ColumnType], *, engine: str = "duckdb"
) -> exp.Expr | None:
    """Return whether a row breaks a rule, as a condition over that row.

    None where the rule asks for more, or means something else in the database: its own query says which.

    Args:
        check: A check that names rows by a query.
        columns: Column of the contract -> the column that has its value.
        types: Column of the contract -> its type.
        engine: The database that is told of it, as sqlglot calls it.
    """
    if not isinstance(check.promise, RowQuery) or check.promise.reads or check.filter:
        return None
    try:
        tree = parse_select(check.promise.sql, table=RECORDS, place="query", filled=True)
        if engine != DUCKDB:
            from airflow_dataops.engines.sql.agreement.agreed import agreed

            tree = agreed(tree, engine=engine, columns={RECORDS: types})
    except (NotEvaluatedError, SqlglotError, RecursionError):
        return None
    source, where = plain_source(tree), tree.args.get("where")
    if source is None:
        return None
    condition = exp.true() if where is None else where.this.copy()
    return _over(condition, columns, called={source.alias_or_name.casefold(), ""})


def plain_source(tree: exp.Query) -> exp.Table | None:
    """Return the one table that a plain SELECT reads, all its rows, by the names that its columns have there.

    None where it is made of more than PARTS, or reads more, a sample, or other columns: the names of an
    alias, what a pivot makes.

    Args:
        tree: The SELECT.
    """
    if not isinstance(tree, exp.Select) or any(tree.args[name] for name in tree.args.keys() - PARTS):
        return None
    source = tree.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table):
        return None
    table = source.this
    parts = {name for name, part in table.args.items() if part}
    return table if parts <= {"this", "alias"} and not table.alias_column_names else None


def _over(condition: exp.Expr, columns: Mapping[str, str], *, called: set[str]) -> exp.Expr | None:
    """Return a condition over other names of its columns, never null."""
    if condition.find(*OTHERS):
        return None
    known = {name.casefold(): column for name, column in columns.items()}
    whole = exp.Paren(this=condition)
    for column in list(whole.find_all(exp.Column)):
        if column.name.casefold() not in known or column.table.casefold() not in called or column.db:
            return None
        column.replace(exp.column(known[column.name.casefold()]))
    return exp.Coalesce(this=whole, expressions=[exp.false()])
