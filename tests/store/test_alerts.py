"""What is remembered of alerts: in SQLite and in PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.incident import Did, Incident, Phase, Step
from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.core.alerts.message import Downstream, Left, Message
from airflow_dataops.core.alerts.notification import Event, Logged, Notification
from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.store import address, schema
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.growth import SINCE
from airflow_dataops.store.revision import REVISIONS
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.store.tables import metadata
from airflow_dataops.usecases.ports.alerts import Decided
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import Settings

NOON = datetime(2026, 3, 3, 12, 0, 0, 250, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WHERE = Where("shop", "orders", "2026-03-03")

BAD = Signal(
    where=WHERE,
    kind=Kind.BAD,
    dataset="orders",
    slo="right",
    since=NOON,
    text="3 of 11 rows ä 'quoted' \"text\"",
    rules=(Broken(rule="order_id.unique", failing=2, checked=11), Broken(rule="total")),
    run_id="scheduled__1",
    burn=Fraction(144, 10),
    urgency=Urgency.PAGE,
)
FULL = Incident(
    where=WHERE,
    began=NOON,
    detected=NOON + MINUTE,
    signals=(BAD, replace(BAD, kind=Kind.LATE, burn=None, urgency=None, rules=())),
    had=("bad right", "late right"),
    urgency=Urgency.PAGE,
    phase=Phase.RESOLVED,
    resolved=NOON + HOUR,
    why_over="repaired",
    explained_by="shop/customers/2026-03-03",
    acknowledged_by="ann",
    not_actionable="ann: a holiday",
)
PLAIN = Incident(where=Where("shop", "plain"), began=NOON, detected=NOON, signals=(), urgency=Urgency.TICKET)
FULL_MESSAGE = Message(
    number=1,
    key=FULL.key,
    where=WHERE,
    dataset="orders",
    title="orders 2026-03-03 is bad",
    what=("3 of 11 rows",),
    urgency=Urgency.PAGE,
    phase=Phase.OPEN,
    began=NOON,
    detected=NOON + MINUTE,
    resolved=None,
    left=(Left(slo="right", remaining=Fraction(-1, 3), burn=Fraction(4)), Left(slo="fresh", remaining=None)),
    broken=BAD.rules,
    causes=("the contract changed",),
    downstream=(Downstream(team="crm", product="mails", minutes=12), Downstream(team="crm", product="x")),
    owner="team shop",
    contract="orders@1.10",
    runbook=Runbook(of="right", at="runbook.md", text="Look."),
    commands=("airflow dataops incident show 1", "airflow dataops alert ack 1"),
    labels=(("product", "orders"), ("team", "shop")),
)


def told(incident: Incident, **changes) -> Notification:
    """Return a notification of an incident."""
    message = replace(FULL_MESSAGE, number=incident.number, key=incident.key, where=incident.where)
    given = {
        "receiver": "pager",
        "group": '{}:{product="orders"}',
        "key": incident.key,
        "event": Event.TRIGGER,
        "urgency": Urgency.PAGE,
        "incidents": (),
        "messages": (message,),
        "decided": NOON,
    }
    return Notification(**given | changes)


def of_day(day: int, **changes) -> Incident:
    """Return an incident of a partition."""
    return replace(PLAIN, where=Where("shop", "orders", f"2026-03-{day:02}"), **changes)


@pytest.fixture
def alerts(url) -> SqlAlerts:
    """An empty store on each database."""
    return SqlAlerts(url)


def keep(alerts: SqlAlerts, *notifications: Notification, **decided) -> None:
    """Decide alone."""
    with alerts.deciding() as deciding:
        deciding.keep(Decided(notifications=notifications, **decided))


def numbers(notifications) -> list[int]:
    """Return the numbers of notifications."""
    return [one.number for one in notifications]


def test_an_incident_comes_back_as_it_was(alerts) -> None:
    """All of it decides who is woken: nothing of it may be lost or rounded."""
    keep(alerts, incidents=(FULL, PLAIN))

    assert (replace(FULL, number=1), replace(PLAIN, number=2)) == alerts.incidents()
    assert replace(FULL, number=1) == alerts.incident(1)
    assert None is alerts.incident(3)
    assert [2] == [one.number for one in alerts.incidents(team="shop", product="plain", phase="open")]
    assert () == alerts.incidents(partition="2026-03-04")
    with pytest.raises(ValueError, match="alerts are not found by 'owner', only by team, product"):
        alerts.incidents(owner="me")


def test_what_is_decided_is_kept_together(alerts) -> None:
    """New incidents have no number when they are decided: all that speaks of them is given it."""
    logged = Logged(
        group="g", receiver="pager", key="k", firing=frozenset(), urgency=Urgency.PAGE, digest="d", at=NOON
    )
    step = Step(number=0, at=NOON, did=Did.OPENED, text="it is bad ä", who="slo_monitor run 1")
    with alerts.deciding() as deciding:
        first, second = deciding.number((FULL, PLAIN))
        assert (1, 2) == (first.number, second.number)
        log = replace(logged, firing=frozenset({1, 2}), resolved=frozenset({2}))
        steps = ((FULL.key, step), (PLAIN.key, replace(step, did=Did.NOTIFIED)))
        deciding.keep(
            Decided(incidents=(FULL, PLAIN), steps=steps, logged=(log,), notifications=(told(FULL),))
        )

    with alerts.deciding() as deciding:
        assert (first, second) == deciding.incidents()
        assert (log,) == deciding.logged()
        deciding.keep(Decided(incidents=(replace(first, why_over="gone"),), logged=(logged,)))
        assert (logged,) == deciding.logged()
        assert (second,) == deciding.incidents()
    (sent,) = alerts.waiting()
    assert replace(told(first), number=1, incidents=(1,)) == sent
    assert "gone" == alerts.incident(1).why_over
    assert (replace(step, number=1),) == alerts.timeline(1)
    assert (replace(step, number=2, did=Did.NOTIFIED),) == alerts.timeline(2)


def test_a_decision_that_fails_leaves_nothing(alerts) -> None:
    """Half a decision would be an incident that nobody is told of; nor may a number be lost."""
    decision = alerts.deciding()
    decision.__enter__().keep(Decided(incidents=(FULL,), notifications=(told(FULL),)))
    assert not decision.__exit__(OSError, OSError("no runbook"), None)

    assert ((), ()) == (alerts.incidents(), alerts.waiting())
    keep(alerts, incidents=(PLAIN,))
    assert [1] == [one.number for one in alerts.incidents()]


def test_what_is_said_of_an_unknown_incident_is_refused(alerts) -> None:
    """It would be lost, or be another's."""
    step = Step(number=0, at=NOON, did=Did.OPENED)
    log = Logged(group="g", receiver="pager", key="k", firing=frozenset({0}), urgency=Urgency.PAGE, at=NOON)
    for wrong in ({"steps": ((FULL.key, step),)}, {"notifications": (told(FULL),)}, {"logged": (log,)}):
        with pytest.raises(ValueError, match="incident"), alerts.deciding() as deciding:
            deciding.keep(Decided(**wrong))


