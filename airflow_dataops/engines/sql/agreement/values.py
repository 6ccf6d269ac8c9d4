"""Expressions: each part is looked up in the table, and said as the table has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.typed import HIGHEST
from airflow_dataops.engines.sql.agreement.alike import alike
from airflow_dataops.engines.sql.agreement.casting import casted
from airflow_dataops.engines.sql.agreement.choice import case, if_
from airflow_dataops.engines.sql.agreement.inner import among, exists, scalar
from airflow_dataops.engines.sql.agreement.kind import (
    BOOLEAN,
    DECIMAL,
    DOUBLE,
    NULL,
    NUMBERS,
    TEXT,
    WHOLE,
    Differs,
    Kind,
    of,
    wide,
)
from airflow_dataops.engines.sql.agreement.over import filtered, windowed
from airflow_dataops.engines.sql.agreement.refused import REFUSED
from airflow_dataops.engines.sql.agreement.table import AGREED
from airflow_dataops.engines.sql.agreement.way import ENGINES, EVERYWHERE, MARIADB, POSTGRES, SQLITE, way_of
from airflow_dataops.engines.sql.agreement.words import BYTEWISE, collated, double, grouped, integer, loose
from airflow_dataops.engines.sql.sqlite.stored import MOST_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.way import Construct, Way

IN = ENGINES | {EVERYWHERE: "every database"}
"""Database -> what messages call it."""

TIGHT = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Collate)


class Values:
    """Says expressions in one database.

    Args:
        engine: The database.
        query: Says a SELECT inside of an expression, and returns its columns.
        found: A text and a pattern of RE2 -> whether the pattern is found there; None where nothing says so.
    """

    def __init__(
        self,
        engine: str,
        query: Callable[[exp.Expr, Scope], list[tuple[str, Kind]]],
        found: Callable[[exp.Expr, str], exp.Expr] | None,
    ) -> None:
        self.engine = engine
        self.query = query
        self._found = found

    def kind(self, node: exp.Expr, scope: Scope) -> Kind:
        """Say one expression where it stands, and return its kind.

        Raises:
            Differs: If it means something else there, or nothing says that it means the same.
        """
        if isinstance(node, exp.In) and node.args.get("query") is not None:
            return among(self, node, scope)
        node = _plain(node)
        special = SPECIAL.get(type(node))
        if special is not None:
            return special(self, node, scope)
        if type(node) in REFUSED:
            raise self.differs(*REFUSED[type(node)])
        if type(node) not in AGREED:
            raise self.unknown(_name(node))
        return self._looked_up(node, AGREED[type(node)], scope)

    def condition(self, node: exp.Expr, scope: Scope) -> None:
        """Say a condition: every database takes a boolean for one."""
        found = self.kind(node, scope)
        try:
            of((found,), BOOLEAN)
        except Differs as difference:
            raise self.differs("a condition", str(difference)) from None

    def ordered(self, node: exp.Ordered, scope: Scope) -> Kind:
        """Say what rows are ordered by."""
        found = self.kind(node.this, scope)
        if found == TEXT and self.engine == MARIADB:
            raise self.differs("ORDER BY", "MariaDB sorts by 1024 bytes of a text alone")
        if found == TEXT and self.engine == POSTGRES:
            node.this.replace(collated(node.this, BYTEWISE[POSTGRES]))
        return found

    def differs(self, written: str, why: str) -> Differs:
        """Return the error for a part that means something else."""
        return Differs(f"`{written}` does not mean the same in {IN[self.engine]}: {why}")

    def unknown(self, what: str) -> Differs:
        """Return the error for a part that nobody looked at."""
        return Differs(f"nothing says that `{what}` means the same in {IN[self.engine]}")

    def check_parts(self, node: exp.Expr, written: str, known: Iterable[str]) -> None:
        """Refuse a part that is made of more than is known."""
        for part, found in node.args.items():
            if found and part not in known:
                raise self.differs(written, f"it is asked with `{part}`")

    def put(self, said: exp.Expr, node: exp.Expr) -> None:
        """Put what is said in the place of a part, in brackets where what stands around it binds tighter."""
        around = node.parent
        tight = isinstance(around, TIGHT) and not isinstance(around, exp.Connector | exp.Paren | exp.Alias)
        node.replace(exp.Paren(this=said) if tight and type(said) is not type(node) and loose(said) else said)

    def spread(self, operands: list[exp.Expr]) -> None:
        """Give texts that are written out the collation of MariaDB, where no column brings one."""
        for one in operands if self.engine == MARIADB else ():
            if one.is_string:
                one.replace(collated(one, BYTEWISE[MARIADB]))

    def _looked_up(self, node: exp.Expr, listed: tuple[Construct, ...], scope: Scope) -> Kind:
        first = listed[0]
        self.check_parts(node, first.written, {*first.operands, *first.besides})
        kinds = tuple(self.kind(operand, scope) for operand in _operands(node, first.operands))
        try:
            if first.reads or (first.alike and all(kind.within((*NUMBERS, NULL)) for kind in kinds)):
                kinds = alike(first, _operands(node, first.operands), kinds, self.engine)
            found, construct = _chosen(node, listed, kinds)
            self.spread(_operands(node, construct.operands)[:1])
            way = way_of(construct.ways, self.engine)
            if way.why:
                raise self.differs(construct.written, way.why)
            self._say(node, way, kinds)
        except Differs as difference:
            why = str(difference)
            raise (
                difference if "does not mean the same" in why else self.differs(first.written, why)
            ) from None
        return found

    def _say(self, node: exp.Expr, way: Way, kinds: tuple[Kind, ...]) -> None:
        if way.pattern is not None:
            if self._found is None:
                raise Differs("it has patterns of another kind")
            found = self._found(grouped(node.this), way.pattern(node))
            self.put(exp.Not(this=exp.Paren(this=found)) if node.args.get("negate") else found, node)
        elif way.said is not None:
            self.put(way.said(node, kinds), node)

    def column(self, node: exp.Expr, scope: Scope) -> Kind:
        """Say a column."""
        if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
            return WHOLE
        found = scope.kind(node)
        if found == TEXT and self.engine in BYTES:
            node.replace(collated(node, BYTES[self.engine]))
        return wide(found) if self._is_wide(found) else found

    def literal(self, node: exp.Expr, _: Scope) -> Kind:
        """Say what is written out."""
        if node.is_string:
            return TEXT
        text = node.name.lower()
        if "e" in text:
            node.replace(double(node))
            return DOUBLE
        whole, point, fraction = text.partition(".")
        digits = len(whole.lstrip("0")) + len(fraction)
        found = Kind(DECIMAL.name, digits, len(fraction)) if point else Kind(WHOLE.name, digits)
        if self.engine == SQLITE:
            if point:
                node.replace(integer(int(whole + fraction)))
            return wide(found) if int(whole + fraction) > HIGHEST else found
        return found

    def distinct(self, node: exp.Expr, scope: Scope) -> Kind:
        """Say what each value is taken once of."""
        if len(node.expressions) != 1 or node.args.get("on"):
            raise self.differs("DISTINCT", "it is agreed on for one value alone")
        return self.kind(node.expressions[0], scope)

    def _is_wide(self, kind: Kind) -> bool:
        return self.engine == SQLITE and kind.within((DECIMAL,)) and kind.digits > MOST_DIGITS


BYTES = {MARIADB: BYTEWISE[MARIADB], SQLITE: "BINARY"}
"""Database -> the collation in which columns of texts are compared by their bytes."""

SPECIAL: dict[type[exp.Expr], Callable[[Values, exp.Expr, Scope], Kind]] = {
    exp.Alias: lambda values, node, scope: values.kind(node.this, scope),
    exp.Paren: lambda values, node, scope: values.kind(node.this, scope),
    exp.Column: Values.column,
    exp.Literal: Values.literal,
    exp.Boolean: lambda *_: BOOLEAN,
    exp.Null: lambda *_: NULL,
    exp.Star: lambda *_: WHOLE,
    exp.Distinct: Values.distinct,
    exp.Subquery: scalar,
    exp.Exists: exists,
    exp.Case: case,
    exp.If: if_,
    exp.Cast: casted,
    exp.Filter: filtered,
    exp.Window: windowed,
}
"""Class of sqlglot -> how it is said where it is more than its operands."""


def _plain(node: exp.Expr) -> exp.Expr:
    """Put what the table has in the place of another word for it."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "now" and not node.expressions:
        return node.replace(exp.CurrentTimestamp())
    if isinstance(node, exp.Escape) and isinstance(node.this, exp.Like):
        node.this.set("escape", node.expression.copy())
        return node.replace(node.this)
    return node


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return node.name
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.upper()


def _operands(node: exp.Expr, names: tuple[str, ...]) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for name in names:
        part = node.args.get(name)
        found.extend(part if isinstance(part, list) else [part] if isinstance(part, exp.Expr) else [])
    return found


def _chosen(node: exp.Expr, listed: tuple[Construct, ...], kinds: tuple[Kind, ...]) -> tuple[Kind, Construct]:
    """Return what a part comes to by the first of its meanings that its operands have."""
    problem = Differs("nothing is agreed about its operands")
    for construct in listed:
        try:
            return construct.kind(node, kinds), construct
        except Differs as difference:
            problem = difference if len(listed) == 1 else problem
    raise problem
