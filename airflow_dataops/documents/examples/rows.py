"""The rows of a test: a list in its file, or a CSV file beside it -> texts, each with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import NESTED
from airflow_dataops.core.example import Row
from airflow_dataops.core.rows import json_text
from airflow_dataops.documents.yaml.complaints import unknown_key
from airflow_dataops.documents.yaml.node import Numeral, described, shown
from airflow_dataops.documents.yaml.scalar import as_text, did_you_mean
from airflow_dataops.documents.yaml.text import read_text
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

CSV = "csv"
"""The key of a file that holds the rows."""

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
"""A number as JSON has it (RFC 8259, section 6)."""

MOST_LISTED = 12
ROWS_HINT = "Such as `[{order_id: 1}, {order_id: 2}]`, or `{csv: rows.csv}`."


def rows(node: Node, dataset: Dataset, *, key: str, findings: Findings) -> tuple[Row, ...]:
    """Return the rows that stand under the name of a dataset.

    Args:
        node: What stands there.
        dataset: What its columns are.
        key: What messages call it.
        findings: Where problems go.
    """
    if isinstance(node.value, list):
        return tuple(
            found for entry in node.value if (found := row(entry, dataset, key=key, findings=findings))
        )
    if not isinstance(node.value, dict):
        what = f"`{key}` must be a list of rows, it is {described(node.plain())}"
        findings.error(node.place, what, ROWS_HINT)
        return ()
    for other in node.keys:
        if other != CSV:
            findings.errors.append(unknown_key(other, (CSV,), place=str(node.key(other))))
    named = node.step(CSV)
    if named is None or not isinstance(named.value, str) or not named.value.strip():
        findings.error((named or node).place, f"`{CSV}` must be the name of a file", ROWS_HINT)
        return ()
    return _of_file(Path(node.place.file).parent / named.value, dataset, findings)


def row(node: Node, dataset: Dataset, *, key: str, findings: Findings) -> Row | None:
    """Return one row, or None where it is no mapping of columns.

    Args:
        node: What stands there.
        dataset: What its columns are.
        key: What messages call the list that it stands in.
        findings: Where problems go.
    """
    if not isinstance(node.value, dict):
        what = f"a row of `{key}` must be a mapping of columns, it is {described(node.plain())}"
        findings.error(node.place, what, ROWS_HINT)
        return None
    columns = {column.name: column for column in dataset.columns}
    values: dict[str, str | None] = {}
    for name, child in node.value.items():
        if name not in columns:
            _unknown(name, dataset, place=str(node.key(name)), findings=findings)
        elif child.value is not None and columns[name].type.logical in NESTED:
            values[name] = _json(child)
        elif isinstance(child.value, list | dict):
            what = f"`{shown(name)}` must be a single value, it is {described(child.plain())}"
            findings.error(child.place, what)
        else:
            values[name] = None if child.value is None else as_text(child.value)
    places = {name: str(node.at(name).place) for name in values}
    return Row(values, places, str(node.place))


def _of_file(path: Path, dataset: Dataset, findings: Findings) -> tuple[Row, ...]:
    """Return the rows of a CSV file, in which an empty field is null."""
    try:
        records = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
        header = next(records, [])
        nested = {column.name for column in dataset.columns if column.type.logical in NESTED}
        if not header:
            findings.error(f"{path}:1:1", "the file is empty", "Its first line has the names of the columns.")
        for at, name in enumerate(header):
            if name not in {column.name for column in dataset.columns}:
                _unknown(name, dataset, place=f"{path}:1:1", findings=findings)
            elif name in header[:at]:
                findings.error(f"{path}:1:1", f"the column `{shown(name)}` stands here twice")
        found, before = [], records.line_num
        for record in records:
            place, before = f"{path}:{before + 1}:1", records.line_num
            if record and len(record) != len(header):
                what = f"the line has {len(record)} fields, and the first one {len(header)}"
                findings.error(place, what)
            elif record:
                values = {name: value or None for name, value in zip(header, record, strict=True)}
                values |= {name: _read(name, values[name], place, findings) for name in nested & set(values)}
                found.append(Row(values, dict.fromkeys(header, place), place))
    except DocumentError as error:
        findings.errors.extend(error.problems)
        return ()
    except csv.Error as error:
        findings.error(f"{path}:{records.line_num}:1", f"this is no line of CSV: {error}")
        return ()
    return tuple(found)


def _unknown(name: str, dataset: Dataset, *, place: str, findings: Findings) -> None:
    known = [column.name for column in dataset.columns]
    rest = ", …" if len(known) > MOST_LISTED else ""
    hint = did_you_mean(name, known) or f"It has: {', '.join(known[:MOST_LISTED])}{rest}."
    findings.error(place, f"the contract's `{dataset.name}` has no column `{shown(name)}`", hint)


def _read(name: str, text: str | None, place: str, findings: Findings) -> str | None:
    """Return the JSON of a field without blanks."""
    try:
        return text and json_text.written(json_text.read(text))
    except ValueError:
        findings.error(place, f"`{shown(name)}` must be JSON, it is {described(text)}")
        return None


def _json(node: Node) -> str:
    """Return a value as JSON, its numbers as they are written."""
    if isinstance(node.value, dict):
        members = (
            f"{json.dumps(key, ensure_ascii=False)}:{_json(child)}" for key, child in node.value.items()
        )
        return f"{{{','.join(members)}}}"
    if isinstance(node.value, list):
        return f"[{','.join(map(_json, node.value))}]"
    if isinstance(node.value, Numeral) and JSON_NUMBER.fullmatch(node.value):
        return str(node.value)
    return json.dumps(node.value, ensure_ascii=False)


def named(found: Iterable[Row]) -> tuple[str, ...]:
    """Return the columns that rows name, each once."""
    return tuple(dict.fromkeys(name for each in found for name in each.values))
