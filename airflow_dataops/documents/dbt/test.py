"""Data tests of dbt, in each of the ways in which they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.yaml.node import Node, Place

IDLE = frozenset(
    {"store_failures", "store_failures_as", "limit", "tags", "meta", "schema", "alias", "database"}
)
SETTINGS = frozenset({"severity", "error_if", "warn_if", "where", "enabled", "fail_calc", *IDLE})
"""Keys of a test's `config`, which may stand beside its arguments as well."""


@dataclass(frozen=True, slots=True)
class Test:
    """One data test.

    Args:
        name: Its macro, such as `not_null`.
        title: The name that the file gives it, or empty.
        place: Where it stands.
        arguments: What it is called with.
        settings: Its `config`.
    """

    name: str
    title: str
    place: Place
    arguments: dict[str, Node]
    settings: dict[str, Node]

    @property
    def is_plain(self) -> bool:
        """Whether it fails on any row, as an error."""
        return not self.title and not (self.settings.keys() - IDLE)


def tests_of(node: Node) -> Iterator[Test]:
    """Yield the tests of a column or a table."""
    for key in ("tests", "data_tests"):
        found = node.step(key)
        for entry in found.value if found is not None and isinstance(found.value, list) else ():
            test = _test(entry)
            if test is not None:
                yield test


def _test(entry: Node) -> Test | None:
    if isinstance(entry.value, str):
        return Test(str(entry.value), "", entry.place, {}, {})
    if not isinstance(entry.value, dict) or not entry.value:
        return None
    parts = dict(entry.value)
    named = parts.pop("test_name", None)
    if named is not None:
        name, place = str(named.value), entry.place
    else:
        name = next((key for key in parts if key not in {"name", "config", "description", "arguments"}), "")
        place = entry.keys.get(name, entry.place)
        inner = parts.pop(name, None)
        if inner is not None and isinstance(inner.value, dict):
            parts |= inner.value
    for wrapped in ("arguments", "config"):
        inner = parts.pop(wrapped, None)
        if inner is not None and isinstance(inner.value, dict):
            parts |= inner.value
    title = parts.pop("name", None)
    parts.pop("description", None)
    return Test(
        name=name,
        title=str(title.value) if title is not None else "",
        place=place,
        arguments={key: value for key, value in parts.items() if key not in SETTINGS},
        settings={key: value for key, value in parts.items() if key in SETTINGS},
    )
