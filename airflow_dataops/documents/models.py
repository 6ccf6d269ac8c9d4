"""A folder of SQL files -> models: what each reads, in which order they are made, and which is published.

A file is parsed as Jinja, and nothing in it is run: `ref` and `source` are found where they are called.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes
from pydantic import ValidationError

from airflow_dataops.core.models import Model, circle, ends, needed, ordered
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.documents.yaml.text import is_there, read_text
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from airflow_dataops.documents.pipeline.keys import PipelineKeys
    from airflow_dataops.documents.templates.template import Template
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place

SUFFIX = ".sql"

NAME = re.compile(r"(?!pg_|dataops_)[A-Za-z_][A-Za-z0-9_]{0,62}")
"""A name that is one of a table in every database, and in none a table of the database's own."""

OURS = ("dataops", "pg_catalog", "information_schema")
"""Schemas whose tables are none of a team's."""

PART = re.compile(r"[^.\s\0]{1,63}")
"""The name of a schema, or of a table in it."""

LANGUAGE = Environment(autoescape=False)  # noqa: S701 - it parses, and renders nothing

CALLS = {"ref": (1, "{{ ref('stg_orders') }}"), "source": (2, "{{ source('raw', 'orders') }}")}
"""What a model calls -> how many names it takes, and how that looks."""


@dataclass(slots=True)
class Written:
    """A model's file, as far as it could be read.

    Args:
        model: What it says.
        path: The file.
        places: Model that it reads -> where it first says so, as file:line:column.
    """

    model: Model
    path: Path
    places: dict[str, str] = field(default_factory=dict)


def models_of(
    template: Template,
    keys: PipelineKeys,
    params: Mapping[str, object] | None,
    *,
    folder: Path,
    findings: Findings,
) -> tuple[Model, ...]:
    """Return the models of a product, each after those that it reads; the last one is published.

    Models on which that one doesn't build are left out, with a warning. None where the template makes no
    models, or something is wrong with them.

    Args:
        template: The product's template.
        keys: The keys of the pipeline file.
        params: The parameters, or None where they are wrong.
        folder: The product's folder.
        findings: Where problems go.
    """
    if not template.models or params is None:
        return ()
    _check_target(keys, findings)
    try:
        taken = template.params.model_validate(dict(params))
    except ValidationError:
        return ()  # it is said where the parameters are checked
    where, result = (str(getattr(taken, name)) for name in template.models)
    place, place_of_result = (keys.node.at("params", name).place for name in template.models)
    before = len(findings.errors)
    written = _read(folder, where, place=place, findings=findings)
    if len(findings.errors) > before:
        return ()
    return _wired(written, result, place=place_of_result, findings=findings)


def _check_target(keys: PipelineKeys, findings: Findings) -> None:
    target = keys.target
    if target is not None and target.type != "postgres":
        findings.error(
            target.node.place,
            "models are made in the database in which they are published",
            "Write `target: {type: postgres, conn_id: …, table: …}`.",
        )


def _read(folder: Path, where: str, *, place: Place, findings: Findings) -> tuple[Written, ...]:
    """Return the models of a folder, each name once; what is wrong is noted."""
    if not is_there(folder / where) or not (folder / where).is_dir():
        findings.error(place, f"there is no folder `{shown(where)}` beside this file", "Models lie in it.")
        return ()
    files = sorted(file for file in (folder / where).rglob(f"*{SUFFIX}") if file.is_file())
    if not files:
        findings.error(place, f"there is no `*{SUFFIX}` in `{shown(where)}`", "Each model is such a file.")
    found: dict[str, Written] = {}
    for file in files:
        one = _model(file, os.path.relpath(file, folder), findings)
        first = found.setdefault(one.model.name.casefold(), one)
        if first is not one:
            what = f"`{one.model.name}` is the name of the model {first.path} already"
            hint = "Rename one: names that differ by case alone are the same in SQL."
            findings.error(f"{file}:1:1", what, hint)
    return tuple(found.values())


