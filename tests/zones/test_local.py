from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from airflow_dataops.core.batch import Run
from airflow_dataops.core.landing import Dialect, Drop, DropFile, LandedFile, Landing
from airflow_dataops.core.rows.lines import LONGEST_LINE
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.zones import manifest

PROJECT = Path(__file__).parents[2]
KEEPER = Path(__file__).parent / "keeper.py"


def files(root: Path) -> list[str]:
    """Name every file below a folder but the locks."""
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.name != ".lock"
    )


def home(world) -> Path:
    """Return the folder of the batch in the raw zone."""
    return world.root / "raw" / "shop" / "orders" / "orders" / "2026-03-03"


def test_keep_makes_a_raw_copy_with_its_manifest(world) -> None:
    """The copy must hold the drop's bytes, and its manifest all that is known of them."""
    landing, replayed = world.zones.keep(world.drop, **world.how)

    content = world.path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    expected = Landing(
        batch=world.how["batch"],
        origin=str(world.path),
        uri=str(home(world) / sha256 / "data"),
        sha256=sha256,
        bytes=len(content),
        rows=3,
        dialect=Dialect(),
        landed_at=world.how["at"],
        run_id=world.how["run"].run_id,
        files=(LandedFile(world.path.name, "", sha256, len(content), 3),),
    )
    assert (expected, False) == (landing, replayed)
    assert content == Path(landing.uri).read_bytes()
    document = Path(landing.uri).with_name("manifest.json").read_text()
    assert expected == manifest.landing(document, uri=landing.uri)
    assert [f"{sha256}/data", f"{sha256}/manifest.json"] == files(home(world))


def test_keep_makes_files_that_nobody_writes_to(world) -> None:
    """A raw copy is immutable, and its rows are not for everybody's eyes."""
    landing, _ = world.zones.keep(world.drop, **world.how)

    modes = [path.stat().st_mode & 0o777 for path in Path(landing.uri).parent.iterdir()]
    assert [0o440, 0o440] == modes


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"", 0),
        (b"id,amount\n", 0),
        (b"id,amount", 0),
        (b"id,amount\n1,2\n", 1),
        (b"id,amount\n1,2\n3\n\xff,4\n\n5,6", 4),
        (b'id,amount\n1,"a\nb"\n2,c\n', 2),
    ],
)
def test_keep_counts_records_and_unparsable_lines(world, content, rows) -> None:
    """Rows are what comes after the header, the lines that can't be parsed included, empty ones not."""
    world.path.write_bytes(content)

    landing, _ = world.zones.keep(world.drop, **world.how)

    assert (rows, len(content)) == (landing.rows, landing.bytes)


def test_keep_holds_no_whole_line_in_memory(world) -> None:
    """A file without line ends is kept as it is, in a bounded memory, however large it is."""
    size = 6 * LONGEST_LINE
    with world.path.open("wb") as file:
        file.write(b"id\n")
        file.truncate(3 + size)
    tracemalloc.start()
    try:
        landing, _ = world.zones.keep(world.drop, **world.how)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (6, 3 + size) == (landing.rows, landing.bytes)
    assert peak < 5 * LONGEST_LINE


def test_keep_reuses_the_copy_of_the_same_bytes(world) -> None:
    """The same bytes for the same batch are kept once, with the first's time, run and origin."""
    first, _ = world.zones.keep(world.drop, **world.how)
    moved = world.path.rename(world.drops / "again.csv")
    later = world.how | {
        "run": Run(run_id="manual__2", dag_id="orders"),
        "at": world.how["at"] + timedelta(days=1),
    }

    assert (first, True) == world.zones.keep(Drop(str(moved), (DropFile(str(moved), moved.name),)), **later)
    assert 2 == len(files(world.root))


def test_keep_keeps_every_version_of_a_drop(world) -> None:
    """Other bytes for the same batch are another raw copy, and the first one stays."""
    first, _ = world.zones.keep(world.drop, **world.how)
    world.path.write_bytes(b"id,amount\n1,2.51\n")
    second, replayed = world.zones.keep(world.drop, **world.how)

    assert not replayed
    assert b"id,amount\n1,2.51\n" == Path(second.uri).read_bytes()
    assert first.bytes == len(Path(first.uri).read_bytes())


