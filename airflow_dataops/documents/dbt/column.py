"""Columns of dbt -> columns of a contract."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.naming import RESERVED_PREFIX
from airflow_dataops.documents.dbt.node import entries, labels, prose, text
from airflow_dataops.documents.dbt.rules import RuleMaker
from airflow_dataops.documents.dbt.test import tests_of
from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import QualityRule
    from airflow_dataops.documents.odcs.draft import Keys
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

READ = frozenset(
    {"name", "description", "data_type", "tests", "data_tests", "constraints", "meta", "tags", "config"}
)
IDLE = frozenset({"quote", "policy_tags"})
"""Keys of a column: those that are read, and those that promise nothing of its values."""

TYPES: tuple[tuple[str, LogicalType], ...] = (
    (r"(tiny|small|medium|big|u)?int(eger)?[0-9]*|byteint", LogicalType.INTEGER),
    (r"number\(\d+(,\s*0)?\)", LogicalType.INTEGER),
    (r"(numeric|decimal|bignumeric|number|dec)(\(.*\))?", LogicalType.NUMBER),
    (r"float[0-9]*|double( precision)?|real", LogicalType.NUMBER),
    (r"n?(var)?char(acter)?2?( varying)?(\(.*\))?|text|string(\(\d+\))?|uuid", LogicalType.STRING),
    (r"bool(ean)?", LogicalType.BOOLEAN),
    (r"date", LogicalType.DATE),
    (r"timestamp.*|datetime.*", LogicalType.TIMESTAMP),
    (r"time(\(\d\))?( without time zone)?", LogicalType.TIME),
)
"""Names of types in the warehouses that dbt knows -> the logical type."""

PRECISION = re.compile(r"\w+\((\d+),\s*(\d+)\)")
LENGTH = re.compile(r".*char.*\((\d+)\)|string\((\d+)\)")
MOST_DIGITS = 38


class ColumnReader:
    """Reads columns.

    Args:
        findings: Where what isn't imported is told.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def column(self, node: Node, keyed: Mapping[str, int], unique: set[str]) -> tuple[Column, Keys] | None:
        """Return a column, and keys of it that promise nothing that we know; None without a usable name.

        Args:
            node: The entry of `columns`.
            keyed: Columns of the table's key -> their places in it.
            unique: Columns that the table's constraints call unique.
        """
        name = text(node, "name")
        if not name.strip() or name.casefold().startswith(RESERVED_PREFIX):
            self.findings.warn(node.place, f"a column called `{shown(name)}` is not imported")
            return None
        for key in node.keys:
            if key not in READ | IDLE:
                self.findings.warn(node.key(key), f"`{shown(key)}` is not imported")
        column = replace(
            self._typed(node, name),
            key_position=keyed.get(name),
            unique=name in unique,
            description=prose(node, self.findings),
            place=str(node.place),
        )
        more: Keys = {}
        if text(node, "data_type"):
            more["physicalType"] = text(node, "data_type")
        column = self._constrained(column, node)
        column = self._tested(column, node, more)
        return column, more | labels(node)

    def _typed(self, node: Node, name: str) -> Column:
        declared = text(node, "data_type").strip().lower()
        found = next((logical for pattern, logical in TYPES if re.fullmatch(pattern, declared)), None)
        if declared and found is None:
            self.findings.warn(
                node.key("data_type"),
                f"the type `{shown(declared)}` is not imported: the column is read as text",
            )
        column_type = ColumnType(found or LogicalType.STRING)
        digits = PRECISION.fullmatch(declared)
        if found is LogicalType.NUMBER and digits:
            precision, scale = int(digits[1]), int(digits[2])
            if 1 <= precision <= MOST_DIGITS and scale <= precision:
                column_type = ColumnType(LogicalType.NUMBER, precision, scale)
        length = LENGTH.fullmatch(declared)
        options = (
            Options(max_length=int(length[1] or length[2]))
            if length and found is LogicalType.STRING
            else Options()
        )
        return Column(name=name, type=column_type, options=options)

    def _constrained(self, column: Column, node: Node) -> Column:
        rules: list[QualityRule] = []
        for constraint in entries(node.at("constraints")) if node.has("constraints") else ():
            match text(constraint, "type"):
                case "not_null":
                    column = replace(column, required=True)
                case "unique":
                    column = replace(column, unique=True)
                case "primary_key":
                    column = replace(column, key_position=column.key_position or 1)
                case kind:
                    made = RuleMaker(self.findings).constraint(constraint, kind, [column.name])
                    rules.extend([made] if made else [])
        return replace(column, rules=tuple(rules))

    def _tested(self, column: Column, node: Node, more: Keys) -> Column:
        reader = RuleMaker(self.findings)
        for test in tests_of(node):
            if test.is_plain and test.name == "not_null":
                column = replace(column, required=True)
            elif test.is_plain and test.name == "unique":
                column = replace(column, unique=True)
            elif test.name == "relationships" and (to := reader.reference(test)):
                more["relationships"] = [{"type": "foreignKey", "to": to}]
            else:
                column = replace(column, rules=(*column.rules, *reader.rules(test, column)))
        return column
