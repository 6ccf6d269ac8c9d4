"""The template that a pipeline file names, and whether it takes what the file says. Airflow isn't loaded.

What a version takes is said in `params_v1.py`, which lies beside `v1.py`: the model `Params`, and

    NEEDS       keys of the pipeline file that must be there
    TAKES       keys that may be there besides those that every template takes
    SOURCE      what `on_missing` and the `timeout` of `wait` are where the file doesn't say it
    MODELS      the parameters that say in which folder models lie, and which of them is published; not there
                for a template that makes none
    DEPRECATED  the date from which on the version may go; not there for one that stays
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.landing import OnMissing
from airflow_dataops.core.product import Source
from airflow_dataops.documents.pipeline.keys import duration
from airflow_dataops.documents.yaml.complaints import complaints
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from airflow_dataops.core.product import Product
    from airflow_dataops.documents.templates.shelf import Shelf
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node, Place

SECTIONS = ("contract", "source", "target", "transform", "schema", "lookups", "depends_on", "consumes")
"""Keys that have a meaning with some templates."""

HINTS = {
    "source": "It says where drops come from: `folder` and `path`.",
    "target": "It says where the product is published.",
    "transform": "It is the file of one SELECT.",
    "depends_on": "It lists the products after which this one runs.",
}
"""Key -> what to write where a template needs it."""


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template, as far as it is known without Airflow.

    Args:
        name: Such as `batch@1`.
        params: What it takes under `params`.
        needs: Keys of `SECTIONS` that must be there.
        takes: Keys of `SECTIONS` that may be there.
        models: The parameters of the folder of models, and of the one that is published; none without models.
        deprecated: The ISO date from which on it may go; empty for one that stays.
        source: What a source of files is where the pipeline file doesn't say it.
    """

    name: str
    params: type[BaseModel]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    deprecated: str = ""
    source: Source = field(default_factory=Source)

    @property
    def partitioned(self) -> bool:
        """Whether each of its runs is of one partition: then it has a grain."""
        return "grain" in self.params.model_fields

    @property
    def publishes(self) -> bool:
        """Whether its products are published in a table."""
        return "target" in {*self.needs, *self.takes}


def template_of(name: object, *, shelf: Shelf, place: Place, findings: Findings) -> Template | None:
    """Return the template that a file names; None where there is none, which is noted.

    Args:
        name: Such as `batch@1`.
        shelf: Where templates lie.
        place: Where it is named.
        findings: Where problems go.
    """
    if not shelf.has(name):
        known = shelf.names()
        hint = did_you_mean(str(name), known) or f"There is: {', '.join(known)}."
        findings.error(place, f"there is no template `{name}`", hint)
        return None
    try:
        found = template(str(name), shelf=shelf)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a team's module does when it is imported
        findings.error(place, *broken(str(name), error, shelf=shelf))
        return None
    if found.deprecated:
        findings.warn(place, *deprecation(found, shelf=shelf))
    return found


def deprecation(template: Template, *, shelf: Shelf) -> tuple[str, str]:
    """Return what is said of a template that may go, and what to do.

    Args:
        template: The template.
        shelf: Where templates lie.
    """
    name = template.name.partition("@")[0]
    newest = [other for other in shelf.names() if other.partition("@")[0] == name][-1]
    hint = f"Take `{newest}`: `airflow-dataops dag upgrade`." if newest != template.name else ""
    return f"`{template.name}` is deprecated, and may go from {template.deprecated} on", hint


def template(name: str, *, shelf: Shelf) -> Template:
    """Return a template that is on the shelf.

    Args:
        name: Such as `batch@1`.
        shelf: Where templates lie.

    Raises:
        TypeError: If what it says of itself is none of what it may say.
        Exception: If its module raises, whatever that may be.
    """
    said = shelf.module(name, "params_v")
    params = said.Params
    if not (isinstance(params, type) and issubclass(params, BaseModel)):
        raise TypeError("`Params` must be a model of pydantic")
    return Template(
        name,
        params,
        _listed(said, "NEEDS", SECTIONS),
        _listed(said, "TAKES", SECTIONS),
        _listed(said, "MODELS", params.model_fields, many=(0, 2)),
        _date(getattr(said, "DEPRECATED", "")),
        _source(getattr(said, "SOURCE", {})),
    )


