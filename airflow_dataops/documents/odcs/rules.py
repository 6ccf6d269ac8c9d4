"""Entries of `quality` -> rules that are measured, or a word that they are not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from airflow_dataops.core.checks.verdict import NONE
from airflow_dataops.core.contract.model import Measure, QualityRule, Severity
from airflow_dataops.core.naming import OWN_RULES
from airflow_dataops.documents.odcs.arguments import (
    OBJECT,
    filled_by_arguments,
    filled_by_query,
    filled_by_tool,
    filtering,
)
from airflow_dataops.documents.odcs.runbook import runbook_of_rule
from airflow_dataops.documents.odcs.scope import at_filter, check_names, condition, scope_of_rule
from airflow_dataops.documents.odcs.thresholds import operators, threshold
from airflow_dataops.documents.ruleset.rules import ENGINE, read_rule_set
from airflow_dataops.documents.schedule import cron
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean
from airflow_dataops.documents.yaml.text import is_there

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.checks.verdict import Threshold
    from airflow_dataops.documents.odcs.arguments import Owner
    from airflow_dataops.documents.odcs.keys import Rule, SchemaObject
    from airflow_dataops.documents.yaml.findings import Findings

TOOLS = frozenset({"pandera"})
"""The tools whose rules are run (`engine` of a custom rule)."""

OLD_RULES: dict[str, Measure] = {
    "nullCheck": Measure.NULL_VALUES,
    "validValues": Measure.INVALID_VALUES,
    "duplicateCount": Measure.DUPLICATE_VALUES,
    "rowCount": Measure.ROW_COUNT,
}
"""`rule` of ODCS v3.0 -> the metric that v3.1 made of it."""


def _in_data(dataset: SchemaObject) -> tuple[str, ...]:
    return tuple(column.in_data for column in dataset.properties)


class Rules:
    """Turns the rules of one dataset into values; their ids are unique in it.

    Args:
        dataset: The dataset.
        objects: All datasets of the contract: a query may read them, too.
        version: The version of the standard that the file names.
        whole: Whether nothing of the file was left out, so that what is not found is not there.
        findings: Where problems go.
    """

    def __init__(
        self,
        dataset: SchemaObject,
        objects: tuple[SchemaObject, ...],
        *,
        version: str,
        whole: bool,
        findings: Findings,
    ) -> None:
        self.others = {
            name.lower(): found.name
            for found in objects
            if found is not dataset
            for name in (found.name, found.physical_name or found.name)
        }
        self.columns = (
            {OBJECT: _in_data(dataset), **{found.name: _in_data(found) for found in objects}} if whole else {}
        )
        self.old = version.startswith("v3.0")
        self.whole = whole
        self.findings = findings
        self.fingerprints: list[str] = []
        """Of the files that hold rules beside the contract."""
        self._named: set[str] = set()
        self._taken: dict[str, Rule] = {}
        for rule in (*(rule for column in dataset.properties for rule in column.quality), *dataset.quality):
            if rule.id in OWN_RULES:
                findings.error(rule.at("id"), f"the id `{rule.id}` is that of a rule of ours", "Rename it.")
            first = self._taken.setdefault(rule.id, rule) if rule.id else rule
            if first is not rule:
                findings.error(
                    rule.at("id"),
                    f"the id `{rule.id}` is that of another rule, in line {first.at('id').line}",
                    "Ids are unique in a dataset.",
                )

    def of(self, owner: Owner) -> tuple[QualityRule, ...]:
        """Return the rules of a dataset or a column that can be measured."""
        return tuple(made for rule in owner.rules for made in self.made(rule, owner))

    def made(self, rule: Rule, owner: Owner) -> Iterator[QualityRule]:
        """Yield what an entry comes to: one rule, those of a rule set, or none when it is wrong."""
        if rule.type == "custom" and rule.engine == ENGINE:
            yield from self.rule_set(rule, owner)
        elif (one := self.rule(rule, owner)) is not None:
            yield one

    def rule_set(self, rule: Rule, owner: Owner) -> Iterator[QualityRule]:
        """Yield the rules of a file of Airflow's common.dataquality provider."""
        if owner.column is not None:
            self.findings.error(
                rule.node.place, "a rule set belongs to a dataset", "Move it to the `quality` of the dataset."
            )
        elif not isinstance(rule.implementation, str) or not rule.implementation.strip():
            self.findings.error(
                rule.at("implementation"),
                f"`implementation` must be a file, it is {described(rule.implementation)}",
                "Such as orders.ruleset.yaml, relative to the contract.",
            )
        else:
            path = Path(rule.node.place.file).parent / rule.implementation
            if not is_there(path):
                self.findings.error(
                    rule.at("implementation"),
                    f"there is no file {path}",
                    "A rule set is a file relative to the contract.",
                )
                return
            made, fingerprint = read_rule_set(
                path, dataset=owner.dataset, whole=self.whole, findings=self.findings
            )
            self.fingerprints.append(fingerprint)
            for one in made:
                if one.id in OWN_RULES:
                    self.findings.error(
                        one.place, f"the name `{shown(one.id)}` is that of a rule of ours", "Rename it."
                    )
                elif self._taken.setdefault(one.id, rule) is rule and one.id not in self._named:
                    self._named.add(one.id)
                    yield one
                else:
                    self.findings.error(
                        one.place, f"the name `{shown(one.id)}` is that of another rule", "Names are unique."
                    )

    def rule(self, rule: Rule, owner: Owner) -> QualityRule | None:
        """Return one rule, or None when it is wrong, or not enforced."""
        measure = self.measure(rule)
        if measure is None:
            return None
        limit = self.threshold(rule, measure)
        if measure is Measure.SQL:
            filled = filled_by_query(
                rule, owner, others=self.others, columns=self.columns, findings=self.findings
            )
        elif measure is Measure.CUSTOM:
            filled = filled_by_tool(rule, owner, findings=self.findings)
        else:
            filled = filled_by_arguments(rule, measure, owner, whole=self.whole, findings=self.findings)
        if limit is None or filled is None:
            return None
        check_names(rule, self.findings)
        scope = scope_of_rule(rule, measure, names_rows=filled.names_rows, findings=self.findings)
        return QualityRule(
            id=rule.id or self._free(f"{owner.name}.{measure}", rule),
            measure=Measure.SQL_ROWS if filled.names_rows else measure,
            threshold=limit,
            columns=filled.columns,
            values=filled.values,
            pattern=filled.pattern,
            query=filled.query,
            engine=filled.engine,
            implementation=filled.implementation,
            severity=Severity(rule.severity or Severity.ERROR),
            dimension=rule.dimension or "",
            scope=scope,
            filter=self.filter(rule, measure, owner),
            reads=filled.reads,
            schedule=self.schedule(rule),
            business_impact=rule.business_impact or "",
            description=": ".join(said for said in (rule.name, rule.description) if said),
            runbook=runbook_of_rule(rule, self.findings),
            place=str(rule.node.place),
        )

    def filter(self, rule: Rule, measure: Measure, owner: Owner) -> str:
        """Return the query that counts the rows which a rule speaks of; empty for all."""
        found = condition(rule, measure, findings=self.findings)
        if not found:
            return ""
        return filtering(found, at_filter(rule), owner, columns=self.columns, findings=self.findings)

    def schedule(self, rule: Rule) -> str:
        """Return when a rule is looked at, apart from the batches; empty: with each."""
        if rule.schedule and rule.scheduler in {None, "cron"}:
            try:
                cron(rule.schedule)
            except PydanticCustomError:
                self.findings.warn(
                    rule.at("schedule"),
                    f"`{shown(rule.schedule)}` is no cron expression: nothing can keep such a schedule",
                    'Such as "0 5 * * *" or "@daily".',
                )
        return rule.schedule or ""

    def measure(self, rule: Rule) -> Measure | None:
        """Return what a rule measures, or None when nothing here can, or nothing should."""
        match rule.type:
            case "text":
                return None
            case "custom":
                return self._custom(rule)
            case "sql":
                return self._sql(rule)
            case _:
                return self._library(rule)

    def threshold(self, rule: Rule, measure: Measure) -> Threshold | None:
        """Return what the measurement must satisfy, or None when it is wrong, or not enforced."""
        if measure is Measure.CUSTOM:
            return NONE
        return threshold(rule, measure, old=self.old, findings=self.findings)

    def _custom(self, rule: Rule) -> Measure | None:
        missing = [key for key in ("engine", "implementation") if not rule.node.has(key)]
        for key in missing:
            self.findings.error(rule.node.place, f"`{key}` is missing", "A rule of type `custom` has one.")
        if rule.engine in TOOLS and not missing:
            return Measure.CUSTOM
        engine = f" of `{shown(rule.engine)}`" if rule.engine else ""
        self.findings.unenforced(rule.node.place, f"a custom rule{engine}")
        return None

    def _library(self, rule: Rule) -> Measure | None:
        if rule.metric is not None:
            if rule.rule is not None:
                self.findings.warn(
                    rule.node.key("rule"), "`rule` is passed over: `metric` says what is measured"
                )
            return Measure(rule.metric)
        if rule.rule is not None:
            return self._old(rule)
        if rule.type is None and rule.query is None and not operators(rule) and not self.old:
            self.findings.unenforced(
                rule.node.place, "a rule without `metric` or `query`", "Write `type: text` if it is text."
            )
            return None
        hint = "Write `type: sql`." if rule.query else "Write `metric`, or `type: sql` and `query`."
        self.findings.error(rule.node.place, "the rule doesn't say what it measures", hint)
        return None

    def _sql(self, rule: Rule) -> Measure | None:
        if rule.query is None:
            self.findings.error(rule.node.place, "`query` is missing", "A rule of type `sql` has one.")
            return None
        return Measure.SQL

    def _old(self, rule: Rule) -> Measure | None:
        word = rule.rule or ""
        if not self.old:
            hint = f"Write `metric: {OLD_RULES[word]}`." if word in OLD_RULES else "Write `metric`."
            self.findings.error(rule.node.key("rule"), "`rule` became `metric` in v3.1.0", hint)
            return None
        if word not in OLD_RULES:
            hint = did_you_mean(word, OLD_RULES) or f"There are: {', '.join(OLD_RULES)}."
            self.findings.unenforced(rule.at("rule"), f"the rule `{shown(word)}`", hint)
        return OLD_RULES.get(word)

    def _free(self, wanted: str, rule: Rule) -> str:
        """Return an id that no other rule of the dataset has."""
        found, count = wanted, 1
        while found in self._taken:
            count += 1
            found = f"{wanted}.{count}"
        self._taken[found] = rule
        return found
