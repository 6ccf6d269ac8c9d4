from __future__ import annotations

import pytest

from airflow_dataops.core.slo.watch import watch


@pytest.mark.parametrize(
    ("option", "dag", "tags", "watched"),
    [
        ("", "payroll", (), False),
        ("", "orders", ("dataops",), True),
        ("payroll", "payroll", (), True),
        ("payroll", "payroll_eu", (), False),
        ("a, payroll_* ,b", "payroll_eu", (), True),
        ("payroll_?", "payroll_eu", (), False),
        ("[ab]_x", "b_x", (), True),
        ("Payroll", "payroll", (), False),
        ("tag:critical", "payroll", ("critical", "x"), True),
        ("tag:critical", "critical", ("other",), False),
        ("tag: team-*", "payroll", ("team-eu",), True),
        ("*", "payroll", (), True),
        (",,", "payroll", (), False),
    ],
)
def test_watch(option: str, dag: str, tags: tuple[str, ...], watched: bool) -> None:
    """Ids, patterns and tags; products are watched unasked."""
    assert watched is watch(option).holds(dag, tags)
