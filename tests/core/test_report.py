from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.streak import Streak
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.history import Facts
from airflow_dataops.core.landing import DUPLICATE, MISSING, Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.report import MendedRule, Standing, Totals, last_runs, report, totals
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification

SIX = datetime(2026, 3, 4, 6, tzinfo=UTC)


def batch(partition: str = "2026-03-03", **others: str) -> Batch:
    """A batch of the product `orders`."""
    return Batch(
        **{"team": "shop", "product": "orders", "dataset": "orders", "partition": partition} | others
    )


def landing(minutes: int = 0, *, sha256: str = "a", rows: int = 100, of: Batch | None = None) -> Landing:
    """A raw copy that was made so many minutes after six."""
    return Landing(
        batch=of or batch(),
        origin="/drops/x.csv",
        uri="/raw/x",
        sha256=sha256,
        bytes=9,
        rows=rows,
        dialect=Dialect(),
        landed_at=SIX + timedelta(minutes=minutes),
        run_id="first",
    )


def outcome(rule: str, status: Status = Status.FAILED, failing: int = 0) -> Outcome:
    """What became of one rule."""
    return Outcome(
        rule=rule,
        status=status,
        severity=Severity.ERROR,
        dimension="conformity",
        column="",
        expected="",
        observed="",
        failing=failing,
        checked=100,
        quarantines=True,
    )


def verdict(minutes: int, stage: Stage, *outcomes: Outcome, bad: int = 0, **others: object) -> Verification:
    """A verdict of a stage."""
    return Verification(
        **{
            "batch": batch(),
            "stage": stage,
            "run_id": "first",
            "contract": "orders@1.0.0",
            "at": SIX + timedelta(minutes=minutes),
            "rows": 100,
            "good": 100 - bad,
            "bad": bad,
            "unparsable": min(bad, 1),
            "outcomes": outcomes,
            "quarantine": "/quarantine/x.parquet" if bad else "",
        }
        | others
    )


def arrived(minutes: int, of: Batch, rule: str, status: Status = Status.WARNING) -> Verification:
    """What was found of a drop: there is none, or it is a duplicate."""
    found = replace(outcome(rule, status), quarantines=False, failing=0)
    why = ("no drop",) if status is Status.FAILED else ()
    return verdict(minutes, Stage.LAND, found, batch=of, blocks=why)


def publication(minutes: int, *, rows: int = 97, manifest: str = "a", version: int = 3) -> Publication:
    """A version of the partition."""
    return Publication(
        batch=batch(),
        version=version,
        content="c",
        rows=rows,
        target="/lake/orders",
        contract="orders@1.0.0",
        manifest=manifest,
        run_id="first",
        at=SIX + timedelta(minutes=minutes),
    )


GATE, VERIFY, AUDIT = (verdict(minutes, stage) for minutes, stage in enumerate(
    (Stage.GATE, Stage.VERIFY, Stage.AUDIT), start=1
))  # fmt: skip


def test_report_of_a_published_partition() -> None:
    """It must show what landed, what readers see, what is in quarantine, and why."""
    broken = (outcome("email.pattern", failing=1), outcome("amount.type", failing=2))
    extra = outcome("schema.extra", Status.WARNING)
    facts = Facts(
        landings=[landing()],
        verifications=[
            verdict(1, Stage.GATE, extra),
            verdict(2, Stage.VERIFY, *broken, outcome("id.required", Status.PASSED), bad=3),
            AUDIT,
        ],
        publications=[publication(5)],
        events=[
            SliEvent(batch=batch(), sli=Sli.LATENCY, good=None, total=None, value=Fraction(300), at=SIX),
            SliEvent(batch=batch(), sli=Sli.FRESHNESS, good=None, total=None, value=Fraction(21900), at=SIX),
        ],
    )

    (row,) = report(facts)

    assert (Standing.PUBLISHED, None) == (row.standing, row.stage)
    assert (100, 97, 3, 3, 1) == (row.landed, row.published, row.version, row.quarantined, row.unparsable)
    assert (Fraction(21900), "/quarantine/x.parquet") == (row.freshness, row.quarantine)
    assert (
        (Stage.VERIFY, "amount.type", Status.FAILED, 2),
        (Stage.VERIFY, "email.pattern", Status.FAILED, 1),
        (Stage.GATE, "schema.extra", Status.WARNING, 0),
    ) == tuple((rule.stage, rule.rule, rule.status, rule.failing) for rule in row.broken)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((), (Standing.OPEN, None)),
        ((GATE, VERIFY), (Standing.OPEN, Stage.VERIFY)),
        ((replace(GATE, blocks=("x",)),), (Standing.FAILED, Stage.GATE)),
        ((GATE, replace(VERIFY, blocks=("x",))), (Standing.FAILED, Stage.VERIFY)),
        ((GATE, VERIFY, replace(AUDIT, blocks=("x",))), (Standing.FAILED, Stage.AUDIT)),
        ((GATE, replace(VERIFY, errors=("x",))), (Standing.NOT_EVALUATED, Stage.VERIFY)),
    ],
)
def test_report_tells_where_a_partition_was_stopped(verdicts, expected) -> None:
    """Bad data, what could not be evaluated, and what is still on its way are three things."""
    (row,) = report(Facts(landings=[landing()], verifications=verdicts))

    assert expected == (row.standing, row.stage)
    assert row.published is None


