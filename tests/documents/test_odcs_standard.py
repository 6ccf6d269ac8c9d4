"""The official examples and JSON Schemas of ODCS as the oracle of what a contract may look like."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING

import jsonschema
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.odcs.contract_keys import ContractKeys
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import NODE
from airflow_dataops.documents.yaml.reader import Assembly, read
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

NOTHING_PROMISED = {
    "schema/kafka-schemaregistry.odcs.yaml": [
        "8:3: the dataset `Orders` has no `properties`. List its columns."
    ],
    "server/azure-server.odcs.yaml": [
        "1:1: the contract has no `schema`: it promises nothing. List its datasets."
    ],
    "server/kafka-server.odcs.yaml": ["7:5: the dataset `Orders` has no `properties`. List its columns."],
    "sla/database-table-sla.odcs.yaml": ["8:9: `schema` lists no dataset"],
    "roles/service-and-operational-roles.odcs.yaml": ["7:9: `schema` lists no dataset"],
    "stakeholders/basic-four-dpo.odcs.yaml": ["8:9: `schema` lists no dataset"],
}
"""Official examples that promise nothing about rows, which is what we refuse -> what we say."""


def examples(shared: Path) -> dict[str, Path]:
    """Return the official examples, all of them."""
    folder = shared / "vectors" / "odcs" / "examples"
    found = {str(file.relative_to(folder)): file for file in sorted(folder.rglob("*.yaml"))}
    assert len(found) == 18
    return found


@cache
def schema(shared: Path, version: str) -> jsonschema.Draft201909Validator:
    """Return the official schema of a version."""
    (file,) = (shared / "vectors" / "odcs" / "schema").glob(f"odcs-json-schema-{version}.*json")
    return jsonschema.Draft201909Validator(json.loads(file.read_text()))


def form_faults(text: str) -> list[str]:
    """Return what the form of a contract has to say about a text."""
    findings = Findings()
    fit(ContractKeys, Assembly("f").of(text), findings=findings)
    return [str(problem) for problem in findings.errors]


def test_form_accepts_every_official_example(shared):
    """No official example has an unknown key or a value of a wrong type."""
    for name, file in examples(shared).items():
        findings = Findings()
        fit(ContractKeys, read(file).root, findings=findings)
        assert [] == findings.errors, name


def test_read_contract_refuses_only_examples_that_promise_nothing(shared):
    """Every official example is read, apart from those that any data would keep."""
    refused = {}
    for name, file in examples(shared).items():
        try:
            read_contract(file)
        except DocumentError as error:
            refused[name] = [str(problem).replace(f"{file}:", "") for problem in error.problems]
    assert refused == NOTHING_PROMISED


def test_form_knows_every_key_of_the_standard(shared):
    """No mapping of the JSON Schema has a key that the models don't know, nor the other way round."""
    defs = schema(shared, "v3.2.0").schema["$defs"]
    servers = defs["ServerSource"].values()
    rules = ("DataQuality", "DataQualityLibrary", "DataQualitySql", "DataQualityCustom")
    operators = {key for option in defs["DataQualityOperators"]["oneOf"] for key in option["properties"]}
    expected = {
        "ContractKeys": set(schema(shared, "v3.2.0").schema["properties"]),
        "SchemaObject": {*defs["SchemaElement"]["properties"], *defs["SchemaObject"]["properties"]},
        "Property": {
            *defs["SchemaElement"]["properties"],
            *defs["SchemaBaseProperty"]["properties"],
            *("properties", "items", "map"),
        },
        # `validValues` is how v3.0 was documented, which its schema neither had nor forbade.
        "Rule": {*(key for rule in rules for key in defs[rule]["properties"]), *operators, "validValues"},
        "Server": {
            *defs["Server"]["properties"],
            *(key for server in servers for key in server["properties"]),
        },
        "Level": set(defs["ServiceLevelAgreementProperty"]["properties"]),
        "Channel": set(defs["SupportItem"]["properties"]),
        "Team": set(defs["Team"]["properties"]),
        "Member": set(defs["TeamMember"]["properties"]),
        "Role": set(defs["Role"]["properties"]),
        "Price": set(defs["Pricing"]["properties"]),
        "Custom": set(defs["CustomProperty"]["properties"]),
        "Definition": set(defs["AuthoritativeDefinitions"]["items"]["properties"]),
        "EnumValue": set(defs["EnumValue"]["properties"]),
        "Synonym": set(defs["Synonym"]["properties"]),
        "Description": set(schema(shared, "v3.2.0").schema["properties"]["description"]["properties"]),
    }
    known = {}
    waiting = [ContractKeys]
    while waiting:
        model = waiting.pop()
        known[model.__name__] = {field.alias for field in model.model_fields.values()} - {NODE}
        waiting += [found for found in models_in(model) if found.__name__ not in known]
    assert expected == {name: known[name] for name in expected}


def models_in(model):
    """Yield the models that a model holds."""
    from airflow_dataops.documents.yaml.complaints import model_in

    for field in model.model_fields.values():
        for listed in (True, False):
            found = model_in(field.annotation, listed=listed)
            if found is not None:
                yield found


def spots(value, path=()):
    """Yield the way to every mapping and every entry of one."""
    if isinstance(value, dict):
        yield path
        for key, child in value.items():
            yield (*path, key)
            yield from spots(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from spots(child, (*path, index))


FREE = {"customProperties", "examples", "implementation", "arguments", "logicalTypeOptions"}
"""Where the standard accepts anything, or decides by the type; ours is stricter there."""


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_form_refuses_what_the_json_schema_refuses(shared, data):
    """A misspelt key or a value of another kind is refused whenever the official schema refuses it."""
    good = yaml.safe_load((shared / "vectors/odcs/examples/all/full-example.odcs.yaml").read_text())
    place = data.draw(st.sampled_from([spot for spot in spots(good) if spot and not FREE & set(spot)]))
    changed = copy.deepcopy(good)
    owner = changed
    for step in place[:-1]:
        owner = owner[step]
    value = owner[place[-1]]
    if data.draw(st.booleans()) and isinstance(value, dict):
        value["unheardOf"] = 1
    elif isinstance(owner, dict):
        owner[place[-1]] = data.draw(st.sampled_from([True, ["x"], {"x": 1}]))
    refused = not schema(shared, "v3.1.0").is_valid(changed)
    faults = form_faults(json.dumps(changed))
    if refused:
        assert faults
