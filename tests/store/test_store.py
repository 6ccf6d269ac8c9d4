"""What every store must do, whatever it keeps its facts in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import get_args

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.usecases.ports.store import Fact

SECOND = timedelta(seconds=1)


def everything(store) -> list[tuple[object, ...]]:
    """Ask for every kind of fact."""
    return [store.facts(kind) for kind in get_args(Fact)]


def test_a_new_store_is_empty(store) -> None:
    """A store that was told nothing must remember nothing."""
    assert [(), (), (), (), (), ()] == everything(store)


def test_facts_come_back_as_they_were(store, one) -> None:
    """Every kind of fact must come back equal to the one recorded, its types and order included."""
    store.record(one.landing, one.verification, one.publication, one.sli, one.observation, one.audit)

    expected = [
        (one.landing,),
        (one.verification,),
        (one.publication,),
        (one.sli,),
        (one.observation,),
        (one.audit,),
    ]
    assert expected == everything(store)


def test_recording_again_changes_nothing(store, one) -> None:
    """A re-run that records the same facts must leave the store as it was."""
    facts = (one.landing, one.verification, one.publication, one.sli, one.observation, one.audit)
    store.record(*facts)
    before = everything(store)
    store.record(*facts)
    store.record(*facts, *facts)

    assert before == everything(store)


def test_recording_nothing_is_fine(store) -> None:
    """No fact at all is no error."""
    store.record()

    assert [(), (), (), (), (), ()] == everything(store)


def test_a_replayed_landing_keeps_its_first_place_time_and_run(store, one) -> None:
    """The raw copy was made once, so only what is read from the drop may change."""
    store.record(one.landing)
    store.record(
        replace(
            one.landing,
            uri="/raw/b.csv",
            landed_at=one.at + SECOND,
            run_id="second",
            origin="/drops/again.csv",
            rows=12,
            dialect=Dialect(),
        )
    )

    expected = replace(one.landing, origin="/drops/again.csv", rows=12, dialect=Dialect())
    assert (expected,) == store.facts(Landing)


def test_other_bytes_are_another_landing(store, one) -> None:
    """A corrected file for the same partition must not hide the first one."""
    corrected = replace(one.landing, sha256="c" * 64, landed_at=one.at + SECOND)
    store.record(corrected, one.landing)

    assert (one.landing, corrected) == store.facts(Landing)


def test_a_verification_replaces_the_one_before(store, one) -> None:
    """A later verification of the same batch and stage must replace the earlier one, outcomes and all."""
    store.record(one.verification)
    later = replace(
        one.verification,
        run_id="second",
        at=one.at + SECOND,
        outcomes=(replace(one.verification.outcomes[1], observed="9"),),
        blocks=(),
        errors=(),
    )
    store.record(later)

    assert (later,) == store.facts(Verification)


def test_a_verification_without_outcomes_is_kept(store, one) -> None:
    """The gate may have nothing to say of rules, and must be remembered all the same."""
    gate = replace(one.verification, stage=Stage.GATE, outcomes=())
    store.record(gate)

    assert (gate,) == store.facts(Verification)


def test_verifications_keep_their_own_outcomes(store, one) -> None:
    """The outcomes of one stage, batch or partition must not end at another one's."""
    audit = replace(one.verification, stage=Stage.AUDIT, outcomes=one.verification.outcomes[::-1])
    other = replace(
        one.verification,
        batch=replace(one.batch, partition="2026-03-04"),
        outcomes=one.verification.outcomes[:1],
    )
    store.record(other, one.verification, audit)

    assert (audit, one.verification, other) == store.facts(Verification)


def test_versions_of_a_partition_are_kept_apart(store, one) -> None:
    """Each publish of a partition is a version that is remembered."""
    second = replace(one.publication, version=10, at=one.at + SECOND)
    store.record(second, one.publication)

    assert (one.publication, second) == store.facts(Publication)


def test_a_publication_replaces_the_same_version(store, one) -> None:
    """A version is one fact: a later record of it replaces the earlier one."""
    again = replace(one.publication, rows=9, at=one.at + SECOND)
    store.record(one.publication)
    store.record(again)

    assert (again,) == store.facts(Publication)


def test_an_audit_record_is_never_rewritten(store, one) -> None:
    """Who did it first, and when and why, must stay."""
    store.record(one.audit)
    store.record(replace(one.audit, who="somebody else", why="no reason", at=one.at + SECOND))

    assert (one.audit,) == store.facts(AuditRecord)


