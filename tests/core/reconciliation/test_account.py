from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.history import Facts
from airflow_dataops.core.landing import DUPLICATE, MISSING, Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Commit, Publication
from airflow_dataops.core.reconciliation.account import State, reconcile
from airflow_dataops.core.reconciliation.balance import Balance
from airflow_dataops.core.reconciliation.evidence import Evidence, Published, Unknown
from airflow_dataops.core.reconciliation.record import records
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.reconciliation.account import Account

SIX = datetime(2026, 3, 4, 6, tzinfo=UTC)
LAKE = "/lake/orders"


def batch(partition: str = "2026-03-03") -> Batch:
    """A batch of the product `orders`."""
    return Batch(team="shop", product="orders", dataset="orders", partition=partition)


def landing(minutes: int = 0, *, sha256: str = "a", rows: int = 100, of: Batch | None = None) -> Landing:
    """A raw copy that was made so many minutes after six."""
    return Landing(
        batch=of or batch(),
        origin="/drops/x.csv",
        uri=f"/raw/{sha256}",
        sha256=sha256,
        bytes=9,
        rows=rows,
        dialect=Dialect(),
        landed_at=SIX + timedelta(minutes=minutes),
        run_id="first",
    )


def outcome(rule: str, severity: Severity = Severity.WARNING) -> Outcome:
    """A rule that was broken."""
    return Outcome(
        rule=rule,
        status=Status.WARNING if severity is Severity.WARNING else Status.FAILED,
        severity=severity,
        dimension="",
        column="",
        expected="",
        observed="",
        failing=0,
        checked=0,
        quarantines=False,
    )


def verdict(minutes: int, stage: Stage, *outcomes: Outcome, rows: int = 0, bad: int = 0, **others: object):
    """A verdict of a stage; `blocks` stop the batch."""
    known = {
        "batch": batch(),
        "stage": stage,
        "run_id": "first",
        "contract": "orders@1.0.0",
        "at": SIX + timedelta(minutes=minutes),
        "rows": rows,
        "good": rows - bad,
        "bad": bad,
        "unparsable": 0,
        "outcomes": outcomes,
        "quarantine": "/quarantine/a.parquet" if bad else "",
    }
    return Verification(**known | others)


def published(minutes: int, *, rows: int = 90, version: int = 1, manifest: str = "a", **others: object):
    """A version that readers see."""
    known = {
        "batch": batch(),
        "version": version,
        "content": f"content {version}",
        "rows": rows,
        "target": LAKE,
        "contract": "orders@1.0.0",
        "manifest": manifest,
        "run_id": "first",
        "at": SIX + timedelta(minutes=minutes),
    }
    return Publication(**known | others)


JUDGED = (
    verdict(1, Stage.LAND),
    verdict(2, Stage.GATE),
    verdict(3, Stage.VERIFY, rows=100, bad=10, unparsable=3),
    verdict(4, Stage.AUDIT, rows=90),
)
WHOLE = Facts(landings=(landing(),), verifications=JUDGED, publications=(published(5),))


def evidence(facts: Facts, **others: object) -> Evidence:
    """What the world holds where nobody touched it."""
    newest = {one.batch: one for one in facts.publications}
    sound = {
        "targets": {
            LAKE: Published(
                counts={one.partition: publication.rows for one, publication in newest.items()},
                heads={one: Commit(version=p.version, content=p.content) for one, p in newest.items()},
            )
        },
        "faults": {one.uri: "" for one in facts.landings},
        "quarantines": {one.quarantine: one.bad for one in facts.verifications if one.bad},
    }
    return Evidence(**sound | others)


def accounts(facts: Facts, found: Evidence | None = None, *, announced: Sequence[Batch] = ()):
    """What the reconciliation comes to."""
    return reconcile(records(facts, announced=announced), found or evidence(facts))


def account(facts: Facts, found: Evidence | None = None, *, announced: Sequence[Batch] = ()) -> Account:
    """The only account there is."""
    (one,) = accounts(facts, found, announced=announced)
    return one


def without(facts: Facts, stage: Stage) -> Facts:
    """Facts as if the verdict of a stage had been deleted."""
    return replace(facts, verifications=tuple(one for one in facts.verifications if one.stage is not stage))


