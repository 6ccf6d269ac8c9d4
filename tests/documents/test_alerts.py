"""What stands in alerts.yaml, and what is refused there."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from airflow_dataops.core.alerts.inhibition import Inhibition
from airflow_dataops.core.alerts.interval import Interval
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.route import ALL_LABELS, PRODUCT, Route
from airflow_dataops.core.alerts.rules import ALL_TO_THE_LOG, LOG, USUAL
from airflow_dataops.core.alerts.transport import (
    AlertmanagerTransport,
    NotifierTransport,
    PagerDutyTransport,
    WebhookTransport,
)
from airflow_dataops.documents.alerts.rules import read_alerts
from airflow_dataops.documents.alerts.schema import MODELS, WORDS, alerts_schema
from airflow_dataops.documents.yaml.form import fields_of
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.errors import DocumentError

SCHEMA = Draft202012Validator(alerts_schema())
ROOT = "route: {receiver: log}\n"
EVER = "time_intervals: [{name: x, time_intervals: [{}]}]\n"
ONE = "  - {name: one, webhook: [{conn_id: hook}]}\n"


@pytest.fixture
def alerts(tmp_path, monkeypatch):
    """Write an alerts.yaml into the folder in which the program is started, and return its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> str:
        Path("alerts.yaml").write_text(text)
        return "alerts.yaml"

    return write


def errors(file: str) -> list[str]:
    """Return what is wrong with a file."""
    try:
        read_alerts(file)
    except DocumentError as error:
        return [str(problem).removeprefix("alerts.yaml:") for problem in error.problems]
    return []