def _listed(
    said: ModuleType, name: str, known: Iterable[str], *, many: tuple[int, ...] = ()
) -> tuple[str, ...]:
    """Return what a template lists, where each is known, and there are as many as there may be."""
    found: object = getattr(said, name, ())
    if not isinstance(found, tuple | list) or not set(found) <= set(known):
        raise TypeError(f"`{name}` must be a tuple of these: {', '.join(known)}")
    if many and len(found) not in many:
        raise TypeError(f"`{name}` must name {many[-1]} parameters, or none")
    return tuple(found)


def _date(said: object) -> str:
    """Return the date from which on a template may go, or nothing."""
    if said:
        date.fromisoformat(str(said))
    return str(said)


def grain_of(product: Product, *, shelf: Shelf) -> Grain | None:
    """Return how much time a partition of a product covers; None where its runs have none.

    Args:
        product: The product, whose parameters are right.
        shelf: Where templates lie.
    """
    known = template(product.template, shelf=shelf)
    if not known.partitioned:
        return None
    given: str = known.params.model_validate(product.params).grain  # type: ignore[attr-defined]
    return Grain(given)


def _source(said: dict[str, str]) -> Source:
    known: dict[str, Any] = {}
    if "on_missing" in said:
        known["on_missing"] = OnMissing(said["on_missing"])
    if "timeout" in said:
        known["timeout"] = duration(said["timeout"])
    return Source(**known)


def broken(name: str, error: BaseException, *, shelf: Shelf) -> tuple[str, str]:
    """Return what is said of a template that raises, as one line, and what to do.

    Args:
        name: Such as `batch@1`.
        error: What it raised.
        shelf: Where templates lie.
    """
    folder = shelf.file(name).parent
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{error.filename}:{error.lineno}"
    else:
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(folder)
    said = (str(error).splitlines() or [""])[0]
    what = f"`{name}` raises {type(error).__name__}{': ' if said else ''}{said} ({place})"
    return what, "Mend the template, or name another one."


def check_sections(template: Template, root: Node, findings: Findings) -> None:
    """Note keys that a template needs and that aren't there, and those that have no meaning with it."""
    for key in SECTIONS:
        if key in template.needs:
            # A contract has a name of its own where none is given: it is missed where it is read.
            if key != "contract" and not root.has(key):
                findings.error(root.place, f"`{key}` is missing", HINTS.get(key, ""))
        elif root.has(key) and key not in template.takes:
            findings.error(root.key(key), f"`{key}` has no meaning with `{template.name}`")
    clock = root.step("schedule")
    if template.partitioned and root.has("depends_on") and clock is not None and clock.value is not None:
        findings.error(
            root.key("depends_on"),
            f"`{template.name}` can't run by the clock and after other products:"
            " Airflow has no schedule for both",
            "Leave out `schedule`, or `depends_on`; `schedule: null` takes back one that is inherited.",
        )


def check_params(
    template: Template, params: dict[str, object], *, shelf: Shelf, root: Node, findings: Findings
) -> None:
    """Note what a template doesn't take of the parameters.

    Args:
        template: The template.
        params: The parameters, as `params_of` returns them.
        shelf: Where templates lie.
        root: The pipeline file.
        findings: Where problems go.
    """
    try:
        template.params.model_validate(params)
    except ValidationError as error:
        places = {path: str(place) for path, place in root.places()}
        findings.errors.extend(complaints(error, template.params, places=places, below="params"))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a check of a team's own may raise what it likes
        findings.error(root.at("params").place, *broken(template.name, error, shelf=shelf))
