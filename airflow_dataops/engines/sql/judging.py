"""The statements of one scan, as syntax trees: which rows come in, what each breaks, which are good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import OfType
from airflow_dataops.core.naming import LINE_COLUMN, RAW_COLUMN, RULES_COLUMN, UNPARSABLE
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.reading import Reading
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.shape import Shape

INCOMING = "incoming"
"""Rows as they come: `line`, then `s0`, `s1`, … in the order of the relation's columns."""

READ = "readings"
"""Each row once: `line`, columns that are no texts `s0` …, texts `t0` …, values `v0` … (the plan's order)."""

JUDGED = "judged"
"""READ, and `f0` …: what each row alone breaks."""

BROKEN = "broken"
"""The rows that may have broken a rule, all that did among them: `line`, the key as texts and values, the
marks, and `bad`."""

MARKED = "marked"
"""JUDGED, and `g0` …: which uniqueness it breaks, `x0` …: which rule that names rows by other means; `bad`:
whether it goes to quarantine."""

UNPARSED = "unparsed"
"""`line` and `raw` of what is no record."""


ROW = "dataops_row"
"""What tells the rows of JUDGED apart, where others shall say which they mean; no column is called so."""


def judged(shape: Shape) -> exp.Select:
    """Return the one pass: INCOMING with texts, values and marks."""
    return flagged(shape, shape.spelling.once(read(shape)).subquery(READ))


def flagged(shape: Shape, rows: exp.Subquery | exp.Table) -> exp.Select:
    """Return the rows of READ with what each of them alone breaks."""
    marks = [exp.alias_(_mark(check, shape), f"f{at}") for at, check in enumerate(shape.plan.rows)]
    return exp.select(exp.Star(), *marks).from_(rows)


def read(shape: Shape) -> exp.Select:
    """Return INCOMING as READ."""
    sources = [exp.column(f"s{at}") for at in range(len(shape.columns))]
    kinds = list(shape.columns.values())
    texts = [
        exp.alias_(shape.spelling.text_of(s, kind), f"t{at}")
        for at, (s, kind) in enumerate(zip(sources, kinds, strict=True))
    ]
    values = []
    for at, column in enumerate(shape.plan.columns):
        source = shape.positions[column.name]
        value = shape.spelling.value_of(sources[source], kinds[source], column.type)
        values.append(exp.alias_(value, f"v{at}"))
    there = [exp.column(name) for name in map(shape.there, shape.columns) if name.startswith("s")]
    return exp.select(exp.column("line"), *there, *texts, *values).from_(INCOMING)


def _mark(check: Check, shape: Shape) -> exp.Expr:
    if check.id in shape.problems:
        return exp.false()
    if isinstance(check.promise, OfType):
        found = shape.columns[check.column]
        if shape.spelling.total(found, check.promise.type):
            return exp.false()
    return lower(check.promise, reading(check, shape))


def reading(check: Check, shape: Shape) -> Reading:
    """Return how the column of a check is read from JUDGED.

    Raises:
        NotEvaluatedError: If the column is not one of the contract.
    """
    at = shape.planned.get(check.column)
    if at is None:
        raise NotEvaluatedError(
            "the rule speaks of a column that the contract doesn't have", where=check.place
        )
    position = shape.positions[check.column]
    return Reading(
        shape.plan.columns[at].type,
        exp.column(f"t{position}"),
        exp.column(f"v{at}"),
        shape.spelling,
        there=exp.column(shape.there(check.column)),
    )


def records(shape: Shape, *, numbered: bool = False) -> exp.Select:
    """Return all records of JUDGED with the contract's columns, typed; null where a text has no value.

    Args:
        shape: The columns and the plan.
        numbered: Whether ROW stands before them.
    """
    rows = typed(shape, of=JUDGED)
    if numbered:
        rows.set("expressions", [exp.alias_(exp.column(shape.row), ROW), *rows.expressions])
    return rows


def repeated(values: tuple[str, ...], *, of: str = JUDGED) -> exp.Select:
    """Return the keys that more than one row of a table has; keys with a null are none.

    Args:
        values: The columns with the key's values.
        of: The table: JUDGED, or READ.
    """
    columns = [exp.column(value) for value in values]
    present = [exp.not_(exp.Is(this=column.copy(), expression=exp.null())) for column in columns]
    many = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    return exp.select(*columns).from_(of).where(*present).group_by(*columns).having(many)


def marked(shape: Shape) -> exp.Select:
    """Return JUDGED with the marks of its repeated keys (tables `k0` …), of named rows, and with `bad`."""
    rows = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(JUDGED))).from_(JUDGED)
    for at, values in enumerate(shape.keys.values()):
        same = [
            exp.EQ(this=exp.column(value, table=JUDGED), expression=exp.column(value, table=f"k{at}"))
            for value in values
        ]
        hit = exp.not_(exp.Is(this=exp.column(values[0], table=f"k{at}"), expression=exp.null()))
        rows = rows.select(exp.alias_(hit, f"g{at}")).join(f"k{at}", on=exp.and_(*same), join_type="left")
    for column in shape.told:
        row = exp.column(ROW, table=column)
        hit = exp.not_(exp.Is(this=row, expression=exp.null()))
        same_row = exp.EQ(this=exp.column(shape.row, table=JUDGED), expression=row.copy())
        rows = rows.select(exp.alias_(hit, column)).join(column, on=same_row, join_type="left")
    return exp.select(exp.Star(), exp.alias_(shape.bad, "bad")).from_(rows.subquery("grouped"))