def test_an_incident_that_comes_again_as_it_began_is_the_same(alerts) -> None:
    """Receivers know it by its key, so people must know it by its number."""
    keep(alerts, incidents=(FULL,))
    again = replace(FULL, phase=Phase.OPEN, resolved=None)
    keep(alerts, incidents=(again, PLAIN))

    assert [(1, Phase.OPEN), (2, Phase.OPEN)] == [(one.number, one.phase) for one in alerts.incidents()]


def test_numbers_are_never_given_again(alerts, url) -> None:
    """Whatever is cleaned: a person who speaks of incident 1 means one."""
    keep(alerts, incidents=(FULL,))
    stores.store(Settings(store_url=url, zones_path="", lake_path="")).forget(
        NOON + 2 * HOUR, audit_records=False, dry_run=False
    )
    assert () == alerts.incidents()
    keep(alerts, incidents=(PLAIN,))

    assert [2] == [one.number for one in alerts.incidents()]


def test_many_incidents_are_kept_and_found(alerts) -> None:
    """A dead upstream of a thousand products must not stop at what a statement takes."""
    many = tuple(replace(PLAIN, where=Where("shop", f"p{n}")) for n in range(1000))
    with alerts.deciding() as deciding:
        given = deciding.number(many)
        log = Logged(
            group="g",
            receiver="pager",
            key="k",
            firing=frozenset(range(1, 1001)),
            urgency=Urgency.PAGE,
            at=NOON,
        )
        over = tuple(replace(one, phase=Phase.RESOLVED, resolved=NOON) for one in given)
        deciding.keep(Decided(incidents=over, logged=(log,)))

    with alerts.deciding() as deciding:
        assert over == deciding.incidents()


