"""Data contracts: files of the Open Data Contract Standard (ODCS) v3.0 to v3.2 -> contracts.

What is enforced, what is carried along, and what is accepted with a warning: `docs/reference/odcs.md`.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.contract.model import Contract, Dataset
from airflow_dataops.documents.odcs.annotations import V31
from airflow_dataops.documents.odcs.arguments import Owner
from airflow_dataops.documents.odcs.columns import columns
from airflow_dataops.documents.odcs.contract_keys import ContractKeys, Team
from airflow_dataops.documents.odcs.objectives import objectives
from airflow_dataops.documents.odcs.parts import check_parts
from airflow_dataops.documents.odcs.relationships import Relationships
from airflow_dataops.documents.odcs.rules import Rules
from airflow_dataops.documents.odcs.runbook import runbook, tier
from airflow_dataops.documents.odcs.scope import scope
from airflow_dataops.documents.odcs.servers import check_server
from airflow_dataops.documents.odcs.service_levels import service_levels
from airflow_dataops.documents.odcs.versions import check_version
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.reader import read

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.odcs.keys import SchemaObject
    from airflow_dataops.documents.yaml.node import Node
    from airflow_dataops.errors import Problem

MEASURE = "measure"
"""The `semanticType` of an aggregate, whose expression is under `transformLogic` (ODCS RFC 0034)."""


def read_contract(path: str | Path) -> tuple[Contract, tuple[Problem, ...]]:
    """Read a contract.

    Returns:
        The contract, and warnings: promises that nothing checks yet, and the like.

    Raises:
        DocumentError: If the file can't be read or is wrong: all problems at once.
    """
    document = read(path)
    findings = Findings()
    findings.errors.extend(document.problems)
    keys, whole = fit(ContractKeys, document.root, findings=findings)
    if keys is None:
        findings.settle()
        raise AssertionError(document.file)
    check_version(keys, findings)
    check_parts(keys, findings)
    for server in keys.servers:
        check_server(server, findings)
    fingerprints = [document.fingerprint]
    datasets = _datasets(keys, whole=whole, fingerprints=fingerprints, findings=findings)
    book = runbook(keys)
    levels = service_levels(keys, whole=whole, findings=findings)
    contract = Contract(
        id=keys.id or "",
        name=keys.name or keys.id or "",
        version=keys.version or "",
        status=keys.status or "",
        fingerprint=_of_all(fingerprints),
        datasets=datasets,
        owner=(keys.team.name or "") if isinstance(keys.team, Team) else "",
        service_levels=levels,
        objectives=objectives(keys, levels, runbook=book.url, findings=findings),
        channels=tuple(channel.channel for channel in keys.support),
        description=(keys.description.purpose or "") if keys.description is not None else "",
        runbook=book.url,
        runbook_place=book.place,
        tier=tier(keys, findings),
        servers=tuple(sorted({server.type for server in keys.servers})),
        place=document.file,
    )
    return contract, findings.settle()


def _of_all(fingerprints: list[str]) -> str:
    """Return one fingerprint of the contract and of the files that hold rules beside it."""
    if len(fingerprints) == 1:
        return fingerprints[0]
    return hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()


def _datasets(
    keys: ContractKeys, *, whole: bool, fingerprints: list[str], findings: Findings
) -> tuple[Dataset, ...]:
    version = keys.api_version or V31
    seen: dict[str, SchemaObject] = {}
    for found in keys.objects:
        first = seen.setdefault(found.name.casefold(), found)
        if first is not found:
            findings.error(
                found.at("name"),
                f"the dataset `{shown(found.name)}` is there already, in line {first.at('name').line}",
            )
    if not keys.node.has("schema"):
        findings.error(
            keys.node.place, "the contract has no `schema`: it promises nothing", "List its datasets."
        )
    elif not keys.objects and whole:
        findings.error(keys.at("schema"), "`schema` lists no dataset")
    servers = frozenset(server.type for server in keys.servers)
    return tuple(
        _dataset(
            found,
            keys.objects,
            version,
            servers=servers,
            whole=whole,
            fingerprints=fingerprints,
            findings=findings,
        )
        for found in keys.objects
    )


def _dataset(
    keys: SchemaObject,
    objects: tuple[SchemaObject, ...],
    version: str,
    *,
    servers: frozenset[str],
    whole: bool,
    fingerprints: list[str],
    findings: Findings,
) -> Dataset:
    before = len(findings.errors)
    keys = _without_measures(keys, findings)
    rules = Rules(keys, objects, version=version, whole=whole, findings=findings)
    dataset = Dataset(
        name=keys.name,
        columns=tuple(
            replace(column, rules=rules.of(Owner(keys, found)), scope=scope(found, findings))
            for column, found in zip(
                columns(keys.properties, findings, servers=servers), keys.properties, strict=True
            )
        ),
        physical=keys.physical_name or "",
        rules=rules.of(Owner(keys)),
        relationships=Relationships(keys, objects, whole=whole, findings=findings).made(),
        scope=scope(keys, findings),
        description=keys.description or keys.data_granularity_description or "",
        place=str(keys.node.place),
    )
    fingerprints.extend(rules.fingerprints)
    if whole and len(findings.errors) == before:
        _tells_rules_apart(dataset, findings)
        _promises_something(dataset, keys.node, findings)
    return dataset


def _without_measures(keys: SchemaObject, findings: Findings) -> SchemaObject:
    """Return a dataset without the properties that are aggregates, which are no columns of the data."""
    for found in keys.properties:
        if found.semantic_type == MEASURE:
            findings.unenforced(
                found.at("semanticType"), f"the measure `{shown(found.name)}`", "It is no column of the data."
            )
    columns = tuple(found for found in keys.properties if found.semantic_type != MEASURE)
    return keys.model_copy(update={"properties": columns})


def _tells_rules_apart(dataset: Dataset, findings: Findings) -> None:
    """Refuse a rule whose id is that of a promise of the schema: a rule set's names may be any text."""
    seen: set[str] = set()
    for check in derive(dataset):
        if check.id in seen:
            findings.error(check.place, f"the name `{shown(check.id)}` is that of another rule", "Rename it.")
        seen.add(check.id)


def _promises_something(dataset: Dataset, node: Node, findings: Findings) -> None:
    if not dataset.columns:
        findings.error(
            node.place, f"the dataset `{shown(dataset.name)}` has no `properties`", "List its columns."
        )
    elif not derive(dataset):
        findings.error(
            node.place,
            f"the contract yields no check for `{shown(dataset.name)}`: any data would pass",
            "Add `required: true`, a `logicalType`, or a rule under `quality`.",
        )
