from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from airflow_dataops.core.contract.options import Options
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import DocumentError

HEAD = "kind: DataContract\nid: orders\nversion: 1.0.0\n"
ORDERS = """\
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
"""
"""Its lines are 5 to 8 after a version, the head and a status."""

INTEGER = "{name: n, logicalType: integer, logicalTypeOptions: {exclusiveMinimum: ?}}"


@pytest.fixture
def said(tmp_path):
    """Return what is said of a contract of a version: errors, or else warnings."""

    def said(version: str, text: str) -> list[str]:
        file = tmp_path / "orders.odcs.yaml"
        file.write_text(f"apiVersion: {version}\n{HEAD}{text}")
        try:
            problems = read_contract(file)[1]
        except DocumentError as error:
            problems = error.problems
        return [str(problem).removeprefix(f"{file}:") for problem in problems]

    return said


def late(what: str, since: str, named: str) -> str:
    """Return the warning of something that came later."""
    return f"{what} came with {since}, and this file says {named}. Write `apiVersion: {since}`."


LATER = {
    "a key": (
        "v3.0.2",
        f"status: a\n{ORDERS}        id: x\n".replace("true}\n        id: x", "true, id: x}"),
        ["9:57: " + late("`id`", "v3.1.0", "v3.0.2")],
    ),
    "a key of v3.0.2": (
        "v3.0.1",
        f"status: a\n{ORDERS}".replace("true}", "true, physicalName: id}"),
        ["9:57: " + late("`physicalName`", "v3.0.2", "v3.0.1")],
    ),
    "a logical type": (
        "v3.0.2",
        f"status: a\n{ORDERS}".replace("string", "timestamp"),
        ["9:20: " + late("`logicalType: timestamp`", "v3.1.0", "v3.0.2")],
    ),
    "a team with members": (
        "v3.0.2",
        f"status: a\n{ORDERS}team: {{name: x}}\n",
        ["10:1: " + late("`team` with `members`", "v3.1.0", "v3.0.2")],
    ),
    "a bound of its own": (
        "v3.0.2",
        f"status: a\n{ORDERS}      - {INTEGER.replace('?', '1')}\n",
        ["10:62: " + late("`exclusiveMinimum` as a bound of its own", "v3.1.0", "v3.0.2")],
    ),
}


@pytest.mark.parametrize(("version", "text", "expected"), LATER.values(), ids=LATER)
def test_what_came_later_is_read_with_a_warning(said, version, text, expected):
    """A key, a value or a form that is younger than the file's version is read, and named."""
    assert expected == said(version, text)


ASKED = {
    "status before v3.2.0": ("v3.1.0", ORDERS, ["1:1: `status` is missing"]),
    "no status in v3.2.0": ("v3.2.0", ORDERS, []),
    "the address of a channel in v3.0": (
        "v3.0.2",
        f"status: a\n{ORDERS}support: [{{channel: x}}]\n",
        ["10:11: `url` is missing"],
    ),
    "no address of a channel in v3.1.0": ("v3.1.0", f"status: a\n{ORDERS}support: [{{channel: x}}]\n", []),
    "no user name in v3.0": ("v3.0.2", f"status: a\n{ORDERS}team: [{{role: owner}}]\n", []),
    "a user name in v3.1.0": (
        "v3.1.0",
        f"status: a\n{ORDERS}team: {{members: [{{role: owner}}]}}\n",
        ["10:18: `username` is missing"],
    ),
    "values beside a rule in v3.0": (
        "v3.0.2",
        f"status: a\n{ORDERS}        quality: [{{rule: validValues, validValues: [a]}}]\n".replace(
            "true}\n        q", "true, q"
        ).replace("}]\n", "}]}\n"),
        [],
    ),
    "values beside a rule in v3.1.0": (
        "v3.1.0",
        f"status: a\n{ORDERS}    quality: [{{metric: rowCount, mustBe: 1, validValues: [a]}}]\n",
        [
            (
                "10:45: `validValues` became one of the `arguments` in v3.1.0. "
                "Write `arguments: {validValues: [a, b]}`."
            )
        ],
    ),
    "a bound that is a flag in v3.1.0": (
        "v3.1.0",
        f"status: a\n{ORDERS}      - {INTEGER.replace('?', 'true')}\n",
        [
            (
                "10:80: `exclusiveMinimum` must be the bound itself, it is true. "
                "From v3.1.0 on, write `exclusiveMinimum: 10` instead of `minimum: 10` "
                "and `exclusiveMinimum: true`."
            )
        ],
    ),
}


@pytest.mark.parametrize(("version", "text", "expected"), ASKED.values(), ids=ASKED)
def test_each_version_asks_for_its_own_keys(said, version, text, expected):
    """What a version of the standard asks for must be there, and what another asks for need not."""
    assert expected == said(version, text)


FLAGGED = {
    "an open end": (
        "integer",
        "{minimum: 1, exclusiveMinimum: true, maximum: 9}",
        Options(exclusive_minimum=Decimal(1), maximum=Decimal(9)),
    ),
    "an open end of dates": (
        "date",
        '{maximum: "2026-01-01", exclusiveMaximum: true}',
        Options(exclusive_maximum=date(2026, 1, 1)),
    ),
    "a closed end": (
        "integer",
        "{minimum: 1, exclusiveMinimum: false}",
        Options(minimum=Decimal(1)),
    ),
    "an open end of nothing": ("integer", "{exclusiveMinimum: true}", Options()),
}


@pytest.mark.parametrize(("logical", "options", "expected"), FLAGGED.values(), ids=FLAGGED)
def test_exclusive_bounds_are_flags_in_v30(tmp_path, logical, options, expected):
    """Before v3.1.0 `exclusiveMinimum: true` makes an exclusive bound of `minimum`."""
    file = tmp_path / "orders.odcs.yaml"
    column = f"      - {{name: n, logicalType: {logical}, logicalTypeOptions: {options}}}\n"
    file.write_text(f"apiVersion: v3.0.2\n{HEAD}status: a\n{ORDERS}{column}")
    contract, warnings = read_contract(file)
    assert () == warnings
    assert expected == contract.datasets[0].columns[1].options
