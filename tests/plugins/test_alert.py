"""`airflow dataops alert …` and `incident …` over a real store, as Airflow's parser finds them."""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from airflow_dataops.core.alerts.incident import Did, Incident, Phase, Step
from airflow_dataops.core.alerts.message import Message
from airflow_dataops.core.alerts.notification import Event, Notification
from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.plugins.commands import get_cli_commands
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.schema import downgrade
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.http_receiver import HttpReceiver
from airflow_dataops.usecases.ports.alerts import Decided
from airflow_dataops.wiring import clocks

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHERE = Where("shop", "orders", "2026-03-02")
BAD = Signal(
    where=WHERE,
    kind=Kind.BAD,
    dataset="orders",
    since=NOW - 4 * HOUR,
    text="40 of 100 rows break the contract",
    rules=(Broken(rule="order_id.unique", failing=40, checked=100),),
)
OPEN = Incident(
    where=WHERE,
    began=NOW - 4 * HOUR,
    detected=NOW - 3 * HOUR,
    signals=(BAD,),
    had=("bad",),
    urgency=Urgency.PAGE,
)
OVER = replace(
    OPEN,
    where=Where("shop", "orders", "2026-03-01"),
    began=NOW - 30 * HOUR,
    detected=NOW - 28 * HOUR,
    urgency=Urgency.TICKET,
    phase=Phase.RESOLVED,
    resolved=NOW - 24 * HOUR,
    why_over="repaired",
)
FRESH = Objective(
    name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), threshold=Fraction(6 * 3600), alerts=()
)
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", start=NOW - 240 * HOUR),
    objectives=(FRESH,),
    since=NOW - 240 * HOUR,
    channels=("#shop-data",),
)
BOTH = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


def call(group: str, *words: str) -> int:
    """Run `airflow dataops …` as Airflow's parser would, and return its exit code."""
    (dataops,) = get_cli_commands()
    (its,) = (one for one in dataops.subcommands if one.name == group)
    (command,) = (one for one in its.subcommands if one.name == words[0])
    parser = argparse.ArgumentParser()
    for argument in command.args:
        argument.add_to_parser(parser)
    try:
        command.func(parser.parse_args(list(words[1:])))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture
