"""What goes of alerts, and what stays, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Did, Incident, Phase, Step
from airflow_dataops.core.alerts.notification import Event, Logged, Notification
from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.verification import Verification
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.usecases.ports.alerts import Decided

if TYPE_CHECKING:
    from airflow_dataops.core.retention import Forgotten

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = Incident(where=Where("shop", "a"), began=NOON, detected=NOON, signals=(), urgency=Urgency.PAGE)
OVER = replace(OPEN, where=Where("shop", "b"), phase=Phase.RESOLVED, resolved=NOON)
FIRING = replace(OVER, where=Where("shop", "c"))
STEP = Step(number=0, at=NOON, did=Did.OPENED)


def told(key: str, event: Event = Event.TRIGGER) -> Notification:
    """Return a notification."""
    return Notification(
        receiver="pager",
        group="g",
        key=key,
        event=event,
        urgency=Urgency.PAGE,
        incidents=(),
        messages=(),
        decided=NOON,
    )


def log(key: str, *firing: int) -> Logged:
    """Return what a receiver was told last."""
    return Logged(
        group=key, receiver="pager", key=key, firing=frozenset(firing), urgency=Urgency.PAGE, at=NOON
    )


def declared(now: datetime) -> Declaration:
    """Return a declaration with an objective."""
    return Declaration(
        team="shop",
        product="a",
        dataset="a",
        expectation=Expectation(schedule="@daily", start=now - 999 * DAY),
        objectives=(Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction(9, 10)),),
        since=now,
    )


def gone(url: str, before: datetime, *, dry_run: bool = False) -> Forgotten:
    """Clean, or count."""
    return SqlStore(url).forget(before, audit_records=False, dry_run=dry_run)


def test_what_is_over_goes_and_what_is_open_or_waits_stays(url) -> None:
    """An incident that was open for a year must still be resolved, and told of."""
    alerts = SqlAlerts(url)
    steps = tuple((one.key, STEP) for one in (OPEN, OVER, FIRING))
    decided = Decided(
        incidents=(OPEN, OVER, FIRING),
        steps=steps,
        logged=(log("old"), log("still", 3)),
        notifications=(told("old"), told("still"), told("old", Event.RESOLVE), told("elsewhere")),
    )
    with alerts.deciding() as deciding:
        deciding.keep(decided)
    for number in (1, 2):
        alerts.delivered(number, at=NOON)
    alerts.detour(4, instead=())
    silence = Silence(matchers=(), start=NOON, end=NOON, who="ann", why="")
    stays = alerts.silence(replace(silence, end=NOON + 2 * DAY))
    alerts.silence(silence)

    assert 0 == gone(url, NOON).total
    counted = gone(url, NOON + DAY, dry_run=True)
    assert counted == gone(url, NOON + DAY)
    assert (1, 2, 1, 1, 5) == (
        counted.incidents,
        counted.notifications,
        counted.alert_logs,
        counted.silences,
        counted.total,
    )
    assert [1, 3] == [one.number for one in alerts.incidents()]
    assert ([], 1) == (list(alerts.timeline(2)), len(alerts.timeline(3)))
    assert (stays,) == alerts.silences()
    assert ([3], [2]) == ([n.number for n in alerts.waiting()], [n.number for n in alerts.firing()])
    with alerts.deciding() as deciding:
        assert (log("still", 3),) == deciding.logged()


def test_a_report_stays_as_long_as_the_windows_of_objectives(url) -> None:
    """Where nothing is declared, that is as long as all else; then as long as it may count."""
    now = datetime.now(UTC)
    report = Reported(where=Where("shop", "a", "1"), kind=Kind.FAILED, run_id="r", at=now - 10 * DAY)
    alerts = SqlAlerts(url)
    alerts.report(report, replace(report, run_id="s", at=now - 900 * DAY))
    SqlServiceLevels(url).declare(declared(now))

    assert 1 == gone(url, now - DAY).reports
    assert (report,) == alerts.reported(since=now - 1000 * DAY)


def test_what_an_open_incident_stands_on_stays(url) -> None:
    """Without the verdict that refuses it, a bad partition would be taken for repaired."""
    verdict = Verification(
        batch=Batch(team="shop", product="a", dataset="a", partition="1"),
        stage=Stage.VERIFY,
        run_id="r",
        contract="a@1",
        at=NOON,
        rows=1,
        good=0,
        bad=1,
        unparsable=0,
        blocks=("it is bad",),
        outcomes=(),
    )
    store, alerts = SqlStore(url), SqlAlerts(url)
    store.record(verdict, replace(verdict, batch=replace(verdict.batch, partition="0"), at=NOON - DAY))
    with alerts.deciding() as deciding:
        deciding.keep(Decided(incidents=(OPEN,)))

    assert 1 == gone(url, NOON + 9 * DAY).verifications
    assert [verdict] == list(store.facts(Verification))
    with alerts.deciding() as deciding:
        deciding.keep(Decided(incidents=(replace(OPEN, phase=Phase.RESOLVED, resolved=NOON),)))
    assert 1 == gone(url, NOON + 9 * DAY).verifications


def test_an_incident_that_is_over_stays_as_long_as_it_explains_that_a_budget_burns(url) -> None:
    """Or the budget, which burns for a week more, would be told as something new."""
    now = datetime.now(UTC)
    SqlServiceLevels(url).declare(declared(now))
    alerts = SqlAlerts(url)
    over = replace(OVER, began=now - 9 * DAY, detected=now - 9 * DAY, resolved=now - 8 * DAY)
    with alerts.deciding() as deciding:
        deciding.keep(Decided(incidents=(over, OVER)))

    gone(url, now - DAY)
    assert [over.key] == [one.key for one in alerts.incidents()]
