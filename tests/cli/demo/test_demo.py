from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.cli import main as program
from airflow_dataops.cli.demo.demo import judge
from airflow_dataops.cli.demo.sample import HOME, Sample
from airflow_dataops.cli.demo.truth import Verdict

BIN = Path(sys.executable).parent
WAITED = frozenset({"2026-03-12"})


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, str]:
    """The folder in which the demo was called, and what it printed; it ended with 0."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [BIN / "airflow-dataops", "demo"],
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1000,
    )
    assert 0 == done.returncode, done.stdout
    return folder, done.stdout


@pytest.mark.e2e
def test_demo_finds_all_that_was_planted_and_no_more(demo) -> None:
    """Fourteen days through a real Airflow: all planted errors, no false alarm, counts as they must be."""
    folder, printed = demo
    days = Sample(folder / HOME).days()
    planted = sum(len(day.wrong) + (day.outcome != "published") for day in days)

    assert f"✓ found {planted} of {planted} planted errors, false alarms 0" in printed
    for day in days:
        word = {"published": "✓ published", "late": "✓ published", "duplicate": "↷ duplicate"}
        expected = word.get(day.outcome, f"✗ failed at {day.stage}")
        [line] = re.findall(rf"^{day.partition}.*$", printed, re.MULTILINE)
        assert f"{day.partition} {expected} {day.rows:,}" in " ".join(line.split())
    assert "\x1b" not in printed


@pytest.mark.e2e
def test_demo_says_where_to_look_next_with_commands_that_work(demo) -> None:
    """Each command that it prints can be pasted, and shows what it says."""
    folder, printed = demo
    commands = re.findall(r"^ {4}(\S*python -c .*|AIRFLOW_HOME=.*)$", printed, re.MULTILINE)

    published, quarantine, report = [
        subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S602 - it is our own
        for command in commands
    ]

    rows = sum(day.published for day in Sample(folder / HOME).days())
    assert f"shape: ({rows:_}, 4)" in published
    assert "dataops_rules" in quarantine
    assert "11 of 14 published" in report
    events = (folder / HOME / "lineage.jsonl").read_text().splitlines()
    assert {"START", "COMPLETE", "FAIL"} <= {json.loads(event)["eventType"] for event in events}


@pytest.mark.e2e
def test_demo_notices_when_something_else_was_planted(demo) -> None:
    """Another truth gives another verdict: a missed error, a false alarm, a wrong count."""
    folder, _ = demo
    sample = Sample(folder / HOME)
    file = sample.folder / "truth.json"
    kept = file.read_text()
    truth = json.loads(kept)
    truth["days"][0]["wrong"][0]["line"] += 1
    truth["days"][1]["wrong"][0]["rules"] = ["other"]
    truth["days"][2]["published"] -= 1
    file.write_text(json.dumps(truth))
    try:
        _, comparison = judge(sample, waited=WAITED)
    finally:
        file.write_text(kept)

    assert not comparison.holds
    counted = [comparison.count(verdict) for verdict in Verdict]
    assert [comparison.planted - 2, 1, 1, 1] == counted
    assert 1 == len(comparison.differing)
    assert judge(sample, waited=WAITED)[1].holds
    assert not judge(sample, waited=frozenset())[1].holds


def test_demo_leaves_a_folder_alone_that_is_not_ours(tmp_path, capsys) -> None:
    """One line, and nothing is deleted."""
    (tmp_path / "thesis.txt").write_text("years of work")

    assert program.UNREADABLE == program.main(["demo", "--home", str(tmp_path)])
    assert "was not made by the demo, so it is left alone" in capsys.readouterr().err
    assert ["thesis.txt"] == [file.name for file in tmp_path.iterdir()]
