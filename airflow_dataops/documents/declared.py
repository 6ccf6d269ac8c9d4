"""A product and its OpenSLO files, or the OpenSLO files of DAGs that are no products -> what is declared.

Where the contract and an OpenSLO file both speak of one indicator of one dataset, the OpenSLO file counts.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.code import code
from airflow_dataops.core.legible import legible
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.expected import expectation_of
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.runbooks.runbooks import files_of, runbooks
from airflow_dataops.documents.templates.shelf import shelf_of
from airflow_dataops.documents.templates.template import grain_of
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.documents.yaml.text import listed
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.runbook import Runbook
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.documents.openslo.objectives import Promised
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.documents.templates.shelf import Shelf
    from airflow_dataops.errors import Problem

OPENSLO = "*.openslo.yaml"
"""What files of OpenSLO are called."""

OF_RUNS = frozenset({Sli.SUCCESS, Sli.FIRST_ATTEMPT})
"""Indicators of a DAG that is no product: of it runs are seen, and nothing of what they do."""


def declared(
    found: Definition,
    *,
    since: datetime,
    team: str = "",
    shelf: Shelf | None = None,
    strict: bool = False,
) -> tuple[Declaration, tuple[Problem, ...]]:
    """Return what a product declares of its service levels, and what is worth knowing of it.

    Args:
        found: The product.
        since: From when on it holds, aware.
        team: Whose it is, where it doesn't say so: the DAG bundle.
        shelf: Where templates lie; by default those of this package and of installed ones.
        strict: Whether a runbook that can't be used is an error. Else it is a warning: a product is watched
            all the same.

    Raises:
        DocumentError: If an OpenSLO file is wrong, or a policy speaks of no objective.
        SettingsError: If a folder of templates is wrong.
    """
    findings = Findings()
    product = found.product
    promised = _promised(found, findings)
    own = () if found.contract is None else found.contract.objectives
    objectives = _together(own, promised, findings)
    if not findings.errors:  # else a policy may speak of what could not be read
        _check_policies(found, objectives, findings)
    books, problems = runbooks(found.contract, objectives)
    (findings.errors if strict else findings.warnings).extend(problems)
    warnings = findings.settle()
    return Declaration(
        team=product.team or team,
        product=product.name,
        dataset=product.contract.dataset or product.name,
        expectation=expectation_of(
            product.schedule, product.expected, grain=grain_of(product, shelf=shelf or shelf_of()) or ""
        ),
        objectives=tuple(map(_legible, objectives)),
        policies=product.policies,
        owner=legible(product.owner),
        channels=tuple(map(legible, product.contract.channels)),
        contract=product.contract.reference,
        code=code(product),
        tier="" if found.contract is None else legible(found.contract.tier),
        runbooks=tuple(map(_readable, books)),
        since=since,
    ), warnings


def watched(
    files: Iterable[Path], *, since: datetime, team: str = "", strict: bool = False
) -> tuple[tuple[Declaration, ...], tuple[Problem, ...]]:
    """Return what OpenSLO files declare of DAGs that are no products: what is expected are their runs.

    Args:
        files: The files, of one folder.
        since: From when on it holds, aware.
        team: Whose the DAGs are: their bundle.
        strict: As in `declared`.

    Raises:
        DocumentError: If a file is wrong.
    """
    promised, warnings = _read(files)
    findings = Findings()
    findings.warnings.extend(warnings)
    of: dict[str, list[Objective]] = {}
    for one in promised:
        place, sli = one.objective.place, one.objective.sli
        if one.watched is False:
            what = f"`{shown(one.subject)}` is a product, and this folder is not its"
            findings.error(place, what, "Put the file into the product's folder, or write `dag:`.")
        elif sli not in OF_RUNS:
            what = f"nothing is seen of {sli} of a DAG that is no product"
            findings.error(place, what, f"There are: {', '.join(sorted(OF_RUNS))}.")
        else:
            of.setdefault(one.subject, []).append(one.objective)
    books: dict[str, tuple[Runbook, ...]] = {}
    for dag, objectives in of.items():
        books[dag], problems = runbooks(None, objectives)
        (findings.errors if strict else findings.warnings).extend(problems)
    told = findings.settle()
    return tuple(
        Declaration(
            team=team,
            product=dag,
            dataset=dag,
            expectation=Expectation(runs=True),
            objectives=tuple(map(_legible, objectives)),
            runbooks=tuple(map(_readable, books[dag])),
            since=since,
        )
        for dag, objectives in of.items()
    ), told


def _legible(objective: Objective) -> Objective:
    return replace(objective, description=legible(objective.description), runbook=legible(objective.runbook))


def _readable(runbook: Runbook) -> Runbook:
    return replace(runbook, at=legible(runbook.at), text=legible(runbook.text))


def openslo_files(found: Definition) -> tuple[Path, ...]:
    """Return the OpenSLO files of a product, named as its pipeline file is."""
    return listed(Path(found.file).parent, OPENSLO)


def runbook_files(found: Definition) -> tuple[Path, ...]:
    """Return the files of the runbooks of a product, whether they are there or not."""
    objectives = () if found.contract is None else found.contract.objectives
    promised = _promised(found, Findings())
    return files_of(found.contract, (*objectives, *(one.objective for one in promised)))


def _promised(found: Definition, findings: Findings) -> tuple[Promised, ...]:
    """Return what the OpenSLO files of a product promise; what is wrong with them goes to the findings."""
    files = openslo_files(found)
    if not files:
        return ()
    try:
        promised, warnings = _read(files)
    except DocumentError as error:
        findings.errors.extend(error.problems)
        return ()
    findings.warnings.extend(warnings)
    name = found.product.name
    for one in promised:
        if one.watched:
            hint = "Put it into a folder that is no product's."
            what = f"`{shown(one.subject)}` is a DAG that is no product, and this is the folder of one"
            findings.error(one.objective.place, what, hint)
        elif one.subject != name:
            hint = did_you_mean(one.subject, (name,)) or f"This folder is that of `{name}`."
            what = f"there is no product `{shown(one.subject)}` here"
            findings.error(one.objective.place, what, hint)
        _check_dataset(one, found, findings)
    only = found.product.contract.dataset
    # The only dataset of a product needs no name.
    return tuple(
        replace(one, objective=replace(one.objective, dataset="")) if one.objective.dataset == only else one
        for one in promised
    )


def _read(files: Iterable[Path]) -> tuple[tuple[Promised, ...], tuple[Problem, ...]]:
    # Most products have none of these files, and what reads them takes as long to load as a product to read.
    from airflow_dataops.documents.openslo.objectives import read_openslo  # noqa: PLC0415

    return read_openslo(files)


def _check_dataset(one: Promised, found: Definition, findings: Findings) -> None:
    dataset = one.objective.dataset
    known = () if found.contract is None else tuple(each.name for each in found.contract.datasets)
    if dataset and dataset not in known:
        hint = did_you_mean(dataset, known) or "Leave it out: the product has one."
        findings.error(one.objective.place, f"the contract has no dataset `{shown(dataset)}`", hint)


def _together(
    own: Sequence[Objective], promised: Sequence[Promised], findings: Findings
) -> tuple[Objective, ...]:
    """Return the objectives of the contract and of OpenSLO files."""
    theirs = {(one.objective.sli, one.objective.dataset): one.objective for one in promised}
    kept: list[Objective] = []
    for objective in own:
        other = theirs.get((objective.sli, objective.dataset))
        if other is None:
            kept.append(objective)
            continue
        what = f"`{shown(objective.name)}` doesn't count: {other.place} speaks of {objective.sli}, too"
        findings.warn(objective.place, what, "Leave out the target of one of them.")
    names = {objective.name: objective for objective in kept}
    for one in promised:
        first = names.get(one.objective.name)
        if first is not None:
            what = f"the objective `{shown(first.name)}` is there already, at {first.place}"
            findings.error(one.objective.place, what, "Rename one of them.")
    return (*kept, *(one.objective for one in promised))


def _check_policies(found: Definition, objectives: Sequence[Objective], findings: Findings) -> None:
    """Note policies that speak of no objective: they would never act."""
    names = [objective.name for objective in objectives]
    place = found.places.get("policy", found.places[""])
    for policy in found.product.policies:
        if policy.slo and policy.slo not in names:
            hint = did_you_mean(policy.slo, names) or (
                f"There are: {', '.join(names)}." if names else "The product has no objective."
            )
            findings.error(place, f"`policy` names no objective by `slo: {shown(policy.slo)}`", hint)
        elif not names:
            findings.error(place, f"`{policy}` never happens: the product has no objective")
