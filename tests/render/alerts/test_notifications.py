"""Notifications, as they are kept in `golden`; set DATAOPS_GOLDEN=1 to write them anew, and look at them."""

from __future__ import annotations

import html as unescape
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Downstream, Left, Message
from airflow_dataops.core.alerts.notification import Event, Notification
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.signal import Broken, Where
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.mail import html
from airflow_dataops.render.alerts.slack import BLOCKS, HEADER, SECTION, blocks
from airflow_dataops.render.alerts.text import WIDTH, subject, text

GOLDEN = Path(__file__).with_name("golden")

BEGAN = datetime(2026, 3, 4, 6, tzinfo=UTC)
FOUND = BEGAN + timedelta(minutes=5)
NOW = BEGAN + timedelta(hours=2, minutes=10)

RUNBOOK = """\
# Orders are late or bad

1. Look at the report: which rule is not kept, and since when?
2. Ask the shop's on-call (#shop-oncall) for a corrected file of 2026-03-03. They export again with

       export_orders --day 2026-03-03

3. Once it is there, clear the run. Don't publish by hand: what reads orders would take half of them for all.
"""

LATE = Message(
    number=12,
    key="dataops-0123456789abcdef",
    where=Where("shop", "orders", "2026-03-03"),
    dataset="orders",
    title="orders 2026-03-03 is late and bad",
    timezone="Europe/Berlin",
    what=(
        "bad: 412 of 40,000 rows (1.03%) break the contract, none may: amount.minimum, status.validValues",
        "late (fresh): no delivery; it was due at 2026-03-04 06:00 UTC",
    ),
    urgency=Urgency.PAGE,
    phase=Phase.OPEN,
    began=BEGAN,
    detected=FOUND,
    left=(
        Left(slo="fresh", remaining=Fraction(-2, 28), burn=Fraction(67, 10)),
        Left(slo="correct", remaining=Fraction(6, 7)),
    ),
    broken=(
        Broken(rule="amount.minimum", failing=400, checked=40_000),
        Broken(rule="status.validValues", failing=12, checked=40_000),
        Broken(rule="orders.rowCount"),
    ),
    quarantine="/srv/airflow/dataops/zones/quarantine/shop/orders/orders/2026-03-03/3fa94c0d11e2.parquet",
    causes=(
        "since 2026-03-03 14:10 UTC the contract is orders@1.3.0, and was orders@1.2.0",
        "run scheduled__2026-03-03T00:00:00+00:00 ended failed at 2026-03-04 05:12 UTC after 3 tries",
    ),
    downstream=(
        Downstream(team="shop", product="revenue", minutes=42, wrong="2026-03-03 is late"),
        Downstream(team="growth", product="churn", minutes=1_070, waits=True),
        Downstream(team="shop", product="dashboard", waits=True),
        Downstream(team="shop", product="by_hand"),
    ),
    owner="orders@example.com",
    contract="orders@1.3.0",
    runbook=Runbook(of="fresh", at="runbooks/orders.md", text=RUNBOOK),
    commands=(
        "airflow dataops report orders",
        "airflow tasks clear orders --start-date 2026-03-03T00:00:00Z --end-date 2026-03-03T00:00:00Z --yes",
    ),
    once="once there is a good file",
    labels=(("alertname", "DataIncident"), ("environment", "prod"), ("product", "orders")),
)
OVER = replace(
    LATE,
    title="orders 2026-03-03: repaired",
    phase=Phase.RESOLVED,
    resolved=NOW,
    downstream=(),
    commands=("airflow dataops incident show 12", "airflow dataops incident report 12"),
    once="",
)
BURNING = Message(
    number=13,
    key="dataops-13",
    where=Where("shop", "orders"),
    title="orders burns its budget too fast",
    what=("burning (right): 6.7 times as fast as it may over 18 hours",),
    urgency=Urgency.TICKET,
    phase=Phase.OPEN,
    began=BEGAN,
    detected=BEGAN,
    left=(
        Left(slo="right", remaining=Fraction(1, 3), burn=Fraction(67, 10)),
        Left(slo="new", remaining=None),
    ),
    runbook=Runbook(at="https://wiki.example/orders"),
    commands=("airflow dataops slo show orders right", "airflow dataops report orders"),
)
EVIL = "<!channel> *x* `rm` _y_ <script>alert(1)</script> & \x1b[2J\u202egnp.\n\nTo: all@example.com"
HOSTILE = replace(
    LATE,
    where=Where(EVIL, EVIL, EVIL),
    title=EVIL,
    what=(EVIL, "```" + EVIL),
    broken=(Broken(rule=EVIL, failing=1, checked=2),),
    causes=(EVIL,),
    downstream=(Downstream(team=EVIL, product=EVIL, wrong=EVIL),),
    left=(Left(slo=EVIL, remaining=Fraction(1, 2)),),
    owner=EVIL,
    contract=EVIL,
    quarantine=EVIL,
    runbook=Runbook(at=EVIL, text=f"{EVIL}\n```{EVIL}"),
    commands=("echo '" + EVIL + "```'", EVIL),
    labels=(("environment", EVIL),),
)
HUGE = replace(
    LATE,
    title="x" * 5_000_000,
    what=tuple(f"line {at} " + "&" * 10_000 for at in range(100)),
    broken=tuple(Broken(rule=f"rule_{at}_" + "<" * 10_000, failing=at, checked=at) for at in range(200)),
    more_broken=20,
    causes=tuple("&" * 50_000 for _ in range(100)),
    downstream=tuple(Downstream(team="t", product="&" * 5_000) for _ in range(50)),
    more_downstream=1_000,
    runbook=Runbook(at="a.md", text="&" * 5_000_000),
    commands=("<" * 50_000, "&" * 50_000),
)