def test_each_transport_is_told_in_order(alerts) -> None:
    """A resolve that overtakes its trigger would leave somebody awake; another transport waits for none."""
    keep(
        alerts,
        told(FULL),
        told(FULL, event=Event.RESOLVE),
        told(FULL, transport=1),
        told(FULL, receiver="mail"),
        incidents=(FULL,),
    )
    assert [1, 3, 4] == numbers(alerts.due(now=NOON))

    begun = alerts.begin(1, now=NOON, until=NOON + 2 * MINUTE)
    assert (1, 1, False) == (begun.number, begun.attempts, begun.again)
    assert None is alerts.begin(1, now=NOON + MINUTE, until=NOON + 3 * MINUTE)
    assert [3, 4] == numbers(alerts.due(now=NOON + MINUTE))
    assert [1, 3, 4] == numbers(alerts.due(now=NOON + 2 * MINUTE))
    assert alerts.begin(1, now=NOON + 2 * MINUTE, until=NOON + 4 * MINUTE).again

    alerts.failed(1, why="no connection", next_at=NOON + 5 * MINUTE)
    assert [3, 4] == numbers(alerts.due(now=NOON + 4 * MINUTE))
    assert "no connection" == alerts.waiting()[0].error
    alerts.delivered(1, at=NOON + 5 * MINUTE)
    assert [2, 3, 4] == numbers(alerts.due(now=NOON + 5 * MINUTE))
    assert [2, 3, 4] == numbers(alerts.waiting())
    assert None is alerts.begin(1, now=NOON + HOUR, until=NOON + 2 * HOUR)


def test_what_was_acknowledged_stands_in_the_timeline_once(alerts) -> None:
    """Of two that delivered it at once, the second changes nothing; nor does a failure that is heard late."""
    keep(alerts, told(FULL), incidents=(FULL,))
    for minute in (1, 2):
        alerts.delivered(1, at=NOON + minute * MINUTE, note="id 7")
    alerts.failed(1, why="too slow", next_at=NOON)

    text = "pager, that it began: id 7"
    assert (Step(number=1, at=NOON + MINUTE, did=Did.DELIVERED, text=text),) == alerts.timeline(1)
    assert () == alerts.waiting()


def test_what_waits_for_a_dead_receiver_is_stuck(alerts) -> None:
    """Nobody may sleep through a page because the one before it can't be delivered."""
    keep(
        alerts,
        told(FULL),
        told(PLAIN),
        told(FULL, receiver="mail"),
        incidents=(FULL, PLAIN),
    )
    assert () == alerts.stuck(attempts=2)
    for _ in range(2):
        alerts.begin(1, now=NOON, until=NOON)
        alerts.failed(1, why="no connection", next_at=NOON)
    assert () == alerts.stuck(attempts=3)
    assert [1, 2] == numbers(alerts.stuck(attempts=2))
    alerts.failed(1, why="no such connection", next_at=NOON, refused=True)
    assert [1, 2] == numbers(alerts.stuck(attempts=3))

    other = told(FULL, receiver="root", instead_of="pager", messages=(), incidents=(1,))
    assert alerts.detour(1, instead=(other,))
    assert not alerts.detour(1, instead=(other,))
    assert alerts.detour(2, instead=())
    assert [replace(other, number=4)] == list(alerts.waiting()[3:])
    assert () == alerts.stuck(attempts=3)


