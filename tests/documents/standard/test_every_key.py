"""No key of the standard is passed over: it is enforced, carried, or not enforced, as the page says."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter, defaultdict
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from airflow_dataops.documents.odcs.annotations import (
    ContextConstraint,
    ContextKeys,
    Custom,
    Definition,
    Synonym,
    VerifiedStatement,
)
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.odcs.contract_keys import (
    Channel,
    ContractKeys,
    Description,
    Level,
    Member,
    Price,
    Team,
)
from airflow_dataops.documents.odcs.keys import (
    Arguments,
    EnumValue,
    Item,
    MapKeys,
    ObjectRelationship,
    Options,
    Property,
    PropertyRelationship,
    Rule,
    SchemaObject,
)
from airflow_dataops.documents.odcs.servers import OWN, Role, Server
from airflow_dataops.documents.yaml.form import fields_of, inner_models
from airflow_dataops.documents.yaml.reader import Assembly
from airflow_dataops.errors import DocumentError
from tests.documents.standard.oracle import FILES, faults, target, validator
from tests.documents.standard.test_mutants import OURS, PAGE, examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from airflow_dataops.documents.yaml.node import Node

Model = type[BaseModel]
Key = tuple[Model, str]

SECTIONS: dict[str, tuple[Model, ...]] = {
    "Of a property (a column)": (
        *(Property, Item, Options, EnumValue),
        *(SchemaObject, ObjectRelationship, PropertyRelationship),
    ),
    "Inside a property: `object`, `array`, `map`, `vector`": (Property, Item, Options, EnumValue),
    "Of `quality`, under a property or under the dataset": (Rule, Arguments),
    "Of the whole": (ContractKeys, SchemaObject, Property, Description, Team, Channel),
    "Service levels": (ContractKeys, Level),
}
"""Section of what is enforced -> the mappings whose keys it speaks of."""

ROWS: dict[str, tuple[Model, ...]] = {
    "anything": (Custom, Definition),
    "the contract": (ContractKeys,),
    "`description`": (Description,),
    "`context`": (ContextKeys, ContextConstraint, VerifiedStatement),
    "`servers`": (Server,),
    "`roles`": (Role,),
    "`price`": (Price,),
    "`team`": (Team,),
    "members of a team": (Member,),
    "`support`": (Channel,),
    "datasets": (SchemaObject,),
    "properties": (Property, Item),
    "`items`, `key` and `value`": (Item,),
    "`logicalTypeOptions`": (Options,),
    "`relationships`": (ObjectRelationship, PropertyRelationship),
    "`synonyms`": (Synonym,),
    "`enum`": (EnumValue,),
    "rules": (Rule,),
}
"""First cell of the table of what is carried -> the mappings whose keys it names."""

ANYWHERE = ("tags", "customProperties", "authoritativeDefinitions")

PARTS = frozenset({"properties", "items", "map"})

HOLLOW = PARTS | {"quality", "schema", "arguments", "logicalTypeOptions"}
"""Keys that say nothing but what is below them."""

MOST = 12
"""Places of one key that are tried: custom properties stand nearly everywhere."""

ENFORCED, CARRIED, WARNED = "enforced", "carried", "not enforced yet"
FORM = "there, and nothing else than that"
"""What becomes of a key that can neither be left out nor have another value in our example."""


def parts(root: Any, schemas: Iterable[Any]) -> Iterator[Any]:
    """Yield all schemas that schemas are made of, whatever the value may be."""
    waiting, seen = list(schemas), set()
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, dict) and id(schema) not in seen:
            seen.add(id(schema))
            yield schema
            waiting += [target(root, schema["$ref"])] if "$ref" in schema else []
            waiting += [part for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ())]
            waiting += [schema[word] for word in ("then", "else") if word in schema]


def below(root: Any, schemas: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the keys of a mapping, each with the schemas of its value."""
    found: dict[str, list[Any]] = defaultdict(list)
    for part in parts(root, schemas):
        for key, schema in part.get("properties", {}).items():
            found[key].append(schema)
    return found


def keys_of_standard(root: Any) -> Iterator[tuple[Model, str, list[Any]]]:
    """Yield each key of a JSON Schema with our model of the mapping that it stands in, and its schemas."""
    waiting: list[tuple[Model, list[Any]]] = [(ContractKeys, [root])]
    seen: set[Model] = set()
    while waiting:
        model, schemas = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        single, listed = inner_models(model)
        for key, values in below(root, schemas).items():
            yield model, key, values
            entries = [part["items"] for part in parts(root, values) if isinstance(part.get("items"), dict)]
            for inner, inside in ((single.get(key), values), (listed.get(key), entries)):
                if inner is not None and below(root, inside):
                    waiting.append((inner, inside))


