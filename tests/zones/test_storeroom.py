"""What lies in the zones of a local folder, and removing it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from airflow_dataops.core.clearance import Stored, Zone
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones.disk import INCOMING
from airflow_dataops.zones.storeroom import LocalStoreroom


@pytest.fixture
def room(world) -> LocalStoreroom:
    """What looks through the zones."""
    return LocalStoreroom(str(world.root))


def of(room: LocalStoreroom, zone: Zone) -> list[Stored]:
    """Return what lies in a zone."""
    return [one for one in room.stored() if one.zone is zone]


def aged(place: str | Path, days: int) -> datetime:
    """Make a file older, and return its new age."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    os.utime(place, (at.timestamp(), at.timestamp()))
    return at


def test_nothing_lies_in_zones_that_are_not_there(room) -> None:
    """The first product has not run yet."""
    assert [] == list(room.stored())


def test_a_raw_copy_is_as_its_manifest_says(world, room, batch) -> None:
    """Its age is that of the landing, whatever the file system says: zones may be moved."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    folder = Path(landing.uri).parent
    aged(folder, 900)

    found = Stored(
        zone=Zone.RAW,
        place=str(folder),
        at=landing.landed_at,
        bytes=landing.bytes,
        batch=batch,
        sha256=landing.sha256,
    )
    assert [found] == list(room.stored())


def test_a_raw_copy_goes_whole_and_lands_anew(world, room) -> None:
    """Removed twice it is gone all the same; the same drop may come again."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    (stored,) = room.stored()

    room.remove(stored)
    room.remove(stored)

    assert [] == list(room.stored())
    assert (landing, False) == world.zones.keep(world.drop, **world.how)


def test_what_was_staged_is_as_old_as_its_newest_file(world, room, batch, run) -> None:
    """A run that goes on keeps all of it; it goes whole."""
    first, second = (Path(world.zones.staging(batch, run, name)) for name in ("verify", "transform"))
    first.write_bytes(b"abc")
    second.write_bytes(b"ab")
    aged(first, 30)
    newest = aged(second, 20)
    aged(first.parent, 40)

    (stored,) = room.stored()
    assert (Zone.STAGING, str(first.parent), newest, 5) == (
        stored.zone,
        stored.place,
        stored.at,
        stored.bytes,
    )
    room.remove(stored)
    room.remove(stored)
    assert [] == list(room.stored())


def test_each_quarantine_goes_by_itself(world, room, batch) -> None:
    """It is a file, as old as it is."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    places = [Path(world.zones.quarantine(batch, replace(landing, sha256=name))) for name in ("a", "b")]
    for place in places:
        place.write_bytes(b"bad rows")
    at = aged(places[0], 100)

    first, second = of(room, Zone.QUARANTINE)
    assert (str(places[0]), at, 8) == (first.place, first.at, first.bytes)
    room.remove(first)
    room.remove(first)
    assert [second] == of(room, Zone.QUARANTINE)


def test_a_raw_copy_without_a_manifest_is_an_error(world, room) -> None:
    """It is not of a known age, and not ours to remove."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    manifest = Path(landing.uri).with_name("manifest.json")
    manifest.chmod(0o600)
    for text in ("{", "{}", None):
        manifest.unlink() if text is None else manifest.write_text(text)
        with pytest.raises(BrokenWorldError, match="has no manifest that can be read"):
            list(room.stored())


KILLED = """
import os, sys
from airflow_dataops.core.clearance import Zone
from airflow_dataops.zones.storeroom import LocalStoreroom
rename, unlink, left = os.rename, os.unlink, [int(sys.argv[2])]
def mortal(call):
    def work(*arguments, **more):
        if not left[0]:
            os.kill(os.getpid(), 9)
        left[0] -= 1
        return call(*arguments, **more)
    return work
os.rename, os.unlink, os.rmdir = mortal(rename), mortal(unlink), mortal(os.rmdir)
room = LocalStoreroom(sys.argv[1])
for one in list(room.stored()):
    room.remove(one)
"""
"""Removes everything, and is killed before one of the calls that change the disk."""


@pytest.mark.parametrize("calls", range(4))
def test_a_killed_removal_leaves_the_copy_whole_or_gone(world, room, calls) -> None:
    """What it leaves goes with what is staged, and nothing is in the way of the same drop."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    done = subprocess.run([sys.executable, "-c", KILLED, room.root, str(calls)], check=False)
    assert -9 == done.returncode

    whole = [one.place for one in of(room, Zone.RAW)]
    assert whole in ([], [str(Path(landing.uri).parent)])
    left = of(room, Zone.STAGING)
    assert {INCOMING} >= {Path(one.place).name for one in left}
    for one in left:
        room.remove(one)
    again, replayed = world.zones.keep(world.drop, **world.how)
    assert (landing, bool(whole)) == (again, replayed)
    assert 1 == len(list(room.stored()))
