"""MariaDB as sqlglot writes it: MySQL's dialect, but for what MariaDB has another way or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ErrorLevel
from sqlglot.generators.mysql import MySQLGenerator

from airflow_dataops.engines.sql.mariadb.words import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIALECT = "mariadb"
"""How sqlglot calls it, once this module was imported."""

TYPES: Mapping[exp.DType, str] = {
    **dict.fromkeys(
        (
            exp.DType.TIMESTAMP,
            exp.DType.TIMESTAMPTZ,
            exp.DType.TIMESTAMPLTZ,
            exp.DType.DATETIME,
        ),
        "DATETIME(6)",
    ),
    exp.DType.TIME: "TIME(6)",
}
"""Type -> MariaDB's with microseconds, which it leaves out unless they are asked for."""

LOCAL = "%Y-%m-%d %H:%M:%S.%f"


def _counted(generator: MySQLGenerator, expression: exp.CountIf) -> str:
    """Return the count of the rows for which a condition holds; 0 where there are no rows."""
    return generator.sql(exp.Count(this=exp.func("nullif", expression.this.copy(), exp.false())))


def _found(generator: MySQLGenerator, expression: exp.RegexpLike) -> str:
    """Return whether a pattern of PCRE2 is found: MariaDB has no REGEXP_LIKE."""
    text, pattern = generator.sql(expression, "this"), generator.sql(expression, "expression")
    return f"({text} RLIKE {pattern})"


def _rest(generator: MySQLGenerator, expression: exp.Mod) -> str:
    """Return what is left of a division; of a decimal below 0 MariaDB leaves a zero that isn't equal to 0."""
    dividend, divisor = generator.sql(expression, "this"), generator.sql(expression, "expression")
    return f"(MOD({dividend}, {divisor}) + 0)"


def _grouped(generator: MySQLGenerator, expression: exp.Group) -> str:
    """Return a GROUP BY of digests: where MariaDB sorts, it looks at 1024 bytes of a text alone."""
    return f" GROUP BY {', '.join(generator.sql(digest(one)) for one in expression.expressions)}"


class MariaDBGenerator(MySQLGenerator):
    """Writes trees as MariaDB reads them."""

    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **MySQLGenerator.TRANSFORMS,
        exp.CountIf: _counted,
        exp.Group: _grouped,
        exp.Mod: _rest,
        exp.RegexpLike: _found,
    }

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """Return a cast; days with times of day and times of day keep their microseconds."""
        wanted = TYPES.get(expression.to.this)
        if wanted is None:
            return super().cast_sql(expression, safe_prefix)
        source = expression.this
        if expression.to.this is exp.DType.TIMESTAMPTZ and source.is_string:
            source = exp.Literal.string(_local(source.name))
        return f"CAST({self.sql(source)} AS {wanted})"


def _local(text: str) -> str:
    """Return an instant in ISO 8601 as the day and the time that UTC has, for MariaDB reads no offset."""
    instant = datetime.fromisoformat(text)
    return f"{instant.astimezone(UTC):{LOCAL}}".rjust(26, "0") if instant.tzinfo else text


class MariaDB(MySQL):
    """MySQL's dialect with MariaDB's words."""

    Generator = MariaDBGenerator


def written(tree: exp.Expr, *, pretty: bool = False) -> str:
    """Return a statement of a scan as MariaDB reads it.

    Args:
        tree: The statement.
        pretty: Whether it is for people, on several lines.

    Raises:
        SqlglotError: If MariaDB has no words for a part of it.
    """
    return tree.sql(DIALECT, unsupported_level=ErrorLevel.RAISE, comments=False, pretty=pretty)