def counts(shape: Shape, *, of: str = MARKED) -> exp.Select:
    """Return the one row of numbers: all rows, bad rows, those of each mark, the good ones of each filter.

    Args:
        shape: The columns and the plan.
        of: The table: MARKED, or BROKEN, where all rows are those that broke a rule.
    """
    bad = exp.column("bad")
    left = [exp.and_(exp.column(column), exp.not_(bad.copy())) for column in shape.filters.values()]
    asked = (bad, *(mark.hit for mark in shape.marks), *left)
    numbers = [exp.func("count_if", one, dialect="duckdb") for one in asked]
    return exp.select(exp.Count(this=exp.Star()), *numbers).from_(of)


def broken(shape: Shape) -> exp.Select:
    """Return the rows of MARKED as BROKEN has them: `line`, the key as texts and values, the marks, `bad`."""
    texts = [f"t{shape.positions[name]}" for name in shape.plan.key]
    values = [f"v{shape.planned[name]}" for name in shape.plan.key]
    columns = dict.fromkeys(("line", *texts, *values, *shape.columns_of_marks, "bad"))
    return exp.select(*map(exp.column, columns)).from_(MARKED)


def failing(shape: Shape, *, of: str, most: int) -> exp.Select:
    """Return the first rows that broke a rule: `line`, the texts of the key, whether they broke each mark's.

    Args:
        shape: The columns and the plan.
        of: The table: MARKED or BROKEN.
        most: How many, at most.
    """
    texts = [exp.column(f"t{shape.positions[name]}") for name in shape.plan.key]
    hits = [exp.alias_(mark.hit, f"h{at}") for at, mark in enumerate(shape.marks)]
    rows = exp.select(exp.column("line"), *texts, *hits).from_(of).where(shape.is_broken)
    return rows.order_by(exp.column("line")).limit(most)


def filled(shape: Shape, names: Sequence[str], *, most: int | None = None, of: str = JUDGED) -> exp.Select:
    """Return the one row of numbers: in how many rows each of some columns has a text.

    Args:
        shape: The columns and the plan.
        names: At least one column of the plan.
        most: How many rows are looked at; None for all.
        of: The table: JUDGED, or READ.
    """
    texts = [shape.there(name) if of == READ else f"t{shape.positions[name]}" for name in names]
    rows = exp.select(*map(exp.column, texts)).from_(of)
    if most is not None:
        rows = rows.limit(most)
    return exp.select(*(exp.Count(this=exp.column(text)) for text in texts)).from_(rows.subquery("looked_at"))


def good(shape: Shape) -> exp.Select:
    """Return the rows that pass: the contract's columns, typed, in the order of the lines."""
    passing = typed(shape, of=MARKED).where(exp.not_(exp.column("bad")))
    return passing.order_by(exp.column("line"))


def typed(shape: Shape, *, of: str) -> exp.Select:
    """Return the contract's columns, typed, of the rows of a table that has the columns of READ."""
    columns = [
        exp.alias_(exp.column(f"v{at}"), column.name, quoted=True)
        for at, column in enumerate(shape.plan.columns)
    ]
    return exp.select(*columns).from_(of)


def bad(shape: Shape, *, of: str = MARKED) -> exp.Select:
    """Return the quarantine: line, rules, every column as text, and the text of what is no record.

    Args:
        shape: The columns and the plan.
        of: The table: MARKED, or another that has its columns.
    """
    line = exp.alias_(exp.column("line"), LINE_COLUMN)
    marks = [mark.hit for mark in shape.marks]
    ids = [exp.Literal.string(mark.rule) for mark in shape.marks]
    rules = _list(ids)
    if marks:
        rules = shape.spelling.chosen(ids, marks)
    names = [exp.to_identifier(name, quoted=True) for name in shape.columns]
    texts = [exp.alias_(exp.column(f"t{at}"), name.copy()) for at, name in enumerate(names)]
    blanks = [exp.alias_(_null_text(), name.copy()) for name in names]
    records = (
        exp.select(line, exp.alias_(rules, RULES_COLUMN), *texts, exp.alias_(_null_text(), RAW_COLUMN))
        .from_(of)
        .where(exp.column("bad"))
    )
    unparsed = exp.select(
        line.copy(),
        exp.alias_(_list([exp.Literal.string(UNPARSABLE)]), RULES_COLUMN),
        *blanks,
        exp.alias_(exp.column("raw"), RAW_COLUMN),
    ).from_(UNPARSED)
    both = exp.union(records, unparsed, distinct=False)
    return exp.select(exp.Star()).from_(both.subquery("halves")).order_by(exp.column(LINE_COLUMN))


def _null_text() -> exp.Expr:
    return exp.cast(exp.null(), "VARCHAR", dialect="duckdb")


def _list(texts: list[exp.Literal]) -> exp.Expr:
    return exp.cast(exp.Array(expressions=list(texts)), "VARCHAR[]", dialect="duckdb")
