"""Files profiled in DuckDB: read as batches are read, and asked for counts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.contract.format import TEXTS
from airflow_dataops.core.contract.infer import FEW, OFTEN, is_personal
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.profile import DIGIT, LOWER, UPPER, ColumnProfile, Profile
from airflow_dataops.core.landing import Format
from airflow_dataops.engines.sql.columns import check_columns
from airflow_dataops.engines.sql.duckdb.intake import take
from airflow_dataops.engines.sql.duckdb.landed import nested_columns, numbered_columns, read_header
from airflow_dataops.engines.sql.duckdb.marking import KEPT
from airflow_dataops.engines.sql.duckdb.parquet import filled_parts, parquet_columns, part_types
from airflow_dataops.engines.sql.duckdb.session import ask, session, translated
from airflow_dataops.engines.sql.reading import value_of
from airflow_dataops.engines.sql.shape import Shape
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    import duckdb

    from airflow_dataops.core.rows.relation import Landed

SHORT = 200
"""Characters of a value that its shape is asked of."""

SOME = 1000
"""Rows of which everything is asked; of the others, what these leave open."""

OF_TEXT, OF_JSON = ColumnType(LogicalType.STRING), ColumnType(LogicalType.OBJECT)
"""How the values of a column are read: each a text, or each the text of its JSON."""

STARTS = {LogicalType.OBJECT: r"^\{", LogicalType.ARRAY: r"^\["}
"""What the text of JSON starts with that is of such a type."""

ALWAYS = frozenset({"filled", "distinct", "shortest", "longest"})
EVIDENCE = {
    "integers": f"is_{LogicalType.INTEGER}",
    "negative": f"is_{LogicalType.NUMBER}",
    **dict.fromkeys(("whole", "scale", "padded"), "plain"),
}
"""What is asked of every column; what is asked of one that shows something else, often enough."""

DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
WHOLE, BEHIND = r"^[+-]?0*([0-9]*)", r"\.([0-9]*)$"
PADDED = r"^[+-]?0[0-9]"
SIGNED = r"^-.*[1-9]"

ASKED_FORMATS = ("email", "ipv4", "ipv6", "uuid", "uri")
"""Formats that a text hardly has by chance, as any word is a host name."""

DECLARED: tuple[tuple[str, LogicalType], ...] = (
    (r"U?(TINY|SMALL|BIG)?INT(EGER)?", LogicalType.INTEGER),
    (r"DECIMAL\((\d+),(\d+)\)|FLOAT|DOUBLE", LogicalType.NUMBER),
    (r"BOOLEAN", LogicalType.BOOLEAN),
    (r"DATE", LogicalType.DATE),
    (r"TIMESTAMP.*", LogicalType.TIMESTAMP),
    (r"TIME(_NS)?", LogicalType.TIME),
    (r".*\[[0-9]*\]", LogicalType.ARRAY),
    (r"STRUCT\(.*\)", LogicalType.OBJECT),
    (r"MAP\(.*\)", LogicalType.MAP),
)
"""DuckDB's names of types -> the logical type; every other type is a text."""


