"""Whole products whose drops are several files, packed, or in object storage."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

DAY = "2026-03-01"
# A manual run's interval ends at its logical date.
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

NUMBERS = itertools.count(1)

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
"""
PARTS = {"eu.csv": b"id,amount\n1,1.5\n2,-1\n", "us.csv.gz": gzip.compress(b"id,amount\n3,4\n4,2\n")}
"""Two files of a drop, one of them packed; one of four rows breaks the contract."""


@pytest.fixture
def product(deployment):
    """Write a product whose source is given, and return its DAG."""

    def write(**source: str):
        folder = deployment / "things"
        folder.mkdir()
        keys = {"template": "batch@1", "name": f"elsewhere{next(NUMBERS)}", "contract": "things.odcs.yaml"}
        keys |= {"schedule": "@daily", "start_date": "2026-03-01", "retries": 0, "source": source}
        keys |= {"params": {"max_quarantined": "50%"}, "target": {"path": "things"}}
        # JSON is YAML, but for what it makes of a number.
        (folder / "things.dag.yaml").write_text(json.dumps(keys))
        (folder / "things.odcs.yaml").write_text(CONTRACT)
        return load_dag(str(folder / "dag.py"))

    return write


@pytest.fixture
def told(deployment, run_dag, capfd):
    """Run a DAG, and return its state, what landed, what was published, and what the tasks said."""

    def run(dag):
        state = str(run_dag(dag, logical_date=LOGICAL).state)
        store = SqlStore(f"sqlite:///{deployment}/store.db")
        out = capfd.readouterr()
        return state, store.facts(Landing), store.facts(Publication), out.out + out.err

    return run


@pytest.mark.parametrize("place", ["folder", "file", "s3"])
def test_a_drop_of_several_files_is_published_wherever_it_lies(
    place, product, told, deployment, bucket
) -> None:
    """In a folder, at an address of it, and in a bucket the same drop is published alike."""
    root = deployment / "drops"
    for name, content in PARTS.items():
        (root / DAY).mkdir(parents=True, exist_ok=True)
        (root / DAY / name).write_bytes(content)
        bucket.put(f"{DAY}/{name}", content)
    where = {
        "folder": {"folder": str(root)},
        "file": {"folder": f"file://{root}"},
        "s3": {"folder": bucket.address, "conn_id": bucket.conn_id},
    }[place]

    state, landings, publications, said = told(product(path="{partition}/*.csv*", **where))

    assert ("success", [4], [3]) == (
        state,
        [landing.rows for landing in landings],
        [publication.rows for publication in publications],
    ), said
    landing = landings[0]
    assert f"{where['folder']}/{DAY}/*.csv*" == landing.origin
    kept = Path(landing.uri)
    assert list(PARTS.values()) == [path.read_bytes() for path in sorted(kept.iterdir())]


def test_a_missing_drop_in_a_bucket_is_named(product, told, bucket) -> None:
    """The message says where it was expected; the bucket's connection stays out of it."""
    state, landings, _, said = told(product(path="{partition}.csv", folder=bucket.address, conn_id="storage"))

    assert ("failed", ()) == (state, landings)
    assert "no drop has arrived for this interval" in said
    assert f"{bucket.address}/{DAY}.csv" in said
    assert "AKIATEST" not in said


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"folder": "s3://nowhere/drops", "conn_id": "storage"}, "the folder of the drops doesn't exist"),
        ({"folder": "s3://nowhere/drops", "conn_id": "absent"}, "there is no connection `absent`"),
        ({"folder": "drops", "conn_id": "storage"}, "of the type `aws`, the folder no address"),
    ],
    ids=["no bucket", "no connection", "no address"],
)
def test_an_address_that_leads_nowhere_fails_with_one_line(source, words, product, told, bucket) -> None:
    """A bucket or a connection that isn't there is said with what to do, and nothing lands."""
    assert bucket.conn_id == "storage"

    state, landings, _, said = told(product(path="{partition}.csv", **source))

    assert ("failed", ()) == (state, landings)
    assert words in said


def test_a_drop_without_its_marker_is_missing(product, told, deployment) -> None:
    """What is not yet whole is not landed."""
    (deployment / "drops").mkdir()
    (deployment / "drops" / f"{DAY}-1.csv").write_bytes(PARTS["eu.csv"])
    dag = product(folder=str(deployment / "drops"), path="{partition}-*.csv", ready="{partition}.done")

    state, landings, _, said = told(dag)
    assert ("failed", ()) == (state, landings)
    assert f"{DAY}.done is there" in said


@pytest.mark.parametrize(
    ("name", "content", "keys"),
    [
        ("{partition}.csv", PARTS["us.csv.gz"][:15], {}),
        ("{partition}.csv", b"PK\x03\x04 this is no archive", {}),
        ("{partition}.parquet", b"PAR1 this is none PAR1", {"format": "parquet"}),
    ],
    ids=["gzip that is cut off", "zip that is damaged", "no Parquet"],
)
def test_a_damaged_file_lands_and_is_refused_by_the_gate(
    name, content, keys, product, told, deployment
) -> None:
    """What can't be read is kept as it came, with no rows, and stopped before it is read for them."""
    (deployment / "drops").mkdir()
    (deployment / "drops" / name.replace("{partition}", DAY)).write_bytes(content)

    state, (landing,), publications, said = told(product(folder=str(deployment / "drops"), path=name, **keys))

    assert ("failed", 0, ()) == (state, landing.rows, publications)
    assert content == Path(landing.uri).read_bytes()
    assert 1 == said.count("AirflowFailException: Bad data: ")
    assert "damaged or cut off" in said