def notification(*messages: Message, event: Event = Event.TRIGGER, **more: object) -> Notification:
    """What a receiver is told of incidents."""
    made = Notification(
        number=1,
        receiver="team",
        group='{}:{product="orders"}',
        key=messages[0].key,
        event=event,
        urgency=messages[0].urgency,
        incidents=tuple(each.number for each in messages),
        messages=messages,
        decided=NOW,
    )
    return replace(made, **more)


GROUP = tuple(
    replace(
        LATE,
        number=20 + at,
        where=Where("shop", f"product_{at}", "2026-03-03"),
        title=f"product_{at} 2026-03-03 is late",
    )
    for at in range(25)
)
NOTIFICATIONS = {
    "page": notification(LATE),
    "update": notification(replace(LATE, phase=Phase.ACKNOWLEDGED), event=Event.UPDATE, attempts=2),
    "resolved": notification(OVER, event=Event.RESOLVE),
    "ticket": notification(BURNING),
    "group": notification(*GROUP),
    "hostile": notification(HOSTILE),
}
FORMATS = {
    "txt": lambda of: f"{subject(of)}\n\n{text(of)}",
    "json": lambda of: json.dumps(blocks(of), ensure_ascii=False, indent=1) + "\n",
    "html": html,
}


@pytest.mark.parametrize("name", NOTIFICATIONS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_notification_is_as_it_was_looked_at(name, form) -> None:
    """As text, as blocks of Slack, as a mail."""
    made = FORMATS[form](NOTIFICATIONS[name])
    golden = GOLDEN / f"{name}.{form}"
    if os.environ.get("DATAOPS_GOLDEN") == "1":
        golden.write_text(made)

    assert golden.read_text() == made


def texts(of: list[dict]) -> list[str]:
    """Every text of blocks."""
    found = [block["text"] for block in of if "text" in block]
    found += [part for block in of for part in block.get("elements", ())]
    return [each["text"] for each in found]


@pytest.mark.parametrize("given", [notification(HUGE), notification(*[HUGE] * 300)], ids=["one", "many"])
def test_a_message_of_megabytes_is_cut(given) -> None:
    """What is left out is counted; each format keeps within what its receiver takes."""
    plain, page, made = text(given), html(given), blocks(given)

    assert len(subject(given)) <= 300
    assert len(plain) < 32_000
    assert "… and 212 more" in plain
    assert "… and 212 more" in page
    assert len(page) < 400_000
    assert len(made) <= BLOCKS
    for block in made:
        if block["type"] == "header":
            assert len(block["text"]["text"]) <= HEADER
        elif block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= SECTION
    assert not [each for each in texts(made) if re.search(r"&(?!(amp|lt|gt);)", each)]


def test_lines_of_text_are_as_wide_as_a_terminal() -> None:
    """But for commands, which are copied, and what a runbook has set itself."""
    lines = [line for line in text(NOTIFICATIONS["page"]).splitlines() if not line.startswith("    ")]

    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize(
    ("phases", "event", "ends"),
    [
        ("o", Event.UPDATE, "(incident 12)"),
        ("oo", Event.UPDATE, "(incident 12), and 1 more incident"),
        ("or", Event.UPDATE, "(incident 12), and 1 more that is over"),
        ("orr", Event.UPDATE, "(incident 12), and 2 more that are over"),
        ("oor", Event.UPDATE, "(incident 12), and 2 more incidents, of which 1 is over"),
        ("ot", Event.UPDATE, "(incident 12), and 1 more that is in hand"),
        ("ottr", Event.UPDATE, "(incident 12), and 3 more incidents, of which 1 is over and 2 are in hand"),
        ("rr", Event.RESOLVE, "(incident 12), and 1 more incident"),
    ],
)
def test_a_subject_says_what_of_a_group_is_over(phases, event, ends) -> None:
    """Of an update that may be all the news there is."""
    each = {"o": LATE, "r": OVER, "t": replace(LATE, phase=Phase.ACKNOWLEDGED)}
    assert subject(notification(*(each[one] for one in phases), event=event)).endswith(ends)


def test_what_somebody_has_in_hand_is_named_in_a_line_and_leads_no_subject() -> None:
    """Where something else is the news."""
    taken = replace(BURNING, phase=Phase.ACKNOWLEDGED)
    of = notification(OVER, taken, event=Event.UPDATE)
    assert subject(of).endswith("orders 2026-03-03: repaired (incident 12), and 1 more that is in hand")
    plain = " ".join(text(of).split())
    assert "Besides - TICKET orders burns its budget too fast (incident 13, for 2 h 10 min, in hand)" in plain
    assert taken.commands[0] not in text(of)
    assert taken.commands[0] in text(notification(taken, event=Event.UPDATE))


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "2026-03-04 06:00 UTC (07:00 in Europe/Berlin), for"),
        ("America/Los_Angeles", "2026-03-04 06:00 UTC (2026-03-03 22:00 in America/Los_Angeles), for"),
        ("Africa/Abidjan", "2026-03-04 06:00 UTC, for"),
        ("", "2026-03-04 06:00 UTC, for"),
        ("No/Where", "2026-03-04 06:00 UTC, for"),
        ("../../etc/passwd", "2026-03-04 06:00 UTC, for"),
    ],
)
def test_since_when_is_said_by_the_clock_of_the_product_too(zone, said) -> None:
    """In UTC first, by which commands go; Slack shows it by each reader's own clock."""
    given = notification(replace(LATE, timezone=zone))

    assert f"wrong since {said}" in " ".join(text(given).split())
    lead = texts(blocks(given))[1]
    assert "2026-03-04 06:00 UTC (<!date^1772604000^{date_short_pretty} {time}, your time|" in lead
    assert " in " not in lead