def plain(node):
    """Return a node as an editor's reader of YAML would have it."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return json.loads(node.value) if isinstance(node.value, Numeral) else node.value


def test_the_least_that_can_stand_there(alerts):
    """All goes to the log, as where there is no file."""
    rules, warnings = read_alerts(alerts(ROOT))
    assert () == warnings
    assert USUAL == replace(rules, route=replace(rules.route, place=""))


def test_a_tree_of_routes(alerts):
    """What a route doesn't say is its parent's; when people are told, never is."""
    rules, _ = read_alerts(
        alerts(
            "route:\n"
            "  receiver: one\n  group_by: [team]\n  group_wait: 1m30s\n  repeat_interval: 1d\n  routes:\n"
            "    - matchers: ['severity=\"page\"']\n"
            "      mute_time_intervals: [nights]\n      group_interval: 1h\n      continue: true\n"
            "      routes:\n"
            "        [{matchers: ['tier=~\"a|b\"'], receiver: log, group_by: ['...'], group_wait: 0s}]\n"
            "    - {active_time_intervals: [nights], group_by: []}\n"
            f"receivers:\n{ONE}"
            "time_intervals: [{name: nights, time_intervals: [{weekdays: [sunday]}]}]\n"
        )
    )
    of_root = {"receiver": "one", "group_by": ("team",), "group_wait": timedelta(seconds=90)}
    of_root |= {"repeat_interval": timedelta(days=1)}
    inner = Route(
        **of_root | {"receiver": "log", "group_by": (ALL_LABELS,), "group_wait": timedelta(0)},
        matchers=(parsed('tier=~"a|b"'),),
        group_interval=timedelta(hours=1),
        place="alerts.yaml:12:10",
    )
    outer = Route(
        **of_root,
        matchers=(parsed('severity="page"'),),
        group_interval=timedelta(hours=1),
        mute=("nights",),
        go_on=True,
        routes=(inner,),
        place="alerts.yaml:7:7",
    )
    last = Route(**of_root | {"group_by": ()}, active=("nights",), place="alerts.yaml:13:7")
    assert Route(**of_root, routes=(outer, last), place="alerts.yaml:2:3") == rules.route


def test_what_is_not_said_is_usual(alerts):
    """Grouping by pipeline and dataset, and the times of the values themselves."""
    rules, _ = read_alerts(alerts(ROOT))
    assert PRODUCT == rules.route.group_by
    assert ALL_TO_THE_LOG.repeat_interval == rules.route.repeat_interval


def test_receivers(alerts):
    """Each way in which one is told; arguments are JSON, and their numbers are numbers."""
    rules, _ = read_alerts(
        alerts(
            f"{ROOT}receivers:\n"
            "  - name: all\n"
            "    notifiers: [{path: a.b.C, kwargs: {text: '{{ key }}', n: 3, x: 0.5, on: true, l: [1]}}]\n"
            "    alertmanager: [{conn_id: am}]\n    pagerduty: [{conn_id: pd}]\n"
            "    webhook: [{conn_id: wh}]\n"
            "    send_resolved: false\n"
        )
    )
    first, last = rules.receivers
    assert (LOG, False, "all", "alerts.yaml:3:5") == (last, first.send_resolved, first.name, first.place)
    kwargs = '{"l": [1], "n": 3, "on": true, "text": "{{ key }}", "x": 0.5}'
    assert first.transports == (
        NotifierTransport(path="a.b.C", kwargs=kwargs),
        AlertmanagerTransport(conn_id="am"),
        PagerDutyTransport(conn_id="pd"),
        WebhookTransport(conn_id="wh"),
    )


def test_a_log_of_ones_own(alerts):
    """Who lists a receiver of that name means it, and there is no other."""
    rules, _ = read_alerts(alerts(f"{ROOT}receivers:\n{ONE.replace('one', 'log')}"))
    assert [WebhookTransport(conn_id="hook")] == [way for one in rules.receivers for way in one.transports]


def test_inhibitions_and_intervals(alerts):
    """As Alertmanager has them."""
    rules, _ = read_alerts(
        alerts(
            f"{ROOT}inhibit_rules:\n"
            "  - {source_matchers: ['team=\"a\"'], target_matchers: ['team!=\"a\"'], equal: [dataset]}\n"
            "time_intervals:\n  - name: x\n    time_intervals:\n"
            "      - times: [{start_time: 22:00, end_time: 24:00}, {start_time: '00:00', end_time: 06:30}]\n"
            "        weekdays: ['monday:friday', Sunday]\n        days_of_month: ['-3:-1', 1]\n"
            "        months: [1:3, may]\n        years: [2026, 2027:2028]\n        location: Europe/Paris\n"
            "      - {}\n"
        )
    )
    assert rules.inhibitions == (
        Inhibition(
            source=(parsed('team="a"'),),
            target=(parsed('team!="a"'),),
            equal=("dataset",),
            place="alerts.yaml:3:5",
        ),
    )
    assert rules.intervals[0].intervals == (
        Interval(
            times=((1320, 1440), (0, 390)),
            weekdays=((1, 5), (0, 0)),
            days_of_month=((-3, -1), (1, 1)),
            months=((1, 3), (5, 5)),
            years=((2026, 2026), (2027, 2028)),
            location="Europe/Paris",
        ),
        Interval(),
    )


def routes(*below: str) -> str:
    """Return a file with routes below the root."""
    listed = "".join(f"    - {one}\n" for one in below)
    return f"route:\n  receiver: log\n  routes:\n{listed}receivers:\n{ONE}"


def intervals(**entries: str) -> str:
    """Return time intervals of one entry each."""
    listed = (f"{{name: {name}, time_intervals: [{entry}]}}" for name, entry in entries.items())
    return f"time_intervals: [{', '.join(listed)}]\n"


def interval(entry: str) -> str:
    """Return a file with one entry of a time interval."""
    return f"{ROOT}time_intervals: [{{name: x, time_intervals: [{entry}]}}]\n"


def inhibits(*rules: tuple[str, str]) -> str:
    """Return a file with rules of source and target."""
    listed = (f"  - {{source_matchers: ['{one}'], target_matchers: ['{other}']}}\n" for one, other in rules)
    return f"{ROOT}inhibit_rules:\n{''.join(listed)}"


WRONG = {
    "no route": ("receivers: []\n", "1:1: `route` is missing"),
    "another key": (
        f"{ROOT}global: {{}}\n",
        "2:1: the key `global` is not known here. Known here: route, rec",
    ),
    "a typo": (
        f"{ROOT}recievers: []\n",
        "2:1: the key `recievers` is not known here. Did you mean `receivers`?",
    ),
    "old matchers": (
        routes("{match: {team: a}}"),
        "4:8: the key `match` is not known here. Did you mean `match",
    ),
    "root without receiver": ("route: {group_by: [team]}\n", "1:8: the root route has no `receiver`"),
    "root with matchers": (
        "route: {receiver: log, matchers: ['team=\"a\"']}\n",
        "1:24: the root route can't have `m",
    ),
    "root that goes on": (
        "route: {receiver: log, continue: true}\n",
        "1:24: the root route can't have `continue`",
    ),
    "root with intervals": (
        f"route: {{receiver: log, mute_time_intervals: [x]}}\n{EVER}",
        "1:24: the root route can't have `mute_time_intervals`",
    ),
    "an interval that always holds": (
        routes("{matchers: ['team=\"a\"'], mute_time_intervals: [x]}") + EVER,
        "4:7: nobody would ever be told here: the time interval `x` always holds",
    ),
    "intervals that always hold together": (
        routes("{matchers: ['team=\"a\"'], mute_time_intervals: [x, y]}")
        + intervals(x="{weekdays: ['monday:friday']}", y="{weekdays: [sunday, saturday]}"),
        "4:7: nobody would ever be told here: its time intervals leave no time, `x`, `y`",
    ),
    "active when it is muted": (
        routes("{matchers: ['team=\"a\"'], active_time_intervals: [y], mute_time_intervals: [x]}")
        + intervals(x="{months: ['1:6']}", y="{months: [march]}"),
        "4:7: nobody would ever be told here: its time intervals leave no time, `x`, `y`",
    ),
    "a day that never comes": (
        interval("{days_of_month: ['30:31'], months: [february]}"),
        "2:45: this entry of the time interval `x` never comes: there is no such day",
    ),
    "a leap day of another year": (
        interval("{days_of_month: [29], months: [february], years: [2026]}"),
        "2:45: this entry of the time interval `x` never comes: there is no such day",
    ),
    "held back for a year": (
        routes("{group_wait: 1y}"),
        "4:20: `group_wait` is 1y: so long nobody hears of what is new, pages too. Write 1d at most.",
    ),
    "nothing else for a month": (routes("{group_interval: 30d}"), "4:24: `group_interval` is 30d: so long"),
    "never again": (routes("{repeat_interval: 9y}"), "4:25: `repeat_interval` is 9y: so long nobody"),
    "never over": (
        f"{ROOT}keep_firing_for: 2d\n",
        "2:18: `keep_firing_for` is 2d: so long nobody hears that something is over. Write 1d at most.",
    ),
    "unknown receiver": (routes("{receiver: oen}"), "4:18: there is no receiver `oen`. Did you mean `one`?"),
    "unknown interval": (
        routes("{mute_time_intervals: [x]}"),
        "4:30: there is no time interval `x`. There are: no",
    ),
    "a receiver twice": (
        f"{ROOT}receivers:\n{ONE}{ONE}",
        "4:12: the receiver `one` is there already, in line 3",
    ),
    "an interval twice": (
        f"{ROOT}time_intervals:\n" + "  - {name: x, time_intervals: [{}]}\n" * 2,
        "4:12: the time interval `x` is there already, in line 3",
    ),
    "nothing to be told by": (
        f"{ROOT}receivers: [{{name: one}}]\n",
        "2:13: the receiver `one` has nothing by w",
    ),
    "nothing in the list": (
        f"{ROOT}receivers: [{{name: one, webhook: []}}]\n",
        "2:13: the receiver `one` has not",
    ),
    "told twice": (
        f"{ROOT}receivers: [{{name: one, webhook: [{{conn_id: a}}, {{conn_id: a}}]}}]\n",
        "2:13: the receiver `one` would be told twice in the same way",
    ),
    "no such label": (
        routes("{matchers: ['taem=\"a\"']}"),
        "4:19: entry 1 of `matchers` names a label that no inc",
    ),
    "no matcher": (
        routes("{matchers: [team]}"),
        "4:19: entry 1 of `matchers` can't be understood: `team` is no",
    ),
    "a mapping": (
        routes("{matchers: [{team: a}]}"),
        "4:19: entry 1 of `matchers` must be a matcher in quotes, it",
    ),
    "no expression": (
        routes("{matchers: ['team=~\"(\"']}"),
        "4:19: entry 1 of `matchers` can't be understood: th",
    ),
    "look-around": (
        routes("{matchers: ['team=~\"(?=a)\"']}"),
        "4:19: entry 1 of `matchers` can't be understood",
    ),
    "no such severity": (
        routes("{matchers: ['severity=\"critical\"']}"),
        '4:18: no incident can match this: severity="critical". There are: page, ticket.',
    ),
    "against itself": (
        routes("{matchers: ['team=\"a\"', 'team=\"b\"']}"),
        '4:18: no incident can match this: team="a" and team="b".',
    ),
    "against what is above": (
        routes("{matchers: ['team=\"a\"'], routes: [{matchers: ['team=\"b\"']}]}"),
        '4:52: no incident can match this: team="a" and team="b". Routes have the matchers of those above',
    ),
    "after one that takes all": (
        routes("{matchers: ['team=~\"a|b\"']}", "{matchers: ['severity=\"page\"', 'team=\"a\"']}"),
        "5:7: nothing ever comes here: the route in line 4 takes all of it",
    ),
    "after one without matchers": (
        routes("{receiver: one}", "{receiver: log}"),
        "5:7: nothing ever comes here",
    ),
    "labels twice": (routes("{group_by: [team, team]}"), "4:18: `group_by` has team twice"),
    "all labels and others": (
        routes("{group_by: ['...', team]}"),
        "4:18: `group_by` has `...` and other labels",
    ),
    "no such label to group by": (
        routes("{group_by: [teem]}"),
        "4:18: `group_by` names a label that no incident",
    ),
    "no duration": (routes("{group_wait: 5}"), "4:20: `group_wait` must be a duration, it is the number 5"),
    "units in disorder": (routes("{group_wait: 5m1h}"), "4:20: `group_wait` must be a duration"),
    "no time at all": (routes("{repeat_interval: 0s}"), "4:25: `repeat_interval` must be above 0"),
    "too long": (routes("{repeat_interval: 11y}"), "4:25: `repeat_interval` must be at most 10 years"),
    "far too long": (
        routes("{repeat_interval: 999999999y}"),
        "4:25: `repeat_interval` must be at most 10 years",
    ),
    "no import path": (
        f"{ROOT}receivers: [{{name: one, notifiers: [{{path: 'os;x'}}]}}]\n",
        "2:44: `path` must be the import path of a notifier",
    ),
    "no mapping": (
        f"{ROOT}receivers: [{{name: one, notifiers: [{{path: a.b, kwargs: [1]}}]}}]\n",
        "2:57: `kwargs` must be a mapping of arguments, it is a list",
    ),
    "about itself": (inhibits(('team="a"', 'team="a"')), "3:5: this rule inhibits what it is about"),
    "about itself, in other words": (
        inhibits(('severity="page"', 'severity!="ticket"')),
        "3:5: this rule inhibits what it is about",
    ),
    "each other": (
        inhibits(('team="a"', 'team="b"'), ('team="b"', 'team="a"')),
        "3:5: these rules keep each other quiet, so that nobody would be told: line 3 and line 4",
    ),
    "in a ring": (
        inhibits(('team="a"', 'team="b"'), ('team="b"', 'team="c"'), ('team="c"', 'team="a"')),
        "3:5: these rules keep each other quiet, so that nobody would be told: line 3 and line 4 and line 5",
    ),
    "by nothing that is": (
        inhibits(('severity="x"', 'team="b"')),
        "3:5: no incident can match `source_matchers`",
    ),
    "by all": (
        f"{ROOT}inhibit_rules: [{{source_matchers: [], target_matchers: ['team=\"a\"']}}]\n",
        "2:35: `source_matchers` names nothing: it would match every incident",
    ),
    "over midnight": (
        interval("{times: [{start_time: 22:00, end_time: 06:00}]}"),
        "2:54: the time range 22:00 to 06:00 doesn't end after it begins. One that goes over midnight is two",
    ),
    "no time": (
        interval("{times: [{start_time: 7pm, end_time: 24:00}]}"),
        "2:54: `7pm` is no time of the day",
    ),
    "over the weekend": (interval("{weekdays: ['friday:monday']}"), "2:57: entry 1 of `weekdays` can't hold"),
    "no zone": (interval("{location: Europe/Pariss}"), "2:56: `location` can't hold: there is no time zone"),
    "no month": (interval("{months: [13]}"), "2:55: entry 1 of `months` can't hold: `13` is no month"),
    "no entry": (
        f"{ROOT}time_intervals: [{{name: x, time_intervals: []}}]\n",
        "2:44: the time interval `x` has no",
    ),
    "not true": (routes("{continue: yes}"), "4:18: `continue` must be true or false"),
    "nothing": ("", "1:1: the file is empty"),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_refused(alerts, text, expected):
    """Each by its name, where it stands, and once."""
    (found,) = errors(alerts(text))
    assert found.startswith(expected)


UNSAID = {
    *("unknown receiver", "unknown interval", "a receiver twice", "an interval twice", "told twice"),
    *("nothing to be told by", "nothing in the list", "no expression", "look-around", "no such severity"),
    *("against itself", "against what is above", "after one that takes all", "after one without matchers"),
    *("about itself", "about itself, in other words", "each other", "in a ring", "by nothing that is"),
    *("over midnight", "no zone", "no month", "nothing", "not true", "too long", "far too long"),
    *("root without receiver", "root with matchers", "root that goes on", "root with intervals"),
    *("over the weekend", "an interval that always holds", "intervals that always hold together"),
    *("active when it is muted", "a day that never comes", "a leap day of another year", "never over"),
    *("held back for a year", "nothing else for a month", "never again"),
}
"""What a schema can't see: names, values, the order of routes; `yes` is true to many readers of YAML."""


