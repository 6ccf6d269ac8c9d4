"""Files of tests beside a product -> examples of what its SQL must do.

Every key: `docs/howto/test-your-code.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.example import LANDING, PARTITION, Example, Row
from airflow_dataops.documents.examples.keys import ExamplesKeys
from airflow_dataops.documents.examples.rows import named, row, rows
from airflow_dataops.documents.yaml.complaints import unknown_key
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.documents.examples.keys import ExampleKeys
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

FILES = "tests/*.yaml"
"""Where the tests of a product are, seen from its folder."""

OF_ROWS = ("exact", "ordered", "breaks")
"""Keys that say nothing where no row is expected."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What goes into the SQL and what comes out.

    Args:
        landing: The dataset of what lands.
        product: The dataset that is published.
        rules: The ids of the rules that rows of the product may break.
    """

    landing: Dataset
    product: Dataset
    rules: Collection[str]


def read_examples(files: Iterable[Path], sides: Sides, findings: Findings) -> tuple[Example, ...]:
    """Read files of tests.

    Args:
        files: They.
        sides: What their rows are of.
        findings: Where problems go: those of all files.
    """
    found: dict[str, Example] = {}
    for file in files:
        for example in _of_file(file, sides, findings):
            if example.name in found:
                first = found[example.name].place
                what = f"the test `{shown(example.name)}` stands here for the second time, first at {first}"
                findings.error(example.place, what, "Give each a name of its own.")
            found[example.name] = example
    return tuple(found.values())


def _of_file(file: Path, sides: Sides, findings: Findings) -> tuple[Example, ...]:
    try:
        document = read(file)
    except DocumentError as error:
        findings.errors.extend(error.problems)
        return ()
    findings.errors.extend(document.problems)
    root = document.root
    if not isinstance(root.value, dict):
        findings.error(root.place, f"the file must be a mapping of keys, it is {described(root.plain())}")
        return ()
    keys, _ = fit(ExamplesKeys, root, findings=findings)
    if keys is None:
        return ()
    if root.at("tests").value == []:
        findings.error(keys.at("tests"), "`tests` has no entry", "Write a test, or remove the file.")
    defaults = _defaults(root, sides, findings)
    return tuple(_example(one, defaults, sides, findings) for one in keys.tests)


def _defaults(root: Node, sides: Sides, findings: Findings) -> Row | None:
    """Return what every given row of a file has where it doesn't say otherwise."""
    if not root.has("defaults"):
        return None
    node = _under(root, "defaults", sides.landing, LANDING, findings)
    return None if node is None else row(node, sides.landing, key=LANDING, findings=findings)


def _example(keys: ExampleKeys, defaults: Row | None, sides: Sides, findings: Findings) -> Example:
    node = keys.node
    place = str(keys.at("name"))
    given: tuple[Row, ...] = ()
    if not node.has("given"):
        findings.error(node.place, "`given` is missing", f"Such as `given: {{{LANDING}: [{{…}}]}}`.")
    elif (under := _under(node, "given", sides.landing, LANDING, findings)) is not None:
        given = rows(under, sides.landing, key=LANDING, findings=findings)
    if keys.fails is None:
        expect, columns = _expected(keys, sides, findings)
    else:
        expect, columns = None, ()
        for key in ("expect", *OF_ROWS):
            if node.has(key):
                what = f"`{key}` can't stand beside `fails`: where the SQL fails there is no row"
                findings.error(node.key(key), what)
    return Example(
        name=keys.name,
        place=place,
        given=tuple(_filled(each, defaults) for each in given),
        expect=expect,
        columns=columns,
        partition=keys.partition or PARTITION,
        ordered=bool(keys.ordered),
        breaks=_breaks(keys, sides, findings),
        fails=keys.fails or "",
    )


def _expected(keys: ExampleKeys, sides: Sides, findings: Findings) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Return the rows that are expected, and the columns that are compared."""
    node, dataset = keys.node, sides.product
    if not node.has("expect"):
        hint = f"Such as `expect: {{{dataset.name}: [{{…}}]}}`, or `fails: …`."
        findings.error(node.place, "`expect` is missing", hint)
        return (), ()
    under = _under(node, "expect", dataset, dataset.name, findings)
    if under is None:
        return (), ()
    before = len(findings.errors)
    found = rows(under, dataset, key=dataset.name, findings=findings)
    columns = named(found)
    if keys.exact or not found:
        return found, tuple(column.name for column in dataset.columns)
    if not columns and len(findings.errors) == before:
        findings.error(
            under.place, f"no row of `{dataset.name}` names a column", "Nothing would be compared."
        )
    for each in found if len(findings.errors) == before else ():
        for name in columns:
            if name not in each.values:
                what = f"the row lacks `{shown(name)}`, which another row of this test names"
                findings.error(each.place, what, "Name the same columns in each; write null for none.")
    return found, columns


def _under(node: Node, key: str, dataset: Dataset, called: str, findings: Findings) -> Node | None:
    """Return what stands under the name of the one dataset that there is, or None where that is wrong."""
    inside = node.at(key)
    if not isinstance(inside.value, dict):
        what = f"`{key}` must be a mapping with the rows of `{called}`, it is {described(inside.plain())}"
        findings.error(inside.place if inside is not node else node.key(key), what)
        return None
    names = tuple(dict.fromkeys((called, dataset.name)))
    for name in inside.keys:
        if name not in names:
            findings.errors.append(unknown_key(name, names[:1], place=str(inside.key(name))))
    there = [name for name in names if inside.has(name)]
    if len(there) == 1:
        return inside.step(there[0])
    if there:
        findings.error(inside.key(there[1]), f"`{there[1]}` is `{there[0]}`, which stands here already")
    elif not inside.keys:
        findings.error(inside.place, f"`{key}` must name `{called}`")
    return None


def _breaks(keys: ExampleKeys, sides: Sides, findings: Findings) -> dict[str, str]:
    """Return the rules that rows are to break, each with the place where that is said."""
    found = {}
    for at, rule in enumerate(keys.breaks or ()):
        place = keys.at("breaks", at)
        if rule not in sides.rules:
            hint = did_you_mean(rule, sides.rules) or "`airflow-dataops contract explain` lists them."
            what = f"the contract's `{sides.product.name}` has no rule `{shown(rule)}` about rows"
            findings.error(place, what, hint)
        found[rule] = str(place)
    return found


def _filled(given: Row, defaults: Row | None) -> Row:
    if defaults is None:
        return given
    return Row(defaults.values | given.values, defaults.places | given.places, given.place)
