"""The two halves of the rows of a table, written into tables of the same database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.naming import LINE_COLUMN, RAW_COLUMN, RULES_COLUMN
from airflow_dataops.engines.sql.hooked.parting import Half
from airflow_dataops.engines.sql.hooked.statement import table_of
from airflow_dataops.engines.sql.judging import MARKED
from airflow_dataops.engines.sql.ours import not_ours, note, one_name
from airflow_dataops.errors import NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.database import TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from airflow_dataops.core.rows.relation import Split
    from airflow_dataops.engines.sql.hooked.parting import Parting
    from airflow_dataops.engines.sql.hooked.session import Session
    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.warehouse.database import Database

    Over = Callable[[exp.Select], exp.Select]

KEPT = "dataops_marked"
"""How the temporary tables are called in which MARKED is kept, so that both halves are of one state."""

FLAG = "INTEGER"
"""The type of a truth value in a temporary table."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Where the halves of the rows of a table go.

    Args:
        good: That of the good rows; None for none.
        bad: That of the bad ones.
        parting: How the database parts rows.
    """

    good: Half | None
    bad: Half
    parting: Parting

    @property
    def both(self) -> tuple[Half, ...]:
        """The tables that are written."""
        return (self.bad,) if self.good is None else (self.good, self.bad)


class Writer:
    """Writes the halves of the rows of one scan.

    Args:
        session: A session that may write.
        halves: Where they go.

    Raises:
        SettingsError: If one of the names is that of a table which isn't ours.
    """

    def __init__(self, session: Session, halves: Halves) -> None:
        self._session = session
        self._halves = halves
        self._parting = halves.parting
        self._tries = 0
        for half in halves.both:
            self._check(half)

    def keep(self, shape: Shape, flags: Iterable[str], *, over: Over) -> exp.Select:
        """Write the rows of MARKED into a temporary table, and return a SELECT of all of it.

        Args:
            shape: The columns, the plan and the marks.
            flags: More columns of MARKED that are asked for.
            over: A SELECT over MARKED -> the same with what it is.
        """
        self._tries += 1
        kept = TableName(f"{KEPT}_{self._tries}", self._parting.scratch(self._halves.bad.table))
        columns = self._kept(shape, flags)
        self._make(kept, columns, "")
        rows = [exp.alias_(value, name) for name, value in _marked(shape, columns).items()]
        self._session.run(_insert(kept, columns, over(exp.select(*rows).from_(MARKED))))
        return exp.select(exp.Star()).from_(table_of(kept))

    def write(self, shape: Shape, *, good: int, bad: int, over: Over) -> None:
        """Write both halves from the rows that were kept; they take the places of what was there.

        Args:
            shape: The columns, the plan and the marks.
            good: How many good rows were counted.
            bad: How many bad ones.
            over: A SELECT over MARKED -> the same with what it is.

        Raises:
            NotEvaluatedError: If others were written than were counted. Nothing is kept then.
            SettingsError: If one of the names has become that of a table which isn't ours.
        """
        halves = self._halves
        with self._parting.placed(self._session.connection, halves.both, self._check) as tables:
            for half, table in zip(halves.both, tables, strict=True):
                passing = half is halves.good
                columns = self._declared(shape) if passing else self._plain(shape)
                self._make(table, columns, half.note)
                rows = over(self._typed(shape) if passing else _refused(shape))
                self._session.run(_insert(table, columns, rows))
                self._check_count(table, good if passing else bad, place=str(half.table))

    def _check(self, half: Half) -> None:
        if self._parting.noted(self._session.connection, half) is False:
            raise not_ours(str(half.table), half.note)

    def _check_count(self, table: TableName, counted: int, *, place: str) -> None:
        (written,) = self._session.numbers(exp.select(exp.Count(this=exp.Star())).from_(table_of(table)))
        if written != counted:
            raise NotEvaluatedError(
                f"{counted} rows were counted, but {written} were written",
                where=place,
                hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
            )

    def _kept(self, shape: Shape, flags: Iterable[str]) -> dict[str, str]:
        """Return the columns of the temporary table and their types."""
        texts = {f"t{at}": self._parting.text for at in range(len(shape.columns))}
        values = {f"v{at}": self._parting.held(column.type) for at, column in enumerate(shape.plan.columns)}
        named = (*shape.columns_of_marks, *shape.filters.values(), *map(shape.there, shape.optional), *flags)
        return {**dict.fromkeys((*named, "bad"), FLAG), **texts, **values}

    def _declared(self, shape: Shape) -> dict[str, str]:
        """Return the columns of the good rows and their types."""
        return {column.name: self._parting.declared(column.type) for column in shape.plan.columns}

    def _plain(self, shape: Shape) -> dict[str, str]:
        """Return the columns of the bad rows and their types."""
        texts = dict.fromkeys((RULES_COLUMN, *shape.columns, RAW_COLUMN), self._parting.text)
        return {LINE_COLUMN: FLAG, **texts}

    def _typed(self, shape: Shape) -> exp.Select:
        """Return the good rows of MARKED, as they are written."""
        columns = [
            self._parting.stored(
                exp.column(f"v{at}"), exp.column(f"t{shape.positions[column.name]}"), column.type
            )
            for at, column in enumerate(shape.plan.columns)
        ]
        return exp.select(*columns).from_(MARKED).where(exp.not_(exp.column("bad")))

    def _make(self, table: TableName, columns: Mapping[str, str], said: str) -> None:
        kinds = [
            exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=exp.Var(this=kind))
            for name, kind in columns.items()
        ]
        self._session.run(self._parting.made(exp.Schema(this=table_of(table), expressions=kinds), said))


def halves_of(split: Split, *, judged: TableName, database: Database, parting: Parting) -> Halves:
    """Return where the halves of the rows of a table go.

    Args:
        split: Their addresses; that of the good rows may be empty, then they are not written.
        judged: The table of the rows.
        database: The database, of which they must be tables.
        parting: How it parts rows.

    Raises:
        SettingsError: If they lie elsewhere, two of the tables are one, or a digest is asked for.
    """
    if split.digest:
        raise SettingsError(
            "rows that are parted in place have no digest", where=split.good, hint="Ask for none."
        )
    found = {half: _at(uri, database) for half, uri in (("good", split.good), ("bad", split.bad)) if uri}
    seen = {str(judged).casefold()}
    for table in found.values():
        if str(table).casefold() in seen:
            raise one_name(str(table))
        seen.add(str(table).casefold())
    halves = {half: Half(table, note(half, str(judged))) for half, table in found.items()}
    return Halves(halves.get("good"), halves["bad"], parting)


def _at(uri: str, database: Database) -> TableName:
    table = database.table_at(uri)
    if table is None:
        raise SettingsError(
            "the rows would go elsewhere",
            where=uri,
            hint="Rows that are parted in place stay in the database of their connection.",
        )
    return table


def _marked(shape: Shape, columns: Iterable[str]) -> dict[str, exp.Expr]:
    """Return columns of MARKED as they are kept: of one that is no text, whether there is a value."""
    there = {name for name in map(shape.there, shape.optional) if name.startswith("s")}
    is_there = {
        name: exp.case().when(
            exp.not_(exp.Is(this=exp.column(name), expression=exp.null())), exp.Literal.number(1)
        )
        for name in there
    }
    return {name: is_there.get(name, exp.column(name)) for name in columns}


def _refused(shape: Shape) -> exp.Select:
    """Return the bad rows of MARKED: no line, for a table has none; their rules, as JSON; each text."""
    marks = [mark.hit for mark in shape.marks]
    ids = [exp.Literal.string(mark.rule) for mark in shape.marks]
    rules = shape.spelling.chosen(ids, marks) if marks else exp.Literal.string("[]")
    texts = [exp.column(f"t{at}") for at in range(len(shape.columns))]
    return exp.select(exp.null(), rules, *texts, exp.null()).from_(MARKED).where(exp.column("bad"))


def _insert(table: TableName, columns: Iterable[str], rows: exp.Select) -> exp.Insert:
    names = [exp.to_identifier(name, quoted=True) for name in columns]
    return exp.Insert(this=exp.Schema(this=table_of(table), expressions=names), expression=rows)
