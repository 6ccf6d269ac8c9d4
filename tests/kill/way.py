"""The way of one batch through the use cases and the real adapters, killable at a point.

    python way.py HOME PARTITION RUN_ID [PORT.METHOD:before|after[:STAGE]]

Each stage leaves its ticket in HOME, as Airflow leaves it in XCom when a task has succeeded; a later call
goes on after the last ticket, as Airflow does when a failed task is cleared. The point kills this very
process with SIGKILL before or after the port's method has done its work, in a stage where one is named.
HOME has one product's folder. The batch is published into a Delta table; or, where HOME has a file
`database`, into a table of the schema that its second line names, in the database that its first leads to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from airflow_dataops.core import ticket
from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.relation import Split, Staged, landed
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.usecases.batches.announce import announce
from airflow_dataops.usecases.batches.gate import gate
from airflow_dataops.usecases.batches.land import land
from airflow_dataops.usecases.batches.publish import publish
from airflow_dataops.usecases.batches.transform import transform
from airflow_dataops.usecases.batches.verify import verify
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.wiring import clocks, engines, sources, stores, targets, zoning
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.usecases.ports.target import Target


class Mortal:
    """A port that kills the process before or after one of its methods."""

    def __init__(self, port: object, role: str, way: Way) -> None:
        self._port, self._role, self._way = port, role, way

    def __getattr__(self, name: str) -> object:
        """Return the port's own attribute, wrapped where it is a method."""
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*args: object, **kwargs: object) -> object:
            self._way.die(f"{self._role}.{name}:before")
            result = found(*args, **kwargs)
            self._way.die(f"{self._role}.{name}:after")
            return result

        return call


class Way:
    """One batch on its way, with everything that it needs."""

    def __init__(self, home: Path, partition: str, run_id: str, point: str) -> None:
        (pipeline,) = home.glob("*/*.dag.yaml")
        self.definition = read_definition(str(pipeline))
        self.product = self.definition.product
        self.home, self.point, self.stage = home, point, ""
        settings = Settings(
            store_url=f"sqlite:///{home}/store.db",
            zones_path=str(home / "zones"),
            lake_path=str(home / "lake"),
        )
        name, (dataset,) = self.product.name, self.definition.contract.datasets
        self.batch = Batch(team="shop", product=name, dataset=dataset.name, partition=partition)
        end = datetime.fromisoformat(f"{partition}T00:00:00+00:00")
        self.run = Run(run_id=run_id, dag_id=name, interval_end=end)
        source = self.product.source
        self.ports: dict[str, Any] = {
            "source": Mortal(
                sources.source(self.definition.path(source.folder), source.path), "source", self
            ),
            "zones": Mortal(zoning.zones(settings), "zones", self),
            "engine": Mortal(engines.engine(settings), "engine", self),
            "target": Mortal(_target(home, settings, name), "target", self),
            "store": Mortal(stores.store(settings), "store", self),
            "clock": clocks.clock(),
        }

    def die(self, point: str) -> None:
        """Kill this process where it is the point."""
        if self.point in {point, f"{point}:{self.stage}"}:
            os.kill(os.getpid(), signal.SIGKILL)

    def use(self, *names: str) -> dict[str, Any]:
        """Return some of the ports, by name."""
        return {name: self.ports[name] for name in names}

    def handed(self, stage: str) -> dict[str, Any]:
        """Return the ticket of an earlier stage."""
        found: dict[str, Any] = json.loads(self._file(stage).read_text())
        return found

    def go(self) -> None:
        """Take the stages that have left no ticket yet."""
        for stage in STAGES:
            if not self._file(stage).exists():
                self.take(stage)

    def take(self, stage: str) -> None:
        """Take one stage, and leave its ticket."""
        self.stage = stage
        made = STAGES[stage](self)
        self.die("task:before-success")
        partial = self._file(stage).with_suffix(".partial")
        partial.write_text(json.dumps(made))
        partial.rename(self._file(stage))

    def _file(self, stage: str) -> Path:
        folder = self.home / "xcom" / self.run.segment / self.batch.partition
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{stage}.json"


