"""What is measured: both sides, whole processes, the other tools, and growth. All of it as JSON has it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import lineitem
import psycopg
from handwritten import KEYS, OUTPUTS, SPLIT, VERDICT
from peers import FILE, PEERS, TABLE
from running import alternating, last_line, whole, worker
from sizes import CONTRACT, GROWTH, HERE, LITTLE, MOST_KEYS, PEER_RUNS, RUNS, SCALE
from tools import UnavailableError, python_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from peers import Peer
    from running import Measured, Taken

Figures = dict[str, Any]
"""Part of the benchmark -> its figures."""

BROKEN_CODES = (0, 1)
"""How `contract test` may end: with rows that keep every rule, and with rows that don't."""


@dataclass(frozen=True)
class Places:
    """Where the same rows lie.

    Args:
        folder: A folder to write in.
        file: The Parquet file.
        address: The database with the table `lineitem`; empty without a PostgreSQL.
    """

    folder: Path
    file: Path
    address: str

    def of(self, storage: str) -> str:
        """Return the file, or the address of the database."""
        return str(self.file) if storage == FILE else self.address

    @property
    def storages(self) -> tuple[str, ...]:
        """Where there are rows."""
        return (FILE, TABLE) if self.address else (FILE,)


@contextmanager
def places(folder: Path, *, scale: float = SCALE, half: str = lineitem.BROKEN) -> Iterator[Places]:
    """Make the rows, in a file and in a database that goes away."""
    files = lineitem.write(folder, scale)
    with ExitStack() as stack:
        try:
            address = stack.enter_context(lineitem.database())
            lineitem.load(files[half], address, "lineitem")
        except UnavailableError as reason:
            say(str(reason))
            address = ""
        yield Places(folder, files[half], address)


def say(what: str) -> None:
    """Tell whoever waits."""
    sys.stderr.write(f"{what}\n")


def conditions(at: Places) -> Figures:
    """Return what the figures were measured on."""
    server = ""
    if at.address:
        with psycopg.connect(at.address) as connection:
            server = f"PostgreSQL {connection.info.server_version // 10000}"
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "scale": SCALE,
        "rows": duckdb.read_parquet(str(at.file)).count("*").fetchall()[0][0],
        "runs": RUNS,
        "peer_runs": PEER_RUNS,
        "megabytes": at.file.stat().st_size // 10**6,
        "versions": [f"DuckDB {version('duckdb')}", *([server] if server else [])],
    }


def engine(at: Places) -> list[Figures]:
    """Return what our scans take beside SQL by hand, in processes that are ready."""
    return [_engine(at, storage, output) for storage in at.storages for output in OUTPUTS]


def _engine(at: Places, storage: str, output: str) -> Figures:
    say(f"engine: {storage}, {output}")
    given = (storage, output, at.of(storage), str(at.folder))
    try:
        with worker("ours.py", *given) as ours, worker("handwritten.py", *given) as hand:
            mine, base = alternating(RUNS, ours, hand)
    except UnavailableError as reason:
        return {"storage": storage, "output": output, "unavailable": str(reason)}
    check_same(mine.found, base.found)
    return {"storage": storage, "output": output, "ours": _taken(mine), "hand": _taken(base)}


def check_same(ours: dict[str, Any], hand: dict[str, Any]) -> None:
    """Hold that both sides come to the same.

    Raises:
        AssertionError: If they don't.
    """
    keys = [side.get(KEYS, []) for side in (ours, hand)]
    if ours["bad"] > MOST_KEYS:  # which of them are listed is nobody's promise
        keys = [len(found) for found in keys]  # type: ignore[misc]
    rest = [{name: said for name, said in side.items() if name != KEYS} for side in (ours, hand)]
    if rest[0] != rest[1] or keys[0] != keys[1]:
        raise AssertionError(f"the sides differ:\n{rest[0]}\n{rest[1]}")


def process(at: Places) -> list[Figures]:
    """Return what whole processes take, from their start to their end."""
    return [_process(at, storage, output) for storage in at.storages for output in (VERDICT, SPLIT)]


def _process(at: Places, storage: str, output: str) -> Figures:
    say(f"process: {storage}, {output}")
    hand = (sys.executable, HERE / "handwritten.py", "once", storage, output, at.of(storage), str(at.folder))

    def baseline() -> Measured:
        make_room(at)
        return whole(hand, said=last_line)

    mine, base = alternating(RUNS, ours_whole(at, storage, output), baseline)
    assert (mine.found["rows"], mine.found["bad"]) == (base.found["rows"], base.found["bad"])
    return {"storage": storage, "output": output, "ours": _taken(mine), "hand": _taken(base)}


