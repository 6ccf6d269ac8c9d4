"""The sample's fourteen days, reconciled as they are, and after each place was tampered with."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from sqlalchemy import create_engine, delete, update

from airflow_dataops.cli.reconcile import BALANCED, LEAKS, NOT_EVALUATED, show
from airflow_dataops.core.publication import Publication
from airflow_dataops.errors import SettingsError
from airflow_dataops.store import tables
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def settings_of(home: Path) -> Settings:
    """The settings of a deployment in a folder."""
    return Settings(
        store_url=f"sqlite:///{home}/store.db", zones_path=str(home / "zones"), lake_path=str(home / "lake")
    )


@pytest.fixture(scope="module")
def truth(tmp_path_factory, walk) -> tuple[Path, Path]:
    """A home in which the fourteen days were run, and a copy of it as it was then."""
    folder = tmp_path_factory.mktemp("reconcile")
    home = folder / "home"
    walk(home, range(1, 15))
    shutil.copytree(home, folder / "copy")
    return home, folder / "copy"


@pytest.fixture
def home(truth: tuple[Path, Path]) -> Iterator[Path]:
    """The home as the days left it; afterwards it is so again."""
    home, copy = truth
    yield home
    shutil.rmtree(home)
    shutil.copytree(copy, home)


def reconciled(
    home: Path, *products: str, output_format: str = "json", team: str = "", report: bool = False
) -> tuple[int, str]:
    """The exit code, and what is printed."""
    stream = io.StringIO()
    code = show(
        products,
        team=team,
        output_format=output_format,
        settings=settings_of(home),
        database=lambda _: None,
        stream=stream,
        report=report,
    )
    return code, stream.getvalue()


def leaks(home: Path) -> dict[str, list[str]]:
    """Partition -> what leaks there."""
    code, printed = reconciled(home, "orders")
    found = {
        row["partition"]: [leak["what"] for leak in row["leaks"]]
        for row in json.loads(printed)["partitions"]
        if row["leaks"]
    }
    assert (LEAKS if found else BALANCED) == code
    return found


def forget(home: Path, table: str, *, stage: str = "") -> None:
    """Delete what the store has of 3 March in a table, or of one of its stages."""
    engine = create_engine(f"sqlite:///{home}/store.db")
    with engine.begin() as connection:
        for its in (
            (tables.outcome, tables.metadata.tables[f"dataops_{table}"])
            if stage
            else (tables.metadata.tables[f"dataops_{table}"],)
        ):
            gone = delete(its).where(its.c.partition == "2026-03-03")
            connection.execute(gone.where(its.c.stage == stage) if stage else gone)
    engine.dispose()


def one(home: Path, day: str = "2026-03-03") -> Publication:
    """The publication of a day."""
    (found,) = stores.store(settings_of(home)).facts(Publication, partition=day)
    return found


def test_fourteen_days_are_accounted_for(home) -> None:
    """Published, quarantined, skipped, stopped: each row that landed is in one place, and in no other."""
    code, printed = reconciled(home)
    rows = json.loads(printed)["partitions"]
    parts = ("published", "quarantined", "duplicates", "unparsable", "withheld")

    assert BALANCED == code
    assert {f"2026-03-{day:02}" for day in range(1, 15)} == {row["partition"] for row in rows}
    assert all(row["landed"] == sum(row[part] for part in parts) for row in rows)
    totals = {part: sum(row[part] for row in rows) for part in parts}
    assert all(totals.values()), totals
    assert all(
        row["visible"] == row["publication_rows"] == row["audited"] for row in rows if row["published"]
    )


def test_table_for_people(home, monkeypatch) -> None:
    """One line a partition, one for the sums, and no other when nothing leaks."""
    monkeypatch.delenv("COLUMNS", raising=False)
    code, printed = reconciled(home, "orders", output_format="text", team="shop")
    lines = printed.splitlines()

    assert (BALANCED, 14 + 4) == (code, len(lines))
    assert "14 of 14 balanced" in lines[-1]


def test_rows_deleted_in_the_target(home) -> None:
    """Somebody has deleted three rows of a day."""
    table = DeltaTable(str(home / "lake" / "orders"))
    table.delete(
        "dataops_partition = '2026-03-03' AND order_id IN "
        f"({', '.join(repr(row) for row in some(home, table))})"
    )

    rows = one(home).rows

    assert {"2026-03-03": [f"readers see {rows - 3} rows, {rows} were published"]} == leaks(home)


def some(home: Path, table: DeltaTable) -> list[str]:
    """Three keys of a day."""
    import duckdb

    assert home
    with duckdb.connect() as connection:
        relation = connection.read_parquet(table.file_uris(), hive_partitioning=True)
        found = relation.filter("dataops_partition = '2026-03-03'").project("order_id").limit(3).fetchall()
    return [key for (key,) in found]


def test_a_loss_is_reported_once_and_that_it_is_found(home) -> None:
    """Without being asked, nothing is reported."""
    alerts = stores.alerts(settings_of(home))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    DeltaTable(str(home / "lake" / "orders")).delete("dataops_partition = '2026-03-03'")
    reconciled(home, "orders")
    assert () == alerts.reported(since=since)
    code, printed = reconciled(home, "orders", output_format="text", report=True)

    rows = one(home).rows
    said = f"readers see 0 of {rows} published rows"
    assert LEAKS == code
    assert f"reported: orders/2026-03-03 orders: {said}" in printed.splitlines()
    ((text, well),) = [(each.text, each.well) for each in alerts.reported(since=since)]
    assert (said, False) == (text, well)
    assert "reported:" not in reconciled(home, "orders", output_format="text", report=True)[1]
    table = DeltaTable(str(home / "lake" / "orders"))
    table.restore(table.version() - 1)
    assert "what was lost is found" in reconciled(home, "orders", output_format="text", report=True)[1]
    assert [True] == [each.well for each in alerts.reported(since=since)]


def test_a_partition_dropped_in_the_target(home) -> None:
    """A whole day is gone; the line says what was there."""
    DeltaTable(str(home / "lake" / "orders")).delete("dataops_partition = '2026-03-03'")

    assert {"2026-03-03": [f"readers see 0 rows, {one(home).rows} were published"]} == leaks(home)


def test_a_dropped_table(home) -> None:
    """Every published day is told."""
    shutil.rmtree(home / "lake" / "orders")

    found = leaks(home)

    assert len(stores.store(settings_of(home)).facts(Publication)) == len(found)
    assert all(1 == len(what) for what in found.values())


def test_a_lost_quarantine(home) -> None:
    """The bad rows of a day are gone."""
    (file,) = (home / "zones" / "quarantine").rglob("*2026-03-03/*.parquet")
    file.unlink()

    ((what,),) = leaks(home).values()
    assert what.startswith("the quarantine of orders/2026-03-03 is missing, ")


def test_the_quarantine_of_another_day(home) -> None:
    """A file with another number of rows is not the one that was written."""
    (file,) = (home / "zones" / "quarantine").rglob("*2026-03-03/*.parquet")
    (other,) = (home / "zones" / "quarantine").rglob("*2026-03-05/*.parquet")
    shutil.copy(other, file)

    ((what,),) = leaks(home).values()
    assert "were put there" in what


def test_a_lost_and_a_cut_raw_copy(home) -> None:
    """The only proof of what the producer sent is gone, or shorter than it was."""
    (gone,) = (home / "zones" / "raw").rglob("*2026-03-03/*/data")
    (cut,) = (home / "zones" / "raw").rglob("*2026-03-05/*/data")
    size = cut.stat().st_size
    gone.chmod(0o600)
    gone.unlink()
    cut.chmod(0o600)
    cut.write_bytes(cut.read_bytes()[:-7])

    assert {
        "2026-03-03": ["the raw copy of orders/2026-03-03 is missing"],
        "2026-03-05": [f"the raw copy of orders/2026-03-05 has {size - 7} bytes, {size} landed"],
    } == leaks(home)


@pytest.mark.parametrize(
    ("table", "stage"),
    [("landing", ""), ("publication", ""), ("verification", "verify"), ("verification", "audit")],
)
def test_deleted_rows_of_the_store(home, table, stage) -> None:
    """Whatever the store has lost of a published day is seen by what is left."""
    forget(home, table, stage=stage)

    assert ["2026-03-03"] == list(leaks(home))


def test_a_commit_that_the_store_does_not_know(home) -> None:
    """A publish that was cut off after its commit is told, with what to do."""
    engine, published = create_engine(f"sqlite:///{home}/store.db"), tables.publication
    with engine.begin() as connection:
        mine = update(published).where(published.c.partition == "2026-03-03")
        connection.execute(mine.values(version=published.c.version - 1))
    engine.dispose()

    ((what,),) = leaks(home).values()
    assert what.startswith("the target has version ")


def test_what_is_forgotten_in_order_is_no_leak(home) -> None:
    """A store from which everything old was removed still accounts for all that readers see."""
    gone = stores.retention(settings_of(home)).forget(datetime.now(UTC), audit_records=False, dry_run=False)

    assert gone.landings
    assert {} == leaks(home)


def test_a_target_that_can_not_be_read_is_no_pass(home) -> None:
    """Neither balanced nor a leak: exit code 3, and one line for the target, not one a day."""
    log = home / "lake" / "orders" / "_delta_log"
    shutil.rmtree(log)
    log.write_text("no folder")

    code, printed = reconciled(home, "orders", output_format="text")

    assert NOT_EVALUATED == code
    (line,) = [line for line in printed.splitlines() if line.startswith("could not evaluate: ")]
    assert str(home / "lake" / "orders") in line


def test_an_unknown_product_is_refused(home) -> None:
    """A misspelt name must not look like a product without a leak."""
    with pytest.raises(SettingsError, match="the store knows no product `ordres`"):
        reconciled(home, "orders", "ordres")
