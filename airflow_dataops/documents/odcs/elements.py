"""`element` of a service level -> the datasets and columns that it is measured on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.service_level import Element
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.documents.odcs.keys import Item, SchemaObject
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place


class Elements:
    """What the elements of a contract are called: `dataset`, `dataset.column`, `dataset.column.property`.

    With one dataset its name may be left out. A physical name stands for its element, too.

    Args:
        objects: The datasets.
        whole: Whether no part of the file was left out, so that what isn't there is unknown.
        findings: Where problems go.
    """

    def __init__(self, objects: Sequence[SchemaObject], *, whole: bool, findings: Findings) -> None:
        self._objects = objects
        self._whole = whole
        self._findings = findings

    def find(self, text: str, place: Place) -> tuple[Element, ...]:
        """Return the elements that a text names, with commas between several.

        An unknown column of a known dataset is an error. An unknown dataset is a warning: the standard's own
        full example measures a table that it doesn't describe.
        """
        if text in self._known:
            return (self._known[text],)
        found = []
        for name in (part.strip() for part in text.split(",")):
            if name in self._known:
                found.append(self._known[name])
            elif self._whole:
                self._tell(name, place)
        return tuple(dict.fromkeys(found))

    @cached_property
    def _known(self) -> dict[str, Element]:
        known: dict[str, Element] = {}
        for dataset in self._objects:
            for name in _names(dataset):
                known.setdefault(name, Element(dataset.name))
        for dataset in self._objects:
            for spelled, column in _columns(dataset.properties):
                for name in _names(dataset):
                    known.setdefault(f"{name}.{spelled}", Element(dataset.name, column))
                if len(self._objects) == 1:
                    known.setdefault(spelled, Element(dataset.name, column))
        return known

    def _tell(self, name: str, place: Place) -> None:
        hint = did_you_mean(name, self._known)
        datasets = {spelled for dataset in self._objects for spelled in _names(dataset)}
        head, _, column = name.partition(".")
        if not name:
            self._findings.error(place, "`element` names nothing between two commas")
        elif head in datasets or (len(self._objects) == 1 and not column):
            self._findings.error(place, f"the contract has no column `{shown(name)}`", hint)
        else:
            self._findings.warn(
                place,
                f"the contract has no dataset `{shown(head)}`: nothing can be measured on `{shown(name)}`",
                hint,
            )


def _names(item: SchemaObject | Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (item.name, item.physical_name) if name))


def _columns(items: Sequence[Item], above: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each way to spell a column or a property inside of one, and the way to it by names."""
    for item in items:
        column = f"{path}{item.name}"
        inside = (*item.properties, *(item.items.properties if item.items is not None else ()))
        for name in _names(item):
            yield f"{above}{name}", column
            yield from _columns(inside, f"{above}{name}.", f"{column}.")
