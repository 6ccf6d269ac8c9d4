"""What pydantic found -> problems in plain words, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args, get_origin

from pydantic import BaseModel

from airflow_dataops.documents.yaml.node import NODE, described, shown
from airflow_dataops.documents.yaml.scalar import WRONG, did_you_mean
from airflow_dataops.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MOST_LISTED = 12
"""Keys that a hint lists when none comes near."""

Words = tuple[str, str]
"""What is wrong with a key, without the key; and a hint, or an empty text."""


def complaints(
    error: ValidationError, model: type[BaseModel], *, places: dict[str, str], below: str = ""
) -> tuple[Problem, ...]:
    """Return what a model found wrong as problems.

    Args:
        error: What pydantic found.
        model: The model that found it.
        places: Key, written with dots -> file:line:column; the empty key is the file.
        below: The key below which the model's values stand.
    """
    found = []
    for detail in error.errors(include_url=False):
        keys = [below, *(part for part in detail["loc"] if isinstance(part, str))]
        path = ".".join(filter(None, keys))
        while path and path not in places:
            path = path.rpartition(".")[0]
        found.append(complaint(detail, model, place=places.get(path, below)))
    return tuple(found)


def complaint(detail: ErrorDetails, model: type[BaseModel], *, place: str) -> Problem:
    """Return one thing that pydantic found as a problem."""
    if detail["type"] == "extra_forbidden":
        return unknown_key(str(detail["loc"][-1]), keys_of(model_at(model, detail["loc"][:-1])), place=place)
    what, hint = WORDS.get(detail["type"], _other)(detail)
    return Problem(place, f"{subject(detail['loc'])} {what}", hint)


def unknown_key(key: str, known: Iterable[str], *, place: str) -> Problem:
    """Return the problem of a key that nobody knows."""
    known = tuple(known)
    hint = did_you_mean(key, known)
    if not hint and known:
        rest = ", …" if len(known) > MOST_LISTED else ""
        hint = f"Known here: {', '.join(known[:MOST_LISTED])}{rest}."
    return Problem(place, f"the key `{shown(key)}` is not known here", hint)


def subject(loc: tuple[int | str, ...]) -> str:
    """Return what a message speaks of: the key, or the entry of a list."""
    keys = [part for part in loc if isinstance(part, str) and not part.startswith("(")]
    key = f"`{shown(keys[-1])}`" if keys else "the file"
    if loc and isinstance(loc[-1], int):
        return f"entry {loc[-1] + 1} of {key}"
    return key


def keys_of(model: type[BaseModel] | None) -> tuple[str, ...]:
    """Return the keys that a model knows, as they are written in a file."""
    if model is None:
        return ()
    keys = (field.alias or name for name, field in model.model_fields.items())
    return tuple(key for key in keys if key != NODE)


def model_at(model: type[BaseModel], loc: Iterable[int | str]) -> type[BaseModel] | None:
    """Return the model of the mapping at a location, or None when there is none."""
    found: type[BaseModel] | None = model
    for part in loc:
        fields = (
            {}
            if found is None
            else {field.alias or name: field for name, field in found.model_fields.items()}
        )
        if part in fields:
            annotation = fields[str(part)].annotation
            found = model_in(annotation, listed=False) or model_in(annotation, listed=True)
    return found


def model_in(annotation: object, *, listed: bool) -> type[BaseModel] | None:
    """Return the model that an annotation holds: of its value itself, or of the entries of its list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None if listed else annotation
    if get_origin(annotation) in {tuple, list}:
        return model_in(get_args(annotation)[0], listed=False) if listed else None
    found = (model_in(part, listed=listed) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _other(detail: ErrorDetails) -> Words:
    return f"is not right: {detail['msg'][:1].lower()}{detail['msg'][1:]}", ""


def _ours(detail: ErrorDetails) -> Words:
    context = detail.get("ctx", {})
    return str(context.get("what", "")), str(context.get("hint", ""))


def _own(detail: ErrorDetails) -> Words:
    return f"is not right: {detail.get('ctx', {}).get('error', detail['msg'])}", ""


def _must_be(what: str) -> Callable[[ErrorDetails], Words]:
    return lambda detail: (f"must be {what}, it is {described(detail['input'])}", "")


def _bound(words: str, key: str) -> Callable[[ErrorDetails], Words]:
    return lambda detail: (
        f"must be {words} {detail.get('ctx', {}).get(key)}, it is {described(detail['input'])}",
        "",
    )


def _option(detail: ErrorDetails) -> Words:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    options = [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(", ")]
    hint = did_you_mean(detail["input"], options) if isinstance(detail["input"], str) else ""
    return f"must be {expected.replace(chr(39), '`')}, it is {described(detail['input'])}", hint


WORDS: dict[str, Callable[[ErrorDetails], Words]] = {
    WRONG: _ours,
    "missing": lambda _: ("is missing", ""),
    "value_error": _own,
    "assertion_error": _own,
    "literal_error": _option,
    "enum": _option,
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), _must_be("a mapping of keys")),
    **dict.fromkeys(("tuple_type", "list_type", "set_type"), _must_be("a list")),
    **dict.fromkeys(("bool_type", "bool_parsing"), _must_be("true or false")),
    **dict.fromkeys(("string_type", "string_sub_type"), _must_be("a text")),
    **dict.fromkeys(
        ("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"),
        _must_be("a number"),
    ),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _must_be("a whole number")),
    "too_short": lambda _: ("must have an entry", ""),
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
}
"""Type of pydantic's error -> our words for it (pydantic's list: "Validation Errors")."""
