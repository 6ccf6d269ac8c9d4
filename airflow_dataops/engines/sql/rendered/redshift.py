r"""Amazon Redshift (https://docs.aws.amazon.com/redshift/latest/dg/).

- Blanks at the end of a VARCHAR are insignificant when texts are compared, but LENGTH counts them
  (`r_Examples_with_character_types`): so a mark stands behind both texts.
- A backslash in a literal escapes, as the examples of `pattern-matching-conditions-posix` show. sqlglot
  writes a quote as `\'`; where a session keeps to the standard, that would end the text. So a quote is
  written twice, which both read alike, and backslashes and control characters of texts are calls of CHR. The
  pattern of `~` must be a literal: its backslashes are written twice, as Redshift's examples have them.
- `~` finds a pattern of POSIX anywhere, with regard to case.
- DATE and TIMESTAMPTZ have years beyond 9999, TIME has 24:00 (`r_Datetime_types`).
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database, instant_of_text, number_of_text
from airflow_dataops.engines.sql.rendered.ends import calendar, finite
from airflow_dataops.engines.sql.rendered.pattern import posix, translated
from airflow_dataops.engines.sql.rendered.words import MARK, call, joined, spelled_out, text


class DataOpsRedshift(Redshift):
    """Redshift as sqlglot reads it; written with quotes twice, where sqlglot puts a backslash before them."""

    class Tokenizer(Redshift.Tokenizer):
        """Its first escape is the one that is written."""

        STRING_ESCAPES: ClassVar[list[str]] = ["'", "\\"]


FLAVOUR = posix("Redshift")

SIGNS = "\\" + "".join(map(chr, range(1, 32)))
"""Characters that a literal may be read otherwise with."""


def _text(value: str) -> exp.Expr:
    return spelled_out(value, SIGNS, character="CHR")


def _exact(expression: exp.Expr) -> exp.Expr:
    return joined(expression, text(MARK))


def _found(column: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=column.copy(), expression=text(translated(pattern, FLAVOUR)))


REDSHIFT = Database(
    name=DataOpsRedshift.__name__.lower(),
    title="Redshift",
    types={
        LogicalType.STRING: "VARCHAR(65535)",
        LogicalType.INTEGER: "BIGINT",
        LogicalType.NUMBER: "DOUBLE PRECISION",
        LogicalType.BOOLEAN: "BOOLEAN",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: "TIMESTAMPTZ",
        LogicalType.TIME: "TIME",
    },
    beyond={
        LogicalType.NUMBER: finite(number_of_text, "DOUBLE PRECISION"),
        LogicalType.DATE: calendar(LogicalType.DATE, number_of_text, "DATE"),
        LogicalType.TIMESTAMP: calendar(LogicalType.TIMESTAMP, instant_of_text, "TIMESTAMPTZ"),
        LogicalType.TIME: calendar(LogicalType.TIME, number_of_text, "TIME"),
    },
    found=_found,
    length=lambda column: call("LENGTH", column),
    exact=_exact,
    text=_text,
    mark=MARK,
    likes=False,
    lacks=(
        "patterns with constructs that POSIX's regular expressions lack",
        "SQL rules that compare texts otherwise than for equality: blanks at their ends don't count there",
        "columns that are made COLLATE CASE_INSENSITIVE",
    ),
)
