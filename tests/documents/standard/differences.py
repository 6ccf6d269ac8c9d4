"""Where we differ from the standard's JSON Schemas on purpose, and why.

The page `docs/reference/odcs.md` has the same two tables, in the same words.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.documents.yaml.reader import Assembly
from tests.documents.standard.oracle import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path as File
    from typing import Any

    from airflow_dataops.documents.yaml.node import Node, Place
    from airflow_dataops.errors import Problem
    from tests.documents.standard.mutants import Path
    from tests.documents.standard.oracle import Fault


T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """A contract, and what both sides say of it.

    Args:
        shared: The folder of the reference vectors.
        version: The version of the standard by which it is judged.
        contract: The contract.
        text: The same, as it was written to a file.
        errors: What we refuse.
        warnings: What we warn of.
        faults: What the JSON Schema refuses.
    """

    shared: File
    version: str
    contract: dict[str, Any]
    text: str
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    faults: tuple[Fault, ...]

    @cached_property
    def root(self) -> Node:
        """The contract with its places."""
        return Assembly("").of(self.text)

    @cached_property
    def late(self) -> frozenset[str]:
        """Line and column of the keys that came later than the contract's version, as we warn."""
        return frozenset(place_of(problem) for problem in self.warnings if " came with v3" in problem.what)

    @cached_property
    def within_late(self) -> frozenset[str]:
        """Line and column of everything that stands at or below such a key."""
        found: set[str] = set()
        waiting = [(self.root, False)]
        while waiting:
            node, late = waiting.pop()
            found |= {place_of(node.place)} if late else set()
            if isinstance(node.value, dict):
                typed_late = place_of(node.key("logicalType")) in self.late
                for key, child in node.value.items():
                    below = late or place_of(node.keys[key]) in self.late
                    below = below or (typed_late and key == "logicalTypeOptions")
                    found |= {place_of(node.keys[key])} if below else set()
                    waiting.append((child, below))
            elif isinstance(node.value, list):
                waiting += [(child, late) for child in node.value]
        return frozenset(found)

    def beyond(self, before: Reading) -> Reading:
        """Return the same, with those errors and faults alone that another contract doesn't have."""
        now, there = (Counter(problem.what for problem in side.errors) for side in (self, before))
        errors = tuple(problem for problem in self.errors if now[problem.what] > there[problem.what])
        return replace(self, errors=errors, faults=new(self.faults, before.faults, sort_of))

    def explained(self) -> tuple[set[str], list[str]]:
        """Return the differences that make one side refuse, and what none of them explains."""
        reasons: dict[str, set[str]] = {}
        for problem in self.errors:
            # Which of two errors of the same words is the new one can't be told: one will do.
            why = reasons.setdefault(f"we say {problem.what}", set())
            why |= {entry.what for entry in REFUSED if entry.explains(problem, self)}
        for fault in self.faults:
            reasons[f"the JSON Schema says {fault}"] = {
                entry.what for entry in READ if entry.explains(fault, self)
            }
        unexplained = [what for what, why in reasons.items() if not why]
        return set().union(*reasons.values()), unexplained

    def path_of(self, problem: Problem) -> Path:
        """Return the way to what a problem stands at, or to the mapping whose key it stands at."""
        place = place_of(problem)
        waiting: list[tuple[Node, Path]] = [(self.root, ())]
        while waiting:
            node, path = waiting.pop()
            if isinstance(node.value, dict):
                for key, child in node.value.items():
                    if place_of(node.keys[key]) == place or place_of(child.place) == place:
                        return (*path, key)
                    waiting.append((child, (*path, key)))
            elif isinstance(node.value, list):
                waiting += [(child, (*path, index)) for index, child in enumerate(node.value)]
        return ()

    def warned(self, path: Path, key: str) -> bool:
        """Say whether there is a warning that a key came later."""
        return place_of(self.root.at(*path).key(key)) in self.late


def new(after: Iterable[T], before: Iterable[T], key: Callable[[T], object]) -> tuple[T, ...]:
    """Return what is there afterwards and was not before; places move when something is left out."""
    there = Counter(map(key, before))
    found = []
    for one in after:
        there[key(one)] -= 1
        if there[key(one)] < 0:
            found.append(one)
    return tuple(found)


