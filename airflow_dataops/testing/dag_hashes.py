"""The hashes by which Airflow tells versions of DAGs apart, made by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HASHES = """
import json, runpy, sys
given = json.load(sys.stdin)
for name in given["without"]:
    sys.modules[name] = None  # whoever imports it fails
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization
found = {}
for file in given["files"]:
    try:
        dag = runpy.run_path(file)["dag"]
        dag.validate()
        found[file] = {"hash": SerializedDagModel.hash(DagSerialization.to_dict(dag))}
    except BaseException as error:
        found[file] = {"error": f"{type(error).__name__}: {error}"}
print("\\n" + given["answer"] + json.dumps(found))
"""

ANSWER = "dataops: "
"""What the line begins with that holds what was found: a template may print what it likes."""

PATIENCE = 60
"""Seconds that a process has to start, and each DAG to be built: Airflow gives a DAG file 30."""


def hashes(
    files: Sequence[Path], *, seed: str = "0", without: Sequence[str] = ()
) -> dict[Path, dict[str, str]]:
    """Return the hash by which Airflow tells versions apart, of the DAG in each file, or its error.

    Args:
        files: The DAG files.
        seed: By which Python hashes texts.
        without: Modules that can't be imported there.
    """
    if not files:
        return {}
    patience = PATIENCE * (1 + len(files))
    try:
        ran = subprocess.run(  # noqa: S603 - it is this Python
            [sys.executable, "-c", HASHES],
            check=False,
            capture_output=True,
            text=True,
            input=json.dumps(
                {"files": [str(file) for file in files], "without": list(without), "answer": ANSWER}
            ),
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=files[0].parent,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return {file: {"error": f"the DAGs are not built after {patience} seconds"} for file in files}
    said = [line for line in ran.stdout.splitlines() if line.startswith(ANSWER)]
    if ran.returncode or not said:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return {file: {"error": f"Python ended: {last}"} for file in files}
    found: dict[str, dict[str, str]] = json.loads(said[-1].removeprefix(ANSWER))
    return {Path(file): result for file, result in found.items()}
