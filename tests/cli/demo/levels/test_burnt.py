"""All that goes wrong in the demo, on a real Airflow: what it burns is what was reckoned by hand."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from airflow_dataops.cli.demo.levels import demo
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import local_settings

pytestmark = pytest.mark.e2e

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def test_each_burns_exactly_what_the_definition_says(tmp_path, capsys) -> None:
    """A paused DAG, a late file, a bad file and a second try; the fractions are worked out by hand."""
    assert 0 == demo.run(Namespace(home=str(tmp_path / "home")))

    printed = capsys.readouterr().out
    assert "✓ 6 of 6 budgets burnt what was reckoned by hand, to the fraction" in printed
    at = local_settings(tmp_path / "home")
    levels, store = stores.service_levels(at), stores.store(at)
    stood = {(product, slo): kept.standing for (_, product, slo), kept in levels.stood().items()}
    assert {
        ("paused", "in-time"): (0, 3, 28, Fraction(-1, 14)),
        ("late", "in-time"): (0, 1, 28, Fraction(2, 7)),
        ("late", "in-time-or-mended"): (1, 1, 28, 1),
        ("bad", "right-rows"): (74, 80, 80, Fraction(1, 4)),
        ("retried", "ends-well"): (1, 1, 28, 1),
        ("retried", "first-try"): (0, 1, 28, Fraction(2, 7)),
    } == {key: (one.good, one.total, one.expected, one.remaining) for key, one in stood.items()}

    ran = {one.dag_id: one for one in levels.runs(since=EVER)}
    assert "paused" not in ran
    assert ("failed", "success") == (ran["retried"].first.value, ran["retried"].final.value)
    (action,) = levels.in_force()
    assert ("bad", "block_publish", "right-rows") == (action.product, action.action.value, action.slo)
    published = [one.batch.product for one in store.facts(Publication)]
    assert ["bad", "late", "retried"] == sorted(published)
    records = [one for one in store.facts(AuditRecord) if one.action.startswith("slo.")]
    assert {("slo.block_publish", "slo_monitor first-look"), ("slo.repaired", "slo evaluate")} == {
        (one.action, one.who) for one in records
    }
    assert 2 == len(records)