@cache
def since(shared: Path) -> dict[Key, str]:
    """Return the keys of all versions, each with the first version that has it."""
    found: dict[Key, str] = {}
    for version in FILES:
        for model, key, _ in keys_of_standard(validator(shared, version).schema):
            found.setdefault((model, key), version)
    # The base of both relationships has it, and those of properties refuse it.
    found.pop((PropertyRelationship, "from"))
    return found


def test_models_have_every_key_and_the_version_that_brought_it(shared):
    """Each key of a JSON Schema is one of the model at its place, with its version where it came later."""
    found = since(shared)
    assert [] == [(model, key) for model, key in found if key not in fields_of(model)]
    models = {model for model, _ in found}
    first = {
        model: min(version for (owner, _), version in found.items() if owner is model) for model in models
    }
    expected = {
        model: {
            key: version
            for (owner, key), version in found.items()
            # The types of servers, and their keys, are those of the newest version.
            if owner is model and version > first[model] and not (model is Server and key in OWN)
        }
        for model in models
    }
    assert expected == {model: model.since for model in models}


def test_models_have_the_version_that_brought_a_value(shared):
    """Each logical type that came later is known as such."""
    first: dict[str, str] = {}
    for version in FILES:
        for model, key, schemas in keys_of_standard(validator(shared, version).schema):
            if (model, key) == (Property, "logicalType"):
                for value in next(schema["enum"] for schema in schemas if "enum" in schema):
                    first.setdefault(value, version)
    later = {value: version for value, version in first.items() if version > "v3.0.0"}
    assert later == Property.values_since["logicalType"]


def test_example_has_every_key(shared):
    """Our example has every key of the standard, and keeps its JSON Schema."""
    contract = examples(shared)[OURS]
    assert [] == faults(shared, contract["apiVersion"], contract)
    there = {(model, path[-1]) for model, path, _ in places(contract)}
    # The entries of arrays and the halves of maps have the keys of properties.
    assert set() == {(model, key) for model, key in since(shared) if model is not Item} - there


def places(contract: object) -> Iterator[tuple[Model, tuple[str | int, ...], Node]]:
    """Yield every key of a contract: the model of its mapping, the way to it, and the mapping."""
    waiting: list[tuple[Model, tuple[str | int, ...], Node]] = [(ContractKeys, (), as_node(contract))]
    while waiting:
        model, path, node = waiting.pop()
        single, listed = inner_models(model)
        for key, child in node.value.items():
            yield model, (*path, key), node
            if isinstance(child.value, list) and listed.get(key):
                waiting += [
                    (listed[key], (*path, key, index), entry) for index, entry in enumerate(child.value)
                ]
            elif isinstance(child.value, dict) and single.get(key):
                waiting.append((single[key], (*path, key), child))


def as_node(contract: object) -> Node:
    """Return a contract as it is read."""
    return Assembly("").of(json.dumps(contract))


def meaning(file: Path, contract: object) -> Any:
    """Return what a contract promises and says, without places; None when it is refused."""
    file.write_text(json.dumps(contract))
    try:
        return bare(asdict(read_contract(file)[0]))
    except DocumentError:
        return None


def bare(value: Any) -> Any:
    """Return a value without what changes when anything in a file does."""
    if isinstance(value, dict):
        return {key: bare(child) for key, child in value.items() if key not in {"place", "fingerprint"}}
    return [bare(child) for child in value] if isinstance(value, list | tuple) else value


def without(contract: Any, path: tuple[str | int, ...]) -> Any:
    """Return a contract without what stands at a path."""
    changed = copy.deepcopy(contract)
    owner = changed
    for step in path[:-1]:
        owner = owner[step]
    del owner[path[-1]]
    return changed


def altered(contract: Any, path: tuple[str | int, ...]) -> Any:
    """Return a contract with a little more at a path: a text or a number of another value."""
    changed = copy.deepcopy(contract)
    owner = changed
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = more(owner[path[-1]])
    return changed