def sort_of(fault: Fault) -> object:
    """Return what a fault is, without the positions in lists on the way to it."""
    found = fault.found
    if isinstance(found, dict):
        # `metric` stands in for the `rule` that v3.0 asks for, but not when it is empty.
        found = ("metric" in found, *sorted(key for key, value in found.items() if value is None))
    elif isinstance(found, list):
        found = len(found)
    return fault.rule, fault.keys, tuple(step for step in fault.path if isinstance(step, str)), found


def place_of(problem: Problem | Place) -> str:
    """Return line and column."""
    return ":".join(str(getattr(problem, "place", problem)).rsplit(":", 2)[1:])


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that the JSON Schema allows and we refuse.

    Args:
        what: What is refused, as the page says it.
        why: Why, as the page says it.
        says: What we say of it, as patterns.
        where: Whether an error is at a place, or in a version, that this speaks of.
    """

    what: str
    why: str
    says: tuple[str, ...]
    where: Callable[[Problem, Reading], bool] = lambda *_: True

    def explains(self, problem: Problem, reading: Reading) -> bool:
        """Say whether an error is there because of this difference."""
        said = any(re.fullmatch(pattern, problem.what) for pattern in self.says)
        return said and self.where(problem, reading)


@dataclass(frozen=True, slots=True)
class Read:
    """Something that the JSON Schema refuses and we read.

    Args:
        what: What is read, as the page says it.
        why: Why, as the page says it.
        of: Whether a fault that the JSON Schema finds is of this sort.
    """

    what: str
    why: str
    of: Callable[[Fault, Reading], bool]

    def explains(self, fault: Fault, reading: Reading) -> bool:
        """Say whether a fault is one that we do not mind."""
        return self.of(fault, reading)


def number_for_text(fault: Fault, _: Reading) -> bool:
    """Say whether a number stands where the JSON Schema wants a text."""
    forms = fault.asked if fault.rule == "oneOf" else [{fault.rule: fault.asked}]
    is_number = isinstance(fault.found, int | float) and not isinstance(fault.found, bool)
    return is_number and {"type": "string"} in [{"type": form.get("type")} for form in forms]


def younger_key(fault: Fault, reading: Reading) -> bool:
    """Say whether keys that the version doesn't know were read with a warning each."""
    return fault.rule in {"additionalProperties", "unevaluatedProperties"} and all(
        reading.warned(fault.path, key) for key in fault.keys
    )


def younger_value(fault: Fault, reading: Reading) -> bool:
    """Say whether a value that the version doesn't know was read with a warning."""
    return fault.rule in {"enum", "type"} and reading.warned(fault.path[:-1], str(fault.path[-1]))


def younger_metric(fault: Fault, reading: Reading) -> bool:
    """Say whether a rule says `metric` in a file of v3.0, which wants `rule`."""
    return (
        fault.rule == "required"
        and fault.keys == ("rule",)
        and fault.found.get("metric") is not None
        and reading.warned(fault.path, "metric")
    )


def younger_server(fault: Fault, reading: Reading) -> bool:
    """Say whether the newest version has no fault to find in the same server."""
    newest = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "x", "version": "1"}
    if fault.path[:1] != ("servers",) or len(fault.path) < 2:
        return False
    server = reading.contract["servers"][fault.path[1]]
    found = faults(reading.shared, "v3.2.0", newest | {"servers": [server]})
    return reading.version < "v3.2.0" and all(number_for_text(other, reading) for other in found)


def operator_of_sql(fault: Fault, reading: Reading) -> bool:
    """Say whether the operators of a rule of type `sql` are all that is not known in v3.0."""
    return (
        fault.rule == "unevaluatedProperties"
        and isinstance(fault.found, dict)
        and fault.found.get("type") == "sql"
        and all(
            key.startswith(("mustBe", "mustNotBe")) or reading.warned(fault.path, key) for key in fault.keys
        )
    )


def values_beside_rule(fault: Fault, reading: Reading) -> bool:
    """Say whether the values beside a rule of v3.0 are all that is not known."""
    unknown = fault.rule == "unevaluatedProperties" and reading.version < "v3.1"
    return (
        unknown
        and "quality" in fault.path
        and "validValues" in fault.keys
        and all(key == "validValues" or reading.warned(fault.path, key) for key in fault.keys)
    )


def map_by_accident(fault: Fault, _: Reading) -> bool:
    """Say whether a property without `logicalType` is asked for the keys of some type."""
    return fault.rule == "required" and fault.keys == ("map",) and "logicalType" not in fault.found


