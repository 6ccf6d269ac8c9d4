from __future__ import annotations

from pathlib import Path

import pytest

from airflow_dataops.engines.sql.whole import part_of, whole


def test_whole_shows_a_file_when_it_is_complete(tmp_path: Path) -> None:
    """Readers see the old file until the block has ended, then the new one, and nothing is left beside it."""
    file = tmp_path / "rows [1].parquet"
    file.write_text("old")
    part = part_of(str(file))

    with whole(str(file), part=part):
        Path(part).write_text("new")
        assert "old" == file.read_text()

    assert "new" == file.read_text()
    assert [file] == list(tmp_path.iterdir())


def test_whole_keeps_the_old_file_when_the_block_fails(tmp_path: Path) -> None:
    """A block that fails changes nothing and leaves nothing."""
    file = tmp_path / "rows"
    file.write_text("old")
    part = part_of(str(file))

    def fail() -> None:
        with whole(str(file), part=part):
            Path(part).write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert "old" == file.read_text()
    assert [file] == list(tmp_path.iterdir())


def test_whole_removes_what_killed_attempts_left(tmp_path: Path) -> None:
    """Parts of the same file go, those of another one stay; an attempt that lost its part fails."""
    file = tmp_path / "rows"
    first, second = part_of(str(file)), part_of(str(file))
    Path(part_of(str(tmp_path / "other"))).write_text("kept")

    def overtaken() -> None:
        with whole(str(file), part=first):
            Path(first).write_text("first")
            with whole(str(file), part=second):
                Path(second).write_text("second")

    with pytest.raises(FileNotFoundError):
        overtaken()

    assert "second" == file.read_text()
    assert 2 == len(list(tmp_path.iterdir()))


def test_part_of_is_never_the_same(tmp_path: Path) -> None:
    """Two attempts at one file write two parts, in its folder, hidden."""
    parts = {part_of(str(tmp_path / "rows")) for _ in range(3)}

    assert 3 == len(parts)
    assert {(tmp_path, True)} == {(Path(part).parent, Path(part).name.startswith(".rows.")) for part in parts}
