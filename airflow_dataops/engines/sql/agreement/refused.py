"""What databases are known not to agree about, and why."""

from __future__ import annotations

from sqlglot import exp

TIES = "of rows that tie each database takes another"
SCRIPT = "each database has names and letters of its own for the parts of a date"

REFUSED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.AnyValue: ("any_value(a)", "each database takes another value"),
    exp.ArgMax: ("arg_max(a, b)", TIES),
    exp.ArgMin: ("arg_min(a, b)", TIES),
    exp.DayOfWeek: ("dayofweek(a)", "each database counts the days of a week from another one"),
    exp.First: ("first(a)", "each database has the rows in an order of its own"),
    exp.Last: ("last(a)", "each database has the rows in an order of its own"),
    exp.Lag: ("lag(a)", TIES),
    exp.Lead: ("lead(a)", TIES),
    exp.Mode: ("mode(a)", "of values that are as frequent each database takes another"),
    exp.Rand: ("random()", "it comes to another number each time"),
    exp.RowNumber: ("row_number()", f"{TIES} first: write rank()"),
    exp.SimilarTo: ("SIMILAR TO", "its patterns are of another kind there: write LIKE"),
    exp.StrToTime: ("strptime(a, 'x')", SCRIPT),
    exp.TimeToStr: ("strftime(a, 'x')", SCRIPT),
    exp.TryCast: ("TRY_CAST", "no other database has it: write the type of the column into the contract"),
    exp.Uuid: ("uuid()", "it comes to another value each time"),
}
"""Class of sqlglot -> how people write it, and why it means something else in every other database."""
