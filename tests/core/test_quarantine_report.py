from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.landing import DUPLICATE, MISSING, Dialect, LandedFile, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.quarantine_report import BadLine, Reply, quarantine_report, told
from airflow_dataops.core.verification import Verification

BATCH = Batch(team="shop", product="prices", dataset="prices", partition="2026-03-01")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LANDING = Landing(
    batch=BATCH,
    origin="/in/north-2026-03-01.csv",
    uri="/zones/x",
    sha256="a",
    bytes=4,
    rows=12,
    dialect=Dialect(),
    landed_at=NOON,
    run_id="first",
    files=(LandedFile("north-2026-03-01.csv", "", "a", 4, 12),),
)


def outcome(rule: str, status: Status, *, failing: int = 0) -> Outcome:
    """What became of a rule."""
    return Outcome(
        rule=rule,
        status=status,
        severity=Severity.ERROR,
        dimension="conformity",
        column="",
        expected="as promised",
        observed="otherwise",
        failing=failing,
        checked=12 if failing else 0,
        quarantines=bool(failing),
    )


def verdict(stage: Stage, *outcomes: Outcome, minutes: int = 1, **given) -> Verification:
    """The verdict of a stage, some minutes after noon."""
    said = {"run_id": "r", "contract": "" if stage is Stage.LAND else "prices@1.0.0"}
    counts = {"rows": 12, "good": 10, "bad": 2} if stage is Stage.VERIFY else {"rows": 0, "good": 0, "bad": 0}
    return Verification(
        batch=BATCH,
        stage=stage,
        at=NOON + timedelta(minutes=minutes),
        unparsable=0,
        outcomes=outcomes,
        **(said | counts | given),
    )


LAND = verdict(Stage.LAND, outcome(MISSING, Status.PASSED), outcome(DUPLICATE, Status.PASSED))
GATE = verdict(Stage.GATE, outcome("schema.extra", Status.SKIPPED), minutes=2)
BAD = (
    outcome("b", Status.FAILED, failing=1),
    outcome("a", Status.WARNING, failing=9),
    outcome("c", Status.FAILED, failing=2),
    outcome("d", Status.PASSED),
)
VERIFY = verdict(Stage.VERIFY, *BAD, minutes=3)
AUDIT = verdict(Stage.AUDIT, outcome("e", Status.FAILED), minutes=4, blocks=("e",))


def of(*verdicts: Verification, landing: Landing | None = LANDING, **given):
    """The report by some verdicts."""
    known = {"partner": "north", "batch": BATCH, "due_at": None, "lines": {}} | given
    return quarantine_report(told(verdicts, landing), landing=landing, **known)


@pytest.mark.parametrize(
    ("verdicts", "landing", "reply"),
    [
        ((LAND, GATE, VERIFY), LANDING, Reply.ACCEPTED),
        ((LAND, GATE, VERIFY, AUDIT), LANDING, Reply.ACCEPTED),
        ((LAND, GATE, replace(VERIFY, blocks=("too many",))), LANDING, Reply.REFUSED),
        ((LAND, replace(GATE, blocks=("renamed",))), LANDING, Reply.REFUSED),
        ((LAND, GATE, replace(VERIFY, errors=("no such table",))), LANDING, Reply.NOT_JUDGED),
        ((LAND, GATE), LANDING, Reply.NOT_JUDGED),
        ((), LANDING, Reply.NOT_JUDGED),
        ((verdict(Stage.LAND, outcome(DUPLICATE, Status.WARNING)),), LANDING, Reply.DUPLICATE),
        ((verdict(Stage.LAND, outcome(DUPLICATE, Status.WARNING)), GATE, VERIFY), LANDING, Reply.ACCEPTED),
        ((verdict(Stage.LAND, outcome(MISSING, Status.FAILED)),), None, Reply.MISSING),
        ((verdict(Stage.LAND, outcome(MISSING, Status.WARNING), minutes=9), VERIFY), LANDING, Reply.MISSING),
        ((), None, Reply.MISSING),
    ],
)
def test_reply(verdicts, landing, reply) -> None:
    """What became of a drop follows from the verdicts on it, and not from what comes after them."""
    assert reply is of(*verdicts, landing=landing).reply


def test_faults_are_the_rules_that_were_not_kept() -> None:
    """Those that only warn are last, before them those that most rows broke; with the first lines of each."""
    lines = {"b": (BadLine("north-2026-03-01.csv", 4),), "schema.missing": (BadLine("x", 1),)}

    found = of(LAND, GATE, VERIFY, AUDIT, lines=lines)

    assert [("c", 2, Fraction(200, 12)), ("b", 1, Fraction(100, 12)), ("a", 9, Fraction(75))] == [
        (fault.rule, fault.rows, fault.percent) for fault in found.faults
    ]
    assert [(), lines["b"], ()] == [fault.lines for fault in found.faults]
    assert (12, 2, "prices@1.0.0") == (found.rows, found.bad, found.contract)
    assert not found.all_well
    assert of(LAND, GATE, verdict(Stage.VERIFY, outcome("d", Status.PASSED), minutes=3)).all_well


def test_how_late_a_drop_came() -> None:
    """It is told where there is a time by which it was due, and a drop."""
    due = NOON - timedelta(hours=1)

    assert 3600 == of(LAND, due_at=due).late
    assert None is of(LAND).late
    assert None is of(due_at=due, landing=None).late


def test_a_landing_of_an_older_version_knows_its_file_by_its_origin() -> None:
    """It kept no names of files."""
    assert ("north-2026-03-01.csv",) == of(landing=replace(LANDING, files=())).files