def test_keep_keeps_the_same_bytes_of_two_batches_apart(world) -> None:
    """Whether that is a duplicate is not for the zones to say."""
    other = replace(world.how["batch"], partition="2026-03-04")

    landings = [
        world.zones.keep(world.drop, **world.how | {"batch": each}) for each in (world.how["batch"], other)
    ]

    assert [False, False] == [replayed for _, replayed in landings]
    assert 4 == len(files(world.root))


def test_keep_takes_a_clock_that_moved_back(world) -> None:
    """A replay keeps the first time, and other bytes have their own, however the two are ordered."""
    first, _ = world.zones.keep(world.drop, **world.how)
    back = world.how | {"at": world.how["at"] - timedelta(hours=1)}

    assert (first, True) == world.zones.keep(world.drop, **back)
    world.path.write_bytes(b"id,amount\n1,2.51\n")
    second, replayed = world.zones.keep(world.drop, **back)
    assert (back["at"], False) == (second.landed_at, replayed)


def test_keep_does_without_the_drop_afterwards(world) -> None:
    """The drop may be deleted once it has landed."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    world.path.unlink()

    assert landing.sha256 == hashlib.sha256(Path(landing.uri).read_bytes()).hexdigest()


def test_keep_reads_the_same_bytes_in_another_dialect(world) -> None:
    """When the delimiter was wrong, the replay must take the new one, or it could never be put right."""
    world.path.write_bytes(b"id;amount\n1;2\n1;2;3\n")
    first, _ = world.zones.keep(world.drop, **world.how)
    semicolon = Dialect(delimiter=";")
    again, replayed = world.zones.keep(world.drop, **world.how | {"dialect": semicolon})

    assert (replace(first, dialect=semicolon, rows=2), True) == (again, replayed)
    assert (again, True) == world.zones.keep(world.drop, **world.how | {"dialect": semicolon})


def test_keep_refuses_a_dialect_that_cant_work(world) -> None:
    """A dialect that can't work is a setting, and nothing is kept."""
    with pytest.raises(SettingsError, match="encoding"):
        world.zones.keep(world.drop, **world.how | {"dialect": Dialect(encoding="klingon")})

    assert [] == files(world.root)


@pytest.mark.parametrize("partition", ["../../..", "a/b", "..", "a b", "ü" * 250, "x" * 250, "%2F", "-"])
def test_keep_makes_one_folder_of_any_partition(world, partition) -> None:
    """No label may leave the zone, be too long for a name, or meet another's folder."""
    batch = replace(world.how["batch"], partition=partition)
    landing, _ = world.zones.keep(world.drop, **world.how | {"batch": batch})

    place = Path(landing.uri).relative_to(world.root / "raw")
    assert 6 == len(place.parts)
    assert ".." not in place.parts
    assert (landing, True) == world.zones.keep(world.drop, **world.how | {"batch": batch})


def test_keep_tells_long_partitions_apart(world) -> None:
    """Labels that are cut must not end in the same folder."""
    batches = [replace(world.how["batch"], partition="ü" * 249 + end) for end in "ab"]

    landings = [world.zones.keep(world.drop, **world.how | {"batch": batch}) for batch in batches]

    assert [False, False] == [replayed for _, replayed in landings]


def test_keep_refuses_a_drop_that_is_gone(world) -> None:
    """A drop that vanished since it was found is said in words, and leaves nothing."""
    world.path.unlink()

    with pytest.raises(BrokenWorldError, match="the drop can't be read: No such file or directory"):
        world.zones.keep(world.drop, **world.how)
    assert [] == files(world.root)


def test_keep_refuses_a_drop_that_became_a_link_or_a_pipe(world, tmp_path) -> None:
    """What was put in the drop's place after it was found must neither be followed nor waited for."""
    secret = tmp_path / "secret"
    secret.write_text("id\n1\n")
    world.path.unlink()
    world.path.symlink_to(secret)
    with pytest.raises(BrokenWorldError, match="the drop can't be read: Too many levels of symbolic links"):
        world.zones.keep(world.drop, **world.how)

    world.path.unlink()
    os.mkfifo(world.path)
    with pytest.raises(BrokenWorldError, match="the drop is no file"):
        world.zones.keep(world.drop, **world.how)
    assert [] == files(world.root)


