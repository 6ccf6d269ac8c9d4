from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store.column import Instant, Lines, Ratio, Word

EAST = timezone(timedelta(hours=9))
DIALECTS = (sqlite.dialect(), postgresql.dialect())


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("type_", [Instant(), Ratio(), Word(Sli), Lines()], ids=repr)
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