def test_rows_that_could_not_be_judged_are_withheld() -> None:
    """All of them: neither half was written, and no quarantine is asked for."""
    stopped = verdict(3, Stage.VERIFY, rows=100, good=0, unparsable=3, errors=("a.pattern: why",))
    found = account(Facts(landings=(landing(),), verifications=(*JUDGED[:2], stopped), publications=()))

    assert State.BALANCED is found.state
    assert Balance(landed=100, withheld=100) == found.balance


def test_a_published_batch_is_balanced() -> None:
    """Every row that landed is published, in quarantine, or no record."""
    found = account(WHOLE)

    assert State.BALANCED is found.state
    assert Balance(landed=100, published=90, quarantined=7, unparsable=3) == found.balance
    assert (90, 90, 90) == (found.audited, found.published, found.visible)


MADE = Facts(
    verifications=(verdict(1, Stage.AUDIT, rows=9, blocks=("no",)), verdict(4, Stage.AUDIT, rows=90)),
    publications=(published(5, manifest=""),),
)
"""A batch of models: nothing landed, the first audit stopped it, and the second let it pass."""


def test_a_batch_for_which_nothing_lands_has_the_second_balance_alone() -> None:
    """What passed its audit is what readers see; no landing is missed."""
    found = account(MADE)

    assert (State.BALANCED, None) == (found.state, found.balance)
    assert (90, 90, 90) == (found.audited, found.published, found.visible)
    assert (
        State.BALANCED is account(replace(MADE, publications=(), verifications=MADE.verifications[:1])).state
    )


def test_a_batch_without_a_landing_and_without_its_audit_is_a_leak() -> None:
    """It was published, and nothing says that it was judged."""
    (leak,) = account(replace(MADE, verifications=())).leaks

    assert "it was published, and the store has no verdict of `audit`" == leak.what


def test_a_check_of_other_rows_is_no_matter_of_the_account() -> None:
    """It neither makes an account, nor changes one: nothing of what it saw had landed."""
    check = verdict(9, Stage.CHECK, outcome("x"), rows=7, blocks=("x",))

    assert account(WHOLE) == account(replace(WHOLE, verifications=(*WHOLE.verifications, check)))
    assert () == accounts(Facts(verifications=(check,)))


BALANCES = {
    "just landed": (Facts(landings=(landing(),)), Balance(landed=100, withheld=100)),
    "stopped at the gate": (
        Facts(landings=(landing(),), verifications=(*JUDGED[:1], verdict(2, Stage.GATE, blocks=("no",)))),
        Balance(landed=100, withheld=100),
    ),
    "stopped at verify": (
        Facts(
            landings=(landing(),),
            verifications=(*JUDGED[:2], verdict(3, Stage.VERIFY, rows=100, bad=40, blocks=("no",))),
        ),
        Balance(landed=100, quarantined=40, withheld=60),
    ),
    "audited and not published yet": (
        replace(WHOLE, publications=()),
        Balance(landed=100, quarantined=7, unparsable=3, withheld=90),
    ),
    "skipped as a duplicate": (
        Facts(landings=(landing(),), verifications=(verdict(1, Stage.LAND, outcome(DUPLICATE)),)),
        Balance(landed=100, duplicates=100),
    ),
    "stopped as a duplicate": (
        Facts(
            landings=(landing(),),
            verifications=(verdict(1, Stage.LAND, outcome(DUPLICATE, Severity.ERROR), blocks=("no",)),),
        ),
        Balance(landed=100, withheld=100),
    ),
    "reported as a duplicate and published": (
        replace(WHOLE, verifications=(verdict(1, Stage.LAND, outcome(DUPLICATE)), *JUDGED[1:])),
        Balance(landed=100, published=90, quarantined=7, unparsable=3),
    ),
    "looked for again in vain": (
        replace(
            WHOLE,
            verifications=(
                verdict(9, Stage.LAND, outcome(MISSING, Severity.ERROR), blocks=("no drop",)),
                *JUDGED[1:],
            ),
        ),
        Balance(landed=100, published=90, quarantined=7, unparsable=3),
    ),
    "replayed with the same rows": (
        replace(WHOLE, publications=(published(2),)),
        Balance(landed=100, published=90, quarantined=7, unparsable=3),
    ),
    "a second drop that was stopped": (
        Facts(
            landings=(landing(), landing(10, sha256="b", rows=50)),
            verifications=(verdict(11, Stage.LAND), verdict(12, Stage.GATE, blocks=("no",)), *JUDGED[2:]),
            publications=(published(5),),
        ),
        Balance(landed=50, withheld=50),
    ),
    "an older drop that came again and was stopped": (
        Facts(
            landings=(landing(), landing(10, sha256="b", rows=50)),
            verifications=(
                verdict(21, Stage.LAND),
                verdict(22, Stage.GATE),
                verdict(23, Stage.VERIFY, rows=100, bad=100, blocks=("no",)),
            ),
            publications=(published(15, manifest="b"),),
        ),
        Balance(landed=100, quarantined=100),
    ),
}