READ: tuple[Read, ...] = (
    Read(
        "a number where a text is due, as in `version: 1.10`",
        "it is read as the text that is written there; quotes would add nothing",
        number_for_text,
    ),
    Read(
        "a key that is younger than the file's `apiVersion`",
        "it means what it means, and a warning names the version that it came with",
        younger_key,
    ),
    Read(
        "a value that is younger than the file's `apiVersion`, such as `logicalType: timestamp` in v3.0, "
        "a `team` with `members`, or a bound as `exclusiveMinimum`",
        "likewise",
        younger_value,
    ),
    Read("`metric` instead of `rule` in v3.0", "likewise", younger_metric),
    Read(
        "types and keys of `servers` that are younger than the file's `apiVersion`",
        "no promise of rows depends on them but what a physical type means; they are held against v3.2.0",
        younger_server,
    ),
    Read(
        "operators beside `type: sql` in v3.0",
        "the text of the standard has them in its examples; its strict JSON Schema forgot them",
        operator_of_sql,
    ),
    Read(
        "`validValues` beside a rule in v3.0",
        "likewise",
        values_beside_rule,
    ),
    Read(
        "a property without `logicalType` in v3.2.0",
        "its JSON Schema takes what has no type for a `map`, and asks for its two halves, by accident",
        map_by_accident,
    ),
)
"""What the JSON Schema refuses and we read."""

OPEN = ("v3.0.0", "v3.0.1")
"""Versions whose JSON Schemas leave most mappings open; there is no strict one as of v3.0.2."""

