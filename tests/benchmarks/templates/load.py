"""Load DAG files as Airflow's DagBag does, and print the CPU time in seconds.

    python load.py FOLDER [first]

loads every `dag.py` below the folder after one of them; with `first`, only that one, and what it imports.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import sys
import time
from pathlib import Path

import airflow.sdk
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG


def load(file: Path) -> int:
    """Execute a DAG file as a module, and return the number of its DAGs."""
    name = f"unusual_prefix_{file.parent.name}"
    loader = importlib.machinery.SourceFileLoader(name, str(file))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return sum(isinstance(found, DAG) for found in vars(module).values())


def main(folder: str, what: str = "all") -> None:
    """Load them."""
    # What a dag-processor has loaded before it reads a file is no part of it.
    assert airflow.sdk.Asset(name="x", uri="x://x")
    assert BashOperator
    first, *others = sorted(Path(folder).rglob("dag.py"))
    start = time.process_time()
    dags = load(first)
    if what == "all":
        start = time.process_time()
        dags = sum(load(file) for file in others)
    took = time.process_time() - start
    print(json.dumps({"cpu": took, "dags": dags}))  # noqa: T201 - this is a program


if __name__ == "__main__":
    main(*sys.argv[1:])
