"""`dag upgrade`: a product goes over to a newer version of its template, and does what it did."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import pipeline_of, shelf, template_named
from airflow_dataops.cli.dag.schema import schema_text
from airflow_dataops.cli.dag.together import upgrade_of
from airflow_dataops.cli.dag.upgraded import upgraded_texts
from airflow_dataops.cli.output import write
from airflow_dataops.cli.places import near
from airflow_dataops.core.change import changes
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.effective import effective
from airflow_dataops.documents.pipeline.layers import environments
from airflow_dataops.documents.pipeline.schema_line import schema_named
from airflow_dataops.documents.yaml.text import read_text
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.difference import difference_lines

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from airflow_dataops.cli.dag.together import Together
    from airflow_dataops.core.change import Change
    from airflow_dataops.documents.pipeline.definition import Definition

OK = 0
"""Exit code."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A product before and after, in one environment.

    Args:
        environment: Such as `prod`; empty for none.
        old: What it is.
        new: What it would be.
    """

    environment: str
    old: Definition
    new: Definition


def run(
    args: Namespace, *, dags: Callable[[Definition, Definition], tuple[Change, ...]] | None = None
) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `path`, `to` and `dry_run`.
        dags: Says what differs between the DAGs of two products, where there is Airflow.

    Raises:
        DocumentError: If a file of the product is wrong, or is written in a way that can't be changed.
        SettingsError: If there is no such template, or it is not newer.
        BrokenWorldError: If a file can't be written.
    """
    pipeline = pipeline_of(args.path)
    together = upgrade_of(pipeline)
    if together.is_decided:
        return finish(pipeline, together, dry_run=args.dry_run)
    old = read_definition(str(pipeline), shelf=shelf())
    to = target(old.product.template, args.to)
    texts = {
        file: text for file, text in upgraded_texts(pipeline, old, to).items() if text != read_text(file)
    }
    for environment in ("", *environments(pipeline)):
        before = read_definition(str(pipeline), shelf=shelf(), environment=environment)
        after = read_definition(str(pipeline), shelf=shelf(), environment=environment, texts=texts)
        show(Upgrade(environment, before, after), dags)
    if args.dry_run:
        for file in texts:
            print(f"{file} would be changed.")
        return OK
    together.decide(texts)
    return end(pipeline, together, to)


def finish(pipeline: Path, together: Together, *, dry_run: bool) -> int:
    """End an upgrade that was interrupted while files were replaced, and return the exit code.

    Args:
        pipeline: The pipeline file.
        together: What was decided.
        dry_run: Whether it is only said.

    Raises:
        SettingsError: If somebody has changed a file in between.
        DocumentError: If a file of the product is wrong.
        BrokenWorldError: If a file can't be written.
    """
    print(f"An upgrade of {pipeline} was interrupted: it {'would be' if dry_run else 'is'} finished.")
    return OK if dry_run else end(pipeline, together)


def end(pipeline: Path, together: Together, to: str = "") -> int:
    """Replace the files of a product as it was decided, and return the exit code.

    Args:
        pipeline: The pipeline file.
        together: What was decided.
        to: The template from now on; by default, as the pipeline file says then.
    """
    for file in together.finish():
        print(f"{file} is changed.")
    template = to or read_definition(str(pipeline), shelf=shelf()).product.template
    schema = schema_missing(pipeline, read_text(pipeline), template)
    if schema is not None:
        write(schema_text(template), str(schema), replace=False)
        print(f"{schema} is new.")
    together.forget()
    return OK


def schema_missing(pipeline: Path, text: str, template: str) -> Path | None:
    """Return the schema that a pipeline file names to editors, where it is to be made beside others.

    Args:
        pipeline: The pipeline file.
        text: What it says from now on.
        template: Its template from now on.
    """
    schema = pipeline.parent / schema_named(text)
    fits = schema.name == f"{template}.json" and schema.parent.is_dir()
    return near(Path(os.path.normpath(schema))) if fits and not schema.exists() else None


def target(name: str, to: str | None) -> str:
    """Return the version to go over to: the newest, where none is named.

    Raises:
        SettingsError: If there is no such version, or it is not newer.
    """
    family, _, version = name.partition("@")
    newest = [known for known in shelf().names() if known.partition("@")[0] == family][-1]
    found = template_named(to or newest).name
    if found.partition("@")[0] != family:
        what, hint = f"`{found}` is another template than `{name}`", "An upgrade goes to a newer version."
        raise SettingsError(what, hint=hint)
    if int(found.partition("@")[2]) <= int(version):
        raise SettingsError(f"`{found}` is not newer than `{name}`", hint="There is nothing to change.")
    return found


def show(upgrade: Upgrade, dags: Callable[[Definition, Definition], tuple[Change, ...]] | None) -> None:
    """Print what differs between a product before and after."""
    name = f" in {upgrade.environment}" if upgrade.environment else ""
    print(f"{upgrade.old.product.name}{name}:")
    for line in difference_lines(values_changed(upgrade.old, upgrade.new)):
        print(f"  {line}")
    if dags is not None:
        print("The DAG:")
        for line in difference_lines(dags(upgrade.old, upgrade.new)):
            print(f"  {line}")


def values_changed(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Return which values that count differ between two products."""
    return changes(
        *(
            {key: one.value for key, one in effective(it, template_named(it.product.template)).items()}
            for it in (old, new)
        )
    )
