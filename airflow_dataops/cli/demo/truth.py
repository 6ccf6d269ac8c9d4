"""What must come of the sample's days, and how it compares with what came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import UNPARSABLE
from airflow_dataops.core.report import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from airflow_dataops.core.report import PartitionReport

KINDS: dict[str, str] = {
    "required": "value missing",
    "type": "not of its type",
    "pattern": "not of its pattern",
    "minimum": "out of its range",
    "maximum": "out of its range",
    "primaryKey": "key twice",
    "unique": "key twice",
    UNPARSABLE: "line that is no record",
}
"""The last word of a rule's id -> what a record that broke it is called."""

OTHER_KIND = "value not allowed"
SEVERAL = "several things at once"
WHOLE_FILE = "whole file"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One line in quarantine, and the rules that it broke."""

    line: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """One wrong record: where it starts, what was done to it, and the rules that it breaks."""

    line: int
    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What must come of one day.

    Args:
        partition: Its label.
        outcome: published, late, failed or duplicate.
        rows: Records of its file.
        published: Rows that readers see in the end.
        wrong: Records that belong in quarantine.
        remark: What is unusual about the whole file, or empty.
        stage: Where it fails, or empty.
        rule: Which rule fails there, or empty.
        same_as: The partition whose bytes these are, or None.
    """

    partition: str
    outcome: str
    rows: int
    published: int
    wrong: tuple[Planted, ...]
    remark: str
    stage: str
    rule: str
    same_as: str | None


class Verdict(StrEnum):
    """What became of one error."""

    FOUND = "found"
    OTHERWISE = "found for other reasons"
    MISSED = "not found"
    FALSE_ALARM = "false alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One error that was planted, or one that was found and is none.

    Args:
        kind: What kind of error.
        what: Which one, in words.
        where: The partition, and the line.
        verdict: What became of it.
        rules: What was found there, as rule ids or in words.
    """

    kind: str
    what: str
    where: str
    verdict: Verdict
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the finding as one line."""
        told = ", ".join(self.rules)
        return f"{self.where}: {self.verdict}: {self.what}{f' ({told})' if told else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was found of what was planted.

    Args:
        findings: One for each error, planted or not.
        differing: Days whose counts are not as they must be, one line each.
    """

    findings: tuple[Finding, ...]
    differing: tuple[str, ...]

    @property
    def planted(self) -> int:
        """How many errors were planted."""
        return len(self.findings) - self.count(Verdict.FALSE_ALARM)

    @property
    def holds(self) -> bool:
        """Whether everything is as it must be."""
        return not self.differing and self.count(Verdict.FOUND) == len(self.findings)

    def count(self, verdict: Verdict) -> int:
        """Return how many findings have a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)


def read_truth(file: Path) -> tuple[Day, ...]:
    """Read what the generator of the drops wrote about them."""
    return tuple(_day(found) for found in json.loads(file.read_text(encoding="utf-8"))["days"])


def compare(
    days: Sequence[Day],
    *,
    rows: Sequence[PartitionReport],
    quarantine: Mapping[str, Sequence[Quarantined]],
    waited: frozenset[str],
) -> Comparison:
    """Compare what came with what must come.

    A planted record is found when the quarantine holds its line with exactly its rules. A false alarm is any
    other line in quarantine, and any day that was stopped and should not be.

    Args:
        days: What must come.
        rows: What came.
        quarantine: Partition -> what its quarantine holds.
        waited: Partitions that were seen waiting for their file.
    """
    known = {row.batch.partition: row for row in rows}
    findings: list[Finding] = []
    differing: list[str] = []
    for day in days:
        row = known.get(day.partition)
        findings.extend(_records(day, quarantine.get(day.partition, ())))
        findings.extend(_file(day, row, waited=day.partition in waited))
        differing.extend(_counts(day, row))
    return Comparison(findings=tuple(findings), differing=tuple(differing))


def _records(day: Day, held: Sequence[Quarantined]) -> Iterator[Finding]:
    """Compare the lines in quarantine with the wrong records of a day."""
    left = list(held)
    for record in day.wrong:
        there = next((entry for entry in left if entry.line == record.line), None)
        if there is None:
            verdict = Verdict.MISSED
        else:
            left.remove(there)
            verdict = Verdict.FOUND if sorted(there.rules) == sorted(record.rules) else Verdict.OTHERWISE
        yield Finding(
            kind=_kind(record.rules),
            what=record.what,
            where=f"{day.partition} line {record.line}",
            verdict=verdict,
            rules=there.rules if there and verdict is Verdict.OTHERWISE else (),
        )
    for entry in left:
        yield Finding(
            kind=_kind(entry.rules),
            what="in quarantine",
            where=f"{day.partition} line {entry.line}",
            verdict=Verdict.FALSE_ALARM,
            rules=entry.rules,
        )


def _file(day: Day, row: PartitionReport | None, *, waited: bool) -> Iterator[Finding]:
    """Compare what became of a whole day with what must become of it."""
    standing = Standing.OPEN if row is None else row.standing
    stopped = standing not in {Standing.PUBLISHED, Standing.OPEN}
    found = () if row is None else (row.standing.value, *(rule.rule for rule in row.broken))
    if day.outcome == "published":
        verdict = Verdict.FALSE_ALARM if stopped else None
    elif row is not None and _as_planted(day, row, waited=waited):
        verdict = Verdict.FOUND
    else:
        verdict = Verdict.OTHERWISE if stopped else Verdict.MISSED
    if verdict is not None:
        yield Finding(
            kind=WHOLE_FILE,
            what=day.remark or "the day was stopped",
            where=day.partition,
            verdict=verdict,
            rules=() if verdict is Verdict.FOUND else found,
        )


def _as_planted(day: Day, row: PartitionReport, *, waited: bool) -> bool:
    match day.outcome:
        case "late":
            return waited and row.standing is Standing.PUBLISHED
        case "duplicate":
            return row.standing is Standing.DUPLICATE and row.duplicate_of == day.same_as
        case _:
            broken = {rule.rule for rule in row.broken if rule.status is Status.FAILED}
            return row.standing is Standing.FAILED and row.stage == day.stage and day.rule in broken


def _counts(day: Day, row: PartitionReport | None) -> Iterator[str]:
    """Say where the counts of a day are not as they must be."""
    landed, published = (None, None) if row is None else (row.landed, row.published)
    if landed != day.rows:
        yield f"{day.partition}: {landed or 0} rows landed, expected {day.rows}"
    if (published or 0) != day.published:
        yield f"{day.partition}: {published or 0} rows are published, expected {day.published}"


def _kind(rules: Sequence[str]) -> str:
    if len(rules) != 1:
        return SEVERAL
    return KINDS.get(rules[0].rpartition(".")[2], OTHER_KIND)


def _day(found: dict[str, Any]) -> Day:
    failure = found["failure"] or {"stage": "", "rule": ""}
    return Day(
        partition=found["partition"],
        outcome=found["outcome"],
        rows=found["rows"],
        published=found["published"],
        wrong=tuple(
            Planted(record["line"], record["what"], tuple(record["rules"])) for record in found["wrong"]
        ),
        remark=found["remark"],
        stage=failure["stage"],
        rule=failure["rule"],
        same_as=found["same_as"],
    )
