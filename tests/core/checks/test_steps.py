from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import (
    Check,
    Custom,
    NotNull,
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.checks.step import AT_ONCE, FREE, SAYS, Part, StepKind
from airflow_dataops.core.checks.steps import steps
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Scope
from tests.strategies import datasets

WHOLE = ColumnType(LogicalType.INTEGER)
ORDERS = Dataset(name="orders", columns=(Column(name="a", type=WHOLE), Column(name="b", type=WHOLE)))
OF_A = "SELECT COUNT(*) FROM {object} WHERE a > 1"

STEPS: dict[str, tuple[list[Check], StepKind, tuple[Part, ...], int]] = {
    "checks of a column share its reading": (
        [Check(id=name, promise=NotNull(name[0])) for name in ("a1", "b1", "a2")],
        StepKind.PASS,
        (Part(("a1", "a2"), ("a",)), Part(("b1",), ("b",))),
        1,
    ),
    "rules in SQL about single rows join the pass": (
        [Check(id="joins", promise=RowQuery("")), Check(id="a1", promise=NotNull("a"))],
        StepKind.PASS,
        (Part(("a1",), ("a",)), Part(("joins",), of="SQL about single rows")),
        1,
    ),
    "nothing asks a row": ([Check(id="n", promise=RowCount())], StepKind.PASS, (Part(()),), 1),
    "the same columns are one grouping": (
        [
            *(Check(id=name, promise=Unique(("a", "b"))) for name in ("k1", "k2")),
            Check(id="k3", promise=Unique(("b", "a"))),
        ],
        StepKind.GROUPS,
        (Part(("k1", "k2"), ("a", "b")), Part(("k3",), ("b", "a"))),
        2,
    ),
    "row counts are free": (
        [Check(id=name, promise=RowCount()) for name in ("n1", "n2")],
        StepKind.COUNTS,
        (Part(("n1", "n2")),),
        0,
    ),
    "rules about all rows that are asked together": (
        [Check(id=name, promise=Query("")) for name in ("together 1", "alone", "together 2")],
        StepKind.TOGETHER,
        (Part(("together 1", "together 2")),),
        1,
    ),
    "and by themselves": (
        [
            Check(id="together", promise=Query("")),
            Check(id="reads", promise=Query("", reads=("kinds", "sorts"))),
            Check(id="all", promise=Query(""), scope=Scope.TABLE),
        ],
        StepKind.ALONE,
        (Part(("reads",), of="with `kinds`, `sorts`"), Part(("all",), of="in the whole table")),
        2,
    ),
    "what a filter leaves": (
        [Check(id=name, promise=NotNull("a"), filter=OF_A) for name in ("f1", "f2")],
        StepKind.FILTERS,
        (Part(("f1", "f2"), of="a > 1"),),
        1,
    ),
    "what is looked up": (
        [
            Check(id="key", promise=References(("a", "b"), "kinds", ("c", "d"))),
            Check(id="wide", promise=Unique(("a",)), scope=Scope.TABLE),
            Check(id="some", promise=Unique(("a",)), filter=OF_A),
        ],
        StepKind.LOOKUPS,
        (
            Part(("key",), ("a", "b"), "in `kinds`"),
            Part(("wide",), ("a",), "in the whole table"),
            Part(("some",), ("a",), "among the rows that its filter leaves"),
        ),
        3,
    ),
    "rules in SQL about other rows": (
        [Check(id="joins", promise=RowQuery("")), Check(id="asks", promise=RowQuery("", reads=("kinds",)))],
        StepKind.SELECTIONS,
        (Part(("joins",)), Part(("asks",), of="with `kinds`")),
        2,
    ),
    "rules of other tools": (
        [Check(id=name, promise=Custom("pandera", f"m:{name}")) for name in "AB"],
        StepKind.CUSTOMS,
        (Part(("A",), of="pandera m:A"), Part(("B",), of="pandera m:B")),
        1,
    ),
}


def told(checks: list[Check], **more: bool):
    """Return the steps of some checks; their ids tell which rules in SQL join others."""
    ids = [check.id for check in checks]
    joined, together = ([name for name in ids if name.startswith(word)] for word in ("joins", "together"))
    return steps(plan(ORDERS, checks), joined=joined, together=together, **({"typed": True} | more))


@pytest.mark.parametrize("case", STEPS)
def test_a_step_says_what_shares_a_question(case) -> None:
    """It is made of as many parts as questions are asked, or is one for all, or none."""
    checks, kind, parts, asks = STEPS[case]

    (step,) = (one for one in told(checks).steps if one.kind is kind)

    assert (parts, asks) == (step.parts, step.asks)


def test_a_tool_is_shown_no_row_that_stays_in_a_database() -> None:
    """Its rules are in the plan as what they are: not evaluated."""
    checks, _, parts, _ = STEPS["rules of other tools"]

    kinds = {step.kind: step for step in told(checks, tools=False).steps}

    assert StepKind.CUSTOMS not in kinds
    assert (parts, 0) == (kinds[StepKind.UNABLE].parts, kinds[StepKind.UNABLE].asks)


@given(dataset=datasets(), typed=st.booleans(), tools=st.booleans(), chosen=st.integers(0, 2))
def test_every_check_is_in_one_step(dataset, typed, tools, chosen) -> None:
    """Whatever they are and however the rows are judged; filters are besides. No step is there twice."""
    scan = plan(dataset, derive(dataset))
    joined = [check.id for check in scan.selections][: chosen * 10]
    together = [check.id for check in scan.queries][chosen:]

    found = steps(scan, joined=joined, together=together, typed=typed, tools=tools)

    ids = Counter(
        rule
        for step in found.steps
        if step.kind is not StepKind.FILTERS
        for part in step.parts
        for rule in part.checks
    )
    assert Counter(check.id for check in scan.checks) == ids
    kinds = [step.kind for step in found.steps]
    assert len(kinds) == len(set(kinds))
    assert found.kept == (StepKind.KEEP in kinds) != (StepKind.PASS in kinds)
    assert found.kept or typed


def test_each_kind_of_step_is_said_in_words() -> None:
    """None is left out."""
    assert set(StepKind) == set(SAYS)
    assert not FREE & AT_ONCE