def url(request, new_store_url, new_store, monkeypatch, tmp_path) -> str:
    """A store with tables, which the deployment's settings name; on PostgreSQL for tests that ask for it."""
    store_url = new_store_url(getattr(request, "param", "sqlite"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", store_url)
    monkeypatch.setenv("AIRFLOW__DATAOPS__ALERTS_PATH", "")
    monkeypatch.setattr(clocks, "clock", lambda: FrozenClock(NOW))
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    new_store(store_url)
    return store_url


@pytest.fixture
def alerts(url) -> SqlAlerts:
    """One incident that is open and one that is over, of a product that is declared."""
    for product in ("orders", "calm"):
        SqlServiceLevels(url).declare(replace(ORDERS, product=product, dataset=product))
    found = SqlAlerts(url)
    with found.deciding() as deciding:
        steps = [
            Step(number=0, at=each.detected, did=did, text=text)
            for each in (OVER, OPEN)
            for did, text in ((Did.OPENED, "bad"), (Did.NOTIFIED, "log, that it began"))
        ]
        keys = (OVER.key, OVER.key, OPEN.key, OPEN.key)
        deciding.keep(Decided(incidents=(OVER, OPEN), steps=tuple(zip(keys, steps, strict=True))))
    return found


def trail(url: str) -> list[tuple[str, str, str]]:
    """What people did, by the audit trail."""
    return [(one.action, one.who, one.why) for one in SqlStore(url).facts(AuditRecord)]


def said(capsys) -> str:
    """What stdout has, with single blanks."""
    return " ".join(capsys.readouterr().out.split())


@BOTH
@pytest.mark.usefixtures("alerts")
def test_what_is_open_and_silent_is_listed(capsys) -> None:
    """Who has it, and until when nobody is told of what."""
    assert 0 == call("alert", "list")
    assert "2 orders 2026-03-02 bad page 2026-03-03 08:00 4 h 0 min ✗ open" in said(capsys)
    assert 0 == call("alert", "ack", "2", "--why", "I look at it")
    assert "incident 2 is in the hands of ann: orders 2026-03-02 is bad\n" == capsys.readouterr().out
    assert 0 == call(
        "alert", "silence", "product=orders", "--for", "2h", "--why", "we migrate", "--who", "ben"
    )
    assert [
        'silence 1: nobody is told of product="orders" from now to 2026-03-03 14:00 UTC, 2 h 0 min',
        "open incidents that match: 1 of 1, number 2",
    ] == capsys.readouterr().out.splitlines()

    assert 0 == call("alert", "list")
    told = said(capsys)
    assert "● in hand by ann" in told
    assert '1 product="orders" 2026-03-03 14:00 ben we migrate' in told
    assert 0 == call("alert", "list", "--output-format", "json")
    document = json.loads(capsys.readouterr().out)
    assert [2] == [one["number"] for one in document["incidents"]]
    assert [("active", ['product="orders"'])] == [
        (one["state"], one["matchers"]) for one in document["silences"]
    ]


@pytest.mark.usefixtures("url")
def test_where_nothing_is_open_that_is_said(capsys) -> None:
    """By both lists."""
    assert 0 == call("alert", "list")
    assert 0 == call("incident", "list")
    assert 0 == call("incident", "list", "--open")
    assert [
        "No incident is open.",
        "No incident is open, and none was since 2026-02-01 12:00 UTC.",
        "No incident is open.",
    ] == capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("url")
def test_a_silence_that_is_ended_before_it_begins_has_held_nothing_back(capsys) -> None:
    """So nothing is told that it held."""
    start = ("--start", "2026-03-03T22:00Z")
    call("alert", "silence", "product=orders", "--for", "2h", "--why", "we migrate", *start)
    assert 0 == call("alert", "unsilence", "1")
    assert capsys.readouterr().out.endswith(
        "silence 1 ended at 2026-03-03 12:00 UTC; it hadn't begun, and held nothing back\n"
    )


@BOTH
def test_everything_leaves_its_trail(url, alerts, capsys) -> None:
    """Who, what and why; in the timeline, too."""
    call("alert", "ack", "2")
    call("alert", "mark", "1", "--not-actionable", "--why", "a holiday", "--who", "ben")
    call("alert", "silence", "product=orders", "--for", "2h", "--why", "we migrate")
    assert 0 == call("alert", "unsilence", "1", "--why", "we are done")
    assert capsys.readouterr().out.endswith(
        "silence 1 ended at 2026-03-03 12:00 UTC; what it held back is told by the next evaluation\n"
    )

    assert {
        ("incident.acknowledge", "ann", ""),
        ("incident.mark_not_actionable", "ben", "a holiday"),
        ("alerts.silence", "ann", trail(url)[0][2]),
        ("alerts.unsilence", "ann", "we are done"),
    } >= {one for one in trail(url) if one[0] != "alerts.silence"}
    assert 4 == len(trail(url))
    assert [Did.OPENED, Did.NOTIFIED, Did.MARKED] == [step.did for step in alerts.timeline(1)]
    assert "ben: a holiday" == alerts.incident(1).not_actionable


WRONG = [
    (("alert", "ack", "seven"), 2, "`seven` is no number of an incident"),
    (("alert", "ack", "0"), 2, "`0` is no number of an incident"),
    (("alert", "ack", "99"), 3, "there is no incident 99. `airflow dataops incident list` shows"),
    (("alert", "ack", "1"), 3, "incident 1 is over since 2026-03-02 12:00 UTC"),
    (("alert", "ack", "2", "--why", "a\x1b[2Jb"), 2, "--why: character 2 can't be seen"),
    (("alert", "ack", "2", "--why", "x" * 10_240), 2, "--why: it has 10,240 characters"),
    (("alert", "show", "99"), 3, "there is no incident 99"),
    (("alert", "unsilence", "9"), 3, "there is no silence 9. `airflow dataops alert list` shows"),
    (("alert", "mark", "2", "--why", "x"), 2, "how it is to be marked must be said"),
    (("alert", "mark", "2", "--actionable", "--not-actionable", "--why", "x"), 2, "must be said, and once"),
    (("alert", "mark", "99", "--actionable", "--why", "x"), 3, "there is no incident 99"),
    (("alert", "route", "--every", "often"), 2, "--every: `often` is no length of time"),
    (("incident", "show", "99"), 3, "there is no incident 99"),
    (("incident", "list", "--since", "soon"), 2, "--since: `soon` is no time"),
    (("incident", "list", "--team", "crm"), 3, "there is no team `crm`. There are: shop."),
    (("incident", "list", "--product", "ordrs"), 3, "there is no product `ordrs`. Did you mean `orders`?"),
    (("incident", "list", "--team", "shop", "--product", "x"), 3, "no product `x` of the team `shop`. There"),
    (("incident", "list", "--team", "crm", "--product", "orders"), 3, "there is no team `crm`."),
    (("incident", "report", "99"), 3, "there is no incident 99"),
    (("incident", "report", "1", "--team", "shop"), 2, "an incident has one team"),
    (("incident", "report", "1", "--output-format", "text"), 2, "There are: md, html, json."),
    (("incident", "report", "--output-format", "html"), 2, "There are: text, json."),
    (("incident", "report", "--team", "shp"), 3, "there is no team `shp`. Did you mean `shop`?"),
]


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize(("words", "code", "why"), WRONG, ids=[" ".join(words)[:40] for words, _, _ in WRONG])
def test_what_can_not_be_done_is_one_line(url, words, code, why, capsys) -> None:
    """Of a wrong call 2, of what isn't there 3; nothing is changed."""
    assert code == call(*words)
    out, err = capsys.readouterr()
    assert ("", 1) == (out, len(err.splitlines()))
    assert why in err
    assert [] == trail(url)


SILENCES = [
    (("product=orders", "--for", "0h"), "`0h` is no length of time"),
    (("product=~.*", "--for", "2h"), "the silence would match everything"),
    (("product=~.+", "--for", "2h"), "the silence would match everything"),
    (
        ("alertname=DataIncident", "severity=~page|ticket", "--for", "2h"),
        "the silence would match everything",
    ),
    (("product=~((", "--for", "2h"), "pattern"),
    (("prodct=orders", "--for", "2h"), "Did you mean `product`?"),
    (("severity=high", "--for", "2h"), "nothing can match"),
    (("product=orders", "--for", "91d"), "longer than 90 days"),
    (("product=orders", "--for", "2h", "--start", "2026-03-03T09:00Z"), "would have ended at"),
    (("product=orders", "--for", "2h", "--start", "2026-03-03T09:00"), "says no time zone"),
    (("product=orders", "--for", "99999d", "--start", "9999-01-01T00:00Z"), "after the end of time"),
]


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize(("words", "why"), SILENCES, ids=[" ".join(words)[:40] for words, _ in SILENCES])
def test_silences_that_can_not_be_meant(url, words, why, capsys) -> None:
    """Exit code 2, and no silence is there."""
    assert 2 == call("alert", "silence", *words, "--why", "x")
    out, err = capsys.readouterr()
    assert ("", 1) == (out, len(err.splitlines()))
    assert why in err
    assert () == SqlAlerts(url).silences()


@pytest.mark.usefixtures("alerts")
def test_a_long_silence_must_be_meant(url, capsys) -> None:
    """And one that begins later says when."""
    words = (
        "silence",
        "product=orders",
        "--for",
        "91d",
        "--start",
        "2026-03-04T01:00+01:00",
        "--why",
        "gone",
    )
    assert 0 == call("alert", *words, "--yes")
    assert "from 2026-03-04 00:00 UTC to 2026-06-03 00:00 UTC, 91 d" in capsys.readouterr().out
    assert 91 == (SqlAlerts(url).silences()[0].end - SqlAlerts(url).silences()[0].start).days


@pytest.mark.usefixtures("alerts")
def test_a_silence_of_what_nobody_declares_is_made_with_a_warning(capsys) -> None:
    """It may be one that comes; it may be a typo."""
    assert 0 == call("alert", "silence", "product=ordrs", "--for", "2h", "--why", "x")
    out, err = capsys.readouterr()
    assert 'warning: no product that is declared has `product="ordrs"`. Did you mean `orders`?\n' == err
    assert "open incidents that match: 0 of 1\n" in out


@BOTH
@pytest.mark.usefixtures("alerts")
def test_two_silences_at_once(url) -> None:
    """Both are there, with a number each."""
    codes: list[int] = []

    def silence() -> None:
        codes.append(call("alert", "silence", "product=orders", "--for", "2h", "--why", "x"))

    threads = [threading.Thread(target=silence) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [0, 0, 0] == codes
    assert [1, 2, 3] == [one.number for one in SqlAlerts(url).silences()]


@BOTH
def test_a_store_that_knows_of_no_alerts_is_no_quiet_one(url, capsys) -> None:
    """At the revision before, each command says so, and what to do: exit code 3."""
    downgrade(url, "0003")
    for words in (
        ("alert", "list"),
        ("alert", "show", "1"),
        ("alert", "ack", "1"),
        ("alert", "silence", "product=orders", "--for", "2h", "--why", "x"),
        ("alert", "unsilence", "1"),
        ("alert", "mark", "1", "--actionable", "--why", "x"),
        ("alert", "test-route", "--label", "team=shop"),
        ("alert", "route"),
        ("incident", "list"),
        ("incident", "show", "1"),
        ("incident", "report", "1"),
        ("incident", "report"),
    ):
        assert 3 == call(*words), words
        out, err = capsys.readouterr()
        assert "" == out
        assert "has revision 0003, which knows of no alerts. Run `airflow dataops db migrate`." in err


def test_without_a_store_it_is_said_what_to_do(monkeypatch, tmp_path, capsys) -> None:
    """Nothing is made by a command that looks."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/none.db")
    for words in (("alert", "list"), ("incident", "list"), ("alert", "ack", "1")):
        assert 3 == call(*words)
        assert "has no schema. Run `airflow dataops db migrate`." in capsys.readouterr().err
    assert not Path(tmp_path, "none.db").exists()


@BOTH
def test_an_alert_shows_who_was_told_and_what_waits(alerts, capsys) -> None:
    """With the reason, and when it is tried again."""
    with alerts.deciding() as deciding:
        message = Message(
            number=2,
            key=OPEN.key,
            where=WHERE,
            title="orders 2026-03-02 is bad",
            what=("40 of 100 rows",),
            urgency=Urgency.PAGE,
            phase=Phase.OPEN,
            began=OPEN.began,
            detected=OPEN.detected,
        )
        letter = Notification(
            receiver="pager",
            group="{}:{}",
            key=OPEN.key,
            event=Event.TRIGGER,
            urgency=Urgency.PAGE,
            incidents=(2,),
            messages=(message,),
            decided=NOW,
        )
        deciding.keep(Decided(notifications=(letter,)))
    alerts.begin(1, now=NOW, until=NOW)
    alerts.failed(1, why="PagerDuty refuses what it is sent (401)", next_at=NOW + HOUR, refused=True)

    assert 0 == call("alert", "show", "2")
    told = said(capsys)
    assert "2026-03-03 09:00:00 to be told log, that it began" in told
    assert "pager that it began 1 2026-03-03 13:00 PagerDuty refuses what it is sent (401)" in told
    assert 0 == call("alert", "show", "2", "--output-format", "json")
    document = json.loads(capsys.readouterr().out)
    assert ["PagerDuty refuses what it is sent (401)"] == [one["error"] for one in document["waiting"]]
    call("alert", "list")
    assert "1 message could not be delivered so far, to pager: see `airflow dataops alert show 2`." in said(
        capsys
    )


@BOTH
@pytest.mark.usefixtures("alerts")
def test_incidents_are_listed_and_shown(capsys) -> None:
    """Those that are over, too, as far back as is asked for."""
    assert 0 == call("incident", "list", "--output-format", "json")
    assert [1, 2] == [one["number"] for one in json.loads(capsys.readouterr().out)["incidents"]]
    for words in (
        ("--open",),
        ("--since", "2026-03-03"),
        ("--team", "shop", "--product", "orders", "--open"),
    ):
        assert 0 == call("incident", "list", *words, "--output-format", "json")
        assert [2] == [one["number"] for one in json.loads(capsys.readouterr().out)["incidents"]]
    assert 0 == call("incident", "list", "--team", "shop", "--product", "calm")
    assert "No incident is open" in capsys.readouterr().out

    assert 0 == call("incident", "show", "2")
    told = said(capsys)
    assert "orders 2026-03-02 is bad page ✗ open" in told
    assert "order_id.unique: 40 rows" in told
    assert "2026-03-03 09:00:00 to be told log, that it began" in told
    assert 0 == call("incident", "show", "2", "--output-format", "json")
    assert ["opened", "notified"] == [one["did"] for one in json.loads(capsys.readouterr().out)["timeline"]]


@BOTH
@pytest.mark.usefixtures("alerts")
def test_a_report_is_written_in_the_format_that_its_name_says(tmp_path, capsys) -> None:
    """Markdown where nothing is said; a file that is there stays."""
    assert 0 == call("incident", "report", "1")
    assert capsys.readouterr().out.startswith("# ")
    for name, begins in (("a.html", "<!doctype html>"), ("a.md", "# "), ("a.json", "{")):
        assert 0 == call("incident", "report", "1", "-o", str(tmp_path / name))
        assert f"wrote {tmp_path / name}: the report on incident 1\n" == capsys.readouterr().out
        assert (tmp_path / name).read_text().lower().startswith(begins)
    assert 3 == call("incident", "report", "1", "-o", str(tmp_path / "a.md"))
    assert "the file is there already" in capsys.readouterr().err
    assert 0 == call(
        "incident", "report", "1", "-o", str(tmp_path / "a.md"), "--output-format", "json", "--force"
    )
    assert 1 == json.loads((tmp_path / "a.md").read_text())["number"]


@BOTH
@pytest.mark.usefixtures("alerts")
def test_how_a_team_fared(capsys) -> None:
    """What was repaired took six hours; what was marked is noise."""
    call("alert", "mark", "1", "--not-actionable", "--why", "a holiday")
    capsys.readouterr()
    assert 0 == call("incident", "report", "--team", "shop", "--since", "7d")
    assert (
        """\
Incidents of team shop, found 2026-02-24 12:00 UTC to 2026-03-03 12:00 UTC

incidents            2  1 page, 1 ticket; 1 open
noise             50 %  1 marked as not actionable
time to detect  mean 1 h 30 min, median 1 h 30 min, 9 in 10 within 2 h 0 min, longest 2 h 0 min, of 2
time to repair  mean 6 h 0 min, median 6 h 0 min, 9 in 10 within 6 h 0 min, longest 6 h 0 min, of 1

     2  orders
"""
        == capsys.readouterr().out
    )
    assert 0 == call("incident", "report", "--output-format", "json")
    document = json.loads(capsys.readouterr().out)
    assert ("1/2", 21600.0) == (document["noise"], document["seconds_to_repair"]["mean"])


RULES = """\
route:
  receiver: everybody
  routes: [{matchers: ['severity="page"'], receiver: hook}]
receivers:
  - {name: everybody, notifiers: [{path: nowhere.Notifier}], webhook: [{conn_id: absent}]}
  - {name: hook, webhook: [{conn_id: hook}]}
  - {name: "#shop-data", webhook: [{conn_id: hook}]}
"""


@pytest.fixture
def rules(url, tmp_path, monkeypatch) -> Path:
    """Who is told here."""
    file = tmp_path / "alerts.yaml"
    file.write_text(RULES)
    monkeypatch.setenv("AIRFLOW__DATAOPS__ALERTS_PATH", str(file))
    assert url
    return file


@pytest.fixture
def hook(monkeypatch):
    """Somebody who listens on this machine, and the connection that leads there."""
    with HttpReceiver() as found:
        connection = {"conn_type": "http", "host": found.url, "password": "secret"}
        monkeypatch.setenv("AIRFLOW_CONN_HOOK", json.dumps(connection))
        yield found


@pytest.mark.usefixtures("rules")
def test_a_test_is_sent_and_says_so(hook, alerts, capsys) -> None:
    """Marked as one, with labels that no incident has; nothing is remembered."""
    labels = ("--label", "team=shop", "--label", "product=orders", "--label", "severity=page")
    assert 0 == call("alert", "test-route", *labels, "--send")
    assert "✓ hook, webhook at `hook`: told (delivery " in capsys.readouterr().out
    (one,) = hook.received
    (incident,) = one.json["incidents"]
    assert "[PAGE] TEST of who is told of orders: nothing is wrong" == one.json["subject"]
    assert incident["partition"].startswith("TEST-")
    assert incident["partition"] == incident["labels"]["partition"]
    assert "sent by ann" in incident["what"][0]
    assert () == alerts.waiting()


@pytest.mark.usefixtures("rules", "url")
def test_who_can_not_be_told_says_why(capsys) -> None:
    """A notifier that doesn't import, a connection that isn't there: one line each, exit code 1."""
    assert 1 == call("alert", "test-route", "--label", "team=web", "--send")
    last = capsys.readouterr().out.splitlines()[-2:]
    assert "✗ everybody, notifier nowhere.Notifier: the notifier can't be imported" in last[0]
    assert last[1].startswith("✗ everybody, webhook at `absent`: ")
    assert "connection" in last[1]


@pytest.mark.usefixtures("rules", "alerts")
def test_the_way_is_by_the_products_channels_and_the_silences(capsys) -> None:
    """As incidents go it, here."""
    call("alert", "silence", "product=orders", "--for", "2h", "--why", "x")
    capsys.readouterr()
    labels = ("--label", "team=shop", "--label", "product=orders")
    assert 0 == call("alert", "test-route", *labels)
    out = capsys.readouterr().out
    assert "#shop-data (a support channel of the product's contract): webhook at `hook`\n" in out
    assert "nobody is told at 2026-03-03 12:00 UTC: silence 1 holds until 2026-03-03 14:00 UTC\n" in out
    assert 0 == call("alert", "test-route", *labels, "--at", "2026-03-03T15:00Z")
    assert "at 2026-03-03 15:00 UTC nothing holds it back\n" in capsys.readouterr().out


@pytest.mark.usefixtures("rules", "alerts")
def test_what_the_product_declares_is_filled_in_and_that_is_said(capsys) -> None:
    """As its incidents have it; what is given stays, also as empty."""
    assert 0 == call("alert", "test-route", "--label", "product=orders")
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert 'alertname="DataIncident", dataset="orders", product="orders", team="shop"' == first
    assert "filled in, as the product declares it: dataset, team" == second
    assert any(line.startswith("#shop-data (a support channel") for line in rest)
    given = ("--label", "product=orders", "--label", "team=shop", "--label", "dataset=")
    assert 0 == call("alert", "test-route", *given)
    assert "filled in" not in capsys.readouterr().out
    assert 0 == call("alert", "test-route", "--label", "team=shop", "--output-format", "json")
    assert [] == json.loads(capsys.readouterr().out)["filled"]


@pytest.mark.usefixtures("rules", "alerts")
def test_a_product_that_two_teams_have_fills_in_nothing(url, capsys) -> None:
    """Neither of them is meant more than the other, until the team is said."""
    SqlServiceLevels(url).declare(replace(ORDERS, team="web"))
    assert 0 == call("alert", "test-route", "--label", "product=orders")
    assert "filled in" not in capsys.readouterr().out
    assert 0 == call("alert", "test-route", "--label", "product=orders", "--label", "team=web")
    assert "filled in, as the product declares it: dataset\n" in capsys.readouterr().out


@pytest.mark.usefixtures("rules", "alerts")
def test_a_label_that_no_product_has_is_tried_with_a_warning(capsys) -> None:
    """No incident would have it, however well a route matches."""
    assert 0 == call("alert", "test-route", "--label", "team=shop", "--label", "severity=page")
    assert "" == capsys.readouterr().err
    assert 0 == call("alert", "test-route", "--label", "team=shp", "--label", "product=other")
    assert (
        'warning: no product that is declared has `team="shp"`. Did you mean `shop`?\n'
        'warning: no product that is declared has `product="other"`.\n'
    ) == capsys.readouterr().err


@pytest.mark.usefixtures("alerts")
def test_a_silence_says_who_is_told_all_the_same(url, monkeypatch, tmp_path, capsys) -> None:
    """Alertmanager has silences of its own: who believes that all is quiet is woken up."""
    file = tmp_path / "alerts.yaml"
    file.write_text(
        "route: {receiver: hook, routes: [{matchers: ['severity=\"page\"'], receiver: am}]}\n"
        "receivers:\n"
        "  - {name: hook, webhook: [{conn_id: hook}]}\n"
        "  - {name: am, alertmanager: [{conn_id: am}]}\n"
    )
    monkeypatch.setenv("AIRFLOW__DATAOPS__ALERTS_PATH", str(file))
    assert 0 == call("alert", "silence", "product=orders", "--for", "2h", "--why", "x")
    assert (
        "warning: the receiver `am` has Alertmanager, whose own silences count: silence there, too.\n"
        == capsys.readouterr().err
    )
    assert 1 == len(SqlAlerts(url).silences())


def test_a_broken_file_has_no_way(rules, capsys) -> None:
    """All goes to the log by it: showing another way would be wrong."""
    rules.write_text("route: {receiver: nobody}\n")
    assert 3 == call("alert", "test-route", "--label", "team=shop")
    assert "alerts.yaml:1:19: " in capsys.readouterr().err


@pytest.fixture
def at(url, monkeypatch, capsys):
    """Evaluate at an hour of 3 March, and route; return the exit code. The delivery of a day is due at 6."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    daily = Expectation(schedule="@daily", start=start)
    SqlServiceLevels(url).declare(replace(ORDERS, tier="critical", since=start, expectation=daily))

    def route(hour: float, *words: str) -> int:
        now = datetime(2026, 3, 3, tzinfo=UTC) + hour * HOUR
        monkeypatch.setattr(clocks, "clock", lambda: FrozenClock(now))
        call("slo", "evaluate")
        capsys.readouterr()
        return call("alert", "route", *words)

    return route


@BOTH
def test_cron_routes_as_the_operator_does(url, tmp_path, monkeypatch, hook, at, capsys) -> None:
    """Quiet, then a page that is told once, then well, which has to last, then quiet: 0, 1, 1, 1, 0."""
    (tmp_path / "alerts.yaml").write_text(RULES.replace("receiver: everybody", "receiver: hook"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__ALERTS_PATH", str(tmp_path / "alerts.yaml"))
    assert 0 == at(5)
    assert "0 incidents open, 0 changed; 0 told\n" == capsys.readouterr().out
    assert 1 == at(7)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✗ incident 1, page: orders 2026-03-02 is late")
    assert "1 incident open, 1 changed; 1 told" == lines[-1]
    assert 1 == at(7.5)
    late = datetime(2026, 3, 3, 8, tzinfo=UTC)
    SqlStore(url).record(
        Observation(
            batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-02"),
            sli=Sli.FRESHNESS,
            subject="1",
            end=datetime(2026, 3, 3, tzinfo=UTC),
            good=None,
            total=None,
            value=Fraction(8 * 3600),
            at=late,
        )
    )
    assert 1 == at(8.5)
    assert "late; nothing is wrong since 08:30 UTC\n" in capsys.readouterr().out
    assert 0 == at(8.75)
    assert ["trigger", "resolve"] == [one.json["event"] for one in hook.received]


@pytest.mark.usefixtures("alerts")
def test_cron_hears_of_a_broken_file(rules, capsys) -> None:
    """Exit code 3; all the same, all was told to the log."""
    rules.write_text("route: {receiver: nobody}\n")
    assert 3 == call("alert", "route", "--output-format", "json")
    out, err = capsys.readouterr()
    assert "alerts.yaml:1:19: " in err
    assert {"open", "told", "waiting"} <= json.loads(out).keys()


@BOTH
@pytest.mark.usefixtures("url")
def test_a_pager_hears_at_the_next_round_who_has_it(tmp_path, monkeypatch, hook, at) -> None:
    """By the key that it was triggered by; PagerDuty appends the second trigger, and wakes nobody."""
    rules = "route: {receiver: pager}\nreceivers: [{name: pager, pagerduty: [{conn_id: hook}]}]\n"
    (tmp_path / "alerts.yaml").write_text(rules)
    monkeypatch.setenv("AIRFLOW__DATAOPS__ALERTS_PATH", str(tmp_path / "alerts.yaml"))
    at(5)
    at(7)
    assert 0 == call("alert", "ack", "1")
    at(7.25)
    at(7.5)

    events = [(one.json["event_action"], one.json["dedup_key"]) for one in hook.received]
    key = events[0][1]
    assert ["trigger", "trigger", "acknowledge"] == [action for action, of in events if of == key]


@pytest.mark.usefixtures("url")
def test_the_log_is_no_part_of_what_was_asked_for(at, capsys) -> None:
    """Airflow logs to stdout; what is JSON there stays JSON, and who is told by the log is told on stderr."""
    at(5)
    handler = logging.StreamHandler(sys.stdout)
    logging.getLogger().addHandler(handler)
    try:
        assert 1 == at(7, "--output-format", "json")
    finally:
        logging.getLogger().removeHandler(handler)
    out, err = capsys.readouterr()
    assert 1 == json.loads(out)["open"]
    assert "[PAGE] orders 2026-03-02 is late (incident 1)" in err
