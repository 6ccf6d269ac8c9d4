"""What Alertmanager does, case by case, held against ours."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from airflow_dataops.core.alerts.automaton import compiled
from airflow_dataops.core.alerts.fingerprint import fingerprint, signature
from airflow_dataops.core.alerts.inhibition import Inhibition, inhibited
from airflow_dataops.core.alerts.interval import Interval, NamedInterval, holds
from airflow_dataops.core.alerts.interval_words import days_of_month, months, times, weekdays, years
from airflow_dataops.core.alerts.matcher import Matcher, Operator, matches, parsed
from airflow_dataops.core.alerts.mute import muted_by
from airflow_dataops.core.alerts.notification import Logged
from airflow_dataops.core.alerts.repeat import effective, needs_update
from airflow_dataops.core.alerts.route import ALL_LABELS, Route, group_key, group_labels, matching
from airflow_dataops.core.alerts.said_route import SaidRoute, resolved
from airflow_dataops.core.alerts.silence import Silence, narrow, state_of
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
THEIRS = Route(
    receiver="",
    group_by=(),
    group_wait=timedelta(seconds=30),
    group_interval=timedelta(minutes=5),
    repeat_interval=timedelta(hours=4),
)
"""Alertmanager's own defaults."""


def test_the_fingerprint_is_that_of_prometheus(vectors) -> None:
    """Byte for byte, of all labels and of some."""
    file = vectors("fingerprint")
    for case in file["cases"]:
        assert int(case["uint64"]) == fingerprint(case["labels"])
        assert case["hex"] == f"{fingerprint(case['labels']):016x}"
    for case in file["signature_for_labels"]:
        assert int(case["uint64"]) == signature(case["labels"], case["names"])


def test_matchers_match_what_those_of_alertmanager_do(vectors) -> None:
    """All of a value must match, and a dot is no newline."""
    for case in vectors("matchers")["cases"]:
        matcher = Matcher("a", Operator(case["type"]), case["pattern"])

        assert case["match"] is matches(matcher, {"a": case["value"]}), case
        assert matcher == parsed(str(matcher))


def test_a_silence_must_ask_for_something(vectors) -> None:
    """One matcher at least must not match what has no labels."""
    for case in vectors("silences")["validity"]:
        assert case["ok"] is narrow([parsed(text) for text in case["matchers"]]), case


def test_a_silence_holds_from_its_start_to_its_end(vectors) -> None:
    """Both belong to it."""
    for case in vectors("silences")["state"]:
        start, end, at = (NOW + timedelta(seconds=case[name]) for name in ("start", "end", "now"))
        silence = Silence(matchers=(), start=start, end=end, who="me", why="so")

        assert case["state"] == state_of(silence, at), case


def interval(said: dict[str, Any]) -> NamedInterval:
    """An interval, as the vectors write it."""
    entry = Interval(
        times=tuple(times(*text.split("-")) for text in said.get("times", ())),
        weekdays=tuple(weekdays(text) for text in said.get("weekdays", ())),
        # A file can't have it: the struct of Alertmanager's own test can.
        days_of_month=tuple(
            (-31, 31) if text == "-31:31" else days_of_month(text) for text in said.get("days_of_month", ())
        ),
        months=tuple(months(text) for text in said.get("months", ())),
        years=tuple(years(text) for text in said.get("years", ())),
        location=said.get("location", "UTC"),
    )
    return NamedInterval(name="it", intervals=(entry,))


def test_intervals_hold_when_those_of_alertmanager_do(vectors) -> None:
    """Over months of all lengths, zones and changes of the clock."""
    seen = 0
    for case in vectors("maintenance_windows")["cases"]:
        named = interval(case["interval"])
        for name, expected in (("contains", True), ("excludes", False)):
            for text in case[name]:
                at = datetime.strptime(text, "%d %b %y %H:%M %z")
                assert expected is holds(named, at), (case, text)
                seen += 1
    assert seen > 50


def test_words_of_intervals_say_what_they_say_in_alertmanager(vectors) -> None:
    """What it refuses is refused, and no more."""
    file = vectors("maintenance_windows")
    for start, end, expected in file["time_ranges"]:
        if expected != "error":
            assert tuple(expected) == times(start, end)
            continue
        with pytest.raises(SettingsError):
            times(start, end or "")
    for text in file["invalid"]["weekdays"]:
        with pytest.raises(SettingsError):
            weekdays(text)
    for text in file["invalid"]["days_of_month"]:
        with pytest.raises(SettingsError):
            days_of_month(text)
    assert [(1, -1)] == [days_of_month(text) for text in file["valid"]["days_of_month"]]
    assert [(1, 12)] == [months(text) for text in file["valid"]["months"]]


