"""datacontract-cli: the same contract file, over the Parquet file, through its Python API.

python peer_datacontract.py once FILE
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datacontract.data_contract import DataContract
from serving import Job, main

CONTRACT = Path(__file__).with_name("lineitem.odcs.yaml").read_text()

RULES = {
    "field_required": "{field}.required",
    "field_minimum": "{field}.minimum",
    "field_maximum": "{field}.maximum",
    "field_regex": "{field}.pattern",
    "field_max_length": "{field}.maxLength",
    "field_invalid_values": "{short}_known",
    "primary_key_unique": "lineitem.primaryKey",
    "row_count": "some_rows",
}
"""Type of one of its checks -> what the contract calls it."""

NAMES = {
    "lineitem__quality_sql_0": "received_after_shipped",
    "lineitem__quality_sql_2": "fresh",
    "lineitem__quality_sql_3": "returned",
}
"""The same of its checks of SQL, by their place among the rules."""


def make(file: str, *_: str) -> Job:
    """Return the work: the test of the contract with its server at the file."""
    contract = CONTRACT.replace("path: lineitem.parquet", f"path: {file}")

    def run() -> Any:
        return DataContract(data_contract_str=contract, inline_references=False).test()

    return Job(run, found)


def found(run: Any) -> dict[str, Any]:
    """Return how many rows each check failed for.

    Raises:
        AssertionError: If one could not be evaluated.
    """
    failing = {}
    for check in run.checks:
        result = check.result.value if check.result else None
        if result == "failed":
            known = RULES.get(check.type) or NAMES[check.key]
            counted = check.diagnostics or {}
            rule = known.format(field=check.field, short=(check.field or "").removeprefix("l_"))
            failing[rule] = counted.get("failed_rows", counted.get("value"))
        elif result != "passed" and check.type != "field_type":  # it looks at no type in Parquet, and warns
            raise AssertionError(f"{check.name}: {result} {check.reason}")
    return {"failing": failing}


if __name__ == "__main__":
    main(make)
