from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import deltalake
import polars as pl
import pytest
from deltalake import DeltaTable

from airflow_dataops.core.naming import (
    COMMIT_RESTORED_FROM,
    COMMIT_RUN,
    PARTITION_COLUMN,
    TABLE_OWNER,
)
from airflow_dataops.core.publication import Commit
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.targets import delta_place, history
from airflow_dataops.targets.delta import DeltaTarget

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def table(delta):
    """What these tests are about."""
    return delta


def row(number: int, text: str | None = None) -> tuple[object, ...]:
    """Return a row that is known by its number."""
    return (number, None, None, None, None, None, text)


def publish(table, batch, rows, dataset, content="c"):
    """Publish with the labels that a run gives."""
    return table.target.publish(batch, rows, dataset=dataset, content=content, labels={COMMIT_RUN: "r"})


def test_the_table_keeps_every_version(table, day, dataset, stage) -> None:
    """Nothing may tidy up old versions, and old ones must stay readable."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    publish(table, day("2026-03-03"), stage(row(2)), dataset)

    expected = delta_place.CONFIGURATION | {TABLE_OWNER: "shop/orders/orders"}
    assert expected == DeltaTable(table.place).metadata().configuration
    assert [PARTITION_COLUMN] == DeltaTable(table.place).metadata().partition_columns
    old = pl.DataFrame(DeltaTable(table.place, version=1).scan())
    assert [1] == old["order id"].to_list()


def test_a_label_that_makes_no_folder_is_refused(table, day, dataset, stage) -> None:
    """A label that is too long once quoted is a setting, found before anything is written."""
    with pytest.raises(SettingsError, match="too long for a folder's name"):
        publish(table, day("ü" * 100), stage(row(1)), dataset)

    assert not Path(table.place).exists()


def test_a_label_that_readers_take_for_none_is_refused(table, day, dataset, stage) -> None:
    """What other engines read back as null is no label, and is found before anything is written."""
    with pytest.raises(SettingsError, match="is '__HIVE_DEFAULT_PARTITION__', which readers"):
        publish(table, day("__HIVE_DEFAULT_PARTITION__"), stage(row(1)), dataset)

    assert not Path(table.place).exists()


def test_head_of_an_unknown_batch_reads_no_history(table, day, dataset, stage, monkeypatch) -> None:
    """A batch that was never published must cost the same however long the history is."""
    publish(table, day("2026-03-02"), stage(row(1)), dataset)
    monkeypatch.delattr(DeltaTable, "history")

    assert None is table.target.head(day("2026-03-03"))


def test_head_is_the_newest_of_its_batch(table, day, dataset, stage, monkeypatch) -> None:
    """However many commits of other batches came later, the head is the batch's own newest."""
    monkeypatch.setattr(history, "FIRST_SLICE", 2)
    for content in ("old", "new"):
        publish(table, day("2026-03-03"), stage(row(1)), dataset, content=content)
    for number in range(9):
        publish(table, day("2026-03-04"), stage(row(2)), dataset, content=str(number))
        assert Commit(version=2, content="new") == table.target.head(day("2026-03-03"))


def test_history_outlives_checkpoints(table, day, dataset, stage, monkeypatch) -> None:
    """After the log was checkpointed, the first version must still be found and read."""
    monkeypatch.setitem(delta_place.CONFIGURATION, "delta.checkpointInterval", "5")
    first = publish(table, day("2026-03-03"), stage(row(1)), dataset, content="first")
    staged = stage(row(2))
    for number in range(12):
        publish(table, day("2026-03-04"), staged, dataset, content=str(number))

    assert list((Path(table.place) / "_delta_log").glob("*.checkpoint.parquet"))
    assert first == table.target.head(day("2026-03-03"))
    assert 14 == len(table.history())
    assert [1] == pl.DataFrame(DeltaTable(table.place, version=1).scan())["order id"].to_list()


