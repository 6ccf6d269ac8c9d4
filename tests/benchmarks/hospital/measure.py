"""How much of what is known to be wrong in real records a contract finds, and how much it finds that isn't.

The contract is applied by the real engine, as `verify` does. A rule that speaks of a column flags its cell
in each row that breaks it.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Matches, OneOf, RowQuery
from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.naming import LINE_COLUMN, RULES_COLUMN
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.wiring import engines
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import Dataset

CONTRACT = Path(__file__).with_name("hospital.odcs.yaml")
DIRTY, CLEAN = "hospital_dirty.csv", "hospital_clean_long.csv"
FIRST = 2
"""The line of the first record: the header is line 1, and no record has several lines."""

SHUFFLES = 10
"""Orders of the rows beside the given one: a majority that is a tie depends on which row comes first."""

KINDS = {"formats": Matches, "value sets": OneOf, "dependencies": RowQuery}
"""Kind of rule -> what such rules promise."""

Cell = tuple[int, str]
"""Number of a row, from 0, and name of a column."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well what was flagged is what is wrong.

    Args:
        flagged: How many were flagged.
        wrong: How many are wrong.
        hits: How many are both.
    """

    flagged: int
    wrong: int
    hits: int

    @property
    def precision(self) -> Fraction:
        """Share of what was flagged that is wrong."""
        return Fraction(self.hits, self.flagged or 1)

    @property
    def recall(self) -> Fraction:
        """Share of what is wrong that was flagged."""
        return Fraction(self.hits, self.wrong or 1)

    @property
    def f1(self) -> Fraction:
        """The harmonic mean of precision and recall: 2·hits / (flagged + wrong)."""
        return Fraction(2 * self.hits, (self.flagged + self.wrong) or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a contract found.

    Args:
        rules: Id of each rule -> the score of the cells that it flagged, out of those of its column.
        kinds: Kind of rule -> the score of all cells by these rules alone.
        columns: Column -> the score of all rules on it.
        cells: The score of all cells.
        rows: The score of rows: one wrong cell makes a row wrong.
        shuffled: The score of all cells with the rows in other orders.
        alarms: Rows of the clean records that were flagged, by rule.
    """

    rules: Mapping[str, Score]
    kinds: Mapping[str, Score]
    columns: Mapping[str, Score]
    cells: Score
    rows: Score
    shuffled: tuple[Score, ...]
    alarms: Mapping[str, int]


def measure(data: Path, *, work: Path) -> Result:
    """Apply the contract to the dirty and to the clean records.

    Args:
        data: The folder with both.
        work: An empty folder to write in.
    """
    (dataset,) = read_contract(CONTRACT)[0].datasets
    with (data / DIRTY).open(newline="", encoding="utf-8") as file:
        dirty = list(csv.DictReader(file))
    right = _right(data / CLEAN)
    header = list(dirty[0])
    wrong = {(at, name) for at, row in enumerate(dirty) for name in header if right[at, name] != row[name]}
    cells = flagged(dataset, data / DIRTY, work=work / "dirty")
    everything = _all(cells)
    kinds = {
        check.id: name
        for check in derive(dataset)
        for name, kind in KINDS.items()
        if isinstance(check.promise, kind)
    }
    shuffled = []
    for seed in range(SHUFFLES):
        order = list(range(len(dirty)))
        random.Random(seed).shuffle(order)  # noqa: S311 - chance, not secrecy
        _write(work / f"{seed}.csv", [[dirty[at][name] for name in header] for at in order], header=header)
        found = _all(flagged(dataset, work / f"{seed}.csv", work=work / str(seed)))
        shuffled.append(_score({(order[row], name) for row, name in found}, wrong))
    _write(
        work / "clean.csv", [[right[at, name] for name in header] for at in range(len(dirty))], header=header
    )
    alarms = flagged(dataset, work / "clean.csv", work=work / "clean")
    return Result(
        rules={rule: _score(found, _in(wrong, {name for _, name in found})) for rule, found in cells.items()},
        kinds={
            kind: _score(
                _all({rule: found for rule, found in cells.items() if kinds.get(rule) == kind}), wrong
            )
            for kind in KINDS
        },
        columns={name: _score(_in(everything, {name}), _in(wrong, {name})) for name in header},
        cells=_score(everything, wrong),
        rows=_score({row for row, _ in everything}, {row for row, _ in wrong}),
        shuffled=tuple(shuffled),
        alarms={rule: len(found) for rule, found in alarms.items() if found},
    )