def _target(home: Path, settings: Settings, table: str) -> Target:
    place = home / "database"
    if not place.exists():
        return targets.target(settings, "delta", table)
    database, schema = place.read_text().splitlines()
    warehouse = Warehouse("shop_db", lambda: psycopg.connect(database))
    return targets.target(settings, "postgres", f"{schema}.{table}", warehouse)


def _land(way: Way) -> dict[str, Any]:
    arrival = land(
        way.batch,
        run=way.run,
        dialect=Dialect(),
        delivery=Delivery.INCREMENT,
        on_missing=OnMissing.FAIL,
        on_duplicate=OnDuplicate.REPORT,
        **way.use("source", "zones", "store", "clock"),
    )
    if arrival is None:
        raise SystemExit("no drop")
    return ticket.written(arrival.landing)


def _gate(way: Way) -> dict[str, Any]:
    landing = ticket.landing(way.handed("land"))
    contract = _contract(way)
    found = gate(
        contract,
        dataset=contract.datasets[0],
        landing=landing,
        run=way.run,
        **way.use("engine", "store", "clock"),
    )
    if not found.passes:
        raise SystemExit(str(found.blocks))
    return ticket.written(landing)


def _verify(way: Way) -> dict[str, Any]:
    landing = ticket.landing(way.handed("land"))
    contract, zones = _contract(way), way.ports["zones"]
    split = Split(zones.staging(way.batch, way.run, Stage.VERIFY), zones.quarantine(way.batch, landing))
    found, staged = verify(
        landed(landing),
        contract=contract,
        dataset=contract.datasets[0],
        landing=landing,
        stage=Stage.VERIFY,
        split=split,
        ceiling=Fraction(1, 5),
        run=way.run,
        **way.use("engine", "store", "clock"),
    )
    if not found.passes:
        raise SystemExit(str(found.blocks))
    return ticket.written(staged)


def _transform(way: Way) -> dict[str, Any]:
    sql = Path(way.definition.path(way.product.transform))
    _, staged = transform(
        ticket.staged(way.handed("verify")),
        sql=sql.read_text(),
        source="landing",
        place=sql.name,
        into=way.ports["zones"].staging(way.batch, way.run, Stage.TRANSFORM),
        engine=way.ports["engine"],
    )
    return ticket.written(staged)


def _audit(way: Way) -> dict[str, Any]:
    staged, zones = ticket.staged(way.handed("transform")), way.ports["zones"]
    found, audited = verify(
        Staged(staged.uri),
        contract=way.definition.contract,
        dataset=way.definition.contract.datasets[0],
        landing=staged.landing,
        stage=Stage.AUDIT,
        split=Split(
            zones.staging(way.batch, way.run, Stage.AUDIT), zones.staging(way.batch, way.run, "rejected")
        ),
        ceiling=Fraction(0),
        run=way.run,
        **way.use("engine", "store", "clock"),
    )
    if not found.passes:
        raise SystemExit(str(found.blocks))
    return ticket.written(audited)


def _publish(way: Way) -> dict[str, Any]:
    publication = publish(
        ticket.staged(way.handed("audit")),
        contract=way.definition.contract,
        dataset=way.definition.contract.datasets[0],
        run=way.run,
        **way.use("target", "store", "clock"),
    )
    return ticket.written(publication)


def _announce(way: Way) -> dict[str, Any]:
    events, _ = announce(
        ticket.publication(way.handed("publish")),
        landing=ticket.landing(way.handed("land")),
        run=way.run,
        **way.use("store", "zones"),
    )
    return {"events": len(events)}


def _contract(way: Way) -> Any:
    return way.definition.landing


STAGES: dict[str, Callable[[Way], dict[str, Any]]] = {
    "land": _land,
    "gate": _gate,
    "verify": _verify,
    "transform": _transform,
    "audit": _audit,
    "publish": _publish,
    "announce": _announce,
}

if __name__ == "__main__":
    home, partition, run_id, *point = sys.argv[1:]
    Way(Path(home), partition, run_id, point[0] if point else "").go()
