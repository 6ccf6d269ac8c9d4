"""What readers see in a Delta table, however it came to be, is what is judged."""

from __future__ import annotations

import base64
import json
import shutil
import struct
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.rows.relation import Framed, Landed, Split
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.targets.published import DeltaRows, delta_rows, plain_files
from airflow_dataops.wiring import relations

DATASET = Dataset(
    name="things",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True, unique=True),
        Column(name="day", type=ColumnType(LogicalType.DATE), options=Options(minimum=date(2026, 3, 1))),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER), options=Options(minimum=Decimal(0))),
    ),
)
OLD, NEW = date(2026, 2, 1), date(2026, 3, 2)


@pytest.fixture
def engine(tmp_path) -> DuckEngine:
    """An engine with little memory."""
    return DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path / "spill"))


@pytest.fixture
def judge(engine, tmp_path):
    """Judge the newest version of a table, and return what was found with the good and the bad rows."""

    def put(uri: str, *, dataset: Dataset = DATASET, relation: Framed | Landed | None = None):
        split = Split(good=str(tmp_path / "good.parquet"), bad=str(tmp_path / "bad.parquet"))
        relation = relation or relations.delta_rows(uri)
        found = engine.scan(relation, plan(dataset, derive(dataset)), split=split, keys=9)
        assert engine.header(relation) == tuple(engine.types(relation))
        return found, pl.read_parquet(split.good), pl.read_parquet(split.bad)

    return put


@pytest.fixture
def changed(tmp_path) -> str:
    """A table by day, of which rows were deleted, and which has got a column that its first files lack."""
    uri = str(tmp_path / "things")
    for day, ids in ((OLD, [1]), (NEW, [2, 3, 99]), (NEW, [4, 4])):
        rows = pl.DataFrame({"id": ids, "day": [day] * len(ids)})
        write_deltalake(uri, rows, mode="append", partition_by=["day"])
    DeltaTable(uri).delete("id = 99")
    more = pl.DataFrame({"id": [5, 6], "day": [NEW, NEW], "amount": [1.5, -1.0]})
    write_deltalake(uri, more, mode="append", schema_mode="merge")
    return uri


def test_a_table_is_judged_as_its_readers_see_it(judge, changed) -> None:
    """With values that are in paths alone, without deleted rows, and null where a file lacks a column."""
    found, good, bad = judge(changed)

    assert (7, 3, 4) == (found.rows, found.good, found.bad)
    assert [(2, NEW, None), (3, NEW, None), (5, NEW, 1.5)] == sorted(good.rows())
    assert {"1": ["day.minimum"], "4": ["id.unique"], "6": ["amount.minimum"]} == {
        row["id"]: row["dataops_rules"] for row in bad.to_dicts()
    }
    assert {changed} == set(bad["dataops_file"])
    assert 4 == len(found.failing)
    assert sorted(bad["dataops_line"]) == [row.line for row in found.failing]


def test_lines_are_the_same_when_it_is_judged_again(judge, tmp_path) -> None:
    """Though deltalake promises no order of rows, and the rows are asked for more than once."""
    uri = str(tmp_path / "things")
    for at in range(30):
        rows = pl.DataFrame({"id": range(at * 100, at * 100 + 100), "amount": [-1.0] + [1.0] * 99})
        days = rows.with_columns(pl.lit(NEW).alias("day"), pl.lit(f"p{at % 3}").alias("part"))
        write_deltalake(uri, days, mode="append", partition_by=["part"])

    (first, good, bad), (again, _, bad_again) = judge(uri), judge(uri)

    assert (3000, 30) == (first.rows, first.bad)
    assert sorted([*good["id"], *map(int, bad["id"])]) == list(range(3000))
    assert all(int(key) % 100 == 0 for key in bad["id"])
    assert first.failing == again.failing
    assert bad.rows() == bad_again.rows()


def test_files_that_say_it_all_are_read_where_they_are(judge, tmp_path) -> None:
    """And are judged as the same table through its reader is, but for the file and the line of a row."""
    uri = str(tmp_path / "things")
    for label, ids in (("a", [1, 2]), ("b", [2, 3])):
        rows = pl.DataFrame(
            {"id": ids, "day": [NEW, OLD], "amount": [1.0, None], "dataops_partition": [label] * 2}
        )
        write_deltalake(uri, rows, mode="append", partition_by=["dataops_partition"])
    read = DeltaRows(DeltaTable(uri))
    assert isinstance(relations.delta_rows(uri), Landed)

    found, good, bad = judge(uri)
    through, good_through, bad_through = judge(uri, relation=Framed(uri, read.columns, read, ordered=False))

    assert (found.rows, found.measured, found.content) == (through.rows, through.measured, through.content)
    assert sorted(good.rows()) == sorted(good_through.rows())
    plain = pl.exclude("dataops_file", "dataops_line")
    assert sorted(map(str, bad.select(plain).rows())) == sorted(map(str, bad_through.select(plain).rows()))


def rewritten(uri: str, version: int, actions: list[dict]) -> None:
    """Write a version into the log of a table."""
    Path(uri, "_delta_log", f"{version:020}.json").write_text("\n".join(map(json.dumps, actions)))


def logged(uri: str) -> list[dict]:
    """Return the first version in the log of a table."""
    return [json.loads(line) for line in Path(uri, "_delta_log", f"{0:020}.json").read_text().splitlines()]


