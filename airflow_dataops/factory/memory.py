"""What pipeline files came to when they were read before, so that a task need not read contracts to start.

Airflow reads a DAG file in a new process every half minute, and again for every task. A memory counts for as
long as every file that was read, or looked for, is as it was: so it says what reading would say. Files that
are wrong are never remembered. The DAG itself is made every time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from airflow_dataops.core.product import Product
from airflow_dataops.documents.yaml.text import ABSENT, NAMES, THERE, matching, names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = Path(__file__).parent.parent
CODE = ("core", "core/contract", "core/slo", "documents", "factory")
"""Folders of this package that decide what a pipeline file comes to."""

PARTS = 4
"""Of a path, by which its memory is called."""

PRODUCTS = TypeAdapter(Product)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a pipeline file came to, as far as a DAG needs it.

    Args:
        product: The product.
        folder: Its folder, absolute.
        places: Key of the pipeline file -> file:line:column.
    """

    product: Product
    folder: Path
    places: dict[str, str]


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder of files, one for each pipeline file in each environment.

    Args:
        folder: The folder; it is made when something is remembered.
        asked: What else decides: the environment, the folders of templates.
    """

    folder: Path
    asked: tuple[str, ...] = ()

    def recall(self, pipeline: Path) -> Reading | None:
        """Return what a pipeline file came to; None where that isn't known, or a file has changed."""
        try:
            known: dict[str, Any] = json.loads(self.place(pipeline).read_bytes())
            if known["file"] != str(pipeline.absolute()) or known["code"] != code():
                return None
            if not all(same(*one) for one in known["made_of"].items()):
                return None
            product = PRODUCTS.validate_python(known["product"])
        except (OSError, ValueError, LookupError, TypeError, AttributeError, ValidationError, RecursionError):
            return None  # not there, or not ours: what is read anew is right
        return Reading(product=product, folder=pipeline.parent.absolute(), places=known["places"])

    def remember(self, pipeline: Path, reading: Reading, made_of: Mapping[str, str]) -> None:
        """Keep what a pipeline file came to; where nothing can be written, nothing is kept.

        Args:
            pipeline: The pipeline file.
            reading: What it came to.
            made_of: Every path that was read, or looked for, and what was found, as `asked_for` has it.
        """
        known = {
            "file": str(pipeline.absolute()),
            "code": code(),
            "made_of": dict(made_of),
            "product": PRODUCTS.dump_python(reading.product, mode="json", exclude_defaults=True),
            "places": reading.places,
        }
        file = self.place(pipeline)
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False) as partial:
                try:
                    json.dump(known, partial)
                    partial.close()
                    Path(partial.name).replace(file)
                except BaseException:
                    # A full disk would be asked again every half minute, and be left a file each time.
                    Path(partial.name).unlink(missing_ok=True)
                    raise

    def place(self, pipeline: Path) -> Path:
        """Return the file in which it is kept what a pipeline file came to."""
        # Versions of a DAG bundle lie side by side, more of them with every commit: one is remembered.
        key = json.dumps([*pipeline.absolute().parts[-PARTS:], *self.asked])
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


def same(path: str, was: str) -> bool:
    """Say whether a path is as it was."""
    if was in {THERE, ABSENT}:
        return os.path.exists(path) is (was == THERE)  # noqa: PTH110 - two dozen a product: `Path` takes as long
    if was.startswith(NAMES):
        looked = Path(path)
        return names_of(matching(looked.parent, looked.name)) == was
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            return hashlib.sha256(file.read()).hexdigest() == was
    except OSError:
        return False


@cache
def code() -> str:
    """Return what tells whether the code that reads files is as it was, installed or in a checkout."""
    found = hashlib.sha256()
    for folder in CODE:
        with os.scandir(PACKAGE / folder) as files:
            for file in sorted(files, key=lambda one: one.name):
                if file.name.endswith(".py"):
                    said = file.stat()
                    found.update(f"{file.path} {said.st_mtime_ns} {said.st_size}\n".encode())
    return found.hexdigest()