def test_routes_are_muted_by_the_intervals_that_hold(vectors) -> None:
    """All of those that do are named."""
    sydney = {"location": "Australia/Sydney"}
    evenings = replace(interval({"times": ["00:00-09:00", "17:00-24:00"], **sydney}), name="evenings")
    weekends = replace(interval({"weekdays": ["saturday", "sunday"], **sydney}), name="weekends")
    route = replace(THEIRS, mute=("evenings", "weekends"))
    for case in vectors("maintenance_windows")["muted_by"]:
        text, _, zone = case["now"].partition(" ")
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=ZoneInfo(zone)) if zone else at

        assert tuple(case["by"]) == muted_by(route, (evenings, weekends), at), case


def is_inhibited(target: dict[str, str], active: list[dict[str, str]], rules: list[Inhibition]) -> bool:
    """Whether by some rule something active keeps a target quiet."""
    among = {"target": target, **{str(number): labels for number, labels in enumerate(active)}}
    return any(quiet == "target" for rule in rules for _, quiet in inhibited(rule, among))


def sources(case: dict[str, Any]) -> list[dict[str, str]]:
    """The labels of what is open."""
    return [source["labels"] for source in case["sources"] if source["active"]]


def test_equal_labels_inhibit_as_in_alertmanager(vectors) -> None:
    """A label that both don't have is equal; what is over inhibits nothing."""
    for case in vectors("inhibition")["has_equal"]:
        rule = Inhibition(source=(), target=(), equal=tuple(case["equal"]))
        # Without matchers, both sides match both: the rule is asked for its equal labels alone.
        rule = replace(rule, target=(parsed('a=~".*"'),), source=(parsed('target!="yes"'),))
        target = {**case["target"], "target": "yes"}

        assert case["muted"] is is_inhibited(target, sources(case), [rule]), case


def test_sets_of_rules_inhibit_as_in_alertmanager(vectors) -> None:
    """Nothing inhibits itself, nor what is as it is."""
    seen = 0
    for case in vectors("inhibition")["rule_sets"]:
        rules = [
            Inhibition(
                source=(parsed(rule["source"]),), target=(parsed(rule["target"]),), equal=tuple(rule["equal"])
            )
            for rule in case["rules"]
        ]
        for target, expected in case["cases"]:
            assert expected is is_inhibited(target, case["active_sources"], rules), (case, target)
            seen += 1
    assert 16 == seen


def theirs(**labels: str) -> tuple[Matcher, ...]:
    """What `match` says."""
    return tuple(Matcher(name, Operator.EQUAL, value) for name, value in labels.items())


def patterns(**labels: str) -> tuple[Matcher, ...]:
    """What `match_re` says, as Alertmanager keeps it."""
    return tuple(Matcher(name, Operator.REGEX, f"^(?:{value})$") for name, value in labels.items())


MINUTE = timedelta(minutes=1)
TREE = SaidRoute(
    receiver="notify-def",
    routes=(
        SaidRoute(
            matchers=theirs(owner="team-A"),
            receiver="notify-A",
            routes=(
                SaidRoute(matchers=theirs(env="testing"), receiver="notify-testing", group_by=(ALL_LABELS,)),
                SaidRoute(
                    matchers=theirs(env="production"),
                    receiver="notify-productionA",
                    group_wait=MINUTE,
                    go_on=True,
                ),
                SaidRoute(
                    matchers=patterns(env="produ.*", job=".*"),
                    receiver="notify-productionB",
                    group_wait=timedelta(seconds=30),
                    group_interval=5 * MINUTE,
                    repeat_interval=60 * MINUTE,
                    group_by=("job",),
                ),
            ),
        ),
        SaidRoute(
            matchers=patterns(owner="team-(B|C)"),
            group_by=("foo", "bar"),
            group_wait=2 * MINUTE,
            receiver="notify-BC",
        ),
        SaidRoute(
            matchers=theirs(group_by="role"),
            group_by=("role",),
            routes=(
                SaidRoute(
                    matchers=theirs(env="testing"),
                    receiver="notify-testing",
                    routes=(SaidRoute(matchers=theirs(wait="long"), group_wait=2 * MINUTE),),
                ),
            ),
        ),
    ),
)
"""`route_tree_yaml` of the vectors."""


