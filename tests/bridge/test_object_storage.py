from __future__ import annotations

import json
import os
import socket
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from airflow_dataops.bridge.object_storage import ObjectStorageSource, drops
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Drop, DropFile
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.zones.folder import FolderSource

SECRET = "wJalrXUtnFEMI"  # noqa: S105 - it opens nothing


@pytest.fixture
def batch() -> Batch:
    """The delivery of 3 March."""
    return Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


@pytest.fixture(params=["s3", "file"])
def storage(request, tmp_path, bucket):
    """A storage: an S3-compatible server, or a folder at an address; `put` and `remove` change it."""
    if request.param == "s3":
        return bucket

    class Folder:
        address = f"file://{tmp_path}/drops"
        conn_id = ""

        def put(self, name: str, content: bytes) -> None:
            path = tmp_path / "drops" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

        def remove(self, name: str) -> None:
            (tmp_path / "drops" / name).unlink()

    (tmp_path / "drops").mkdir()
    return Folder()


def source(storage, path: str = "orders-{partition}.csv", **more: str) -> ObjectStorageSource:
    """Return the source at the storage's address."""
    return ObjectStorageSource(storage.address, path, conn_id=storage.conn_id, **more)


def test_find_returns_the_drop_as_soon_as_it_is_there(storage, batch) -> None:
    """What the storage answered before is not believed: a drop that has arrived since is found, and read."""
    looked = source(storage)
    before = looked.find(batch)
    storage.put("orders-2026-03-03.csv", b"id\n1\n")
    storage.put("orders-2026-03-04.csv", b"id\n2\n")

    found = looked.find(batch)

    uri = f"{storage.address}/orders-2026-03-03.csv"
    assert None is before
    assert Drop(uri, (DropFile(uri, "orders-2026-03-03.csv"),)) == found
    assert uri == looked.expected(batch)
    assert b"id\n1\n" == b"".join(looked.read(found.files[0]))


def test_find_returns_every_file_that_matches(storage, batch) -> None:
    """The files of a drop come sorted, named below the fixed part; hidden ones and folders are none of it."""
    for name in ("b-10.csv", "b-9.csv", "_SUCCESS", ".b.crc", "b-f/x.csv"):
        storage.put(f"2026-03-03/{name}", name.encode())

    found = source(storage, "{partition}/*").find(batch)

    assert f"{storage.address}/2026-03-03/*" == found.uri
    assert ["b-10.csv", "b-9.csv"] == [file.name for file in found.files]
    contents = [b"".join(source(storage).read(file)) for file in found.files]
    assert [b"b-10.csv", b"b-9.csv"] == contents
    deeper = source(storage, "{partition}/*/x.csv").find(batch)
    assert ["b-f/x.csv"] == [file.name for file in deeper.files]


@pytest.mark.parametrize("partition", ["*", "[ab]?", "a b", "ü", "x#y", "a%20b", "{partition}"])
def test_find_takes_the_label_as_it_is(storage, batch, partition) -> None:
    """No character of a label is a pattern or an escape, in one file and in several."""
    odd = replace(batch, partition=partition)
    storage.put("a-1.csv", b"a")
    storage.put(f"{partition}-1.csv", b"mine")

    for path in ("{partition}-1.csv", "{partition}-?.csv"):
        found = source(storage, path).find(odd)
        assert [f"{partition}-1.csv"] == [file.name for file in found.files]
        assert b"mine" == b"".join(source(storage).read(found.files[0]))


@pytest.mark.parametrize("path", ["{partition}.csv", "{partition}/*.csv", "*/*/{partition}"])
def test_find_returns_none_while_nothing_is_there(storage, batch, path) -> None:
    """Nothing yet is an answer and no error, wherever it is looked for."""
    storage.put("other/x.csv", b"")

    assert None is source(storage, path).find(batch)


def test_find_waits_for_the_marker(storage, batch) -> None:
    """Before the file that says so is there the drop isn't whole; it is none of the drop itself."""
    storage.put("2026-03-03-1.csv", b"id\n")
    looked = source(storage, "{partition}-*", ready="{partition}-ready")
    before = looked.find(batch)
    storage.put("2026-03-03-ready", b"")

    assert None is before
    assert ["2026-03-03-1.csv"] == [file.name for file in looked.find(batch).files]
    assert looked.expected(batch).endswith(f", once {storage.address}/2026-03-03-ready is there")


def test_find_refuses_a_folder_in_the_drops_place(storage, batch) -> None:
    """A folder of the drop's name is named, never read."""
    storage.put("orders-2026-03-03.csv/part-0", b"id\n")

    with pytest.raises(
        BrokenWorldError, match=r"orders-2026-03-03.csv: there is something .* that is no file"
    ):
        source(storage).find(batch)


@pytest.mark.parametrize("partition", ["../x", "a/../../x", "..", "/etc/passwd"])
def test_find_never_leaves_the_folder(storage, batch, partition) -> None:
    """A label leads to no other prefix."""
    with pytest.raises(SettingsError, match="leads out of the folder"):
        source(storage, "{partition}").find(replace(batch, partition=partition))


