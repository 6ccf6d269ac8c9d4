"""What a text is in a type of the contract: the same in MariaDB as in DuckDB."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import mysql.connector
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.engines.sql.mariadb.failures import GAVE_UP
from airflow_dataops.engines.sql.mariadb.reading import MARIADB
from airflow_dataops.engines.sql.mariadb.zone import BEFORE, START, offsets

INTEGERS = (
    *(
        "0",
        "-0",
        "+0",
        "7",
        "-7",
        "+7",
        "007",
        "12abc",
        "abc",
        "",
        " 1",
        "1 ",
        "1\n",
        "\n1",
        "1\0",
        "１",  # noqa: RUF001
        "٣",
    ),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *("99999999999999999999", "1" + "0" * 70, "0" * 70 + "5", "1e3", "1.0", "1.", "0x10", "+-1", "--1", "+"),
    *("18446744073709551615", "18446744073709551616", "-", "1_000", "1,000", "0" * 300_000 + "8"),
)
NUMBERS = (
    *INTEGERS[:-1],
    *(".5", "5.", "-.5", ".", "1e400", "-1e400", "1e-400", "0e999999999999999999999", "1e308", "1.8e308"),
    *(
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "-1.7976931348623157E+308",
    ),
    *(
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e99999999999999999999",
        "0.0",
        "-0.0",
    ),
    *(
        "1e-99999999999999999999",
        "9007199254740992",
        "9007199254740993",
        "9007199254740994",
        "1.0e22",
        "1e22x",
    ),
    *("9007199254740993.0", "9007199254740993.5", "-9007199254740993", "NaN", "inf", "Infinity", "nan"),
    *("1" + "0" * at for at in (22, 23, 30, 64, 65, 66, 100, 308, 309)),
    *(str(2**at) for at in (53, 54, 64, 100, 200, 215)),
    *(str(2**at + 1) for at in (53, 54, 64, 100, 200, 215, 300, 1000)),
    *(
        str(2**1024 - 2**970),
        str(2**1024 - 2**970 - 1),
        "0." + "0" * 400 + "1e401",
        "1" + "0" * 400 + "e-400",
    ),
    *(
        "123456789012345678901234567890e-10",
        "0.1",
        "1.15",
        "4.35",
        "179769313486231570" + "0" * 291,
        "0" * 400,
    ),
)
DECIMALS = (
    *INTEGERS,
    *(
        "1.5",
        "1.25",
        "1.256",
        "1.250000",
        "99999999.99",
        "100000000",
        "100000000.00",
        "-99999999.99",
        ".5",
        "5.",
    ),
    *(
        ".",
        "-.05",
        "+.05",
        "0.001",
        "0.000",
        "1.2.3",
        "1e1",
        "000000000000001.50",
        "1.5" + "0" * 100,
        "NaN",
        "1.5x",
    ),
    *(
        "9" * 38,
        "9" * 39,
        "-" + "9" * 38,
        "9" * 36 + ".99",
        "9" * 28 + "." + "9" * 10,
        "9" * 8 + ".994",
        "." + "9" * 38,
    ),
)
BOOLEANS = (
    "true",
    "TRUE",
    "False",
    "fAlSe",
    "1",
    "0",
    "yes",
    "t",
    "",
    " true",
    "true\n",
    "01",
    "1.0",
    "trüe",
    "faLſe",  # noqa: RUF001
)
DATES = (
    *(
        "2026-01-10",
        "2026-02-29",
        "2024-02-29",
        "1900-02-29",
        "2000-02-29",
        "0001-01-01",
        "0000-01-01",
        "9999-12-31",
    ),
    *(
        "2026-00-10",
        "2026-01-00",
        "0000-00-00",
        "2026-13-01",
        "2026-04-31",
        "2026-1-1",
        "20260110",
        "2026-01-10 ",
        "",
    ),
    *(
        "2026-01-10\n",
        "10000-01-01",
        "2026-01-10T00:00",
        "26-01-10",
        "2026/01/10",
        "2026-01-10x",
        "1582-10-10",
    ),
)
STAMPS = (
    *DATES,
    *("2026-01-10T10:00", "2026-01-10 10:00:00", "2026-01-10T10:00:00.123456", "2026-01-10T10:00:00.1234567"),
    *(
        "2026-01-10T10:00:00.1234560000",
        "2026-01-10T10:00:00Z",
        "2026-01-10T10:00:00+02:00",
        "2026-01-10T10:00-0530",
    ),
    *(
        "2026-01-10T10:00:00+14",
        "2026-01-10T10:00:00+14:00",
        "2026-01-10T10:00:00+14:30",
        "2026-01-10T10:00:00+15",
    ),
    *(
        "2026-01-10T24:00",
        "2026-01-10T23:59:60",
        "2026-01-10T10:00:00.",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:59-01",
    ),
    *(
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "0001-01-01T05:30+05:30",
        "2026-01-10T10:00:00 Z",
    ),
    *(
        "2024-02-29T23:30:00.5-03:00",
        "2026-02-29T10:00",
        "2026-01-10t10:00",
        "2026-01-10T10:00:00z",
        "1969-12-31T23:59",
    ),
    *(
        "2026-03-29T01:59:59",
        "2026-03-29T02:00:00",
        "2026-03-29T02:30",
        "2026-03-29T03:00",
        "2026-10-25T02:30",
    ),
    *(
        "2026-10-25T02:59:59.999999",
        "2026-10-25T03:00",
        "1890-01-01T00:00",
        "1893-04-01T00:00",
        "1945-05-24T02:30",
    ),
    *(
        "2037-10-25T02:30",
        "2500-03-28T02:30",
        "2500-07-01T12:00",
        "9999-07-01T12:00",
        "1800-01-01T00:00",
        "2099-12-31T23:59",
    ),
    *(
        "2100-01-01T00:00",
        "2100-07-01T00:00",
        "2499-12-31T23:59",
        "2026-07-01T00:00+02:00",
        "9999-12-31T23:30",
    ),
)
TIMES = (
    *(
        "10:00",
        "10:00:00",
        "23:59:59.999999",
        "24:00",
        "00:00",
        "10:00:00.1234567",
        "10:00:00.12345600",
        "-10:00",
    ),
    *(
        "838:59:59",
        "10:60",
        "10",
        "1000",
        "10:00Z",
        "10:00\n",
        "",
        "1:00",
        "10:00:60",
        "10:00:00.",
        "10:00:00.5",
    ),
)

L = LogicalType
TABLE: dict[str, tuple[ColumnType, tuple[str, ...]]] = {
    "integer": (ColumnType(L.INTEGER), INTEGERS),
    "integer(3)": (ColumnType(L.INTEGER, precision=3, scale=0), (*INTEGERS, "999", "1000", "0999")),
    "number": (ColumnType(L.NUMBER), NUMBERS),
    **{
        f"number({p},{s})": (ColumnType(L.NUMBER, precision=p, scale=s), DECIMALS)
        for p, s in ((10, 2), (38, 0), (38, 2), (38, 10), (38, 38), (1, 1), (18, 18))
    },
    "boolean": (ColumnType(L.BOOLEAN), BOOLEANS),
    "date": (ColumnType(L.DATE), STAMPS),
    "timestamp": (ColumnType(L.TIMESTAMP), STAMPS),
    "timestamp with offset": (ColumnType(L.TIMESTAMP, written=Written(offset=True)), STAMPS),
    "timestamp without offset": (ColumnType(L.TIMESTAMP, written=Written(offset=False)), STAMPS),
    **{
        f"timestamp of {zone}": (ColumnType(L.TIMESTAMP, written=Written(zone=zone)), STAMPS)
        for zone in (
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "UTC",
            "Australia/Lord_Howe",
            "Etc/GMT+5",
        )
    },
    "time": (ColumnType(L.TIME), TIMES),
    "string": (ColumnType(L.STRING), (*STAMPS, "a ", "A", "á", "a\u0301", "😀", "\0", "\\", "'")),
    "date in a format": (
        ColumnType(L.DATE, written=Written(format="d.M.yyyy")),
        (
            "1.2.2026",
            "01.02.2026",
            "31.2.2026",
            "1.2.26",
            "1.2.2026 ",
            "2026-02-01",
            "1-2-2026",
            "29.2.2024",
            "1.13.2026",
            "1.2.2026\n",
            "0.1.2026",
            "1.1.0000",
        ),
    ),
    "timestamp in a format": (
        ColumnType(L.TIMESTAMP, written=Written(format="dd/MM/yyyy H:mm:ss.SSS XXX", offset=True)),
        (
            "01/02/2026 9:05:01.123 +02:00",
            "01/02/2026 09:05:01.123 Z",
            "01/02/2026 9:05:01.123",
            "31/04/2026 9:05:01.123 Z",
            "01/02/2026 24:05:01.123 Z",
            "01/02/2026 9:05:01.123 -13:30",
        ),
    ),
    "local timestamp in a format": (
        ColumnType(
            L.TIMESTAMP, written=Written(format="yyyyMMdd HHmmss", zone="Europe/Berlin", offset=False)
        ),
        ("20260329 023000", "20260329 033000", "20260701 000000", "20261301 000000", "20260701T000000"),
    ),
    "time in a format": (
        ColumnType(L.TIME, written=Written(format="H'h'mm")),
        ("9h05", "09h05", "24h00", "9h5", "23h59"),
    ),
}


def plain(value: Any) -> Any:
    """Return a value as one that both drivers have."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, time):
        return timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    return value