def features(*names: str) -> dict:
    """Return the action that says what a reader and a writer must know."""
    known = {"minReaderVersion": 3, "minWriterVersion": 7}
    return {"protocol": known | {"readerFeatures": names, "writerFeatures": names}}


def deletion_vector(rows: list[int]) -> dict:
    """Return the numbers of deleted rows as the log of Delta holds them: a bitmap of its protocol."""
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(rows) - 1, 16)
    bitmap += b"".join(struct.pack("<H", row) for row in rows)
    raw = struct.pack("<iqI", 1681511377, 1, 0) + bitmap
    return {
        "storageType": "i",
        "pathOrInlineDv": z85(raw + b"\0" * (-len(raw) % 4)),
        "sizeInBytes": len(raw),
        "cardinality": len(rows),
    }


def z85(raw: bytes) -> str:
    """Return bytes as text in Z85: base85 with an alphabet of its own."""
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    git = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    return base64.b85encode(raw).decode().translate(str.maketrans(git, letters))


def test_rows_that_a_vector_deletes_are_not_judged(judge, tmp_path) -> None:
    """The file still has them; other engines delete so."""
    uri = str(tmp_path / "things")
    rows = pl.DataFrame({"id": [1, 1, 3, 4], "day": [NEW] * 4, "amount": [1.0, 2.0, 3.0, -4.0]})
    write_deltalake(uri, rows)
    (added,) = (action["add"] for action in logged(uri) if "add" in action)
    gone = {key: added[key] for key in ("path", "size", "partitionValues")}
    actions = [
        features("deletionVectors"),
        {"remove": gone | {"deletionTimestamp": 1, "dataChange": True, "extendedFileMetadata": True}},
        {"add": added | {"deletionVector": deletion_vector([1, 3])}},
    ]
    rewritten(uri, 1, actions)

    found, good, _ = judge(uri)

    assert (2, 2, 0) == (found.rows, found.good, found.bad)
    assert [1, 3] == sorted(good["id"])


def test_columns_are_called_as_the_table_calls_them(judge, tmp_path) -> None:
    """Not as its files do, where columns were renamed."""
    uri = str(tmp_path / "things")
    write_deltalake(uri, pl.DataFrame({"amount": [7], "c2": [NEW], "id": [-1.0]}))
    actions = logged(uri)
    for action in actions:
        if "protocol" in action:
            action.update(features("columnMapping"))
        action.get("add", {}).pop("stats", None)
        if "metaData" in action:
            schema = json.loads(action["metaData"]["schemaString"])
            for at, (field, name) in enumerate(
                zip(schema["fields"], ("id", "day", "amount"), strict=True), 1
            ):
                physical = {"delta.columnMapping.id": at, "delta.columnMapping.physicalName": field["name"]}
                field |= {"name": name, "metadata": physical}
            action["metaData"]["schemaString"] = json.dumps(schema)
            action["metaData"]["configuration"] = {"delta.columnMapping.mode": "name"}
    rewritten(uri, 0, actions)

    found, _, bad = judge(uri)

    assert (1, {"amount.minimum"}) == (found.bad, {name for row in found.failing for name in row.rules})
    assert [("7", "-1.0")] == bad.select("id", "amount").rows()


def test_a_table_without_a_file_has_no_rows(tmp_path, changed) -> None:
    """It may have had some; a folder that is none is a mistake, and one that isn't there may come."""
    DeltaTable(changed).delete()

    assert relations.delta_rows(changed) is None
    with pytest.raises(SettingsError, match="this is no Delta table"):
        relations.delta_rows(str(tmp_path))
    assert relations.delta_rows(str(tmp_path / "none")) is None


def test_a_file_that_is_gone_is_a_broken_world(judge, engine, changed) -> None:
    """Whoever reads: nothing of it is judged, and nothing is told but the kind of the error."""
    relation = relations.delta_rows(changed)
    assert plain_files(DeltaTable(changed)) is None
    for folder in changed_folders(changed):
        shutil.rmtree(folder)

    with pytest.raises(BrokenWorldError) as refused:
        judge(changed, relation=relation)
    assert "parquet" not in str(refused.value)
    with pytest.raises(BrokenWorldError, match="the table can't be read"):
        list(delta_rows(changed, columns=("id",)) or ())
    assert engine.header(relation) == ("id", "day", "amount")


def changed_folders(uri: str) -> list[Path]:
    """Return the folders of a table's partitions."""
    return [place for place in Path(uri).iterdir() if place.name.startswith("day=")]


def test_a_table_in_object_storage_is_judged_there(judge, bucket) -> None:
    """Through the connection that leads to it."""
    from airflow_dataops.bridge.delta_storage import storage_of

    storage = storage_of(bucket.conn_id)
    uri = f"{bucket.address}/things"
    rows = pl.DataFrame({"id": [1, 2], "day": [NEW, OLD], "amount": [1.0, 1.0]})
    write_deltalake(uri, rows, storage_options=storage | {"conditional_put": "etag"})

    found, good, _ = judge(uri, relation=relations.delta_rows(uri, storage=storage))

    assert (2, 1, 1) == (found.rows, found.good, found.bad)
    assert [(1, NEW, 1.0)] == good.rows()
