from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold, Unit
from airflow_dataops.core.contract.model import Measure, Severity
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.contract.model import QualityRule

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: order id
        logicalType: string
        required: true
      - name: amount
        logicalType: number
    quality:
      - {type: custom, engine: common.dataquality, implementation: rules/orders.ruleset.yaml}
"""


def write(folder: Path, *rules: str, contract: str = CONTRACT) -> Path:
    """Write a contract and its rule set, one rule a line from line 3 on, and return the contract's file."""
    file = folder / "orders.odcs.yaml"
    file.write_text(contract)
    (folder / "rules").mkdir(exist_ok=True)
    lines = ("name: orders", "rules:" if rules else "rules: []", *(f"  - {{{rule}}}" for rule in rules))
    (folder / "rules" / "orders.ruleset.yaml").write_text("\n".join(lines) + "\n")
    return file


def rules_of(folder: Path, *rules: str) -> tuple[QualityRule, ...]:
    """The rules that a set comes to."""
    return read_contract(write(folder, *rules))[0].datasets[0].rules


def errors_of(folder: Path, *rules: str, contract: str = CONTRACT) -> list[str]:
    """The errors of a set, without the folder."""
    with pytest.raises(DocumentError) as caught:
        read_contract(write(folder, *rules, contract=contract))
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def limit(operator: Operator, *bounds: str, unit: Unit = Unit.ROWS) -> Threshold:
    """A threshold."""
    return Threshold(operator, tuple(Decimal(bound) for bound in bounds), unit)


CHECKS = {
    "null_count": (
        "column: amount, condition: {equal_to: 0}",
        (Measure.NULL_VALUES, NONE, ("amount",), ""),
    ),
    "null_ratio": (
        "column: amount, condition: {leq_to: 0.05}",
        (
            Measure.NULL_VALUES,
            limit(Operator.MUST_BE_LESS_OR_EQUAL_TO, "5", unit=Unit.PERCENT),
            ("amount",),
            "",
        ),
    ),
    "distinct_count": (
        "column: order id, condition: {geq_to: 2}",
        (
            Measure.SQL,
            limit(Operator.MUST_BE_GREATER_OR_EQUAL_TO, "2"),
            ("order id",),
            'SELECT COUNT(DISTINCT "order id") FROM {object}',
        ),
    ),
    "unique_violations": (
        "column: order id, condition: {equal_to: 0}",
        (Measure.DUPLICATE_VALUES, NONE, ("order id",), ""),
    ),
    "min": (
        "column: amount, condition: {geq_to: 0}",
        (
            Measure.SQL,
            limit(Operator.MUST_BE_GREATER_OR_EQUAL_TO, "0"),
            ("amount",),
            'SELECT MIN("amount") FROM {object}',
        ),
    ),
    "max": (
        "column: amount, condition: {less_than: 1e6}",
        (
            Measure.SQL,
            limit(Operator.MUST_BE_LESS_THAN, "1e6"),
            ("amount",),
            'SELECT MAX("amount") FROM {object}',
        ),
    ),
    "mean": (
        "column: amount, condition: {greater_than: 1.10}",
        (
            Measure.SQL,
            limit(Operator.MUST_BE_GREATER_THAN, "1.10"),
            ("amount",),
            'SELECT AVG("amount") FROM {object}',
        ),
    ),
    "row_count": (
        "condition: {greater_than: 0}",
        (Measure.ROW_COUNT, limit(Operator.MUST_BE_GREATER_THAN, "0"), (), ""),
    ),
    "custom_sql": (
        "sql: SELECT COUNT(*) FROM orders WHERE amount < 0, condition: {equal_to: 0}",
        (Measure.SQL, NONE, (), "SELECT COUNT(*) FROM {object} WHERE amount < 0"),
    ),
}


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_is_measured(check, tmp_path) -> None:
    """A check becomes the measure of ours that comes to the same number."""
    given, expected = CHECKS[check]

    (rule,) = rules_of(tmp_path, f"name: mine, check: {check}, {given}")

    assert ("mine", Severity.ERROR) == (rule.id, rule.severity)
    assert expected == (rule.measure, rule.threshold, rule.columns, rule.query)
    assert rule.place.endswith("rules/orders.ruleset.yaml:3:5")


def test_a_few_repeated_values_may_be_allowed(tmp_path) -> None:
    """Then the number is the provider's: how many values there are too many."""
    (rule,) = rules_of(
        tmp_path, "name: mine, check: unique_violations, column: order id, condition: {less_than: 5}"
    )

    assert 'SELECT COUNT("order id") - COUNT(DISTINCT "order id") FROM {object}' == rule.query


def test_severity_and_dimension_are_kept(tmp_path) -> None:
    """A warning stays one."""
    (rule,) = rules_of(
        tmp_path, "name: a, check: row_count, condition: {equal_to: 1}, severity: warn, dimension: validity"
    )

    assert (Severity.WARNING, "validity") == (rule.severity, rule.dimension)


