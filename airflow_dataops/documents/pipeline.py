"""Pipeline files, and the contracts and SQL that they name -> data products.

Every key: `docs/reference/pipeline-file.md`.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.landing import Delivery, Dialect, Format, OnDuplicate, OnMissing
from airflow_dataops.core.product import Product, Schedule, Source, Target, Tasks
from airflow_dataops.core.promise import Promise, promise_of
from airflow_dataops.documents.below import files_below
from airflow_dataops.documents.expected import expected
from airflow_dataops.documents.findings import Findings
from airflow_dataops.documents.form import fit
from airflow_dataops.documents.implementation import located
from airflow_dataops.documents.jinja import check_jinja
from airflow_dataops.documents.layers import NONE, layered
from airflow_dataops.documents.models import models_of
from airflow_dataops.documents.node import described, shown
from airflow_dataops.documents.odcs import read_contract
from airflow_dataops.documents.params import params_of
from airflow_dataops.documents.pipeline_keys import CALLBACKS, CONTRACT_SUFFIX, PIPELINES, PipelineKeys
from airflow_dataops.documents.pipeline_lookups import consumed, lookups, target
from airflow_dataops.documents.pipeline_places import check_places
from airflow_dataops.documents.policies import policies
from airflow_dataops.documents.scalar import did_you_mean
from airflow_dataops.documents.shelf import shelf_of
from airflow_dataops.documents.template import check_params, check_sections, template_of
from airflow_dataops.documents.text import is_there, read_bytes, read_text
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.documents.node import Node, Place
    from airflow_dataops.documents.pipeline_keys import SourceKeys
    from airflow_dataops.documents.shelf import Shelf
    from airflow_dataops.errors import Problem

REQUIRED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("template",), "Such as `template: batch@1`."),
    (("source", "folder"), "It is the folder of the drops, relative to this file; or write `conn_id`."),
    (("source", "path"), "Such as `path: orders-{partition}.csv`; or write `table`."),
)
"""Keys that a pipeline file must have, and what to write."""

DIGITS = 12
"""Of the sha256 of a file."""


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
    _required(keys.node, findings)
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
    schedule = _schedule(keys, usual, findings)
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
    source = Source() if keys.source is None else _source(keys.source, usual, files)
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
        tasks=_tasks(keys),
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


def find_products(folder: str | Path) -> tuple[Path, ...]:
    """Return every pipeline file below a folder, sorted; see `files_below`."""
    return files_below(folder, PIPELINES.removeprefix("*"))


@dataclass(frozen=True, slots=True)
class Files:
    """The files beside a pipeline file, as its keys name them.

    Args:
        folder: The product's folder.
        keys: The keys of the pipeline file.
        findings: Where problems go.
    """

    folder: Path
    keys: PipelineKeys
    findings: Findings

    @property
    def name(self) -> str:
        """The product's name: its own, or its folder's."""
        return self.keys.name or self.folder.absolute().name

    @property
    def contract_name(self) -> str:
        """The file of the product's own contract, seen from the product's folder."""
        return self.keys.contract or f"{self.name}{CONTRACT_SUFFIX}"

    @property
    def contract_path(self) -> Path:
        """The file of the product's own contract."""
        return self.folder / self.contract_name

    def schema(self, given: str) -> str:
        """Return `./file.py:Object` for a schema in a file of the product, else what was given."""
        found = located(given, self.folder)
        if found == given:
            return given
        file, _, name = found.rpartition(":")
        return f"./{os.path.relpath(file, self.folder.absolute())}:{name}"

    def digests(self, *named: str) -> dict[str, str]:
        """Return the beginning of the sha256 of files, by their names; what is no file has none."""
        return {
            name: hashlib.sha256(read_bytes(self.folder / name)).hexdigest()[:DIGITS]
            for name in dict.fromkeys(named)
            if name and (self.folder / name).is_file()
        }

    def contract(self) -> Contract | None:
        """Return the product's own contract, or None when it is wrong."""
        return self._contract(self.contract_path, self._place("contract"), "contract")

    def source_contract(self, own: Contract | None) -> Contract | None:
        """Return the contract that the landing must keep, or None when it is wrong.

        Args:
            own: The product's own contract, or None when it is wrong.
        """
        source = self.keys.source
        if source is None or source.contract is None:
            if self.keys.transform is not None and source is not None and not source.node.has("contract"):
                self.findings.error(
                    source.node.place,
                    "`source.contract` is missing: with a `transform`, what lands is not what is published",
                    "Name the contract of the files that land.",
                )
            self._check_paths(own)
            return own
        path = self.folder / source.contract
        found = own
        if path != self.contract_path:
            found = self._contract(path, self._place("source", "contract"), "source.contract")
        self._check_paths(found)
        return found

    def _check_paths(self, promised: Contract | None) -> None:
        """Refuse a path for what is no column of the contract that the landing must keep."""
        source = self.keys.source
        if promised is None or source is None or not source.paths or source.format != Format.JSON_LINES:
            return
        known = [column.name for column in promised.datasets[0].columns]
        for name in source.paths:
            if name not in known:
                hint = did_you_mean(name, known) or "A path leads to a column."
                place = source.node.at("paths").key(name)
                self.findings.error(place, f"the contract has no column `{shown(name)}`", hint)

    def transform(self) -> Path | None:
        """Return the file of the team's SQL, or None when there is none, or it is wrong."""
        if self.keys.transform is None:
            return None
        path = self.folder / self.keys.transform
        if not is_there(path):
            self.findings.error(
                self._place("transform"), f"there is no file `{shown(self.keys.transform)}` beside this one"
            )
            return None
        try:
            if not read_text(path).strip():
                self.findings.error(f"{path}:1:1", "the file is empty", "It must hold one SELECT.")
        except DocumentError as error:
            self.findings.errors.extend(error.problems)
        return path

    def _contract(self, path: Path, place: Place, key: str) -> Contract | None:
        if not is_there(path):
            hint = f"Write it, or name another one with `{key}:`."
            self.findings.error(place, f"there is no contract `{shown(path.name)}`", hint)
            return None
        try:
            contract, warnings = read_contract(path)
        except DocumentError as error:
            self.findings.errors.extend(error.problems)
            return None
        self.findings.warnings.extend(warnings)
        if len(contract.datasets) > 1:
            self.findings.error(
                contract.datasets[1].place,
                f"{self.keys.template or 'a product'} publishes one dataset, "
                f"this contract has {len(contract.datasets)}",
                "Write a contract and a product for each.",
            )
        return contract

    def _place(self, *path: str) -> Place:
        return self.keys.at(*path)


