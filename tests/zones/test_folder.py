from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from airflow_dataops.core.landing import Drop, DropFile
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.zones.folder import FolderSource


def one(path: Path) -> Drop:
    """Return the drop that is one file."""
    return Drop(str(path), (DropFile(str(path), path.name),))


def filled(folder: Path, *names: str) -> Path:
    """Write files, each of which holds its own name."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def parts(drop: Drop | None) -> list[tuple[str, str]]:
    """Return the name of each file, and what it holds."""
    return [(file.name, Path(file.uri).read_text()) for file in drop.files] if drop else []


def test_find_returns_the_drop_of_the_partition(world, batch) -> None:
    """The drop must be the file whose name holds the partition's label, and no other day's."""
    (world.drops / "orders-2026-03-04.csv").write_text("id\n")

    assert one(world.path) == world.source.find(batch)
    assert str(world.path) == world.source.expected(batch)


def test_find_returns_none_before_the_drop_is_there(world, batch) -> None:
    """Nothing there yet is an answer and no error, and the message can say where it is expected."""
    late = replace(batch, partition="2026-03-05")

    assert None is world.source.find(late)
    assert str(world.drops / "orders-2026-03-05.csv") == world.source.expected(late)


def test_find_looks_into_folders_of_partitions(world, batch) -> None:
    """A partition may be a folder of its own, which may not be there yet."""
    source = FolderSource(str(world.drops), "{partition}/orders.csv")
    before = source.find(batch)
    (world.drops / "2026-03-03").mkdir()
    (world.drops / "2026-03-03" / "orders.csv").write_text("id\n")

    assert None is before
    assert one(world.drops / "2026-03-03" / "orders.csv") == source.find(batch)


@pytest.mark.parametrize("partition", ["a b", "it's", "*", "[ab]?", "ü", "%2e%2e", "x=1", "{partition}", "~"])
def test_find_takes_the_label_as_it_is(world, batch, partition) -> None:
    """No character of a label is a pattern, an escape or a home folder."""
    odd = replace(batch, partition=partition)
    (world.drops / f"orders-{partition}.csv").write_text("id\n")

    assert one(world.drops / f"orders-{partition}.csv") == world.source.find(odd)


@pytest.mark.parametrize(
    ("path", "partition"),
    [
        ("{partition}", "../../etc/passwd"),
        ("{partition}", "/etc/passwd"),
        ("{partition}", ".."),
        ("{partition}", "."),
        ("{partition}.csv", "a/../../b"),
        ("{partition}.csv", "a\0b"),
        ("../{partition}.csv", "2026-03-03"),
        ("/etc/{partition}", "passwd"),
    ],
)
def test_find_never_leaves_the_folder(world, batch, path, partition) -> None:
    """A partition key is written by whoever triggers a run, and must not reach a file elsewhere."""
    source = FolderSource(str(world.drops), path)

    for look in (source.find, source.expected):
        with pytest.raises(SettingsError, match="leads out of the folder"):
            look(replace(batch, partition=partition))


def test_find_refuses_a_link_that_leaves_the_folder(world, batch, tmp_path) -> None:
    """A symbolic link to a file elsewhere must be refused, and so must a linked folder."""
    (tmp_path / "secret.csv").write_text("id\n")
    (world.drops / "orders-link.csv").symlink_to(tmp_path / "secret.csv")
    (world.drops / "orders-up").symlink_to(tmp_path)

    with pytest.raises(SettingsError, match="symbolic link that leads out"):
        world.source.find(replace(batch, partition="link"))
    with pytest.raises(SettingsError, match="symbolic link that leads out"):
        FolderSource(str(world.drops), "orders-up/secret.csv").find(batch)


def test_find_follows_links_within_the_folder(world, batch, tmp_path) -> None:
    """A link to a file of the same folder is fine, and so is a folder that is a link itself."""
    (world.drops / "orders-link.csv").symlink_to(world.path)
    (tmp_path / "inbox").symlink_to(world.drops)
    source = FolderSource(str(tmp_path / "inbox"), "orders-{partition}.csv")

    linked = Drop(str(world.path), (DropFile(str(world.path), "orders-link.csv"),))
    assert linked == source.find(replace(batch, partition="link"))
    assert one(world.path) == source.find(batch)


def test_find_names_a_folder_that_is_missing(tmp_path, batch) -> None:
    """A folder that doesn't exist is a setting that can't work, not a drop that is late."""
    with pytest.raises(SettingsError, match=r"/nowhere: the folder of the drops doesn't exist\. \w+"):
        FolderSource(str(tmp_path / "nowhere"), "{partition}.csv").find(batch)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_find_refuses_what_is_no_file(world, batch, make) -> None:
    """A folder or a pipe of the drop's name must be named, never read."""
    make(world.drops / "orders-odd.csv")

    with pytest.raises(BrokenWorldError, match=r"orders-odd.csv: there is something .* that is no file"):
        world.source.find(replace(batch, partition="odd"))


