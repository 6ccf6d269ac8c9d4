"""Verification against SQL by hand and other tools: both sides come to the same."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import OfType
from airflow_dataops.documents.odcs.contract import read_contract

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
LITTLE = 0.01
"""The scale at which both sides, and the other tools, are held to be right."""

PEERS = 7


@pytest.fixture(scope="module", autouse=True)
def ways() -> None:
    """Let our programs, and the comparison's, be found."""
    for folder in (HERE.parent / "comparison", HERE):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


@pytest.fixture(scope="module", params=["broken", "clean"])
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A few rows, in a file and in a database."""
    import figures

    with figures.places(tmp_path_factory.mktemp("verify"), scale=LITTLE, half=request.param) as found:
        yield found


def test_the_contract_has_22_checks() -> None:
    """Beside the types."""
    contract, problems = read_contract(HERE / "lineitem.odcs.yaml")
    (dataset,) = contract.datasets

    assert problems == ()
    assert 22 == len([check for check in derive(dataset) if not isinstance(check.promise, OfType)])


@pytest.mark.parametrize("output", ["verdict", "keys", "split"])
@pytest.mark.parametrize("storage", ["duckdb", "postgres"])
def test_both_sides_come_to_the_same(at, storage: str, output: str) -> None:
    """The numbers, the keys, and the rows of both halves, whatever is broken."""
    import figures
    from running import worker
    from tools import UnavailableError

    if storage not in at.storages:
        pytest.skip("there is no PostgreSQL, see DATAOPS_TEST_POSTGRES")
    given = (storage, output, at.of(storage), str(at.folder))
    with worker("handwritten.py", *given, warm=False) as hand:
        base = hand().found
    halves = _halves(at, storage, "handwritten") if output == "split" else None
    try:
        with worker("ours.py", *given, warm=False) as ours:
            mine = ours().found
    except UnavailableError as reason:
        pytest.skip(str(reason))

    figures.check_same(mine, base)
    if at.file.stem == "broken":
        assert 19 == len(mine["failing"])
        assert 76 <= mine["bad"] <= 90
    else:
        assert not mine["bad"]
    if output == "keys":
        assert mine["bad"] == len(mine.get("keys", ()))
    if halves is not None:
        assert halves == _halves(at, storage, "ours")
        assert mine["rows"] == sum(map(len, halves))


def _halves(at, storage: str, side: str) -> list[list[tuple]]:
    """Return the rows of both halves, sorted, but for where PostgreSQL's rows lie, which nobody promises."""
    if storage == "duckdb":
        with closing(duckdb.connect()) as connection:
            halves = [
                connection.execute(
                    "FROM read_parquet($1)", [str(at.folder / f"{side}-{half}.parquet")]
                ).fetchall()
                for half in ("good", "bad")
            ]
    else:
        columns = _columns()
        with psycopg.connect(at.address) as connection:
            good = connection.execute(f"SELECT {columns} FROM good").fetchall()  # noqa: S608 - our own names
            bad = connection.execute(
                f"SELECT dataops_rules, {columns}, dataops_raw FROM refused"  # noqa: S608
            ).fetchall()
        halves = [good, bad]
    return [sorted(rows, key=repr) for rows in halves]


def _columns() -> str:
    import lineitem

    return ", ".join(lineitem.COLUMNS)


@pytest.mark.parametrize("number", range(PEERS))
def test_another_tool_finds_what_is_broken(at, number: int) -> None:
    """Every rule that it has words for, and no other; one whose environment can't be made is skipped."""
    import figures
    from peers import PEERS as KNOWN
    from running import worker
    from tools import UnavailableError

    assert len(KNOWN) == PEERS
    peer = KNOWN[number]
    if peer.storage not in at.storages:
        pytest.skip("there is no PostgreSQL, see DATAOPS_TEST_POSTGRES")
    given = ("duckdb", "verdict", str(at.file), str(at.folder))
    with worker("handwritten.py", *given, warm=False) as hand:
        base = hand().found
    try:
        with figures.peer_worker(at, peer, warm=False) as other:
            theirs = other().found
    except UnavailableError as reason:
        pytest.skip(str(reason))

    figures.check_found(peer, theirs, base)


def test_the_page_has_the_figures_that_were_found() -> None:
    """The section is that of `results.json`, and so is the picture."""
    import bench
    import picture
    import section

    found = bench.known()

    assert section.PAGE.read_text() == section.page(found)
    assert section.PICTURE.read_text() == picture.drawn(found)


def test_the_figures(tmp_path: Path) -> None:
    """They are printed; nothing is held of them but that both sides come to the same."""
    import bench
    import tables

    found = dict(bench.parts(tmp_path, bench.PARTS))

    print(tables.text(found))  # noqa: T201 - `make bench` shows it
    assert {"conditions", *bench.PARTS} == set(found)
