"""Pipeline files, and the contracts and SQL that they name -> data products.

Every key: `docs/reference/pipeline-file.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.product import Product, Source, Target
from airflow_dataops.core.promise import Promise, promise_of
from airflow_dataops.documents.models import models_of
from airflow_dataops.documents.pipeline.expected import expected
from airflow_dataops.documents.pipeline.files import Files
from airflow_dataops.documents.pipeline.jinja import check_jinja
from airflow_dataops.documents.pipeline.keys import CALLBACKS, PipelineKeys
from airflow_dataops.documents.pipeline.layers import NONE, layered
from airflow_dataops.documents.pipeline.lookups import consumed, lookups, target
from airflow_dataops.documents.pipeline.params import params_of
from airflow_dataops.documents.pipeline.places import check_places
from airflow_dataops.documents.pipeline.policies import policies
from airflow_dataops.documents.pipeline.required import check_required
from airflow_dataops.documents.pipeline.schedule import schedule_of, tasks_of
from airflow_dataops.documents.pipeline.source import source_of
from airflow_dataops.documents.templates.shelf import shelf_of
from airflow_dataops.documents.templates.template import check_params, check_sections, template_of
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.documents.templates.shelf import Shelf
    from airflow_dataops.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A pipeline file, and what it names.

    Args:
        product: The product, as a template takes it.
        folder: Its folder, absolute: its paths begin there.
        file: The pipeline file, as it was given.
        contract: The product's own contract; None where the template promises nothing.
        landing: The contract that what lands must keep; None where nothing lands.
        places: Key of the pipeline file, such as `params.grain` -> file:line:column.
        warnings: What is worth knowing.
    """

    product: Product
    folder: Path
    file: str
    contract: Contract | None
    landing: Contract | None
    places: dict[str, str]
    warnings: tuple[Problem, ...] = ()

    def path(self, given: str) -> str:
        """Return a file of the product as the pipeline file is named: relative where that is."""
        return str(Path(self.file).parent / given)


def read_definition(
    path: str | Path,
    *,
    shelf: Shelf | None = None,
    environment: str = "",
    texts: Mapping[Path, str] = NONE,
) -> Definition:
    """Read a pipeline file, with its defaults and what its environment changes, and the files that it names.

    Args:
        path: The pipeline file.
        shelf: Where templates lie; by default those of this package and of installed ones.
        environment: Such as `prod`; empty for none.
        texts: File -> what is read in its place, to see what would come of it.

    Raises:
        DocumentError: If files can't be read or are wrong: all problems of all files at once.
        SettingsError: If the environment or a folder of templates is wrong.
    """
    file, findings = Path(path), Findings()
    root = layered(file, environment=environment, findings=findings, texts=texts)
    keys, _ = fit(PipelineKeys, root, findings=findings)
    if keys is None:
        findings.settle()
        raise AssertionError(path)
    check_required(keys.node, findings)
    shelf = shelf or shelf_of()
    made = keys.template and template_of(
        keys.template, shelf=shelf, place=keys.at("template"), findings=findings
    )
    files = Files(file.parent, keys, findings)
    check_jinja(root, findings)
    check_places(keys, name=files.name, findings=findings)
    contract = landing = None
    if not made or "contract" in made.needs or root.has("contract"):
        contract = files.contract()
    if not made or "source" in made.needs or keys.source is not None:
        landing = files.source_contract(contract)
    files.transform()
    usual = made.source if made and not (keys.source and keys.source.table) else Source()
    schedule = schedule_of(keys, usual, findings)
    params, dag_params = (params_of(keys.node, key, findings) for key in ("params", "dag_params"))
    if made:
        check_sections(made, root, findings)
        if params is not None:
            check_params(made, params, shelf=shelf, root=root, findings=findings)
    models = models_of(made, keys, params, folder=file.parent, findings=findings) if made else ()
    promised = [found for found in (contract, landing) if found is not None]
    looked_at = lookups(keys, promised, findings, environment=environment)
    read = consumed(keys, file.parent, findings, environment=environment)
    drops = keys.source and not keys.source.table and (keys.source.folder or usual.folder)
    conn_id = (keys.source and keys.source.conn_id) or ""
    awaited = expected(keys.expected, file.parent, findings, drops=drops or "", conn_id=conn_id)
    actions = policies(keys.policy, findings)
    warnings = findings.settle()
    schema = files.schema(keys.schema_object or "")
    source = Source() if keys.source is None else source_of(keys.source, usual, files)
    product = Product(
        name=files.name,
        template=keys.template or "",
        team=keys.team or "",
        contract=Promise() if contract is None else promise_of(contract, path=files.contract_name),
        source=source,
        target=target(keys.target, files.name)
        if contract is not None and made and made.publishes
        else Target(),
        transform=keys.transform or "",
        models=models,
        schema=schema,
        lookups=looked_at.addresses,
        looked_up=looked_at.products,
        schedule=schedule,
        tasks=tasks_of(keys),
        callbacks={key: called for key in CALLBACKS if (called := getattr(keys, key))},
        dag_params=dag_params or {},
        params=params or {},
        owner=keys.owner or (contract.owner if contract is not None else ""),
        tags=keys.tags,
        description=keys.description or "",
        expected=awaited,
        policies=actions,
        consumes=read,
        files=files.digests(
            "" if contract is None else files.contract_name,
            source.contract,
            keys.transform or "",
            *(model.file for model in models),
            awaited.rows.query if awaited.rows else "",
            source.schema.partition(":")[0],
            schema.partition(":")[0],
        ),
    )
    return Definition(
        product=product,
        folder=file.parent.absolute(),
        file=str(path),
        contract=contract,
        landing=landing,
        places={"": str(root.place), **dict(root.places())},
        warnings=warnings,
    )