def test_who_was_told_instead_is_told_of_the_end_as_well(alerts) -> None:
    """Though the receiver itself works again by then: else it would never end for them."""
    keep(alerts, told(FULL), incidents=(FULL, PLAIN))
    alerts.detour(1, instead=())
    alerts.delivered(1, at=NOON)
    keep(alerts, told(PLAIN), told(FULL, event=Event.RESOLVE), told(FULL, receiver="mail"))

    assert [3] == numbers(alerts.stuck(attempts=3))
    alerts.delivered(3, at=NOON)
    assert [3] == numbers(alerts.stuck(attempts=3))


def test_what_still_fires_is_known(alerts) -> None:
    """Alertmanager forgets what nobody says again."""
    log = Logged(
        group="g", receiver="pager", key=FULL.key, firing=frozenset({1}), urgency=Urgency.PAGE, at=NOON
    )
    keep(
        alerts,
        told(FULL),
        told(FULL, event=Event.UPDATE),
        told(FULL, event=Event.UPDATE),
        told(PLAIN),
        told(FULL, receiver="mail", event=Event.RESOLVE),
        incidents=(FULL, PLAIN),
        logged=(log,),
    )
    assert () == alerts.firing()
    for number in (1, 2, 4, 5):
        alerts.delivered(number, at=NOON)

    assert [2] == numbers(alerts.firing())
    keep(alerts, logged=(replace(log, firing=frozenset()),))
    assert () == alerts.firing()


def test_a_silence_comes_back_and_can_be_ended(alerts) -> None:
    """Once; and one that has not begun never does."""
    matchers = (
        Matcher("team", Operator.EQUAL, "shop"),
        Matcher("product", Operator.NOT_REGEX, 'a|"b"'),
    )
    silence = Silence(matchers=matchers, start=NOON, end=NOON + HOUR, who="ann", why="a holiday")
    first, second = alerts.silence(silence), alerts.silence(replace(silence, start=NOON + 30 * MINUTE))

    assert (replace(silence, number=1), 2) == (first, second.number)
    assert (first, second) == alerts.silences()
    at = NOON + MINUTE
    assert [True, False, True, False] == [alerts.end(number, at=at) for number in (1, 1, 2, 3)]
    assert (replace(first, end=at), replace(second, start=at, end=at)) == alerts.silences()


def test_a_silence_of_which_the_trail_is_not_told_is_none(url, alerts) -> None:
    """Neither is there without the other; ending one that is over is nobody's act."""
    silence = Silence(matchers=(), start=NOON, end=NOON + HOUR, who="ann", why="a holiday")
    batch = Batch(team="shop", product="orders", dataset="orders", partition="*")
    said = AuditRecord(batch=batch, action="a", subject="s", who="ann", why="", at=NOON)

    def unsaid(_: Silence) -> AuditRecord:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        alerts.silence(silence, audit=unsaid)
    assert () == alerts.silences()
    kept = alerts.silence(silence, audit=lambda one: replace(said, subject=f"silence {one.number}"))
    ends = [alerts.end(kept.number, at=NOON, audit=replace(said, subject=each)) for each in ("b", "c")]
    assert [True, False] == ends
    store = SqlStore(url)
    assert ["b", "silence 1"] == sorted(one.subject for one in store.facts(AuditRecord))


def test_that_a_run_ended_well_replaces_that_it_failed(alerts) -> None:
    """What its tasks reported stays, and is older."""
    failed = Reported(where=WHERE, kind=Kind.FAILED, run_id="r", text="no", at=NOON)
    task = replace(failed, task_id="land")
    well = replace(failed, text="", well=True, at=NOON + HOUR)
    alerts.report(failed, task)
    alerts.report(well)
    assert (task, well) == alerts.reported(since=NOON)


def test_of_what_is_reported_again_the_newest_is_kept(alerts) -> None:
    """A run that was repaired and fails again says something new, whichever word arrives first."""
    one = Reported(where=WHERE, kind=Kind.FAILED, run_id="r", task_id="land", text="no", at=NOON)
    late = replace(one, kind=Kind.LATE, task_id="", at=NOON + MINUTE)
    alerts.report(late, replace(one, at=NOON + HOUR), one, one)
    alerts.report(one)

    assert (late, replace(one, at=NOON + HOUR)) == alerts.reported(since=NOON)
    assert (replace(one, at=NOON + HOUR),) == alerts.reported(since=NOON + HOUR)
    alerts.report()


