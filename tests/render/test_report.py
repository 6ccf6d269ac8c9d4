from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import StringIO

import pytest
from rich.console import Console

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.streak import NOT_KEPT, Streak
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.report import BrokenRule, MendedRule, PartitionReport, Standing
from airflow_dataops.render.report import MARKS, STYLES, report_rows, report_table, rules_table, status

ROW = PartitionReport(
    batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
    standing=Standing.PUBLISHED,
    stage=None,
    landed=1501,
    published=1470,
    version=3,
    quarantined=31,
    unparsable=4,
    broken=(
        BrokenRule(stage=Stage.VERIFY, rule="amount.type", status=Status.FAILED, failing=27),
        BrokenRule(stage=Stage.VERIFY, rule="enough", status=Status.FAILED, failing=0),
        BrokenRule(stage=Stage.GATE, rule="schema.extra", status=Status.WARNING, failing=0),
    ),
    freshness=Fraction(11520),
    duplicate_of=None,
    quarantine="/quarantine/x.parquet",
)
OPEN = replace(
    ROW,
    batch=replace(ROW.batch, partition="2026-03-04"),
    standing=Standing.OPEN,
    published=None,
    version=None,
    quarantined=None,
    unparsable=None,
    broken=(),
    freshness=None,
    quarantine="",
)


def printed(*rows: PartitionReport, width: int = 120) -> list[str]:
    """The table as it goes into a pipe, without the blanks at the ends of lines."""
    stream = StringIO()
    Console(file=stream, width=width).print(report_table(rows, width=width))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_report_table_has_a_line_for_each_partition_and_one_for_all() -> None:
    """Plain text without colour codes, a dash for what is not known, and the sums."""
    head, _, first, second, _, total = printed(ROW, OPEN, width=140)

    assert "partition status landed published quarantined freshness rules rows by rule" == " ".join(
        head.split()
    )
    assert (
        "2026-03-03 ✓ published 1,501 1,470 31 3 h 12 min 2 amount.type 27, enough; warned by schema.extra"
        == " ".join(first.split())
    )
    assert "2026-03-04 … nothing yet 1,501 – – – –" == " ".join(second.split())  # noqa: RUF001 - dashes
    assert "total 1 of 2 published 3,002 1,470 31" == " ".join(total.split())


def test_report_table_fits_into_eighty_characters() -> None:
    """Without room for them the rules are left out; no line is wrapped or cut."""
    failed = replace(ROW, standing=Standing.FAILED, stage=Stage.VERIFY, freshness=Fraction(86399))
    lines = printed(ROW, failed, width=80)

    assert 6 == len(lines)
    assert max(map(len, lines)) <= 80
    assert not any("…" in line or "rules" in line or "amount.type" in line for line in lines)
    assert lines[3].endswith("23 h 59 min")


def test_report_table_names_teams_and_datasets_where_there_are_several() -> None:
    """One team and one dataset are not repeated on each line."""
    other = replace(ROW, batch=replace(ROW.batch, team="mill", dataset="returns"))

    assert "team dataset partition" == " ".join(printed(ROW, other)[0].split()[:3])
    assert "partition" == printed(ROW)[0].split()[0]


JUDGED = replace(
    OPEN,
    batch=replace(OPEN.batch, partition="2026-03-05"),
    standing=Standing.KEPT,
    landed=None,
    judged=60,
    judged_at=datetime(2026, 3, 5, tzinfo=UTC),
)


def test_rows_that_are_only_judged_have_counts_of_their_own() -> None:
    """Nothing of them is to land or to be published, so no line speaks of that."""
    head, _, _, _, _, total = printed(JUDGED, replace(JUDGED, standing=Standing.FAILED, stage=Stage.CHECK))

    assert "partition status judged quarantined freshness rules rows by rule" == " ".join(head.split())
    assert "total 1 of 2 kept 120 0" == " ".join(total.split())


def test_a_product_can_have_both_kinds_of_partitions() -> None:
    """Each kind has its sum."""
    lines = printed(ROW, JUDGED, width=140)

    assert "partition status judged landed published" == " ".join(lines[0].split()[:5])
    assert (True, True) == ("1 of 1 published" in lines[-2], "1 of 1 kept" in lines[-1])


def test_rules_of_a_partition_are_never_cut() -> None:
    """Where there is no room on one line, there are several."""
    rules = tuple(replace(ROW.broken[0], rule=f"a_column_of_some_name_{at}.required") for at in range(9))
    lines = printed(replace(ROW, broken=rules), width=100)

    text = "".join("".join(lines).split())
    assert all(rule.rule in text for rule in rules)
    assert "…" not in text


@pytest.mark.parametrize(
    ("standing", "stage", "expected"),
    [
        (Standing.PUBLISHED, None, "published"),
        (Standing.FAILED, Stage.GATE, "failed at gate"),
        (Standing.NOT_EVALUATED, Stage.VERIFY, "no verdict at verify"),
        (Standing.DUPLICATE, None, "duplicate"),
        (Standing.OPEN, Stage.VERIFY, "verify passed"),
        (Standing.OPEN, None, "nothing yet"),
    ],
)
def test_status_says_in_words_what_the_mark_says(standing, stage, expected) -> None:
    """Without colours and without the mark nothing is lost."""
    assert expected == status(replace(ROW, standing=standing, stage=stage))


