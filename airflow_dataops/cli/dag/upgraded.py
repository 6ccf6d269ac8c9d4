"""What the files of a product say when it has gone over to a newer version of its template."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf, template_named
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.layers import environments, layered, overlay_of
from airflow_dataops.documents.pipeline.params import params_of
from airflow_dataops.documents.pipeline.rewriting import rewritten
from airflow_dataops.documents.templates.template import broken
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.documents.yaml.text import read_text
from airflow_dataops.errors import DocumentError, Problem, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.documents.yaml.node import Node


def migrated(params: dict[str, object], *, old: str, new: str) -> dict[str, object]:
    """Return parameters as a newer version of a template takes them, through those between.

    Raises:
        SettingsError: If the template can't say it.
    """
    family = old.partition("@")[0]
    known = [name for name in shelf().names() if name.partition("@")[0] == family]
    way = known[known.index(old) : known.index(new) + 1]
    for _, step in pairwise(way):
        change = getattr(shelf().module(step, "params_v"), "upgraded", dict)
        try:
            params = dict(change(dict(params)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it may be a team's own
            what, _ = broken(step, error, shelf=shelf())
            raise SettingsError(what, hint="Nothing was changed; mend `upgraded` in it.") from None
    return params


def upgraded_texts(pipeline: Path, old: Definition, to: str) -> dict[Path, str]:
    """Return what the pipeline file and those of environments are to say.

    Raises:
        DocumentError: If one can't be changed, or would not come to what it should.
    """
    name = old.product.template
    own = read(pipeline).root
    if not own.has("template"):
        what = f"`template` is written in {old.places.get('template', 'another file')}"
        hint = "It counts for several products: change it there, and look at each with `dag diff`."
        raise DocumentError((Problem(str(own.place), what, hint),))
    wanted = migrated(old.product.params, old=name, new=to)
    bare = layered(pipeline, environment="", findings=Findings(), texts={pipeline: f"template: {to}\n"})
    texts = {pipeline: _text(pipeline, own, to, wanted=wanted, inherited=_params(bare), old=name)}
    for environment in environments(pipeline):
        overlay = overlay_of(pipeline, environment)
        if overlay is None:
            continue
        root = read(overlay).root
        if root.has("template"):
            hint = "Change it by hand, or take the key out first."
            raise DocumentError(
                (Problem(str(root.key("template")), "this environment has a template of its own", hint),)
            )
        here = read_definition(str(pipeline), shelf=shelf(), environment=environment).product.params
        there = migrated(here, old=name, new=to)
        texts[overlay] = _text(overlay, root, "", wanted=there, inherited=wanted, old=name, to=to)
        _check(pipeline, environment, texts, there)
    _check(pipeline, "", texts, wanted)
    return texts


def _text(
    file: Path,
    root: Node,
    template: str,
    *,
    wanted: dict[str, object],
    inherited: dict[str, object],
    old: str,
    to: str = "",
) -> str:
    """Return what a file is to say, so that with what it inherits its parameters are those wanted."""
    own = _params(root)
    kept = migrated(own, old=old, new=to or template)
    new = {
        key: value
        for key, value in wanted.items()
        if inherited.get(key, _NOTHING) != value or (key in kept and key in own) or _came_of(key, own, kept)
    }
    return rewritten(read_text(file), template=template, old=own, new=new, file=str(file))


_NOTHING = object()


def _came_of(key: str, own: dict[str, object], kept: dict[str, object]) -> bool:
    """Say whether a parameter has the value of one that a file has and that goes."""
    return key not in own and key in kept and any(kept[key] == own[one] for one in own if one not in kept)


def _params(root: Node) -> dict[str, object]:
    return params_of(root, "params", Findings()) or {}


def _check(pipeline: Path, environment: str, texts: dict[Path, str], wanted: dict[str, object]) -> None:
    """Make sure of what files would come to.

    Raises:
        DocumentError: If that is wrong, or isn't what it should be.
    """
    found = read_definition(str(pipeline), shelf=shelf(), environment=environment, texts=texts)
    template = template_named(found.product.template)
    here, there = (
        template.params.model_validate(params).model_dump() for params in (found.product.params, wanted)
    )
    if here != there:
        what = "the parameters that it inherits don't fit the new version"
        hint = "Nothing was changed; change `params` in `defaults.yaml` first."
        raise DocumentError((Problem(found.file, what, hint),))
