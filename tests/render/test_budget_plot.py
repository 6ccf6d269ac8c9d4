"""The picture of a budget, as it is kept in `slo`; set DATAOPS_GOLDEN=1 to write it anew, and look."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.levels.budget_plot import Told, budget_svg

GOLDEN = Path(__file__).with_name("slo")
START = datetime(2026, 7, 3, 6, tzinfo=UTC)


def points(*shares: str | None, apart: float = 9) -> list[tuple[datetime, Fraction | None]]:
    """Return shares, some days apart."""
    return [
        (START + timedelta(days=apart * at), None if share is None else Fraction(share))
        for at, share in enumerate(shares)
    ]


def told(urgency: Urgency, since: int, until: int | None = None) -> Told:
    """Return an alert, by days."""
    end = None if until is None else START + timedelta(days=until)
    return Told(urgency, START + timedelta(days=since), end)


LONG = points("1", "0.9", "0.65", "0.35", "0.05", "-0.3", "0.2", "0.5", "0.4", "1")
PLOTS = {
    "budget": (LONG, (told(Urgency.TICKET, 20, 25), told(Urgency.PAGE, 36, 45))),
    "budget_gap": (points("1", "0.5", None, None, "0.75", "0.75"), ()),
    "budget_overdrawn": (points("1", "-3", "-12", "-2"), (told(Urgency.PAGE, 9),)),
    "budget_none": (points(None), ()),
    "budget_short": (points("1", "1/3", apart=0.1), ()),
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_picture_is_as_it_was_looked_at(name) -> None:
    """It stays in the picture, whatever the shares are."""
    shares, alerts = PLOTS[name]
    made = budget_svg(shares, title="orders / fresh <99 %>", told=alerts)
    golden = GOLDEN / f"{name}.svg"
    if os.environ.get("DATAOPS_GOLDEN") == "1":
        golden.write_text(made)

    assert golden.read_text() == made
    assert ET.fromstring(made).tag.endswith("svg")  # noqa: S314 - we wrote it


@pytest.mark.parametrize(
    "title",
    ["<b>", "]]></title><script>alert(1)</script>", "\x1b[31m\0", "\ufffe\ud800", "\u202e{{", "&amp;" * 99],
)
def test_a_title_is_no_markup(title) -> None:
    """Names are written by people; a picture is one, and as wide, whatever they are."""
    made = budget_svg(LONG, title=title).encode()
    plain = budget_svg(LONG, title="plain")

    picture = ET.fromstring(made)  # noqa: S314 - we wrote it
    assert [one.tag for one in ET.fromstring(plain).iter()] == [one.tag for one in picture.iter()]  # noqa: S314
    assert len(picture[0].text) == len(title)
    assert len(next(one.text for one in picture.iter() if one.get("class") == "title")) <= 68
