from __future__ import annotations

import json
import time

import pytest

from airflow_dataops.cli.main import main

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
slaProperties:
"""
PIPELINE = "template: batch@1\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"
FRESH = (
    "  - {id: fresh, property: freshness, value: 2, unit: h, "
    "customProperties: [{property: targetPercent, value: %s}]}\n"
)
RUNBOOK = "authoritativeDefinitions: [{type: runbook, url: 'https://wiki.example.com/orders'}]\n"
CONTRACT_AT = "orders/orders.odcs.yaml:10:5"
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: runs, annotations: {airflow-dataops/runbook: "https://wiki.example.com/runs"}}
spec:
  service: %s
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: Airflow, spec: {sli: success}}}
        total: {metricSource: {type: Airflow, spec: {expected: partitions}}}
  objectives: [{target: 0.9}]
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write the files of the product `orders` below the folder in which the program is started."""
    folder = tmp_path / "orders"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)

    def files(levels: str = FRESH % 90, pipeline: str = 'schedule: "@daily"\n', **others: str) -> None:
        (folder / "orders.odcs.yaml").write_text(CONTRACT + levels + RUNBOOK)
        (folder / "orders.dag.yaml").write_text(PIPELINE + pipeline)
        for name, text in others.items():
            (folder / f"{name}.openslo.yaml").write_text(text)

    return files