@pytest.mark.parametrize(
    ("others", "expected"),
    [({}, (Standing.KEPT, None)), ({"blocks": ("x",)}, (Standing.FAILED, Stage.CHECK))],
)
def test_report_of_rows_that_are_none_of_ours(others, expected) -> None:
    """A team's own table has a verdict, and neither a raw copy nor a version."""
    (row,) = report(Facts(verifications=[verdict(0, Stage.CHECK, **others)]))

    assert expected == (row.standing, row.stage)
    assert (None, None, None) == (row.landed, row.published, row.quarantined)


def test_report_of_a_published_table_that_breaks_its_contract_later() -> None:
    """A check of what is published, after its publication, says so."""
    facts = Facts(
        landings=[landing()],
        verifications=[GATE, VERIFY, AUDIT, verdict(90, Stage.CHECK, blocks=("x",))],
        publications=[publication(60)],
    )

    (row,) = report(facts)

    assert (Standing.FAILED, Stage.CHECK, 97) == (row.standing, row.stage, row.published)


def test_report_of_a_failed_replay_says_what_readers_still_see() -> None:
    """A later attempt that fails is a failure, and the version before it stays in sight."""
    verdicts = [verdict(61, Stage.GATE, blocks=("x",)), VERIFY, AUDIT]
    facts = Facts(
        landings=[landing(), landing(60, sha256="b", rows=7)],
        verifications=verdicts,
        publications=[publication(5)],
    )

    (row,) = report(facts)

    assert (Standing.FAILED, Stage.GATE) == (row.standing, row.stage)
    assert (7, 97, None) == (row.landed, row.published, row.quarantined)


def test_report_of_a_partition_that_was_mended() -> None:
    """A version that came after a failure is what counts."""
    failed = verdict(2, Stage.VERIFY, bad=1, blocks=("x",))

    (row,) = report(Facts(landings=[landing()], verifications=[failed], publications=[publication(5)]))

    assert Standing.PUBLISHED is row.standing


def test_report_forgets_verdicts_on_an_earlier_drop() -> None:
    """A new raw copy waits for its own verdicts, and so do the stages behind a newer verdict."""
    failed = verdict(3, Stage.AUDIT, blocks=("x",))

    (landed,) = report(Facts(landings=[landing(), landing(60, sha256="b")], verifications=[GATE, failed]))
    (gated,) = report(Facts(landings=[landing()], verifications=[verdict(60, Stage.GATE), failed]))

    assert (Standing.OPEN, None) == (landed.standing, landed.stage)
    assert (Standing.OPEN, Stage.GATE) == (gated.standing, gated.stage)


def test_report_counts_the_raw_copy_that_was_published() -> None:
    """After a rollback to older bytes the rows are those of the manifest that the version names."""
    first, second = landing(rows=100), landing(60, sha256="b", rows=7)

    (row,) = report(Facts(landings=[first, second], publications=[publication(90, manifest="a")]))

    assert 100 == row.landed


def test_report_names_the_partition_of_which_one_is_a_duplicate() -> None:
    """Only the later of two, only with the same bytes, and never across datasets."""
    facts = Facts(
        landings=[
            landing(0, of=batch("2026-03-01")),
            landing(1, of=batch("2026-03-02", dataset="returns")),
            landing(2, of=batch("2026-03-03")),
            landing(3, of=batch("2026-03-04"), sha256="b"),
        ],
        verifications=[arrived(2, batch("2026-03-03"), DUPLICATE)],
    )

    found = {row.batch.partition: (row.standing, row.duplicate_of) for row in report(facts)}

    assert {
        "2026-03-01": (Standing.OPEN, None),
        "2026-03-02": (Standing.OPEN, None),
        "2026-03-03": (Standing.DUPLICATE, "2026-03-01"),
        "2026-03-04": (Standing.OPEN, None),
    } == found


@pytest.mark.parametrize(
    ("status", "standing", "stage"),
    [(Status.WARNING, Standing.MISSING, None), (Status.FAILED, Standing.FAILED, Stage.LAND)],
)
def test_report_names_a_partition_whose_drop_never_came(status, standing, stage) -> None:
    """Nothing is known of it but that nothing came: it counts, and not as published."""
    found = report(Facts(verifications=[arrived(0, batch(), MISSING, status)]))

    assert [(standing, stage, None)] == [(row.standing, row.stage, row.landed) for row in found]
    assert (1, 0) == (totals(found).partitions, totals(found).published_partitions)


def test_report_forgets_that_a_drop_was_missing_once_it_has_come() -> None:
    """The verdict of the landing replaces the one of the wait."""
    facts = Facts(landings=[landing(5)], verifications=[arrived(0, batch(), MISSING)])

    assert [Standing.OPEN] == [row.standing for row in report(facts)]


