"""SQL rules, which are written as DuckDB reads them, in PostgreSQL's spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from airflow_dataops.engines.sql.agreement.agreed import agreed
from airflow_dataops.engines.sql.postgres.reading import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.contract.model import ColumnType


def written(tree: exp.Query, *, columns: Mapping[str, Mapping[str, ColumnType]]) -> str:
    """Return a tree of DuckDB's dialect as PostgreSQL writes it, so that it comes to the same there.

    Args:
        tree: The tree.
        columns: The name of each table that it reads -> its columns, as it has them, and their types.

    Raises:
        NotEvaluatedError: If a part of it means something else in PostgreSQL.
        SqlglotError: If PostgreSQL has no words for a part of it.
    """
    told = agreed(tree, engine="postgres", columns=columns, found=POSTGRES.found)
    return spelled(told, names=[name for table, listed in columns.items() for name in (table, *listed)])


def spelled(tree: exp.Query, *, names: Iterable[str], pretty: bool = False) -> str:
    """Return a tree with its names as the database has them.

    DuckDB finds a name whatever its upper and lower case, in quotes or not; so every name is quoted here, as
    the table has it, or else in lower case.

    Args:
        tree: The tree, which means the same in PostgreSQL.
        names: The names of tables and columns, as the database has them; the last counts of those that differ
            in case alone.
        pretty: Whether it is for people, on several lines.

    Raises:
        SqlglotError: If PostgreSQL has no words for a part of it.
    """
    known = {name.casefold(): name for name in names}
    quoted = tree.copy()
    for name in list(quoted.find_all(exp.Identifier)):
        if not isinstance(name.parent, exp.Collate):
            folded = name.this.casefold()
            name.replace(exp.to_identifier(known.get(folded, folded), quoted=True))
    return quoted.sql("postgres", unsupported_level=ErrorLevel.RAISE, comments=False, pretty=pretty)
