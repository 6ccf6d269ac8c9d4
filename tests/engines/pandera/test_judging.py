"""What becomes of each thing that a schema may say, for pandas and for polars."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pandera.config
import pandera.pandas as of_pandas
import pandera.polars as of_polars
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.engines.pandera.tool import PanderaTool
from airflow_dataops.errors import NotEvaluatedError

ROWS = pl.DataFrame(
    {
        "id": [1, 2, 3, None, 5],
        "code": ["a", "b", "b", None, "7"],
        "amount": [1.0, -2.0, 3.0, None, -5.0],
    }
)


class PandasModel(of_pandas.DataFrameModel):
    """As teams write it: class-based."""

    amount: float = of_pandas.Field(gt=0, nullable=True)
    code: str = of_pandas.Field(isin=["a", "b"], nullable=True)

    @of_pandas.dataframe_check
    @classmethod
    def small(cls, frame):
        """Say it row by row."""
        return ~(frame["amount"] > 2)


class PolarsModel(of_polars.DataFrameModel):
    """The same for polars."""

    amount: float = of_polars.Field(gt=0, nullable=True)
    code: str = of_polars.Field(isin=["a", "b"], nullable=True)

    @of_polars.dataframe_check
    @classmethod
    def small(cls, data):
        """Say it row by row."""
        return data.lazyframe.select(~(pl.col("amount") > 2))


@pytest.mark.parametrize(
    "model", [PandasModel, PolarsModel, PandasModel.to_schema(), PolarsModel.to_schema()]
)
def test_breaches_of_models_and_schemas_name_rows_by_column_and_check(model, broken) -> None:
    """Every row that breaks a rule is named under it, by column and check, whatever the schema is."""
    found = {breach.rule: (breach.column, breach.rows) for breach in broken(model, ROWS)}

    assert {
        "amount.greater_than(0)": ("amount", (1, 4)),
        "code.isin(['a', 'b'])": ("code", (4,)),
        "small": ("", (2,)),
    } == found


def of_both(say):
    """Build a schema for both libraries; `say` gets the library, and what looks at a check's rows."""

    def in_pandas(data):
        return data

    def in_polars(data):
        frame = data.lazyframe.collect()
        return frame if data.key == "*" else frame.get_column(data.key)

    return say(of_pandas, in_pandas), say(of_polars, in_polars)


def answered(library, found):
    """Return what a check answers in the terms of its library."""
    if library is of_polars and isinstance(found, pl.Series):
        return found.to_frame().lazy()
    return found


def schema(library, checks=(), *, columns=None, **said):
    """Return a schema of the rows above."""
    return library.DataFrameSchema(columns or {}, checks=list(checks), **said)


def structured(library, _take):
    """A column that the frame lacks, one that the schema lacks, and both in another order."""
    return schema(
        library,
        columns={"code": library.Column(nullable=True), "nope": library.Column()},
        strict=True,
    )


LONG = f"isin({[f'c{n}' for n in range(99)]})"
"""What pandera calls a check against a long list."""

