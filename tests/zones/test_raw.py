from __future__ import annotations

import gzip
import hashlib
import json
import resource
import signal
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from airflow_dataops.core.landing import Dialect, Format, LandedFile
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones.folder import FolderSource

PARTS = {"eu.csv": b"id,amount\n1,2\n", "us.csv": b"id,amount\n3,4\n5,6\n7\n", "zz.csv": b""}
"""A drop of three files: one, three and no rows."""


@pytest.fixture
def several(world):
    """The world with a drop of several files, and what finds and keeps it."""
    folder = world.drops / "2026-03-03"
    folder.mkdir()
    for name, content in PARTS.items():
        (folder / name).write_bytes(content)
    source = FolderSource(str(world.drops), "{partition}/*")

    def keep(**how: object):
        given = world.how | {"read": source.read} | how
        return world.zones.keep(source.find(given["batch"]), **given)

    world.folder, world.several, world.keep = folder, source, keep
    return world


def sha256(content: bytes) -> str:
    """Return the hex digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def names(root: Path) -> list[str]:
    """Name every file below a folder but the locks."""
    found = (path for path in root.rglob("*") if path.is_file() and path.name != ".lock")
    return sorted(str(path.relative_to(root)) for path in found)


def test_keep_of_several_keeps_each_as_it_is(several) -> None:
    """The raw copy has each file, in the order of the names, and the manifest says which it was."""
    landing, replayed = several.keep()

    digest = sha256(json.dumps([[name, sha256(content)] for name, content in PARTS.items()]).encode())
    expected = tuple(
        LandedFile(name, f"{number:06d}", sha256(content), len(content), rows)
        for number, ((name, content), rows) in enumerate(zip(PARTS.items(), (1, 3, 0), strict=True))
    )
    assert (False, digest, expected, 4) == (replayed, landing.sha256, landing.files, landing.rows)
    assert sum(map(len, PARTS.values())) == landing.bytes
    assert f"{several.folder}/*" == landing.origin
    assert list(PARTS.values()) == [(Path(landing.uri) / file.path).read_bytes() for file in landing.files]
    kept = Path(landing.uri).parent
    assert digest == kept.name
    assert ["data/000000", "data/000001", "data/000002", "manifest.json"] == names(kept)
    assert {0o440} == {path.stat().st_mode & 0o777 for path in Path(landing.uri).iterdir()}


def test_keep_of_several_reuses_the_copy_of_the_same_files(several) -> None:
    """The same files are a replay, whatever order they were found in."""
    first, _ = several.keep()
    drop = several.several.find(several.how["batch"])
    turned = replace(drop, files=drop.files[::-1])

    assert (first, True) == several.zones.keep(turned, **several.how | {"read": several.several.read})
    assert 4 == len(names(several.root))


def one_more(folder: Path) -> None:
    """Add a file."""
    (folder / "xx.csv").write_bytes(b"id,amount\n9,9\n")


def one_less(folder: Path) -> None:
    """Take one away."""
    (folder / "zz.csv").unlink()


def renamed(folder: Path) -> None:
    """Give one another name."""
    (folder / "zz.csv").rename(folder / "aa.csv")


def swapped(folder: Path) -> None:
    """Give two of them each other's bytes."""
    (folder / "eu.csv").write_bytes(PARTS["us.csv"])
    (folder / "us.csv").write_bytes(PARTS["eu.csv"])


def rewritten(folder: Path) -> None:
    """Change a byte."""
    (folder / "eu.csv").write_bytes(PARTS["eu.csv"].replace(b"2", b"3"))


@pytest.mark.parametrize("change", [one_more, one_less, renamed, swapped, rewritten])
def test_keep_of_several_tells_another_set_apart(several, change) -> None:
    """One file more or less, another name or another byte is another landing; the first one stays."""
    first, _ = several.keep()
    change(several.folder)
    second, replayed = several.keep()

    assert not replayed
    assert first.sha256 != second.sha256
    assert Path(first.uri).is_dir()