@pytest.mark.parametrize("name", TABLE)
def test_a_text_has_the_same_value(name: str, both) -> None:
    """Value by value, and none where there is none."""
    column_type, texts = TABLE[name]

    expected, found = both(texts, column_type)

    names = [f"{at}: {text[:50]}" for at, text in enumerate(texts)]
    assert dict(zip(names, map(plain, expected), strict=True)) == dict(zip(names, found, strict=True))


DIGITS = st.text("0123456789", min_size=1, max_size=40)
NUMBER_TEXTS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(2**70), 2**70).map(str),
    st.integers(2**52, 2**56).map(str),
    st.builds(lambda bits, shift: str(bits << shift), st.integers(2**52, 2**54), st.integers(0, 160)),
    st.builds(lambda whole, part, power: f"{whole}.{part}e{power}", DIGITS, DIGITS, st.integers(-360, 330)),
    st.builds(lambda whole, zeros: whole + "0" * zeros, DIGITS, st.integers(0, 300)),
    st.from_regex(r"[+-]?[0-9]{0,45}\.?[0-9]{0,45}([eE][+-]?[0-9]{1,4})?", fullmatch=True),
)
"""Texts at and around what is a number."""

ALL = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def hold(kind: ColumnType, texts: list[str], both) -> None:
    """Hold that both databases read the same of texts."""
    expected, found = both(texts, kind)
    assert dict(zip(texts, map(plain, expected), strict=True)) == dict(zip(texts, found, strict=True))


