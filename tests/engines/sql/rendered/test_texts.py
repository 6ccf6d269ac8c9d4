r"""Texts and names of a contract stay texts and names in every database that SQL is rendered for.

sqlglot's reader stands for the vendor here, but where the vendor is known to read otherwise: SQL Server joins
lines at a backslash, sqlcmd and notebooks replace variables, Redshift's sessions differ about `\'`.
"""

from __future__ import annotations

import re

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.engines.sql.rendered.databases import RENDERED
from airflow_dataops.engines.sql.rendered.rendering import Rendering
from airflow_dataops.engines.sql.script import script
from airflow_dataops.errors import NotEvaluatedError

READERS = {name: name for name in RENDERED} | {"sqlserver": "tsql"}

NASTY = [
    "it's",
    "'",
    "''",
    "\\",
    "\\\\",
    "\\'",
    "\\\\'",
    "'; DROP TABLE x; --",
    "\\'; DROP TABLE x; --",
    "\\''; DROP TABLE x; --",
    '"; DROP TABLE x; --',
    "`; DROP TABLE x; --",
    "]; DROP TABLE x; --",
    "/* */ -- #",
    "line\nline\r\nline\ttab\vv\ff\x01\x1b\x7f",
    "\u2028\u0085\u00a0",
    "\\n\\t\\x27\\u0027\\047\\N{quote}",
    "100%_",
    "$$ ${x} $(x) {x:String} :x ? & &&x {{ x }} <% x %>",
    " blanks ",
    "Größe 😀",
]

REFUSED = {"sqlserver": {"$$ ${x} $(x) {x:String} :x ? & &&x {{ x }} <% x %>"}}
"""Dialect -> the texts that it can't be given."""


def asked(value: str, dialect: str) -> str:
    """Return the query of a column that has one value."""
    column = Column(name="c", type=ColumnType(LogicalType.STRING), values=(value, "other"))
    dataset = Dataset(name="t", columns=(column,))
    (check,) = (one for one in derive(dataset) if one.id == "c.enum")
    return Rendering(dataset, RENDERED[dialect], pretty=False).sql(check)


def text_of(node: exp.Expr) -> str:
    """Return the text that an expression of literals and characters is."""
    match node:
        case exp.Paren():
            return text_of(node.this)
        case exp.DPipe() | exp.Add() | exp.Concat():
            parts = node.expressions or [node.this, node.expression]
            return "".join(map(text_of, parts))
        case exp.Chr():
            return "".join(chr(int(one.this)) for one in node.expressions)
        case exp.Anonymous() if node.name.upper() in {"CHR", "CHAR"}:
            return chr(int(node.expressions[0].this))
        case exp.Coalesce() | exp.Cast():
            return text_of(node.this)
        case exp.Literal() | exp.National():
            return node.this
        case _:
            raise AssertionError(repr(node))


def read_back(query: str, dialect: str) -> str:
    """Return the one value that a query lists, as its dialect reads it."""
    (tree,) = sqlglot.parse(query, dialect=READERS[dialect])
    assert ["t"] == [table.name for table in tree.find_all(exp.Table)]
    value, other = (text_of(one) for one in tree.find(exp.In).expressions)
    mark = RENDERED[dialect].mark
    assert f"other{mark}" == other
    assert value.endswith(mark)
    return value.removesuffix(mark) if mark else value


@pytest.mark.parametrize("dialect", RENDERED)
@pytest.mark.parametrize("value", NASTY)
def test_a_text_is_read_back_as_it_is(value, dialect) -> None:
    """Whatever a text holds, it ends where it ends, and every character comes back."""
    if value in REFUSED.get(dialect, ()):
        with pytest.raises(NotEvaluatedError, match="a text has"):
            asked(value, dialect)
        return
    assert value == read_back(asked(value, dialect), dialect)


@pytest.mark.parametrize("dialect", RENDERED)
def test_any_text_is_read_back_as_it_is(dialect) -> None:
    """Every text of quotes, backslashes and line ends comes back, or is refused."""

    @given(st.text(alphabet="'\\\"`$({&\n\r\tn0x2 |a;-", min_size=1, max_size=12))
    def same(value: str) -> None:
        try:
            query = asked(value, dialect)
        except NotEvaluatedError:
            assert dialect == "sqlserver"
            assert re.search(r"\\\r?\n|\$\(", value)
            return
        assert value == read_back(query, dialect)

    same()


@pytest.mark.parametrize("dialect", RENDERED)
def test_no_text_holds_nul(dialect) -> None:
    """Most databases can't store it, some end a text there."""
    with pytest.raises(NotEvaluatedError, match="NUL"):
        asked("a\0b", dialect)


