"""A pipeline file, over the defaults of its folders and under what its environment changes.

    defaults.yaml of the outermost folder < … < defaults.yaml beside it
    < orders.dag.yaml < orders.dag.prod.yaml

Mappings are merged key by key, everything else is replaced. Each value keeps the place where it was written.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.documents.yaml.node import Node, described
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.documents.yaml.text import is_there
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airflow_dataops.documents.yaml.findings import Findings

DEFAULTS = "defaults.yaml"
ROOT = "root"
"""The key by which a file of defaults says that none above it counts."""

TOPS = (".git", "airflow.cfg")
"""What lies in a folder above which no defaults are looked for: of a checkout, of an Airflow."""

OF_ONE = ("name", "contract", "transform")
"""Keys that can't be the same for several products."""

ENVIRONMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
SUFFIX = ".yaml"

NONE: Mapping[Path, str] = {}


def layered(path: Path, *, environment: str, findings: Findings, texts: Mapping[Path, str] = NONE) -> Node:
    """Return what a pipeline file says, with what it inherits and what its environment changes.

    Args:
        path: The pipeline file.
        environment: Such as `prod`; empty for none.
        findings: Where problems go.
        texts: File -> what is read in its place.

    Raises:
        DocumentError: If a file can't be read, or is no mapping of keys.
        SettingsError: If the environment is no name.
    """
    own = [_read(path, findings, texts)]
    overlay = overlay_of(path, environment)
    if overlay is not None and is_there(overlay):
        own.append(_read(overlay, findings, texts))
    defaults = list(_defaults(path.parent, findings))[::-1]
    template = _first((*own[::-1], *defaults[::-1]), "template")
    found = Node(own[0].place, {})
    for layer in (*(_for(template, layer) for layer in defaults), *own):
        found = _merged(found, layer)
    # What is missing is missing in the file itself.
    found.place = own[0].place
    return found


def overlay_of(path: Path, environment: str) -> Path | None:
    """Return the file with what an environment changes; None where there is no environment.

    Raises:
        SettingsError: If the environment is no name.
    """
    if not environment:
        return None
    if not ENVIRONMENT.fullmatch(environment):
        raise SettingsError(
            f"[dataops] environment can't be {environment!r}", hint="Use letters, digits, `_` and `-`."
        )
    return path.with_name(f"{path.name.removesuffix(SUFFIX)}.{environment}{SUFFIX}")


def environments(path: Path) -> tuple[str, ...]:
    """Return the environments for which a pipeline file has changes beside it."""
    stem = f"{path.name.removesuffix(SUFFIX)}."
    beside = (file.name for file in path.parent.glob(f"*{SUFFIX}") if file.name.startswith(stem))
    names = (name[len(stem) : -len(SUFFIX)] for name in beside)
    return tuple(sorted(name for name in names if ENVIRONMENT.fullmatch(name)))


def _defaults(folder: Path, findings: Findings) -> Iterator[Node]:
    """Yield the files of defaults that count for a folder, the nearest first."""
    for above in (folder.absolute(), *folder.absolute().parents):
        file = _as_named(above / DEFAULTS, folder)
        if is_there(file):
            found = _read(file, findings)
            for key in OF_ONE:
                if found.has(key):
                    findings.error(found.key(key), f"`{key}` can't be the same for several products")
            top = found.step(ROOT)
            if top is not None and not isinstance(top.value, bool):
                findings.error(top.place, f"`{ROOT}` must be true or false, it is {described(top.value)}")
            yield _without(found, ROOT, *OF_ONE)
            if top is not None and top.value is True:
                return
        if any(is_there(above / top) for top in TOPS):
            return


def _as_named(file: Path, folder: Path) -> Path:
    """Return a file as it is named where the folder is named from the current one, if it lies below that."""
    here = Path.cwd()
    return file if folder.is_absolute() or not file.is_relative_to(here) else file.relative_to(here)


def _read(path: Path, findings: Findings, texts: Mapping[Path, str] = NONE) -> Node:
    document = read(path, texts.get(path))
    findings.errors.extend(document.problems)
    if isinstance(document.root.value, dict):
        return document.root
    findings.error(
        document.root.place, f"the file must be a mapping of keys, it is {described(document.root.plain())}"
    )
    findings.settle()
    raise AssertionError(path)


def _first(layers: Iterable[Node], key: str) -> object:
    """Return what the first of some layers that has a key says."""
    return next((found.value for layer in layers if (found := layer.step(key)) is not None), None)


def _for(template: object, layer: Node) -> Node:
    """Return defaults without `params` where they are those of another template."""
    named = layer.step("template")
    return layer if named is None or named.value == template else _without(layer, "params")


def _without(node: Node, *keys: str) -> Node:
    if not isinstance(node.value, dict) or not any(node.has(key) for key in keys):
        return node
    left = Node(node.place, {key: child for key, child in node.value.items() if key not in keys})
    left.keys = {key: place for key, place in node.keys.items() if key not in keys}
    return left


def _merged(under: Node, over: Node) -> Node:
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    both = dict(under.value)
    for key, child in over.value.items():
        both[key] = _merged(both[key], child) if key in both else child
    merged = Node(over.place, both)
    merged.keys = {**under.keys, **over.keys}
    return merged