REFUSED: tuple[Refused, ...] = (
    Refused(
        "a contract that promises nothing: without `schema`, datasets, `properties`, or any check",
        "any data would pass, which looks like success",
        (
            "the contract has no `schema`: it promises nothing",
            "`schema` lists no dataset",
            "the dataset `.*` has no `properties`",
            "the contract yields no check for `.*`: any data would pass",
        ),
    ),
    Refused(
        "an unknown key in `description` or `arguments`",
        "the JSON Schemas leave these open; a key with a typo would do nothing, silently",
        (r"the key `.*` is not known here", r"`.*` is no argument of `\w+`"),
        lambda problem, reading: bool({"description", "arguments"} & set(reading.path_of(problem))),
    ),
    Refused(
        "in v3.0.0 and v3.0.1: an unknown key, a key of another type, or an entry of `slaProperties` without "
        "`property` or `value`",
        "their JSON Schemas leave most mappings open, which v3.0.2 mended with a strict one",
        (
            r"the key `.*` is not known here",
            r"`.*` is no key of a (server|rule) of type `\w+`",
            r"`\w+` belongs to the type \w+, this is \w+",
            r"`(property|value)` is missing",
            r"`\w+` must be .*",
        ),
        lambda problem, reading: (
            reading.version in OPEN
            and (
                " must be " not in problem.what
                or bool({"servers", "quality"} & set(reading.path_of(problem)))
            )
        ),
    ),
    Refused(
        "`apiVersion` v2.2.0 to v2.2.2",
        "it is another standard, with other keys",
        (r"`apiVersion` must be .*, it is the text \"v2\.2\.[012]\"",),
    ),
    Refused(
        "an option of `boolean`, `map` or `vector` that the type doesn't have",
        "the JSON Schemas leave these open; boolean and map have no option at all",
        (r"`\w+` is no option of the type (boolean|map|vector)",),
    ),
    Refused(
        "what is wrong in a key, or a value, that is younger than the file's `apiVersion`",
        "it is read, so it is held against the version that brought it",
        (r".*",),
        lambda problem, reading: place_of(problem) in reading.within_late,
    ),
    Refused(
        "a name, an id, a version or a status that is blank",
        "nobody could speak of it",
        (r"(entry \d+ of )?`\w+` must not be blank",),
    ),
    Refused(
        "two datasets, columns, rules or listed values of one name; of columns, also in upper and lower case",
        "a message, a result or an engine couldn't tell them apart",
        (
            r"the (dataset|column|property) `.*` is there already.*",
            r"the id `.*` is that of another rule, in line \d+",
            r"`.*` is named twice",
            r"`enum` has .* twice",
        ),
    ),
    Refused(
        "`primaryKeyPosition` below 1, taken twice, missing beside others, or of no column of the key",
        "the key has no order then; -1 alone is the standard's word for no place",
        (
            r"`primaryKeyPosition` is -?\d+",
            r"place \d+ of the primary key is that of `.*` already",
            r"`.*` has no place in the primary key, other columns have",
            r"`.*` has a place in the primary key and is not part of it",
        ),
    ),
    Refused(
        "a `severity` or a `unit` that the standard's text doesn't name",
        "they decide what happens; with a typo something else would, silently",
        (r"`(severity|unit)` must be .*",),
    ),
    Refused(
        "a list or a mapping as the value of `mustBe` and `mustNotBe`",
        "a measurement is one number",
        (r"`(mustBe|mustNotBe)` must be a single value, it is a (list|mapping)",),
    ),
    Refused(
        "`arguments` that don't say what the metric needs, or say it in another form",
        "the rule could not be measured",
        (
            r"`(invalidValues|missingValues|duplicateValues)` .*needs .*",
            r"`validValues` has no value",
            r"`(validValues|missingValues|properties|pattern|arguments)` is empty",
            r"(entry \d+ of )?`(validValues|missingValues|properties|pattern|arguments)` must be .*",
            r"there is no property `.*`",
        ),
    ),
    Refused(
        "a rule of v3.0 without an operator, with two, or, at `type: sql`, with one that is no number",
        "nothing is promised, or two things; `nullCheck` and `validValues` alone mean `mustBe: 0`",
        (
            r"the rule has no operator",
            r"a rule has exactly one operator, this one has .*",
            r"`must\w+` must be .*",
        ),
        lambda _, reading: reading.version < "v3.1",
    ),
    Refused(
        "`mustBeBetween` or `mustNotBeBetween` with the higher number first",
        "no value would keep it, or every one",
        (r"`must(Not)?BeBetween` must be two numbers, the lower one first",),
    ),
    Refused(
        "bounds that no value is between, and bounds of dates and times that are none",
        "every row would break them, or none could be compared",
        (
            r"`\w+` is (above|the same as) `\w+`: no value is between them",
            r"`\w+` is no (date|timestamp|time): .*",
        ),
    ),
    Refused(
        "a service level whose value, unit, element or schedule can't be read",
        "its exact value is what will be evaluated; one that is guessed is nobody's promise",
        (r".*",),
        lambda problem, reading: bool(
            {"slaProperties", "slaDefaultElement"} & set(reading.path_of(problem)[:1])
        ),
    ),
    Refused(
        "a relationship to a property that isn't there, to several datasets, or of unequal parts",
        "no row could be looked up",
        (r".*",),
        lambda problem, reading: "relationships" in reading.path_of(problem),
    ),
    Refused(
        "a `format` and a `timezone` that contradict each other, a `defaultTimezone` that there is not",
        "no text could be read as both say",
        (r"the format `.*` has (an|no) offset, and `timezone` is \w+", r"there is no time zone `.*`"),
    ),
    Refused(
        "a metric of columns under a dataset, `rowCount` under a property or in percent",
        "there is no such measurement",
        (r"`\w+` is a rule of (one property|the whole dataset)", "a row count has no percentage"),
    ),
    Refused(
        "an `implementation` that its `engine`, pandera or a rule set, can't have",
        "the rules would not be found when data comes",
        (r"`implementation` must be .*, it is .*", "there is no file .*"),
    ),
    Refused(
        "a `pattern` that doesn't compile, or that RE2 and Python don't read alike",
        "it would stop every batch, or mean one thing here and another there",
        (r"the pattern .*",),
    ),
    Refused(
        "`numeric(p,s)` with more than 38 digits, or with more of them behind the point than there are",
        "no engine has such numbers",
        (r"`physicalType` has \d+ digits, \d+ of them behind the point",),
    ),
    Refused(
        "the name of a column that starts with `dataops_`, the id of a rule that is one of ours",
        "these names are taken: by columns and rules that we add",
        (
            r"the column `.*` starts with `dataops_`, which is reserved",
            r"the id `.*` is that of a rule of ours",
        ),
    ),
    Refused(
        "a `query` that can't be read, or does something else than to SELECT one number",
        "it is run in your database",
        (r"the query .*",),
    ),
    Refused(
        "`metric`, and what belongs to it, at a rule of another type than `library`",
        "a rule measures one thing",
        (r"`(metric|arguments|must\w+)` is no key of a rule of type `\w+`",),
    ),
)
"""What the JSON Schema allows and we refuse."""
