"""A product's folder -> its DAG."""

from __future__ import annotations

import os
import re
import warnings
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import DAG, get_parsing_context

from airflow_dataops.documents.pipeline.file import find_products, pipeline_in
from airflow_dataops.errors import DataOpsError, DocumentError, Problem
from airflow_dataops.factory.below import below
from airflow_dataops.factory.declaring import declare, in_processor

if TYPE_CHECKING:
    from collections.abc import Container
    from typing import NoReturn

    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.factory.memory import Memory, Reading


NO_ID = re.compile(r"[^\w.-]")
"""What can't stand in the id of a DAG."""

LONGEST_ID = 230
"""Characters of an id, so that a suffix has its place: Airflow takes 250."""


def load_dag(file: str) -> DAG:
    """Return the DAG of the product in whose folder a file lies.

    A product that is wrong comes back as a DAG that Airflow refuses: the import error is then one line for
    each problem, with file:line:column and a hint, and no traceback.

    Args:
        file: The `__file__` of the folder's `dag.py`.
    """
    folder = Path(file).resolve().parent
    try:
        built = build(folder)
        if in_processor():
            declare(pipeline_in(folder), file=folder / "dag.py", memory=_memory())
    except DataOpsError as error:
        # In a test or a shell there is no Airflow that asks the DAG to validate itself.
        warnings.warn(str(error), stacklevel=2)
        return RefusedDag(id_of(folder.name), error)
    return built


def load_dags(file: str, folder: str = ".") -> dict[str, DAG]:
    """Return the DAGs of all products below a folder, by their names; in a task, only the one that it needs.

    One file for all is less to write than a `dag.py` for each, and has its price: the file is read again for
    every task, and Airflow has one import error a file. So a product that is wrong is a DAG of its own that
    says so and has no task: the others run.

    Args:
        file: The `__file__` of the DAG file.
        folder: Where products lie, relative to that file.
    """
    products = find_products(Path(file).resolve().parent / folder)
    wanted = get_parsing_context().dag_id
    if wanted is not None:
        return {wanted: _only(wanted, products, Path(file).resolve())}
    found: dict[str, DAG] = {}
    wrong: list[tuple[str, DataOpsError]] = []
    for pipeline in products:
        try:
            reading = read(pipeline)
            name = reading.product.name
            if _new(name, pipeline, found):
                found[name] = dag_of(reading, file=Path(file).resolve())
                if in_processor():
                    declare(pipeline, file=Path(file).resolve(), memory=_memory())
        except DataOpsError as error:
            wrong.append((pipeline.parent.name, error))
    # After those that are right: what is wrong takes no name from them.
    for place, why in wrong:
        name = free(id_of(place), found)
        found[name] = explaining(name, why)
    return found


def build(folder: Path) -> DAG:
    """Return the DAG of the product in a folder.

    Raises:
        DocumentError: If a file of the product is wrong.
        SettingsError: If the deployment's settings can't work.
    """
    return dag_of(read(pipeline_in(folder.absolute())))


def read(pipeline: Path) -> Reading:
    """Read a pipeline file, as the deployment wants it read, or recall what it came to.

    Raises:
        DocumentError: If a file of the product is wrong.
        SettingsError: If the deployment's settings can't work.
    """
    from airflow_dataops.bridge.settings import environment, template_paths

    memory = _memory()
    known = memory.recall(pipeline)
    return known or _read(pipeline, memory, environment=environment(), template_paths=template_paths())


def _memory() -> Memory:
    from airflow_dataops.bridge.settings import environment, memory_path, template_paths
    from airflow_dataops.factory.memory import Memory

    return Memory(memory_path(), (environment(), *map(str, template_paths())))


def _read(pipeline: Path, memory: Memory, *, environment: str, template_paths: tuple[Path, ...]) -> Reading:
    from airflow_dataops.documents.declared import openslo_files, runbook_files
    from airflow_dataops.documents.pipeline.definition import read_definition
    from airflow_dataops.documents.templates.shelf import shelf_of
    from airflow_dataops.documents.yaml.text import asked_for, is_there, read_bytes
    from airflow_dataops.factory.memory import Reading

    shelf = shelf_of(template_paths)
    with asked_for() as paths:
        found = read_definition(str(pipeline), shelf=shelf, environment=environment)
        for stem in ("v", "params_v"):
            read_bytes(shelf.file(found.product.template, stem))
        for file in openslo_files(found):
            read_bytes(file)
        for file in runbook_files(found):
            if is_there(file) and file.is_file():
                read_bytes(file)
    reading = Reading(product=found.product, folder=found.folder, places=found.places)
    contracts = [contract for contract in (found.contract, found.landing) if contract is not None]
    looking = any(dataset.relationships for contract in contracts for dataset in contract.datasets)
    # Which models there are, and which other products publish what its rules look at, is seen in folders,
    # whose files aren't all read.
    if not looking and not found.product.models:
        memory.remember(pipeline, reading, paths)
    return reading