SAID = {
    "nulls": (
        lambda p, _: schema(p, columns={"amount": p.Column(float), "code": p.Column(str)}),
        {"amount.not_nullable": (3,), "code.not_nullable": (3,)},
    ),
    "nulls of integers": (
        lambda p, _: schema(p, columns={"id": p.Column(int, p.Check.lt(5))}),
        {"id.not_nullable": (3,), "id.less_than(5)": (4,)},
    ),
    "uniqueness of a column": (
        lambda p, _: schema(p, columns={"code": p.Column(str, unique=True, nullable=True)}),
        {"code.field_uniqueness": (1, 2)},
    ),
    "uniqueness of several": (
        lambda p, _: schema(p, unique=["code"]),
        {"multiple_fields_uniqueness": (1, 2)},
    ),
    "uniqueness, several times": (
        lambda p, _: schema(p, unique=[["code"], ["amount"], ["id", "code"]]),
        {"multiple_fields_uniqueness": (1, 2)},
    ),
    "a check of all rows at once": (
        lambda p, t: schema(p, [p.Check(lambda d: bool(t(d)["amount"].sum() > 99), name="adds up")]),
        {"adds up": None},
    ),
    "a check of a column at once": (
        lambda p, t: schema(
            p, columns={"amount": p.Column(float, p.Check(lambda d: bool(t(d).max() > 99)), nullable=True)}
        ),
        {"amount.<lambda>": None},
    ),
    "checks of one name": (
        lambda p, t: schema(
            p,
            columns={
                "amount": p.Column(
                    float,
                    [
                        p.Check(lambda d: answered(p, t(d) < 99)),
                        p.Check(lambda d: answered(p, t(d) < 2)),
                        p.Check(lambda d: answered(p, t(d) > -3)),
                    ],
                    nullable=True,
                )
            },
        ),
        {"amount.<lambda>.2": (2,), "amount.<lambda>.3": (4,)},
    ),
    "a check of each value": (
        lambda p, _: schema(
            p, columns={"amount": p.Column(float, p.Check(lambda v: v > 0, element_wise=True), nullable=True)}
        ),
        {"amount.<lambda>": (1, 4)},
    ),
    "a check that shows some cases only": (
        lambda p, _: schema(
            p, columns={"amount": p.Column(float, p.Check.gt(0, n_failure_cases=1), nullable=True)}
        ),
        {"amount.greater_than(0)": (1, 4)},
    ),
    "a check that stops at nulls": (
        lambda p, _: schema(
            p, columns={"amount": p.Column(float, p.Check.gt(0, ignore_na=False), nullable=True)}
        ),
        {"amount.greater_than(0)": (1, 3, 4)},
    ),
    "columns by a pattern": (
        lambda p, _: schema(p, columns={"^am.*$": p.Column(float, p.Check.gt(0), nullable=True, regex=True)}),
        {"amount.greater_than(0)": (1, 4)},
    ),
    "missing and extra columns": (
        structured,
        {"nope.column_in_dataframe": None, "id.column_in_schema": None},
    ),
    "strict, and the rest left out": (
        lambda p, _: schema(
            p, columns={"amount": p.Column(float, p.Check.gt(-9), nullable=True)}, strict="filter"
        ),
        {},
    ),
    "coercion": (
        lambda p, _: (
            schema(p, columns={"code": p.Column("Int64", p.Check.gt(7), coerce=True, nullable=True)})
            if p is of_pandas
            else schema(p, columns={"code": p.Column(pl.Int64, p.Check.gt(7), coerce=True, nullable=True)})
        ),
        {"code.coerce_dtype": (0, 1, 2), "code.greater_than(7)": (4,)},
    ),
    "a type that coercion makes fit": (
        lambda p, _: schema(p, columns={"amount": p.Column(str, nullable=True)}, coerce=True),
        {},
    ),
    "a long list": (
        lambda p, _: schema(
            p, columns={"code": p.Column(str, p.Check.isin([f"c{n}" for n in range(99)]), nullable=True)}
        ),
        {f"code.{LONG[:79]}…": (0, 1, 2, 4)},
    ),
    "all is well": (
        lambda p, _: schema(p, columns={"code": p.Column(str, nullable=True)}),
        {},
    ),
}


@pytest.mark.parametrize("library", [0, 1], ids=["pandas", "polars"])
@pytest.mark.parametrize("case", SAID)
def test_breaches_of_what_a_schema_says(case, library, told) -> None:
    """Each thing that a schema may say names its rows, or fails the batch by name where it names none."""
    say, expected = SAID[case]

    found = told(of_both(say)[library], ROWS)

    if case == "missing and extra columns" and library:  # polars tells of the first extra column alone
        assert {"nope.column_in_dataframe", "id.column_in_schema"} == set(found)
    elif case == "missing and extra columns":
        assert {**expected, "amount.column_in_schema": None} == found
    else:
        assert expected == found