def test_commits_of_others_are_passed_over(table, day, dataset, stage) -> None:
    """Maintenance by other tools must neither hide the head nor become it."""
    commit = publish(table, day("2026-03-03"), stage(row(1)), dataset)
    DeltaTable(table.place).alter.set_table_properties({"delta.checkpointInterval": "50"})

    assert commit == table.target.head(day("2026-03-03"))
    assert 3 == publish(table, day("2026-03-03"), stage(row(2)), dataset, content="d").version


@pytest.fixture
def overtaken(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Let somebody else act after the next publish has read the table, and before it commits."""

    def by(act: Callable[[], object]) -> None:
        write = deltalake.write_deltalake

        def late(*args: object, **kwargs: object) -> None:
            monkeypatch.setattr(deltalake, "write_deltalake", write)
            act()
            write(*args, **kwargs)

        monkeypatch.setattr(deltalake, "write_deltalake", late)

    return by


def test_a_publish_that_is_overtaken_by_itself_commits_nothing(table, day, dataset, stage, overtaken) -> None:
    """When another attempt commits the same content first, its commit is the answer, and the only one."""
    batch, staged = day("2026-03-03"), stage(row(1))
    publish(table, batch, stage(row(0)), dataset, content="old")
    overtaken(lambda: publish(table, batch, staged, dataset, content="new"))

    assert Commit(version=2, content="new") == publish(table, batch, staged, dataset, content="new")
    assert 3 == len(table.history())
    assert [row(1)] == table.read("2026-03-03")


def test_a_publish_that_is_overtaken_by_another_commits_after_it(
    table, day, dataset, stage, overtaken
) -> None:
    """When another content of the batch is committed first, the later commit holds, and is the head."""
    batch = day("2026-03-03")
    publish(table, batch, stage(row(0)), dataset, content="old")
    overtaken(lambda: publish(table, batch, stage(row(1)), dataset, content="other"))
    mine = publish(table, batch, stage(row(2)), dataset, content="mine")

    assert Commit(version=3, content="mine") == mine == table.target.head(batch)
    assert [row(2)] == table.read("2026-03-03")


def test_a_folder_of_rows_is_no_column(table, day, dataset, stage) -> None:
    """The staging folder of a partition such as `x=1` must not add a column."""
    staged = stage(row(1))
    publish(table, day("2026-03-03"), staged, dataset)

    assert "x=1" == Path(staged.uri).parent.name
    assert "x" not in table.schema()


def test_what_is_no_table_is_left_alone(table, day, dataset, stage) -> None:
    """A folder with other files, or a file, must be refused and not be touched."""
    place = Path(table.place)
    place.mkdir(parents=True)
    (place / "notes.txt").write_text("mine")

    for act in (lambda: table.target.head(day("x")), lambda: publish(table, day("x"), stage(), dataset)):
        with pytest.raises(SettingsError, match="something else where the Delta table should be"):
            act()
    assert ["notes.txt"] == [path.name for path in place.iterdir()]


def test_a_file_at_the_place_of_the_table_is_left_alone(table, day, dataset, stage) -> None:
    """A file of the table's name must be refused too."""
    Path(table.place).parent.mkdir()
    Path(table.place).write_text("mine")

    with pytest.raises(SettingsError, match="something else where the Delta table should be"):
        publish(table, day("x"), stage(), dataset)
    assert "mine" == Path(table.place).read_text()


def test_an_empty_folder_becomes_the_table(table, day, dataset, stage) -> None:
    """A folder that was made beforehand is fine, and so is one where making the table was interrupted."""
    (Path(table.place) / "_delta_log").mkdir(parents=True)
    before = table.target.head(day("2026-03-03"))
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    assert None is before
    assert [row(1)] == table.read("2026-03-03")


def test_a_damaged_log_is_a_broken_world(table, day, dataset, stage) -> None:
    """A table that can't be read is neither empty nor new."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    (Path(table.place) / "_delta_log" / f"{1:020}.json").write_text("{")

    with pytest.raises(BrokenWorldError, match=r"the table can't be read \(\w+\)"):
        table.target.head(day("2026-03-03"))


@pytest.mark.parametrize("character", list("%\\[]^|#?\t\n"))
def test_a_path_that_the_library_misreads_is_refused(tmp_path, character) -> None:
    """A character that would lead to another folder, or to a panic, must be refused at once."""
    with pytest.raises(SettingsError, match="a Delta table can't lie in a path with"):
        DeltaTarget(str(tmp_path / f"a{character}20"))


@pytest.mark.parametrize("name", ["a b", "ü", "x=1", "it's", "`<>", "{x}*", "~", "a:b;&+,@$"])
def test_a_table_may_have_any_other_name(tmp_path, day, dataset, stage, name) -> None:
    """Any other character of a path must lead to the folder of that name, and to no other."""
    target = DeltaTarget(str(tmp_path / "tables" / name))
    target.publish(day("p"), stage(row(1)), dataset=dataset, content="c", labels={})

    assert Commit(version=1, content="c") == target.head(day("p"))
    assert [name] == [path.name for path in (tmp_path / "tables").iterdir()]


def test_uri_is_where_readers_find_the_table(tmp_path, monkeypatch) -> None:
    """A local path is absolute, so that it means the same in every process; an address stays as it is."""
    monkeypatch.chdir(tmp_path)

    assert str(tmp_path / "lake") == DeltaTarget("lake").uri
    assert "s3://lake/orders%20" == DeltaTarget("s3://lake/orders%20").uri


def test_a_text_may_hold_any_character(table, day, dataset, stage) -> None:
    """Texts are kept as they are, and types are exact, extremes among them."""
    rows = [row(number, text) for number, text in enumerate(["\0", "a\0b", "\ufffe"])]
    publish(table, day("2026-03-03"), stage(*rows), dataset)

    assert rows == table.read("2026-03-03")
    expected = {
        "order id": pl.Int64,
        "amount": pl.Decimal(38, 9),
        "weight": pl.Float64,
        "paid": pl.Boolean,
        "day": pl.Date,
        "at": pl.Datetime("us", "UTC"),
        '"; drop table': pl.String,
        PARTITION_COLUMN: pl.String,
    }
    assert expected == dict(table.schema())


def test_a_publish_touches_no_file_of_another_partition(table, day, dataset, stage) -> None:
    """Files of another day stay what they are."""
    publish(table, day("2026-03-02"), stage(row(1)), dataset)
    publish(table, day("2026-03-03"), stage(row(2), row(3)), dataset)
    others = {uri for uri in DeltaTable(table.place).file_uris() if "2026-03-02" in uri}
    publish(table, day("2026-03-03"), stage(row(4)), dataset)

    assert others == {uri for uri in DeltaTable(table.place).file_uris() if "2026-03-02" in uri}


def test_a_restore_says_what_it_restored(table, day, dataset, stage) -> None:
    """The commit names the version, and the table's columns keep their types."""
    publish(table, day("2026-03-03"), stage(row(1, "a")), dataset)
    before = table.schema()
    publish(table, day("2026-03-03"), stage(row(2)), dataset, content="d")
    table.target.restore(day("2026-03-03"), 1, labels={COMMIT_RUN: "r"})

    assert "1" == table.history()[0][COMMIT_RESTORED_FROM]
    assert before == table.schema()
    assert 3 == DeltaTable(table.place).transaction_version(day("2026-03-03").key)


def test_a_restore_waits_for_another_commit(table, day, dataset, stage, overtaken) -> None:
    """When somebody publishes the batch meanwhile, the restore comes after it."""
    batch = day("2026-03-03")
    for number in (1, 2):
        publish(table, batch, stage(row(number)), dataset, content=str(number))
    overtaken(lambda: publish(table, batch, stage(row(3)), dataset, content="3"))

    assert Commit(version=4, content="1") == table.target.restore(batch, 1, labels={})
    assert [row(1)] == table.read("2026-03-03")
