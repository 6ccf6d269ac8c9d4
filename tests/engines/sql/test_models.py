from __future__ import annotations

import pytest

from airflow_dataops.core.models import Model
from airflow_dataops.engines.sql.models import proofread_models

STG = "SELECT id, upper(name) AS name, amount AS \"Amount\" FROM {{ source('raw', 'sales') }} AS s"
LAST = "SELECT id FROM {{ ref('stg') }} AS stg"
PLACE = "models/{}.sql"


def problems(stg: str, last: str, *promised: str) -> list[str]:
    """Return what is wrong with two models, of which the second reads the first."""
    models = (
        Model(name="stg", file=PLACE.format("stg"), sources=("raw.sales",)),
        Model(name="last", file=PLACE.format("last"), refs=("stg",)),
    )
    texts = {"stg": (PLACE.format("stg"), stg), "last": (PLACE.format("last"), last)}
    return [str(problem) for problem in proofread_models(models, texts=texts, promised=promised)]


RIGHT = {
    "columns that are listed": (STG, LAST),
    "every column": (STG, 'SELECT * FROM {{ ref("stg") }} AS stg'),
    "every column of what is not known": (
        "SELECT * FROM {{ source('raw', 'sales') }} AS s",
        "SELECT anything AS id FROM {{ ref('stg') }} AS stg",
    ),
    "columns of a SELECT before": (STG, "WITH a AS (SELECT * FROM {{ ref('stg') }}) SELECT a.id FROM a"),
    "upper and lower case": (STG, 'SELECT ID, "Amount" FROM {{ ref("stg") }} AS stg'),
    "a table of its own": ("SELECT n AS id FROM generate_series(1, 3) AS n", LAST),
    "two SELECTs as one": (STG, f"{LAST} UNION ALL {LAST}"),
}


@pytest.mark.parametrize("what", RIGHT)
def test_sql_that_is_right_is_let_pass(what) -> None:
    """Nothing is held against a model that can't be known without its database."""
    assert [] == problems(*RIGHT[what], "id")


READ = 'Read models as {{ ref("model") }}, and tables as {{ source("schema", "table") }}.'

WRONG = {
    "no SELECT": (
        "DELETE FROM {{ source('raw', 'sales') }}",
        ["models/stg.sql: the statement is DELETE. Write exactly one SELECT."],
    ),
    "two": ("SELECT 1; SELECT 2", ["models/stg.sql: there are 2 statements. Write exactly one SELECT."]),
    "none": ("-- soon", ["models/stg.sql: there are 0 statements. Write exactly one SELECT."]),
    "a word too few": (
        "SELECT id,\n 1 + FROM a",
        ["models/stg.sql:2:6: the SQL doesn't parse. Write one SELECT as PostgreSQL reads it."],
    ),
    "a table that isn't named": (
        "SELECT id\nFROM raw.sales",
        [f"models/stg.sql:2:10: a table function or a table of another database is read. {READ}"],
    ),
    "a model that isn't named": (
        "SELECT id\nFROM last",
        [f"models/stg.sql:2:6: there is no table 'last'. {READ}"],
    ),
    "a name that isn't there": (
        "SELECT id\nFROM {{ this }}",
        ["models/stg.sql:2:1: 'this' is undefined. A model knows ref("],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_sql_that_is_wrong_has_its_place(what) -> None:
    """Each model by itself: what comes after a wrong one is read as well."""
    text, expected = WRONG[what]

    found = problems(text, "SELECT 1 AS id; SELECT 2", "id")

    after = "models/last.sql: there are 2 statements. Write exactly one SELECT."
    assert [True, True] == [one.startswith(line) for one, line in zip(found, (*expected, after), strict=True)]


def test_a_column_that_a_model_has_not_is_found() -> None:
    """Its SELECT lists its columns."""
    assert ["models/last.sql:2:5: Unknown column: nothing. Check the names of the columns."] == problems(
        STG, "SELECT id,\nstg.nothing\nFROM {{ ref('stg') }} AS stg", "id"
    )


def test_what_is_promised_must_be_selected() -> None:
    """The audit would stop each batch."""
    hint = "The contract promises it: select it, or name it with AS."
    assert [f"models/last.sql:1:1: the model has no column `name`, `price`. {hint}"] == problems(
        STG, LAST, "id", "name", "price"
    )
