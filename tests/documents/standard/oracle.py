"""The JSON Schemas of the standard, and what they say of a contract."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "v3.0.0": "odcs-json-schema-v3.0.0.json",
    "v3.0.1": "odcs-json-schema-v3.0.1.json",
    "v3.0.2": "odcs-json-schema-v3.0.2-strict.json",
    "v3.1.0": "odcs-json-schema-v3.1.0.json",
    "v3.2.0": "odcs-json-schema-v3.2.0.from-pypi-open-data-contract-standard-3.2.0.json",
}
"""Version -> its JSON Schema; of v3.0.2 the strict one, which knows unknown keys."""

NAMED = re.compile(r"'([^']*)'")

FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    """Say whether a value is a day as RFC 3339 writes it; what is no text has no format."""
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@FORMATS.checks("date-time", raises=ValueError)
def is_instant(value: object) -> bool:
    """Say whether a value is an instant as RFC 3339 writes it, with its zone."""
    if not isinstance(value, str):
        return True
    return value[10:11].upper() == "T" and datetime.fromisoformat(value).tzinfo is not None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a JSON Schema refuses.

    Args:
        path: Where, as keys and positions.
        rule: The keyword of JSON Schema that refuses it, such as `type`.
        asked: The keyword's value.
        found: What stands there.
        keys: The keys that are not allowed, or that are missing.
    """

    path: tuple[str | int, ...]
    rule: str
    asked: Any
    found: Any
    keys: tuple[str, ...] = ()


@cache
def validator(shared: Path, version: str) -> jsonschema.Draft201909Validator:
    """Return the official schema of a version."""
    text = (shared / "vectors" / "odcs" / "schema" / FILES[version]).read_text()
    return jsonschema.Draft201909Validator(json.loads(text), format_checker=FORMATS)


def faults(shared: Path, version: str, contract: object) -> list[Fault]:
    """Return what the official schema of a version refuses in a contract, without what follows from it."""
    asked = validator(shared, version)
    return [fault for error in asked.iter_errors(contract) for fault in faults_of(error, asked)]


def faults_of(error: jsonschema.ValidationError, asked: jsonschema.Draft201909Validator) -> Iterator[Fault]:
    """Yield the faults that an error speaks of; of several forms, those of the one that the value has."""
    branches: dict[object, list[jsonschema.ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [
        branch
        for branch in branches.values()
        if not any(inner.validator == "type" and not inner.path for inner in branch)
    ]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from faults_of(inner, asked)
        return
    keys: tuple[str, ...] = ()
    match error.validator:
        case "additionalProperties":
            keys = tuple(NAMED.findall(error.message.partition("(")[2]))
        case "unevaluatedProperties":
            # A schema that fails has evaluated no key, so those that it names are said to be unexpected, too.
            named = keys_named(error.schema, error.instance, asked)
            keys = tuple(key for key in NAMED.findall(error.message.partition("(")[2]) if key not in named)
            if not keys:
                return
        case "required":
            keys = tuple(NAMED.findall(error.message))[-1:]
    yield Fault(tuple(error.absolute_path), str(error.validator), error.validator_value, error.instance, keys)


def keys_named(schema: Any, found: object, asked: jsonschema.Draft201909Validator) -> set[str]:
    """Return the keys of a mapping that a schema speaks of, in all the schemas that it is made of."""
    keys = set(schema.get("properties", ()))
    inner = list(schema.get("allOf", ()))
    for word in ("anyOf", "oneOf"):
        branches = schema.get(word, ())
        kept = [branch for branch in branches if asked.evolve(schema=branch).is_valid(found)]
        inner += kept or branches
    if "$ref" in schema:
        inner.append(target(asked.schema, schema["$ref"]))
    if "if" in schema and asked.evolve(schema=schema["if"]).is_valid(found):
        inner.append(schema["then"])
    return keys.union(*(keys_named(part, found, asked) for part in inner))


def target(schema: Any, reference: str) -> Any:
    """Return what a reference such as `#/$defs/Server` stands for."""
    for step in reference.removeprefix("#/").split("/"):
        schema = schema[step]
    return schema
