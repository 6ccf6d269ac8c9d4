"""`dag describe`: all that counts of a product, or what a template takes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_dataops.cli.dag.given import definition, shelf, template_named
from airflow_dataops.cli.output import say
from airflow_dataops.cli.places import near
from airflow_dataops.cli.screen import console
from airflow_dataops.documents.pipeline.effective import effective
from airflow_dataops.documents.pipeline.layers import environments, overlay_of
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.errors import Problem
from airflow_dataops.render.products import table, written
from airflow_dataops.render.quantity import NOTHING

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.documents.templates.template import Template

NAMED = re.compile(r"[a-z][a-z0-9_]*@[0-9]+")


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `what`, `environment` and `output_format`.

    Raises:
        DocumentError: If a file of the product is wrong.
        SettingsError: If there is no such template, or the environment is wrong.
    """
    if NAMED.fullmatch(args.what) and not Path(args.what).exists():
        of_template(template_named(args.what), args.output_format)
    else:
        of_product(args.what, environment=args.environment, output_format=args.output_format)
    return 0


def of_product(path: str, *, environment: str, output_format: str) -> None:
    """Print each value of a product that counts, and where it is written; what is worth knowing on stderr.

    Raises:
        DocumentError: If a file of the product is wrong.
        SettingsError: If the environment is wrong.
    """
    found = definition(path, environment=environment)
    values = effective(found, template_named(found.product.template))
    for problem in found.warnings:
        say(sys.stderr, [str(problem)])
    if (note := unchanged(found.file, environment)) is not None:
        say(sys.stderr, [str(note)])
    if output_format == "json":
        plain = {key: {"value": one.value, "place": one.place} for key, one in values.items()}
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    rows = [(key, written(one.value), str(near(Path(one.place)))) for key, one in values.items()]
    console(sys.stdout).print(table(("key", "value", "from"), rows))


def unchanged(file: str, environment: str) -> Problem | None:
    """Return what is said of an environment that changes nothing of a product, since it may be misspelled."""
    known = environments(Path(file))
    if not environment or environment in known:
        return None
    hint = did_you_mean(environment, known) or f"What does would be {overlay_of(Path(file), environment)}."
    return Problem(file, f"no file changes it in `{environment}`", hint)


def of_template(template: Template, output_format: str) -> None:
    """Print what a template takes."""
    told = described(template)
    if output_format == "json":
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    page = console(sys.stdout)
    for key in ("template", "deprecated", "needs", "takes", "page", "samples"):
        value = told[key]
        text = ", ".join(value) if isinstance(value, list) else value
        if text:
            page.print(f"{key + ':':12}{text}", soft_wrap=True, markup=False)
    page.print()
    rows = [(name, of["values"], of["default"], of["description"]) for name, of in told["params"].items()]
    page.print(table(("params", "values", "default", "meaning"), rows))


def described(template: Template) -> dict[str, Any]:
    """Return what a template takes, in plain JSON types."""
    folder = shelf().file(template.name).parent
    page = folder / "README.md"
    samples = sorted(file.parent for file in folder.glob("*/*.dag.yaml"))
    schema = template.params.model_json_schema()
    needed = schema.get("required", ())
    return {
        "template": template.name,
        "deprecated": template.deprecated,
        "needs": list(template.needs),
        "takes": list(template.takes),
        "page": str(near(page)) if page.is_file() else "",
        "samples": [str(near(sample)) for sample in samples],
        "params": {
            name: {
                "values": values_of(of, schema.get("$defs", {})),
                "default": "must be there" if name in needed else written(of.get("default")),
                "description": of.get("description", NOTHING),
            }
            for name, of in schema.get("properties", {}).items()
        },
    }


def values_of(schema: dict[str, Any], models: dict[str, Any]) -> str:
    """Return what a parameter may be, in a few words."""
    if "$ref" in schema:
        return values_of(models[schema["$ref"].rpartition("/")[2]], models)
    if "enum" in schema or "const" in schema:
        return ", ".join(map(written, schema.get("enum", [schema.get("const")])))
    for many in ("anyOf", "oneOf"):
        if many in schema:
            return " or ".join(dict.fromkeys(values_of(one, models) for one in schema[many]))
    words = {
        "array": "list",
        "object": "mapping",
        "string": "text",
        "null": "nothing",
        "boolean": "true, false",
    }
    found = words.get(schema.get("type", ""), schema.get("type", "anything"))
    bounds = [
        f"{sign} {schema[key]:g}"
        for key, sign in (
            ("minimum", "≥"),
            ("exclusiveMinimum", ">"),
            ("maximum", "≤"),
            ("exclusiveMaximum", "<"),
        )
        if key in schema
    ]
    return " ".join((found, *bounds))