def _required(node: Node, findings: Findings) -> None:
    for path, hint in REQUIRED:
        owner = node.at(*path[:-1])
        if (
            (len(path) == 1 or node.has(path[0]))
            and not owner.has(path[-1])
            and isinstance(owner.value, dict)
            and not (path[-1] == "folder" and owner.has("conn_id"))
            and not (path[-1] in {"folder", "path"} and owner.has("table"))
        ):
            findings.error(owner.place, f"`{'.'.join(path)}` is missing", hint)
    folder = Path(node.place.file).parent.absolute().name
    if not node.has("name") and not folder.replace("_", "a").replace("-", "a").replace(".", "a").isalnum():
        findings.error(
            node.place,
            f"the folder's name `{shown(folder)}` can't be that of a product",
            "Write `name:` with letters, digits, `_`, `-` and `.`.",
        )


def _source(keys: SourceKeys, default: Source, files: Files) -> Source:
    wait = keys.wait
    return Source(
        folder=keys.folder or "",
        conn_id=keys.conn_id or "",
        path=keys.path or "",
        ready=keys.ready or "",
        contract=keys.contract or files.contract_name,
        table=keys.table or "",
        partition_column=keys.partition_column or "",
        schema=files.schema(keys.schema_object or ""),
        dialect=_dialect(keys, default.dialect),
        delivery=Delivery(keys.delivery or default.delivery),
        on_missing=OnMissing(keys.on_missing or default.on_missing),
        on_duplicate=OnDuplicate(keys.on_duplicate or default.on_duplicate),
        poke_interval=(wait.poke_interval if wait else None) or default.poke_interval,
        timeout=(wait.timeout if wait else None) or default.timeout,
    )


def _dialect(keys: SourceKeys, default: Dialect) -> Dialect:
    return Dialect(
        delimiter=keys.delimiter or default.delimiter,
        encoding=keys.encoding or default.encoding,
        format=Format.TABLE if keys.table else Format(keys.format or default.format),
        quote=default.quote if keys.quote is None else keys.quote,
        header=default.header if keys.header is None else keys.header,
        paths=tuple((keys.paths or {}).items()),
    )


def _schedule(keys: PipelineKeys, usual: Source, findings: Findings) -> Schedule:
    default = Schedule()
    zone = keys.timezone or ZoneInfo(default.timezone)
    start, end = (_aware(moment, zone) for moment in (keys.start_date, keys.end_date))
    for key, found in (("start_date", start), ("end_date", end)):
        if found is not None and not _has_instant(found):
            findings.error(keys.at(key), f"`{key}` is no instant in UTC, by which Airflow reckons")
    if start is not None and end is not None and end < start:
        findings.error(keys.at("end_date"), "`end_date` is before `start_date`")
    source = keys.source
    missing = usual.on_missing.value if source is None or source.on_missing is None else source.on_missing
    if source is not None and source.wait is not None and missing != OnMissing.WAIT:
        how = described(missing)
        findings.warn(
            source.node.key("wait"),
            f"`wait` has no effect: `on_missing` is {how}",
            "Write `on_missing: wait`.",
        )
    return Schedule(
        schedule=keys.schedule,
        timezone=zone.key,
        start_date=start,
        end_date=end,
        catchup=default.catchup if keys.catchup is None else keys.catchup,
        max_active_runs=keys.max_active_runs or default.max_active_runs,
        depends_on=keys.depends_on,
    )


def _tasks(keys: PipelineKeys) -> Tasks:
    default = Tasks()
    return Tasks(
        retries=default.retries if keys.retries is None else keys.retries,
        retry_delay=keys.retry_delay or default.retry_delay,
        pool=keys.pool or default.pool,
        priority_weight=keys.priority_weight or default.priority_weight,
        queue=keys.queue or default.queue,
    )


def _has_instant(moment: datetime) -> bool:
    """Say whether a moment lies in the years 1 to 9999 in UTC as well."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)