def test_on_the_schema_before_nothing_is_read_and_writing_is_refused(database, alerts, monkeypatch) -> None:
    """It must say so, and not fail in a way that nobody understands."""
    for table in metadata.tables.values():
        if table.info.get(SINCE) == "0004":
            monkeypatch.setitem(table.info, SINCE, REVISIONS[-1])
    schema.downgrade(database.url, "0004")
    silence = Silence(matchers=(), start=NOON, end=NOON, who="", why="")
    reads = (
        *(alerts.incidents(), alerts.timeline(1), alerts.silences(), alerts.reported(since=NOON)),
        *(alerts.due(now=NOON), alerts.waiting(), alerts.firing(), alerts.stuck(attempts=1)),
    )
    assert [()] * 8 == list(reads)
    assert None is SqlAlerts(database.url).incident(1)
    for write in (
        lambda fresh: fresh.deciding().__enter__(),
        lambda fresh: fresh.begin(1, now=NOON, until=NOON),
        lambda fresh: fresh.delivered(1, at=NOON),
        lambda fresh: fresh.silence(silence),
        lambda fresh: fresh.report(),
    ):
        with pytest.raises(SettingsError, match=r"has revision 0004, without alerts\. Run `airflow dataops"):
            write(SqlAlerts(database.url))


def test_who_decides_for_too_long_is_not_waited_for_for_ever(alerts, url, monkeypatch) -> None:
    """A second one waits a while, and then says why it gave up."""
    monkeypatch.setattr(address, "BUSY_TIMEOUT", 0.2 if url.startswith("sqlite") else 1)
    other = SqlAlerts(url)
    with alerts.deciding() as deciding:
        with pytest.raises(BrokenWorldError, match=r"could not be written \(.*(SQLITE_BUSY|55P03)\)"):
            other.deciding().__enter__()
        deciding.keep(Decided(incidents=(FULL,)))
    keep(other, incidents=(PLAIN,))
    assert [1, 2] == [one.number for one in alerts.incidents()]


def test_what_a_newer_version_wrote_is_refused_by_name(alerts, database) -> None:
    """It may say what this version would get wrong."""
    keep(alerts, told(FULL), incidents=(FULL,))
    database.run(
        """UPDATE dataops_incident SET body = '{"urgency"\\: "shout"}'""",
        "UPDATE dataops_notification SET body = '['",
    )
    for read, kind in ((alerts.incidents, "incident"), (alerts.waiting, "notification")):
        with pytest.raises(SettingsError, match=rf"1: the {kind} that the store holds can't be read"):
            read()


def test_the_store_is_wired(url) -> None:
    """Operators and commands get it from one place, and it shows no password."""
    found = stores.alerts(Settings(store_url=url, zones_path="", lake_path=""))

    assert () == found.incidents()
    assert repr(found).startswith("SqlAlerts('")


def test_an_update_that_waits_gives_way_to_a_newer_word(alerts) -> None:
    """Who was out of reach for a day doesn't want each repeat of it; but nothing else may be left out."""
    update, both = told(FULL, event=Event.UPDATE), told(PLAIN).messages
    both_told = replace(update, messages=(*update.messages, *both))
    keep(alerts, told(FULL), update, told(FULL, transport=1, event=Event.UPDATE), incidents=(FULL, PLAIN))
    keep(alerts, both_told)
    assert [1, 3, 4] == numbers(alerts.waiting())

    # It tells of less than what waits; and one that was begun may have arrived.
    keep(alerts, update, replace(update, transport=1))
    assert [1, 4, 5, 6] == numbers(alerts.waiting())
    alerts.begin(6, now=NOON, until=NOON)
    keep(alerts, told(FULL, event=Event.RESOLVE), told(FULL, transport=1, event=Event.RESOLVE))
    assert [1, 4, 6, 7, 8] == numbers(alerts.waiting())