@pytest.mark.parametrize("case", BALANCES)
def test_rows_of_a_landing_are_all_somewhere(case) -> None:
    """Whatever became of the batch, nothing leaks as long as nobody touches store, zones and target."""
    facts, expected = BALANCES[case]

    found = account(facts)

    assert ((), expected, 0) == (found.leaks, found.balance, expected.lost)


def other(target: Published, **others: object) -> dict[str, object]:
    """Evidence of another state of the target."""
    return {"targets": {LAKE: replace(target, **others)}}


SOUND = evidence(WHOLE).targets[LAKE]

LEAKS = {
    "readers see 89 rows, 90 were published": (WHOLE, other(SOUND, counts={"2026-03-03": 89})),
    "readers see 0 rows, 90 were published": (WHOLE, other(SOUND, counts={})),
    "the target has no version of it, the store has version 1": (
        WHOLE,
        other(SOUND, heads={batch(): None}),
    ),
    "the target has version 2, the store has version 1": (
        WHOLE,
        other(SOUND, heads={batch(): Commit(version=2, content="content 2")}),
    ),
    "version 1 has another content than was published": (
        WHOLE,
        other(SOUND, heads={batch(): Commit(version=1, content="content 2")}),
    ),
    "the raw copy of orders/2026-03-03 is missing": (WHOLE, {"faults": {"/raw/a": "is missing"}}),
    "the quarantine of orders/2026-03-03 is missing, 10 were put there": (
        WHOLE,
        {"quarantines": {"/quarantine/a.parquet": None}},
    ),
    "the quarantine of orders/2026-03-03 has 9 rows, 10 were put there": (
        WHOLE,
        {"quarantines": {"/quarantine/a.parquet": 9}},
    ),
    "100 of 100 landed rows are nowhere": (without(WHOLE, Stage.VERIFY), {}),
    "it was published, and the store has no verdict of `audit`": (without(WHOLE, Stage.AUDIT), {}),
    "10 rows more than the 90 that landed are accounted for": (
        replace(WHOLE, landings=(landing(rows=90),)),
        {},
    ),
    "90 rows passed the audit, 80 were published": (
        replace(WHOLE, publications=(published(5, rows=80),)),
        {},
    ),
    "the store has version 1 and not the landing that it was made from": (
        replace(WHOLE, landings=()),
        {},
    ),
    "the store has verdicts and no landing": (replace(WHOLE, landings=(), publications=()), {}),
}


@pytest.mark.parametrize("what", LEAKS)
def test_each_leak_is_named(what) -> None:
    """What was taken away, added or changed is said in one line, with its place and what to do."""
    facts, changed = LEAKS[what]

    found = account(facts, evidence(facts, **changed))

    assert State.LEAK is found.state
    assert what in [leak.what for leak in found.leaks]
    assert all(leak.where and leak.hint and "\n" not in str(leak) for leak in found.leaks)


def test_a_partition_that_only_the_target_knows_is_a_leak() -> None:
    """Rows that nobody published are seen, whether or not the partition has landed."""
    counts = {"2026-03-03": 90, "2026-03-04": 5, "": 1, "2026-03-05": 7}
    facts = replace(WHOLE, landings=(landing(), landing(sha256="c", of=batch("2026-03-05"))))
    found = accounts(facts, evidence(facts, **other(SOUND, counts=counts)))

    leaking = {one.batch.partition: [leak.what for leak in one.leaks] for one in found if one.leaks}

    assert {
        "(none)": ["readers see 1 rows of a partition that the store never published"],
        "2026-03-04": ["readers see 5 rows of a partition that the store never published"],
        "2026-03-05": ["readers see 7 rows of a partition that the store never published"],
    } == leaking