@pytest.mark.parametrize("case", [case for case in WRONG if case not in UNSAID])
def test_the_schema_refuses_it_too(alerts, case):
    """Whoever writes it sees it at once."""
    assert not SCHEMA.is_valid(plain(read(alerts(WRONG[case][0])).root))


def test_all_is_said_at_once(alerts):
    """In the order of the lines."""
    text = routes("{matchers: ['taem=\"a\"']}", "{group_wait: 5}") + "time_intervals: [{name: x}]\nfoo: 1\n"
    assert ["4", "5", "8", "9"] == [found.split(":")[0] for found in errors(alerts(text))]


SECRET = "T0K3N"  # noqa: S105 - planted, to be looked for
SECRETS = [
    f"webhook: [{{url: 'https://hooks.slack.com/services/{SECRET}'}}]",
    f"webhook: [{{conn_id: 'https://user:{SECRET}@example.com'}}]",
    f"webhook: [{{conn_id: 'https://example.com/{SECRET}'}}]",
    f"webhook: [{{conn_id: a, password: {SECRET}}}]",
    f"pagerduty: [{{routing_key: {SECRET}}}]",
    f"notifiers: [{{path: a.b, kwargs: {{smtp_password: {SECRET}}}}}]",
    f"notifiers: [{{path: a.b, kwargs: {{to: {{x: ['https://e.com/?token={SECRET}']}}}}}}]",
    f"notifiers: [{{path: a.b, kwargs: {{headers: {{Authorization: 'Bearer {SECRET}'}}}}}}]",
    f"notifiers: [{{path: a.b, kwargs: {{x: 'xoxb-{SECRET}'}}}}]",
]


