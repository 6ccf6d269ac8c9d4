"""Pipeline files, and the contracts and SQL that they name -> data products.

Every key: `docs/reference/pipeline-file.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.landing import Delivery, Dialect, Format, OnDuplicate, OnMissing
from airflow_dataops.core.product import Product, Schedule, Source
from airflow_dataops.documents.findings import Findings
from airflow_dataops.documents.form import fit
from airflow_dataops.documents.implementation import located
from airflow_dataops.documents.node import described, shown
from airflow_dataops.documents.odcs import read_contract
from airflow_dataops.documents.params import params_of
from airflow_dataops.documents.pipeline_keys import CONTRACT_SUFFIX, PIPELINES, PipelineKeys
from airflow_dataops.documents.pipeline_lookups import lookups, target
from airflow_dataops.documents.pipeline_places import check_places
from airflow_dataops.documents.reader import read
from airflow_dataops.documents.scalar import did_you_mean
from airflow_dataops.documents.template import check_template
from airflow_dataops.documents.text import is_there, read_text
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.documents.node import Node, Place
    from airflow_dataops.documents.pipeline_keys import SourceKeys
    from airflow_dataops.errors import Problem

REQUIRED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("template",), "Such as `template: batch@1`."),
    (("source",), "It says where drops come from: `folder` and `path`."),
    (("source", "folder"), "It is the folder of the drops, relative to this file; or write `conn_id`."),
    (("source", "path"), "Such as `path: orders-{partition}.csv`; or write `table`."),
)
"""Keys that a pipeline file must have, and what to write."""


def read_product(path: str | Path) -> tuple[Product, tuple[Problem, ...]]:
    """Read a pipeline file, and the contracts and the SQL that it names.

    Returns:
        The product, and warnings.

    Raises:
        DocumentError: If files can't be read or are wrong: all problems of all files at once.
    """
    document = read(path)
    findings = Findings()
    findings.errors.extend(document.problems)
    keys, _ = fit(PipelineKeys, document.root, findings=findings)
    if keys is None:
        findings.settle()
        raise AssertionError(document.file)
    _required(keys.node, findings)
    files = Files(Path(path).parent, keys, findings)
    check_places(keys, name=files.name, findings=findings)
    contract = files.contract()
    promised = files.source_contract(contract)
    transform = files.transform()
    schedule = _schedule(keys, findings)
    params = params_of(keys.node, findings)
    if params is not None:
        check_template(keys, params, findings=findings)
    looked_at = lookups(keys, [found for found in (contract, promised) if found is not None], findings)
    warnings = findings.settle()
    if contract is None or promised is None or keys.source is None:
        raise AssertionError(document.file)
    folder = Path(path).parent.absolute()
    template, _, version = (keys.template or "").partition("@")
    product = Product(
        name=files.name,
        team=keys.team or "",
        folder=str(folder),
        template=template,
        template_version=int(version),
        source=_source(keys.source, folder, contract=str(Path(promised.place).absolute())),
        target=target(keys.target, files.name),
        lookups=looked_at,
        contract=contract,
        contract_path=str(files.contract_path.absolute()),
        transform="" if transform is None else str(transform.absolute()),
        schedule=schedule,
        params=params or {},
        owner=keys.owner or contract.owner,
        tags=keys.tags,
        description=keys.description or "",
        place=document.file,
        places={"": str(document.root.place), **dict(document.root.places())},
        schema=located(keys.schema_object or "", folder),
    )
    return product, warnings


def find_products(folder: str | Path) -> tuple[Path, ...]:
    """Return every pipeline file below a folder, sorted."""
    return tuple(sorted(found for found in Path(folder).rglob(PIPELINES) if found.is_file()))


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
    def contract_path(self) -> Path:
        """The file of the product's own contract."""
        return self.folder / (self.keys.contract or f"{self.name}{CONTRACT_SUFFIX}")

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


def _source(keys: SourceKeys, folder: Path, *, contract: str) -> Source:
    default = Source(folder="", path="", contract="")
    wait = keys.wait
    return Source(
        folder=_folder(keys, folder),
        conn_id=keys.conn_id or "",
        path=keys.path or "",
        ready=keys.ready or "",
        contract=contract,
        table=keys.table or "",
        partition_column=keys.partition_column or "",
        schema=located(keys.schema_object or "", folder),
        dialect=_dialect(keys, default.dialect),
        delivery=Delivery(keys.delivery or default.delivery),
        on_missing=OnMissing(keys.on_missing or default.on_missing),
        on_duplicate=OnDuplicate(keys.on_duplicate or default.on_duplicate),
        poke_interval=(wait.poke_interval if wait else None) or default.poke_interval,
        timeout=(wait.timeout if wait else None) or default.timeout,
    )


def _folder(keys: SourceKeys, folder: Path) -> str:
    given = keys.folder or ""
    return given if keys.table or keys.conn_id or "://" in given else str(folder / given)


def _dialect(keys: SourceKeys, default: Dialect) -> Dialect:
    return Dialect(
        delimiter=keys.delimiter or default.delimiter,
        encoding=keys.encoding or default.encoding,
        format=Format.TABLE if keys.table else Format(keys.format or default.format),
        quote=default.quote if keys.quote is None else keys.quote,
        header=default.header if keys.header is None else keys.header,
        paths=tuple((keys.paths or {}).items()),
    )


def _schedule(keys: PipelineKeys, findings: Findings) -> Schedule:
    default = Schedule()
    zone = keys.timezone or ZoneInfo(default.timezone)
    start, end = (_aware(moment, zone) for moment in (keys.start_date, keys.end_date))
    if start is not None and end is not None and end < start:
        findings.error(keys.at("end_date"), "`end_date` is before `start_date`")
    source = keys.source
    if source is not None and source.wait is not None and source.on_missing != OnMissing.WAIT:
        how = described(source.on_missing or OnMissing.FAIL.value)
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
        retries=default.retries if keys.retries is None else keys.retries,
        retry_delay=keys.retry_delay or default.retry_delay,
    )


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)