def lines(capsys, *words: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines of a command."""
    code = main(list(words))
    return code, capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("command", [("slo", "lint"), ("lint",)])
def test_all_is_well(write, capsys, command):
    """A product whose objectives can be kept, with an OpenSLO file beside."""
    write(orders=SLO % "orders")
    assert (0, ["3 files checked: all well."]) == lines(capsys, *command, ".")


@pytest.mark.parametrize("key", ["team", "owner", "pool"])
def test_a_name_that_commands_a_terminal_is_refused(write, capsys, key):
    """An escape in quotes is one, though the file itself holds none."""
    write(pipeline=f'schedule: "@daily"\n{key}: "a\\e[31mb"\n')
    code, (said, _) = lines(capsys, "slo", "lint", ".")
    assert 1 == code
    assert (
        rf"orders/orders.dag.yaml:4:{len(key) + 3}: error: `{key}` must hold no control characters, it is"
        r' the text "a\x1b[31mb".'
    ) == said


def test_the_name_of_a_folder_does_not_command_the_terminal(tmp_path, capsys):
    """It is shown with a mark."""
    (folder := tmp_path / "a\x1b[31mb").mkdir()
    code = main(["lint", str(folder / "none.dag.yaml")])
    out, err = capsys.readouterr()
    assert 3 == code
    assert "a�[31mb" in out
    assert "\x1b" not in out + err


OFTEN = [
    ("* * * * *", "20w", "201,600 times in the 20 weeks"),
    ("*/2 * * * *", "1Y", "262,800 times in the 1 year"),
    ("*/5 * * * *", "1Y", "105,120 times in the 1 year"),
    ("* * * * 1-5", "20w", "144,000 times in the 20 weeks"),
]


@pytest.mark.parametrize(("schedule", "window", "said"), OFTEN)
def test_a_schedule_that_is_due_very_often_is_a_warning(write, capsys, schedule, window, said):
    """With the number of times, since evaluations walk through them all. Lint itself does not."""
    custom = "{property: targetPercent, value: 90}"
    levels = (FRESH % 90).replace(custom, f"{custom}, {{property: window, value: {window}}}")
    write(levels, f'schedule: "{schedule}"\n')
    began = time.process_time()
    code, (warning, _) = lines(capsys, "slo", "lint", ".")
    assert time.process_time() - began < 5
    assert 2 == code
    assert warning.startswith(
        f"{CONTRACT_AT}: warning: the schedule is due some {said} of the objective `fresh`,"
    )


@pytest.mark.parametrize(("schedule", "window"), [("*/5 * * * *", "28d"), ("0 * * * *", "1Y")])
def test_a_schedule_that_is_due_often_is_none(write, capsys, schedule, window):
    """These are counted in a second or two."""
    custom = "{property: targetPercent, value: 90}"
    levels = (FRESH % 90).replace(custom, f"{custom}, {{property: window, value: {window}}}")
    write(levels, f'schedule: "{schedule}"\n')
    assert (0, ["2 files checked: all well."]) == lines(capsys, "slo", "lint", ".")


STUCK = [
    (
        "block_publish",
        "fresh",
        "block_publish below 20 % of fresh",
        "what isn't published gets no fresher",
        "",
    ),
    ("block_publish", "", "block_publish below 20 %", "what isn't published gets no fresher", ": rows"),
    (
        "block_publish",
        "runs",
        "block_publish below 20 % of runs",
        "whose `publish` is blocked is one that",
        "",
    ),
    ("pause", "fresh", "pause below 20 % of fresh", "what isn't run gets no fresher", ""),
]


@pytest.mark.parametrize(("action", "slo", "policy", "why", "others"), STUCK)
def test_a_policy_that_keeps_itself_in_force_is_a_warning(write, capsys, action, slo, policy, why, others):
    """With what to do instead; where it names no budget, also that it could."""
    of = f", slo: {slo}" if slo else ""
    rows = "  - {id: rows, property: completeness, value: 99, unit: percent}\n"
    expected = 'schedule: "@daily"\nexpected: {rows: {history: 8}}\n'
    policies = f"policy: [{{do: {action}, below: 20%{of}}}]\n"
    write(FRESH % 90 + rows, expected + policies, orders=SLO % "orders")
    code, (said, _) = lines(capsys, "slo", "lint", ".")
    assert 2 == code
    assert said.startswith(f"orders/orders.dag.yaml:5:1: warning: `{policy}` keeps itself in force: ")
    assert why in said
    instead = "`require_approval` leaves it to a person"
    assert said.endswith(f"{instead}, or name another budget by `slo:`{others}." if others else f"{instead}.")


@pytest.mark.parametrize(
    "policy", ["do: require_approval", "do: pause, slo: runs", "do: shrink_pool, pool: p, slots: 1"]
)
def test_a_policy_whose_budget_comes_back_is_none(write, capsys, policy):
    """Or is meant for somebody to look at."""
    write(pipeline=f'schedule: "@daily"\npolicy: [{{{policy}, below: 20%}}]\n', orders=SLO % "orders")
    assert (0, ["3 files checked: all well."]) == lines(capsys, "slo", "lint", ".")


def test_a_level_without_a_target_is_a_line_of_slo_lint_alone(write, capsys):
    """Contracts that promise nothing countable are right as well."""
    write("  - {id: fresh, property: freshness, value: 2, unit: h}\n")
    assert (0, ["2 files checked: all well."]) == lines(capsys, "lint", ".")
    assert (
        2,
        [
            (
                f"{CONTRACT_AT}: warning: `fresh` makes no objective: it has no target."
                " Such as `targetPercent: 95`."
            ),
            "2 files checked: 1 warning.",
        ],
    ) == lines(capsys, "slo", "lint", ".")


def test_a_level_that_an_openslo_file_speaks_of_needs_no_target(write, capsys):
    """It is said there how much of it is promised."""
    fresh = SLO.replace("sli: success", "sli: freshness, threshold: 2h") % "orders"
    write("  - {id: fresh, property: freshness, value: 2, unit: h}\n", orders=fresh)
    assert (0, ["3 files checked: all well."]) == lines(capsys, "slo", "lint", ".")


@pytest.mark.parametrize("command", [("slo", "lint"), ("lint",)])
def test_rows_that_somebody_counts(write, capsys, command):
    """An objective on completeness of a product that says who knows how many rows there are."""
    write(
        "  - {id: whole, property: completeness, value: 99, unit: percent}\n",
        'schedule: "@daily"\nexpected: {rows: {history: 8}}\n',
    )
    assert (0, ["2 files checked: all well."]) == lines(capsys, *command, ".")


@pytest.mark.parametrize(("percent", "code"), [("99.9", 0), ("99.99", 2)])
def test_many_deliveries_are_counted_in_a_part_of_the_window(write, capsys, percent, code):
    """A year has 8,760 hours, of which one in a thousand may fail, and not one in ten thousand."""
    levels = (FRESH % percent).replace("]}", ", {property: window, value: 1Y}]}")
    write(levels, "schedule: '*/15 * * * *'\nparams: {grain: hour}\n")
    found, told = lines(capsys, "slo", "lint", ".")
    assert code == found
    assert code == 0 or "99.99 % of 8760 expected in 1 year" in told[0]


WARNED = {
    "too small a budget": (
        {"levels": FRESH % "99.9"},
        [
            (
                f"{CONTRACT_AT}: warning: the objective `fresh` allows no failure at all: 99.9 %"
                " of 28 expected in 28 days leave 0.028 of one."
            )
        ],
    ),
    "too few by a day that is left out": (
        {
            "levels": FRESH % "96.4",
            "pipeline": 'schedule: "@daily"\nexpected: {exclude: [2000-01-01/2099-01-01]}\n',
        },
        [f"{CONTRACT_AT}: warning: the objective `fresh` has no budget: nothing is expected in 28 days."],
    ),
    "a window shorter than the schedule": (
        {"pipeline": 'schedule: "@yearly"\n'},
        [f"{CONTRACT_AT}: warning: the objective `fresh` has no budget: nothing is expected in 28 days."],
    ),
    "few by what it follows": (
        {"levels": FRESH % "99.9", "pipeline": "depends_on: [others]\n"},
        [
            (
                f"{CONTRACT_AT}: warning: the objective `fresh` allows no failure at all: 99.9 %"
                " of 28 expected in 28 days leave 0.028 of one."
            )
        ],
    ),
    "nothing expected": (
        {"pipeline": ""},
        [
            (
                "orders/orders.dag.yaml:1:1: warning: nothing says when deliveries are expected, so that no"
                ' budget is counted. Write `expected: {schedule: "@daily"}`, or a `schedule`.'
            )
        ],
    ),
    "days that never match": (
        {"levels": FRESH % 70, "pipeline": 'schedule: "0 0 * * 1"\nexpected: {exclude: [2026-12-25]}\n'},
        [
            (
                "orders/orders.dag.yaml:4:12: warning: nothing would be expected on 2026-12-25, so that"
                " leaving out changes nothing."
            )
        ],
    ),
    "ranges that never match": (
        {
            "levels": FRESH % 70,
            "pipeline": 'schedule: "0 0 * * 1"\nexpected: {exclude: [2026-12-25, 2026-12-29/2026-12-31]}\n',
        },
        [
            (
                "orders/orders.dag.yaml:4:12: warning: nothing would be expected on any of these 4 days, so"
                " that leaving out changes nothing."
            )
        ],
    ),
    "rows that nobody counts": (
        {"levels": "  - {id: whole, property: completeness, value: 99, unit: percent}\n"},
        [
            (
                f"{CONTRACT_AT}: warning: nobody says how many rows `whole` should find, so that nothing is"
                " complete. Write `expected: {rows: …}`"
            )
        ],
    ),
    "both files": (
        {"orders": SLO.replace("sli: success", "sli: freshness, threshold: 1h") % "orders"},
        [
            (
                f"{CONTRACT_AT}: warning: `fresh` doesn't count: orders/orders.openslo.yaml:13:16"
                " speaks of freshness, too."
            )
        ],
    ),
}


@pytest.mark.parametrize("command", [("slo", "lint"), ("lint",)])
@pytest.mark.parametrize(("files", "expected"), WARNED.values(), ids=WARNED)
def test_what_can_be_kept_by_nobody(write, capsys, files, expected, command):
    """Budgets without room for one failure, and what expects nothing, are warnings."""
    write(**files)
    code, found = lines(capsys, *command, "orders")
    assert 2 == code
    for start, line in zip(expected, found[:-1], strict=True):
        assert line.startswith(start)


WRONG = {
    "an unknown product": (
        {"orders": SLO % "sales"},
        "orders/orders.openslo.yaml:13:16: error: there is no product `sales` here.",
    ),
    "a target of all": (
        {"levels": FRESH % "100"},
        "orders/orders.odcs.yaml:10:109: error: `targetPercent` must be below",
    ),
    "a policy on nothing": (
        {"pipeline": 'schedule: "@daily"\npolicy: [{do: pause, below: 1%, slo: x}]\n'},
        "orders/orders.dag.yaml:4:1: error: `policy` names no objective by `slo: x`.",
    ),
    "no OpenSLO": (
        {"orders": "kind: SLOs\n"},
        "orders/orders.openslo.yaml:1:7: error: `kind` must be one of OpenSLO's",
    ),
}


@pytest.mark.parametrize("command", [("slo", "lint"), ("lint",)])
@pytest.mark.parametrize(("files", "start"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(write, capsys, files, start, command):
    """It is an error, once, with its place."""
    write(**files)
    code, found = lines(capsys, *command, ".")
    assert 1 == code
    assert 1 == len([line for line in found if line.startswith(start)]), found


@pytest.mark.parametrize("command", [("slo", "lint"), ("lint",)])
def test_a_broken_product_and_its_broken_openslo_file(write, capsys, command):
    """All that is wrong is said at once, each thing once."""
    write(pipeline="schedule: daily\n", orders=SLO.replace("target: 0.9", "target: 9") % "orders")
    code, found = lines(capsys, *command, ".")
    assert (1, 3) == (code, len(found)), found
    assert found[0].startswith("orders/orders.dag.yaml:3:11: error: `schedule` must be a cron expression")
    assert found[1].startswith(
        "orders/orders.openslo.yaml:13:25: error: `target` must be at least 0 and below 1"
    )


def test_an_openslo_file_alone(write, capsys):
    """It is read with the product in whose folder it lies."""
    write(orders=SLO % "orders")
    assert (0, ["1 file checked: all well."]) == lines(capsys, "slo", "lint", "orders/orders.openslo.yaml")


def test_dags_that_are_no_products(write, tmp_path, capsys):
    """A folder without a pipeline file speaks of DAGs; one that is a product is an error."""
    write()
    (tmp_path / "watched").mkdir()
    file = tmp_path / "watched" / "nightly.openslo.yaml"
    file.write_text(SLO % "nightly")
    assert (0, ["3 files checked: all well."]) == lines(capsys, "lint", ".")
    file.write_text(SLO % "orders")
    code, found = lines(capsys, "lint", ".")
    assert (
        1,
        "watched/nightly.openslo.yaml:13:16: error: `orders` is a product, and this folder is not its.",
    ) == (
        code,
        found[0].split(" Put")[0],
    )


def test_other_forms(write, capsys):
    """The same as one JSON document."""
    write(FRESH % "100")
    assert 1 == main(["slo", "lint", "orders", "--output-format", "json"])
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert ("orders/orders.odcs.yaml", 10, "error") == (problem["file"], problem["line"], problem["severity"])


def test_what_is_not_there(write, capsys):
    """A path that leads nowhere is unreadable."""
    write()
    code, _ = lines(capsys, "slo", "lint", "nowhere.openslo.yaml")
    assert 3 == code
