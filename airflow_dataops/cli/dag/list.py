"""`dag list`: the products below a folder."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import definition, template_named
from airflow_dataops.cli.output import say
from airflow_dataops.cli.screen import console
from airflow_dataops.documents.pipeline.file import find_products
from airflow_dataops.errors import DocumentError, Problem
from airflow_dataops.render.products import table
from airflow_dataops.render.quantity import NOTHING

if TYPE_CHECKING:
    from argparse import Namespace

OK, WRONG = 0, 1
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A product, as it is listed.

    Args:
        name: The product.
        template: Its template and version.
        schedule: When it runs; None where nothing starts it by itself.
        depends_on: The products after which it runs.
        owner: Airflow's owner.
        team: Whose it is; empty for the DAG bundle.
        table: Where it is published; empty where it publishes nothing.
        deprecated: The date from which on its template may go; empty for one that stays.
        file: Its pipeline file.
    """

    name: str
    template: str
    schedule: str | None
    depends_on: tuple[str, ...]
    owner: str
    team: str
    table: str
    deprecated: str
    file: str


def run(args: Namespace) -> int:
    """Run the command, and return its exit code: 1 where a product is wrong, which is told on stderr.

    Args:
        args: `path`, `environment` and `output_format`.

    Raises:
        DocumentError: If there is no product.
        SettingsError: If the environment is wrong.
    """
    files = find_products(args.path)
    if not files:
        what = "there is no product below"
        raise DocumentError((Problem(args.path, what, "Name a folder with `*.dag.yaml`, or: dag new."),))
    products: list[Listed] = []
    problems: list[Problem] = []
    for file in files:
        try:
            products.append(listed(str(file), environment=args.environment))
        except DocumentError as error:
            problems.extend(error.problems)
    show(products, args.output_format)
    for problem in dict.fromkeys(problems):
        say(sys.stderr, [str(problem)])
    return WRONG if problems else OK


def listed(file: str, *, environment: str = "") -> Listed:
    """Return what is listed of a product.

    Raises:
        DocumentError: If it is wrong.
        SettingsError: If the environment is wrong.
    """
    product = definition(file, environment=environment).product
    return Listed(
        name=product.name,
        template=product.template,
        schedule=product.schedule.schedule,
        depends_on=product.schedule.depends_on,
        owner=product.owner,
        team=product.team,
        table=product.target.address,
        deprecated=template_named(product.template).deprecated,
        file=file,
    )


def show(products: list[Listed], output_format: str) -> None:
    """Print products: a table, or one JSON document."""
    if output_format == "json":
        print(json.dumps([asdict(product) for product in products], ensure_ascii=False, indent=2))
        return
    rows = [
        (
            product.name,
            f"{product.template} (deprecated: {product.deprecated})"
            if product.deprecated
            else product.template,
            " + ".join(filter(None, (product.schedule, *product.depends_on))) or NOTHING,
            product.owner or NOTHING,
            product.table or NOTHING,
            product.file,
        )
        for product in products
    ]
    console(sys.stdout).print(table(("product", "template", "runs", "owner", "table", "file"), rows))