class DuckProfiler:
    """Counts what values of files are.

    Args:
        memory_limit: What DuckDB may use of the memory, such as `1GB`.
        temp_directory: The folder of what doesn't fit into memory; made when it is needed.
    """

    def __init__(self, *, memory_limit: str, temp_directory: str) -> None:
        self._memory_limit = memory_limit
        self._temp_directory = temp_directory

    @translated("the profile")
    def profile(self, relation: Landed, *, values: bool) -> Profile:
        """Return what can be seen of the rows of files.

        Columns of files without a header are `column_1`, `column_2`, and so on.

        Args:
            relation: The files.
            values: Whether few different values shall be listed; those of likely personal columns never are.

        Raises:
            BadDataError: If a file can't be read in its format, or has no header or two names that are alike.
            BrokenWorldError: If a file can't be read.
        """
        files = tuple(part.uri for part in relation.parts)
        with session(
            memory_limit=self._memory_limit, temp_directory=self._temp_directory, files=files
        ) as connection:
            parquet = relation.dialect.format is Format.PARQUET
            names = parquet_columns(connection, relation) if parquet else _text_columns(relation)
            if not names:
                hint = "Give a file with a header and some rows."
                raise BadDataError("there is no header", where=relation.parts[0].name, hint=hint)
            check_columns(relation, names, wanted=())
            lines = relation.dialect.format is Format.JSON_LINES
            nested = nested_columns(relation) if lines else frozenset()
            columns = tuple(Column(name=name, type=OF_JSON if name in nested else OF_TEXT) for name in names)
            shape = Shape(dict.fromkeys(names, TEXT), plan(Dataset(name="", columns=columns), ()), {})
            taken = take(connection, relation, shape)
            declared: dict[str, str] = {}
            if parquet:
                part = filled_parts(relation)[0]
                declared = part_types(connection, part)
            found = tuple(
                _of_column(
                    connection,
                    name,
                    f"t{at}",
                    rows=taken.records,
                    declared=declared.get(name),
                    values=values,
                    of_json=name in nested,
                )
                for at, name in enumerate(names)
            )
        return Profile(rows=taken.records, columns=found, unparsable=taken.unparsable)


def _text_columns(relation: Landed) -> tuple[str, ...]:
    headless = relation.dialect.format is Format.CSV and not relation.dialect.header
    return numbered_columns(relation) if headless else read_header(relation)


def _of_column(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    column: str,
    *,
    rows: int,
    declared: str | None,
    values: bool,
    of_json: bool,
) -> ColumnProfile:
    text = exp.column(column)
    kind = None if declared is None else _declared(declared)
    types = {f"is_{logical}": logical for logical in LogicalType}
    formats = {f"like_{form}": form for form in ASKED_FORMATS}
    asked = _questions(text, kind, types=types, formats=formats)
    if of_json:
        asked |= {f"is_{logical}": _count_if(_found(text, start)) for logical, start in STARTS.items()}
    first = exp.select(text.copy()).from_(KEPT).limit(SOME).subquery("some_rows")
    counts = seen = _counted(connection, asked, first)
    if rows > SOME:
        asked = {alias: question for alias, question in asked.items() if _matters(alias, seen)}
        counts = dict.fromkeys(seen, 0) | _counted(connection, asked, exp.to_table(KEPT))
    found = ColumnProfile(
        name=name,
        declared=kind,
        typed={logical: counts.pop(alias) for alias, logical in types.items()},
        formats={form: counts.pop(alias) for alias, form in formats.items()},
        shape=_shape(connection, text, first) and _shape(connection, text, exp.to_table(KEPT)),
        **counts,  # type: ignore[arg-type]
    )
    if of_json:
        return replace(found, declared=ColumnType(max(STARTS, key=lambda logical: found.typed[logical])))
    few = found.distinct <= FEW and found.distinct * OFTEN <= found.filled
    if not values or not few or is_personal(found):
        return found
    query = exp.select(text.copy()).distinct().from_(KEPT).where(_present(text)).order_by(text.copy())
    listed = tuple(str(value) for (value,) in ask(connection, query.sql("duckdb")))
    return replace(found, values=listed)


