"""`dag render`: a product's DAG as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import definition, shelf
from airflow_dataops.cli.output import write

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.documents.pipeline.definition import Definition


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `path`, `environment`, `output` and `force`.

    Raises:
        DocumentError: If a file of the product is wrong.
        SettingsError: If the environment is wrong.
        BrokenWorldError: If the file can't be written.
    """
    found = definition(args.path, environment=args.environment)
    write(rendered(found), args.output, replace=args.force)
    return 0


def rendered(found: Definition) -> str:
    """Return the text of the DAG file."""
    from airflow_dataops.documents.templates.template import template
    from airflow_dataops.render.standalone import standalone

    product, known = found.product, shelf()
    return standalone(
        product,
        template(product.template, shelf=known).params.model_validate(product.params),
        build_source=known.file(product.template).read_text(encoding="utf-8"),
        params_source=known.file(product.template, "params_v").read_text(encoding="utf-8"),
        pipeline=found.file.rpartition("/")[2],
    )
