"""Whether what a SELECT answers is a count."""

from __future__ import annotations

from sqlglot import exp

COUNTS = (exp.Count, exp.CountIf)
AROUND = (exp.Alias, exp.Cast, exp.Filter, exp.Neg, exp.Paren, exp.Round, exp.Subquery)
BETWEEN = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Nullif)
"""What counts; what may stand around a count; what may stand between two, or a count and a literal."""


def counts(tree: exp.Expr) -> bool:
    """Say whether the number of a SELECT comes from counts alone, so that it can't be the value of a row."""
    if isinstance(tree, exp.Select):
        return len(tree.expressions) == 1 and counts(tree.expressions[0])
    if isinstance(tree, AROUND):
        return counts(tree.this)
    if isinstance(tree, BETWEEN):
        sides = (tree.this, tree.expression)
        return any(map(counts, sides)) and all(counts(side) or side.is_number for side in sides)
    return isinstance(tree, COUNTS)
