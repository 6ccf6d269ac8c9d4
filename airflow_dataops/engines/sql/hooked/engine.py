"""Any database that a DB-API connection leads to, as the engine over the tables that it holds.

Without a split nothing is written there and nothing is made, not even a temporary table: the right to read is
enough, and a replica will do.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.engines.sql.columns import check_columns, is_reserved
from airflow_dataops.engines.sql.hooked.beside import Beside
from airflow_dataops.engines.sql.hooked.halves import Writer, halves_of
from airflow_dataops.engines.sql.hooked.people import PLACE, table_condition
from airflow_dataops.engines.sql.hooked.scan import HookedScan
from airflow_dataops.engines.sql.hooked.session import session
from airflow_dataops.engines.sql.hooked.statement import table_of
from airflow_dataops.engines.sql.hooked.unread import checks_of, unreadable
from airflow_dataops.engines.sql.problem import problems
from airflow_dataops.engines.sql.shape import Shape
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import BadDataError, NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Arrived, Relation, Split, Staged, Transformed
    from airflow_dataops.engines.sql.hooked.halves import Halves
    from airflow_dataops.engines.sql.hooked.session import Session
    from airflow_dataops.engines.sql.hooked.system import System
    from airflow_dataops.engines.sql.spelling import Spelling
    from airflow_dataops.warehouse.database import Database, TableName


class HookedEngine:
    """Reads and judges rows in the tables of a database.

    Args:
        database: The database.
        system: What it is.
    """

    def __init__(self, database: Database, system: System) -> None:
        self._database = database
        self._system = system

    def header(self, relation: Arrived | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of a table, in their order.

        Raises:
            BadDataError: If there is no such table.
            BrokenWorldError: If the database can't be reached.
        """
        return tuple(self.types(relation))

    def types(self, relation: Arrived | InPlace) -> dict[str, str]:
        """Return name -> type of the columns of a table.

        Raises:
            BadDataError: If there is no such table.
            BrokenWorldError: If the database can't be reached.
        """
        table = self._table(relation)
        with session(self._database, self._system, "reading the columns") as opened:
            return dict(self._columns(opened, table))

    def scan(
        self,
        relation: Relation,
        scan: ScanPlan,
        *,
        split: Split | None,
        others: Others = NONE,
        keys: int = 0,
    ) -> Scan:
        """Measure every check over the rows of a table; without a split nothing is written.

        With one, both halves become tables of the same database, from one state of the rows. The good one has
        the columns of the contract, typed, and is left out where the split names none. The bad one has
        `dataops_line`, which is null, `dataops_rules`, a JSON list, every column of the table as text, and
        `dataops_raw`, which is null. What was there before is replaced, if it is ours.

        Columns of which the contract says nothing are not read but for the bad rows. At most `keys` of the
        rows that broke a rule are named, the first ones in the order of their keys. Neither half is written
        where a rule that says which rows are good can't be evaluated.

        Raises:
            BadDataError: If there is no such table, or it lacks columns of the plan.
            BrokenWorldError: If the database fails in a way that another try may heal.
            NotEvaluatedError: If it can't do it for another reason.
            SettingsError: If the rows lie elsewhere, or can't be written to the tables of the split.
        """
        table = self._table(relation)
        halves = None if split is None else self._halves(split, table)
        parting = None if split is None else self._system.parting
        with session(self._database, self._system, f"the scan of {table}", parting=parting) as opened:
            writer = None if halves is None else Writer(opened, halves)
            found = self._columns(opened, table)
            wanted = {column.name for column in scan.columns}
            check_columns(relation, found, wanted=[column.name for column in scan.columns])
            columns = {
                name: kind
                for name, kind in found.items()
                if name in wanted or (split is not None and not is_reserved(name))
            }
            where = self._where(opened, relation, table, found)
            shape = self._shape(opened, columns, scan, table)
            beside = Beside(opened, self._database, scan.columns, others=others)
            return HookedScan(opened, table, where, shape, beside=beside, writer=writer).run(keys=keys)

    def transform(
        self, source: Staged, sql: str, *, name: str, partition: str, place: str, into: str
    ) -> Transformed:
        """Refuse it: nothing is written here.

        Raises:
            SettingsError: Always.
        """
        del sql, name, partition, into
        raise SettingsError(
            f"rows in {self._system.title} are looked at and not transformed: {source.uri}",
            where=place,
            hint="Land the table as files, or in PostgreSQL.",
        )

    def _table(self, relation: Relation) -> TableName:
        table = self._database.table_at(relation.uri) if isinstance(relation, InPlace) else None
        if table is None:
            raise SettingsError(
                "the rows lie elsewhere",
                where=relation.uri,
                hint=f"In {self._system.title}, only tables of the connection itself are judged.",
            )
        return table

    def _halves(self, split: Split, table: TableName) -> Halves:
        """Return where the halves go.

        Raises:
            SettingsError: If rows can't be parted so.
        """
        if self._system.parting is None:
            raise SettingsError(
                f"rows can't be parted where they stay in {self._system.title}",
                where=str(table),
                hint="Leave the quarantine out; or give the rows as files.",
            )
        return halves_of(split, judged=table, database=self._database, parting=self._system.parting)

    def _columns(self, opened: Session, table: TableName) -> Mapping[str, str]:
        found = opened.columns(table)
        if found is None:
            raise BadDataError(
                f"there is no table `{table}`",
                where=f"connection `{self._database.conn_id}`",
                hint="Check its name, and that the connection leads to its database.",
            )
        return found

    def _where(
        self, opened: Session, relation: Relation, table: TableName, columns: Mapping[str, str]
    ) -> exp.Expr | None:
        """Return the condition of the rows that are looked at; no row is read."""
        if not isinstance(relation, InPlace) or not relation.where:
            return None
        where = table_condition(relation.where, columns=columns, system=self._system)
        try:
            source = table_of(table, home=self._system.home)
            opened.ask(exp.select(exp.Literal.number(1)).from_(source).where(where).limit(0))
        except self._system.errors as error:
            what = f"it {opened.fails(error)}"
        else:
            return where
        raise NotEvaluatedError(what, where=PLACE, hint="Check its functions and the types of its values.")

    def _shape(self, opened: Session, columns: Mapping[str, str], scan: ScanPlan, table: TableName) -> Shape:
        """Return the shape of a scan, with the checks that can't be evaluated."""
        width = 2 * len(columns) + len(scan.checks)  # as texts, as values, marks
        if width > self._system.most_columns:
            raise NotEvaluatedError(
                f"columns and rules come to {width}, {self._system.title} takes {self._system.most_columns}",
                where=str(table),
                hint="Judge them in parts, by `rules` or `dimensions`; or give the rows as files.",
            )
        spelling = self._system.spelling
        shape = Shape(columns, scan, {}, spelling)
        lost = unreadable(shape, self._system)
        shape = replace(shape, spelling=_passing_over(spelling))
        found = dict(
            problems(
                shape,
                compiles=partial(self._system.compiles, opened.connection),
                has_value=partial(_has_value, opened),
                reader=self._system.reader,
            )
        )
        hurt = {rule: lost[name] for rule, name in checks_of(lost, scan.checks).items()}
        return replace(shape, problems=found | hurt)


def _has_value(opened: Session, text: str, column_type: ColumnType) -> bool:
    value = opened.system.spelling.value_of(exp.Literal.string(text), TEXT, column_type)
    (missing,) = opened.numbers(exp.select(exp.Is(this=value, expression=exp.null())))
    return not missing


def _passing_over(spelling: Spelling) -> Spelling:
    """Return a spelling in which a column that can't be read has neither text nor value; literals fail."""

    def text_of(column: exp.Expr, kind: str) -> exp.Expr:
        try:
            return spelling.text_of(column, kind)
        except NotEvaluatedError:
            return exp.null()

    def value_of(column: exp.Expr, kind: str, column_type: ColumnType) -> exp.Expr:
        try:
            return spelling.value_of(column, kind, column_type)
        except NotEvaluatedError:
            if isinstance(column, exp.Literal):
                raise
            return exp.null()

    return replace(spelling, text_of=text_of, value_of=value_of)