def test_find_names_a_drop_that_may_not_be_read(world, batch, without_rights) -> None:
    """A file without rights is not a missing one."""
    world.path.chmod(0)

    with (
        without_rights(),
        pytest.raises(BrokenWorldError, match=r"the drop can't be read: Permission denied\. Give the user"),
    ):
        world.source.find(batch)


def test_find_names_a_folder_that_may_not_be_entered(world, batch, without_rights) -> None:
    """A folder without rights is neither missing nor empty."""
    world.drops.chmod(0)

    with without_rights(), pytest.raises(BrokenWorldError, match="can't be looked for: Permission denied"):
        world.source.find(batch)


def test_find_names_a_path_that_the_file_system_refuses(world, batch) -> None:
    """A name that is too long, or a file where a folder should be, is said in words."""
    with pytest.raises(BrokenWorldError, match=r"File name too long. Use a shorter"):
        world.source.find(replace(batch, partition="x" * 250))
    with pytest.raises(BrokenWorldError, match="Not a directory"):
        FolderSource(str(world.path), "{partition}.csv").find(batch)


def test_find_returns_every_file_that_matches(world, batch) -> None:
    """A drop of several files has them sorted by their names below the fixed part of the path."""
    filled(world.drops, "2026-03-03/b-10.csv", "2026-03-03/b-9.csv", "2026-03-03/a.csv", "2026-03-04/b-1.csv")
    source = FolderSource(str(world.drops), "{partition}/b-*.csv")

    found = source.find(batch)

    assert str(world.drops / "2026-03-03" / "b-*.csv") == found.uri == source.expected(batch)
    assert [("b-10.csv", "2026-03-03/b-10.csv"), ("b-9.csv", "2026-03-03/b-9.csv")] == parts(found)


def test_find_looks_into_every_folder_that_matches(world, batch) -> None:
    """A wildcard may stand for a folder; the name of a file then says in which one it was."""
    filled(world.drops, "eu/2026-03-03.csv", "us/2026-03-03.csv", "us/2026-03-04.csv", "2026-03-03.csv")

    found = FolderSource(str(world.drops), "*/{partition}.csv").find(batch)

    assert ["eu/2026-03-03.csv", "us/2026-03-03.csv"] == [file.name for file in found.files]


@pytest.mark.parametrize("path", ["{partition}/*", "{partition}/x/*", "*/{partition}", "?.csv"])
def test_find_returns_none_while_no_file_matches(world, batch, path) -> None:
    """Neither a folder that isn't there nor hidden files are a drop, nor is a folder that matches."""
    filled(world.drops, "2026-03-03/_SUCCESS", "2026-03-03/.a.csv.crc", "2026-03-03/folder/a.csv")

    assert None is FolderSource(str(world.drops), path).find(batch)


@pytest.mark.parametrize("partition", ["*", "?", "[ab]", "{partition}", "a b"])
def test_find_takes_the_label_as_it_is_beside_wildcards(world, batch, partition) -> None:
    """No character of a label picks another partition's files."""
    filled(world.drops, "a-1.csv", "b-1.csv", f"{partition}-1.csv")

    found = FolderSource(str(world.drops), "{partition}-*.csv").find(replace(batch, partition=partition))

    assert [f"{partition}-1.csv"] == [file.name for file in found.files]


