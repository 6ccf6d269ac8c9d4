from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.written import FormatError, translation

FORMATS: dict[str, tuple[str, str, str]] = {
    "yyyy-MM-dd": ("date", "2026-03-01", "2026-03-01"),
    "dd.MM.yyyy": ("date", "01.03.2026", "2026-03-01"),
    "M/d/uuuu": ("date", "3/01/2026", "2026-03-01"),
    "yyyyMMdd": ("date", "20260301", "2026-03-01"),
    "dd 'of' MM, yyyy": ("date", "01 of 03, 2026", "2026-03-01"),
    "yyyy-MM-dd HH:mm:ss": ("timestamp", "2026-03-01 09:05:07", "2026-03-01T09:05:07"),
    "d.M.yyyy H:mm": ("timestamp", "31.1.2026 9:05", "2026-01-31T09:05"),
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX": ("timestamp", "2026-03-01T09:05:07.120Z", "2026-03-01T09:05:07.120Z"),
    "yyyyMMddHHmmssSSSZ": ("timestamp", "20260301090507120+0530", "2026-03-01T09:05:07.120+0530"),
    "HH:mm:ss": ("time", "09:05:07", "09:05:07"),
    "H'h'm": ("time", "9h5", "09:05"),
}
"""Format -> its type, a text, and the same in ISO 8601."""


@pytest.mark.parametrize("form", FORMATS)
def test_translation_makes_iso_8601_of_a_text(form):
    """A text of the format becomes the one in ISO 8601 that says the same, and no other text is one."""
    logical, text, iso = FORMATS[form]
    assert iso == translation(form, logical).iso(text)
    for other in (f"{text} ", f"{text}\n", f"00{text}", "", f"x{text}", text[:-1] + "x"):
        assert translation(form, logical).iso(other) is None


REFUSED = {
    ("", "date"): "it lacks the year",
    ("yyyy-MM", "date"): "it lacks the day",
    ("yy-MM-dd", "date"): "`yy` is not read",
    ("MMM d, yyyy", "date"): "`MMM` is not read",
    ("yyyy-MM-dd HH:mm", "date"): "a date has no hour",
    ("yyyy-MM-dd", "timestamp"): "it lacks the hour",
    ("yyyy-MM-dd hh:mm a", "timestamp"): "`hh` is not read",
    ("yyyy-MM-dd HH:mm.SSS", "timestamp"): "it lacks the second",
    ("yyyy-MM-dd HH:mm VV", "timestamp"): "`VV` is not read",
    ("HH:mm XXX", "time"): "a time has no offset",
    ("dMyyyy", "date"): "where `d` ends and `M` starts can't be told",
    ("HH:mm:sSSS", "time"): "where `s` ends and `SSS` starts can't be told",
    ("yyyy-MM-dd dd", "date"): "it has the day twice",
    ("yyyy-MM-dd[ HH:mm]", "date"): "`[` is not read",
    ("yyyy-MM-dd'", "date"): "`'` is not read",
    ("yyyy年MM-dd", "date"): "`年` is not read",
}
"""(format, type) -> why it is refused."""


@pytest.mark.parametrize(("form", "logical"), REFUSED)
def test_translation_refuses_what_would_have_to_be_guessed(form, logical):
    """A format that is incomplete, ambiguous, of one country or another type is refused with its reason."""
    with pytest.raises(FormatError) as refusal:
        translation(form, logical)
    assert REFUSED[form, logical] == str(refusal.value)


@given(st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 - these formats have no zone
def test_translation_reads_every_moment(moment):
    """Whatever the moment, its text in a format comes to its text in ISO 8601."""
    padded = translation("dd.MM.yyyy HH:mm:ss.SSSSSS", "timestamp")
    assert moment.isoformat(timespec="microseconds") == padded.iso(f"{moment:%d.%m.%Y %H:%M:%S.%f}")
    short = translation("d/M/yyyy H:m:s", "timestamp")
    text = f"{moment.day}/{moment.month}/{moment.year} {moment.hour}:{moment.minute}:{moment.second}"
    assert moment.isoformat(timespec="seconds") == short.iso(text)
    assert date.isoformat(moment) == translation("yyyyMMdd", "date").iso(f"{moment:%Y%m%d}")