def columns_of_rules(dataset: Dataset) -> dict[str, str]:
    """Return the column that each rule of a contract speaks of."""
    of_schema = {check.id: check.column for check in derive(dataset) if check.column}
    return of_schema | {rule.id: column.name for column in dataset.columns for rule in column.rules}


def flagged(dataset: Dataset, file: Path, *, work: Path) -> dict[str, set[Cell]]:
    """Return, for each rule, the cells that it flags: its column in the rows that are quarantined by it."""
    work.mkdir(parents=True)
    settings = Settings(store_url="", zones_path=str(work), lake_path="")
    checks = derive(dataset)
    split = Split(str(work / "good.parquet"), str(work / "bad.parquet"))
    relation = Landed(str(file), (LandedPart(str(file), file.name),), Dialect())
    scan = engines.engine(settings).scan(relation, plan(dataset, checks), split=split)
    problems = {check.id: found.problem for check in checks if (found := scan.measured[check.id]).problem}
    if problems:
        raise AssertionError(problems)
    columns = columns_of_rules(dataset)
    found: dict[str, set[Cell]] = {check.id: set() for check in checks}
    for line, rules in pl.read_parquet(split.bad).select(LINE_COLUMN, RULES_COLUMN).iter_rows():
        for rule in rules:
            found[rule].add((line - FIRST, columns[rule]))
    return found


def table(result: Result) -> str:
    """Return the figures as lines for people."""
    lines = [f"{'rule':34} flagged  right  of wrong"]
    lines += [
        f"{rule:34} {score.flagged:7} {score.hits:6} {score.wrong:9}"
        for rule, score in result.rules.items()
        if score.flagged
    ]
    lines += ["", f"{'column':34} flagged  right  of wrong"]
    lines += [
        f"{name:34} {score.flagged:7} {score.hits:6} {score.wrong:9}"
        for name, score in result.columns.items()
        if score.flagged or score.wrong
    ]
    lines += ["", f"{'':18} flagged  right  wrong  precision  recall     F1"]
    lines += [
        f"{name:18} {score.flagged:7} {score.hits:6} {score.wrong:6} "
        f"{float(score.precision):10.3f} {float(score.recall):7.3f} {float(score.f1):6.3f}"
        for name, score in (
            *((f"{kind} alone", score) for kind, score in result.kinds.items()),
            ("all cells", result.cells),
            ("rows", result.rows),
        )
    ]
    hits = [score.hits for score in result.shuffled]
    false = [score.flagged - score.hits for score in result.shuffled]
    found = f"{min(hits)} to {max(hits)} of {result.cells.wrong} wrong cells found"
    lines += [
        "",
        f"rows in {len(hits)} other orders: {found}, {min(false)} to {max(false)} right ones flagged",
    ]
    alarms = ", ".join(f"{rule} {rows}" for rule, rows in result.alarms.items()) or "none"
    return "\n".join([*lines, "", f"false alarms on the clean records, rows by rule: {alarms}"])


def _right(file: Path) -> dict[Cell, str]:
    with file.open(newline="", encoding="utf-8") as opened:
        return {(int(row["tid"]), row["attribute"]): row["correct_val"] for row in csv.DictReader(opened)}


def _write(file: Path, rows: list[list[str]], *, header: list[str]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([header, *rows])


def _all(cells: Mapping[str, set[Cell]]) -> set[Cell]:
    return set().union(*cells.values())


def _in(cells: set[Cell], columns: set[str]) -> set[Cell]:
    return {cell for cell in cells if cell[1] in columns}


def _score(flags: set[Cell] | set[int], wrong: set[Cell] | set[int]) -> Score:
    return Score(len(flags), len(wrong), len(flags & wrong))