@ALL
@given(texts=st.lists(NUMBER_TEXTS, min_size=1, max_size=60))
@pytest.mark.parametrize(
    "kind",
    [
        *(ColumnType(L.NUMBER), ColumnType(L.INTEGER), ColumnType(L.INTEGER, 20, 0)),
        *(ColumnType(L.NUMBER, 38, 10), ColumnType(L.NUMBER, 20, 2), ColumnType(L.NUMBER, 38, 0)),
    ],
    ids=str,
)
def test_any_number(kind: ColumnType, texts: list[str], both) -> None:
    """The nearest double, an exact integer, an exact decimal; or none."""
    hold(kind, texts, both)


STAMP_TEXTS = st.builds(
    lambda moment, sign, places, offset: moment.isoformat(sign)[: 19 + places] + offset,
    st.datetimes(),
    st.sampled_from("T "),
    st.sampled_from([0, 2, 5, 7]),
    st.sampled_from(["", "", "Z", "+02:00", "-0330", "+14", "-13:59", "+14:01"]),
)
# Not those whose rules changed lately: the two databases of zones may be of different years.
ZONES = ("", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Kolkata")


@ALL
@given(texts=st.lists(STAMP_TEXTS, min_size=1, max_size=60))
@pytest.mark.parametrize("zone", ZONES)
def test_any_instant_in_any_zone(zone: str, texts: list[str], both) -> None:
    """By the same offset, in every year."""
    hold(ColumnType(L.TIMESTAMP, written=Written(zone=zone)), texts, both)


KNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it, editions of the tz database differ: https://data.iana.org/time-zones/theory.html."""


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone])
def test_every_change_of_a_zone(zone: str, both) -> None:
    """Around each change of its offset until the calendar repeats itself, and one cycle later."""
    moments = [
        START + timedelta(seconds=first - BEFORE + around)
        for first, _ in offsets(zone)[1:]
        if START + timedelta(seconds=first - BEFORE) >= KNOWN
        for around in (-3601, -1, 0, 1, 1799, 3600)
    ]
    later = [moment.replace(year=moment.year + 400) for moment in moments if moment.year >= 2100]
    hold(
        ColumnType(L.TIMESTAMP, written=Written(zone=zone)),
        [moment.isoformat()[:19] for moment in (*moments, *later)],
        both,
    )


@ALL
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=30, unique=True)
)
def test_any_text_is_itself(texts: list[str], both) -> None:
    """With NUL, marks that combine, and blanks."""
    hold(ColumnType(L.STRING), texts, both)


def test_an_integer_of_which_nobody_can_tell_is_an_error(both) -> None:
    """It has more digits than a decimal has, and the last ones divide as those of a double do."""
    expected, _ = both([str(2**130 * 5)], ColumnType(L.NUMBER))
    assert [2.0**130 * 5] == expected

    with pytest.raises(mysql.connector.Error) as caught:
        both([str(2**300)], ColumnType(L.NUMBER))

    assert caught.value.errno == GAVE_UP


def test_the_rules_of_a_row_are_listed_as_json(read) -> None:
    """Whatever their ids have in them."""
    ids = ["a", 'b"', "c\\", "d,", "ü"]
    for marks in ([True] * 5, [False] * 5, [False, True, False, True, True]):
        chosen = MARIADB.chosen(
            [exp.Literal.string(one) for one in ids], [exp.true() if mark else exp.false() for mark in marks]
        )
        ((text,),) = read(exp.select(chosen))
        assert [one for one, mark in zip(ids, marks, strict=True) if mark] == json.loads(text)