def test_breaches_of_groups_fail_the_batch_by_name(told) -> None:
    """What is said of groups names no row, neither as pandas' groups nor as answers that look like rows."""
    grouped = of_pandas.Column(
        float, of_pandas.Check(lambda g: g["b"].mean() > 9, groupby="code", name="dear"), nullable=True
    )
    by_group = of_pandas.Check(lambda f: f.groupby("code")["amount"].sum() > 9, name="sums")
    # as many groups as rows, in an order of their own
    ids = pl.DataFrame({"id": [3, 1, 2], "amount": [1.0, 2.0, 3.0]})
    as_rows = of_polars.Check(
        lambda d: d.lazyframe.group_by("id").agg(pl.col("amount").sum() > 1).select("amount"), name="by id"
    )

    code = of_pandas.Column(str, nullable=True)
    assert {"amount.dear": None} == told(of_pandas.DataFrameSchema({"amount": grouped, "code": code}), ROWS)
    assert {"sums": None} == told(of_pandas.DataFrameSchema(checks=by_group), ROWS)
    assert {"by id": None} == told(of_polars.DataFrameSchema(checks=as_rows), ids)


@pytest.mark.parametrize("height", [1, 2])
def test_one_answer_about_all_rows_names_none_of_them(height, told) -> None:
    """Also where there is one row only, a sum is not that row's fault."""
    adds_up = of_polars.Check(lambda d: d.lazyframe.select(pl.col("amount").sum() > 99), name="adds up")
    positive = of_polars.Column(float, of_polars.Check.gt(0))
    rows = pl.DataFrame({"amount": [-1.0] * height})

    found = told(of_polars.DataFrameSchema({"amount": positive}, checks=adds_up), rows)

    assert {"adds up": None, "amount.greater_than(0)": tuple(range(height))} == found


@pytest.mark.parametrize("library", [of_pandas, of_polars])
def test_a_row_that_is_set_aside_hides_no_other(library, told) -> None:
    """One row that can't be coerced is a bad one, and every check is run over the others."""
    rows = pl.DataFrame({"a": ["1", "x", "-3", "4"], "b": ["y", "2", "3", "-4"]})
    positive = library.Column(int, library.Check.gt(0), coerce=True)

    found = told(library.DataFrameSchema({"a": positive, "b": positive}), rows)

    assert {
        "a.coerce_dtype": (1,),
        "b.coerce_dtype": (0,),
        "a.greater_than(0)": (2,),
        "b.greater_than(0)": (3,),
    } == found


@pytest.mark.parametrize("library", [of_pandas, of_polars])
def test_another_type_fails_the_batch_by_name(library, told) -> None:
    """A column of another type is no row's fault, and checks that stumble over it are no news."""
    found = told(library.DataFrameSchema({"amount": library.Column(int, library.Check.isin([1]))}), ROWS)

    assert None in [rows for rule, rows in found.items() if rule.startswith("amount.dtype(")]


@pytest.mark.parametrize("library", [of_pandas, of_polars])
def test_a_check_that_warns_names_its_rows_as_a_warning(library, broken) -> None:
    """A warning of pandera becomes one of ours, with its rows, and none is printed with values."""
    positive = library.Column(float, library.Check.gt(0, raise_warning=True), nullable=True)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        (breach,) = broken(library.DataFrameSchema({"amount": positive}), ROWS)

    assert ("amount.greater_than(0)", (1, 4), True) == (breach.rule, breach.rows, breach.warns)
    assert [] == [str(each.message) for each in said if "-5" in str(each.message)]