def more(value: Any) -> Any:
    """Return another value of the same kind, or the same where there is none."""
    match value:
        case bool():
            return not value
        case str():
            return f"{value}x"
        case int() | float():
            return value + 1
        case [*before, str() | int() | float() as last]:
            return [*before, more(last)]
        case _:
            return value


def due(found: set[str]) -> set[str]:
    """Return the parts of the page that a key must be named in; empty where any will do."""
    if ENFORCED in found:
        return found & {ENFORCED, WARNED}
    return found - {FORM} if FORM not in found else found & {WARNED}


def warnings_of(file: Path, contract: object) -> tuple[set[str], set[str]]:
    """Return line and column of the keys that are not enforced, and of everything below them."""
    file.write_text(json.dumps(contract))
    warnings = {at(warning.place) for warning in read_contract(file)[1]}
    keys: set[str] = set()
    below: set[str] = set()
    waiting = [(as_node(contract), False)]
    while waiting:
        node, inside = waiting.pop()
        inside = inside or at(node.place) in warnings
        if isinstance(node.value, list):
            waiting += [(child, inside) for child in node.value]
        elif isinstance(node.value, dict):
            # The parts of a column whose type isn't enforced are none that could be.
            opaque = node.has("logicalType") and at(node.at("logicalType").place) in warnings
            for key, child in node.value.items():
                place = at(node.keys[key])
                told = place in warnings or at(child.place) in warnings
                within = inside or (opaque and key in PARTS)
                keys |= {place} if told and not within else set()
                below |= {place} if within else set()
                waiting.append((child, within or told))
    return keys, below


def at(place: object) -> str:
    """Return line and column."""
    return ":".join(str(place).rsplit(":", 2)[1:])


@pytest.fixture(scope="module")
def becomes(shared, tmp_path_factory):
    """What becomes of each key in our example, as is found by leaving it out, and by changing it."""
    file = tmp_path_factory.mktemp("every_key") / "every_key.odcs.yaml"
    contract = examples(shared)[OURS]
    warned, below = warnings_of(file, contract)
    whole = meaning(file, contract)
    found: dict[Key, set[str]] = defaultdict(set)
    tried: Counter[Key] = Counter()
    for model, path, node in places(contract):
        key = str(path[-1])
        tried[model, key] += 1
        if at(node.keys[key]) in below or tried[model, key] > MOST:
            continue  # What is below something is spoken of with it.
        if at(node.keys[key]) in warned:
            found[model, key].add(WARNED)
        else:
            meant = [meaning(file, changed) for changed in (without(contract, path), altered(contract, path))]
            understood = [found for found in meant if found is not None]
            changes = any(found != whole for found in understood)
            found[model, key].add(ENFORCED if changes else CARRIED if understood else FORM)
    return found


def section(title: str, level: str = "##") -> str:
    """Return a section of the page on the contract file."""
    return re.split(rf"\n#{{2,{len(level)}}} ", PAGE.read_text().split(f"\n{level} {title}\n")[1])[0]


def words(text: str) -> set[str]:
    """Return the keys that a text names."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {word for code in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"\w+", code)}


def page() -> dict[str, dict[Model, set[str]]]:
    """Return what the page says becomes of the keys of each mapping."""
    enforced: dict[Model, set[str]] = defaultdict(set)
    for title, models in SECTIONS.items():
        for model in models:
            enforced[model] |= words(section(title, "###"))
    carried: dict[Model, set[str]] = defaultdict(set)
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", section("Carried"), re.MULTILINE)
    assert ["of", *ROWS] == [label for label, _ in rows]
    for label, keys in rows[1:]:
        for model in ROWS[label]:
            carried[model] |= words(keys)
    warned = words(section("Not enforced yet"))
    return {ENFORCED: enforced, CARRIED: carried, WARNED: defaultdict(lambda: warned)}


def test_page_says_what_becomes_of_every_key(becomes):
    """What is enforced stands there as enforced, what changes nothing as carried, what warns as neither."""
    told = page()
    wrong = []
    for (model, key), found in becomes.items():
        if key in HOLLOW | set(ANYWHERE) or model is MapKeys or (model is Server and key in OWN):
            continue
        named = {part for part in told if key in told[part][model]}
        if due(found) - named or not named or (CARRIED in named and not found <= {CARRIED, FORM}):
            wrong.append(f"{model.__name__}.{key} is {sorted(found)}, on the page {sorted(named)}")
    assert [] == wrong
    assert set(ANYWHERE) <= words(section("Carried"))