def _questions(
    text: exp.Expr, kind: ColumnType | None, *, types: dict[str, LogicalType], formats: dict[str, str]
) -> dict[str, exp.Expr]:
    """Return what is asked of the texts of a column, each a number by its name."""
    integer = value_of(text, TEXT, ColumnType(LogicalType.INTEGER))
    asked: dict[str, exp.Expr] = {
        "filled": exp.Count(this=text.copy()),
        "distinct": exp.Count(this=exp.Distinct(expressions=[text.copy()])),
        "integers": exp.Count(this=exp.Distinct(expressions=[integer])),
        "plain": _count_if(_whole_match(text, DECIMAL)),
        "whole": _most(_length_of(text, WHOLE), where=DECIMAL, text=text),
        "scale": _most(_length_of(text, BEHIND), where=DECIMAL, text=text),
        "padded": _count_if(exp.and_(_whole_match(text, DECIMAL), _found(text, PADDED))),
        "words": _count_if(_whole_match(text, "(?i:true|false)")),
        "negative": _count_if(_found(text, SIGNED)),
        "shortest": exp.Min(this=exp.Length(this=text.copy())),
        "longest": exp.Max(this=exp.Length(this=text.copy())),
    }
    for alias, logical in types.items():
        column_type = kind if kind is not None and kind.logical is logical else ColumnType(logical)
        asked[alias] = exp.Count(this=value_of(text, TEXT, column_type))
    return asked | {alias: _count_if(_found(text, _strict(form))) for alias, form in formats.items()}


def _matters(alias: str, seen: dict[str, int]) -> bool:
    """Say whether a number is worth asking of all rows: what few of some rows are, not all of them can be."""
    evidence = EVIDENCE.get(alias, alias)
    few = 2 * seen[evidence] < seen["filled"]
    return alias in ALWAYS or not (few and seen["filled"])


def _counted(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, exp.Expr], source: exp.Expr
) -> dict[str, int]:
    (numbers,) = ask(connection, exp.select(*asked.values()).from_(source.copy()).sql("duckdb"))
    return {alias: int(number or 0) for alias, number in zip(asked, numbers, strict=True)}


def _declared(kind: str) -> ColumnType:
    for pattern, logical in DECLARED:
        match = re.fullmatch(pattern, kind, re.DOTALL)
        if match and kind.startswith("DECIMAL"):
            return ColumnType(logical, int(match[1]), int(match[2]))
        if match:
            return ColumnType(logical)
    return ColumnType(LogicalType.STRING)


def _strict(form: str) -> str:
    """Return the pattern of a format; a URI is one by its scheme alone, so `//` is asked for as well."""
    return TEXTS[form].replace(":(", "://(", 1) if form == "uri" else TEXTS[form]


def _shape(connection: duckdb.DuckDBPyConnection, text: exp.Expr, source: exp.Expr) -> str:
    """Return the shape that all values have, without a letter or digit of them; empty if they differ."""
    shape: exp.Expr = exp.func("left", text.copy(), exp.Literal.number(SHORT), dialect="duckdb")
    for signs, sign in (("[A-Z]", UPPER), ("[a-z]", LOWER), ("[0-9]", DIGIT)):
        arguments = (exp.Literal.string(signs), exp.Literal.string(sign), exp.Literal.string("g"))
        shape = exp.func("regexp_replace", shape, *arguments, dialect="duckdb")
    query = exp.select(exp.Min(this=shape), exp.Max(this=shape.copy())).from_(source.copy())
    ((first, last),) = ask(connection, query.sql("duckdb"))
    return str(first) if first is not None and first == last and len(str(first)) < SHORT else ""


def _count_if(condition: exp.Expr) -> exp.Expr:
    return exp.func("count_if", condition, dialect="duckdb")


def _present(text: exp.Expr) -> exp.Expr:
    return exp.not_(exp.Is(this=text.copy(), expression=exp.null()))


def _whole_match(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.func("regexp_full_match", text.copy(), exp.Literal.string(pattern), dialect="duckdb")


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(pattern))


def _length_of(text: exp.Expr, pattern: str) -> exp.Expr:
    arguments = (exp.Literal.string(pattern), exp.Literal.number(1))
    return exp.Length(this=exp.func("regexp_extract", text.copy(), *arguments, dialect="duckdb"))


def _most(length: exp.Expr, *, where: str, text: exp.Expr) -> exp.Expr:
    return exp.Max(this=exp.case().when(_whole_match(text, where), length))
