"""DuckDB as the engine over files, always in memory."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import Framed, InPlace, Landed, Staged, Transformed
from airflow_dataops.core.time_limit import NO_LIMIT
from airflow_dataops.engines.sql.alone import conditions
from airflow_dataops.engines.sql.columns import check_columns
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.beside import Beside, nowhere
from airflow_dataops.engines.sql.duckdb.framed import declared_types, framed_types, seen, settled
from airflow_dataops.engines.sql.duckdb.parquet import filled_parts, parquet_columns, part_types
from airflow_dataops.engines.sql.duckdb.parts import Part, parquet_parts
from airflow_dataops.engines.sql.duckdb.run import run
from airflow_dataops.engines.sql.duckdb.session import PACKED, WORLD, ask, session, translated, types_of
from airflow_dataops.engines.sql.duckdb.transformation import write_result
from airflow_dataops.engines.sql.duckdb.trial import compiles, has_value
from airflow_dataops.engines.sql.duckdb.typed import TypedRows, is_typed
from airflow_dataops.engines.sql.lineage import column_lineage
from airflow_dataops.engines.sql.problem import problems, texts_apart
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.shape import Shape
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.engines.sql.whole import part_of, whole
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_dataops.core.checks.metric import Measured, Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Arrived, Relation, Split
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.engines.sql.duckdb.beside import Reader
    from airflow_dataops.engines.sql.duckdb.rooms import Rooms
    from airflow_dataops.engines.sql.duckdb.tool import Tool


class DuckEngine:
    """Reads and judges rows in files of this machine, and those that are handed over through Arrow.

    Args:
        memory_limit: What DuckDB may use of the memory, such as `1GB`.
        temp_directory: The folder of what doesn't fit into memory; made when it is needed.
        tools: The tools of custom rules, by the name that a contract calls them.
        published: Reads published tables.
        tests: The one DuckDB of tests, where transformations are those: messages may quote the rows that they
            are given, and nobody asks which column came of which.
        time_limit: How long one statement of people may take.
    """

    def __init__(
        self,
        *,
        memory_limit: str,
        temp_directory: str,
        tools: Mapping[str, Tool] | None = None,
        published: Reader = nowhere,
        tests: Rooms | None = None,
        time_limit: TimeLimit = NO_LIMIT,
    ) -> None:
        self._memory_limit = memory_limit
        self._temp_directory = temp_directory
        self._tools = tools or {}
        self._published = published
        self._tests = tests
        self._limit = time_limit

    @translated("reading the header")
    def header(self, relation: Arrived | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of landed files, in the order of the first; none without a header.

        Files without a line are passed over; where all are so, there are no names either. JSON lines have
        the keys of the first records of each file.

        Raises:
            BadDataError: If a file can't be unpacked, is binary or not in its encoding or format, or names
                other columns than the first; or if there is no line in files that have no header; or
                if a frame has no column.
            BrokenWorldError: If the file can't be read.
        """
        if isinstance(relation, InPlace):
            raise _elsewhere(relation)
        if isinstance(relation, Framed):
            with self._session(relation):
                return relation.columns
        if relation.dialect.format is not Format.PARQUET:
            from airflow_dataops.engines.sql.duckdb.landed import read_header

            return read_header(relation)
        _check_readable(relation)
        with self._session(relation) as connection:
            return parquet_columns(connection, relation)

    @translated("reading the types")
    def types(self, relation: Arrived | InPlace) -> dict[str, str]:
        """Return name -> type of the columns of a frame, or of the first Parquet file; none for text.

        Raises:
            BadDataError: If the file is no Parquet file, or damaged.
            BrokenWorldError: If it can't be read.
        """
        if isinstance(relation, InPlace):
            raise _elsewhere(relation)
        if isinstance(relation, Framed):
            with self._session(relation) as connection:
                return declared_types(connection, relation)
        if relation.dialect.format is not Format.PARQUET:
            return {}
        _check_readable(relation)
        with self._session(relation) as connection:
            return next((part_types(connection, part) for part in filled_parts(relation)), {})

    @translated("the scan")
    def scan(
        self,
        relation: Relation,
        scan: ScanPlan,
        *,
        split: Split | None,
        others: Others = NONE,
        keys: int = 0,
    ) -> Scan:
        """Measure every check over the rows of a relation, and write the good and the bad rows apart.

        Both halves are Parquet files, in the order of the lines. The good one has the columns of the
        contract, typed. The bad one has `dataops_file` (of landed rows) and `dataops_line`,
        `dataops_rules` in the order of the plan, every column of the relation as text, and `dataops_raw`.
        Without a split no file is written, nor where a rule that says which rows are good can't be evaluated.

        Raises:
            BadDataError: If the relation lacks columns of the plan, or has columns that can't be told apart.
            BrokenWorldError: If rows can't be read or written.
            NotEvaluatedError: If DuckDB can't do it for another reason.
            SettingsError: If the tool of a custom rule isn't installed.
        """
        _check_readable(relation)
        besides = _beside(others)
        judge = partial(run, limit=self._limit, keys=keys)
        late: dict[str, Measured] = {}
        with _parts(split) as parts:
            packs = len(scan.columns) <= PACKED
            with self._session(relation, *besides, *_halves(parts), packs=packs) as connection:
                shape = _shape(connection, relation, scan)
                if (rows := _typed(connection, relation, shape)) is not None:
                    beside = Beside(connection, scan.columns, others=others, published=self._published)
                    found = judge(connection, relation, rows, parts=parts, beside=beside)
                    late = {rule: one for rule, one in found.measured.items() if self._is_late(one)}
                    left = tuple(check for check in scan.queries if check.id not in late)
                    if found.unjudged or not any(found.measured[check.id].problem for check in left):
                        return found
                    scan = replace(scan, queries=left)
            from airflow_dataops.engines.sql.duckdb.kept import KeptRows

            # What failed over rows of which none is kept may not fail over the good ones alone.
            for half in _halves(parts):
                Path(half).unlink(missing_ok=True)
            with self._session(relation, *besides, *_halves(parts)) as connection:
                shape = _shape(connection, relation, scan)
                beside = Beside(connection, scan.columns, others=others, published=self._published)
                kept = KeptRows(
                    connection, relation, shape, tools=self._tools, beside=beside, limit=self._limit
                )
                found = judge(connection, relation, kept, parts=parts, beside=beside)
                return replace(found, measured=found.measured | late)

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
        from airflow_dataops.engines.sql.template import render_sql

        query = render_sql(sql, source=name, partition=partition, place=place)
        tree = parse_select(query, table=name, place=place)
        _check_readable(source)
        part = part_of(into)
        with (
            whole(into, part=part),
            self._session(source, part) as connection,
        ):
            ask(connection, statement.view(name, statement.parquet(source.uri)))
            schema = {name: types_of(connection, statement.parquet(source.uri))}
            rows = write_result(
                connection,
                query,
                tree,
                schema=schema,
                place=place,
                part=part,
                template=sql if self._tests else "",
                limit=self._limit,
            )
        lineage = {} if self._tests else column_lineage(tree, schema=schema)
        return Transformed(uri=into, rows=rows, lineage=lineage)

    def _is_late(self, found: Measured) -> bool:
        return bool(self._limit.seconds) and found.problem == self._limit.over

    @contextmanager
    def _session(
        self, relation: Relation, *files: str, packs: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a DuckDB that sees a relation, and may read and write other files."""
        opened = (
            self._tests.room()
            if self._tests
            else session(
                memory_limit=self._memory_limit,
                temp_directory=self._temp_directory,
                files=(*_files(relation), *files),
                packs=packs,
            )
        )
        with opened as connection, seen(connection, relation):
            yield connection


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
    parts = replace(split, good=part_of(split.good), bad=part_of(split.bad))
    with whole(split.good, part=parts.good, needed=False), whole(split.bad, part=parts.bad, needed=False):
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
    if isinstance(relation, Framed):
        return ()
    return tuple(part.uri for part in relation.parts) if isinstance(relation, Landed) else (relation.uri,)


def _beside(others: Others) -> tuple[str, ...]:
    """Return the files of other tables."""
    every = (*others.datasets.values(), *([others.rest] if others.rest else []))
    return tuple(other.rows.uri for other in every if isinstance(other.rows, Staged))


def _shape(connection: duckdb.DuckDBPyConnection, relation: Relation, scan: ScanPlan) -> Shape:
    """Return the columns of a relation, and what a plan wants of them and can't have."""
    columns = _columns(relation, scan, connection)
    check_columns(relation, columns, wanted=[column.name for column in scan.columns])
    shape = Shape(columns, scan, {}, row="line")
    found = problems(shape, compiles=partial(compiles, connection), has_value=partial(has_value, connection))
    apart = {
        rule: why
        for types in _types_of_files(connection, relation)
        for rule, why in texts_apart(shape, types)
    }
    return replace(shape, problems={**apart, **dict(found)})


def _types_of_files(connection: duckdb.DuckDBPyConnection, relation: Relation) -> Iterator[Mapping[str, str]]:
    """Yield name -> type of the columns of each landed file that has types: they may differ."""
    if isinstance(relation, Landed) and relation.dialect.format is Format.PARQUET:
        for part in filled_parts(relation):
            yield part_types(connection, part)


def _typed(connection: duckdb.DuckDBPyConnection, relation: Relation, shape: Shape) -> TypedRows | None:
    """Return rows that are judged where they lie; None where they can't be, or it fails."""
    asked = conditions(shape.plan)
    if isinstance(relation, Framed):
        types: list[Mapping[str, str]] = [shape.columns]
        parts: tuple[Part, ...] = ()
    else:
        parts = () if asked is None else parquet_parts(connection, relation, shape.columns)
        types = [part.columns for part in parts]
    if asked is None or not types or types != types[:1] * len(types) or not is_typed(shape.plan, types[0]):
        return None
    try:
        typed = replace(shape, columns=types[0])
        if isinstance(relation, Framed):
            parts = (Part("", settled(connection, relation), shape.columns),)
        return TypedRows(connection, relation, parts, typed, conditions=asked)
    except WORLD:
        raise
    except duckdb.Error:
        return None


def _columns(relation: Relation, scan: ScanPlan, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    if isinstance(relation, Framed):
        return framed_types(connection, relation)
    if not isinstance(relation, Landed):
        return types_of(connection, statement.parquet(relation.uri))
    if relation.dialect.format is Format.PARQUET:
        return dict.fromkeys(parquet_columns(connection, relation), TEXT)
    if relation.dialect.format is Format.CSV and relation.dialect.header:
        from airflow_dataops.engines.sql.duckdb.landed import read_header

        return dict.fromkeys(read_header(relation), TEXT)
    return dict.fromkeys((column.name for column in scan.columns), TEXT)
