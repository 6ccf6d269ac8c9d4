"""`test`: the SQL of products over the rows of their tests, without Airflow and without a database."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf
from airflow_dataops.cli.limit import typed_limit
from airflow_dataops.cli.output import write
from airflow_dataops.core.rehearsal import Result
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.file import find_products
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from airflow_dataops.cli.test_bench import Suite
    from airflow_dataops.core.product import Product
    from airflow_dataops.core.rehearsal import Rehearsal
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.documents.pipeline.definition import Definition

PASSED, FAILED, NOTHING, ERROR = 0, 1, 2, 3
"""Exit codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """The tests of one product.

    Args:
        product: Its name.
        file: Its pipeline file, as it was named.
        found: What each test came to.
        note: Why there is none; empty where there are some.
    """

    product: str
    file: str
    found: tuple[Rehearsal, ...] = ()
    note: str = ""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `paths`, `name`, `environment`, `output_format`, `output`, `force` and `time_limit`.

    Raises:
        DocumentError: If files of a product are wrong, its tests among them: then none is run.
        SettingsError: If the environment or the time limit is wrong, or the extra `local` is not installed.
        BrokenWorldError: If rows or the output can't be written.
    """
    from airflow_dataops.cli.test_format import FORMATS, summary

    findings, limit = Findings(), typed_limit(args.time_limit)
    suites = [
        (one, *_suite(one, args.name or "", findings))
        for one in _products(args.paths, environment=args.environment, findings=findings)
    ]
    findings.settle()
    # What has no contract has no rows, such as a monitor: a word is said only where it is all there is.
    suites = [suite for suite in suites if suite[0].contract is not None] or suites
    tested = tuple(_tested(one, suite, note, findings, limit=limit) for one, suite, note in suites)
    findings.settle()
    told = FORMATS[args.output_format](tested, args.output is None)
    write(told, args.output, replace=args.force)
    if args.output is not None:
        sys.stderr.write(f"{summary(tested)}\n")
    return code(tested)


def code(tested: Iterable[Tested]) -> int:
    """Return the exit code of tests."""
    results = {one.result for product in tested for one in product.found}
    if Result.ERROR in results:
        return ERROR
    if Result.FAILED in results:
        return FAILED
    return PASSED if results else NOTHING


def _products(paths: Iterable[str], *, environment: str, findings: Findings) -> tuple[Definition, ...]:
    """Return the products that paths stand for, each once."""
    found: dict[Path, Definition] = {}
    for given in paths:
        path = Path(given)
        files = find_products(path) if path.is_dir() else (path,)
        if not files:
            findings.error(given, "there is no `*.dag.yaml` below", "Name a product's folder, or one above.")
        for file in files:
            if file.resolve() in found:
                continue
            try:
                found[file.resolve()] = read_definition(file, shelf=shelf(), environment=environment)
            except DocumentError as error:
                findings.errors.extend(error.problems)
    return tuple(found.values())


def _tested(
    one: Definition, suite: Suite | None, note: str, findings: Findings, *, limit: TimeLimit
) -> Tested:
    """Run the tests of a product."""
    from airflow_dataops.cli.test_bench import rehearsals

    if suite is None:
        return Tested(product=one.product.name, file=one.file, note=note)
    with tempfile.TemporaryDirectory(prefix="dataops-") as folder:
        found = tuple(rehearsals(suite, Path(folder), findings, limit=limit))
    return Tested(product=one.product.name, file=one.file, found=found)


def _nothing(product: Product) -> str:
    """Return why a product has nothing to test."""
    if product.models:
        return f"{product.template} makes models in their database: nothing runs here, `lint` looks at them"
    return f"{product.template} runs no SQL of yours here: there is nothing to test"


def _suite(one: Definition, name: str, findings: Findings) -> tuple[Suite | None, str]:
    """Return the tests of a product, and why there is none where there is none."""
    from airflow_dataops.documents.examples.examples import FILES

    product, contract, landing = one.product, one.contract, one.landing
    files = sorted(Path(one.file).parent.glob(FILES))
    if not product.transform or contract is None or landing is None:
        for file in files:
            hint = f"Name it with `transform:` in {one.file}, or remove this file."
            findings.error(str(file), "there is no SQL that these tests could run", hint)
        return None, _nothing(product)
    if not files:
        return None, f"there is no test: write one into {one.path(FILES)}"
    from airflow_dataops.cli.test_bench import Suite
    from airflow_dataops.core.checks.derive import derive
    from airflow_dataops.documents.examples.examples import Sides, read_examples
    from airflow_dataops.usecases.contracts.rehearse import row_rules
    from airflow_dataops.wiring.proofreading import check_portable, check_transform

    wrong = check_transform(one) or tuple(filter(None, (check_portable(one),)))
    findings.errors.extend(wrong)
    takes, makes = landing.datasets[0], contract.datasets[0]
    schema = _schema_file(product.schema, one, contract_path=one.path(product.contract.path))
    rules = [check.id for check in row_rules(derive(makes, schema=schema))]
    before = len(findings.errors)
    examples = read_examples(files, Sides(takes, makes, rules), findings)
    if wrong or len(findings.errors) != before:
        return None, ""
    wanted = tuple(example for example in examples if name.casefold() in example.name.casefold())
    if not wanted:
        return None, f"no name of its {len(examples)} tests has `{name}` in it"
    return Suite(product=one, landing=takes, published=makes, schema=schema, examples=wanted), ""


def _schema_file(given: str, one: Definition, *, contract_path: str) -> str:
    """Return where a pandera schema lies: in a named file, beside the contract, or to be imported."""
    from airflow_dataops.documents.implementation import located

    if given.startswith("."):
        file, _, name = given.rpartition(":")
        return f"{one.folder / file}:{name}"
    return located(given, Path(contract_path).parent)
