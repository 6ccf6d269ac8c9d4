"""The form of a file: which keys it may have where, and of which type. All that is wrong is found at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from airflow_dataops.documents.yaml.complaints import complaint, keys_of, model_in, subject, unknown_key
from airflow_dataops.documents.yaml.node import NODE, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place

TAG = "("
"""What pydantic puts into a location that is no key starts so: the form of a value that may have several."""


class Keys(BaseModel):
    """A mapping whose keys are known. Unknown ones are found by `fit`, before pydantic sees the values.

    Args:
        node: Where it was read from.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)
    since: ClassVar[dict[str, str]] = {}
    """Key -> the version of the format that brought it, where older ones are read too."""
    may_be_empty: ClassVar[frozenset[str]] = frozenset()
    """Keys that say something by having no value."""

    node: Node = Field(alias="\0")

    def at(self, *path: str | int) -> Place:
        """Return where a value stands, or the nearest one above it."""
        return self.node.at(*path).place


K = TypeVar("K", bound=Keys)
Inner: TypeAlias = dict[str, type[BaseModel] | None]


def fit(model: type[K], node: Node, *, findings: Findings) -> tuple[K | None, bool]:
    """Read a node as a model; what is wrong goes to the findings.

    What is wrong is left out, together with the entry of a list in which it stands, so that the rest can be
    judged in the same round.

    Returns:
        The model, or None when too little is left of it; and whether nothing was left out.
    """
    before = len(findings.errors)
    for owner, keys, key in walk(model, node):
        field = fields_of(owner).get(key)
        if field is None:
            findings.errors.append(unknown_key(key, keys_of(owner), place=str(keys.key(key))))
        elif keys.at(key).value is None and _would_pass_empty(owner, key, field):
            findings.error(
                keys.key(key), f"{subject((key,))} is empty", "Write a value, or leave the key out."
            )
    plain = node.plain()
    found, errors = _validated(model, plain)
    for detail in errors:
        findings.errors.append(complaint(detail, model, place=str(_reached(node, detail["loc"]).place)))
    if found is None:
        _cut(plain, [detail["loc"] for detail in errors])
        found, _ = _validated(model, plain)
    return found, len(findings.errors) == before


def walk(model: type[BaseModel], node: Node) -> Iterator[tuple[type[BaseModel], Node, str]]:
    """Yield every key of the mappings that a model describes, with its model and its mapping."""
    for owner, mapping in mappings(model, node):
        for key in mapping.keys:
            yield owner, mapping, key


def mappings(model: type[BaseModel], node: Node) -> Iterator[tuple[type[BaseModel], Node]]:
    """Yield every mapping that a model describes, with its model."""
    if not isinstance(node.value, dict):
        return
    yield model, node
    single, listed = inner_models(model)
    for key, child in node.value.items():
        inner = (listed if isinstance(child.value, list) else single).get(key)
        if inner is not None:
            for entry in child.value if isinstance(child.value, list) else (child,):
                yield from mappings(inner, entry)


@cache
def inner_models(model: type[BaseModel]) -> tuple[Inner, Inner]:
    """Return the models of the mappings below a model's keys: of values themselves, of entries of lists."""
    single, listed = (
        {key: model_in(field.annotation, listed=listed) for key, field in fields_of(model).items()}
        for listed in (False, True)
    )
    return single, listed


@cache
def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the keys that stand for them in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items() if field.alias != NODE}


def _would_pass_empty(model: type[BaseModel], key: str, field: FieldInfo) -> bool:
    optional = type(None) in get_args(field.annotation)
    return optional and not (issubclass(model, Keys) and key in model.may_be_empty)


def _validated(model: type[K], plain: object) -> tuple[K | None, list[ErrorDetails]]:
    try:
        return model.model_validate(plain), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _reached(node: Node, loc: Iterable[int | str]) -> Node:
    for step in loc:
        if isinstance(step, str) and step.startswith(TAG):
            continue
        child = node.step(step)
        if child is None:
            return node
        node = child
    return node


def _cut(plain: object, locs: Iterable[tuple[int | str, ...]]) -> None:
    """Take out the innermost entry of a list that each location lies in, or else the outermost key."""
    doomed: dict[tuple[int, int | str], Any] = {}
    for loc in locs:
        inside, innermost = plain, None
        for step in loc:
            if isinstance(step, str) and step.startswith(TAG):
                continue
            if not isinstance(inside, list | dict) or (isinstance(inside, dict) and step not in inside):
                break
            if isinstance(inside, list) or innermost is None:
                innermost = (inside, step)
            inside = inside[step]  # type: ignore[index]
        if innermost is not None:
            doomed[id(innermost[0]), innermost[1]] = innermost[0]
    for (_, step), container in sorted(
        doomed.items(), key=lambda item: str(item[0][1]).zfill(9), reverse=True
    ):
        del container[step]