def test_the_team_s_own_schema_stays_as_it_was(broken) -> None:
    """What is made ready is a copy: the team may go on using its schema."""
    warning = of_polars.Check.gt(0, raise_warning=True, n_failure_cases=1)
    own = of_polars.DataFrameSchema({"amount": of_polars.Column(float, warning, nullable=True)})

    broken(own, ROWS)

    kept = own.columns["amount"].checks[0]
    assert (True, 1) == (kept.raise_warning, kept.n_failure_cases)


@pytest.mark.parametrize("library", [of_pandas, of_polars])
def test_a_check_that_fails_itself_is_not_evaluated(library, broken) -> None:
    """It is named with what it raises, and without the message, which may quote a value."""

    def fails(_):
        raise ValueError("secret-7")

    checks = [library.Check(fails, name="fails"), library.Check(lambda _: 1 / 0, name="divides")]
    column = library.Column(float, library.Check(fails), nullable=True)

    with pytest.raises(NotEvaluatedError) as caught:
        broken(library.DataFrameSchema({"amount": column}, checks=checks), ROWS)

    told = str(caught.value)
    assert (
        "`amount.fails` raises ValueError, `fails` raises ValueError, `divides` raises ZeroDivisionError"
        in told
    )
    assert "secret" not in told
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)


REFUSED = {
    "drop_invalid_rows": lambda p: p.DataFrameSchema({"id": p.Column()}, drop_invalid_rows=True),
    "drop_invalid_rows of a column": lambda p: p.DataFrameSchema({"id": p.Column(drop_invalid_rows=True)}),
    "default": lambda p: p.DataFrameSchema({"id": p.Column(int, default=1)}),
    "add_missing_columns": lambda p: p.DataFrameSchema({"id": p.Column()}, add_missing_columns=True),
}
OF_PANDAS = {
    "parsers": of_pandas.DataFrameSchema(parsers=of_pandas.Parser(lambda f: f)),
    "parsers of a column": of_pandas.DataFrameSchema(
        {"id": of_pandas.Column(parsers=of_pandas.Parser(lambda c: c))}
    ),
    "an index": of_pandas.DataFrameSchema(index=of_pandas.Index(int)),
    "several": of_pandas.DataFrameSchema(
        index=of_pandas.MultiIndex([of_pandas.Index(int), of_pandas.Index(int)])
    ),
}


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        *(
            (make(library), name.split()[0].removesuffix("s"))
            for name, make in REFUSED.items()
            for library in (of_pandas, of_polars)
        ),
        *((found, name.split()[0]) for name, found in OF_PANDAS.items()),
        (of_pandas.Column(int), "no schema"),
        (pd.DataFrame, "no schema"),
        ("text", "no schema"),
        (None, "no schema"),
    ],
)
def test_a_schema_that_would_change_rows_is_refused(schema, word, broken) -> None:
    """Rows that were judged are those that go on: a schema that drops or changes some is not evaluated."""
    words = {"drop_invalid_row": "drops invalid rows", "an": "an index", "several": "an index"}

    with pytest.raises(NotEvaluatedError) as caught:
        broken(schema, ROWS)

    assert words.get(word, word) in caught.value.what
    assert "rules_under_test:Rules" == caught.value.where
    assert caught.value.hint


@pytest.mark.parametrize("library", [of_pandas, of_polars])
def test_no_setting_of_pandera_turns_the_schema_off(library, told) -> None:
    """An environment that turns validation off, or looks at types alone, changes nothing here."""
    schema = library.DataFrameSchema({"amount": library.Column(float, library.Check.gt(0), nullable=True)})

    with pandera.config.config_context(validation_enabled=False):
        off = told(schema, ROWS)
    with pandera.config.config_context(validation_depth="SCHEMA_ONLY"):
        shallow = told(schema, ROWS)

    assert {"amount.greater_than(0)": (1, 4)} == off == shallow


