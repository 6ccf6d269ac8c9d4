"""Texts that are values of a type, barely or barely not, and texts that databases fail to tell apart."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.testing.lack import Lack

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


LONG = 100_000
"""Characters of a huge text."""

TEXTS: tuple[str, ...] = (
    *("", " ", "\t", "a", "A", "a ", " a", "a\t", "aa", "b", "B", "ab", "N/A", "null", "NULL", "0", "1"),
    *("é", "e\u0301", "E\u0301", "É", "\u0301", "\u0301\u0301a", "ñ", "n\u0303", "\u1e9b\u0323", "\u00c5"),
    *(
        "\u212b",
        "ß",
        "ẞ",
        "ss",
        "SS",
        "\u017f",
        "\u212a",
        "k",
        "K",
        "İ",
        "\u0131",
        "i",
        "I",
        "ﬁ",
        "fi",
        "\u03a3",
        "\u03c3",
        "\u03c2",
    ),
    *("\n", "a\n", "\na", "\r", "a\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u00a0", "\u3000"),
    *("\u200b", "\ufeff", "\ufeffa", "\u202e", "\x7f", "\x01", "\x1f", "\x00", "a\x00", "a\x00b", "\x00a"),
    *("日本", "\ud7ff", "\ue000", "\ufdd0", "\uffff", "\U00010000", "😀", "👩\u200d👧", "🇩🇪", "\U0002f800"),
    *(
        "\U000e0061",
        "\U000f0000",
        "\U0010ffff",
        "\u0661",
        "\u0661",
        "½",
        "'",
        "''",
        '"',
        "\\",
        "\\n",
        "%",
        "_",
    ),
    *("a%b", "a_b", "a,b", ";", "--", "/*", "$1", "%s", "{0}", "x" * LONG, "é" * LONG, "x" * LONG + " "),
)
"""Texts that databases tell apart, or fail to."""

NUMBERS: tuple[str, ...] = (
    *("0", "-0", "+0", "00", "1", "+1", "01", "-1", "1.0", "1.", ".5", "-.5", ".", "0.10", "0.1", "1.5"),
    *("2.50", "12.345", "99.99", "99.994", "99.995", "99999", "100000", "-99999", "1e3", "1E-2", "100e-2"),
    *("9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0", "1e22", "1e23"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *("18446744073709551615", "18446744073709551616", "9" * 38, "9" * 39, "-" + "9" * 38, "1" + "0" * 38),
    *(
        "0." + "0" * 37 + "1",
        "0." + "0" * 38 + "1",
        "9" * 28 + "." + "9" * 10,
        "0" * 50 + "7",
        "7." + "0" * 50,
    ),
    *("1.7976931348623157e308", "1.7976931348623159e308", "-1e309", "5e-324", "2e-324", "4.9e-324"),
    *("2.2250738585072014e-308", "2.2250738585072011e-308", "0e999", "1e-400", "0.1e1", "1e", "e1", "1_000"),
    *(
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "0x10",
        " 1",
        "1 ",
        "1\n",
        "1,5",
        "\u0661",
        "\uff11",
        "1\u066b5",
        "--1",
        "+-1",
    ),
)

DAYS: tuple[str, ...] = (
    *("0001-01-01", "0001-01-02", "0099-12-31", "1582-10-04", "1582-10-05", "1582-10-15", "1752-09-14"),
    *("1883-11-18", "1899-12-31", "1900-01-01", "1900-02-28", "1900-02-29", "1969-12-31", "1970-01-01"),
    *("2000-02-29", "2023-02-29", "2024-02-29", "2026-03-03", "2026-02-30", "2038-01-20", "9999-12-31"),
    *("0000-01-01", "10000-01-01", "2026-3-3", "2026-13-01", "2026-00-10", "2026-03-00", " 2026-03-03"),
    *("2026-03-03 ", "20260303", "infinity", "epoch", "1.3.2026", "29.2.2023", "29.02.2024", "31.12.9999"),
)

CLOCKS: tuple[str, ...] = (
    *("00:00", "00:00:00", "00:00:00.000001", "10:00", "10:00:00.1", "23:59:59", "23:59:59.999999"),
    *("23:59:59.9999990", "23:59:59.9999999", "24:00", "23:59:60", "10:00Z", "1:00", "10", "1000", "2400"),
)

STAMPS: tuple[str, ...] = (
    *("2026-03-03T10:00:00Z", "2026-03-03 10:00", "2026-03-03T10:00:00.123456+05:30", "2026-03-03T10:00+00"),
    *("2026-03-03T10:00:00.1234567", "2026-03-03T10:00:00.1234560000Z", "2026-03-03T24:00", "2026-03-03"),
    *("2026-03-29 01:59:59.999999", "2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 03:00"),
    *("2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 03:00", "2026-10-25T02:30+02:00"),
    *("2026-03-08 02:00", "2026-03-08 02:30", "2026-11-01 01:30", "2026-11-01 00:59", "2026-07-01 12:00"),
    *("2011-12-30 12:00", "2011-12-29 23:59", "1883-11-18 12:03", "1893-03-31 23:59", "1893-04-01 00:03"),
    *("1890-01-01 00:00", "1900-01-01 00:00", "1945-05-24 02:30", "1947-05-11 03:30", "1916-04-30 23:30"),
    *("2050-07-01 12:00", "2200-07-01 12:00", "9998-07-01 12:00", "0001-01-01 00:00", "0001-01-02 00:00"),
    *("9999-12-31 23:59", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00"),
    *("2026-03-03T10:00+14:00", "2026-03-03T10:00+14:30", "2026-02-30T10:00", "2026-03-03t10:00z", "now"),
)

TRUTHS: tuple[str, ...] = (
    "true",
    "false",
    "TRUE",
    "False",
    "tRuE",
    "t",
    "f",
    "1",
    "0",
    "yes",
    "on",
    "fal\u017fe",
)

DOCUMENTS: tuple[str, ...] = (
    *("{}", "[]", "null", "1", '"a"', "[1, 1.0, 1e0]", '["a", "A"]', '["é", "e\u0301"]', "[[], {}]", "{", ""),
    *(
        '{"a": 1}',
        '{"a": null}',
        '{"a": "x", "a": 2}',
        '{"b": [1, 2, 3]}',
        "[1, 2, 3, 4]",
        '[null, "\\u0000"]',
    ),
    *(
        '{"a": 9007199254740993}',
        '{"a": 1e400}',
        "[NaN]",
        '{"a": "\\ud83d\\ude00"}',
        '{"a": "\\ud83d"}',
        " [ ]",
    ),
)

WRITTEN: dict[LogicalType, tuple[str, ...]] = {
    LogicalType.STRING: TEXTS,
    LogicalType.INTEGER: NUMBERS,
    LogicalType.NUMBER: NUMBERS,
    LogicalType.BOOLEAN: TRUTHS,
    LogicalType.DATE: DAYS,
    LogicalType.TIMESTAMP: STAMPS,
    LogicalType.TIME: CLOCKS,
    LogicalType.OBJECT: DOCUMENTS,
    LogicalType.ARRAY: DOCUMENTS,
}
"""Logical type -> texts that are values of it, barely or barely not."""


def texts(logical: LogicalType, lacks: frozenset[Lack]) -> SearchStrategy[str]:
    """Return texts for a column of a type: values of it, of others, and anything; none that can't be held."""
    nul = "\0" if Lack.NUL in lacks else ""
    own, others = WRITTEN[logical], [text for found in WRITTEN.values() for text in found[:12]]
    found = (
        st.sampled_from(own)
        | st.sampled_from(own)
        | st.sampled_from(others)
        | st.text(st.characters(codec="utf-8", exclude_characters=nul), max_size=8)
    )
    if logical in {LogicalType.INTEGER, LogicalType.NUMBER}:
        found |= st.integers(-(10**40), 10**40).map(str) | st.floats().map(repr)
        found |= st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str)
    if logical is LogicalType.DATE:
        found |= st.dates().map(date.isoformat)
    if logical is LogicalType.TIMESTAMP:
        found |= st.datetimes().map(datetime.isoformat)
    return found.filter(lambda text: not ((nul and nul in text) or (Lack.EMPTY in lacks and not text)))
