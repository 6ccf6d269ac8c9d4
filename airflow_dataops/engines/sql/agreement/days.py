"""What databases agree about when they take days and instants apart, and of what day it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    DATE,
    INSTANT,
    LOCAL,
    WHOLE,
    Differs,
    of,
)
from airflow_dataops.engines.sql.agreement.way import SAME, Construct, Way, never, ways
from airflow_dataops.engines.sql.agreement.words import cast, integer

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import (
        Kind,
    )

    Kinds = tuple[Kind, ...]

PARTS: dict[str, tuple[str, str]] = {
    "YEAR": ("YEAR", "%Y"),
    "MONTH": ("MONTH", "%m"),
    "DAY": ("DAY", "%d"),
    "HOUR": ("HOUR", "%H"),
    "MINUTE": ("MINUTE", "%M"),
}
"""Part of a day or an instant that each database names alike -> its name, and SQLite's format."""

SECONDS = len("2026-03-01 06:00:00")
"""Up to here SQLite reckons with an instant: it rounds what follows to milliseconds, and may so pass 9999."""

ENDS = ("DAY", "MONTH", "QUARTER", "YEAR", "WEEK", "HOUR", "MINUTE")


def _part(node: exp.Expr, kinds: Kinds) -> Kind:
    part = node.name.upper() if isinstance(node, exp.Extract) else type(node).__name__.upper()
    if part not in PARTS:
        raise Differs(f"it is agreed on for {', '.join(name.lower() for name in PARTS)} alone")
    found = of(kinds, DATE, LOCAL, INSTANT)
    if found == DATE and part in {"HOUR", "MINUTE"}:
        raise Differs("a date has no time of day")
    return WHOLE


def _cut(node: exp.Expr, kinds: Kinds) -> Kind:
    if str(node.args["unit"]).upper().strip("'") not in ENDS:
        raise Differs(f"it is agreed on for {', '.join(end.lower() for end in ENDS)} alone")
    found = of(kinds, DATE, LOCAL, INSTANT)
    return LOCAL if found == DATE else found


def _postgres_cut(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    found = node.copy()
    if kinds[0] == DATE:
        found.set("this", cast(node.this, "timestamp", "postgres"))
    return found


def _sqlite_part(node: exp.Expr, _: Kinds) -> exp.Expr:
    day = node.expression if isinstance(node, exp.Extract) else node.this
    part = node.name.upper() if isinstance(node, exp.Extract) else type(node).__name__.upper()
    second = exp.Substring(this=day.copy(), start=integer(1), length=integer(SECONDS))
    text = exp.Anonymous(this="STRFTIME", expressions=[exp.Literal.string(PARTS[part][1]), second])
    return cast(text, "INTEGER", "sqlite")


def _extracted(node: exp.Expr, _: Kinds) -> exp.Expr:
    if isinstance(node, exp.Extract):
        return node
    return exp.Extract(this=exp.var(type(node).__name__.upper()), expression=node.this.copy())


def _today(_: exp.Expr, __: Kinds) -> Kind:
    return DATE


def _now(_: exp.Expr, __: Kinds) -> Kind:
    return INSTANT


def _utc(name: str, *arguments: exp.Expr) -> Way:
    return Way(f"`{name}`", lambda _, __: exp.Anonymous(this=name, expressions=list(arguments)))


PART = Construct(
    "extract(year FROM a), year(a)",
    _part,
    ways(Way("", _extracted), Way("", _extracted), Way("of `STRFTIME`", _sqlite_part)),
    ("this",),
)

CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Extract: (
        Construct(
            "extract(year FROM a)",
            _part,
            ways(sqlite=Way("of `STRFTIME`", _sqlite_part)),
            ("expression",),
            frozenset({"this"}),
        ),
    ),
    exp.Year: (PART,),
    exp.Month: (PART,),
    exp.Day: (PART,),
    exp.TimestampTrunc: (
        Construct(
            "date_trunc('month', a)",
            _cut,
            ways(
                Way("of a date, a timestamp", _postgres_cut),
                never("MariaDB has no such function"),
                never("SQLite has no such function"),
            ),
            ("this",),
            frozenset({"unit", "input_type_preserved"}),
        ),
    ),
    exp.CurrentDate: (
        Construct(
            "current_date", _today, ways(SAME, _utc("UTC_DATE"), Way("`CURRENT_DATE`, which is UTC's")), ()
        ),
    ),
    exp.CurrentTimestamp: (
        Construct(
            "current_timestamp, now()",
            _now,
            ways(
                SAME,
                _utc("UTC_TIMESTAMP", integer(6)),
                _utc("STRFTIME", *map(exp.Literal.string, ("%Y-%m-%d %H:%M:%f000", "now"))),
            ),
            (),
        ),
    ),
}
"""Class of sqlglot -> what is agreed on, of days in UTC."""
