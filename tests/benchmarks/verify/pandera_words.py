"""What pandera calls the rules of the contract."""

from __future__ import annotations

RULES = {
    "not_nullable": "{}.required",
    "greater_than_or_equal_to(1)": "{}.minimum",
    "greater_than_or_equal_to(0)": "{}.minimum",
    "less_than_or_equal_to(50)": "{}.maximum",
    "less_than_or_equal_to(0.1)": "{}.maximum",
    "str_matches('^[A-Z]+( [A-Z]+)*$')": "{}.pattern",
    "str_length(None, 44)": "{}.maxLength",
    "multiple_fields_uniqueness": "lineitem.primaryKey",
}
"""What pandera calls a check -> what the contract calls it."""

KNOWN = {name: f"{name.removeprefix('l_')}_known" for name in ("l_returnflag", "l_linestatus", "l_shipmode")}
"""Column with a list of values -> the rule of it."""


def rule(column: str, check: str) -> str:
    """Return the id of the rule that a failure case is of."""
    if check.startswith("isin("):
        return KNOWN[column]
    return RULES.get(check, check).format(column)