@pytest.mark.parametrize("value", [None, Fraction(0), Fraction(-1, 3), Fraction(10**30, 7), Fraction("0.1")])
def test_values_are_exact(store, one, value) -> None:
    """A budget is counted from these numbers, so not a digit may be lost."""
    event = replace(one.sli, value=value)
    store.record(event)

    assert (event,) == store.facts(SliEvent)


def test_no_events_is_not_zero_events(store, one) -> None:
    """An indicator without good and total must come back without them, and not with zeros."""
    none = replace(one.sli, sli=Sli.FRESHNESS, good=None, total=None)
    zero = replace(one.sli, good=0, total=0, value=None)
    store.record(none, zero)

    assert (zero, none) == store.facts(SliEvent)


def test_times_are_instants(store, one) -> None:
    """A time in another zone is the same instant, and must be sorted as one."""
    east = one.at.astimezone(timezone(timedelta(hours=9)))
    first = replace(one.publication, version=2, at=east)
    second = replace(one.publication, version=1, at=one.at + timedelta(microseconds=1))
    store.record(second, first)

    assert (first, second) == store.facts(Publication)


@pytest.mark.parametrize("field", ["landing", "verification", "publication", "sli", "observation", "audit"])
def test_naive_times_are_refused(store, one, field) -> None:
    """A time without a zone is no instant; nothing of the call may be kept."""
    fact = getattr(one, field)
    time = "landed_at" if field == "landing" else "at"
    naive = replace(fact, batch=replace(fact.batch, team="other"), **{time: datetime(2026, 3, 3)})  # noqa: DTZ001

    with pytest.raises(ValueError, match="without a time zone"):
        store.record(
            one.landing, one.verification, one.publication, one.sli, one.observation, one.audit, naive
        )
    assert [(), (), (), (), (), ()] == everything(store)


def test_facts_are_oldest_first_and_then_by_identity(store, one) -> None:
    """Facts of one instant must come in the order of their identities, the way Python compares them."""
    names = ("Zebra", "apple", "Äpfel", "zebra", "😀", "￿")
    same = [replace(one.audit, subject=name) for name in names]
    older = replace(one.audit, subject="zz", at=one.at - SECOND)
    store.record(*reversed(same), older)

    expected = (older, *sorted(same, key=lambda record: record.subject))
    assert expected == store.facts(AuditRecord)


@pytest.mark.parametrize("part", ["team", "product", "dataset", "partition"])
def test_facts_are_found_by_each_part_of_the_batch(store, one, part) -> None:
    """Two batches that differ in one part must be told apart by it."""
    other = replace(one.batch, **{part: "other"})
    mine = (one.landing, one.verification, one.publication, one.sli, one.observation, one.audit)
    store.record(*mine, *(replace(fact, batch=other) for fact in mine))

    for fact in mine:
        assert (fact,) == store.facts(type(fact), **{part: getattr(one.batch, part)})
        assert (replace(fact, batch=other),) == store.facts(type(fact), **{part: "other"})
        assert () == store.facts(type(fact), **{part: "OTHER"})


def test_landings_are_found_by_their_bytes(store, one) -> None:
    """The same bytes under another partition are how a duplicate is seen."""
    twin = replace(one.landing, batch=replace(one.batch, partition="2026-03-04"), landed_at=one.at + SECOND)
    store.record(twin, one.landing, replace(one.landing, sha256="c" * 64))

    found = store.facts(Landing, team="shop", product="orders", dataset="orders", sha256="a" * 64)
    assert (one.landing, twin) == found


@pytest.mark.parametrize(
    ("kind", "where"),
    [(Publication, {"sha256": "a"}), (Landing, {"run_id": "first"}), (Landing, {"team": "shop", "x": "y"})],
)
def test_an_unknown_question_is_refused(store, kind, where) -> None:
    """A word that the store can't look by must not be taken for "any"."""
    with pytest.raises(ValueError, match="is not found by"):
        store.facts(kind, **where)


def test_an_unknown_fact_is_refused(store, one) -> None:
    """Only facts are kept."""
    with pytest.raises(ValueError, match="the store keeps no Batch"):
        store.record(one.landing, one.batch)
    with pytest.raises(ValueError, match="the store keeps no Batch"):
        store.facts(Batch)
    assert () == store.facts(Landing)