def test_a_command_in_a_runbook_is_on_one_line_and_items_stand_below_each_other() -> None:
    """Who pastes half of a command into a shell runs something else."""
    command = "`airflow tasks clear orders --start-date 2026-03-03T00:00:00Z --only-failed`"
    asked = "1. Ask the shop for the file of the day, and look whether it is right; then"
    book = f"{asked} {command}\n\n{'a ' * 50}"
    its = replace(LATE, runbook=Runbook(of="fresh", at="a.md", text=book))
    lines = text(notification(its)).splitlines()

    at = lines.index(f"  {asked}")
    assert [f"     {command}", ""] == lines[at + 1 : at + 3]
    assert ["  " + "a " * 38 + "a", "  " + "a " * 10 + "a"] == lines[at + 3 : at + 5]


def test_no_name_commands_a_terminal_or_mentions_a_channel() -> None:
    """Nor does it end a line, so that none is added to a mail's header."""
    of = NOTIFICATIONS["hostile"]
    plain = text(of)

    assert not set("\x1b\u202e\r") & set(plain)
    assert "\n" not in subject(of)
    assert "<!channel>" not in plain + subject(of)
    assert "\nTo: all" not in plain
    for block in blocks(of):
        if block.get("text", {}).get("type") == "mrkdwn":
            inside = block["text"]["text"]
            assert "<!channel>" not in inside
            assert "```" in inside or "*x*" not in inside
            assert inside.count("```") in {0, 2}
            assert block["text"]["verbatim"] is True


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.asked: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        """Note a tag, and what it would load."""
        self.found.add(tag)
        self.asked += [value for name, value in attrs if name in {"src", "href", "background"} and value]


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_a_mail_loads_nothing_and_runs_nothing(name) -> None:
    """Whatever names say."""
    tags = Tags()
    page = html(NOTIFICATIONS[name])
    tags.feed(page)

    assert not tags.asked
    assert not {"script", "img", "link", "iframe", "a"} & tags.found
    assert "url(" not in page