def dag_of(reading: Reading | Definition, *, file: Path | None = None) -> DAG:
    """Return the DAG that a product's template makes of it.

    Args:
        reading: The product.
        file: The DAG file, absolute, at whose folder the product's paths begin; by default the product's own.

    Raises:
        DocumentError: If what the file names can't be imported, or the template raises.
    """
    from airflow_dataops.bridge.settings import template_paths
    from airflow_dataops.documents.templates.shelf import shelf_of
    from airflow_dataops.documents.templates.template import broken, deprecation, template

    shelf, places = shelf_of(template_paths()), reading.places
    file = file or reading.folder / "dag.py"
    product = below(os.path.relpath(reading.folder, file.parent), reading.product)
    try:
        known = template(product.template, shelf=shelf)
        if known.deprecated:
            what, hint = deprecation(known, shelf=shelf)
            told = Problem(places.get("template", places[""]), what, hint)
            # The dag-processor logs it, and `airflow dags report` counts it; `lint` says the same.
            warnings.warn(str(told), FutureWarning, stacklevel=2)
        params = known.params.model_validate(product.params)
        built = _dag(shelf.module(product.template).build(product, params))
    except DocumentError:
        raise
    except DataOpsError as error:
        # What is wrong with a key is known by its name alone where the DAG is made.
        problem = Problem(places.get(error.where, error.where or places[""]), error.what, error.hint)
        raise DocumentError((problem,)) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one line as for all else: it may be a team's own
        what, hint = broken(product.template, error, shelf=shelf)
        raise DocumentError((Problem(places.get("template", places[""]), what, hint),)) from None
    # Airflow sets it where it reads DAG files; whoever calls this in a test runs the same tasks.
    built.fileloc = str(file)
    return built


def _dag(built: object) -> DAG:
    """Return what a template has built.

    Raises:
        TypeError: If it is no DAG.
    """
    if not isinstance(built, DAG):
        raise TypeError(f"build returns {type(built).__name__}, it must return a DAG")
    return built


def id_of(folder: str) -> str:
    """Return the id of the DAG that says what is wrong with a product; its folder may be called anything."""
    return NO_ID.sub("_", folder)[:LONGEST_ID]


def free(name: str, found: Container[str]) -> str:
    """Return a name, or one like it where it is another's."""
    others = (f"{name}_wrong{at or ''}" for at in count())
    return next(one for one in chain((name,), others) if one not in found)


def explaining(dag_id: str, error: DataOpsError) -> DAG:
    """Return a DAG without a task and a schedule, which says what is wrong with a product."""
    lines = "\n".join(f"- {line}" for line in str(error).splitlines())
    page = f"**This product is wrong, so that nothing runs:**\n\n{lines}"
    # Airflow finds a DAG of a mapping by its `with` alone.
    with DAG(dag_id, schedule=None, tags={"dataops", "error"}, description=str(error), doc_md=page) as dag:
        return dag


def _only(wanted: str, products: tuple[Path, ...], file: Path) -> DAG:
    """Return the DAG of one product; others are read only where none lies in a folder of that name.

    Args:
        wanted: The product's name.
        products: Every pipeline file.
        file: The DAG file.
    """
    error: DataOpsError = DocumentError(
        (
            Problem(
                str(file),
                f"there is no product `{wanted}` any more",
                "Bring its folder back, or delete the DAG.",
            ),
        )
    )
    for pipeline in sorted(products, key=lambda pipeline: pipeline.parent.name != wanted):
        try:
            reading = read(pipeline)
            if reading.product.name == wanted:
                return dag_of(reading, file=file)
        except DataOpsError as wrong:
            error = wrong if pipeline.parent.name == wanted else error
    return explaining(wanted, error)


def _new(name: str, pipeline: Path, found: dict[str, DAG]) -> bool:
    """Say that a name is free.

    Raises:
        DocumentError: If another product has it.
    """
    if name in found:
        raise DocumentError((Problem(str(pipeline), f"there are two products `{name}`", "Rename one."),))
    return True


class RefusedDag(DAG):
    """A product that can't run: where Airflow has a DAG validate itself, it says what is wrong."""

    def __init__(self, dag_id: str, error: DataOpsError) -> None:
        super().__init__(dag_id=dag_id)
        self.error = error

    def validate(self) -> NoReturn:
        """Say what is wrong.

        Raises:
            DataOpsError: Always.
        """
        raise self.error
