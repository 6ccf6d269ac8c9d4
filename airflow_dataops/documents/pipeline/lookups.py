"""Where the rules of a product look besides its batch: tables that other products publish, or that are named.

A contract that lies beside a pipeline file is that product's, so its table is known; every other table is
named under `lookups`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.product import Target
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.pipeline.file import PIPELINES
from airflow_dataops.documents.pipeline.keys import CONTRACT_SUFFIX, PipelineKeys
from airflow_dataops.documents.pipeline.layers import layered
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.documents.yaml.text import is_there
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.core.contract.relationship import Relationship
    from airflow_dataops.documents.pipeline.keys import LookupKeys, TargetKeys


@dataclass(frozen=True, slots=True)
class Lookups:
    """Where rules look.

    Args:
        addresses: What another dataset is called -> the address of its table.
        products: The products that publish such a table, as far as it is known -> their datasets.
    """

    addresses: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)


def lookups(
    keys: PipelineKeys, contracts: Iterable[Contract], findings: Findings, *, environment: str = ""
) -> Lookups:
    """Return where the rules of contracts look besides the batch.

    Args:
        keys: The keys of the pipeline file.
        contracts: The contracts whose rules are looked at.
        findings: Where problems go: a dataset whose table nobody names is a warning.
        environment: In which other products are looked for as well.
    """
    known = {given.dataset: given for given in keys.lookups}
    wanted = {
        relationship.other: relationship
        for contract in contracts
        for dataset in contract.datasets
        for relationship in dataset.relationships
    }
    names = {other.rpartition("#")[2]: other for other in wanted}
    for name, given in known.items():
        if name not in names:
            hint = did_you_mean(name, names) or "It is the name of a dataset that a relationship leads to."
            findings.error(given.at("dataset"), f"no rule looks at a dataset `{shown(name)}`", hint)
    found: dict[str, str] = {}
    products: dict[str, str] = {}
    for name, other in names.items():
        product, published = _published(wanted[other], environment)
        address = _named(known[name], findings) if name in known else published
        if product and address == published:
            products[product] = name
        if address:
            found[other] = address
        elif name not in known:
            findings.warn(
                wanted[other].place,
                f"nothing says where `{shown(name)}` lies: the relationship is skipped",
                f"Write `lookups: [{{dataset: {shown(name)}, path: …}}]` into the pipeline file.",
            )
    return Lookups(found, dict(sorted(products.items())))


def consumed(
    keys: PipelineKeys, folder: Path, findings: Findings, *, environment: str = ""
) -> dict[str, str]:
    """Return the products that are read -> their datasets; empty for one that lies in no folder beside.

    Args:
        keys: The keys of the pipeline file.
        folder: The folder of the pipeline file.
        findings: Where problems go: a product of which nothing is known is a warning.
        environment: In which the other products are looked for as well.
    """
    beside = folder.absolute().parent
    found = {name: _dataset(beside / name, name, environment) for name in sorted(keys.consumes)}
    for at, name in enumerate(keys.consumes):
        if not found[name]:
            findings.warn(
                keys.at("consumes", at),
                f"no product `{shown(name)}` can be read in a folder beside this one, so it is no inlet",
                _near(name, beside) or "Airflow and lineage don't show that it is read.",
            )
    return found


def _near(name: str, beside: Path) -> str:
    """Return which product may have been meant."""
    return did_you_mean(name, sorted(file.parent.name for file in beside.glob(f"*/{PIPELINES}")))


def _dataset(folder: Path, name: str, environment: str) -> str:
    file = folder / f"{name}{PIPELINES.removeprefix('*')}"
    keys = _keys(file, environment) if is_there(file) else None
    if keys is None or (keys.name or name) != name:
        return ""
    try:
        contract, _ = read_contract(folder / (keys.contract or f"{name}{CONTRACT_SUFFIX}"))
    except DocumentError:
        return ""  # what is wrong with it is said where it is looked at
    return contract.datasets[0].name


def target(keys: TargetKeys | None, name: str) -> Target:
    """Return the table that keys lead to.

    Args:
        keys: The keys, if there are any.
        name: What the table is called where they don't say so.
    """
    if keys is None:
        return Target(type="delta", table=name)
    return Target(
        type=keys.type or "delta", table=keys.path or keys.table or name, conn_id=keys.conn_id or ""
    )


def _named(keys: LookupKeys, findings: Findings) -> str:
    """Return the address that keys lead to; nothing where they are wrong."""
    if (keys.path is None) is (keys.table is None):
        findings.error(
            keys.node.place,
            "a lookup has either a `path` or a `table`",
            "Such as {dataset: customers, path: customers}.",
        )
        return ""
    if (keys.table is None) is not (keys.conn_id is None):
        findings.error(
            keys.node.place, "`table` and `conn_id` belong together", "A Delta table has a `path` alone."
        )
        return ""
    if keys.table is None:
        return keys.path or ""
    return Target(type="postgres", table=keys.table, conn_id=keys.conn_id or "").address


def _published(relationship: Relationship, environment: str) -> tuple[str, str]:
    """Return the product to whose contract a relationship leads, and the address of its table; or nothing."""
    if not relationship.contract:
        return "", ""
    contract = Path(relationship.contract)
    for file in sorted(contract.parent.glob(PIPELINES)):
        keys = _keys(file, environment)
        if keys is None:
            continue
        name = keys.name or contract.parent.name
        if contract.name == (keys.contract or f"{name}{CONTRACT_SUFFIX}"):
            return name, target(keys.target, name).address
    return "", ""


def _keys(file: Path, environment: str) -> PipelineKeys | None:
    """Return the keys of another product's file; what is wrong with it is said where it is looked at."""
    nobodys = Findings()
    try:
        return fit(PipelineKeys, layered(file, environment=environment, findings=nobodys), findings=nobodys)[
            0
        ]
    except DocumentError:
        return None
