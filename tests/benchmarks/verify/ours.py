"""Our side: the engine's scan of the same rows.

    python ours.py serve duckdb|postgres OUTPUT PLACE FOLDER [MEMORY]
    python ours.py check OUTPUT ADDRESS

The second is the whole of what a task does for a table: the use case that judges rows in place. What a
person does for a file is `airflow-dataops contract test`.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from serving import ABSENT, Job, main
from sizes import CONTRACT, MEMORY, MOST_KEYS

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.rows.relation import InPlace, Landed, LandedPart, Split
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.wiring import clocks, engines
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.usecases.ports.engine import Engine

NUMBERS = ("some_rows", "fresh", "returned")
"""The rules that ask a number of all good rows."""


def in_duckdb(output: str, file: str, folder: str, memory: str = MEMORY) -> Job:
    """Return the scan of a Parquet file."""
    from airflow_dataops.core.landing import Dialect, Format

    settings = Settings(store_url="", zones_path=folder, lake_path=folder, memory_limit=memory)
    part = LandedPart(file, Path(file).name)
    relation = Landed(file, (part,), Dialect(format=Format.PARQUET))
    good, bad = (str(Path(folder) / f"ours-{half}.parquet") for half in ("good", "bad"))
    return _job(engines.engine(settings), relation, output, Split(good, bad, digest=False))


def in_postgres(output: str, address: str, folder: str) -> Job:
    """Return the scan of a table where it lies."""
    import psycopg

    from airflow_dataops.warehouse.postgres import Warehouse

    warehouse = Warehouse("bench", lambda: psycopg.connect(address))
    settings = Settings(store_url="", zones_path=folder, lake_path=folder)
    relation = InPlace(f"{warehouse.root}public.lineitem")
    good, bad = (f"{warehouse.root}public.{half}" for half in ("good", "refused"))

    def prepare() -> None:
        with psycopg.connect(address) as connection:
            connection.execute("DROP TABLE IF EXISTS good, refused")

    job = _job(engines.engine(settings, warehouse), relation, output, Split(good, bad, digest=False))
    return Job(job.run, job.found, prepare)


def lists_keys(engine: Engine) -> bool:
    """Say whether an engine can list the keys of bad rows."""
    return "keys" in inspect.signature(engine.scan).parameters


def _job(engine: Engine, relation: Landed | InPlace, output: str, halves: Split) -> Job:
    contract, _ = read_contract(CONTRACT)
    (dataset,) = contract.datasets
    if output == "keys" and not lists_keys(engine):
        sys.stderr.write("the engine lists no keys of bad rows yet\n")
        sys.exit(ABSENT)
    more: dict[str, Any] = {"keys": MOST_KEYS} if output == "keys" else {}
    split = halves if output == "split" else None
    return Job(
        lambda: engine.scan(relation, plan(dataset, derive(dataset)), split=split, **more),
        found,
    )


def found(scan: Scan) -> dict[str, Any]:
    """Return what a scan came to, in the words of both sides.

    Raises:
        AssertionError: If a check could not be evaluated.
    """
    problems = {rule: one.problem for rule, one in scan.measured.items() if one.problem or one.number is None}
    if problems:
        raise AssertionError(problems)
    numbers = {rule: scan.measured[rule].number for rule in NUMBERS}
    said = {
        "rows": scan.rows,
        "bad": scan.bad,
        "failing": dict(sorted((rule, one.failing) for rule, one in scan.measured.items() if one.failing)),
        "numbers": {
            "some_rows": int(numbers["some_rows"] or 0),
            "fresh": int(numbers["fresh"] or 0),
            "returned": round(float(numbers["returned"] or 0), 9),
        },
    }
    if scan.failing:
        said["keys"] = sorted(([*one.key, list(one.rules)] for one in scan.failing), key=str)
    return said


class Nothing:
    """A store in which nothing is known."""

    def facts(self, _: type[Any], **__: str) -> tuple[Any, ...]:
        """Return no fact."""
        return ()


def check(output: str, address: str) -> None:
    """Judge the table as a task does, by the use case, and print how many rows are bad."""
    import psycopg

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.usecases.contracts.check import check as judged
    from airflow_dataops.warehouse.postgres import Warehouse

    warehouse = Warehouse("bench", lambda: psycopg.connect(address))
    contract, _ = read_contract(CONTRACT)
    (dataset,) = contract.datasets
    good, bad = (f"{warehouse.root}public.{half}" for half in ("good", "refused"))
    verification, _ = judged(
        InPlace(f"{warehouse.root}public.lineitem"),
        contract=contract,
        dataset=dataset,
        batch=Batch(team="bench", product="lineitem", dataset=dataset.name, partition="all"),
        split=Split(good, bad, digest=False) if output == "split" else None,
        run=Run(run_id="bench", dag_id="lineitem"),
        engine=engines.engine(Settings(store_url="", zones_path="", lake_path=""), warehouse),
        store=Nothing(),  # type: ignore[arg-type]
        clock=clocks.clock(),
    )
    print(json.dumps({"found": {"rows": verification.rows, "bad": verification.bad}}))  # noqa: T201


SIDES = {"duckdb": in_duckdb, "postgres": in_postgres}

if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(*sys.argv[2:])
    else:
        main(lambda storage, *given: SIDES[storage](*given))