def _model(file: Path, name: str, findings: Findings) -> Written:
    """Return what a file says; as much as can be read of it."""
    found = Written(Model(name=file.stem, file=name), file)
    if not NAME.fullmatch(file.stem):
        what = f"`{shown(file.stem)}` can't be the name of a model"
        hint = "Use letters, digits and `_`, at most 63, and no `pg_` or `dataops_` at the start."
        findings.error(f"{file}:1:1", what, hint)
    try:
        text = read_text(file)
    except DocumentError as error:
        findings.errors.extend(error.problems)
        return found
    if not text.strip():
        findings.error(f"{file}:1:1", "the file is empty", "It must hold one SELECT.")
    try:
        tree = LANGUAGE.parse(text)
        refs: dict[str, str] = {}
        sources: dict[str, None] = {}
        for called, names, at in _calls(tree, file, text, findings):
            if called == "ref":
                refs.setdefault(names[0], at)
            elif _is_source(names, at, findings):
                sources[".".join(names)] = None
    except TemplateSyntaxError as error:
        findings.error(f"{file}:{error.lineno}:1", (error.message or "it doesn't parse").rstrip("."))
        return found
    except RecursionError:
        findings.error(f"{file}:1:1", "the template is nested too deeply", "Write it flatter.")
        return found
    found.model = Model(name=file.stem, file=name, refs=tuple(refs), sources=tuple(sources))
    found.places = refs
    return found


def _calls(
    tree: nodes.Template, file: Path, text: str, findings: Findings
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield each call of `ref` and `source`: which, the names that it is given, and where it stands."""
    lines = text.split("\n")
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name not in CALLS:
            continue
        called = call.node.name
        names = tuple(one.value for one in call.args if isinstance(one, nodes.Const))
        line = lines[call.lineno - 1] if call.lineno <= len(lines) else ""
        at = f"{file}:{call.lineno}:{_column(line, called, names)}"
        count, example = CALLS[called]
        plain = len(names) == len(call.args) == count and all(isinstance(name, str) for name in names)
        if plain and not (call.kwargs or call.dyn_args or call.dyn_kwargs):
            yield called, names, at
        else:
            many = "1 name" if count == 1 else f"{count} names"
            findings.error(at, f"`{called}` takes {many} in quotes", f"Such as {example}.")


def _column(line: str, called: str, names: Sequence[object]) -> int:
    """Return where in its line a call stands; the first column where that can't be told."""
    given = r"\s*,\s*".join(rf"['\"]{re.escape(str(name))}['\"]" for name in names)
    found = re.search(rf"\b{called}\s*\(\s*{given}", line) or re.search(rf"\b{called}\b", line)
    return found.start() + 1 if found else 1


def _is_source(names: Sequence[str], at: str, findings: Findings) -> bool:
    wrong = next((name for name in names if not PART.fullmatch(name)), None)
    if wrong is not None:
        findings.error(at, f"`{shown(wrong)}` can't be the name of a schema or a table")
    elif names[0] in OURS or names[0].startswith("pg_"):
        what = f"the tables of the schema `{names[0]}` are none of yours"
        findings.error(at, what, "Read another model with `ref`, and a table of your own with `source`.")
    else:
        return True
    return False


def _wired(written: Sequence[Written], result: str, *, place: Place, findings: Findings) -> tuple[Model, ...]:
    """Return the models in their order, after proof that there is one."""
    names = {one.model.name: one for one in written}
    before = len(findings.errors)
    for one in written:
        for name in one.model.refs:
            if name not in names:
                hint = did_you_mean(name, names) or f"There is: {', '.join(sorted(names))}."
                findings.error(one.places[name], f"there is no model `{shown(name)}`", hint)
    if len(findings.errors) > before:
        return ()
    models = [one.model for one in written]
    round_about = circle(models)
    if round_about:
        first, second = round_about[:2]
        what = f"models read each other in a circle: {' → '.join(round_about)}"
        findings.error(names[first].places[second], what, "Take one of them apart.")
        return ()
    last = _result(models, result, place=place, findings=findings)
    if not last:
        return ()
    wanted = needed(models, last)
    for name in sorted(names.keys() - wanted):
        what = f"the model `{name}` is not made: `{last}` doesn't build on it"
        findings.warn(f"{names[name].path}:1:1", what, "Read it with `ref`, or remove it.")
    return tuple(model for model in ordered(models) if model.name in wanted)


def _result(models: Sequence[Model], result: str, *, place: Place, findings: Findings) -> str:
    """Return the name of the model that is published; empty where it can't be told."""
    last = ends(models)
    if result:
        names = [model.name for model in models]
        if result in names:
            return result
        hint = did_you_mean(result, names) or f"There is: {', '.join(sorted(names))}."
        findings.error(place, f"there is no model `{shown(result)}`", hint)
    elif len(last) == 1:
        return last[0]
    else:
        what = f"{len(last)} models are read by no other: {', '.join(last)}"
        hint = f"Say which one is published, such as `params: {{result: {last[-1]}}}`; or remove the others."
        findings.error(place, what, hint)
    return ""
