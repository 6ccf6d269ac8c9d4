"""SELECTs: what they read, which rows they take, and what their columns are."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.grouping import check_grouped, key_of
from airflow_dataops.engines.sql.agreement.kind import DOUBLE, TEXT, Differs, common
from airflow_dataops.engines.sql.agreement.order import is_plain, say_order
from airflow_dataops.engines.sql.agreement.values import Values
from airflow_dataops.engines.sql.agreement.way import MARIADB, POSTGRES, SQLITE
from airflow_dataops.engines.sql.agreement.words import BYTEWISE, collated, grouped

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.engines.sql.agreement.kind import Kind
    from airflow_dataops.engines.sql.agreement.scope import Columns, Scope

SELECT = {
    *("with_", "expressions", "from_", "joins", "where", "group", "having", "qualify"),
    *("order", "limit", "offset", "distinct"),
}
SET = {"with_", "this", "expression", "distinct", "order", "limit", "offset"}
JOIN = {"this", "on", "using", "kind", "side"}
JOINS = {"", "INNER", "CROSS", "OUTER"}
SIDES = {"", "LEFT", "RIGHT", "FULL"}


class Queries:
    """Says SELECTs in one database.

    Args:
        engine: The database.
        found: A text and a pattern of RE2 -> whether the pattern is found there; None where nothing says so.
    """

    def __init__(self, engine: str, found: Callable[[exp.Expr, str], exp.Expr] | None) -> None:
        self._engine = engine
        self._parts = itertools.count(1)
        self._values = Values(engine, self.columns, found)

    def columns(self, query: exp.Expr, outer: Scope) -> list[tuple[str, Kind]]:
        """Say a SELECT where it stands, and return the names and kinds of its columns.

        Args:
            query: The SELECT.
            outer: What surrounds it.

        Raises:
            Differs: If it means something else there, or nothing says that it means the same.
        """
        scope = outer.within()
        if isinstance(query, exp.Subquery):
            self._check_parts(query, {"this", "alias"})
            return self.columns(query.this, outer)
        if isinstance(query, exp.SetOperation):
            self._check_parts(query, SET)
            if self._engine == SQLITE and not isinstance(query, exp.Union) and not query.args.get("distinct"):
                raise self._values.unknown(f"{type(query).__name__.upper()} ALL")
            self._with(query, scope)
            self._without_order(query)
            return self._both(query, scope)
        if not isinstance(query, exp.Select):
            raise self._values.unknown(type(query).__name__.upper())
        self._check_parts(query, SELECT)
        self._with(query, scope)
        if query.args.get("from_"):
            self._source(query.args["from_"].this, scope)
        for join in query.args.get("joins") or ():
            self._join(join, scope)
        scope.named = {
            one.alias.casefold(): one.this for one in query.expressions if isinstance(one, exp.Alias)
        }
        check_grouped(query, scope, self._values)
        self._group(query, scope)
        for part in ("where", "having", "qualify"):
            if query.args.get(part):
                self._condition(query.args[part].this, scope)
        say_order(query, scope, self._values)
        if query.args.get("distinct") and query.args["distinct"].args.get("on"):
            raise self._values.unknown("DISTINCT ON")
        return [column for one in list(query.expressions) for column in self._projected(one, scope)]

    def _check_parts(self, node: exp.Expr, known: set[str]) -> None:
        for part, found in node.args.items():
            if found and part not in known:
                raise self._values.unknown(part.rstrip("_").upper())

    def _condition(self, node: exp.Expr, scope: Scope) -> None:
        self._values.condition(node, scope)

    def _with(self, query: exp.Query, scope: Scope) -> None:
        found = query.args.get("with_")
        if found is None:
            return
        self._check_parts(found, {"expressions"})
        for made in found.expressions:
            made.set("materialized", None)
            self._check_made(made, scope)
            columns = self.columns(made.this, scope)
            scope.made[made.alias.casefold()] = _renamed(columns, made.args.get("alias"))

    def _check_made(self, made: exp.CTE, scope: Scope) -> None:
        """Refuse what MariaDB can't be told: it is told the tables of WITH where they are read."""
        name = made.alias.casefold()
        if self._engine == MARIADB and made.args["alias"].args.get("columns"):
            raise self._values.unknown("WITH name(columns)")
        if self._engine == MARIADB and (name in scope.tables or name in scope.made):
            raise self._values.unknown("WITH, by the name of another table")

    def _source(self, node: exp.Expr, scope: Scope) -> Columns:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            self._check_parts(node, {"this", "alias"})
            found = scope.table(node.name)
            listed = _renamed(list(found.items()), node.args.get("alias"))
        elif isinstance(node, exp.Subquery):
            self._check_parts(node, {"this", "alias"})
            if not node.alias:
                node.set("alias", exp.TableAlias(this=exp.to_identifier(f"dataops_part_{next(self._parts)}")))
            listed = _renamed(self.columns(node.this, scope), node.args.get("alias"))
        else:
            raise self._values.unknown(
                type(node.this if isinstance(node, exp.Table) else node).__name__.upper()
            )
        scope.sources[node.alias_or_name.casefold()] = listed
        return listed

    def _join(self, join: exp.Join, scope: Scope) -> None:
        self._check_parts(join, JOIN)
        kind, side = str(join.kind or "").upper(), str(join.side or "").upper()
        if kind not in JOINS or side not in SIDES or (side == "FULL" and self._engine == MARIADB):
            raise self._values.unknown(f"{side} {kind} JOIN".strip())
        before = list(scope.sources.values())
        columns = self._source(join.this, scope)
        if join.args.get("on"):
            self._condition(join.args["on"], scope)
        for name in join.args.get("using") or ():
            self._shared(name.name.casefold(), before, columns)

    def _shared(self, name: str, before: list[Columns], columns: Columns) -> None:
        left = next((listed[name] for listed in before if name in listed), None)
        right = columns.get(name)
        if left is None or right is None:
            raise Differs(f"there is no column `{name}` on both sides of a JOIN")
        together = common((left, right))
        if (together == TEXT and self._engine != POSTGRES) or (
            self._engine == SQLITE and not left.is_like(right)
        ):
            raise self._values.unknown("USING")

    def _group(self, query: exp.Select, scope: Scope) -> None:
        group = query.args.get("group")
        if group is None:
            return
        self._check_parts(group, {"expressions"})
        if self._engine == MARIADB:  # where it stands as a digest
            for one in list(group.expressions):
                one.replace(key_of(one, query, scope).copy())
        for at, one in enumerate(list(group.expressions)):
            if one.is_int:
                continue
            named = scope.named.get(one.name.casefold()) if is_plain(one) else None
            if named is not None and scope.owns(one) and named != one:
                why = f"`{one.name}` is the name of a column, too: call it otherwise"
                raise self._values.differs("GROUP BY", why)
            if (named is None or scope.owns(one)) and self._values.kind(one, scope) == DOUBLE:
                self._same_zero(group.expressions[at])

    def _same_zero(self, key: exp.Expr) -> None:
        """Make the zero below 0 the one zero, whose digest is another in MariaDB."""
        if self._engine == MARIADB:
            key.replace(exp.Add(this=grouped(key), expression=exp.Literal.number("0e0")))

    def _without_order(self, query: exp.Query) -> None:
        if query.args.get("limit") or query.args.get("offset"):
            raise self._values.unknown("LIMIT of a UNION")
        query.set("order", None)

    def _projected(self, node: exp.Expr, scope: Scope) -> list[tuple[str, Kind]]:
        if isinstance(node, exp.Star):
            self._check_parts(node, set())
            self._check_star(node, scope)
            return [column for listed in scope.sources.values() for column in listed.items()]
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            listed = scope.sources.get(node.table.casefold())
            if listed is None:
                raise Differs(f"there is no table `{node.table}` in what the rule reads")
            return list(listed.items())
        if isinstance(node, exp.Column) and self._engine != POSTGRES:
            node = _aliased(node)  # it keeps its name, whatever it is said as
        value = node.unalias()
        found = self._values.kind(value, scope)
        said = node.this if isinstance(node, exp.Alias) else node
        if self._engine == MARIADB and found == TEXT and said.is_string:
            said.replace(collated(said, BYTEWISE[MARIADB]))
        return [(node.alias_or_name.casefold(), found)]

    def _check_star(self, node: exp.Star, scope: Scope) -> None:
        """Refuse all columns where texts among them are compared, unless each text is the same everywhere."""
        query = node.parent
        compared = query is not None and (
            query.args.get("distinct") or isinstance(query.parent, exp.SetOperation | exp.In)
        )
        texts = TEXT in {kind for listed in scope.sources.values() for kind in listed.values()}
        if compared and texts and self._engine != POSTGRES:
            raise self._values.unknown("DISTINCT *")

    def _both(self, query: exp.SetOperation, scope: Scope) -> list[tuple[str, Kind]]:
        left = self.columns(query.this, scope)
        right = self.columns(query.expression, scope)
        if len(left) != len(right):
            raise Differs("both sides of a UNION have another number of columns")
        sides = zip(left, right, strict=True)
        if self._engine == SQLITE and not all(one.is_like(other) for (_, one), (_, other) in sides):
            raise self._values.unknown("UNION of columns of two kinds")
        pairs = zip(left, right, strict=True)
        return [(name, common((kind, other))) for (name, kind), (_, other) in pairs]


def _renamed(columns: list[tuple[str, Kind]], alias: exp.Expr | None) -> Columns:
    names = [name.name.casefold() for name in alias.args.get("columns") or ()] if alias is not None else []
    return {names[at] if at < len(names) else name: kind for at, (name, kind) in enumerate(columns)}


def _aliased(node: exp.Column) -> exp.Alias:
    """Give a column that stands in a list its own name."""
    name = node.this.copy()
    alias = exp.Alias(this=node.copy(), alias=name)
    node.replace(alias)
    return alias
