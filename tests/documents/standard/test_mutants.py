"""Thousands of contracts with one thing changed: we refuse what the JSON Schemas refuse, and no more.

`DATAOPS_MUTANTS=100` makes so many by each operator, of each example in each version, instead of a few.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.documents.odcs import contract as odcs
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.errors import DocumentError
from tests.documents.standard.differences import READ, REFUSED, Reading
from tests.documents.standard.mutants import OPERATORS, Mutant, mutants, stock
from tests.documents.standard.oracle import FILES, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.yaml.node import Node
    from airflow_dataops.errors import Problem
    from tests.documents.standard.mutants import Stock

T = TypeVar("T")

OURS = "every_key.odcs.yaml"
"""An example of ours that has every key of the newest version."""

EACH = int(os.environ.get("DATAOPS_MUTANTS", "2"))
"""Mutants by each operator, of each example in each version."""

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "odcs.md"


class Watched(Findings):
    """Findings that are looked at afterwards: an error carries no warnings."""

    last: Findings

    def __init__(self) -> None:
        super().__init__()
        Watched.last = self


def plain(node: Node) -> Any:
    """Return what stands in a file as JSON has it."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return json.loads(node.value) if isinstance(node.value, Numeral) else node.value


@cache
def examples(shared: Path) -> dict[str, dict[str, Any]]:
    """Return the official examples, and ours; of those with many datasets, the first parts."""
    files = [*sorted((shared / "vectors/odcs/examples").rglob("*.yaml")), Path(__file__).with_name(OURS)]
    found = {file.name: plain(read(file).root) for file in files}
    for contract in found.values():
        if len(contract.get("schema", ())) > 2:
            contract["schema"] = [
                {**dataset, "properties": dataset["properties"][:3]} for dataset in contract["schema"][:2]
            ]
    return found


@cache
def had(shared: Path) -> Stock:
    """Return what the examples have."""
    return stock(examples(shared).values())


def judge(shared: Path, contract: dict[str, Any], file: Path, *, unnamed: str) -> Reading:
    """Read a contract, and ask the JSON Schema of its version, or of another where it names none."""
    named = contract.get("apiVersion")
    version = named if isinstance(named, str) and named in FILES else unnamed
    text = json.dumps(contract, ensure_ascii=False)
    file.write_text(text)
    errors: tuple[Problem, ...] = ()
    try:
        odcs.read_contract(file)
    except DocumentError as error:
        errors = error.problems
    return Reading(
        shared=shared,
        version=version,
        contract=contract,
        text=text,
        errors=errors,
        warnings=tuple(Watched.last.warnings),
        faults=tuple(faults(shared, version, contract)),
    )


def judged(shared: Path, file: Path) -> Iterator[tuple[str, Mutant, Reading]]:
    """Yield every example in every version, and its mutants with what is new in what is said of them."""
    for version in FILES:
        for name, contract in examples(shared).items():
            # What is younger than a version is put into the official examples one at a time.
            if name == OURS and version != contract["apiVersion"]:
                continue
            whole = {**contract, "apiVersion": version}
            before = judge(shared, whole, file, unnamed=version)
            yield f"{version} {name}", Mutant("none", (), whole), before
            for mutant in mutants(whole, seed=f"{version} {name}", each=EACH, stock=had(shared)):
                reading = judge(shared, mutant.contract, file, unnamed=version)
                yield f"{version} {name}", mutant, reading.beyond(before)


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file that every mutant is written to."""
    monkeypatch.setattr(odcs, "Findings", Watched)
    return tmp_path / "mutant.odcs.yaml"


def test_we_refuse_what_the_json_schema_refuses(shared, file):
    """Every mutant has the verdict of the JSON Schema, deliberate differences apart; each of these occurs."""
    seen: set[str] = set()
    made: Counter[str] = Counter()
    disagreements = []
    for name, mutant, reading in judged(shared, file):
        made[mutant.operator] += 1
        if bool(reading.errors) is not bool(reading.faults):
            explained, unexplained = reading.explained()
            seen |= explained
            where = ".".join(map(str, mutant.path))
            disagreements += [f"{name}: {mutant.operator} at {where}: {what}" for what in unexplained]
    assert [] == disagreements
    assert [] == [entry.what for entry in (*READ, *REFUSED) if entry.what not in seen]
    assert {"none", *OPERATORS} == set(made)
    assert made.total() > 5000


def test_page_has_the_deliberate_differences():
    """The page on the contract file has every deliberate difference with its reason, in these words."""
    section = (
        PAGE.read_text().partition("\n## Where we differ from the JSON Schema\n")[2].partition("\n## ")[0]
    )
    tables = [
        [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table.strip().splitlines()[2:]]
        for table in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    ]
    assert [[(entry.what, entry.why) for entry in table] for table in (REFUSED, READ)] == tables


@settings(max_examples=60)
@given(st.data())
def test_contracts_with_several_edits_come_to_a_value_or_an_error(shared, data):
    """Whatever is done to a contract, several times over, it is read, or refused with places."""
    contract = examples(shared)[data.draw(st.sampled_from(sorted(examples(shared))))]
    for _ in range(data.draw(st.integers(2, 4))):
        seed = str(data.draw(st.integers(0, 10**6)))
        name = data.draw(st.sampled_from(sorted(OPERATORS)))
        found = mutants(contract, seed=seed, each=1, stock=had(shared), operators=(name,))
        contract = next((mutant.contract for mutant in found), contract)
    with tempfile.NamedTemporaryFile("w", suffix=".odcs.yaml") as file:
        file.write(json.dumps(contract, ensure_ascii=False))
        file.flush()
        try:
            said = odcs.read_contract(file.name)[1]
        except DocumentError as error:
            said = error.problems
        assert [] == [problem for problem in said if not problem.place.startswith(f"{file.name}:")]
