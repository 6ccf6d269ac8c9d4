from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.zones import manifest


@pytest.fixture
def landing(batch) -> Landing:
    """A landing with a delimiter and an origin that JSON has to escape."""
    return Landing(
        batch=batch,
        origin='/drops/a "b"\\ü.csv',
        uri="/lake/raw/data",
        sha256="ab" * 32,
        bytes=10,
        rows=2,
        dialect=Dialect(delimiter="\t", encoding="cp1252"),
        landed_at=datetime(2026, 3, 4, 1, 2, 3, 4, tzinfo=UTC),
        run_id="manual__1",
    )


def test_a_manifest_loads_back_equal(landing) -> None:
    """What a manifest says must be the landing it was written from."""
    assert landing == manifest.landing(manifest.text(landing), uri=landing.uri)


def test_a_manifest_has_sorted_keys_and_no_place(landing) -> None:
    """The same landing must make the same bytes, wherever the zones lie."""
    found = json.loads(manifest.text(landing))

    expected = ["batch", "bytes", "dialect", "files", "landed_at", "origin", "rows", "run_id", "sha256"]
    assert expected == list(found)


def test_a_manifest_keeps_the_instant_of_any_zone(landing) -> None:
    """An instant written in another time zone must be the same instant, in UTC."""
    east = landing.landed_at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    moved = manifest.landing(
        manifest.text(landing).replace(landing.landed_at.isoformat(), east.isoformat()), uri=""
    )

    assert (landing.landed_at, UTC) == (moved.landed_at, moved.landed_at.tzinfo)


@pytest.mark.parametrize(
    "document",
    ["", "{", "[]", "1", "null", "{}", '{"batch": {}}', '{"batch": {"team": ""}}'],
)
def test_what_is_no_manifest_is_refused(document) -> None:
    """A text that is no manifest must be refused as such."""
    with pytest.raises(ValueError, match=r"."):
        manifest.landing(document, uri="")


@pytest.mark.parametrize(
    "key", ["batch", "bytes", "dialect", "landed_at", "origin", "rows", "run_id", "sha256"]
)
def test_a_manifest_that_lacks_a_key_is_refused(landing, key) -> None:
    """Every key of a manifest is needed."""
    found = json.loads(manifest.text(landing))
    del found[key]

    with pytest.raises(ValueError, match=r"."):
        manifest.landing(json.dumps(found), uri="")