@pytest.mark.parametrize("name", ["page", "ticket", "update"])
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_says_all_that_is_needed(name, form) -> None:
    """What, since when, budget, burn, rules, cause, who reads it, runbook, and the two commands."""
    of = NOTIFICATIONS[name]
    made = unescape.unescape(FORMATS[form](of)).replace("_\u200c", "_")
    flat = " ".join(re.sub(r"\n\s*", " ", made).split())
    (message,) = of.messages

    for word in (
        f"{message.began:%F %H:%M}",
        message.title,
        *message.commands,
        *(broken.rule for broken in message.broken),
        *(each.product for each in message.downstream),
        *(left.slo for left in message.left),
        *message.what,
        message.runbook.at,
        message.owner,
    ):
        assert word in flat, word
    assert "burns 6.7x as fast" in flat
    assert (name != "page") or "runs next in 42 min" in flat


def test_what_is_sent_again_says_so() -> None:
    """Where the receiver has no key to tell it by."""
    assert "may have reached you before" in text(NOTIFICATIONS["update"])
    assert "may have reached you before" not in text(NOTIFICATIONS["page"])
    failed = text(notification(LATE, attempts=2, error="no connection"))
    assert "may have reached you before" not in failed
    assert "This is attempt 2: the one before it failed" in failed


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_told_in_every_format(one, other) -> None:
    """Nothing that a name may hold keeps a message from being made, or breaks out of it."""
    of = notification(replace(HOSTILE, title=one, what=(other,), commands=(one, other), owner=other))

    assert text(of)
    assert "<script" not in html(of)
    for block in blocks(of):
        if block.get("text", {}).get("type") == "mrkdwn":
            said = re.sub(r"<!date\^\d+\^[^<>|]+\|[^<>|]+>", "", block["text"]["text"])
            assert not re.search(r"<|&(?!(amp|lt|gt);)", said.replace("\n> ", ""))
            assert len(block["text"]["text"]) <= SECTION