def test_text_is_never_sql(store, one) -> None:
    """A quote, a NUL or a percent sign in a name must come back as it is."""
    batch = Batch(team="'; drop table x --", product='"%s" :x ?', dataset="a\nb", partition="{}")
    landing = replace(one.landing, batch=batch, run_id="")
    store.record(landing)

    assert (landing,) == store.facts(Landing, team=batch.team, product=batch.product)


def test_times_come_back_in_utc(store, one) -> None:
    """Whoever formats a time from the store must not have to ask for its zone."""
    store.record(one.publication)

    assert UTC.utcoffset(None) == store.facts(Publication)[0].at.utcoffset()


def test_the_newest_batch_of_each_dataset_is_the_one_that_was_judged_last(store, one) -> None:
    """Not the one of the greatest label: an old day may be judged again."""
    first = one.verification
    other = replace(first, batch=replace(first.batch, dataset="other", partition="a"))
    again = [
        replace(first, batch=replace(first.batch, partition=label), at=first.at + number * SECOND)
        for number, label in enumerate(("2026-03-02", "2026-03-03", "2026-03-01"))
    ]
    store.record(other, *again)
    owner = {"product": first.batch.product}

    assert {other.batch, again[-1].batch} == set(store.newest(**owner))
    assert (again[-1].batch,) == store.newest(**owner, dataset=first.batch.dataset)
    assert (again[1].batch,) == store.newest(**owner, partition="2026-03-03")
    assert () == store.newest(product="nothing")
    with pytest.raises(ValueError, match="sha256"):
        store.newest(sha256="a")


def test_of_one_instant_the_greatest_label_is_the_newest(store, one) -> None:
    """So that two stores agree."""
    days = [
        replace(one.verification, batch=replace(one.verification.batch, partition=label)) for label in "bca"
    ]
    store.record(*days)

    assert (days[1].batch,) == store.newest(product=one.verification.batch.product)


def test_until_returns_the_runs_up_to_one_with_what_was_not_passed(store, one) -> None:
    """The newest verifications of one dataset at one stage, oldest first, each with what was not kept."""
    verified = [
        replace(
            one.verification,
            batch=replace(one.batch, partition=f"2026-03-{day:02}"),
            at=one.at + day * SECOND,
        )
        for day in (3, 1, 2, 4)
    ]
    others = (
        replace(one.verification, stage=Stage.AUDIT),
        *(replace(one.verification, batch=replace(one.batch, **{part: "other"})) for part in SERIES),
    )
    store.record(*verified, *others)
    third, first, second, _ = verified
    kept = tuple(outcome for outcome in one.verification.outcomes if outcome.status is not Status.PASSED)
    expected = [replace(each, outcomes=kept) for each in (first, second, third)]

    assert 0 < len(kept) < len(one.verification.outcomes)
    assert expected == list(store.until(third, most=9))
    assert expected[1:] == list(store.until(third, most=2))


SERIES = ("team", "product", "dataset")
"""The parts of a batch that all runs of a dataset share."""


def test_until_returns_runs_without_a_broken_rule(store, one) -> None:
    """A run in which all was kept ends a streak, so it must be there, with nothing to say."""
    outcomes = tuple(replace(outcome, status=Status.PASSED) for outcome in one.verification.outcomes)
    green = replace(one.verification, outcomes=outcomes)
    store.record(green)

    assert (replace(green, outcomes=()),) == store.until(green, most=1)


def test_broken_returns_verifications_with_what_was_not_passed(store, one) -> None:
    """All verifications of what is asked for come, oldest first, without the outcomes that are passed."""
    second = replace(one.verification, stage=Stage.AUDIT, at=one.at + SECOND)
    third = replace(one.verification, batch=replace(one.batch, product="other"), outcomes=())
    store.record(second, one.verification, third)
    kept = tuple(outcome for outcome in one.verification.outcomes if outcome.status is not Status.PASSED)
    expected = tuple(replace(each, outcomes=kept) for each in (one.verification, second))

    assert expected == store.broken(product=one.batch.product)
    assert (third,) == store.broken(product="other")
    assert 3 == len(store.broken())
    with pytest.raises(ValueError, match="Verification is not found by 'sha256'"):
        store.broken(sha256="a")
