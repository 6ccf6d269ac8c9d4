"""DuckDB as the engine over files, always in memory."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import InPlace, Landed, Split, Staged, Transformed
from airflow_dataops.engines.sql import statement
from airflow_dataops.engines.sql.beside import Beside, nowhere
from airflow_dataops.engines.sql.columns import check_columns
from airflow_dataops.engines.sql.judging import Shape
from airflow_dataops.engines.sql.landed import read_header
from airflow_dataops.engines.sql.lineage import column_lineage
from airflow_dataops.engines.sql.parquet import filled_parts, parquet_columns, part_types
from airflow_dataops.engines.sql.problem import problems
from airflow_dataops.engines.sql.run import run
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.session import ask, session, translated, types_of
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.engines.sql.template import render_sql
from airflow_dataops.engines.sql.transformation import write_result
from airflow_dataops.engines.sql.trial import compiles, has_value
from airflow_dataops.engines.sql.whole import part_of, whole
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    import duckdb

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.beside import Reader
    from airflow_dataops.engines.sql.tool import Tool


class DuckEngine:
    """Reads and judges rows in files of this machine.

    Args:
        memory_limit: What DuckDB may use of the memory, such as `1GB`.
        temp_directory: The folder of what doesn't fit into memory; made when it is needed.
        tools: The tools of custom rules, by the name that a contract calls them.
        published: Reads published tables.
    """

    def __init__(
        self,
        *,
        memory_limit: str,
        temp_directory: str,
        tools: Mapping[str, Tool] | None = None,
        published: Reader = nowhere,
    ) -> None:
        self._memory_limit = memory_limit
        self._temp_directory = temp_directory
        self._tools = tools or {}
        self._published = published

    @translated("reading the header")
    def header(self, relation: Landed | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of landed files, in the order of the first; none without a header.

        Files without a line are passed over; where all are so, there are no names either. JSON lines have
        the keys of the first records of each file.

        Raises:
            BadDataError: If a file can't be unpacked, is binary or not in its encoding or format, or names
                other columns than the first; or if there is no line in files that have no header.
            BrokenWorldError: If the file can't be read.
        """
        if isinstance(relation, InPlace):
            raise _elsewhere(relation)
        if relation.dialect.format is not Format.PARQUET:
            return read_header(relation)
        _check_readable(relation)
        with self._session(_files(relation)) as connection:
            return parquet_columns(connection, relation)

    @translated("reading the types")
    def types(self, relation: Landed | InPlace) -> dict[str, str]:
        """Return name -> type of the columns of Parquet files, those of the first; none for text.

        Raises:
            BadDataError: If the file is no Parquet file, or damaged.
            BrokenWorldError: If it can't be read.
        """
        if isinstance(relation, InPlace):
            raise _elsewhere(relation)
        if relation.dialect.format is not Format.PARQUET:
            return {}
        _check_readable(relation)
        with self._session(_files(relation)) as connection:
            return next((part_types(connection, part) for part in filled_parts(relation)), {})

    @translated("the scan")
    def scan(self, relation: Relation, scan: ScanPlan, *, split: Split | None, others: Others = NONE) -> Scan:
        """Measure every check over the rows of a relation, and write the good and the bad rows apart.

        Both halves are Parquet files, in the order of the lines. The good one has the columns of the
        contract, typed. The bad one has `dataops_file` (of landed rows) and `dataops_line`,
        `dataops_rules` in the order of the plan, every column of the relation as text, and `dataops_raw`.
        Without a split no file is written.

        Raises:
            BadDataError: If the relation lacks columns of the plan, or has columns that can't be told apart.
            BrokenWorldError: If rows can't be read or written.
            NotEvaluatedError: If DuckDB can't do it for another reason.
            SettingsError: If the tool of a custom rule isn't installed.
        """
        _check_readable(relation)
        with (
            _parts(split) as parts,
            self._session((*_files(relation), *_beside(others), *_halves(parts))) as connection,
        ):
            columns = _columns(relation, scan, connection)
            check_columns(relation, columns, wanted=[column.name for column in scan.columns])
            shape = Shape(columns, scan, {}, row="line")
            found = problems(
                shape, compiles=partial(compiles, connection), has_value=partial(has_value, connection)
            )
            shape = replace(shape, problems=dict(found))
            beside = Beside(connection, scan.columns, others=others, published=self._published)
            return run(connection, relation, shape=shape, parts=parts, tools=self._tools, beside=beside)

    @translated("the transformation")
    def transform(
        self, source: Staged, sql: str, *, name: str, partition: str, place: str, into: str
    ) -> Transformed:
        """Run a team's SELECT over a relation, and write the result as a Parquet file.

        In the SQL `{{ source }}` is the relation, called `name`, and `{{ partition }}` the partition's label.

        It can read the rows that it is given and nothing else: no file, no setting, no variable.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            BrokenWorldError: If the source can't be read or the result can't be written.
        """
        query = render_sql(sql, source=name, partition=partition, place=place)
        tree = parse_select(query, table=name, place=place)
        _check_readable(source)
        part = part_of(into)
        with (
            whole(into, part=part),
            self._session((source.uri, part)) as connection,
        ):
            ask(connection, statement.view(name, statement.parquet(source.uri)))
            schema = {name: types_of(connection, statement.parquet(source.uri))}
            rows = write_result(connection, query, tree, schema=schema, place=place, part=part)
        return Transformed(uri=into, rows=rows, lineage=column_lineage(tree, schema=schema))

    def _session(self, files: tuple[str, ...]) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return session(memory_limit=self._memory_limit, temp_directory=self._temp_directory, files=files)


def _check_readable(relation: Relation) -> None:
    """Let the file system say what is wrong: DuckDB calls a file that isn't there a forbidden one."""
    for file in _files(relation):
        with Path(file).open("rb"):
            pass


@contextmanager
def _parts(split: Split | None) -> Iterator[Split | None]:
    """Yield where the halves are written before they take their places; None where none is written."""
    if split is None:
        yield None
        return
    parts = Split(good=part_of(split.good), bad=part_of(split.bad))
    with whole(split.good, part=parts.good), whole(split.bad, part=parts.bad):
        yield parts


def _halves(parts: Split | None) -> tuple[str, ...]:
    return () if parts is None else (parts.good, parts.bad)


def _elsewhere(relation: InPlace) -> SettingsError:
    return SettingsError(
        "the rows are those of a table in a database, which is judged there",
        where=relation.uri,
        hint="Name its connection.",
    )


def _files(relation: Relation) -> tuple[str, ...]:
    if isinstance(relation, InPlace):
        raise _elsewhere(relation)
    return tuple(part.uri for part in relation.parts) if isinstance(relation, Landed) else (relation.uri,)


def _beside(others: Others) -> tuple[str, ...]:
    """Return the files of other tables."""
    every = (*others.datasets.values(), *([others.rest] if others.rest else []))
    return tuple(other.rows.uri for other in every if isinstance(other.rows, Staged))


def _columns(relation: Relation, scan: ScanPlan, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    if not isinstance(relation, Landed):
        return types_of(connection, statement.parquet(relation.uri))
    if relation.dialect.format is Format.PARQUET:
        return dict.fromkeys(parquet_columns(connection, relation), TEXT)
    if relation.dialect.format is Format.CSV and relation.dialect.header:
        return dict.fromkeys(read_header(relation), TEXT)
    return dict.fromkeys((column.name for column in scan.columns), TEXT)
