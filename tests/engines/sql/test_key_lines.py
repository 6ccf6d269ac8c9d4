"""The file that names failing rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.engines.sql.key_lines import check_key_lines, write_key_lines
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from airflow_dataops.errors import DataOpsError


LINE = '{"dataset": "d", "key": {"id": "ä"}, "rules": ["a"], "line": null, "file": null}\r\n'


def test_the_file_is_there_whole_and_nothing_else(tmp_path) -> None:
    """In a folder that is made, with the mode that any new file has; an earlier one is replaced."""
    place, other = tmp_path / "new" / "folder" / "keys.jsonl", tmp_path / "other"
    for text in ("", LINE, LINE * 2):
        write_key_lines(text, to=str(place))
    other.touch()

    assert ["keys.jsonl"] == [path.name for path in place.parent.iterdir()]
    assert (LINE * 2).encode() == place.read_bytes()
    assert other.stat().st_mode == place.stat().st_mode


def test_a_link_leads_to_the_file_that_is_replaced(tmp_path) -> None:
    """It stays a link."""
    (tmp_path / "link").symlink_to(tmp_path / "file")

    write_key_lines("first\n", to=str(tmp_path / "link"))

    assert (True, "first\n") == ((tmp_path / "link").is_symlink(), (tmp_path / "file").read_text())


OTHERS = {
    "text": b"id\n1\n",
    "JSON of others": b'{"dataset": "d", "key": {}}\n',
    "our keys in another order": b'{"key": {}, "dataset": "d", "rules": [], "line": null, "file": null}\n',
    "no object": b"[1]\n",
    "brackets": b"[" * 100_000,
    "no text": b"\xff\xfe\n",
    "a blank line": b"\n",
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_file_of_others_is_never_replaced(tmp_path, case) -> None:
    """Neither when it is written nor when it is asked for before."""
    place = tmp_path / "keys.jsonl"
    place.write_bytes(OTHERS[case])

    for refused in (lambda: write_key_lines(LINE, to=str(place)), lambda: check_key_lines(str(place))):
        with pytest.raises(SettingsError, match="a file lies there that no earlier run wrote"):
            refused()

    assert OTHERS[case] == place.read_bytes()


@pytest.mark.parametrize("link", ["hardlink_to", "symlink_to"])
def test_what_is_read_is_never_replaced(tmp_path, link) -> None:
    """Not even if it looks like a file of ours, by whatever name it goes."""
    data, place = tmp_path / "data.jsonl", tmp_path / "keys.jsonl"
    data.write_bytes(LINE.encode())
    getattr(place, link)(data)

    with pytest.raises(SettingsError, match="it is a file that is read: the data, or the contract"):
        write_key_lines("", to=str(place), spared=[str(tmp_path / "gone"), str(data)])

    assert LINE.encode() == data.read_bytes()


REFUSED: dict[str, tuple[str, type[DataOpsError], str]] = {
    "a folder": ("folder", SettingsError, "what lies there is no file"),
    "a pipe": ("pipe", SettingsError, "what lies there is no file"),
    "below a file": ("file/keys", BrokenWorldError, "File exists"),
    "a name that is too long": ("x" * 300, BrokenWorldError, "File name too long"),
    "a name that no file can have": ("a\0b", BrokenWorldError, "no file can have this name"),
    "a loop": ("loop", BrokenWorldError, ""),
    "nothing": ("", SettingsError, "what lies there is no file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_t_be_written_is_one_line(tmp_path, monkeypatch, case) -> None:
    """It says why and where; what is there stays as it is."""
    name, error, told = REFUSED[case]
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("whole")
    Path("folder").mkdir()
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    there = sorted(os.listdir())  # noqa: PTH208 - names as they are

    with pytest.raises(error) as raised:
        write_key_lines("first\n", to=name)

    assert f"the keys of failing rows can't be written: {told}" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert there == sorted(os.listdir())  # noqa: PTH208 - names as they are
    assert "whole" == Path("file").read_text()
