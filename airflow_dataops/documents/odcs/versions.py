"""The versions of the standard: what came later is read with a warning, what one asks for must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.documents.odcs.annotations import V31, VERSIONS, Odcs
from airflow_dataops.documents.odcs.contract_keys import Channel, ContractKeys, Member
from airflow_dataops.documents.odcs.keys import Options, Rule
from airflow_dataops.documents.odcs.options import EXCLUSIVE
from airflow_dataops.documents.yaml.form import mappings
from airflow_dataops.documents.yaml.node import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

BEFORE_V31 = VERSIONS[: VERSIONS.index(V31)]
FROM_V31 = VERSIONS[VERSIONS.index(V31) :]

REQUIRED: tuple[tuple[type[Odcs], str, tuple[str, ...]], ...] = (
    *((ContractKeys, key, VERSIONS) for key in ("apiVersion", "kind", "id", "version")),
    (ContractKeys, "status", (*BEFORE_V31, V31)),
    (Channel, "url", BEFORE_V31),
    (Member, "username", FROM_V31),
)
"""What has a key, the key, and the versions that ask for it (JSON Schemas of ODCS)."""


def check_version(keys: ContractKeys, findings: Findings) -> None:
    """Note what the version that a file names doesn't have yet, and what it asks for and isn't there."""
    named = keys.api_version
    for model, node in mappings(ContractKeys, keys.node):
        _asked(model, node, named or V31, findings)
        if named is not None and issubclass(model, Odcs):
            for key, what, since in _later(model, node):
                if since > named:
                    findings.warn(
                        node.key(key),
                        f"{what} came with {since}, and this file says {named}",
                        f"Write `apiVersion: {since}`.",
                    )
            if named >= V31 and model is Options:
                _no_flags(node, findings)
            if named >= V31 and model is Rule and node.has("validValues"):
                findings.error(
                    node.key("validValues"),
                    f"`validValues` became one of the `arguments` in {V31}",
                    "Write `arguments: {validValues: [a, b]}`.",
                )


def _asked(model: type[BaseModel], node: Node, version: str, findings: Findings) -> None:
    for owner, key, versions in REQUIRED:
        if owner is model and version in versions and not node.has(key):
            hint = f"Write `{key}: {V31}`." if key == "apiVersion" else ""
            findings.error(node.place, f"`{key}` is missing", hint)


def _later(model: type[Odcs], node: Node) -> Iterator[tuple[str, str, str]]:
    """Yield keys of a mapping, what of them is younger than v3.0.0, and the version that brought it."""
    for key in node.keys:
        value = node.at(key).value
        if key in model.since:
            yield key, f"`{key}`", model.since[key]
        if isinstance(value, str) and value in model.values_since.get(key, {}):
            yield key, f"`{key}: {value}`", model.values_since[key][value]
        if model is ContractKeys and key == "team" and not isinstance(value, list):
            yield key, "`team` with `members`", V31
        if model is Options and key in EXCLUSIVE and isinstance(value, str):
            yield key, f"`{key}` as a bound of its own", V31


def _no_flags(options: Node, findings: Findings) -> None:
    """Refuse exclusive bounds that are true or false, as they were before v3.1.0."""
    for key, inclusive in EXCLUSIVE.items():
        value = options.at(key).value
        if isinstance(value, bool):
            findings.error(
                options.at(key).place,
                f"`{key}` must be the bound itself, it is {described(value)}",
                f"From {V31} on, write `{key}: 10` instead of `{inclusive}: 10` and `{key}: true`.",
            )
