from __future__ import annotations

from io import StringIO

from rich.console import Console

from airflow_dataops.cli.demo.comparison import LISTED, deviations, score, tallies
from airflow_dataops.cli.demo.truth import WHOLE_FILE, Comparison, Finding, Verdict


def finding(verdict: Verdict, kind: str = "key twice", what: str = "order id twice") -> Finding:
    """Something that was found, or not."""
    return Finding(kind=kind, what=what, where="2026-03-03 line 7", verdict=verdict)


def made(*findings: Finding, differing: tuple[str, ...] = ()) -> Comparison:
    """A comparison of these."""
    return Comparison(findings=findings, differing=differing)


def test_score_says_what_it_all_comes_to() -> None:
    """All found and no false alarm has its mark; anything else has another one."""
    found, otherwise, missed, alarm = (finding(verdict) for verdict in Verdict)

    assert "✓ found 2 of 2 planted errors, false alarms 0" == score(made(found, found)).plain
    assert "✗ found 1 of 2 planted errors, false alarms 0" == score(made(found, missed)).plain
    assert "✗ found 1 of 1 planted errors, false alarms 1" == score(made(found, alarm)).plain
    assert "✗ found 1 of 2 planted errors, false alarms 0, 1 found for other reasons" == (
        score(made(found, otherwise)).plain
    )
    assert "✗ found 1 of 1 planted errors, false alarms 0" == score(made(found, differing=("x",))).plain


def test_tallies_count_by_kind() -> None:
    """Whole files first, then the most frequent kind; a false alarm is of no kind that was planted."""
    comparison = made(
        finding(Verdict.FOUND),
        finding(Verdict.MISSED, what="payment twice"),
        finding(Verdict.FOUND, kind=WHOLE_FILE, what="comes late"),
        finding(Verdict.FOUND, kind="value missing", what="status missing"),
        finding(Verdict.FALSE_ALARM, kind="not of its type", what="in quarantine"),
    )
    stream = StringIO()
    Console(file=stream, width=100).print(tallies(comparison))
    rows = [" ".join(line.split()) for line in stream.getvalue().splitlines()[2:]]

    assert [
        "whole file 1 1 comes late",
        "key twice 2 1 order id twice, payment twice",
        "value missing 1 1 status missing",
    ] == rows


def test_deviations_tell_what_is_not_as_planned() -> None:
    """Each on a line, and of very many the first ones and their number."""
    missed = finding(Verdict.MISSED)

    assert [] == deviations(made(finding(Verdict.FOUND)))
    assert ["  2026-03-03 line 7: not found: order id twice", "  one row more"] == [
        line.plain for line in deviations(made(missed, differing=("one row more",)))
    ]
    many = [line.plain for line in deviations(made(*[missed] * (LISTED + 3)))]
    assert (LISTED + 1, "  and 3 more") == (len(many), many[-1])
