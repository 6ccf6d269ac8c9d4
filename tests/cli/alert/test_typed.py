"""What people type is understood, or refused by name."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.cli.alert import typed
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.alerts.matcher import Matcher, Operator

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2h", timedelta(hours=2)),
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(days=1.5)),
        ("99999d", timedelta(days=99_999)),
    ],
)
def test_lengths_of_time(text, length):
    """In days, hours and minutes."""
    assert length == typed.length(text, option="--for")


@pytest.mark.parametrize("text", ["", "0h", "2", "-2h", "2H", "2h ", "1h1d", "²h", "1.5h", "999999d", "h"])
def test_what_is_no_length_of_time(text):
    """It is said again, with what would be one."""
    with pytest.raises(
        WrongCallError, match=r"^--for: `.*` is no length of time\. Such as 2h, 90m or 1d12h\.$"
    ):
        typed.length(text, option="--for")


@pytest.mark.parametrize("text", ["0", "-1", "1.0", "7a", "", "\u0661", "9" * 16, " 7"])
def test_what_is_no_number(text):
    """Also where Python would take it for one."""
    with pytest.raises(WrongCallError, match="is no number of an incident"):
        typed.number(text, of="an incident")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "is no instant"),
        ("2026-03-03", "says no time zone"),
        ("2026-03-03T12:00", "says no time zone"),
        ("2026-02-30T12:00Z", "is no instant"),
        ("0001-01-01T00:00+14:00", "is no instant"),
    ],
)
def test_what_is_no_instant(text, why):
    """A zone must be said: who silences over a change of clocks means one."""
    with pytest.raises(WrongCallError, match=f"^--start: `.*` {why}"):
        typed.instant(text, option="--start")


def test_an_instant_is_told_in_utc():
    """Whatever zone it was said with."""
    assert "2026-03-03 21:00 UTC" == f"{typed.instant('2026-03-03T22:00+01:00', option='x'):%F %H:%M %Z}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it says nothing"),
        (" \n\t ", "it says nothing"),
        ("x" * 10_240, "it has 10,240 characters"),
        ("a\x1b[31mred", "character 2 can't be seen"),
        ("a\u202eb", "character 2 can't be seen"),
        ("\x00", "character 1 can't be seen"),
        ("b\udcff", "character 2 can't be seen"),
    ],
)
def test_what_is_no_reason(text, why):
    """The sign itself is not said again."""
    with pytest.raises(WrongCallError, match=f"^--why: {why}") as caught:
        typed.words(text, option="--why")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_a_reason_is_one_line():
    """However it was typed."""
    assert "we migrate, ask ann: ünïcode" == typed.words(" we migrate,\n\task ann: ünïcode ", option="--why")


@given(st.text())
def test_whatever_is_typed_is_one_printable_line_or_refused(text):
    """And never a traceback."""
    try:
        said = typed.words(text, option="--why")
    except WrongCallError as error:
        said = str(error)
    assert [said] == said.splitlines()


def test_who_is_whom_the_system_knows(monkeypatch):
    """Where it knows nobody, as in a container, it has to be said."""
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    assert ("ann", "ben") == (typed.who(None), typed.who("ben"))

    def unknown():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", unknown)
    with pytest.raises(WrongCallError, match=r"nobody knows who you are here\. Say it with --who\."):
        typed.who(None)
    with pytest.raises(WrongCallError, match="--who: it says nothing"):
        typed.who("")


def test_matchers_as_people_type_them():
    """Quotes may be left out."""
    assert (
        Matcher("product", Operator.EQUAL, "orders"),
        Matcher("team", Operator.REGEX, "shop|web"),
    ) == typed.matchers(["product=orders", 'team=~"shop|web"'])


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["orders"], "`orders` is no matcher"),
        (["product=~(("], "pattern"),
        (["prodct=orders"], "no incident has a label `prodct`. Did you mean `product`?"),
        (["severity=high"], 'nothing can match severity="high". There are: page, ticket.'),
        (["team=a", "team=b"], 'nothing can match team="a", team="b"'),
        (['team="a'], "don't close"),
        (["team=\udcff"], "MATCHER: character 6 can't be seen"),
        (["team=\x1b[2J"], "MATCHER: character 6 can't be seen"),
        (["team=" + "x" * 10_240], "MATCHER: it has 10,245 characters"),
    ],
)
def test_matchers_that_can_not_be_meant(texts, why):
    """They would hold back nothing."""
    with pytest.raises(WrongCallError) as caught:
        typed.matchers(texts)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["team"], "`team` is no label"),
        (["tem=shop"], "no incident has a label `tem`. Did you mean `team`?"),
        (["team=a", "team=b"], "the label `team` is there twice"),
        (["severity=high"], "`severity` is never `high`. There are: page, ticket."),
        (["team=a\x1bb"], "character 2 can't be seen"),
    ],
)
def test_labels_that_can_not_be_meant(texts, why):
    """No incident would have them."""
    with pytest.raises(WrongCallError) as caught:
        typed.labels(texts)
    assert why in str(caught.value)


def test_labels_as_people_type_them():
    """That it is an incident goes without saying; an empty one is none."""
    assert {"alertname": "DataIncident", "team": "shop", "slo": "a=b"} == typed.labels(
        ['team="shop"', "slo=a=b", "tier="]
    )


@pytest.mark.parametrize(
    ("text", "why"), [("soon", "is no time"), ("2027-01-01", "is in the future"), ("30", "is no time")]
)
def test_what_is_no_time_to_look_back_to(text, why):
    """With the forms that there are."""
    with pytest.raises(WrongCallError, match=f"^--since: `{text}` {why}\\. Write a date such as"):
        typed.since(text, now=NOW)
