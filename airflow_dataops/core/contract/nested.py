"""What is promised of values inside a column: of objects, arrays, maps and vectors, at any depth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.options import NONE as NO_OPTIONS

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.contract.options import Options


class Each(StrEnum):
    """All values of one sort that are right inside another, as they stand in the id of a rule."""

    ITEM = "[]"
    KEY = ".key"
    VALUE = ".value"


Step = str | Each
"""One step into a value: to the member of an object by its key, or to each item, key or value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A value inside another, and all that is promised of it.

    Args:
        name: What it is called in the ids of rules; empty for the items of an array and the halves of a map.
        step: How it is reached from the value around it.
        type: Its type, or None for any.
        required: Every such value is there, and not null.
        options: What it promises beyond its type.
        values: The only values allowed, as text; empty means all.
        inside: What is promised of the values inside it.
        place: file:line:column.
    """

    name: str
    step: Step
    type: ColumnType | None = None
    required: bool = False
    options: Options = NO_OPTIONS
    values: tuple[str, ...] = ()
    inside: tuple[Element, ...] = ()
    place: str = ""

    @property
    def segment(self) -> str:
        """Its part of the id of a rule, behind that of the value around it."""
        return self.step.value if isinstance(self.step, Each) else f".{self.name}"
