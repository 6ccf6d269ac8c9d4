"""Whole products whose source and target are tables of one database."""

from __future__ import annotations

import itertools
import json
import re
import select
import socket
import socketserver
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.clearance import Zone
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.reconciliation.account import State
from airflow_dataops.core.verification import Verification
from airflow_dataops.core.versions import Keeping
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.reconcile import reconcile
from airflow_dataops.usecases.upkeep.clean_zones import clean_zones
from airflow_dataops.usecases.upkeep.vacuum import vacuum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from airflow.sdk import DAG

DAY = "2026-03-01"
# A manual run's interval ends at its logical date.
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

NUMBERS = itertools.count(1)

LANDING = """\
apiVersion: v3.1.0
kind: DataContract
id: sales_landing
version: 1.0.0
status: active
schema:
  - name: sales_landing
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, physicalType: "numeric(10,2)", logicalTypeOptions: {minimum: 0}}
      - {name: email, logicalType: string, logicalTypeOptions: {pattern: "^[^@ ]+@[^@ ]+$"}}
      - {name: sold, logicalType: timestamp}
    quality:
      - {id: enough, metric: rowCount, mustBeGreaterThan: 0}
"""

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema:
  - name: sales
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, physicalType: "numeric(10,2)"}
      - {name: who, logicalType: string}
      - {name: sold, logicalType: timestamp}
"""

TRANSFORM = """\
SELECT id, amount, split_part(email, '@', 1) AS who, sold
FROM {{ source }}
WHERE {{ partition }} <> ''
"""


class Relay(socketserver.ThreadingTCPServer):
    """Stands between a client and a server, and counts what the server says."""

    block_on_close = True
    received = 0

    def __init__(self, server: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), PassOn)
        self.server = server


class PassOn(socketserver.BaseRequestHandler):
    """Passes on what one client and the server say to each other, until one of them ends it."""

    def handle(self) -> None:
        """Pass on chunk by chunk."""
        relay: Any = self.server
        with socket.create_connection(relay.server) as server:
            other = {self.request: server, server: self.request}
            while True:
                for speaker in select.select(list(other), [], [])[0]:
                    chunk = speaker.recv(65536)
                    if not chunk:
                        return
                    other[speaker].sendall(chunk)
                    relay.received += len(chunk) if speaker is server else 0


@pytest.fixture
def relay(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """The way of Airflow's connection `shop_db` to the database."""
    user, host, port, name = re.fullmatch(
        r"postgresql\+psycopg://(\S+)@([^:]+):(\d+)/(\w+)", postgresql
    ).groups()
    with Relay((host, int(port))) as found:
        to_relay = f"postgres://{user}@127.0.0.1:{found.server_address[1]}/{name}"
        monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", to_relay)
        threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield found
        found.shutdown()