def test_every_standing_has_a_mark_of_its_own() -> None:
    """A new standing must not fail the table, nor look like another one."""
    assert set(Standing) == set(MARKS)
    assert len(MARKS) == len({mark for mark, _ in MARKS.values()})


def test_a_duplicate_names_the_other_partition() -> None:
    """Whose bytes came again is the reason."""
    row = replace(OPEN, standing=Standing.DUPLICATE, duplicate_of="2026-03-01")

    assert "same bytes as 2026-03-01" in printed(row)[2]


def test_report_rows_are_plain_json() -> None:
    """Programs get every number and every rule, and null for what is not known."""
    first, second = json.loads(json.dumps(report_rows([ROW, OPEN])))

    assert ("published", None, 1470, 11520.0) == (
        first["status"],
        first["stage"],
        first["published"],
        first["freshness_seconds"],
    )
    rule = {"stage": "verify", "rule": "amount.type", "status": "failed", "failing": 27, "observed": ""}
    assert rule | {"percent": None, "runs": None} == first["rules"][0]
    assert 3 == len(first["rules"])
    assert (None, None, []) == (second["published"], second["quarantine"], second["rules"])


STREAKS = replace(
    ROW,
    broken=(
        BrokenRule(
            stage=Stage.VERIFY,
            rule="amount.[red]",
            status=Status.FAILED,
            failing=1027,
            percent=Fraction(1, 300),
            streak=Streak(3),
        ),
        BrokenRule(
            stage=Stage.VERIFY, rule="enough", status=Status.FAILED, failing=0, observed="3", streak=Streak(1)
        ),
        BrokenRule(
            stage=Stage.VERIFY,
            rule="all_null",
            status=Status.WARNING,
            failing=0,
            observed="no value in any row: note",
            streak=Streak(1),
        ),
    ),
    mended=(MendedRule(stage=Stage.AUDIT, rule="city.required", streak=Streak(2, mended=True)),),
    judged_at=datetime(2026, 3, 4, 6, tzinfo=UTC),
)


def rules(*rows: PartitionReport, width: int = 120) -> list[str]:
    """The table of the last runs' rules as it goes into a pipe, with single blanks."""
    stream = StringIO()
    table = rules_table(rows)
    assert table is not None
    Console(file=stream, width=width).print(table)
    return [" ".join(line.split()) for line in stream.getvalue().splitlines()]


def test_report_table_tells_how_old_each_failure_is() -> None:
    """Beside each rule stand its runs; behind them what warns, and what is kept again."""
    line = " ".join(printed(STREAKS, width=200)[2].split())

    assert line.endswith(
        "2 amount.[red] 1027 (3 runs), enough 3 (new); warned by all_null; mended city.required"
    )


def test_rules_table_says_what_the_last_run_found() -> None:
    """Every rule that was not kept, with its share of rows and its age, and every one that is kept again."""
    older = replace(STREAKS, judged_at=STREAKS.judged_at - timedelta(days=1))

    assert [
        "last run rule found stage for how long",
        "2026-03-03 amount.[red] 1,027 rows, < 0.01 % verify failing for 3 runs",
        "2026-03-03 enough 3 verify new",
        "2026-03-03 all_null no value in any row: note verify new",
        "2026-03-03 city.required kept audit mended after 2 runs",
    ] == [line for line in rules(STREAKS, replace(older, broken=())) if "─" not in line]


def test_rules_table_fits_into_eighty_characters() -> None:
    """What was found goes on below, and is cut where it is long; a rule and its age never are."""
    observed = f"no value in any row: {', '.join(f'column_{number}' for number in range(99))}"
    long = replace(STREAKS, broken=(replace(STREAKS.broken[2], observed=observed),), mended=())
    head, _, first, *more = rules(long, width=80)

    assert max(map(len, (head, first, *more))) <= 80
    assert first.startswith("2026-03-03 all_null no value in any row: column_0,")
    assert first.endswith(" verify new")
    assert more[-1].endswith(" …")
    assert len(more) < 8


def test_rules_table_says_how_many_it_leaves_out() -> None:
    """A run that broke a thousand rules doesn't flood the terminal, nor hide that there are more."""
    many = tuple(replace(STREAKS.broken[1], rule=f"r{number}") for number in range(1000))
    lines = rules(replace(STREAKS, broken=many, mended=()))

    assert "2026-03-03 … and 980 more" == lines[-1]
    assert 23 == len(lines)


def test_rules_table_is_left_out_where_there_is_nothing_to_say() -> None:
    """Green needs no table."""
    assert rules_table([replace(STREAKS, broken=(), mended=())]) is None
    assert rules_table([replace(STREAKS, judged_at=None)]) is None


def test_every_status_that_is_not_kept_has_a_style() -> None:
    """A rule of any status can be shown."""
    assert set(STYLES) == NOT_KEPT


def test_report_rows_tell_shares_and_runs() -> None:
    """Programs get the share as a number, how many runs, and what was mended."""
    (row,) = json.loads(json.dumps(report_rows([STREAKS])))

    assert [(1 / 300, 3), (None, 1), (None, 1)] == [(rule["percent"], rule["runs"]) for rule in row["rules"]]
    assert [{"stage": "audit", "rule": "city.required", "runs": 2}] == row["mended"]