def test_find_names_a_folder_that_is_missing(storage, batch) -> None:
    """A bucket or a folder that doesn't exist is a setting that can't work."""
    storage.address = storage.address.replace("drops", "nowhere").replace("bucket", "nowhere")

    with pytest.raises(SettingsError, match=r"nowhere.*: the folder of the drops doesn't exist. Create"):
        source(storage).find(batch)


def test_read_refuses_a_file_that_changes(storage, batch) -> None:
    """What is written anew while it is read is refused, and lands when it is tried again."""
    storage.put("orders-2026-03-03.csv", b"x" * (3 << 20))
    looked = source(storage)
    file = looked.find(batch).files[0]
    chunks = looked.read(file)
    next(chunks)
    storage.put("orders-2026-03-03.csv", b"y" * (2 << 20))

    with pytest.raises(BrokenWorldError, match=r"orders-2026-03-03.csv: the drop is still being written"):
        list(chunks)
    assert b"y" * (2 << 20) == b"".join(looked.read(file))


def test_read_refuses_a_file_that_changes_between_two_requests(bucket, batch) -> None:
    """A file that is fetched in pieces is never put together from two versions."""
    bucket.put("orders-2026-03-03.csv", b"x" * (20 << 20))
    looked = source(bucket)
    chunks = looked.read(looked.find(batch).files[0])
    next(chunks)
    bucket.put("orders-2026-03-03.csv", b"y" * (20 << 20))

    with pytest.raises(BrokenWorldError, match="the drop is still being written"):
        list(chunks)


def test_read_refuses_a_file_that_is_gone(storage, batch) -> None:
    """A file that was removed since it was found, or while it is read, is said in one line."""
    storage.put("orders-2026-03-03.csv", b"x" * (3 << 20))
    looked = source(storage)
    file = looked.find(batch).files[0]
    chunks = looked.read(file)
    next(chunks)
    storage.remove("orders-2026-03-03.csv")

    with pytest.raises(
        BrokenWorldError, match=r"csv: the drop is (gone|still being written)|not there any more"
    ):
        list(chunks)
    with pytest.raises(
        BrokenWorldError, match=r"the drop can't be read: it is not there any more. Something"
    ):
        next(looked.read(file))


def test_find_refuses_links_that_leave_the_folder(tmp_path, batch) -> None:
    """At a `file://` address a symbolic link leads nowhere else either."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.csv").write_text("id\n")
    (tmp_path / "drops").mkdir()
    (tmp_path / "drops" / "up").symlink_to(tmp_path / "secret")
    (tmp_path / "drops" / "2026-03-03.csv").symlink_to(tmp_path / "secret" / "x.csv")

    for path in ("{partition}.csv", "{partition}*", "*/x.csv", "up/{partition}*"):
        with pytest.raises(SettingsError, match="symbolic link that leads out"):
            ObjectStorageSource(f"file://{tmp_path}/drops", path).find(batch)


def test_find_refuses_a_pipe(tmp_path, batch) -> None:
    """What is no file is never waited for."""
    os.mkfifo(tmp_path / "2026-03-03.csv")

    for path in ("{partition}.csv", "{partition}*"):
        with pytest.raises(BrokenWorldError, match="that is no file"):
            ObjectStorageSource(f"file://{tmp_path}", path).find(batch)


def test_a_storage_that_doesnt_answer_is_told_without_its_secrets(batch, monkeypatch) -> None:
    """What can't be reached is a broken world, and neither its endpoint nor a key is in the message."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        extra = {"endpoint_url": endpoint, "config_kwargs": {"retries": {"max_attempts": 0}}}
        connection = {"conn_type": "aws", "login": "AKIASILENT", "password": SECRET, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SILENT", json.dumps(connection))
        with pytest.raises(BrokenWorldError, match=r"the drop can't be looked for: \w+. Check") as caught:
            ObjectStorageSource("s3://bucket/drops", "{partition}", conn_id="silent").find(batch)

    told = "".join(traceback.format_exception(caught.value))
    assert "s3://bucket/drops/2026-03-03" == caught.value.where
    assert [] == [secret for secret in (SECRET, "AKIASILENT", endpoint) if secret in told]


@pytest.mark.parametrize("scheme", ["gs", "nothing"])
def test_a_storage_that_nothing_reads_is_named(batch, scheme) -> None:
    """A scheme whose provider is missing is a setting that can't work."""
    with pytest.raises(SettingsError, match=rf"nothing is installed that reads `{scheme}://`. Install the"):
        ObjectStorageSource(f"{scheme}://bucket", "{partition}").find(batch)


def test_an_address_that_names_a_user_is_refused(batch) -> None:
    """A key in an address would stand in every message; so it is refused, and not shown."""
    with pytest.raises(SettingsError, match="the address of the drops names a user") as caught:
        ObjectStorageSource(f"s3://AKIA:{SECRET}@bucket/drops", "{partition}").find(batch)

    assert SECRET not in str(caught.value)


def test_drops_tells_a_folder_from_an_address(tmp_path) -> None:
    """A path is a folder of this machine; what has a scheme is an address."""
    assert isinstance(drops(str(tmp_path), "{partition}"), FolderSource)
    assert isinstance(drops(f"file://{tmp_path}", "{partition}"), ObjectStorageSource)
    assert Path(tmp_path) == drops(str(tmp_path), "{partition}").folder