def test_a_lost_publication_is_told_by_its_audit_record() -> None:
    """Even where it was the only one of the product, so that nobody knows its target."""
    found = account(replace(WHOLE, publications=()), announced=[batch()])

    assert ["an audit record says that it was published, and the store has no publication"] == [
        leak.what for leak in found.leaks
    ]


def test_what_can_not_be_looked_at_is_no_pass() -> None:
    """A target that is down, and zones that can't be read, are neither balanced nor leaks."""
    gone = evidence(
        WHOLE,
        targets={LAKE: Unknown("down")},
        faults={"/raw/a": Unknown("shut")},
        quarantines={"/quarantine/a.parquet": Unknown("shut")},
    )

    found = account(WHOLE, gone)

    assert (State.NOT_EVALUATED, ("shut", "down"), None) == (found.state, found.unknown, found.visible)


def test_a_leak_stands_whatever_else_is_unknown() -> None:
    """A place that can't be looked at must not hide what was found elsewhere."""
    found = account(WHOLE, evidence(WHOLE, targets={LAKE: Unknown("down")}, faults={"/raw/a": "is missing"}))

    assert (State.LEAK, ("down",)) == (found.state, found.unknown)


@st.composite
def histories(draw: st.DrawFn) -> Facts:
    """Facts of one partition as the stages leave them, stopped anywhere, over one to three drops."""
    landings, verdicts, publications = [], {}, []
    for attempt in range(draw(st.integers(1, 3))):
        at, rows = attempt * 10, draw(st.integers(0, 50))
        bad = draw(st.integers(0, rows))
        unparsable = draw(st.integers(0, bad))
        stop = draw(st.sampled_from([None, *Stage]))
        landings.append(landing(at, sha256=f"sha {attempt}", rows=rows))
        kept = draw(st.integers(0, 60))
        steps = {
            Stage.LAND: verdict(at + 1, Stage.LAND),
            Stage.GATE: verdict(at + 2, Stage.GATE),
            Stage.VERIFY: verdict(at + 3, Stage.VERIFY, rows=rows, bad=bad, unparsable=unparsable),
            Stage.AUDIT: verdict(at + 4, Stage.AUDIT, rows=kept),
        }
        for stage, one in steps.items():
            fails = stage is stop and draw(st.booleans())
            verdicts[stage] = replace(one, blocks=("no",)) if fails else one
            if stage is stop:
                break
        if stop not in steps:
            publications.append(published(at + 5, rows=kept, version=attempt, manifest=landings[-1].sha256))
    return Facts(landings=landings, verifications=tuple(verdicts.values()), publications=publications)


@given(histories())
def test_no_history_of_the_stages_leaks(facts: Facts) -> None:
    """Stopped anywhere and replaced any number of times, every row is accounted for: no false alarm."""
    found = account(facts)

    assert () == found.leaks
    assert found.balance is not None
    assert 0 == found.balance.lost


@given(histories(), st.data())
def test_no_row_can_be_lost_unseen(facts: Facts, data: st.DataObject) -> None:
    """One row more or less in the target or in the quarantine is always a leak."""
    sound = evidence(facts)
    spots = [("target", one.batch.partition, one.rows) for one in facts.publications[-1:]]
    judged = account(facts).balance
    assert judged is not None
    if judged.quarantined + judged.unparsable:
        spots.append(("quarantine", "", judged.quarantined + judged.unparsable))
    if not spots:
        return
    where, label, rows = data.draw(st.sampled_from(spots))
    changed = rows + data.draw(st.sampled_from([-1, 1]))
    found = (
        replace(sound, targets={LAKE: replace(sound.targets[LAKE], counts={label: changed})})
        if where == "target"
        else replace(sound, quarantines={"/quarantine/a.parquet": changed})
    )

    assert State.LEAK is account(facts, found).state
