from __future__ import annotations

import os
from dataclasses import replace

import pytest

from airflow_dataops.core.landing import Drop, DropFile
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.zones.folder import FolderSource


def test_find_returns_the_drop_of_the_partition(world, batch) -> None:
    """The drop must be the file whose name holds the partition's label, and no other day's."""
    (world.drops / "orders-2026-03-04.csv").write_text("id\n")

    assert Drop(str(world.path), (DropFile(str(world.path), "orders-2026-03-03.csv"),)) == world.source.find(
        batch
    )
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
    assert Drop(str(world.drops / "2026-03-03" / "orders.csv"), "orders.csv") == source.find(batch)


@pytest.mark.parametrize("partition", ["a b", "it's", "*", "[ab]?", "ü", "%2e%2e", "x=1", "{partition}", "~"])
def test_find_takes_the_label_as_it_is(world, batch, partition) -> None:
    """No character of a label is a pattern, an escape or a home folder."""
    odd = replace(batch, partition=partition)
    (world.drops / f"orders-{partition}.csv").write_text("id\n")

    assert Drop(str(world.drops / f"orders-{partition}.csv"), f"orders-{partition}.csv") == world.source.find(
        odd
    )


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

    assert Drop(str(world.path), (DropFile(str(world.path), "orders-link.csv"),)) == source.find(
        replace(batch, partition="link")
    )
    assert Drop(str(world.path), (DropFile(str(world.path), "orders-2026-03-03.csv"),)) == source.find(batch)


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


def test_find_names_a_drop_that_may_not_be_read(world, batch, tmp_path, without_rights) -> None:
    """A file without rights is not a missing one."""
    tmp_path.parent.chmod(0o755)
    tmp_path.parent.parent.chmod(0o755)
    tmp_path.chmod(0o755)
    world.path.chmod(0)

    with (
        without_rights(),
        pytest.raises(BrokenWorldError, match=r"the drop can't be read: Permission denied\. Give the user"),
    ):
        world.source.find(batch)


def test_find_names_a_folder_that_may_not_be_entered(world, batch, tmp_path, without_rights) -> None:
    """A folder without rights is neither missing nor empty."""
    tmp_path.parent.chmod(0o755)
    tmp_path.parent.parent.chmod(0o755)
    tmp_path.chmod(0o755)
    world.drops.chmod(0)

    with without_rights(), pytest.raises(BrokenWorldError, match="can't be looked for: Permission denied"):
        world.source.find(batch)


def test_find_names_a_path_that_the_file_system_refuses(world, batch) -> None:
    """A name that is too long, or a file where a folder should be, is said in words."""
    with pytest.raises(BrokenWorldError, match=r"File name too long. Use a shorter"):
        world.source.find(replace(batch, partition="x" * 250))
    with pytest.raises(BrokenWorldError, match="Not a directory"):
        FolderSource(str(world.path), "{partition}.csv").find(batch)