def test_keep_of_several_knows_the_same_files_of_another_partition(several) -> None:
    """Files that are named for their partition come to the same digest when they hold the same."""
    source = FolderSource(str(several.drops), "day-{partition}-*.csv")
    days = [replace(several.how["batch"], partition=f"2026-03-0{day}") for day in (3, 4, 5)]
    for day, rows in zip(days, (1, 1, 2), strict=True):
        for part in "ab":
            (several.drops / f"day-{day.partition}-{part}.csv").write_text("id\n" + f"{part}\n" * rows)

    digests = [
        several.zones.keep(source.find(day), **several.how | {"read": source.read, "batch": day})[0].sha256
        for day in days
    ]

    assert digests[0] == digests[1] != digests[2]


def test_keep_of_one_file_that_a_wildcard_found_keeps_it_alone(several) -> None:
    """Of one file the copy is that file, as it would be without the wildcard."""
    for name in ("us.csv", "zz.csv"):
        (several.folder / name).unlink()

    landing, _ = several.keep()

    assert PARTS["eu.csv"] == Path(landing.uri).read_bytes()
    assert (LandedFile("eu.csv", "", sha256(PARTS["eu.csv"]), 14, 1),) == landing.files
    assert sha256(PARTS["eu.csv"]) == landing.sha256


def test_keep_of_several_reads_them_in_another_dialect(several) -> None:
    """A dialect that was put right is taken for each file."""
    first, _ = several.keep()
    bare = Dialect(header=False)
    again, replayed = several.keep(dialect=bare)

    assert (True, bare, first.landed_at) == (replayed, again.dialect, first.landed_at)
    assert (again, True) == several.keep(dialect=bare)
    assert again.rows == sum(file.rows for file in again.files)


def changed_part(data: Path) -> None:
    """Change one byte of a file, and leave its length."""
    (data / "000001").chmod(0o640)
    (data / "000001").write_bytes(PARTS["us.csv"].replace(b"7", b"8"))


def missing_part(data: Path) -> None:
    """Lose a file."""
    (data / "000001").unlink()


def added_part(data: Path) -> None:
    """Have one file too many."""
    (data / "000003").write_bytes(b"")


def exchanged_parts(data: Path) -> None:
    """Have two files in each other's place."""
    (data / "000000").rename(data / "x")
    (data / "000001").rename(data / "000000")
    (data / "x").rename(data / "000001")


def part_that_is_a_folder(data: Path) -> None:
    """Have a folder in a file's place."""
    (data / "000001").unlink()
    (data / "000001").mkdir()


def data_that_is_a_file(data: Path) -> None:
    """Have a file in the folder's place."""
    for part in data.iterdir():
        part.unlink()
    data.rmdir()
    data.write_bytes(b"")


def manifest_of_fewer(data: Path) -> None:
    """Have a manifest that lacks a file."""
    found = json.loads(data.with_name("manifest.json").read_text())
    found["files"] = found["files"][:2]
    data.with_name("manifest.json").unlink()
    data.with_name("manifest.json").write_text(json.dumps(found))


def manifest_without_files(data: Path) -> None:
    """Have the manifest of an older version for what only a newer one makes."""
    found = json.loads(data.with_name("manifest.json").read_text())
    del found["files"]
    data.with_name("manifest.json").unlink()
    data.with_name("manifest.json").write_text(json.dumps(found))


def manifest_that_leads_out(data: Path) -> None:
    """Have a manifest that names a file elsewhere."""
    data.parent.joinpath("other").write_bytes(PARTS["us.csv"])
    found = json.loads(data.with_name("manifest.json").read_text())
    found["files"][1]["path"] = "../other"
    data.with_name("manifest.json").unlink()
    data.with_name("manifest.json").write_text(json.dumps(found))