VENDORS = [
    ("redshift", "it's \\ x", r"^[^\\]*$", "`\\'` ends a text where a session keeps to the standard"),
    ("databricks", "a $b ${c}", r"^[^$]*$", "notebooks replace what stands behind a dollar"),
    ("databricks", "a\x01\fb", r"^[^\x01\f]*$", "the manual has no octal numbers, nor `\\f`"),
    ("databricks", "a\x01\fb", r"^[^\\]*$", "the manual has no octal numbers, nor `\\f`"),
    ("oracle", "R&D", r"^[^&]*$", "SQL*Plus asks for a variable"),
    (
        "oracle",
        "a\n\nb\n/\n",
        r"^[^\n]*$",
        "SQL*Plus ends a statement at an empty line, and runs it at a slash",
    ),
    ("bigquery", "a\nb\rc", r"^[^\n\r]*$", "no text has a line end"),
    ("bigquery", "it's", r"^.*'it\\'s'.*$", "a doubled quote is none: two texts stand side by side"),
    ("databricks", "it's", r"^.*'it\\'s'.*$", "two texts side by side are one"),
    ("clickhouse", "a\x1bb", r"^[^\\]*$", "the manual has no `\\e`"),
    ("sqlserver", "ä", r"^.*N'ä\|'.*$", "without N it is of the database's code page"),
]
"""Dialect, a text, what the whole query matches, and why: where the vendor differs from sqlglot, or may."""


@pytest.mark.parametrize(("dialect", "value", "pattern", "why"), VENDORS)
def test_what_the_vendor_reads_otherwise_is_not_written(dialect, value, pattern, why) -> None:
    """Sqlglot's reader can't tell, so the writing itself is looked at."""
    assert re.search(pattern, asked(value, dialect), re.DOTALL), why


@pytest.mark.parametrize("value", ["a\\\nb", "a\\\r\nb", "$(x)"])
def test_what_sql_server_and_its_tools_replace_is_refused(value) -> None:
    """A backslash before a line end joins both lines; sqlcmd replaces variables."""
    with pytest.raises(NotEvaluatedError, match=r"a text has a .*, which"):
        asked(value, "sqlserver")


@pytest.mark.parametrize("dialect", RENDERED)
def test_no_comment_holds_what_clients_replace_or_ends_before_its_line(dialect, everything, others) -> None:
    """What a contract says in words stands in comments, which some clients read, too."""
    text = script(everything, everything.datasets, others=others, dialect=dialect).text
    comments = [line for line in text.split("\n") if line.startswith("--")]
    assert any("DROP TABLE x; --" in line for line in comments)
    replaced = RENDERED[dialect].replaced
    assert not [line for line in comments if replaced and re.search(replaced, line)]
    outside = sqlglot.parse(text, dialect=READERS[dialect])
    assert not [one for one in outside if isinstance(one, exp.Drop)]


NAMES = ['x" OR 1=1 --', "x] OR 1=1 --", "x` OR 1=1 --", "x\\", 'x\\" OR 1=1 --', "x' OR 1=1", "Größe"]


@pytest.mark.parametrize("dialect", RENDERED)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name_whatever_it_holds(name, dialect) -> None:
    """A quote in a name of a table or a column stays in the name, or the name is refused."""
    column = Column(name=name, type=ColumnType(LogicalType.STRING), required=True)
    dataset = Dataset(name=f"table {name}", columns=(column,))
    (check, *_) = derive(dataset)
    database = RENDERED[dialect]
    rendering = Rendering(dataset, database)
    if set(database.names) & set(name):
        with pytest.raises(NotEvaluatedError, match="can't quote a name"):
            rendering.sql(check)
        return
    (tree,) = sqlglot.parse(rendering.sql(check), dialect=READERS[dialect])
    assert [f"table {name}"] == [table.name for table in tree.find_all(exp.Table)]
    assert [name] == [found.name for found in tree.find_all(exp.Column)]
    assert tree.args["where"].this == exp.column(exp.to_identifier(name, quoted=True)).is_(exp.null())


def test_a_dot_divides_the_name_of_a_table_in_bigquery_alone() -> None:
    """There it parts the dataset from the table, also in quotes."""
    column = Column(name="c", type=ColumnType(LogicalType.STRING), required=True)
    dataset = Dataset(name="orders", physical="mart.orders", columns=(column,))
    (check, *_) = derive(dataset)
    found = {
        dialect: sqlglot.parse_one(Rendering(dataset, database).sql(check), dialect=READERS[dialect])
        for dialect, database in RENDERED.items()
    }
    parts = {dialect: tree.find(exp.Table).parts for dialect, tree in found.items()}
    assert {"bigquery"} == {dialect for dialect, names in parts.items() if len(names) > 1}


def test_an_empty_text_is_null_in_oracle() -> None:
    """No list there has it: with a null in it, a list would blame no row."""
    assert "IN ('other')" in asked("", "oracle")
    assert "IN ('', 'other')" in asked("", "snowflake")
