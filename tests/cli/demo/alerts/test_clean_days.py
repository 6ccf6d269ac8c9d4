from __future__ import annotations

from airflow_dataops.cli.demo.alerts.clean_days import CleanDays


def test_good_days_tell_nobody_and_a_missing_one_does(tmp_path) -> None:
    """Fewer than in the demo; the days of the bar are told one by one."""
    passed: list[int] = []

    quiet = CleanDays(tmp_path / "clean").play(passed.append, days=8)

    assert quiet.holds
    assert (8, 33, 0, 0, 1) == (quiet.days, quiet.evaluations, quiet.told, quiet.incidents, quiet.missed)
    assert [*range(1, 9)] == passed