def ours_whole(at: Places, storage: str, output: str = VERDICT) -> Callable[[], Measured]:
    """Return what runs our whole process: the command for a file, the use case for a table."""
    program = Path(sys.executable).with_name("airflow-dataops")
    keep = ("--quarantine", at.folder / "quarantine") if output == SPLIT else ()
    given = ("contract", "test", CONTRACT, "--data", at.file, "--output-format", "json", *keep)

    def of_file() -> Measured:
        return whole((program, *given), codes=BROKEN_CODES, said=lambda out: json.loads(out)["datasets"][0])

    def of_table() -> Measured:
        make_room(at)
        return whole((sys.executable, HERE / "ours.py", "check", output, at.address), said=last_line)

    return of_file if storage == FILE else of_table


def make_room(at: Places) -> None:
    """Remove the halves that a run left in the database."""
    if at.address:
        with psycopg.connect(at.address) as connection:
            connection.execute("DROP TABLE IF EXISTS good, refused")


def peers(at: Places) -> list[Figures]:
    """Return what other tools take, each beside us; one that can't be run here says why."""
    found = []
    for peer in PEERS:
        if peer.storage in at.storages:
            say(f"peer: {peer.title}")
            try:
                found.append(_named(peer) | _peer(at, peer))
            except UnavailableError as reason:
                found.append(_named(peer) | {"unavailable": str(reason)})
    return found


def _named(peer: Peer) -> Figures:
    return {
        "title": peer.title,
        "version": peer.version,
        "storage": peer.storage,
        "target": peer.target,
        "unsaid": list(peer.unsaid),
    }


def _peer(at: Places, peer: Peer) -> Figures:
    ours = ("ours.py", peer.storage, VERDICT, at.of(peer.storage), str(at.folder))
    with peer_environment() as environment, worker(*ours) as mine, peer_worker(at, peer) as other:
        us, them = alternating(PEER_RUNS, mine, other)
        check_found(peer, them.found, us.found)
        command = (python_of(peer), HERE / peer.program, "once", *peer.arguments, at.of(peer.storage))

        def other_whole() -> Measured:
            return whole(command, said=last_line, environment=environment)

        us_whole, them_whole = alternating(PEER_RUNS, ours_whole(at, peer.storage), other_whole)
    return {
        "engine": {"ours": _taken(us), "peer": _taken(them)},
        "process": {"ours": _taken(us_whole), "peer": _taken(them_whole)},
    }


@contextmanager
def peer_worker(at: Places, peer: Peer, *, warm: bool = True) -> Iterator[Callable[[], Measured]]:
    """Start a tool in its environment."""
    with (
        peer_environment() as environment,
        worker(
            peer.program,
            *peer.arguments,
            at.of(peer.storage),
            python=python_of(peer),
            environment=environment,
            warm=warm,
        ) as once,
    ):
        yield once


@contextmanager
def peer_environment() -> Iterator[dict[str, str]]:
    """Yield the variables of another tool: an Airflow home that goes away."""
    with tempfile.TemporaryDirectory() as home:
        yield {"AIRFLOW_HOME": home}


def check_found(peer: Peer, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """Hold that a tool found every rule broken that is, as far as it has words, and no other.

    Raises:
        AssertionError: If it didn't.
    """
    wanted = set(ours["failing"]) - set(peer.unsaid)
    if set(theirs["failing"]) != wanted:
        raise AssertionError(f"{peer.title} differs in {sorted(set(theirs['failing']) ^ wanted)}")


def growth(at: Places) -> list[Figures]:
    """Return how time and memory grow with the rows, where DuckDB has little memory."""
    found = []
    for millions in GROWTH:
        say(f"growth: {millions:g} million rows")
        place = at.folder / f"growth-{millions:g}"
        place.mkdir()
        file = lineitem.write(place, millions * lineitem.MILLION)[lineitem.BROKEN]
        given = ("duckdb", VERDICT, str(file), str(place), LITTLE)
        with worker("ours.py", *given) as ours, worker("handwritten.py", *given) as hand:
            mine, base = alternating(PEER_RUNS, ours, hand)
        check_same(mine.found, base.found)
        found.append({"rows": mine.found["rows"], "ours": _taken(mine), "hand": _taken(base)})
        shutil.rmtree(place)
    return found


def _taken(taken: Taken) -> Figures:
    return {
        "seconds": round(taken.seconds, 3),
        "cpu": round(taken.cpu, 3),
        "megabytes": taken.megabytes,
        "runs": taken.runs,
    }
