"""The files that a pipeline file names: contracts, SQL, schemas."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format
from airflow_dataops.documents.implementation import located
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.pipeline.keys import CONTRACT_SUFFIX
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.documents.yaml.text import is_there, read_bytes, read_text
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.documents.pipeline.keys import PipelineKeys
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place

DIGITS = 12
"""Of the sha256 of a file."""


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