TYPED = pl.DataFrame(
    {
        "s": ["a", "é"],
        "i": [2**63 - 1, -(2**63)],
        "n": [0.1, -1e300],
        "b": [True, False],
        "d": [date(1, 1, 1), date(9999, 12, 31)],
        "t": [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)],
        "m": [Decimal("99999999999999999999.01"), Decimal("-0.05")],
    },
    schema_overrides={"m": pl.Decimal(38, 2)},
)


@pytest.mark.parametrize("nulls", [False, True])
def test_pandas_sees_each_type_of_a_contract_exactly(nulls, told) -> None:
    """Values come over as they are, the ends of each type among them, and so does a null."""
    seen = []
    rows = pl.concat([TYPED, TYPED.clear(1)]) if nulls else TYPED
    look = of_pandas.Check(lambda frame: seen.append(frame) or True)

    assert {} == told(of_pandas.DataFrameSchema(checks=look), rows)

    (frame,) = seen
    plain = {"i": "int64", "b": "bool"}
    with_nulls = {"i": "Int64", "b": "boolean"}
    expected = {"s": "str", "n": "float64", "d": "datetime64[us]", "t": "datetime64[us, UTC]", "m": "object"}
    assert {**expected, **(with_nulls if nulls else plain)} == {
        name: str(dtype) for name, dtype in frame.dtypes.items()
    }
    first = [value.date() if name == "d" else value for name, value in frame.iloc[0].items()]
    assert list(TYPED.row(0)) == first
    assert nulls is bool(frame.isna().all(axis="columns").any())


def test_pandas_gets_the_types_that_hold_nulls_where_the_schema_wants_them(told) -> None:
    """A schema of pandas' own integers and truth values is kept, with and without nulls."""
    wanted = of_pandas.DataFrameSchema(
        {"i": of_pandas.Column("Int64", nullable=True), "b": of_pandas.Column("boolean", nullable=True)}
    )

    assert {} == told(wanted, TYPED.select("i", "b"))
    assert {} == told(wanted, pl.concat([TYPED, TYPED.clear(1)]).select("i", "b"))


def test_polars_sees_each_type_of_a_contract(told) -> None:
    """The types are those that people write; instants are in UTC by its plain name."""
    zoned = TYPED.with_columns(pl.col("t").dt.convert_time_zone("Etc/UTC"))
    wanted = of_polars.DataFrameSchema(
        {
            "s": of_polars.Column(pl.String),
            "i": of_polars.Column(pl.Int64),
            "n": of_polars.Column(pl.Float64),
            "b": of_polars.Column(pl.Boolean),
            "d": of_polars.Column(pl.Date),
            "t": of_polars.Column(pl.Datetime("us", "UTC")),
            "m": of_polars.Column(pl.Decimal(38, 2)),
        },
        strict=True,
        ordered=True,
    )

    assert {} == told(wanted, zoned)


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(-3, 3), max_size=8), st.booleans())
def test_every_row_is_named_once_a_rule_and_both_libraries_agree(values, nullable) -> None:
    """Over any rows: what is named is what the rule says, each once, whichever library the schema is of."""
    frame = pl.DataFrame({"a": values}, schema={"a": pl.Int64})
    import sys
    from types import ModuleType

    module = sys.modules.setdefault("rules_of_hypothesis", ModuleType("rules_of_hypothesis"))
    found = []
    for library in (of_pandas, of_polars):
        dtype = "Int64" if library is of_pandas else pl.Int64
        module.Rules = library.DataFrameSchema(
            {"a": library.Column(dtype, library.Check.gt(0), nullable=nullable)}
        )
        breaches = PanderaTool().broken("rules_of_hypothesis:Rules", frame)
        found.append({breach.rule: breach.rows for breach in breaches})

    low = tuple(at for at, value in enumerate(values) if value is not None and value <= 0)
    nulls = () if nullable else tuple(at for at, value in enumerate(values) if value is None)
    expected = {"a.greater_than(0)": low, "a.not_nullable": nulls}
    assert [{rule: rows for rule, rows in expected.items() if rows}] * 2 == found