@pytest.mark.parametrize("way", SECRETS)
def test_a_secret_is_refused_and_not_shown(alerts, way):
    """Whoever reads the message doesn't learn it."""
    found = errors(alerts(f"{ROOT}receivers:\n  - name: one\n    {way}\n"))
    assert found
    assert all(SECRET not in one for one in found)
    assert any("secret" in one or "connection" in one for one in found)


@pytest.mark.parametrize(
    "kwargs", ["{slack_conn_id: slack}", "{text: 'a token, a key'}", "{url: 'https://a.b/c'}"]
)
def test_what_is_no_secret(alerts, kwargs):
    """Names of connections, words, plain addresses."""
    text = f"{ROOT}receivers: [{{name: one, notifiers: [{{path: a.b, kwargs: {kwargs}}}]}}]\n"
    assert [] == errors(alerts(text))


def test_repeating_more_often_than_is_looked(alerts):
    """A warning, once for the route that says it."""
    text = routes("{matchers: ['team=\"a\"'], repeat_interval: 1m, routes: [{matchers: ['tier=\"a\"']}]}")
    (warning,) = read_alerts(alerts(text))[1]
    assert str(warning).startswith("alerts.yaml:4:7: `repeat_interval` is shorter than `group_interval`")


def test_times_where_alertmanager_is_told(alerts):
    """It has its own: a warning, and none where nothing is said of time."""
    muted = "{matchers: ['team=\"a\"'], receiver: one, mute_time_intervals: [x]}"
    text = routes(muted, "{receiver: one}").replace("webhook", "alertmanager")
    (warning,) = read_alerts(alerts(f"{text}{EVER}"))[1]
    assert str(warning).startswith("alerts.yaml:4:7: time intervals say nothing to Alertmanager")