@pytest.mark.parametrize(
    "damage",
    [
        changed_part,
        missing_part,
        added_part,
        exchanged_parts,
        part_that_is_a_folder,
        data_that_is_a_file,
        manifest_of_fewer,
        manifest_without_files,
        manifest_that_leads_out,
    ],
)
def test_keep_proves_every_file_of_a_replay(several, damage) -> None:
    """A copy of several files is used again only if each is what the manifest says, and no other is there."""
    landing, _ = several.keep()
    damage(Path(landing.uri))

    with pytest.raises(BrokenWorldError, match=r"the raw copy .* something changed it") as caught:
        several.keep()
    assert str(Path(landing.uri).parent) == caught.value.where


def test_keep_reads_the_manifest_of_an_older_version(world) -> None:
    """A copy that was made before there were formats and lists of files is a replay still."""
    landing, _ = world.zones.keep(world.drop, **world.how)
    document = Path(landing.uri).with_name("manifest.json")
    found = json.loads(document.read_text())
    del found["files"]
    found["dialect"] = {"delimiter": ",", "encoding": "utf-8"}
    document.unlink()
    document.write_text(json.dumps(found))

    assert (replace(landing, files=()), True) == world.zones.keep(world.drop, **world.how)
    semicolon = Dialect(delimiter=";")
    again, replayed = world.zones.keep(world.drop, **world.how | {"dialect": semicolon})
    assert (True, landing.sha256, semicolon, 3) == (replayed, again.sha256, again.dialect, again.rows)
    assert landing.files == again.files


def test_keep_of_several_leaves_nothing_when_one_vanished(several) -> None:
    """A file that was deleted after the drop was found fails the whole, which lands without it afterwards."""
    drop = several.several.find(several.how["batch"])
    (several.folder / "zz.csv").unlink()

    with pytest.raises(BrokenWorldError, match=r"zz.csv: the drop can't be read: No such file or directory"):
        several.zones.keep(drop, **several.how | {"read": several.several.read})
    assert [] == names(several.root)
    assert 2 == len(several.keep()[0].files)


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


def test_keep_of_several_leaves_nothing_when_the_disk_refuses(several) -> None:
    """When a later file can't be written the first ones vanish too, and the next try works."""
    (several.folder / "us.csv").write_bytes(b"id\n" + b"1\n" * 10_000)
    with (
        largest_file(4096),
        pytest.raises(BrokenWorldError, match=r"can't be written: File too large. Raise"),
    ):
        several.keep()

    assert [] == names(several.root)
    assert 10_001 == several.keep()[0].rows


def parquet(path: Path) -> bytes:
    """Return a Parquet file of three rows."""
    pl.DataFrame({"id": [1, 2, 3]}).write_parquet(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("dialect", "content", "rows"),
    [
        (Dialect(), gzip.compress(b"id,amount\n1,2\n3,4\n"), 2),
        (Dialect(), gzip.compress(b"id,amount\n1,2\n")[:12], 0),
        (Dialect(format=Format.JSON_LINES), b'{"id": 1}\n{"id": 2}\nx\n', 3),
        (Dialect(format=Format.PARQUET), b"PAR1 this is none PAR1", 0),
        (Dialect(format=Format.PARQUET), b"", 0),
    ],
    ids=["gzip", "gzip that is cut off", "JSON lines", "no Parquet", "nothing"],
)
def test_keep_lands_any_format(world, dialect, content, rows) -> None:
    """What is packed or in another format lands as it is, with its rows; what is damaged lands as well."""
    world.path.write_bytes(content)

    landing, _ = world.zones.keep(world.drop, **world.how | {"dialect": dialect})

    assert content == Path(landing.uri).read_bytes()
    assert rows == landing.rows


@pytest.mark.parametrize("folder", ["plain", "[a]*", "a?b", "s3:"])
def test_keep_counts_the_rows_of_parquet(world, tmp_path, folder) -> None:
    """The footer says how many there are; one that is cut off has none. No part of the path is a pattern."""
    world.zones.root = tmp_path / folder
    parquet_dialect = world.how | {"dialect": Dialect(format=Format.PARQUET)}
    whole = parquet(world.path)
    assert 3 == world.zones.keep(world.drop, **parquet_dialect)[0].rows
    world.path.write_bytes(whole[:-9])
    assert 0 == world.zones.keep(world.drop, **parquet_dialect)[0].rows
