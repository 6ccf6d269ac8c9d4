"""The team's SQL files: Jinja in a sandbox, in which no value reaches the SQL unquoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from jinja2 import StrictUndefined, TemplateError, TemplateRuntimeError, TemplateSyntaxError
from sqlglot import exp

from airflow_dataops.engines.sql.sandbox import LONGEST, BoundedEnvironment, written
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from types import TracebackType

CODE_NAME = "<template>"
"""What Jinja calls the file of a template that has none."""

MODEL_HINT = (
    'A model knows ref("model"), source("schema", "table"), `partition` and the filters `identifier` and '
    "`literal`."
)
"""What to do about the template of a model."""


class Quoted(str):
    """A text that knows how it is written in SQL; what is made of it (joined, cut) is a plain text again."""

    __slots__ = ("sql",)

    sql: str

    def __new__(cls, text: str, sql: str) -> Self:
        """Return the text with its SQL."""
        quoted = super().__new__(cls, text)
        quoted.sql = sql
        return quoted


def identifier(value: object) -> Quoted:
    """Return a name as a quoted identifier."""
    text = written(value)
    return Quoted(text, exp.to_identifier(text, quoted=True).sql("duckdb"))


def literal(value: object) -> Quoted:
    """Return a text, a number, a truth value, a date or none as a literal."""
    text = written(value)
    return Quoted(text, exp.convert(text if isinstance(value, str) else value).sql("duckdb"))


def render_sql(text: str, *, source: str, partition: str, place: str) -> str:
    """Return a template's SQL.

    `{{ source }}` is the table of the rows, as a quoted identifier; `{{ partition }}` the label of the
    partition, as a quoted text. Any other value has to go through one of the filters `identifier` and
    `literal`.

    Args:
        text: The template.
        source: The name of the table.
        partition: The label of the partition.
        place: The file of the template, for messages.

    Raises:
        NotEvaluatedError: If the template doesn't parse, names what isn't there, prints an unquoted value, or
            makes a value or the SQL longer than LONGEST.
    """
    hint = "A template knows `source`, `partition` and the filters `identifier` and `literal`."
    values = {"source": identifier(source), "partition": literal(partition)}
    return _rendered(text, values, place=place, hint=hint)


def render_partition(text: str, *, partition: str, place: str) -> str:
    """Return the SQL of a template that knows nothing but the partition, and the two filters.

    Args:
        text: The template.
        partition: The label of the partition.
        place: The file of the template, for messages.

    Raises:
        NotEvaluatedError: As `render_sql`.
    """
    hint = "The template knows `partition` and the filters `identifier` and `literal`."
    return _rendered(text, {"partition": literal(partition)}, place=place, hint=hint)


def render_model(text: str, *, refs: Collection[str], partition: str, place: str) -> tuple[str, list[str]]:
    """Return a model's SQL, and the tables of the database that it reads, each once.

    `{{ ref("stg_orders") }}` is another model and `{{ source("raw", "orders") }}` a table of the database,
    called `raw.orders`, as quoted identifiers; `{{ partition }}` is the label of the partition, as a quoted
    text. Any other value has to go through one of the filters `identifier` and `literal`.

    Args:
        text: The template.
        refs: The models that it may read.
        partition: The label of the partition.
        place: The file of the template, for messages.

    Raises:
        NotEvaluatedError: As `render_sql`; or if it reads a model that it may not.
    """
    read: dict[str, None] = {}

    def ref(name: str) -> Quoted:
        if name not in refs:
            raise TemplateRuntimeError(f"the model `{written(name)}` is not made before this one")
        return identifier(name)

    def source(schema: str, table: str) -> Quoted:
        called = f"{written(schema)}.{written(table)}"
        read[called] = None
        return identifier(called)

    values = {"ref": ref, "source": source, "partition": literal(partition)}
    sql = _rendered(text, values, place=place, hint=MODEL_HINT)
    return sql, list(read)


def _rendered(text: str, values: Mapping[str, object], *, place: str, hint: str) -> str:
    environment = BoundedEnvironment(finalize=_quoted)
    line: int | None
    environment.filters.update({"identifier": identifier, "literal": literal})
    try:
        return _whole(environment.from_string(text).generate(dict(values)))
    except TemplateSyntaxError as error:
        what, line = error.message or "the template doesn't parse", error.lineno
    except TemplateError as error:
        what, line = error.message or type(error).__name__, _line(error.__traceback__)
    except Exception as error:  # noqa: BLE001 - a template is code: it may raise anything
        what, line = f"the template fails with {type(error).__name__}", _line(error.__traceback__)
    raise NotEvaluatedError(what.rstrip("."), where=f"{place}:{line}" if line else place, hint=hint)


def _whole(pieces: Iterable[str]) -> str:
    """Return the pieces of the SQL as one text; stop where it gets too long."""
    found: list[str] = []
    size = 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > LONGEST:
            raise TemplateRuntimeError(f"the SQL would have more than {LONGEST} characters")
    return "".join(found)


def _quoted(value: object) -> object:
    """Return what a printed value becomes in the SQL."""
    if isinstance(value, Quoted):
        return value.sql
    if isinstance(value, StrictUndefined):
        return value
    raise TemplateRuntimeError("a value would reach the SQL unquoted")


def _line(traceback: TracebackType | None) -> int | None:
    """Return the line of the template that a traceback ends in."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == CODE_NAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