HUGE = {
    "5 MB": f"{ROOT}#{'x' * 5_000_000}",
    "a bomb": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in ("ab", "bc", "cd", "de", "ef")),
    "a well": "route: {receiver: log" + ", routes: [{matchers: ['team=\"a\"']" * 80 + "}]" * 80 + "}\n",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_file_that_is_too_big(alerts, text):
    """One line, at once."""
    (found,) = errors(alerts(text))
    assert len(found) < 200


def test_thousands_of_routes(alerts):
    """They take no time that anybody would notice."""
    below = [f"{{matchers: ['team=\"t{number}\"', 'severity=\"page\"']}}" for number in range(3000)]
    assert 3000 == len(read_alerts(alerts(routes(*below)))[0].route.routes)


def test_the_schema_knows_every_key():
    """And no other, each with its meaning."""
    assert {f"{name}.{key}" for name, model in MODELS.items() for key in fields_of(model)} == set(WORDS)


def test_the_schema_takes_what_is_read(alerts):
    """All that can stand there."""
    text = (
        routes("{matchers: ['severity=\"page\"'], group_wait: 1h30m, group_by: ['...'], continue: true}")
        + "inhibit_rules:\n"
        + "  - {source_matchers: ['team=\"a\"'], target_matchers: ['team=\"b\"'], equal: [tier]}\n"
        + "time_intervals: [{name: x, time_intervals: [{weekdays: ['Monday:friday'], months: [1, 'may:june'],"
        + " days_of_month: ['-1'], years: [2026], times: [{start_time: '00:00', end_time: '24:00'}]}]}]\n"
    )
    assert [] == errors(alerts(text))
    SCHEMA.validate(plain(read("alerts.yaml").root))


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.sampled_from(["team", "log"])
)
keys = st.sampled_from([*{word.rpartition(".")[2] for word in WORDS}, "x"])
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(keys, anything, max_size=5))
def test_whatever_stands_there_is_read_or_refused(tmp_path_factory, value):
    """Nothing else happens."""
    file = tmp_path_factory.mktemp("alerts") / "alerts.yaml"
    file.write_text(json.dumps(value))
    with contextlib.suppress(DocumentError):
        read_alerts(file)


TEMPLATES = {
    "'{{ text }} {{ product | upper }} {% for c in commands %}{{ loop.index }}{{ c }}{% endfor %}'": "",
    "{a: [{b: '{{ blocks }}'}]}": "",
    "'{% raw %}{{ x }}{% endraw %} {'": "",
    "'{{ txt }}'": "nothing that is told is called `txt`. Did you mean `text`?",
    "[{b: '{{ dag_run }}'}]": "nothing that is told is called `dag_run`. There are: text, subject, html",
    "'{{ text'": "this is no template that can be filled in",
    f"'{{{{ text{'|upper' * 20_000} }}}}'": "this is no template that can be filled in",
}


@pytest.mark.parametrize(("value", "expected"), TEMPLATES.items())
def test_templates_in_arguments(alerts, value, expected):
    """They name what is told; what they say besides isn't shown."""
    way = f"notifiers:\n      - path: a.b\n        kwargs: {{x: {value}}}"
    found = errors(alerts(f"{ROOT}receivers:\n  - name: one\n    {way}\n"))
    assert [True] * bool(expected) == [expected in one and one.startswith("6:") for one in found]
