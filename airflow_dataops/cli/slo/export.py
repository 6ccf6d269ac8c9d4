"""`slo export`: the objectives of a contract as an OpenSLO file; what it can't say is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say, write
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.core.batch import Grain
    from airflow_dataops.core.contract.model import Contract

ALL_SAID, LEFT_OUT = 0, 2
"""Exit codes."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `path`, `output` and `force`.

    Raises:
        DocumentError: If a file is wrong.
        SettingsError: If there is nothing to write.
        BrokenWorldError: If the file can't be written.
    """
    from airflow_dataops.documents.openslo.draft import openslo_text

    contract, product, grain = given(args.path)
    objectives = () if contract is None else contract.objectives
    if not objectives:
        raise SettingsError(
            "no service level has a target: there is nothing to write",
            where=args.path if contract is None else contract.place,
            hint="`airflow-dataops slo lint` says which could have one.",
        )
    made = openslo_text(objectives, product=product, grain=grain)
    write(made.text, args.output, replace=args.force)
    for line in made.left_out:
        say(sys.stderr, [f"{args.path}: not said in OpenSLO: {line}"])
    return LEFT_OUT if made.left_out else ALL_SAID


def given(path: str) -> tuple[Contract | None, str, Grain | None]:
    """Return the contract, the name of the product, and how much time one of its partitions covers.

    Args:
        path: A product's folder, its pipeline file, or a contract.

    Raises:
        DocumentError: If there is none, or one of its files is wrong.
    """
    from airflow_dataops.cli.dag.given import definition, shelf
    from airflow_dataops.documents.odcs.contract import read_contract
    from airflow_dataops.documents.pipeline.keys import CONTRACT_SUFFIX
    from airflow_dataops.documents.templates.template import grain_of

    if Path(path).name.endswith(CONTRACT_SUFFIX):
        contract, _ = read_contract(path)
        return contract, contract.name, None
    found = definition(path)
    return found.contract, found.product.name, grain_of(found.product, shelf=shelf())
