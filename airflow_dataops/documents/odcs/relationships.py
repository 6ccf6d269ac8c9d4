"""Entries of `relationships` -> foreign keys, or a word that they are not looked at.

A reference is written in one of two ways (ODCS v3.1, "References"): by names, `customers.id`, or by ids,
`schema/customers_obj/properties/id_prop`, where a file may stand before: `../customers.odcs.yaml#schema/…`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.relationship import Relationship
from airflow_dataops.documents.odcs.contract_keys import ContractKeys
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.documents.odcs.keys import ObjectRelationship, PropertyRelationship, SchemaObject
    from airflow_dataops.documents.yaml.node import Place


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a reference leads to.

    Args:
        dataset: The dataset.
        column: The name of the column in the data.
        file: The contract that has it, absolute; empty for the one that was read.
    """

    dataset: str
    column: str
    file: str = ""

    @property
    def other(self) -> str:
        """What the dataset is called."""
        return f"{Path(self.file).name}#{self.dataset}" if self.file else self.dataset


class Relationships:
    """Turns the relationships of one dataset into values.

    Args:
        dataset: The dataset.
        objects: All datasets of the contract.
        whole: Whether nothing of the file was left out, so that what is not found is not there.
        findings: Where problems go.
    """

    def __init__(
        self,
        dataset: SchemaObject,
        objects: tuple[SchemaObject, ...],
        *,
        whole: bool,
        findings: Findings,
    ) -> None:
        self._dataset = dataset
        self._objects = objects
        self._whole = whole
        self._findings = findings
        self._taken: set[str] = set()

    def made(self) -> tuple[Relationship, ...]:
        """Return the foreign keys that can be looked up, those of columns first."""
        return tuple(
            found
            for found in (
                *(
                    self._key(keys, (column.in_data,), f"{column.name}.relationships")
                    for column in self._dataset.properties
                    for keys in column.relationships
                ),
                *(self._of_dataset(keys) for keys in self._dataset.relationships),
            )
            if found is not None
        )

    def _of_dataset(self, keys: ObjectRelationship) -> Relationship | None:
        found = [self._pointer(text, keys.at("from")) for text in _several(keys.origin)]
        pointers = [one for one in found if one is not None]
        if len(pointers) < len(found):
            return None
        for one in pointers:
            if one.file or one.dataset != self._dataset.name:
                self._findings.error(
                    keys.at("from"),
                    f"`from` leads to `{shown(one.other)}`, not to a column of `{shown(self._dataset.name)}`",
                    "A relationship stands in the dataset whose columns point to others.",
                )
                return None
        return self._key(keys, tuple(one.column for one in pointers), f"{self._dataset.name}.relationships")

    def _key(self, keys: PropertyRelationship, columns: tuple[str, ...], name: str) -> Relationship | None:
        found = [self._pointer(text, keys.at("to")) for text in _several(keys.to)]
        pointers = [one for one in found if one is not None]
        if len(pointers) < len(found):
            return None
        if len(pointers) != len(columns):
            self._findings.error(
                keys.at("to"),
                f"{len(columns)} columns point to {len(pointers)}",
                "Name as many under `to` as under `from`, in the same order.",
            )
            return None
        first = pointers[0]
        if any((one.file, one.dataset) != (first.file, first.dataset) for one in pointers):
            self._findings.error(keys.at("to"), "`to` leads to more than one dataset", "Write one for each.")
            return None
        return Relationship(
            id=self._free(keys.id or name),
            columns=columns,
            other=first.other,
            to=tuple(one.column for one in pointers),
            contract=first.file,
            place=str(keys.node.place),
        )

    def _pointer(self, reference: str, place: Place) -> Pointer | None:
        """Return what a reference leads to, or None where that is wrong, or can't be looked up."""
        file, mark, path = reference.rpartition("#")
        if not mark:
            return self._within(reference, self._objects, "", place)
        if "://" in file:
            self._findings.unenforced(
                place, f"a relationship to `{shown(file)}`", "Only contracts in files are read."
            )
            return None
        there = (Path(place.file).parent / file).resolve()
        objects = self._elsewhere(there, place)
        return None if objects is None else self._within(path, objects, str(there), place)

    def _elsewhere(self, file: Path, place: Place) -> tuple[SchemaObject, ...] | None:
        findings = Findings()
        try:
            document = read(file)
            findings.errors.extend(document.problems)
            keys, _ = fit(ContractKeys, document.root, findings=findings)
            findings.settle()
        except DocumentError as error:
            self._findings.error(place, f"the contract can't be read: {error.problems[0]}")
            return None
        return () if keys is None else keys.objects

    def _within(
        self, path: str, objects: tuple[SchemaObject, ...], file: str, place: Place
    ) -> Pointer | None:
        by_id = "/" in path
        steps = tuple(_steps(path)) if by_id else tuple(path.split("."))
        if len(steps) != 2:
            self._findings.unenforced(place, f"a relationship to `{shown(path)}`", "Point to a column.")
            return None
        named = {(found.id if by_id else found.name) or "": found for found in objects}
        dataset = named.get(steps[0])
        if dataset is None:
            if not by_id and not file:
                hint = did_you_mean(steps[0], named)
                self._findings.unenforced(
                    place,
                    f"a relationship to `{shown(steps[0])}`, which the contract doesn't have,",
                    hint or "For one of another contract, write `file.odcs.yaml#schema/…/properties/…`.",
                )
            elif self._whole or file:
                self._findings.error(
                    place, f"there is no dataset `{shown(steps[0])}`", _meant(steps[0], named)
                )
            return None
        columns = {(found.id if by_id else found.name) or "": found for found in dataset.properties}
        column = columns.get(steps[1])
        if column is None:
            if self._whole or file:
                self._findings.error(
                    place,
                    f"`{shown(dataset.name)}` has no property `{shown(steps[1])}`",
                    _meant(steps[1], columns),
                )
            return None
        return Pointer(dataset.name, column.in_data, file)

    def _free(self, wanted: str) -> str:
        """Return an id that no other relationship of the dataset has."""
        found, count = wanted, 1
        while found in self._taken:
            count += 1
            found = f"{wanted}.{count}"
        self._taken.add(found)
        return found


def _several(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


def _steps(path: str) -> Iterator[str]:
    """Yield the two ids of a path such as `schema/orders_obj/properties/id_prop`, or the path itself."""
    parts = path.strip("/").split("/")
    if parts[0::2] == ["schema", "properties"]:
        yield from parts[1::2]
    else:
        yield from (path,)


def _meant(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, [one for one in known if one])
