from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import duckdb

from airflow_dataops.engines.sql.agreement.letters import SURROGATES, lower, lowered, upper, uppered

if TYPE_CHECKING:
    from tests.engines.sql.agreement.conftest import Databases

CHARACTERS = [chr(code) for code in range(1, sys.maxunicode + 1) if code not in SURROGATES]


def test_each_character_has_the_cases_that_duckdb_gives_it() -> None:
    """All 1.1 million of them."""
    query = "SELECT lower(c), upper(c) FROM (SELECT unnest(?) AS c)"
    found = duckdb.connect(":memory:").execute(query, [CHARACTERS]).fetchall()
    assert [(lower(one), upper(one)) for one in CHARACTERS] == found


def test_postgres_translates_each_character(databases: Databases) -> None:
    """What has another case has it there, too, whatever the database's locale is."""
    for pairs in (lowered(), uppered()):
        assert len(pairs[0]) == len(pairs[1]) == len(set(pairs[0]))
    letters, _ = lowered()
    row = (1, 1, *[None] * 4, f"é{letters}", lowered()[1], *[None] * 5)
    databases.fill([row])
    for sql in (
        "SELECT count(*) FROM {object} WHERE lower(t) = 'é' || u",
        "SELECT count(*) FROM {object} WHERE upper(u) = upper(lower(u))",
    ):
        assert databases.answer(sql, "duckdb") == databases.answer(sql, "postgres")
        assert databases.answer(sql, "postgres").number == 1