def test_keep_refuses_a_drop_that_is_still_being_written(world) -> None:
    """A drop that changes while it is copied must be refused, and land whole when it is tried again."""
    lines = b"id,amount\n" + (b"1," + b"9" * 997 + b"\n") * 60_000
    world.path.write_bytes(lines)
    stop = threading.Event()

    def write() -> None:
        with world.path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"9,9\n")
                time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(BrokenWorldError, match=r"the drop is still being written. Run the task again"):
            world.zones.keep(world.drop, **world.how)
    finally:
        stop.set()
        writer.join()
    assert [] == files(world.root)

    landing, replayed = world.zones.keep(world.drop, **world.how)
    assert (world.path.stat().st_size, False) == (landing.bytes, replayed)


@contextmanager
def largest_file(size: int):
    """Let the system refuse to write files beyond a size."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_keep_leaves_nothing_when_the_disk_refuses(world) -> None:
    """A copy that can't be finished must vanish, and the next try must work."""
    world.path.write_bytes(b"id\n" + b"1\n" * 10_000)
    with (
        largest_file(4096),
        pytest.raises(BrokenWorldError, match=r"can't be written: File too large. Raise"),
    ):
        world.zones.keep(world.drop, **world.how)

    assert [] == files(world.root)
    assert 10_000 == world.zones.keep(world.drop, **world.how)[0].rows


def test_keep_says_when_the_zone_is_in_the_way(world) -> None:
    """A file where the zone's folder should be is named."""
    world.root.write_text("")

    with pytest.raises(
        BrokenWorldError, match=r"/lake: the raw copy can't be written: File exists. Move away"
    ):
        world.zones.keep(world.drop, **world.how)


def test_keep_says_when_the_zone_may_not_be_written(world, without_rights) -> None:
    """A zone without rights is named, with what to do."""
    world.root.mkdir(mode=0o555)
    world.path.chmod(0o644)

    with without_rights(), pytest.raises(BrokenWorldError, match=r"Permission denied. Give the user"):
        world.zones.keep(world.drop, **world.how)


def damaged_data(kept: Path) -> None:
    """Change one byte."""
    content = (kept / "data").read_bytes()
    (kept / "data").chmod(0o640)
    (kept / "data").write_bytes(content[:-2] + b"7\n")


def truncated_data(kept: Path) -> None:
    """Lose the end."""
    (kept / "data").chmod(0o640)
    (kept / "data").write_bytes((kept / "data").read_bytes()[:-5])


def missing_data(kept: Path) -> None:
    """Lose the file."""
    (kept / "data").unlink()


def missing_manifest(kept: Path) -> None:
    """Lose what is known of it."""
    (kept / "manifest.json").unlink()


def empty_manifest(kept: Path) -> None:
    """Lose the text of what is known of it."""
    (kept / "manifest.json").chmod(0o640)
    (kept / "manifest.json").write_text("")


def other_manifest(kept: Path) -> None:
    """Have the manifest of another partition."""
    found = json.loads((kept / "manifest.json").read_text())
    found["batch"]["partition"] = "2026-03-09"
    (kept / "manifest.json").chmod(0o640)
    (kept / "manifest.json").write_text(json.dumps(found))


