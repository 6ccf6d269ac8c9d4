from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from airflow_dataops.core.landing import LandedFile
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store.column import Count, Files, Instant, Key, Line, Lines, Pairs, Ratio, Word

EAST = timezone(timedelta(hours=9))
DIALECTS = (sqlite.dialect(), postgresql.dialect())


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("type_", [Instant(), Ratio(), Word(Sli), Lines(), Pairs(), Files()], ids=repr)
def test_nothing_stays_nothing(type_, dialect) -> None:
    """A column without a value must not come back with one."""
    assert (None, None) == (
        type_.process_bind_param(None, dialect),
        type_.process_result_value(None, dialect),
    )


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("stored", [datetime(2026, 3, 3, 3), datetime(2026, 3, 3, 12, tzinfo=EAST)])  # noqa: DTZ001
def test_an_instant_is_utc_whatever_the_driver_returns(dialect, stored) -> None:
    """SQLite returns a time without a zone and PostgreSQL one in the session's: both are the same instant."""
    found = Instant().process_result_value(stored, dialect)

    assert (datetime(2026, 3, 3, 3, tzinfo=UTC), UTC) == (found, found.tzinfo)


def test_an_instant_goes_in_as_utc() -> None:
    """Times are compared as they are stored, so all must be stored in one zone."""
    stored = Instant().process_bind_param(datetime(2026, 3, 3, 12, tzinfo=EAST), DIALECTS[0])

    assert (datetime(2026, 3, 3, 3, tzinfo=UTC), UTC) == (stored, stored.tzinfo)


def test_a_ratio_is_text() -> None:
    """An exact number must be readable in the table, whole numbers too."""
    assert ["8/11", "3/1"] == [Ratio().process_bind_param(Fraction(n), None) for n in ("8/11", "3")]


def test_a_word_is_plain_text() -> None:
    """Drivers differ in what they make of an enumeration, so none may reach them."""
    stored = Word(Sli).process_bind_param(Sli.FRESHNESS, None)

    assert ("freshness", str) == (stored, type(stored))


def test_a_word_of_another_list_is_refused() -> None:
    """A word that is none of the enumeration must not get into the table."""
    with pytest.raises(ValueError, match="is not a valid Sli"):
        Word(Sli).process_bind_param(StrEnum("Other", "nonsense").nonsense, None)


@pytest.mark.parametrize("type_", [Line(), Key()], ids=repr)
@pytest.mark.parametrize("text", ["a\0", "\udce4"])
def test_a_text_that_one_database_refuses_is_refused(type_, text) -> None:
    """A text must be kept by every database or by none, and must not stand in the message."""
    with pytest.raises(UnicodeError):
        type_.process_bind_param(text, None)


@pytest.mark.parametrize("text", ["", "ä😀", "'; --", "\n\t\x7f\uffff"])
def test_any_other_text_stays_as_it_is(text) -> None:
    """Nothing is trimmed, folded or escaped."""
    assert text == Line().process_bind_param(text, None)


@pytest.mark.parametrize("type_", [Line(), Key(), Count()], ids=repr)
def test_an_empty_column_stays_empty(type_) -> None:
    """A column that older code left out has no text and no number."""
    assert None is type_.process_bind_param(None, None)


@pytest.mark.parametrize(("number", "kept"), [(2**63 - 1, True), (-(2**63) + 1, True), (2**63, False)])
def test_a_count_has_64_bits(number, kept) -> None:
    """A number that a database would wrap, round or refuse in its own way must not reach it."""
    if kept:
        assert number == Count().process_bind_param(number, None)
        return
    with pytest.raises(ValueError, match="more than 64 bits"):
        Count().process_bind_param(number, None)


def test_files_and_pairs_are_plain_json() -> None:
    """What lies in the table must be readable without this package."""
    file = LandedFile("a.csv", "0", "c" * 64, 9, 2)

    assert [{"name": "a.csv", "path": "0", "sha256": "c" * 64, "bytes": 9, "rows": 2}] == (
        Files().process_bind_param((file,), None)
    )
    assert [["a", "b.c"]] == Pairs().process_bind_param((("a", "b.c"),), None)