def test_report_of_a_duplicate_that_went_on_says_both() -> None:
    """Where duplicates are only reported, the partition is published, and a duplicate all the same."""
    facts = Facts(
        landings=[landing(0, of=batch("2026-03-01")), landing(1)],
        verifications=[arrived(1, batch(), DUPLICATE), verdict(2, Stage.GATE)],
        publications=[publication(5)],
    )

    row = report(facts)[-1]

    assert (Standing.PUBLISHED, "2026-03-01") == (row.standing, row.duplicate_of)


def test_report_keeps_teams_apart_and_in_order() -> None:
    """Two teams may have a product of the same name."""
    batches = [batch("2026-03-02", team="b"), batch("2026-03-01", team="b"), batch("2026-03-09", team="a")]

    rows = report(Facts(landings=[landing(of=each, sha256=each.key) for each in batches]))

    assert [batches[2], batches[1], batches[0]] == [row.batch for row in rows]


def test_totals_count_what_is_not_known_as_nothing() -> None:
    """A partition that has only landed adds its rows and nothing else."""
    (published,) = report(
        Facts(
            landings=[landing()],
            verifications=[verdict(2, Stage.VERIFY, bad=3)],
            publications=[publication(5)],
        )
    )
    (landed,) = report(Facts(landings=[landing(of=batch("2026-03-04"), rows=5)]))

    assert Totals(
        partitions=2,
        published_partitions=1,
        judged_partitions=0,
        kept_partitions=0,
        landed=105,
        published=97,
        quarantined=3,
        unparsable=1,
        judged=0,
    ) == totals([published, landed])


def test_rows_that_were_judged_in_place_are_counted_apart() -> None:
    """They neither landed nor are they to be published; bad rows that were copied are in quarantine."""
    kept = replace(verdict(0, Stage.CHECK, bad=3), quarantine="")
    aside = replace(kept, batch=batch("2026-03-04"), blocks=("x",), quarantine="/bad.parquet")
    rows = report(Facts(verifications=[kept, aside]))

    assert [(100, None, ""), (100, 3, "/bad.parquet")] == [
        (row.judged, row.quarantined, row.quarantine) for row in rows
    ]
    found = totals(rows)
    assert (2, 2, 1, 200) == (found.partitions, found.judged_partitions, found.kept_partitions, found.judged)


def day(partition: str, at: int, *outcomes: Outcome, stage: Stage = Stage.VERIFY) -> Verification:
    """A verdict on a partition, so many minutes after six."""
    return verdict(at, stage, *outcomes, batch=batch(partition))


def test_report_tells_for_how_long_rules_are_not_kept() -> None:
    """Each partition has the streaks of its own run: what was new then, is told as new there."""
    broken, kept = outcome("amount.type", failing=2), outcome("amount.type", Status.PASSED)
    facts = Facts(verifications=[day("1", 0, broken), day("2", 1, broken), day("3", 2, kept)])

    first, second, third = report(facts)

    assert [Streak(1), Streak(2)] == [row.broken[0].streak for row in (first, second)]
    assert [(), ()] == [row.mended for row in (first, second)]
    assert (
        MendedRule(stage=Stage.VERIFY, rule="amount.type", streak=Streak(2, mended=True)),
    ) == third.mended
    assert () == third.broken


def test_report_tells_the_share_of_rows() -> None:
    """Rows that broke a rule are told in percent of those that it looked at."""
    facts = Facts(verifications=[day("1", 0, outcome("amount.type", failing=2), outcome("enough"))])

    assert [Fraction(2), None] == [rule.percent for rule in report(facts)[0].broken]


def test_last_runs_are_those_of_the_last_verdicts() -> None:
    """Of each dataset the partition that ran last, which needn't be the last partition."""
    returns = verdict(0, Stage.GATE, batch=batch("7", dataset="returns"))
    facts = Facts(
        landings=[landing(of=batch("9"))],
        verifications=[returns, day("2", 1), day("3", 2, stage=Stage.GATE), day("1", 3)],
    )

    assert [("orders", "1"), ("returns", "7")] == [
        (row.batch.dataset, row.batch.partition) for row in last_runs(report(facts))
    ]
    assert () == last_runs(report(Facts(landings=[landing()])))


def test_of_a_batch_for_which_nothing_lands_the_newest_audit_counts() -> None:
    """An attempt that was stopped is over as soon as the next one is published."""
    stopped = verdict(1, Stage.AUDIT, blocks=("no",))
    passed = verdict(3, Stage.AUDIT)

    (before,) = report(Facts(verifications=[stopped]))
    (after,) = report(Facts(verifications=[stopped, passed], publications=[publication(5)]))

    assert (Standing.FAILED, Stage.AUDIT) == (before.standing, before.stage)
    assert (Standing.PUBLISHED, None, ()) == (after.standing, after.landed, after.broken)