def test_the_tree_of_routes_is_walked_as_alertmanager_walks_it(vectors) -> None:
    """Depth first, on where it says so, with what each has of its parents, and by the same keys."""
    root = resolved(TREE, THEIRS)
    for case in vectors("grouping_routing")["cases"]:
        ours = matching(root, case["labels"])

        assert [route["receiver"] for route in case["routes"]] == [node.route.receiver for node in ours], case
        for route, node in zip(case["routes"], ours, strict=True):
            by = [ALL_LABELS] if route["group_by"] == "..." else route["group_by"]
            assert by == sorted(node.route.group_by)
            assert route["key"] == node.key
            for name in ("group_wait", "group_interval", "repeat_interval"):
                if f"{name}_s" in route:
                    assert timedelta(seconds=route[f"{name}_s"]) == getattr(node.route, name)


def test_a_group_by_all_labels_is_inherited_as_in_alertmanager(vectors) -> None:
    """Unless the child says otherwise."""
    file = vectors("grouping_routing")["inherit_group_by_all"]
    parent = resolved(
        SaidRoute(group_by=(ALL_LABELS,), routes=(SaidRoute(), SaidRoute(group_by=("foo",)))), THEIRS
    )
    without, with_foo = (ALL_LABELS in child.group_by for child in parent.routes)
    assert file["child_without_group_by"] is without
    assert file["child_with_group_by_foo"] is with_foo


def test_the_key_of_a_group_is_that_of_alertmanager(vectors) -> None:
    """Byte for byte, so that its hash is too."""
    example = vectors("grouping_routing")["key_hash_example"]
    root = resolved(TREE, THEIRS)
    (node,) = matching(root, {"owner": "team-A"})
    labels = {"alertname": "X", "env": "prod", "owner": ""}
    key = group_key(node.key, group_labels(replace(node.route, group_by=(ALL_LABELS,)), labels))

    assert example["group_key"] == key
    assert example["sha256"] == hashlib.sha256(key.encode()).hexdigest()


def test_a_group_has_the_labels_that_its_route_names(vectors) -> None:
    """One that is missing is left out; no names at all are one group."""
    assert any("missing labels are simply absent" in rule for rule in vectors("grouping_routing")["rules"])
    assert {"a": "1"} == group_labels(replace(THEIRS, group_by=("a", "b")), {"a": "1", "c": "3"})
    assert {} == group_labels(THEIRS, {"a": "1"})
    assert '{}:{a="1", b="2"}' == group_key("{}", {"b": "2", "a": "1"})


def test_times_that_nobody_sets_are_those_of_alertmanager(vectors) -> None:
    """But that a new group doesn't wait: an evaluation has found all that is wrong at once."""
    file = vectors("grouping_routing")["defaults"]
    assert timedelta(seconds=file["group_interval_s"]) == Route(receiver="").group_interval
    assert timedelta(seconds=file["repeat_interval_s"]) == Route(receiver="").repeat_interval


def test_what_goes_on_is_told_again_after_whole_intervals() -> None:
    """Groups are looked at once an interval."""
    assert 240 * MINUTE == effective(240 * MINUTE, 5 * MINUTE)
    assert 15 * MINUTE == effective(11 * MINUTE, 5 * MINUTE)
    assert 11 * MINUTE == effective(11 * MINUTE, timedelta(0))


def log(entry: dict[str, Any] | None) -> Logged | None:
    """A log of notifications, as the vectors write it."""
    if entry is None:
        return None
    age = entry["age_s"]
    at = datetime(1970, 1, 1, tzinfo=UTC) if age == "epoch" else NOW - timedelta(seconds=age or 0)
    return Logged(
        group="{}:{}",
        receiver="r",
        key="k",
        firing=frozenset(entry.get("firing", ())),
        resolved=frozenset(entry.get("resolved", ())),
        urgency=Urgency.TICKET,
        at=at,
    )


def test_receivers_are_told_when_alertmanager_tells_them(vectors) -> None:
    """All eleven ways."""
    cases = vectors("dedup_needs_update")["cases"]
    for case in cases:
        assert case["notify"] is needs_update(
            log(case["entry"]),
            firing=frozenset(case["firing"]),
            resolved=frozenset(case["resolved"]),
            repeat_interval=timedelta(seconds=case["repeat_s"]),
            send_resolved=case["send_resolved"],
            now=NOW,
        ), case
    assert 11 == len(cases)


def test_patterns_are_compiled_once() -> None:
    """The same states come back."""
    assert compiled("a+b") is compiled("a+b")