@pytest.mark.parametrize(
    "damage",
    [damaged_data, truncated_data, missing_data, missing_manifest, empty_manifest, other_manifest],
)
def test_keep_refuses_a_copy_that_was_damaged(world, damage) -> None:
    """A raw copy that is not what its manifest says must be named, never used."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    kept = Path(landing.uri).parent
    damage(kept)

    with pytest.raises(BrokenWorldError, match=r"the raw copy .* something changed it") as caught:
        world.zones.keep(world.drop, **world.how)
    assert str(kept) == caught.value.where


def test_keep_keeps_one_copy_of_many_at_once(world) -> None:
    """Of those which land the same drop at once, one makes the copy and the others find it."""
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(world.zones.keep, world.drop, **world.how) for _ in range(8)]
        answers = [call.result() for call in calls]

    assert [False] + [True] * 7 == sorted(replayed for _, replayed in answers)
    assert 1 == len({landing.sha256 for landing, _ in answers})
    assert 2 == len(files(world.root))


def test_keep_keeps_both_of_two_runs_at_once(world) -> None:
    """Two runs of one partition that meet other bytes make a copy each, and neither disturbs the other."""
    other = world.drops / "other.csv"
    other.write_bytes(b"id,amount\n" + b"7,1\n" * 50_000)
    drops = [world.drop, Drop(str(other), (DropFile(str(other), other.name),))] * 4

    with ThreadPoolExecutor(8) as pool:
        landings = [
            landing for landing, _ in pool.map(lambda drop: world.zones.keep(drop, **world.how), drops)
        ]

    assert {3, 50_000} == {landing.rows for landing in landings}
    assert 4 == len(files(world.root))
    for landing in landings:
        assert landing.sha256 == hashlib.sha256(Path(landing.uri).read_bytes()).hexdigest()


def keeper(world) -> subprocess.Popen[bytes]:
    """Start a process that lands the drop over and over into the zones."""
    return subprocess.Popen(
        [sys.executable, str(KEEPER), str(world.root), str(world.path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )


def test_keep_leaves_nothing_half_when_it_is_killed(world) -> None:
    """Killed at any instant, there must be no copy or a whole one, and the next try must work."""
    world.path.write_bytes(b"id,amount\n" + b"1,2.50\n" * 50_000)
    sha256 = hashlib.sha256(world.path.read_bytes()).hexdigest()
    unfinished = set()
    for turn in range(12):
        with keeper(world) as process:
            process.stdout.read(1)
            time.sleep(0.02 * turn)
            process.kill()
        unfinished |= {path.parent for path in world.root.glob("raw/*/*/*/*/.incoming")}
        for kept in world.root.glob("raw/*/*/*/*/[0-9a-f]*"):
            document = (kept / "manifest.json").read_text()
            found = manifest.landing(document, uri=str(kept / "data"))
            content = (kept / "data").read_bytes()
            assert (found.bytes, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
            assert 50_000 == found.rows

    assert unfinished
    for place in unfinished:
        batch = replace(world.how["batch"], partition=place.name)
        landing, _ = world.zones.keep(world.drop, **world.how | {"batch": batch})
        assert sha256 == landing.sha256
        assert not (place / ".incoming").exists()


def test_keep_shows_a_copy_when_it_is_whole(world) -> None:
    """Whoever looks at the zone, however often, must see data and manifest together or neither."""
    sha256 = hashlib.sha256(world.path.read_bytes()).hexdigest()
    seen, number, until = set(), 0, time.monotonic() + 1.5
    with keeper(world) as process:
        process.stdout.read(1)
        while time.monotonic() < until:
            with suppress(FileNotFoundError):
                kept = world.root / "raw/shop/orders/orders" / str(number) / sha256
                seen.add(tuple(sorted(path.name for path in kept.iterdir())))
                number += 1
        process.kill()

    assert {("data", "manifest.json")} == seen


def test_staging_gives_each_run_a_folder_of_its_own(world, batch, run) -> None:
    """What two attempts write must never meet, and the folder must be there."""
    other = replace(run, run_id="manual/../2")
    places = [
        Path(world.zones.staging(batch, each, name)) for each in (run, other) for name in ("good", "../x")
    ]

    assert 4 == len(set(places))
    assert all(place.parent.is_dir() for place in places)
    assert all(
        place.parent.parent == world.root / "staging/shop/orders/orders/2026-03-03" for place in places
    )
    assert {".parquet"} == {place.suffix for place in places}


def test_quarantine_is_named_for_the_landing(world, batch) -> None:
    """A replay of the same bytes must write its quarantine where the first did, other bytes elsewhere."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    place = Path(world.zones.quarantine(batch, landing))

    expected = world.root / "quarantine/shop/orders/orders/2026-03-03" / f"{landing.sha256}.parquet"
    assert expected == place
    assert place.parent.is_dir()


def test_clear_removes_what_the_run_staged_alone(world, batch, run) -> None:
    """Only the run's own staging goes: neither another run's, nor quarantine, nor raw copies."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    mine = Path(world.zones.staging(batch, run, "good"))
    others = [
        Path(world.zones.staging(batch, replace(run, run_id="manual__2"), "good")),
        Path(world.zones.quarantine(batch, landing)),
        Path(landing.uri).with_name("other"),
    ]
    for place in (mine, *others):
        place.write_text("rows")

    world.zones.clear(batch, run)
    world.zones.clear(batch, run)

    assert not mine.parent.exists()
    assert all(place.exists() for place in others)


def test_staging_says_when_it_cant_be_made_or_removed(world, batch, run) -> None:
    """What the file system refuses is said with its path."""
    world.root.write_text("")
    with pytest.raises(BrokenWorldError, match="the folder can't be made: Not a directory"):
        world.zones.staging(batch, run, "good")
    with pytest.raises(BrokenWorldError, match="what the run staged can't be removed: Not a directory"):
        world.zones.clear(batch, run)
