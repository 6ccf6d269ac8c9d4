"""Some of a contract's rules."""

from __future__ import annotations

import pytest

from airflow_dataops.core.checks.selection import ALL, Selection, select
from airflow_dataops.core.checks.spec import Check, NotNull, RowCount
from airflow_dataops.errors import SettingsError

CHECKS = (
    Check(id="id.required", promise=NotNull("id"), dimension="completeness"),
    Check(id="id.known", promise=NotNull("id"), dimension="accuracy"),
    Check(id="many", promise=RowCount()),
)


@pytest.mark.parametrize(
    ("selection", "asked"),
    [
        (ALL, (0, 1, 2)),
        (Selection(rules=("many", "id.required")), (0, 2)),
        (Selection(dimensions=("accuracy", "completeness")), (0, 1)),
        (Selection(rules=("many", "id.known"), dimensions=("accuracy",)), (1,)),
    ],
)
def test_a_selection_parts_the_rules(selection, asked) -> None:
    """Each rule is asked for or left, in the order of the contract."""
    found, left = select(CHECKS, selection, place="orders@1")

    assert tuple(CHECKS[at] for at in asked) == found
    assert {check.id for check in CHECKS} == {check.id for check in (*found, *left)}
    assert len(CHECKS) == len(found) + len(left)


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (
            Selection(rules=("id.requird",)),
            "orders@1: the contract has no rule `id.requird`. Did you mean `id.required`?",
        ),
        (Selection(rules=("zzz",)), "It has: id.required, id.known, many."),
        (Selection(dimensions=("beauty",)), "no dimension `beauty`. It has: completeness, accuracy."),
        (Selection(dimensions=("acuracy",)), "Did you mean `accuracy`?"),
        (Selection(rules=("many",), dimensions=("accuracy",)), "no rule is of the rules and dimensions"),
    ],
)
def test_what_isn_t_there_is_refused(selection, told) -> None:
    """Nothing passes because nothing was looked at."""
    with pytest.raises(SettingsError) as caught:
        select(CHECKS, selection, place="orders@1")

    assert told in str(caught.value)
