from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from airflow_dataops.core import ticket
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.beginning import Beginning
from airflow_dataops.core.landing import Dialect, Format, LandedFile, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.errors import SettingsError

BATCH = Batch(team="t", product="p", dataset="d", partition="2026-03-03")
AT = datetime(2026, 3, 3, 6, 0, 0, 123456, tzinfo=UTC)
LANDING = Landing(
    batch=BATCH,
    origin="/drops/x.csv",
    uri="/raw/x",
    sha256="a" * 64,
    bytes=100,
    rows=7,
    dialect=Dialect(";", "latin-1", Format.JSON_LINES, quote="", header=False, paths=(("a", "b.c"),)),
    landed_at=AT,
    run_id="r",
    files=(LandedFile("x.csv", "000000", "b" * 64, 60, 4), LandedFile("y.csv", "000001", "c" * 64, 40, 3)),
)
STAGED = StagedBatch(landing=LANDING, stage=Stage.AUDIT, uri="/staging/x", rows=6, content="c")
BEGINNING = Beginning(batch=BATCH, origin="postgres://shop_db", tables=("raw.a", "raw.b"), run_id="r")
MODELLED = StagedBatch(
    landing=BEGINNING, stage=Stage.TRANSFORM, uri="postgres://shop_db/dataops.x", rows=6, model="stg"
)
PUBLICATION = Publication(
    batch=BATCH,
    version=3,
    content="c",
    rows=6,
    target="/lake/p",
    contract="p@1.0.0",
    manifest="a" * 64,
    run_id="r",
    at=AT,
)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (LANDING, ticket.landing),
        (LANDING, ticket.origin),
        (BEGINNING, ticket.beginning),
        (BEGINNING, ticket.origin),
        (STAGED, ticket.staged),
        (MODELLED, ticket.staged),
        (PUBLICATION, ticket.publication),
    ],
)
def test_ticket_survives_json(value, read) -> None:
    """What a stage hands on is what the next one reads, through JSON."""
    assert value == read(json.loads(json.dumps(ticket.written(value))))


@pytest.mark.parametrize("wrong", [None, "x", 7, {}, {"batch": None}, ticket.written(STAGED)])
def test_ticket_of_another_stage_is_refused_with_a_hint(wrong) -> None:
    """A wrong wiring says which operator's output is wanted."""
    with pytest.raises(SettingsError, match=r"landing=that_task.output"):
        ticket.landing(wrong)


@pytest.mark.parametrize("wrong", [None, "x", {}, ticket.written(LANDING), ticket.written(STAGED)])
def test_ticket_that_is_no_beginning_is_refused_with_a_hint(wrong) -> None:
    """A model says which operator's output it wants."""
    with pytest.raises(SettingsError, match=r"begun=that_task.output"):
        ticket.beginning(wrong)


def test_ticket_of_an_older_version_is_read() -> None:
    """A landing that was written before there were formats and several files is one file of CSV."""
    handed = ticket.written(LANDING)
    del handed["files"]
    handed["dialect"] = {"delimiter": ";", "encoding": "latin-1"}

    read = ticket.landing(handed)

    assert (Dialect(";", "latin-1"), ()) == (read.dialect, read.files)