CONDITIONS = {
    "{equal_to: 10, tolerance: 0.1}": limit(Operator.MUST_BE_BETWEEN, "9.0", "11.0"),
    "{equal_to: -10, tolerance: 0.1}": limit(Operator.MUST_BE_BETWEEN, "-11.0", "-9.0"),
    "{equal_to: 0, tolerance: 0.1}": limit(Operator.MUST_BE, "0"),
    "{geq_to: 10, tolerance: 0.1}": limit(Operator.MUST_BE_GREATER_OR_EQUAL_TO, "9.0"),
    "{geq_to: -10, tolerance: 0.1}": limit(Operator.MUST_BE_GREATER_OR_EQUAL_TO, "-11.0"),
    "{less_than: 10, tolerance: 0.1}": limit(Operator.MUST_BE_LESS_THAN, "11.0"),
    "{geq_to: 1, leq_to: 3}": limit(Operator.MUST_BE_BETWEEN, "1", "3"),
    "{geq_to: 10, leq_to: 10.5, tolerance: 0.1}": limit(Operator.MUST_BE_BETWEEN, "9.0", "11.55"),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_and_tolerance(condition, tmp_path) -> None:
    """A tolerance loosens a bound by its share of the bound's size, on the right side of zero, exactly."""
    (rule,) = rules_of(tmp_path, f"name: a, check: mean, column: amount, condition: {condition}")

    assert CONDITIONS[condition] == rule.threshold


WRONG = (
    ("name: a, check: nul_count, column: amount, condition: {equal_to: 0}", "Did you mean `null_count`?"),
    ("name: b, check: null_count, colum: amount, condition: {equal_to: 0}", "Did you mean `column`?"),
    ("name: c, check: null_count, column: amout, condition: {equal_to: 0}", "Did you mean `amount`?"),
    (
        "name: d, check: max, column: order id, condition: {equal_to: 0}",
        "`order id` is string in the contract",
    ),
    ("name: e, check: row_count, column: amount, condition: {equal_to: 0}", "a rule of the whole table"),
    ("name: f, check: row_count, condition: {greater_than: 0, less_than: 9}", "Write one rule for each."),
    ("name: g, check: row_count, condition: {}", "Add one, such as `equal_to: 0`."),
    ("name: h, check: custom_sql, condition: {equal_to: 0}", "`sql` is missing"),
    ("name: i, check: custom_sql, sql: SELECT COUNT(*) FROM b, condition: {equal_to: 0}", "reads `b`"),
    ("name: j, check: row_count, sql: SELECT 1, condition: {equal_to: 0}", "`sql` belongs to `custom_sql`"),
    ("name: k, check: row_count, condition: {equal_to: 1, tolerance: -1}", "`tolerance` is below 0"),
    ("name: l, check: row_count, condition: {geq_to: 3, leq_to: 1}", "no number is between them"),
    ("name: m, check: row_count, condition: {equal_to: x}", "`equal_to` must be a number"),
    ("name: n, check: row_count, condition: {equal_to: 1}, severity: info", "must be `warn` or `error`"),
    ("name: o, check: null_count, condition: {equal_to: 1}", "`column` is missing"),
    ("name: p, check: row_count", "`condition` is missing"),
    ("check: row_count, condition: {equal_to: 1}", "`name` is missing"),
)


def test_everything_wrong_is_told_at_once(tmp_path) -> None:
    """Each rule at its line, with what is wrong or what was meant."""
    found = errors_of(tmp_path, *(rule for rule, _ in WRONG))

    for line, (_, expected) in enumerate(WRONG, start=3):
        place = f"rules/orders.ruleset.yaml:{line}:"
        told = [problem for problem in found if problem.startswith(place) and expected in problem]
        assert 1 == len(told), (line, found)


ELSEWHERE = {
    "no rule": ((), CONTRACT, "the rule set has no rule"),
    "one name twice": (
        ("name: a, check: row_count, condition: {equal_to: 1}",) * 2,
        CONTRACT,
        "rules/orders.ruleset.yaml:4:5: the name `a` is that of another rule",
    ),
    "the name of a promise of the schema": (
        ("name: order id.required, check: row_count, condition: {equal_to: 1}",),
        CONTRACT,
        "the name `order id.required` is that of another rule",
    ),
    "no such file": (
        (),
        CONTRACT.replace("rules/orders", "orders"),
        "there is no file orders.ruleset.yaml",
    ),
    "no file": (
        (),
        CONTRACT.replace("rules/orders.ruleset.yaml", "{a: 1}"),
        "`implementation` must be a file, it is a mapping",
    ),
    "under a column": (
        (),
        CONTRACT.replace("    quality:\n      - ", "        quality:\n          - "),
        "a rule set belongs to a dataset",
    ),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_set_that_can_not_be_used_is_an_error(case, tmp_path) -> None:
    """Nothing of it passes silently."""
    rules, contract, expected = ELSEWHERE[case]

    assert expected in "\n".join(errors_of(tmp_path, *rules, contract=contract))


def test_a_changed_set_is_a_changed_contract(tmp_path) -> None:
    """What was audited by other rules must not be published."""
    before = read_contract(write(tmp_path, "name: a, check: row_count, condition: {equal_to: 1}"))[0]
    after = read_contract(write(tmp_path, "name: a, check: row_count, condition: {equal_to: 2}"))[0]

    assert before.fingerprint != after.fingerprint
