"""Matchers that no product meets that is declared: a typo, most likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.lint.alerts import ASKING, known
from airflow_dataops.core.alerts.matcher import Operator, matches
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.matcher import Matcher
    from airflow_dataops.core.slo.declaration import Declaration


def unmet(asked: Iterable[Matcher], declared: Iterable[Declaration]) -> Iterator[str]:
    """Yield a line for each matcher that no product meets; none where no product is declared.

    Args:
        asked: What labels must be.
        declared: What products declare.
    """
    there = tuple(declared)
    values = known(there) if there else {}
    for one in asked:
        its = values.get(one.name)
        if its is None or one.operator not in ASKING or matches(one, {}):
            continue
        if not any(matches(one, {one.name: value}) for value in its):
            near = did_you_mean(one.value, its) if one.operator is Operator.EQUAL else ""
            yield f"no product that is declared has `{one}`.{f' {near}' if near else ''}"