def test_find_of_several_never_leaves_the_folder(world, batch, tmp_path) -> None:
    """Neither a link among the files nor a linked folder may lead elsewhere."""
    filled(tmp_path, "secret/x.csv")
    (world.drops / "up").symlink_to(tmp_path / "secret")
    (world.drops / "2026-03-03-link.csv").symlink_to(tmp_path / "secret" / "x.csv")

    for path in ("*/x.csv", "{partition}-*.csv"):
        with pytest.raises(SettingsError, match="symbolic link that leads out"):
            FolderSource(str(world.drops), path).find(batch)


def test_find_of_several_refuses_what_it_cant_read(world, batch) -> None:
    """Nothing that matches is passed over in silence, but folders: a pipe, or a link to nothing, is named."""
    source = FolderSource(str(world.drops), "{partition}-*.csv")
    filled(world.drops, "2026-03-03-1.csv")
    (world.drops / "2026-03-03-2.csv").symlink_to(world.drops / "gone.csv")
    with pytest.raises(BrokenWorldError, match=r"2026-03-03-2.csv: a file of the drop vanished, or"):
        source.find(batch)

    (world.drops / "2026-03-03-2.csv").unlink()
    os.mkfifo(world.drops / "2026-03-03-2.csv")
    with pytest.raises(BrokenWorldError, match=r"2026-03-03-2.csv: there is something .* that is no file"):
        source.find(batch)


def test_find_refuses_a_name_that_is_no_text(world, batch) -> None:
    """A name that neither a manifest nor a message can hold is refused, and the message can be written."""
    (world.drops / os.fsdecode(b"2026-03-03-\xff.csv")).write_text("id\n")

    with pytest.raises(BrokenWorldError, match="a name that is no UTF-8") as caught:
        FolderSource(str(world.drops), "{partition}-*.csv").find(batch)
    assert str(caught.value).encode()


def test_find_of_several_names_a_folder_that_is_missing(tmp_path, batch) -> None:
    """A folder that doesn't exist is a setting that can't work, with wildcards too."""
    with pytest.raises(SettingsError, match="the folder of the drops doesn't exist"):
        FolderSource(str(tmp_path / "nowhere"), "{partition}-*.csv").find(batch)


@pytest.mark.parametrize("path", ["{partition}-1.csv", "{partition}-*"])
def test_find_waits_for_the_marker(world, batch, path) -> None:
    """Where a file says that the drop is whole, there is none before; the file itself is none of the drop."""
    filled(world.drops, "2026-03-03-1.csv")
    source = FolderSource(str(world.drops), path, ready="{partition}-ready")
    before = source.find(batch)
    filled(world.drops, "2026-03-03-ready")

    marker = world.drops / "2026-03-03-ready"
    assert None is before
    assert ["2026-03-03-1.csv"] == [file.name for file in source.find(batch).files]
    assert source.expected(batch).endswith(f", once {marker} is there")


def test_read_refuses_a_file_that_was_replaced(world) -> None:
    """Another file of the name, moved in while the first was read, belongs to another drop."""
    chunks = world.source.read(world.drop.files[0])
    next(chunks)
    other = world.drops / "new.csv"
    other.write_bytes(world.path.read_bytes())
    other.rename(world.path)

    with pytest.raises(BrokenWorldError, match=r"the drop is still being written. Run the task again"):
        next(chunks)


@pytest.mark.parametrize("size", [0, 5, 100])
def test_read_refuses_a_file_that_changes_its_size(world, size) -> None:
    """A file that grows or shrinks while it is read is refused."""
    chunks = world.source.read(world.drop.files[0])
    next(chunks)
    os.truncate(world.path, size)

    with pytest.raises(BrokenWorldError, match="the drop is still being written"):
        list(chunks)


def test_read_refuses_a_file_that_is_removed_meanwhile(world) -> None:
    """A file that is gone before it was read to its end is said in one line."""
    chunks = world.source.read(world.drop.files[0])
    next(chunks)
    world.path.unlink()

    with pytest.raises(
        BrokenWorldError, match=r"the drop can't be read: No such file or directory. Something"
    ):
        next(chunks)