@pytest.fixture
def ask(postgresql: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Speak to the database from outside; each statement is committed at once."""

    def run(statement: str, **names: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            written = SQL(statement).format(
                **{key: Identifier(*name.split(".")) for key, name in names.items()}
            )
            cursor = connection.execute(written)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def shop(ask: Callable[..., Any]) -> str:
    """A schema with the source of one test: four good rows of the day, one bad one, one of another day."""
    name = f"shop{next(NUMBERS)}"
    ask("CREATE SCHEMA {s}", s=name)
    ask(
        "CREATE TABLE {t} (day date, id text, amount numeric, email text, sold timestamptz)",
        t=f"{name}.sales",
    )
    ask(
        "INSERT INTO {t} SELECT '2026-03-01', n, n + 0.5, 'u' || n || '@shop', '2026-03-01T10:00Z'"
        " FROM generate_series(1, 4) AS n",
        t=f"{name}.sales",
    )
    ask(
        "INSERT INTO {t} VALUES"
        " ('2026-03-01', 'five', -1, 'geheim', NULL), ('2026-03-02', '6', 1, 'u@s', NULL)",
        t=f"{name}.sales",
    )
    return name


@pytest.fixture
def product(deployment: Path, shop: str, relay: Relay) -> Callable[..., DAG]:
    """Write the product over the source, and return its DAG."""
    assert relay.received == 0

    def write(**more: object) -> DAG:
        folder = deployment / "sales"
        folder.mkdir(exist_ok=True)
        source = {"table": f"{shop}.sales", "conn_id": "shop_db", "contract": "landing.odcs.yaml"}
        keys: dict[str, Any] = {"template": "batch@1", "name": shop, "contract": "sales.odcs.yaml"}
        keys |= {"schedule": "@daily", "start_date": "2026-03-01", "retries": 0, "transform": "transform.sql"}
        keys |= {"source": source | {"partition_column": "day"}, "params": {"max_quarantined": "50%"}}
        keys |= {"target": {"type": "postgres", "conn_id": "shop_db", "table": f"{shop}.mart"}}
        keys["source"] |= more
        # JSON is YAML, but for what it makes of a number.
        (folder / "sales.dag.yaml").write_text(json.dumps(keys))
        (folder / "landing.odcs.yaml").write_text(LANDING)
        (folder / "sales.odcs.yaml").write_text(CONTRACT)
        (folder / "transform.sql").write_text(TRANSFORM)
        return load_dag(str(folder / "dag.py"))

    return write


@pytest.fixture
def told(
    deployment: Path, run_dag: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """Run a DAG, and return its state, what landed, the verifications, what was published, what was said."""

    def run(dag: DAG) -> tuple[Any, ...]:
        state = str(run_dag(dag, logical_date=LOGICAL).state)
        store = SqlStore(f"sqlite:///{deployment}/store.db")
        out = capfd.readouterr()
        facts = (store.facts(Landing), store.facts(Verification), store.facts(Publication))
        return (state, *facts, out.out + out.err)

    return run


def test_a_product_is_published_inside_of_its_database(product, told, shop, ask, deployment) -> None:
    """The good rows of the day are published, the bad one is in quarantine with its rules, the rest stays."""
    state, (landing,), verifications, (publication,), said = told(product())
    assert state == "success", said
    assert (5, 4) == (landing.rows, publication.rows)
    assert {"land": (0, 0), "gate": (0, 0), "verify": (4, 1), "audit": (4, 0)} == {
        str(found.stage): (found.good, found.bad) for found in verifications
    }
    assert ask("SELECT id, amount::text, who, dataops_partition FROM {t} ORDER BY id", t=f"{shop}.mart") == [
        (n, f"{n}.50", f"u{n}", DAY) for n in range(1, 5)
    ]
    quarantine = next(found.quarantine for found in verifications if found.quarantine)
    bad = ask(
        "SELECT dataops_file, dataops_line, dataops_rules, id, dataops_raw FROM {t}",
        t=quarantine.removeprefix("postgres://shop_db/"),
    )
    assert [(f"{shop}.sales", 5, ["id.type", "amount.minimum", "email.pattern"], "five", None)] == bad
    assert [] == ask("SELECT tablename FROM pg_tables WHERE tablename LIKE 'staged\\_%'")
    assert "geheim" not in said
    assert not (deployment / "zones").exists()


def test_a_replay_publishes_nothing_new_and_a_correction_does(product, told, shop, ask) -> None:
    """The same rows are found as they landed; other rows replace the partition as a version of their own."""
    told(product())
    state, landings, _, publications, _ = told(product())
    assert ("success", 1, 1) == (state, len(landings), len(publications))
    ask("UPDATE {t} SET id = '5', amount = 5, email = 'u5@shop' WHERE id = 'five'", t=f"{shop}.sales")
    state, landings, _, publications, _ = told(product())
    assert ("success", 2, 2) == (state, len(landings), len(publications))
    assert [(5,)] == ask("SELECT count(*) FROM {t}", t=f"{shop}.mart")


def test_what_is_old_goes_and_the_published_version_keeps_all_it_was_made_of(
    product, told, shop, ask, deployment
) -> None:
    """Versions, raw copies and quarantines in the database; the account of the partition still balances."""
    from airflow_dataops.bridge.hooks import warehouse
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.wiring import targets, zoning

    told(product())
    ask("UPDATE {t} SET amount = 7 WHERE id = '1'", t=f"{shop}.sales")
    _, (first, second), verifications, _, _ = told(product())
    at, store = settings(), SqlStore(f"sqlite:///{deployment}/store.db")
    how: dict[str, Any] = {"who": "maintenance r1", "dry_run": False, "store": store}
    how["clock"] = FrozenClock(datetime.now(UTC) + timedelta(days=1000))
    seen = ask("SELECT * FROM {t} ORDER BY id", t=f"{shop}.mart")
    last = Keeping(1, timedelta(0))

    def there(uri: str) -> bool:
        name = uri.removeprefix("postgres://shop_db/dataops.")
        return (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'dataops'")

    cleared = clean_zones(
        dict.fromkeys(Zone, timedelta(days=90)),
        last,
        storerooms=lambda addresses: zoning.storerooms(at, addresses, warehouse),
        **how,
    )
    (done,), failed = vacuum(
        last,
        grace=timedelta(days=1),
        upkeep=lambda address: targets.upkeep_at(at, address, warehouse),
        **how,
    )

    assert ({}, {}) == (cleared.failed, failed), "raw copies of other products are none of this store's"
    assert {Zone.RAW: 1, Zone.QUARANTINE: 2} == dict(cleared.things)
    assert (1, 1, 4) == (done.kept, done.gone, done.freed.rows)
    assert (False, True) == (there(first.uri), there(second.uri))
    assert [False] == [there(found.quarantine) for found in verifications if found.bad]
    assert seen == ask("SELECT * FROM {t} ORDER BY id", t=f"{shop}.mart")
    assert [(4,)] == ask("SELECT count(*) FROM {t}", t=f"{shop}.mart_versions")
    (account,) = reconcile(
        store=store,
        stock=lambda address: zoning.stock_at(address, warehouse),
        target=lambda address: targets.target_at(at, address, warehouse),
    )
    assert account.state is State.BALANCED


def test_an_empty_partition_has_not_arrived(product, told, shop, ask) -> None:
    """No row of the day fails the batch, or skips it; nothing is published."""
    ask("DELETE FROM {t} WHERE day = '2026-03-01'", t=f"{shop}.sales")
    state, landings, _, publications, said = told(product())
    assert ("failed", (), ()) == (state, landings, publications)
    assert f"{shop}.sales?day={DAY}" in said
    state, _, _, publications, _ = told(product(on_missing="skip"))
    assert ("success", ()) == (state, publications)


def test_too_many_bad_rows_publish_nothing(product, told, shop, ask) -> None:
    """The share of bad rows is judged as it is of files."""
    ask("UPDATE {t} SET amount = -amount", t=f"{shop}.sales")
    state, _, verifications, publications, said = told(product())
    assert ("failed", ()) == (state, publications)
    assert [(0, 5)] == [(found.good, found.bad) for found in verifications if found.stage == "verify"]
    assert "amount.minimum" in said


def test_a_table_that_somebody_dropped_is_said(product, told, shop, ask) -> None:
    """It is one line, with the table's name, and nothing is published."""
    ask("DROP TABLE {t}", t=f"{shop}.sales")
    state, landings, _, publications, said = told(product())
    assert ("failed", (), ()) == (state, landings, publications)
    assert f"there is no table `{shop}.sales`" in said


def test_a_column_that_is_missing_fails_at_the_gate(product, told, shop, ask) -> None:
    """The names of the columns are the header."""
    ask("ALTER TABLE {t} RENAME email TO mail", t=f"{shop}.sales")
    state, _, _, publications, said = told(product())
    assert ("failed", ()) == (state, publications)
    assert "email" in said


def test_no_row_travels(product, told, shop, ask, relay) -> None:
    """Two megabytes of rows are published while the server says less than a tenth of that to the worker."""
    ask(
        "INSERT INTO {t} SELECT '2026-03-01', n, 1, 'u' || n || '@' || repeat('x', 200), NULL"
        " FROM generate_series(10, 10009) AS n",
        t=f"{shop}.sales",
    )
    state, (landing,), _, (publication,), said = told(product())
    assert (state, landing.rows, publication.rows) == ("success", 10_005, 10_004), said
    assert 0 < relay.received < 200_000
