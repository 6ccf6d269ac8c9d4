"""What is wrong with models, as far as that can be told without their database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify

from airflow_dataops.engines.sql.proofreading import PARTITION, in_file, of_template
from airflow_dataops.engines.sql.select import NAMED, as_it_is, parse_select, unresolved
from airflow_dataops.engines.sql.template import render_model
from airflow_dataops.errors import NotEvaluatedError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airflow_dataops.core.models import Model

UNKNOWN = "text"
"""The type of a column of which the name alone is known; no name hangs on it."""


def proofread_models(
    models: Iterable[Model],
    *,
    texts: Mapping[str, tuple[str, str]],
    promised: Iterable[str],
    dialect: str = "postgres",
) -> Iterator[Problem]:
    """Yield the first problem of each model: of its template, its SELECT, or the columns that it names.

    The columns of a table are not known; those of a model are where its SELECT lists them.

    Args:
        models: The models, each after those that it reads; the last one is published.
        texts: Model -> its file, and the text of that.
        promised: The columns that the last one must have.
        dialect: The dialect that they are written in, as sqlglot calls it.
    """
    columns: dict[str, tuple[str, ...]] = {}
    name = ""
    for model in models:
        name = model.name
        place, text = texts[name]
        try:
            sql, sources = render_model(text, refs=model.refs, partition=PARTITION, place=place)
        except NotEvaluatedError as error:
            yield of_template(error, place=place)
            continue
        known = {ref: dict.fromkeys(columns[ref], UNKNOWN) for ref in model.refs if ref in columns}
        whole = known if not sources and len(known) == len(model.refs) else None
        try:
            besides = (*model.refs, *sources)
            tree = parse_select(sql, table="", besides=besides, place=place, dialect=dialect, hint=NAMED)
            problem = unresolved(tree, schema=whole, place=place, dialect=dialect) if whole else None
        except NotEvaluatedError as error:
            problem = error
        if problem is not None:
            yield Problem(in_file(problem.where, place, text=text, sql=sql), problem.what, problem.hint)
            continue
        found = _columns(tree, whole, dialect=dialect)
        if found is not None:
            columns[name] = found
    if name in columns:
        yield from _unkept(columns[name], promised=promised, place=texts[name][0])


def _columns(
    tree: exp.Query, schema: Mapping[str, Mapping[str, str]] | None, *, dialect: str
) -> tuple[str, ...] | None:
    """Return the names of the columns of a SELECT; None where they can't be told."""
    if tree.find(exp.Pivot) is not None:
        return None
    try:
        made = normalize_identifiers(tree.copy(), dialect=dialect)
        if made.is_star:
            if not schema:
                return None
            made = qualify(made, schema=as_it_is(schema, dialect=dialect), dialect=dialect)
    except (SqlglotError, RecursionError):
        return None
    names = tuple(made.named_selects)
    return names if names and all(names) and "*" not in names else None


def _unkept(found: Iterable[str], *, promised: Iterable[str], place: str) -> Iterator[Problem]:
    missing = [name for name in promised if name not in set(found)]
    if missing:
        what = f"the model has no column {', '.join(f'`{name}`' for name in missing)}"
        hint = "The contract promises it: select it, or name it with AS."
        yield Problem(f"{place}:1:1", what, hint)
